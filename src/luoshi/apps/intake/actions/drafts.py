"""Acts on a whole draft: its details, unknown names, setting it aside."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from luoshi.apps.intake import after_naming, drafting, values
from luoshi.apps.intake.actions.locking import locked_draft, open_draft
from luoshi.apps.intake.actions.resuming import accept_unchanged, release_unchanged
from luoshi.apps.intake.errors import Closed, Invalid
from luoshi.apps.intake.models import Draft, DraftItem, DraftState, ItemKind
from luoshi.apps.intake.policies import remembers, require_keeper, supersedable_plans
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.actions import add_unit_name
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan
from luoshi.units import fold

_DETAILS = ("title", "number", "issued_on", "year", "last_year", "owner_id", "supersedes_id")


def set_details(
    *,
    acting_user: Any,
    draft: Draft,
    title: str,
    number: str = "",
    issued_on: dt.date | None = None,
    year: int | None = None,
    last_year: int | None = None,
    owner: Unit,
    supersedes: Plan | None = None,
) -> Draft:
    """Correct what stands at the head of a plan; unknown names are looked up again as of the new date."""
    errors = {}
    title, number = " ".join(title.split()), number.strip()
    if not title:
        errors["title"] = "请填写标题。"
    elif len(title) > 300:
        errors["title"] = "标题最多 300 字。"
    if len(number) > 60:
        errors["number"] = "文号最多 60 字。"
    for name, value in (("year", year), ("last_year", last_year)):
        if value is not None and not 1950 <= value <= 2100:
            errors[name] = "年度应为 1950 至 2100 之间的整数。"
    if year and last_year and last_year < year:
        errors["last_year"] = "末年不能早于年度。"
    if supersedes is not None and not supersedable_plans(acting_user).filter(pk=supersedes.pk).exists():
        errors["supersedes"] = "没有这份方案，或您不能发布它的新版。"
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        draft = open_draft(acting_user, draft.pk)
        require_keeper(acting_user, owner)
        before = {name: getattr(draft, name) for name in _DETAILS}
        draft.title, draft.number, draft.issued_on, draft.year = title, number, issued_on, year
        draft.last_year, draft.owner, draft.supersedes = last_year, owner, supersedes
        draft.save()
        after = {name: getattr(draft, name) for name in _DETAILS}
        changed = [name for name in _DETAILS if before[name] != after[name]]
        if {"issued_on", "year"} & set(changed):
            _look_up_again(draft)
        acts = []
        if "supersedes_id" in changed:
            release_unchanged(draft)
            if same := accept_unchanged(draft):
                acts.append(same)
        if changed:
            act = Act(
                action="修改草稿信息",
                target=draft,
                before={name: before[name] for name in changed},
                after={name: after[name] for name in changed},
            )
            record(acting_user=acting_user, acts=[act, *acts])
    return draft


def _look_up_again(draft: Draft) -> None:
    """Names that meant nothing at the old date may mean a unit at the new one; those that are known stay."""
    names = drafting.names_as_of(draft)
    changed = []
    for item in draft.items.filter(kind=ItemKind.RESPONSIBILITY, unknown_names__gt=0):
        for data in (item.data, item.original or {}):
            for role in values.ROLES:
                for entry in data.get(role, ()):
                    if values.is_unknown(entry):
                        entry.update(names.entries([entry["name"]])[0])
        left = values.unknown_names(item.kind, item.data)
        if left != item.unknown_names:
            item.unknown_names, item.revision = left, item.revision + 1
            changed.append(item)
    DraftItem.objects.bulk_update(changed, ("data", "original", "unknown_names", "revision"), batch_size=200)


def resolve_name(
    *, acting_user: Any, draft: Draft, name: str, units: list[Unit], remember: bool = False, left_open: bool = False
) -> list[DraftItem]:
    """Say which unit(s) a printed name means, everywhere in this draft; ``remember`` keeps it for all later plans.

    Later plans are everybody's: who looks after a part of the register only says it for the draft, ``remember`` or not.
    ``left_open`` says that the name means nobody in particular (州级相关部门): it is registered as printed and
    given to no unit. Gives the items that changed; their states stay as they are.
    """
    folded = fold(name)
    if not folded or bool(units) == left_open:
        raise Invalid({"units": "请选择单位。"})
    keys = [unit.key for unit in units]
    with transaction.atomic():
        draft = open_draft(acting_user, draft.pk)
        changed = []
        for item in draft.items.filter(kind=ItemKind.RESPONSIBILITY):
            # The reading itself does not change: what the name means is known now, so an undo must not forget it.
            hits = [_mean(data, folded, keys, left_open) for data in (item.data, item.original) if data]
            if any(hits):
                item.unknown_names = values.unknown_names(item.kind, item.data)
                item.revision += 1
                changed.append(item)
        if not changed:
            raise Invalid({"name": f"这份草稿里没有“{name}”。"})
        DraftItem.objects.bulk_update(changed, ("data", "original", "unknown_names", "revision"), batch_size=200)
        remember = remember and not left_open and remembers(acting_user)
        if remember:
            add_unit_name(acting_user=acting_user, name=name.strip(), units=units)
        after = {"name": name, "units": keys, "items": [item.pk for item in changed], "remember": remember}
        if left_open:
            after["open"] = True
        after_naming.run(draft)
        record(acting_user=acting_user, acts=[Act(action="认定单位名称", target=draft, after=after)])
    return changed


def _mean(data: dict[str, Any], folded: str, keys: list[str], left_open: bool) -> bool:
    hit = False
    for role in values.ROLES:
        for entry in data.get(role, ()):
            if fold(entry["name"]) == folded and (entry["units"] != keys or bool(entry.get("open")) != left_open):
                entry["units"], hit = list(keys), True
                entry.pop("open", None)
                if left_open:
                    entry["open"] = True
    return hit


def suggested_plan(draft: Draft) -> Plan | None:
    """A plan in force of which this is probably the next version."""
    found = drafting.earlier_plan(draft.owner_id, draft.title, draft.number, draft.year)
    return Plan.objects.get(pk=found) if found else None


def discard(*, acting_user: Any, draft: Draft) -> Draft:
    """Set a draft aside (a notice without tasks, a file taken in by mistake); it can be reopened."""
    with transaction.atomic():
        draft = open_draft(acting_user, draft.pk)
        draft.state = DraftState.DISCARDED
        draft.save(update_fields=("state", "updated_at"))
        act = Act(action="弃用草稿", target=draft, before={"state": DraftState.OPEN}, after={"state": draft.state})
        record(acting_user=acting_user, acts=[act])
    return draft


def reopen(*, acting_user: Any, draft: Draft) -> Draft:
    """Take a draft up again that was set aside."""
    with transaction.atomic():
        draft = locked_draft(draft.pk)
        require_keeper(acting_user, draft.owner)
        if draft.state != DraftState.DISCARDED:
            raise Closed("只有已弃用的草稿可以恢复。")
        draft.state, draft.updated_at = DraftState.OPEN, timezone.now()
        draft.save(update_fields=("state", "updated_at"))
        act = Act(action="恢复草稿", target=draft, before={"state": DraftState.DISCARDED}, after={"state": draft.state})
        record(acting_user=acting_user, acts=[act])
    return draft
