"""Submitting a return: all or nothing, once, and in time."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.reporting.actions.locking import locked_return, moment, require_fill, require_open
from luoshi.apps.reporting.actions.observing import Acceptance, record_accepted
from luoshi.apps.reporting.actions.saving import check_size, reasons_at_cells
from luoshi.apps.reporting.actions.stages import SKIPPED, Next, Reviewers
from luoshi.apps.reporting.definitions import Asked, asked_by
from luoshi.apps.reporting.errors import KeyRecalled, KeyReused, NotNow, ReturnRefused
from luoshi.apps.reporting.examining import Examined, examine, reason_of
from luoshi.apps.reporting.models import (
    CellRemark,
    Channel,
    Return,
    ReturnState,
    ReturnStep,
    StepAction,
    Submission,
)
from luoshi.apps.reporting.policies import may_fill
from luoshi.apps.reporting.queries.context import comparison
from luoshi.apps.reporting.queries.returns import visible_return
from luoshi.apps.reporting.states import RETURNS
from luoshi.apps.reporting.telling import settle_sent_back, tell_waiting
from luoshi.forms.model import Values
from luoshi.periods import local_date
from luoshi.site.prepared import Prepared

KEY_LENGTH = 80


@dataclass(frozen=True, slots=True)
class _Content:
    """What is to be submitted, examined on a revision of the return.

    ``last`` is the number of its last submission, ``reviewers`` know who could review it: with the revision both stay.
    """

    revision: int
    examined: Examined
    reasons: Mapping[str, str]
    last: int
    reviewers: Reviewers
    next: Next


def submit_return(
    *,
    acting_user: Any,
    answer_id: int,
    revision: int | None = None,
    channel: str,
    key: str = "",
    values: Values | None = None,
    reasons: Mapping[str, str] | None = None,
    reuse: Collection[str] = (),
    now: dt.datetime | None = None,
) -> Submission:
    """Submit what was saved or, where ``values`` are given (raw text), these in its place as a whole.

    ``ReturnRefused`` holds every hard problem and every soft one without a reason; then nothing is stored. The same
    ``key`` (or a second click) gives the first submission again; with other content ``KeyReused``, once it was recalled
    ``KeyRecalled``. After the late window, or once frozen, ``NotNow`` unless the return was opened again. ``revision``
    is the one that the person saw.
    """
    at = moment(now)
    Channel(channel)
    if len(key) > KEY_LENGTH or not is_storable(key):
        raise ValidationError(f"幂等键不能超过{KEY_LENGTH}个字符。")
    check_size(values.cells if values else {}, values.rows if values else None, reasons)
    # Reading and checking takes longer than writing: it is done before the lock, and again only if somebody changed
    # the return in between.
    content = None
    seen = visible_return(acting_user, answer_id)
    if seen is not None and may_fill(acting_user, seen) and not (key and _of_key(seen, key)):
        content = _examined(acting_user, seen, values, reasons, reuse, at)
    with transaction.atomic():
        answer = locked_return(acting_user, answer_id, seen if content else None)
        require_fill(may_fill(acting_user, answer))
        asked = asked_by(answer.round.version)
        same = content is not None and content.revision == answer.revision  # so that nothing was submitted since
        if key and not same and (first := _of_key(answer, key)):
            if not _same(asked, first, answer, values):
                raise KeyReused
            if ReturnStep.objects.filter(submission=first, action=StepAction.RECALL).exists():
                raise KeyRecalled
            return first
        if again := _again(asked, answer, acting_user, values):
            return again
        state = RETURNS.next(answer.state, StepAction.SUBMIT)
        require_open(answer, at, submitting=True)
        if revision is not None and revision != answer.revision:
            who = str(answer.updated_by) if answer.updated_by else "他人"
            raise NotNow(f"{who}刚刚改动了此表，没有报出；请核对后再报。")
        if content is None or not same:
            content = _examined(acting_user, answer, values, reasons, reuse, at)
        if wrong := content.examined.unexplained(content.reasons):
            raise ReturnRefused(wrong)
        return _store(acting_user, answer, asked, content, state, channel, key, at)


def _examined(
    user: Any,
    answer: Return,
    values: Values | None,
    reasons: Mapping[str, str] | None,
    reuse: Collection[str],
    at: dt.datetime,
) -> _Content:
    cells, rows = (answer.cells, answer.rows) if values is None else (values.cells, values.rows)
    asked = asked_by(answer.round.version)
    compared = comparison(answer, cells, rows, user=user)
    taken = {address: compared.given[address].text for address in reuse if address in compared.given}
    examined = examine(answer, asked, {**cells, **taken}, rows, compared, complete=True, on=local_date(at))
    said = {**answer.reasons, **{address: text.strip() for address, text in (reasons or {}).items() if text}}
    reviewers = Reviewers()
    return _Content(
        revision=answer.revision,
        examined=examined,
        reasons=reasons_at_cells(asked, examined.typed, said),
        last=_last.first(answer.pk) or 0,
        reviewers=reviewers,
        next=reviewers.next_stage(answer, "", user.pk if user else None),
    )


_last = Prepared(
    lambda answer: Submission.objects.filter(answer=answer).order_by("-ordinal").values_list("ordinal", flat=True)[:1]
)


def _of_key(answer: Return, key: str) -> Submission | None:
    return Submission.objects.filter(answer=answer.pk, key=key).first()


def _content(asked: Asked, answer: Return, values: Values | None) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What would be submitted, as it would be stored."""
    if values is None:
        return asked.typed(answer.cells), _filled_rows(answer.rows)
    from luoshi.apps.reporting.register import register
    from luoshi.forms import take

    taken, _ = take(asked.definition, values.cells, values.rows, units=register().names if asked.takes_units else None)
    return dict(taken.cells), _filled_rows(taken.rows)


