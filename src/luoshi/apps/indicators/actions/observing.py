"""Recording values: whole lots at once, nothing overwritten, equal values left alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from luoshi.apps.indicators.errors import FactsRefused, IndicatorError
from luoshi.apps.indicators.facts import Fact
from luoshi.apps.indicators.models import CadenceChoice, Indicator, Observation, ObservationSource
from luoshi.apps.indicators.numbers import storable
from luoshi.apps.indicators.storing import chunks, insert
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.periods import Period, PeriodError

#: A list of problems that nobody will read to its end is cut here.
MOST_PROBLEMS = 500
_CELL, _NOTE = 120, 300


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many values were new, took the place of another, or stood there already."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


_Key = tuple[int, int, str]  # indicator, unit, period
_cell_of = itemgetter(0)


def lock_indicators(ids: Iterable[int]) -> dict[int, Indicator]:
    """Lock indicators in the order of their numbers; every writer of values does, so that two never meet in a cell.

    Locked are the indicators, not the current rows: a cell that is still empty has no row that could be locked. The
    order is the same for all, so that no two wait for each other. Other rows may refer to them meanwhile (``no_key``).
    """
    rows = Indicator.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {row.pk: row for chunk in chunks(sorted(set(ids))) for row in rows.filter(pk__in=chunk)}


def _known_periods(facts: Sequence[Fact]) -> dict[str, Period | str]:
    """Each text that occurs, as a period or as what is wrong with it."""
    known: dict[str, Period | str] = {}
    for fact in facts:
        if fact.period not in known:
            try:
                known[fact.period] = Period.parse(fact.period)
            except PeriodError as error:
                known[fact.period] = str(error)
    return known


def _problem(indicator: Indicator | None, period: Period | str, known_unit: bool) -> str:
    """What is wrong with a fact beside its value; blank when nothing is."""
    if indicator is None:
        return "指标不在目录中"
    if indicator.merged_into_id is not None:
        return f"指标“{indicator}”已并入其他指标，请改用并入后的指标"
    if not known_unit:
        return "单位不在单位库中"
    if isinstance(period, str):
        return period
    if indicator.cadence and indicator.cadence != period.cadence:
        wanted, given = CadenceChoice(indicator.cadence).label, CadenceChoice(period.cadence).label
        return f"指标“{indicator}”按{wanted}记数，“{period.label}”是{given}数"
    return ""


def _examined(
    facts: Sequence[Fact], indicators: dict[int, Indicator]
) -> tuple[dict[_Key, tuple[Decimal, Fact]], dict[str, Period]]:
    """The facts by cell, each with its value as it will be stored, and their periods; ``FactsRefused`` with every
    fault."""
    periods = _known_periods(facts)
    wanted = sorted({fact.unit_id for fact in facts})
    units = {pk for chunk in chunks(wanted) for pk in Unit.objects.filter(pk__in=chunk).values_list("pk", flat=True)}
    texts = {text: str(period) for text, period in periods.items()}
    said: dict[tuple[int, str, bool], str] = {}
    wrong: list[tuple[int, str]] = []
    kept: dict[_Key, tuple[Decimal, Fact]] = {}
    for place, fact in enumerate(facts):
        indicator, unit, text = fact[:3]
        about = (indicator, text, unit in units)
        message = said.get(about)
        if message is None:
            message = said[about] = _problem(indicators.get(indicator), periods[text], about[2])
        if not message:
            try:
                value = storable(fact.value)
            except ValueError as error:
                message = f"{indicators[indicator]}：{error}"
            else:
                key = (indicator, unit, texts[text])
                before = kept.setdefault(key, (value, fact))
                if before[0] != value:
                    message = f"指标“{indicators[indicator]}”同一单位同一期给了两个不同的数"
        if message:
            wrong.append((place, message))
            if len(wrong) >= MOST_PROBLEMS:
                break
    if wrong:
        raise FactsRefused(wrong)
    return kept, {str(period): period for period in periods.values() if isinstance(period, Period)}


def _of_cells(cells: Collection[_Key], source: str) -> Iterable[QuerySet[Observation]]:
    """The stored observations of one source in the cells (and some beside them), in parts that a query can name."""
    units, periods = sorted({key[1] for key in cells}), sorted({key[2] for key in cells})
    for indicators in chunks(sorted({key[0] for key in cells})):
        for some in chunks(units):
            rows = Observation.objects.order_by().filter(source=source, indicator__in=indicators, unit__in=some)
            yield rows.filter(period__in=periods)


def record_observations(
    *,
    acting_user: Any,
    facts: Sequence[Fact],
    source: str,
    origin: str,
    origin_id: int | None = None,
    now: dt.datetime | None = None,
) -> Recorded:
    """Record values of one source: a differing one takes the place of the current one, an equal one is left as it is.

    All or none (``FactsRefused`` names every fault). Values are rounded to 6 places (see ``numbers``). Whether the
    person may say so is the caller's question: this is a part of accepting a return, of an import, of a verification.
    Call it once in a transaction, after locks of your own and before journal entries of your own: it locks the
    indicators and, last, the journal.

    ``now`` is when it became known. Where the cell was changed later than that (clocks of two servers differ, or
    another writer was first), the value counts as known from that change on, so that no moment has two values.
    """
    source = ObservationSource(source).value  # bare text: for a kind of it the drivers look for a way to store it
    if not facts:
        return Recorded()
    with transaction.atomic():
        indicators = lock_indicators(fact.indicator_id for fact in facts)
        # The clock is read under the lock: whoever comes second is later.
        moment = now or timezone.now()
        cells, periods = _examined(facts, indicators)
        same: list[_Key] = []
        replaced: list[int] = []
        since: dict[_Key, dt.datetime] = {}
        known = Q(superseded_at=None) | Q(superseded_at__gt=moment) | Q(recorded_at__gt=moment)
        names = ("indicator_id", "unit_id", "period", "pk", "value", "recorded_at", "superseded_at")
        for rows in _of_cells(cells, source):
            for indicator, unit, period, pk, value, begun, ended in (
                rows.filter(known).values_list(*names).iterator(5000)
            ):
                cell = (indicator, unit, period)
                said = cells.get(cell)
                if said is None:
                    continue
                if begun > moment or ended is not None:
                    since[cell] = max(begun, ended or begun, since.get(cell, begun))
                if ended is None and said[0] == value:
                    same.append(cell)
                elif ended is None:
                    replaced.append(pk)
        for cell in same:
            del cells[cell]
        for chunk in chunks(sorted(replaced)):
            Observation.objects.filter(pk__in=chunk).update(superseded_at=Greatest(moment, F("recorded_at")))
        days = {text: (period.first_day, period.last_day) for text, period in periods.items()}
        by = acting_user.pk if acting_user else None
        # In the order of the indexes, which then grow at few places. Bare tuples: a hundred thousand names take time.
        insert(
            (
                *key,
                *days[key[2]],
                value,
                source,
                since.get(key, moment) if since else moment,
                by,
                origin,
                origin_id if fact.origin_id is None else fact.origin_id,
                fact.cell[:_CELL],
                fact.note[:_NOTE],
            )
            for key, (value, fact) in sorted(cells.items(), key=_cell_of)
        )
        done = Recorded(len(cells) - len(replaced), len(replaced), len(same))
        if cells:
            _journal(acting_user, "记入数据", indicators, cells, done, source, origin, origin_id)
    return done


def _journal(
    acting_user: Any,
    action: str,
    indicators: dict[int, Indicator],
    cells: Iterable[_Key],
    done: Recorded,
    source: str,
    origin: str,
    origin_id: int | None,
) -> None:
    """One entry for the whole lot, standing with the first of its indicators."""
    keys = list(cells)
    ids = sorted({key[0] for key in keys})
    first = indicators[ids[0]]
    label = str(first) if len(ids) == 1 else f"{first}等 {len(ids)} 项指标"
    after = {
        "来源": ObservationSource(source).label,
        "出处": origin,
        "出处编号": origin_id,
        "新增": done.added,
        "更改": done.changed,
        "未变": done.unchanged,
        "单位数": len({key[1] for key in keys}),
        "期别": sorted({key[2] for key in keys})[:40],
    }
    record(acting_user=acting_user, acts=[Act(action=action, target=first, after=after, label=label)])


def withdraw_observations(
    *,
    acting_user: Any,
    origin: str,
    origin_id: int,
    reason: str,
    now: dt.datetime | None = None,
    cells: Iterable[str] | None = None,
) -> int:
    """Take back what one origin (a return, an import) brought, as far as it is still current; gives how many values.

    They count no longer from now on and stay readable in the past. What they once took the place of does not come
    back. ``cells`` names some of the origin's cells only. As with ``record_observations`` the caller asks whether the
    person may.
    """
    if not reason.strip():
        raise IndicatorError("请写明撤回数据的原因。")
    rows = Observation.objects.order_by().filter(origin=origin, origin_id=origin_id, superseded_at=None)
    if cells is not None:
        rows = rows.filter(origin_cell__in=list(cells))
    return withdraw_rows(acting_user=acting_user, rows=rows, reason=reason, now=now)


def withdraw_rows(*, acting_user: Any, rows: QuerySet[Observation], reason: str, now: dt.datetime | None = None) -> int:
    """End current observations without a successor; the caller has asked whether the person may."""
    with transaction.atomic():
        indicators = lock_indicators(rows.values_list("indicator_id", flat=True).distinct())
        moment = now or timezone.now()
        told = list(rows.filter(superseded_at=None).values("indicator_id", "source", "origin", "origin_id").distinct())
        count = rows.filter(superseded_at=None).update(superseded_at=Greatest(moment, F("recorded_at")))
        if not count:
            return 0
        ids = sorted({row["indicator_id"] for row in told})
        first = indicators[ids[0]]
        label = str(first) if len(ids) == 1 else f"{first}等 {len(ids)} 项指标"
        after = {
            "原因": reason.strip()[:300],
            "撤回": count,
            "来源": sorted({ObservationSource(row["source"]).label for row in told}),
            "出处": sorted({f"{row['origin']} {row['origin_id'] or ''}".strip() for row in told})[:40],
        }
        record(acting_user=acting_user, acts=[Act(action="撤回数据", target=first, after=after, label=label)])
    return count
