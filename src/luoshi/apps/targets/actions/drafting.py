"""Changing the draft of an allocation: cells, rows, the periods across, numbers carried together.

The allocation's row is locked while its draft changes; ``revision`` tells apart who saw what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from luoshi.allocation.conservation import exact_sum
from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Target
from luoshi.apps.targets import policies
from luoshi.apps.targets.errors import Invalid, Stale
from luoshi.apps.targets.models import Allocation, AllocationMethod, AllocationVersion, Share
from luoshi.apps.targets.queries.totals import given_rows
from luoshi.apps.targets.values import ValueProblem, parse_value, plain
from luoshi.apps.targets.years import periods_of
from luoshi.periods import Period

MOST_ROWS, MOST_CHANGES = 500, 30_000
Key = tuple[int, str]  # unit, period


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell as typed; an empty text makes it blank."""

    unit_id: int
    period: str
    text: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved; ``revision`` must come with the next change."""

    allocation: Allocation
    version: AllocationVersion
    revision: int


@transaction.atomic
def save_shares(
    *,
    acting_user: Any,
    target: Target,
    unit: Unit,
    revision: int,
    changes: Sequence[CellChange] = (),
    add_units: Iterable[int] = (),
    remove_units: Iterable[int] = (),
    cadence: str | None = None,
    cumulative: bool | None = None,
    join: Collection[Key] = (),
    part: Collection[Key] = (),
    method: str = AllocationMethod.TYPED,
) -> Saved:
    """Change the draft; the first change after an adoption begins a new one from what is in force.

    ``join`` makes the cells one number carried together (each column on its own), ``part`` takes them apart. Raises
    ``Stale`` for an older ``revision``, ``Invalid`` by cell (``unit:period``), ``PermissionDenied``.
    """
    draft = open_draft(acting_user, target, unit, revision)
    version, rows = draft.version, draft.shares
    before = {key: share.value for key, share in rows.items()}
    layout = (version.cadence, version.cumulative)
    units_before = draft.unit_ids
    if cadence is not None or cumulative is not None:
        relayout(draft, cadence or version.cadence, version.cumulative if cumulative is None else cumulative)
    change_rows(draft, add_units, remove_units)
    apply(draft, changes)
    merge(draft, join, part)
    if not any(value is not None for value in before.values()):
        version.method = method  # how the figures came about; a later touch of the hand does not change that
    return finish(
        acting_user,
        draft,
        "修改目标分解",
        {"cadence": layout[0], "cumulative": layout[1], **_cells(draft, before), "units": len(units_before)},
    )


@dataclass(slots=True)
class Draft:
    """An allocation whose row is locked, with its draft in memory."""

    target: Target
    allocation: Allocation
    version: AllocationVersion
    shares: dict[Key, Share]
    stored: dict[Key, tuple[Any, ...]]

    @property
    def unit_ids(self) -> set[int]:
        """The units that have a row."""
        return {unit for unit, _ in self.shares}

    @property
    def periods(self) -> list[str]:
        """The periods across."""
        return [str(period) for period in periods_of(self.target, self.version.cadence)]


def locked_allocation(target: Target, unit: Unit) -> Allocation:
    """The allocation's row, made if need be, and locked: whoever changes it waits here. Inside a transaction."""
    Allocation.objects.get_or_create(target=target, unit=unit)
    return Allocation.objects.select_for_update().get(target=target, unit=unit)


def open_draft(acting_user: Any, target: Target, unit: Unit, revision: int | None) -> Draft:
    """The draft to be changed, begun from what is in force where there is none; checks permission and revision."""
    top = unit.pk == target.plan.owner_id
    require(
        policies.may_allocate(acting_user, target, unit),
        policies.NOT_ALLOWED if top else policies.NOT_ALLOWED_BELOW,
    )
    if target.retired_in_id is not None:
        raise Invalid({"": "方案的现行版本已没有这个目标，不能再分解。"})
    if not top and not given_rows(target, unit):
        raise Invalid({"": "上级还没有把任务下达给本单位，不能向下分解。"})
    allocation = locked_allocation(target, unit)
    if revision is not None and allocation.revision != revision:
        last = allocation.versions.order_by("-ordinal").select_related("created_by").first()
        raise Stale(allocation.revision, str(last.created_by) if last and last.created_by else "")
    version = allocation.versions.filter(adopted_at=None).first()
    if version is None:
        version, shares = _begun(allocation, acting_user)
        return Draft(target, allocation, version, shares, {})
    shares = {(share.unit_id, share.period): share for share in version.shares.all()}
    return Draft(target, allocation, version, shares, {key: _state(share) for key, share in shares.items()})


