"""Who owes which duty how often, and who is behind: holders × periods of a year."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from luoshi.apps.supervision.models import Duty, DutyEntry, DutyHolder
from luoshi.apps.supervision.policies import entered_by, visible_duties, visible_holders
from luoshi.periods import Cadence, Period, periods_between

PAGE = 100


class DutyState(StrEnum):
    """How one holder stands with one period."""

    MET = "met"
    RUNNING = "running"
    BEHIND = "behind"
    COMING = "coming"
    NOT_HELD = "not-held"


WORDS = {
    DutyState.MET: "已达到",
    DutyState.RUNNING: "进行中",
    DutyState.BEHIND: "未达到",
    DutyState.COMING: "未到",
    DutyState.NOT_HELD: "不足一期，不计",
}


@dataclass(frozen=True, slots=True)
class DutyCell:
    """How often it was done in a period, and how often it must be: ``None`` where the person did not hold the duty."""

    period: Period
    done: int
    least: int | None
    state: DutyState

    @property
    def words(self) -> str:
        """``还差 2``, or the state."""
        if self.state in (DutyState.RUNNING, DutyState.BEHIND) and self.least:
            return f"{WORDS[self.state]}，还差 {self.least - self.done}"
        return WORDS[self.state]


@dataclass(frozen=True, slots=True)
class HolderRow:
    """One holder over the periods of a year; ``behind`` counts the periods that ended without the least number."""

    holder: DutyHolder
    cells: tuple[DutyCell, ...]
    least: int

    @property
    def behind(self) -> int:
        """How many periods are over and were not met."""
        return sum(cell.state is DutyState.BEHIND for cell in self.cells)

    @property
    def missing_now(self) -> int:
        """How many are still to be done in the period that runs."""
        return sum((cell.least or 0) - cell.done for cell in self.cells if cell.state is DutyState.RUNNING)

    @property
    def total(self) -> int:
        """How often it was done in the year."""
        return sum(cell.done for cell in self.cells)


@dataclass(frozen=True, slots=True)
class DutyBoard:
    """A duty over a year: a row a holder, those furthest behind first."""

    duty: Duty
    year: int
    periods: tuple[Period, ...]
    current: Period | None
    rows: tuple[HolderRow, ...]

    @property
    def behind(self) -> int:
        """How many holders have a period that they did not meet."""
        return sum(row.behind > 0 for row in self.rows)

    @property
    def missing_now(self) -> int:
        """How many have not done enough yet in the period that runs."""
        return sum(any(cell.state is DutyState.RUNNING for cell in row.cells) for row in self.rows)


def duty_list(user: Any) -> QuerySet[Duty]:
    """The duties that the person sees, with the number of holders now."""
    holders = visible_holders(user).filter(last_day=None).values("pk")
    rows = visible_duties(user).select_related("owner", "plan")
    return rows.annotate(people=Count("holders", filter=Q(holders__in=holders), distinct=True)).order_by(
        "-is_active", "owner__path", "name", "pk"
    )


def duty_board(user: Any, duty: Duty, year: int, today: dt.date | None = None, only: str = "") -> DutyBoard:
    """The holders that the person sees over the periods of a year: two queries. ``only="behind"``: those behind."""
    today = today or timezone.localdate()
    whole = Period(Cadence.YEARLY, year)
    cadence = Cadence(duty.cadence)
    periods = (
        tuple(periods_between(whole.first_day, whole.last_day, cadence))
        if cadence is Cadence.WEEKLY
        else whole.parts(cadence)
    )
    holders = list(
        visible_holders(user)
        .filter(duty=duty, first_day__lte=whole.last_day)
        .filter(Q(last_day=None) | Q(last_day__gte=whole.first_day))
        .select_related("unit", "duty")
        .order_by("unit__path", "name", "pk")
    )
    done: defaultdict[tuple[int, Period], int] = defaultdict(int)
    first, last = (periods[0].first_day, periods[-1].last_day) if periods else (whole.first_day, whole.last_day)
    entries = DutyEntry.objects.filter(holder__in=holders, withdrawn_at=None, day__range=(first, last)).order_by()
    for holder, day, amount in entries.values_list("holder_id", "day", "amount"):
        done[holder, Period.containing(day, cadence)] += amount
    rows = [_row(holder, duty, periods, done, today) for holder in holders]
    if only == "behind":
        rows = [row for row in rows if row.behind or any(cell.state is DutyState.RUNNING for cell in row.cells)]
    rows.sort(key=lambda row: (-row.behind, row.holder.unit.path, row.holder.name))
    current = next((period for period in periods if period.contains(today)), None)
    return DutyBoard(duty, year, periods, current, tuple(rows))


def _row(
    holder: DutyHolder, duty: Duty, periods: tuple[Period, ...], done: dict[tuple[int, Period], int], today: dt.date
) -> HolderRow:
    least = holder.count or duty.count
    return HolderRow(
        holder, tuple(_cell(holder, period, done[holder.pk, period], least, today) for period in periods), least
    )


def _cell(holder: DutyHolder, period: Period, done: int, least: int, today: dt.date) -> DutyCell:
    # A part of a period is not counted: a duty taken over in the middle is owed from the next period on.
    held = holder.first_day <= period.first_day and (holder.last_day is None or holder.last_day >= period.last_day)
    if not held:
        return DutyCell(period, done, None, DutyState.NOT_HELD)
    if done >= least:
        state = DutyState.MET
    elif period.last_day < today:
        state = DutyState.BEHIND
    else:
        state = DutyState.RUNNING if period.first_day <= today else DutyState.COMING
    return DutyCell(period, done, least, state)


def own_holders(user: Any) -> QuerySet[DutyHolder]:
    """The holders for whom the person may enter what they did."""
    rows = visible_holders(user).filter(entered_by(user), duty__is_active=True, last_day=None)
    return rows.select_related("duty", "unit").order_by("duty__name", "unit__path", "name", "pk")


def duty_log(user: Any, duty: Duty, holder_id: int = 0) -> QuerySet[DutyEntry]:
    """What was entered, the latest first, withdrawn entries too."""
    rows = DutyEntry.objects.filter(holder__in=visible_holders(user).filter(duty=duty))
    if holder_id:
        rows = rows.filter(holder=holder_id)
    return rows.select_related("holder__unit", "entered_by").order_by("-day", "-pk")
