"""The returns that wait for a reviewer, in the order of how far one can trust them at sight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.models import CellRemark, Return, Submission
from luoshi.apps.reporting.policies import reviewable_returns
from luoshi.apps.reporting.queries.context import SUBMITTED, begins_anew, matched_cells, not_recalled
from luoshi.apps.reporting.queries.returns import with_form
from luoshi.forms import check, difference, following
from luoshi.forms.model import Context, Problem, Severity, Values


@dataclass(frozen=True, slots=True)
class ToReview:
    """A return in review, and what speaks against accepting it at sight.

    ``explained`` are the soft problems (each with the unit's reason), ``jumps`` those of them that compare with the
    last period; ``changes`` how many cells differ from the submission before; ``remarks`` how many of the reviewers'
    remarks are not settled.
    """

    answer: Return
    submission: Submission
    explained: tuple[Problem, ...]
    jumps: int
    changes: int
    remarks: int
    late: bool

    @property
    def trusted(self) -> bool:
        """Whether nothing speaks against accepting it at sight."""
        return not (self.explained or self.changes or self.remarks or self.late)

    @property
    def doubt(self) -> tuple[int, int, int, int]:
        """What the list is ordered by: problems, jumps, changes, late."""
        return (len(self.explained) + self.remarks, self.jumps, self.changes, int(self.late))


_COMPARING = frozenset({"jump", "unchanged", "falls", "deviation"})


def waiting_returns(user: Any) -> QuerySet[Return]:
    """The returns that wait for the person, unordered: for counts, filters and pages."""
    return with_form(reviewable_returns(user))


def returns_to_review(user: Any, *, rows: QuerySet[Return] | None = None, most: int = 500) -> list[ToReview]:
    """The returns that wait for the person (or some ``rows`` of ``waiting_returns``), the most doubtful first.

    Four queries at any number; at most ``most`` returns, the longest waiting ones.
    """
    found = (waiting_returns(user) if rows is None else rows).order_by("submitted_at", "pk")
    latest = Submission.objects.filter(not_recalled()).select_related("submitted_by").order_by("ordinal")
    open_remarks = CellRemark.objects.filter(settled_at=None)
    answers = list(
        found.prefetch_related(
            Prefetch("submissions", queryset=latest, to_attr="in_order"),
            Prefetch("remarks", queryset=open_remarks, to_attr="unsettled"),
        )[:most]
    )
    before = _before(answers)
    judged = [_judged(answer, before.get(answer.pk)) for answer in answers]
    return sorted(judged, key=lambda item: item.doubt, reverse=True)


def _judged(answer: Any, previous: Submission | None) -> ToReview:
    submission: Submission = answer.in_order[-1]
    asked = asked_by(answer.round.version)
    values = Values(submission.cells, submission.rows)
    explained: tuple[Problem, ...] = ()
    if submission.reasons:
        earlier = Values(previous.cells, previous.rows) if previous else Values()
        context = Context(
            previous=matched_cells(asked.definition, values, earlier),
            period_starts_year=begins_anew(answer.round.period, previous.answer.round.period if previous else ""),
        )
        found = following(asked.definition, values, check(asked.definition, values, context, complete=True))
        told = {problem.address: problem for problem in found if problem.address in submission.reasons}
        # A reason given to what only a target or another form told against is a doubt all the same.
        rest = (
            Problem(address, Severity.SOFT, "deviation" if address else "early", "")
            for address in submission.reasons
            if address not in told
        )
        # What follows from another cell has its reason there: it is one doubt.
        explained = (*(problem for problem in told.values() if not problem.follows), *rest)
    changes = 0
    if len(answer.in_order) > 1:
        last = answer.in_order[-2]
        changes = len(difference(Values(last.cells, last.rows), values))
    return ToReview(
        answer=answer,
        submission=submission,
        explained=explained,
        jumps=sum(problem.code in _COMPARING for problem in explained),
        changes=changes,
        remarks=len(answer.unsettled),
        late=(answer.submitted_at or submission.submitted_at) > answer.round.due_at,
    )


def _before(answers: Sequence[Return]) -> dict[int, Submission]:
    """The last submission of the round before, for returns whose units gave a reason: one query."""
    asked = [answer for answer in answers if answer.in_order[-1].reasons]  # type: ignore[attr-defined]
    if not asked:
        return {}
    earliest: dt.date = min(answer.round.first_day for answer in asked)
    rows = (
        Submission.objects.filter(
            not_recalled(),
            answer__round__form__in={answer.round.form_id for answer in asked},
            answer__unit__in={answer.unit_id for answer in asked},
            answer__state__in=SUBMITTED,
            answer__round__first_day__gte=earliest - dt.timedelta(days=800),
        )
        .select_related("answer__round")
        .order_by("answer__round__first_day", "ordinal")
    )
    found: dict[int, Submission] = {}
    by_series: dict[tuple[int, int], list[Submission]] = {}
    for row in rows:
        by_series.setdefault((row.answer.round.form_id, row.answer.unit_id), []).append(row)
    for answer in asked:
        for row in by_series.get((answer.round.form_id, answer.unit_id), ()):
            if row.answer.round.first_day < answer.round.first_day:
                found[answer.pk] = row
    return found
