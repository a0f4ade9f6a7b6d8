"""Reviewing: pass on or accept, send back, recall, open again. Each act is a step, appended, with its journal entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.policies import require
from luoshi.apps.reporting.actions.locking import locked_return, moment, require_fill
from luoshi.apps.reporting.actions.observing import Acceptance, record_accepted
from luoshi.apps.reporting.actions.stages import Reviewers
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.errors import NotNow, ReportingError
from luoshi.apps.reporting.models import (
    CellRemark,
    Return,
    ReturnState,
    ReturnStep,
    ReviewStage,
    Round,
    StepAction,
    Submission,
)
from luoshi.apps.reporting.policies import may_collect, may_fill, part_in, passers, sits_at, visible_returns
from luoshi.apps.reporting.states import RETURNS
from luoshi.apps.reporting.telling import settle_waiting, tell_sent_back, tell_waiting
from luoshi.apps.reporting.timing import no_recall
from luoshi.forms import cells as cells_of
from luoshi.forms.model import Values

REASON_LENGTH, REMARK_LENGTH, MOST_AT_ONCE = 500, 300, 5000
#: So many returns are accepted in one transaction: enough to be quick, few enough to let others in between.
AT_ONCE = 50


def pass_stage(
    *, acting_user: Any, answer_id: int, ordinal: int | None = None, now: dt.datetime | None = None
) -> Return:
    """Pass a return on to the next stage or, at the last one, accept it: its observations are written.

    ``ordinal`` is the submission that the reviewer saw; ``NotNow`` where the unit has submitted anew since.
    """
    at = moment(now)
    with transaction.atomic():
        answer = locked_return(acting_user, answer_id)
        RETURNS.next(answer.state, StepAction.PASS)
        submission = _latest(answer)
        passed = passers([submission.pk])
        _require_review(acting_user, answer, submission, passed)
        _require_seen(submission, ordinal)
        acts = _pass(acting_user, [(answer, submission)], passed, Reviewers(), at)
        record(acting_user=acting_user, acts=acts)
    return answer


def send_back(
    *,
    acting_user: Any,
    answer_id: int,
    reason: str,
    remarks: Mapping[str, str] | None = None,
    ordinal: int | None = None,
    now: dt.datetime | None = None,
) -> Return:
    """Send a return back to its unit with a reason, and remarks by cell address.

    The unit may answer it even after the late window, and where the round is frozen: it is asked to.
    """
    at = moment(now)
    reason = _reason(reason, "请写明退回的理由。")
    said = {address: text.strip() for address, text in (remarks or {}).items() if text.strip()}
    if any(len(text) > REMARK_LENGTH for text in said.values()):
        raise ValidationError(f"每格的意见不能超过{REMARK_LENGTH}字。")
    _require_storable(said)
    with transaction.atomic():
        answer = locked_return(acting_user, answer_id)
        state = RETURNS.next(answer.state, StepAction.SEND_BACK)
        submission = _latest(answer)
        _require_review(acting_user, answer, submission, passers([submission.pk]))
        _require_seen(submission, ordinal)
        _require_cells(answer, submission, said)
        before, stage = answer.state, answer.stage
        answer.state, answer.stage = state, ""
        answer.reopened = answer.reopened or answer.round.frozen_at is not None
        answer.revision += 1
        answer.save(update_fields=("state", "stage", "reopened", "revision"))
        step = ReturnStep.objects.create(
            answer=answer,
            submission=submission,
            action=StepAction.SEND_BACK,
            from_state=before,
            to_state=state,
            stage=stage,
            reason=reason,
            by=acting_user,
            at=at,
        )
        CellRemark.objects.bulk_create(
            CellRemark(
                answer=answer, step=step, address=address, value=submission.cells.get(address, "")[:300], text=text
            )
            for address, text in said.items()
        )
        settle_waiting([(answer, submission.ordinal, stage)], now=at)
        tell_sent_back(answer, submission, reason=reason, by=acting_user, now=at)
        after = {"状态": state.label, "理由": reason, "次": submission.ordinal, "意见": len(said)}
        record(acting_user=acting_user, acts=[Act(action="退回报送", target=answer, after=after)])
    return answer


def recall_return(*, acting_user: Any, answer_id: int, now: dt.datetime | None = None) -> Return:
    """Take back what was submitted, as long as nobody has reviewed it: to be changed and submitted again.

    ``NotNow`` where it could not be submitted again: the unit would be left without a report. What was submitted stays
    stored. A recalled first submission no longer counts as received.
    """
    at = moment(now)
    with transaction.atomic():
        answer = locked_return(acting_user, answer_id)
        require_fill(may_fill(acting_user, answer))
        submission = Submission.objects.filter(answer=answer).order_by("-ordinal").first()
        steps = list(ReturnStep.objects.filter(answer=answer, submission=submission).order_by("pk"))
        came = next((step for step in steps if step.action == StepAction.SUBMIT), None)
        prefer = ReturnState(came.from_state) if came and answer.state == ReturnState.IN_REVIEW else None
        state = RETURNS.next(answer.state, StepAction.RECALL, prefer)
        if any(step.action == StepAction.PASS for step in steps):
            raise NotNow("已有审核人审核通过，不能撤回；要修改，请审核人退回。")
        if why := no_recall(answer, at, state):
            raise NotNow(why)
        before, stage = answer.state, answer.stage
        answer.state, answer.stage = state, ""
        answer.revision += 1
        if state == ReturnState.OPEN:
            answer.submitted_at = None
        answer.save(update_fields=("state", "stage", "revision", "submitted_at"))
        if submission is not None:
            settle_waiting([(answer, submission.ordinal, stage)], now=at)
            CellRemark.objects.filter(answer=answer, settled_at=submission.submitted_at).update(settled_at=None)
        ReturnStep.objects.create(
            answer=answer,
            submission=submission,
            action=StepAction.RECALL,
            from_state=before,
            to_state=state,
            stage=stage,
            by=acting_user,
            at=at,
        )
        record(acting_user=acting_user, acts=[Act(action="撤回报送", target=answer, after={"状态": state.label})])
    return answer


def reopen_return(*, acting_user: Any, answer_id: int, reason: str, now: dt.datetime | None = None) -> Return:
    """Open a return again for its unit: an accepted one to be corrected, or one for which time has run out.

    It may then be changed and submitted though the round is frozen or over. What was accepted stays in force until the
    correction is accepted.
    """
    at = moment(now)
    reason = _reason(reason, "请写明重开的理由。")
    with transaction.atomic():
        answer = locked_return(acting_user, answer_id)
        require(may_collect(acting_user, answer.round.form), "只有收表单位可以重开。")
        before = answer.state
        state = RETURNS.next(before, StepAction.REOPEN)
        over = answer.round.frozen_at is not None or at > answer.round.late_until
        if before != ReturnState.ACCEPTED and (answer.reopened or not over):
            raise NotNow("此表仍可填报，不必重开。")
        answer.state, answer.reopened = state, True
        answer.revision += 1
        answer.save(update_fields=("state", "reopened", "revision"))
        ReturnStep.objects.create(
            answer=answer,
            action=StepAction.REOPEN,
            from_state=before,
            to_state=state,
            reason=reason,
            by=acting_user,
            at=at,
        )
        after = {"状态": state.label, "理由": reason}
        record(acting_user=acting_user, acts=[Act(action="重开报送", target=answer, after=after)])
    return answer


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of each return: accepted (or passed on), or refused with the reason in Chinese."""

    done: tuple[int, ...]
    refused: tuple[tuple[int, str], ...]


