"""Exemptions: a unit need not report a form for some periods, and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.reporting.actions.locking import moment
from luoshi.apps.reporting.models import Exemption, Form, Return, ReturnState, ReturnStep, StepAction
from luoshi.apps.reporting.policies import may_collect
from luoshi.apps.reporting.states import next_state
from luoshi.periods import Period, PeriodError

REASON_LENGTH = 300


def exempt_unit(
    *,
    acting_user: Any,
    form_id: int,
    unit_id: int,
    first_period: str,
    last_period: str = "",
    reason: str,
    now: dt.datetime | None = None,
) -> Exemption:
    """Exempt a unit from a form from one period to another (both included; without a last one: until ended).

    Its returns of these periods that are open and never submitted turn exempt; later rounds open so. Frozen rounds
    stay as they were.
    """
    at, reason = moment(now), reason.strip()
    if not reason:
        raise ValidationError("请写明免报的理由。")
    if len(reason) > REASON_LENGTH:
        raise ValidationError(f"理由不能超过{REASON_LENGTH}字。")
    first, last = _period(first_period, "起始期别"), _period(last_period, "截止期别") if last_period else None
    if last is not None and last.last_day < first.first_day:
        raise ValidationError("截止期别早于起始期别。")
    with transaction.atomic():
        form = _locked_form(acting_user, form_id)
        unit = Unit.objects.filter(pk=unit_id).first()
        if unit is None:
            raise ValidationError("请选择单位。")
        first_day, last_day = first.first_day, last.last_day if last else None
        overlapping = Exemption.objects.filter(form=form, unit=unit, ended_at=None).filter(
            Q(last_day=None) | Q(last_day__gte=first_day)
        )
        if last_day is not None:
            overlapping = overlapping.filter(first_day__lte=last_day)
        if there := overlapping.first():
            until = f"至{there.last_period}" if there.last_period else "起"
            raise ValidationError(f"{unit}{there.first_period}{until}已免报，请先取消原来的。")
        found = Exemption.objects.create(
            form=form,
            unit=unit,
            first_period=str(first),
            last_period=str(last) if last else "",
            first_day=first_day,
            last_day=last_day,
            reason=reason,
            granted_by=acting_user,
        )
        turned = _turn(acting_user, _returns_of(found), StepAction.EXEMPT, reason, at)
        after = {
            "单位": str(unit),
            "起": str(first),
            "止": str(last) if last else "",
            "理由": reason,
            "已开放的": turned,
        }
        record(acting_user=acting_user, acts=[Act(action="准予免报", target=found, after=after)])
    return found


def end_exemption(
    *, acting_user: Any, exemption_id: int, reason: str = "", now: dt.datetime | None = None
) -> Exemption:
    """End an exemption: its returns of rounds that are not frozen are open again. An ended one stays as it is."""
    at = moment(now)
    form_id = Exemption.objects.filter(pk=exemption_id).values_list("form", flat=True).first()
    if form_id is None:
        raise Http404
    with transaction.atomic():
        _locked_form(acting_user, form_id)
        found = Exemption.objects.select_for_update(of=("self",)).get(pk=exemption_id)
        if found.ended_at is not None:
            return found
        found.ended_at = at
        found.save(update_fields=("ended_at",))
        turned = _turn(acting_user, _returns_of(found), StepAction.END_EXEMPTION, reason.strip()[:500], at)
        after = {"单位": str(found.unit), "理由": reason.strip(), "重新开放的": turned}
        record(acting_user=acting_user, acts=[Act(action="取消免报", target=found, after=after)])
    return found


def _locked_form(acting_user: Any, form_id: int) -> Form:
    """The form, locked: opening a round and exempting take turns, so that no return escapes both."""
    form = Form.objects.select_for_update(of=("self",)).filter(pk=form_id).first()
    if form is None:
        raise Http404
    require(may_collect(acting_user, form), "只有收表单位可以办理免报。")
    return form


def _period(text: str, what: str) -> Period:
    try:
        return Period.parse(text)
    except PeriodError as error:
        raise ValidationError(f"{what}有误：{error}。") from error


def _returns_of(found: Exemption) -> QuerySet[Return]:
    """The returns that an exemption is about, locked, in order."""
    rows = Return.objects.select_for_update(of=("self",)).filter(
        unit=found.unit_id,
        round__form=found.form_id,
        round__frozen_at=None,
        round__first_day__gte=found.first_day,
    )
    if found.last_day is not None:
        rows = rows.filter(round__last_day__lte=found.last_day)
    return rows.order_by("pk")


def _turn(acting_user: Any, rows: QuerySet[Return], action: StepAction, reason: str, at: dt.datetime) -> int:
    before = ReturnState.OPEN if action == StepAction.EXEMPT else ReturnState.EXEMPT
    state = next_state(before, action)
    # What was submitted and recalled is no less open; what was sent back was reported and stays asked for.
    answers = [answer for answer in rows if answer.state == before]
    for answer in answers:
        answer.state, answer.revision = state, answer.revision + 1
    Return.objects.bulk_update(answers, ("state", "revision"), batch_size=100)
    ReturnStep.objects.bulk_create(
        ReturnStep(
            answer=answer, action=action, from_state=before, to_state=state, reason=reason, by=acting_user, at=at
        )
        for answer in answers
    )
    return len(answers)