def _begun(allocation: Allocation, acting_user: Any) -> tuple[AllocationVersion, dict[Key, Share]]:
    """A new draft, like what is in force."""
    known = allocation.versions.aggregate(last=Max("ordinal"))["last"] or 0
    last = allocation.versions.filter(adopted_at__isnull=False).order_by("-ordinal").first()
    version = AllocationVersion(
        allocation=allocation, ordinal=known + 1, method=AllocationMethod.TYPED, created_by=acting_user
    )
    shares: dict[Key, Share] = {}
    if last is not None:
        for name in ("method", "cadence", "cumulative", "printed_total", "table_id"):
            setattr(version, name, getattr(last, name))
        for old in last.shares.all():
            shares[old.unit_id, old.period] = Share(
                unit_id=old.unit_id, period=old.period, value=old.value, joint=old.joint, cell=old.cell
            )
    return version, shares


def _state(share: Share) -> tuple[Any, ...]:
    return (share.value, share.joint, share.cell)


def change_rows(draft: Draft, add: Iterable[int], remove: Iterable[int]) -> None:
    """Add units (with blank cells) and take rows out."""
    gone = set(remove)
    for key in [key for key in draft.shares if key[0] in gone]:
        _leave_joint(draft, key)
        del draft.shares[key]
    wanted = [unit for unit in dict.fromkeys(add) if unit not in draft.unit_ids]
    if not wanted:
        return
    known = set(Unit.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if missing := set(wanted) - known:
        raise Invalid({"unit": f"有{len(missing)}个单位不在单位库中。"})
    check_receivers(draft, wanted)
    if len(draft.unit_ids) + len(wanted) > MOST_ROWS:
        raise Invalid({"unit": f"一次分解最多{MOST_ROWS}个单位。"})
    for unit in wanted:
        for period in draft.periods:
            draft.shares[unit, period] = Share(unit_id=unit, period=period)


def check_receivers(draft: Draft, unit_ids: Collection[int]) -> None:
    """Raises ``Invalid`` where the allocating unit may not give to one of the units."""
    allowed = policies.receivers(draft.target, draft.allocation.unit).filter(pk__in=unit_ids)
    strays = set(unit_ids) - set(allowed.order_by().values_list("pk", flat=True))
    if strays:
        names = "、".join(map(str, Unit.objects.filter(pk__in=strays).order_by("path")[:5]))
        more = f"等{len(strays)}个单位" if len(strays) > 5 else ""
        raise Invalid({"unit": f"{names}{more}不在{draft.allocation.unit}可以分解到的范围内，只能分解给所属的单位。"})


def relayout(draft: Draft, cadence: str, cumulative: bool) -> None:
    """Put other periods across. Cumulative figures stay where a period ends on the same day; figures of single periods
    are added up into longer ones. Others become blank."""
    if cadence not in CadenceChoice.values:
        raise Invalid({"cadence": "没有这种周期。"})
    old = draft.version
    if (cadence, cumulative) == (old.cadence, old.cumulative):
        return
    periods = periods_of(draft.target, cadence)
    rows: dict[int, list[tuple[Period, Decimal | None]]] = {}
    for (unit, period), share in draft.shares.items():
        rows.setdefault(unit, []).append((Period.parse(period), share.value))
    fresh: dict[Key, Share] = {}
    for unit, values in rows.items():
        due = _cumulated(values, old.cumulative)
        last = Decimal(0)
        for period in periods:
            value = due.get(period.last_day)
            if not cumulative and value is not None:
                value, last = exact_sum((value, -last)), value
            fresh[unit, str(period)] = Share(unit_id=unit, period=str(period), value=value)
    draft.shares = fresh
    old.cadence, old.cumulative = cadence, cumulative


def _cumulated(values: list[tuple[Period, Decimal | None]], cumulative: bool) -> dict[Any, Decimal | None]:
    """What is due by the last day of each period; unknown after a blank among single periods."""
    found: dict[Any, Decimal | None] = {}
    total: Decimal | None = Decimal(0)
    for period, value in sorted(values, key=lambda item: item[0].last_day):
        if cumulative:
            found[period.last_day] = value
        else:
            total = None if total is None or value is None else exact_sum((total, value))
            found[period.last_day] = total
    return found


def apply(draft: Draft, changes: Sequence[CellChange]) -> None:
    """Put typed figures into the cells; a number carried together goes to the first of its units."""
    if len(changes) > MOST_CHANGES:
        raise Invalid({"": f"一次最多改{MOST_CHANGES}格。"})
    errors, periods = {}, set(draft.periods)
    for change in changes:
        key = (change.unit_id, change.period)
        place = f"{change.unit_id}:{change.period}"
        if change.period not in periods or key not in draft.shares:
            errors[place] = "分解表中没有这一格，请重新载入。"
            continue
        try:
            value = parse_value(change.text, draft.target.unit_of_measure)
        except ValueProblem as error:
            errors[place] = str(error)
            continue
        holder = _holder(draft, draft.shares[key])
        if holder.value != value:
            holder.value, holder.cell = value, None  # typed over: it no longer stands where it was printed
    if errors:
        raise Invalid(errors)


def _holder(draft: Draft, share: Share) -> Share:
    """The share that holds the number: itself, or the first of those who carry it together."""
    if not share.joint:
        return share
    group = [other for other in draft.shares.values() if (other.joint, other.period) == (share.joint, share.period)]
    order = _paths({other.unit_id for other in group})
    return min(group, key=lambda other: order[other.unit_id])


def _paths(unit_ids: set[int]) -> dict[int, str]:
    return dict(Unit.objects.filter(pk__in=unit_ids).values_list("pk", "path"))


def merge(draft: Draft, join: Collection[Key], part: Collection[Key]) -> None:
    """Make cells of a column one number, or several again. What the cells held is added up."""
    for key in part:
        if key in draft.shares:
            _leave_joint(draft, key)
    columns: dict[str, list[Share]] = {}
    for unit, period in join:
        if (unit, period) not in draft.shares:
            raise Invalid({f"{unit}:{period}": "分解表中没有这一格，请重新载入。"})
        columns.setdefault(period, []).append(draft.shares[unit, period])
    for period, chosen in columns.items():
        if len(chosen) < 2:
            raise Invalid({"": "共同承担至少要选中同一列的两个单位。"})
        taken = {share.joint for share in draft.shares.values() if share.joint}
        for share in chosen:
            _leave_joint(draft, (share.unit_id, period))
        name = next(f"{period}/{n}" for n in range(1, len(taken) + 2) if f"{period}/{n}" not in taken)
        known = [share.value for share in chosen if share.value is not None]
        order = _paths({share.unit_id for share in chosen})
        chosen.sort(key=lambda share: order[share.unit_id])
        for share in chosen:
            share.joint, share.value = name, None
        chosen[0].value = exact_sum(known) if known else None


def _leave_joint(draft: Draft, key: Key) -> None:
    """Take one cell out of a number carried together; the rest keep it, and a last one carries it alone."""
    share = draft.shares[key]
    if not share.joint:
        return
    holder = _holder(draft, share)
    rest = [
        other
        for other in draft.shares.values()
        if other is not share and (other.joint, other.period) == (share.joint, share.period)
    ]
    if holder is share and rest:
        order = _paths({other.unit_id for other in rest})
        heir = min(rest, key=lambda other: order[other.unit_id])
        heir.value, heir.cell, share.value, share.cell = share.value, share.cell, None, None
    share.joint = ""
    if len(rest) == 1:
        rest[0].joint = ""


def finish(acting_user: Any, draft: Draft, action: str, before: dict[str, Any]) -> Saved:
    """Store the draft, raise the revision, write the journal."""
    version, allocation = draft.version, draft.allocation
    version.created_by = acting_user
    version.save()
    Share.objects.filter(
        pk__in=[share.pk for share in version.shares.all() if (share.unit_id, share.period) not in draft.shares]
    ).delete()
    kept = {(share.unit_id, share.period): share for share in version.shares.all()}
    fresh, changed = [], []
    for key, share in draft.shares.items():
        old = kept.get(key)
        if old is None:
            share.pk, share.version = None, version
            fresh.append(share)
        elif _state(old) != _state(share):
            share.pk, share.version = old.pk, version
            changed.append(share)
    Share.objects.bulk_create(fresh, batch_size=500)
    Share.objects.bulk_update(changed, ("value", "joint", "cell"), batch_size=500)
    allocation.revision += 1
    allocation.save(update_fields=("revision",))
    after = _after(draft, before)
    record(
        acting_user=acting_user,
        acts=[Act(action=action, target=allocation, before=before, after=after, label=str(draft.target))],
    )
    return Saved(allocation, version, allocation.revision)


def _cells(draft: Draft, before: dict[Key, Decimal | None]) -> dict[str, Any]:
    """The cells that changed, as they were (``{"cells": {"12 2026Q1": "540"}}``)."""
    keys = [*before, *(key for key in draft.shares if key not in before)]
    changed = [key for key in keys if before.get(key) != (draft.shares[key].value if key in draft.shares else None)]
    return {"cells": {f"{unit} {period}": plain(before.get((unit, period))) for unit, period in changed}}


def _after(draft: Draft, before: dict[str, Any]) -> dict[str, Any]:
    after: dict[str, Any] = {"cadence": draft.version.cadence, "cumulative": draft.version.cumulative}
    after["units"] = len(draft.unit_ids)
    cells = {}
    for name in before.get("cells", ()):
        unit, _, period = name.partition(" ")
        share = draft.shares.get((int(unit), period))
        cells[name] = plain(share.value) if share else ""
    after["cells"] = cells
    return {name: value for name, value in after.items() if name == "cells" or before.get(name) != value}
