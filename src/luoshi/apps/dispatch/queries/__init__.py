"""Every read of this app that joins or adds up."""

from luoshi.apps.dispatch.agenda import agenda_for
from luoshi.apps.dispatch.queries.decisions import (
    DecisionFilter,
    decision_counts,
    decision_list,
    decision_page,
    decisions_open,
)
from luoshi.apps.dispatch.queries.home import home_page
from luoshi.apps.dispatch.queries.meetings import meeting_list, meeting_page, next_meetings
from luoshi.apps.dispatch.queries.problems import ProblemFilter, problem_counts, problem_list, problem_page
from luoshi.apps.dispatch.queries.warnings import (
    WarningFilter,
    open_warnings,
    warning_choices,
    warning_counts,
    warning_list,
    warning_page,
)

__all__ = [
    "DecisionFilter",
    "ProblemFilter",
    "WarningFilter",
    "agenda_for",
    "decision_counts",
    "decision_list",
    "decision_page",
    "decisions_open",
    "home_page",
    "meeting_list",
    "meeting_page",
    "next_meetings",
    "open_warnings",
    "problem_counts",
    "problem_list",
    "problem_page",
    "warning_choices",
    "warning_counts",
    "warning_list",
    "warning_page",
]