def accept_many(*, acting_user: Any, returns: Iterable[tuple[int, int]], now: dt.datetime | None = None) -> Accepted:
    """Pass many returns at once, each as ``pass_stage`` would; what cannot be passed is told and stops no other.

    ``returns`` are pairs of a return's number and the ordinal of the submission that the reviewer saw.
    """
    at = moment(now)
    wanted = sorted(dict(returns).items())
    if len(wanted) > MOST_AT_ONCE:
        raise ValidationError(f"一次最多办理{MOST_AT_ONCE}份。")
    done: list[int] = []
    refused: list[tuple[int, str]] = []
    reviewers = Reviewers()
    for start in range(0, len(wanted), AT_ONCE):
        chunk = wanted[start : start + AT_ONCE]
        try:
            passed, stopped = _accept(acting_user, chunk, reviewers, at)
        except NotNow:
            # Something that only the catalogue knows stands against one of them: each on its own tells which.
            passed, stopped = [], []
            for pair in chunk:
                try:
                    one, no = _accept(acting_user, [pair], reviewers, at)
                    passed, stopped = passed + one, stopped + no
                except NotNow as error:
                    stopped.append((pair[0], str(error)))
        done += passed
        refused += stopped
    return Accepted(tuple(done), tuple(refused))


def _accept(
    acting_user: Any, pairs: Sequence[tuple[int, int]], reviewers: Reviewers, at: dt.datetime
) -> tuple[list[int], list[tuple[int, str]]]:
    ordinals = dict(pairs)
    refused: list[tuple[int, str]] = []
    chosen: list[tuple[Return, Submission]] = []
    with transaction.atomic():
        seen = set(visible_returns(acting_user).filter(pk__in=ordinals).values_list("pk", flat=True))
        refused += [(pk, "没有这份报表，或您无权查看。") for pk in ordinals if pk not in seen]
        answers = list(Return.objects.select_for_update().filter(pk__in=seen).order_by("pk"))
        _with_rounds(answers)
        latest = {row.answer_id: row for row in Submission.objects.filter(answer__in=answers).order_by("ordinal")}
        before = passers(row.pk for row in latest.values())
        for answer in answers:
            try:
                RETURNS.next(answer.state, StepAction.PASS)
                submission = latest[answer.pk]
                _require_review(acting_user, answer, submission, before)
                _require_seen(submission, ordinals[answer.pk])
            except (ReportingError, PermissionDenied) as error:
                refused.append((answer.pk, str(error)))
            else:
                chosen.append((answer, submission))
        if chosen:
            record(acting_user=acting_user, acts=_pass(acting_user, chosen, before, reviewers, at))
    return [answer.pk for answer, _ in chosen], refused