def _filled_rows(rows: Mapping[str, Any]) -> dict[str, list[str]]:
    return {key: list(keys) for key, keys in rows.items() if keys}


def _same(asked: Asked, first: Submission, answer: Return, values: Values | None) -> bool:
    """Whether a repeated call brings what the first one brought."""
    return _content(asked, answer, values) == (asked.typed(first.cells), _filled_rows(first.rows))


def _again(asked: Asked, answer: Return, user: Any, values: Values | None) -> Submission | None:
    """The submission that a second click repeats: the same content by the same person, and nothing happened since."""
    if answer.state not in (ReturnState.IN_REVIEW, ReturnState.ACCEPTED):
        return None
    last = Submission.objects.filter(answer=answer.pk).order_by("-ordinal").first()
    if last is None or last.submitted_by_id != getattr(user, "pk", None) or not _same(asked, last, answer, values):
        return None
    return last


def digest(cells: Mapping[str, str], rows: Mapping[str, Any], reasons: Mapping[str, str]) -> str:
    """SHA-256 of a submission's content: in the journal it proves what was submitted."""
    text = json.dumps([cells, rows, reasons], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _store(
    acting_user: Any,
    answer: Return,
    asked: Asked,
    content: _Content,
    state: ReturnState,
    channel: str,
    key: str,
    at: dt.datetime,
) -> Submission:
    examined, before, last, found = content.examined, answer.state, content.last, content.next
    # A reason lapses with its problem; what follows from other cells takes their reason.
    given = ((problem.address, reason_of(problem, content.reasons)) for problem in examined.problems)
    reasons = {address: reason for address, reason in given if reason}
    rows = {name: list(keys) for name, keys in examined.typed.rows.items()}
    submission = Submission.objects.create(
        answer=answer,
        ordinal=last + 1,
        cells=dict(examined.full.cells),
        rows=rows,
        reasons=reasons,
        channel=channel,
        key=key,
        submitted_by=acting_user,
        submitted_at=at,
    )
    typed = asked.typed(examined.typed.cells)
    touched = [address for address in {*typed, *answer.cells} if typed.get(address) != answer.cells.get(address)]
    answer.cells, answer.rows, answer.reasons = typed, rows, dict(reasons)
    answer.revision += 1
    answer.marks = answer.marks | dict.fromkeys(touched, answer.revision)
    answer.updated_by, answer.updated_at = acting_user, at
    answer.submitted_at = answer.submitted_at or at
    answer.state = state
    step = {"answer": answer, "submission": submission, "at": at}
    steps = [ReturnStep(**step, action=StepAction.SUBMIT, from_state=before, to_state=state, by=acting_user)]
    steps += [
        ReturnStep(**step, action=StepAction.SKIP, from_state=state, to_state=state, stage=stage, reason=SKIPPED[stage])
        for stage in found.skipped
    ]
    answer.stage = found.stage
    if not found.stage:
        # A form without review, or one whose reviewers are all missing: what is submitted counts.
        answer.state = RETURNS.next(state, StepAction.ACCEPT)
        steps.append(ReturnStep(**step, action=StepAction.ACCEPT, from_state=state, to_state=answer.state))
    ReturnStep.objects.bulk_create(steps)
    if last:  # nobody remarks on what never came
        _settle(answer, examined.full.cells, at)
    again = answer.accepted_at is not None
    if not found.stage:
        answer.accepted_at, answer.reopened = at, False
    answer.save()
    if last:
        settle_sent_back(answer, last, now=at)
    if found.stage:
        tell_waiting([(answer, submission.ordinal)], desk=content.reviewers.desk, now=at)
    else:
        record_accepted(acting_user=acting_user, accepted=[Acceptance(answer, submission, again)], now=at)
    after = {
        "次": submission.ordinal,
        "方式": Channel(channel).label,
        "格数": len(submission.cells),
        "摘要": digest(submission.cells, submission.rows, submission.reasons),
        "状态": ReturnState(answer.state).label,
    }
    record(acting_user=acting_user, acts=[Act(action="报送", target=answer, after=after)])
    return submission


def _settle(answer: Return, cells: Mapping[str, str], at: dt.datetime) -> None:
    """Remarks on cells that changed since are settled, and those on the whole return."""
    open_remarks = CellRemark.objects.filter(answer=answer, settled_at=None)
    done = [remark.pk for remark in open_remarks if not remark.address or cells.get(remark.address, "") != remark.value]
    if done:
        CellRemark.objects.filter(pk__in=done).update(settled_at=at)
