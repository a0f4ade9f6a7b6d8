"""What became of a return, step by step."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from luoshi.apps.reporting.models import (
    CellRemark,
    Channel,
    Return,
    ReturnState,
    ReturnStep,
    ReviewStage,
    StepAction,
    Submission,
)
from luoshi.forms import difference
from luoshi.forms.model import Change, Values

SYSTEM = "系统"


@dataclass(frozen=True, slots=True)
class Happened:
    """One step, in words: ``what`` (审核通过), by ``who``, with its reason, remarks, and of a submission the changes
    since the one before."""

    at: dt.datetime
    action: str
    what: str
    who: str
    state: str
    stage: str
    reason: str
    submission: Submission | None
    remarks: tuple[CellRemark, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def state_label(self) -> str:
        """The state that it led to."""
        return ReturnState(self.state).label

    @property
    def stage_label(self) -> str:
        """The stage at which it was done; empty for what is no review."""
        return ReviewStage(self.stage).label if self.stage else ""

    @property
    def channel(self) -> str:
        """How a submission came in."""
        sent = self.submission is not None and self.action == StepAction.SUBMIT
        return Channel(self.submission.channel).label if sent and self.submission else ""


def steps_of(answer: Return, *, as_of: dt.datetime | None = None) -> list[ReturnStep]:
    """The bare steps in order, with who did them and the numbers of submissions but not their content: one query."""
    steps = ReturnStep.objects.filter(answer=answer).select_related("by", "submission")
    if as_of is not None:
        steps = steps.filter(at__lte=as_of)
    return list(steps.defer("submission__cells", "submission__rows", "submission__reasons").order_by("pk"))


def timeline(answer: Return, *, as_of: dt.datetime | None = None) -> list[Happened]:
    """The steps of a return in order, as known at a moment: three queries."""
    steps = ReturnStep.objects.filter(answer=answer).select_related("by").order_by("pk")
    submissions = Submission.objects.filter(answer=answer).order_by("ordinal")
    remarks = CellRemark.objects.filter(answer=answer).order_by("pk")
    if as_of is not None:
        steps, submissions = steps.filter(at__lte=as_of), submissions.filter(submitted_at__lte=as_of)
    by_id: dict[int, Submission] = {}
    changed: dict[int, tuple[Change, ...]] = {}
    before: Submission | None = None
    for submission in submissions:
        by_id[submission.pk] = submission
        if before is not None:
            changed[submission.pk] = tuple(
                difference(Values(before.cells, before.rows), Values(submission.cells, submission.rows))
            )
        before = submission
    said: dict[int, list[CellRemark]] = {}
    for remark in remarks:
        said.setdefault(remark.step_id, []).append(remark)
    found = []
    for step in steps:
        sent = step.submission_id if step.action == StepAction.SUBMIT else None
        found.append(
            Happened(
                at=step.at,
                action=step.action,
                what=step.get_action_display(),
                who=str(step.by) if step.by else SYSTEM,
                state=step.to_state,
                stage=step.stage,
                reason=step.reason,
                submission=by_id.get(step.submission_id or 0),
                remarks=tuple(said.get(step.pk, ())),
                changes=changed.get(sent or 0, ()),
            )
        )
    return found
