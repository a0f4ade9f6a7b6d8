"""On which days deadlines fall: a date once, a cadence again and again while its plan runs.

Assumption (``docs/ledger.md``): a cadence runs from 1 January of the plan's year to 31 December of its last year; in a
plan without a year it runs on. ``若干日内`` counts from an event that nobody has recorded yet, so it never falls due.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from luoshi import periods
from luoshi.apps.plans.models import Deadline, DeadlineRuleChoice, Plan
from luoshi.periods import Cadence, Period, Recurrence, occurrences

RECURRING = tuple(
    rule.value for rule in DeadlineRuleChoice if rule not in (DeadlineRuleChoice.DATE, DeadlineRuleChoice.DAYS_AFTER)
)
#: A cadence that prints its own day is not meant by the condition for those without one.
_WITHOUT_DAY = {DeadlineRuleChoice.MONTHLY.value: {"day": None}, DeadlineRuleChoice.YEARLY.value: {"date": None}}
LONGEST_SPAN = 12  # years of a span in which cadences are looked for; no plan runs longer
#: Within so many days every cadence has an occurrence.
_HORIZON = {
    DeadlineRuleChoice.WEEKLY: 7,
    DeadlineRuleChoice.TEN_DAILY: 11,
    DeadlineRuleChoice.HALF_MONTHLY: 16,
    DeadlineRuleChoice.MONTHLY: 31,
    DeadlineRuleChoice.QUARTERLY: 92,
    DeadlineRuleChoice.HALF_YEARLY: 184,
    DeadlineRuleChoice.YEARLY: 366,
}


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day of a day's month."""
    period = Period.containing(day, Cadence.MONTHLY)
    return period.first_day, period.last_day


def quarter_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day of a day's quarter."""
    period = Period.containing(day, Cadence.QUARTERLY)
    return period.first_day, period.last_day


def _span_of_plan(plan: Plan, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    if plan.year is None:
        return first, last
    end = plan.last_year or plan.year
    return max(first, dt.date(plan.year, 1, 1)), min(last, dt.date(end, 12, 31))


def due_days(deadline: Deadline, plan: Plan, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """The days from ``first`` to ``last`` (both included) on which the deadline falls."""
    if deadline.rule_kind in RECURRING:
        first, last = _span_of_plan(plan, first, last)
    rule = periods.Deadline(
        Recurrence(deadline.rule_kind), deadline.date, deadline.day, deadline.days, deadline.working
    )
    return tuple(found.due.date for found in occurrences(rule, first, last))


def next_due(deadline: Deadline, plan: Plan, today: dt.date) -> dt.date | None:
    """The day of a dated deadline, also a past one; of a cadence the next day from ``today`` on."""
    if deadline.rule_kind == DeadlineRuleChoice.DATE:
        return deadline.date
    if deadline.rule_kind not in RECURRING:
        return None
    start, end = _span_of_plan(plan, today, dt.date.max)
    if start > end:
        return None
    horizon = start + dt.timedelta(days=_HORIZON[DeadlineRuleChoice(deadline.rule_kind)])
    days = due_days(deadline, plan, start, min(horizon, end))
    return days[0] if days else None


def _plan_runs_in(year: int) -> Q:
    ends = Q(plan__last_year__gte=year) | Q(plan__last_year=None, plan__year=year)
    return Q(plan__year=None) | (Q(plan__year__lte=year) & ends)


def _yearly_in(first: dt.date, last: dt.date) -> Q:
    """Yearly deadlines that print a month and a day."""
    found = Q(pk__in=())
    for month in periods.periods_between(first, last, Cadence.MONTHLY):
        low, high = max(first, month.first_day), min(last, month.last_day)
        day = Q(date__month=month.number, date__day__gte=low.day)
        if high < month.last_day:
            day &= Q(date__day__lte=high.day)
        found |= day
    return found


def _recurring_in(first: dt.date, last: dt.date) -> Q:
    """Which cadences have a day in a span of one calendar year; the plan's own years are left to the caller."""
    found = Q(pk__in=())
    for rule in RECURRING:
        if occurrences(periods.Deadline(Recurrence(rule)), first, last):
            found |= Q(rule_kind=rule, **_WITHOUT_DAY.get(rule, {}))
    days = [day for day in range(1, 32) if occurrences(periods.Deadline(Recurrence.MONTHLY, day=day), first, last)]
    found |= Q(rule_kind=DeadlineRuleChoice.MONTHLY, day__in=days)
    return found | (Q(rule_kind=DeadlineRuleChoice.YEARLY, date__isnull=False) & _yearly_in(first, last))


def due_between(first: dt.date, last: dt.date) -> Q:
    """A condition on ``Deadline``: it falls due at least once from ``first`` to ``last``; the same as ``due_days``."""
    found = Q(rule_kind=DeadlineRuleChoice.DATE, date__gte=first, date__lte=last)
    for year in range(first.year, min(last.year, first.year + LONGEST_SPAN) + 1):
        part = max(first, dt.date(year, 1, 1)), min(last, dt.date(year, 12, 31))
        found |= _recurring_in(*part) & _plan_runs_in(year)
    return found


def past(today: dt.date) -> Q:
    """A condition on ``Deadline``: its date lies before today."""
    return Q(rule_kind=DeadlineRuleChoice.DATE, date__lt=today)