def _with_rounds(answers: Sequence[Return]) -> None:
    """Rounds, versions, owners and units of locked returns, read after the locks: two queries."""
    from luoshi.apps.organisations.models import Unit

    rounds = Round.objects.select_related("form__owner", "version").defer("version__definition")
    by_id = rounds.in_bulk({answer.round_id for answer in answers})
    units = Unit.objects.in_bulk({answer.unit_id for answer in answers})
    for answer in answers:
        answer.round, answer.unit = by_id[answer.round_id], units[answer.unit_id]


def _pass(
    acting_user: Any,
    chosen: Sequence[tuple[Return, Submission]],
    passed: Mapping[int, frozenset[int]],
    reviewers: Reviewers,
    at: dt.datetime,
) -> list[Act]:
    """Pass locked returns on; gives the journal's acts, to be recorded last."""
    steps: list[ReturnStep] = []
    accepted: list[Acceptance] = []
    acts: list[Act] = []
    waited = [(answer, submission.ordinal, answer.stage) for answer, submission in chosen]
    for answer, submission in chosen:
        reviewed = {*passed.get(submission.pk, ()), getattr(acting_user, "pk", None)}
        found = reviewers.next_stage(answer, answer.stage, submission.submitted_by_id, reviewed)
        stage, before = answer.stage, answer.state
        action = StepAction.PASS if found.stage else StepAction.ACCEPT
        state = RETURNS.next(before, action)
        common = {"answer": answer, "submission": submission, "at": at, "from_state": before}
        steps += [
            ReturnStep(**common, action=StepAction.SKIP, to_state=before, stage=skipped, reason=found.reason(skipped))
            for skipped in found.skipped
        ]
        steps.append(ReturnStep(**common, action=action, to_state=state, stage=stage, by=acting_user))
        answer.state, answer.stage = state, found.stage
        answer.revision += 1
        if not found.stage:
            accepted.append(Acceptance(answer, submission, again=answer.accepted_at is not None))
            answer.accepted_at, answer.reopened = at, False
        after = {"状态": state.label, "环节": ReviewStage(stage).label, "次": submission.ordinal}
        acts.append(Act(action="通过报送" if not found.stage else "审核报送", target=answer, after=after))
    ReturnStep.objects.bulk_create(steps)
    fields = ("state", "stage", "revision", "accepted_at", "reopened")
    Return.objects.bulk_update([answer for answer, _ in chosen], fields, batch_size=100)
    # After the returns, as sending back does: whoever writes both takes them in one order.
    settle_waiting(waited, now=at)
    tell_waiting([(answer, submission.ordinal) for answer, submission in chosen if answer.stage], now=at)
    if accepted:
        record_accepted(acting_user=acting_user, accepted=accepted, now=at)
    return acts


def _latest(answer: Return) -> Submission:
    """The submission under review."""
    found = Submission.objects.filter(answer=answer).order_by("-ordinal").first()
    if found is None:
        raise Http404
    return found


def _require_review(
    acting_user: Any, answer: Return, submission: Submission, passed: Mapping[int, frozenset[int]]
) -> None:
    """Stop who does not review at this stage, submitted the return themselves, or passed an earlier stage of it."""
    require(sits_at(acting_user, answer), "这份报表不由您审核，或不在您这一环节。")
    why = part_in(acting_user, submission, passed)
    require(not why, why)


def _require_seen(submission: Submission, ordinal: int | None) -> None:
    if ordinal is not None and ordinal != submission.ordinal:
        raise NotNow("填报单位刚刚重新报送，请核对新的内容后再办。")


def _require_cells(answer: Return, submission: Submission, remarks: Mapping[str, str]) -> None:
    """Remarks stand at cells of the form, or (with an empty address) at the whole return."""
    if not remarks:
        return
    definition = asked_by(answer.round.version).definition
    known = {cell.address for cell in cells_of(definition, Values(submission.cells, submission.rows))}
    if unknown := [address for address in remarks if address and address not in known]:
        raise ValidationError(f"本表没有这些格：{'、'.join(unknown)[:200]}。")


def _reason(text: str, message: str) -> str:
    """A reason that was given."""
    text = text.strip()
    if not text:
        raise ValidationError(message)
    if len(text) > REASON_LENGTH:
        raise ValidationError(f"理由不能超过{REASON_LENGTH}字。")
    _require_storable(text)
    return text


def _require_storable(said: Any) -> None:
    if not is_storable(said):
        raise ValidationError("含有不能保存的字符。")
