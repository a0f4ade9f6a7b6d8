"""The returns to fill in, and the sheet of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.examining import Examined, examine
from luoshi.apps.reporting.models import (
    CellRemark,
    Evidence,
    Return,
    ReturnState,
    ReturnStep,
    ReviewStage,
    StepAction,
    Submission,
)
from luoshi.apps.reporting.policies import fillable_returns, reach_of, seen_from
from luoshi.apps.reporting.queries.context import Comparison, comparison
from luoshi.apps.reporting.queries.given import Given
from luoshi.apps.reporting.states import EDITABLE
from luoshi.apps.reporting.timing import closed
from luoshi.apps.targets.queries import TargetShare
from luoshi.forms import difference
from luoshi.forms.model import Change, Context, FormDefinition, Problem, Values
from luoshi.periods import Period, local_date
from luoshi.site.prepared import Prepared


def return_names(numbers: Collection[int]) -> dict[int, str]:
    """``《市场主体月报》2026年3月（青石县）`` by number, for where a value came from: one query."""
    rows = Return.objects.filter(pk__in=list(numbers)).order_by()
    names = ("pk", "round__form__title", "round__period", "unit__short_name", "unit__name")
    return {
        pk: f"《{title}》{Period.parse(period).label}（{short or name}）"
        for pk, title, period, short, name in rows.values_list(*names)
    }


def with_form(rows: QuerySet[Return]) -> QuerySet[Return]:
    """Returns with unit, round, form, owner and version (its definition is read only where it is not known yet)."""
    rows = rows.select_related("unit", "round__form__owner", "round__version")
    return rows.defer("round__version__definition")


def listed(rows: QuerySet[Return]) -> QuerySet[Return]:
    """Returns for lists: with their form and unit, without what stands in them."""
    return with_form(rows).defer("round__version__definition", "cells", "rows", "reasons", "marks")


@dataclass(frozen=True, slots=True)
class ToFill:
    """A return that waits for its unit: ``late`` past the due moment, ``closed`` says in Chinese why it takes nothing
    any longer."""

    answer: Return
    late: bool
    closed: str

    @property
    def sent_back(self) -> bool:
        """Whether a reviewer asks for a correction."""
        return self.answer.state == ReturnState.SENT_BACK


def returns_to_fill(user: Any, *, now: dt.datetime | None = None) -> QuerySet[Return]:
    """What the person has still to fill in, the most urgent first: sent back, then by due moment.

    Rounds that take nothing any longer are left out unless the return was sent back or opened again. Use ``to_fill``
    for a row's lateness.
    """
    at = now or timezone.now()
    waiting = fillable_returns(user).filter(state__in=EDITABLE, round__opened_at__lte=at)
    taken = Q(round__frozen_at=None, round__late_until__gte=at)
    waiting = waiting.filter(taken | Q(reopened=True) | Q(state=ReturnState.SENT_BACK))
    first = Case(When(state=ReturnState.SENT_BACK, then=Value(0)), default=Value(1), output_field=IntegerField())
    return listed(waiting).order_by(first, "round__due_at", "round__form__title", "unit__path", "pk")


def to_fill(answer: Return, now: dt.datetime | None = None) -> ToFill:
    """How urgent a return is."""
    at = now or timezone.now()
    return ToFill(answer, at > answer.round.due_at and answer.submitted_at is None, closed(answer, at, submitting=True))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A return as it is shown: what is asked, what stands in it, and what it is compared with.

    ``values`` hold computed cells too. ``changes`` lists what differs from the submission before (in review) or from
    the last one (while it is corrected). ``problems`` are those of the values as they are: while being typed without
    what is merely missing yet. ``closed`` says in Chinese why nothing is taken any longer, empty while something is.
    ``state``, ``stage`` and ``values`` are those of ``as_of`` where that is given.
    """

    answer: Return
    definition: FormDefinition
    values: Values
    reasons: Mapping[str, str]
    context: Context
    targets: Mapping[str, tuple[TargetShare, ...]]
    given: Mapping[str, Given]
    previous: Values
    previous_period: str
    remarks: tuple[CellRemark, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    state: str
    stage: str
    submission: Submission | None
    editable: bool
    late: bool
    closed: str
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    as_of: dt.datetime | None = None

    @property
    def state_label(self) -> str:
        """The state in Chinese, with the stage it waits for."""
        label = ReturnState(self.state).label
        return f"{label}（{ReviewStage(self.stage).label}）" if self.stage else label

    @property
    def problems_at(self) -> dict[str, list[Problem]]:
        """Problems by address, those of the whole return under ``""``."""
        found: dict[str, list[Problem]] = {}
        for problem in self.problems:
            found.setdefault(problem.address, []).append(problem)
        return found


_visible = Prepared(
    lambda pk, paths, reading: with_form(Return.objects.filter(seen_from(paths, reading), pk=pk)).select_related(
        "updated_by"
    )
)
_any = Prepared(lambda pk: with_form(Return.objects.filter(pk=pk)).select_related("updated_by"))


def visible_return(user: Any, answer_id: int) -> Return | None:
    """A return that the person may see, with all that a sheet needs; ``None`` otherwise. One query."""
    return _any.first(answer_id) if user is None else _visible.first(answer_id, *reach_of(user))


def return_sheet(
    answer: Return, *, user: Any, as_of: dt.datetime | None = None, now: dt.datetime | None = None
) -> Sheet:
    """The sheet of a return (``visible_return``), as it stands or, with ``as_of``, as it was submitted then.

    ``user`` is who looks at it: what others gave is shown as far as they may see it (``None``: the system, all).
    """
    at = as_of or now or timezone.now()
    asked = asked_by(answer.round.version)
    state, stage, values, reasons = answer.state, answer.stage, Values(answer.cells, answer.rows), answer.reasons
    if as_of is not None:
        state, stage, values, reasons = _as_it_stood(answer, as_of)
    compared = comparison(answer, values.cells, values.rows, as_of, user=user)
    submission = compared.submissions[-1] if compared.submissions else None
    typing = state in EDITABLE
    on = local_date(submission.submitted_at if submission and not typing else at)
    typed = asked.typed(values.cells)
    examined = examine(answer, asked, typed, values.rows, compared, complete=not typing, on=on)
    why = closed(answer, at, submitting=True)
    frozen = closed(answer, at, submitting=False)
    return Sheet(
        answer=answer,
        definition=asked.definition,
        values=examined.full,
        reasons=reasons,
        context=compared.context,
        targets=compared.targets,
        given=compared.given,
        previous=compared.previous,
        previous_period=compared.previous_period,
        remarks=_remarks(answer, compared, as_of),
        changes=_changes(compared, examined, typing),
        problems=examined.problems,
        state=state,
        stage=stage,
        submission=submission,
        editable=as_of is None and typing and not frozen,
        late=(answer.submitted_at or at) > answer.round.due_at,
        closed=why,
        evidence=_evidence(answer, as_of) if asked.takes_files else {},
        as_of=as_of,
    )


def _as_it_stood(answer: Return, as_of: dt.datetime) -> tuple[str, str, Values, Mapping[str, str]]:
    """State, stage and values of a past moment: what was submitted last; what was being typed is not kept."""
    state, stage = ReturnState.OPEN.value, ""
    submission = None
    steps = ReturnStep.objects.filter(answer=answer, at__lte=as_of).select_related("submission").order_by("pk")
    for step in steps:
        state, submission = step.to_state, step.submission or submission
        if step.action == StepAction.RECALL:
            submission = None
    if state == ReturnState.IN_REVIEW:
        later = ReturnStep.objects.filter(answer=answer, at__gt=as_of).exclude(stage="").order_by("pk").first()
        stage = later.stage if later else answer.stage
    if submission is None:
        return state, stage, Values(), {}
    return state, stage, Values(submission.cells, submission.rows), submission.reasons


def _remarks(answer: Return, compared: Comparison, as_of: dt.datetime | None) -> tuple[CellRemark, ...]:
    """What reviewers said, the open ones first; nothing was said before anything was submitted."""
    if not compared.submissions:
        return ()
    rows = CellRemark.objects.filter(answer=answer).select_related("step__by")
    if as_of is not None:
        rows = rows.filter(step__at__lte=as_of)
    return tuple(sorted(rows.order_by("pk"), key=lambda remark: remark.settled_at is not None))


def _changes(compared: Comparison, examined: Examined, typing: bool) -> tuple[Change, ...]:
    own = compared.submissions
    if typing:
        base = own[-1] if own else None
    else:
        base = own[-2] if len(own) > 1 else None
    if base is None:
        return ()
    return tuple(difference(Values(base.cells, base.rows), examined.full))


def _evidence(answer: Return, as_of: dt.datetime | None) -> dict[str, Evidence]:
    """The files of a return by their number, those that submissions of the past named included."""
    rows = Evidence.objects.filter(answer=answer).select_related("uploaded_by")
    rows = rows.filter(removed_at=None) if as_of is None else rows
    return {str(item.pk): item for item in rows.order_by("pk")}
