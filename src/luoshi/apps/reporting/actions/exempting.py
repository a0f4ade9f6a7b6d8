"""Exemptions: a unit need not report a form for some periods, and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.reporting.actions.locking import moment
from luoshi.apps.reporting.models import Exemption, Form, Return, ReturnState, ReturnStep, StepAction
from luoshi.apps.reporting.policies import may_collect
from luoshi.apps.reporting.schedule import rule_of
from luoshi.apps.reporting.states import RETURNS
from luoshi.periods import Cadence, Period, PeriodError, local_date, next_due

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
    stay as they were. ``ValidationError`` for periods of another cadence than the form's, and for a unit that no
    version of the form asks.
    """
    at, reason = moment(now), reason.strip()
    if not reason:
        raise ValidationError("请写明免报的理由。")
    if len(reason) > REASON_LENGTH:
        raise ValidationError(f"理由不能超过{REASON_LENGTH}字。")
    if not is_storable(reason):
        raise ValidationError("理由含有不能保存的字符。")
    first, last = _period(first_period, "起始期别"), _period(last_period, "截止期别") if last_period else None
    if last is not None and last.last_day < first.first_day:
        raise ValidationError("截止期别早于起始期别。")
    with transaction.atomic():
        form = _locked_form(acting_user, form_id)
        unit = Unit.objects.filter(pk=unit_id).first()
        if unit is None:
            raise ValidationError("请选择单位。")
        if not form.versions.filter(reporters=unit).exists() and not form.rounds.filter(returns__unit=unit).exists():
            raise ValidationError(f"{unit}不是本表的填报单位，不必办理免报。")
        _require_cadence(form, *filter(None, (first, last)))
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
    *,
    acting_user: Any,
    exemption_id: int,
    from_period: str = "",
    reason: str = "",
    now: dt.datetime | None = None,
) -> Exemption:
    """End an exemption from a period on (by default the one that falls due next): earlier periods stay exempt.

    Its returns from that period on, of rounds that are not frozen, are open again. What is left of it ends with the
    period before; where nothing is left, it is ended as a whole (``ended_at``). An ended one stays as it is.
    """
    at, reason = moment(now), reason.strip()[:500]
    if not is_storable(reason):
        raise ValidationError("理由含有不能保存的字符。")
    form_id = Exemption.objects.filter(pk=exemption_id).values_list("form", flat=True).first()
    if form_id is None:
        raise Http404
    with transaction.atomic():
        _locked_form(acting_user, form_id)
        found = Exemption.objects.select_for_update(of=("self",)).get(pk=exemption_id)
        first = _period(from_period, "期别") if from_period else _next_due(found, local_date(at))
        _require_cadence(found.form, first)
        if found.ended_at is not None or (found.last_day is not None and found.last_day < first.first_day):
            return found
        before = {"起": found.first_period, "止": found.last_period}
        rows = _returns_of(found).filter(round__first_day__gte=first.first_day)
        turned = _turn(acting_user, rows, StepAction.END_EXEMPTION, reason, at)
        if first.first_day <= found.first_day:
            found.ended_at = at
        else:
            last = first.previous()
            found.last_period, found.last_day = str(last), last.last_day
        found.save(update_fields=("ended_at", "last_period", "last_day"))
        after = {"单位": str(found.unit), "自": str(first), "理由": reason, "重新开放的": turned}
        record(acting_user=acting_user, acts=[Act(action="取消免报", target=found, before=before, after=after)])
    return found


def _next_due(found: Exemption, today: dt.date) -> Period:
    """The period that falls due next, on ``today`` or later, by the form's rule at the time."""
    versions = list(found.form.versions.filter(published_at__isnull=False).order_by("first_day", "ordinal"))
    cadence = Period.parse(found.first_period).cadence
    for version in reversed(versions):
        period, _ = next_due(rule_of(version), today)
        if version.first_day is not None and version.first_day <= period.first_day:
            return period
    return Period.containing(today, cadence)


def _require_cadence(form: Form, *periods: Period) -> None:
    """Stop periods that the form never has."""
    cadences = {Cadence(text) for text in form.versions.order_by().values_list("cadence", flat=True)}
    for period in periods:
        if period.cadence not in cadences:
            raise ValidationError(f"“{period.label}”与本表的周期不一致，请按本表的期别填写。")


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
    state = RETURNS.next(before, action)
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
