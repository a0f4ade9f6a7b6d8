"""报送情况: units × the last periods of a form, and one round of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.models import Form, Return, ReturnState, ReviewStage, Round
from luoshi.apps.reporting.policies import visible_returns
from luoshi.apps.reporting.queries.timeliness import FIGURES, WORDS, Figures, Mark, known_at
from luoshi.periods import Period

UNITS_A_PAGE = 100
MOST_PERIODS = 36
STATE_WORDS = {
    ReturnState.OPEN: "",
    ReturnState.IN_REVIEW: "待审",
    ReturnState.SENT_BACK: "退回待更正",
    ReturnState.ACCEPTED: "已通过",
    ReturnState.EXEMPT: "",
}
#: What a list of one round can be narrowed to.
FILTERS = {
    "": "全部",
    "missing": "未报",
    "late": "迟报",
    "on-time": "按时",
    "pending": "待报",
    "review": "待审",
    "sent-back": "退回待更正",
    "accepted": "已通过",
    "exempt": "免报",
}


@dataclass(frozen=True, slots=True)
class StatusCell:
    """One unit in one period."""

    answer_id: int
    mark: Mark
    state: str
    submitted_at: dt.datetime | None

    @property
    def words(self) -> str:
        """``迟报·待审``."""
        return "·".join(filter(None, (WORDS[self.mark], STATE_WORDS[ReturnState(self.state)])))

    @property
    def mark_words(self) -> str:
        """``迟报``."""
        return WORDS[self.mark]

    @property
    def state_words(self) -> str:
        """``待审``, or nothing."""
        return STATE_WORDS[ReturnState(self.state)]


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A unit: a cell for each round, ``None`` where it was not asked."""

    unit: Unit
    cells: Sequence[StatusCell | None]
    figures: Figures


@dataclass(frozen=True, slots=True)
class StatusColumn:
    """A round with its figures over all units that the person sees."""

    round: Round
    label: str
    figures: Figures
    waiting: int


@dataclass(frozen=True, slots=True)
class StatusGrid:
    """The page: ``columns`` the latest first, ``rows`` of one page of units."""

    columns: Sequence[StatusColumn]
    rows: Sequence[StatusRow]
    total: int
    number: int
    pages: int
    as_of: dt.datetime


def status_grid(
    user: Any,
    form: Form,
    *,
    periods: int = 12,
    number: int = 1,
    text: str = "",
    as_of: dt.datetime | None = None,
    now: dt.datetime,
    whole: bool = False,
) -> StatusGrid:
    """Units × the last rounds: five queries at any size. ``whole`` gives all units at once (for the workbook)."""
    moment = min(as_of, now) if as_of else now
    rounds = list(
        form.rounds.filter(opened_at__lte=moment).order_by("-first_day")[: min(max(1, periods), MOST_PERIODS)]
    )
    seen = visible_returns(user).filter(round__in=rounds)
    if text:
        seen = seen.filter(Q(unit__name__icontains=text) | Q(unit__short_name__icontains=text))
    known = known_at(seen, moment, now=now)
    review = Count("pk", filter=Q(standing=ReturnState.IN_REVIEW))
    sums = {row["round_id"]: row for row in known.order_by().values("round_id").annotate(**FIGURES, review=review)}
    # The few units as a list: a set of them inside another query misleads a database without figures of the tables.
    asked = sorted(seen.order_by().values_list("unit__path", "unit_id").distinct())
    total = len(asked)
    pages = max(1, -(-total // UNITS_A_PAGE))
    number = min(max(1, number), pages)
    page = asked if whole else asked[(number - 1) * UNITS_A_PAGE : number * UNITS_A_PAGE]
    units = Unit.objects.in_bulk([pk for _, pk in page])
    shown = [units[pk] for _, pk in page]
    columns = [
        StatusColumn(
            one,
            Period.parse(one.period).label,
            Figures.of(sums[one.pk]) if one.pk in sums else Figures(),
            sums[one.pk]["review"] if one.pk in sums else 0,
        )
        for one in rounds
    ]
    cells: dict[int, dict[int, StatusCell]] = {unit.pk: {} for unit in shown}
    found = known.order_by()
    if not whole:
        found = found.filter(unit__in=shown)
    for unit_id, round_id, pk, mark, then, at in found.values_list(
        "unit_id", "round_id", "pk", "mark", "standing", "came"
    ):
        cells[unit_id][round_id] = StatusCell(pk, Mark(mark), then, at)
    rows = [
        StatusRow(unit, [cells[unit.pk].get(one.pk) for one in rounds], _figures(cells[unit.pk].values()))
        for unit in shown
    ]
    return StatusGrid(columns, rows, total, number, pages, moment)


def _figures(cells: Any) -> Figures:
    counts = dict.fromkeys(FIGURES, 0)
    for cell in cells:
        counts[cell.mark.value.replace("-", "_")] += 1
    return Figures(**counts)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A return in the list of one round."""

    answer: Return
    mark: Mark
    then: str

    @property
    def words(self) -> str:
        """``迟报·待审``."""
        return "·".join(filter(None, (WORDS[self.mark], STATE_WORDS[ReturnState(self.then)])))

    @property
    def stage(self) -> str:
        """Which review the return waits for."""
        return str(ReviewStage(self.answer.stage).label) if self.answer.stage else ""


@dataclass(frozen=True, slots=True)
class RoundList:
    """One round: the figures of all, and the returns of one page that the filter leaves."""

    figures: Figures
    states: dict[str, int]
    rows: Sequence[RoundRow]
    total: int
    number: int
    pages: int


def round_list(
    user: Any, found: Round, *, state: str = "", number: int = 1, now: dt.datetime, as_of: dt.datetime | None = None
) -> RoundList:
    """The returns of a round: four queries."""
    moment = min(as_of, now) if as_of else now
    known = known_at(visible_returns(user).filter(round=found), moment, now=now)
    states = {
        one.value: Count("pk", filter=Q(standing=one))
        for one in (ReturnState.IN_REVIEW, ReturnState.SENT_BACK, ReturnState.ACCEPTED)
    }
    sums = known.order_by().aggregate(**FIGURES, **{name.replace("-", "_"): count for name, count in states.items()})
    chosen = narrow(known, state)
    total = chosen.count()
    pages = max(1, -(-total // UNITS_A_PAGE))
    number = min(max(1, number), pages)
    page = chosen.select_related("unit", "updated_by").defer("cells", "rows", "reasons").order_by("unit__path")
    rows = [
        RoundRow(answer, Mark(answer.mark), answer.standing)  # type: ignore[attr-defined]
        for answer in page[(number - 1) * UNITS_A_PAGE : number * UNITS_A_PAGE]
    ]
    counts = {name: sums[name.replace("-", "_")] for name in states}
    return RoundList(Figures.of(sums), counts, rows, total, number, pages)


def narrow(known: QuerySet[Return], state: str) -> QuerySet[Return]:
    """Those of ``known_at`` that one of ``FILTERS`` leaves."""
    if state in (Mark.MISSING, Mark.LATE, Mark.ON_TIME, Mark.PENDING, Mark.EXEMPT):
        return known.filter(mark=state)
    if state == "review":
        return known.filter(standing=ReturnState.IN_REVIEW)
    return known.filter(standing=state) if state in (ReturnState.SENT_BACK, ReturnState.ACCEPTED) else known
