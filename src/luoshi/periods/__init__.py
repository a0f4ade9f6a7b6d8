"""Periods, due dates, working days; no clock: every day comes in as an argument."""

from luoshi.periods.deadlines import Deadline, Occurrence, Recurrence, occurrences
from luoshi.periods.due import Due, DueKind, DueRule, Shift, due_date, next_due
from luoshi.periods.moments import SHANGHAI, end_of_day, is_late, local_date
from luoshi.periods.period import Cadence, Period, PeriodError, periods_between
from luoshi.periods.workdays import WorkCalendar

__all__ = [
    "SHANGHAI",
    "Cadence",
    "Deadline",
    "Due",
    "DueKind",
    "DueRule",
    "Occurrence",
    "Period",
    "PeriodError",
    "Recurrence",
    "Shift",
    "WorkCalendar",
    "due_date",
    "end_of_day",
    "is_late",
    "local_date",
    "next_due",
    "occurrences",
    "periods_between",
]
