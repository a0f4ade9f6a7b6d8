"""What people do about a warning: answer (应策), send the answer back, push (推动), waive."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from luoshi.apps.dispatch.actions.locking import locked, moment
from luoshi.apps.dispatch.models import EarlyWarning, WarningAction, WarningState, WarningStep
from luoshi.apps.dispatch.policies import may_answer, may_push, visible_warnings
from luoshi.apps.dispatch.states import WARNINGS
from luoshi.apps.dispatch.telling import (
    ANSWERED,
    PUSHED,
    SENT_BACK,
    answer_key,
    settle_warned,
    tell_owner,
    tell_unit,
)
from luoshi.apps.dispatch.texts import ANSWER, REASON, needed, needed_day
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.policies import require
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.periods.due import days_after

#: Nobody promises for years ahead.
_FARTHEST = dt.timedelta(days=800)
_NOT_OVER = "只有发出预警的单位可以办理。"


def answer_warning(
    *, acting_user: Any, warning_id: int, text: str, until: dt.date | None, now: dt.datetime | None = None
) -> EarlyWarning:
    """Say for the unit what is done about it, and until when it will be right; who warned is told."""
    at = moment(now)
    text, until = needed(text, "应策措施", ANSWER), needed_day(until, "承诺转好的日期")
    today = timezone.localtime(at).date()
    if not today <= until <= today + _FARTHEST:
        raise ValidationError("承诺转好的日期应在今天以后、两年以内。")
    with transaction.atomic():
        warning = locked(visible_warnings(acting_user), warning_id)
        require(may_answer(acting_user, warning), "请由被预警单位的人员应策。")
        before, again = warning.state, warning.answered_at is not None
        warning.state = WARNINGS.next(before, WarningAction.ANSWER)
        warning.answered_at = at
        warning.revision += 1
        warning.save(update_fields=("state", "answered_at", "revision"))
        step = _step(warning, WarningAction.ANSWER, text, acting_user, at, until=until)
        settle_warned(warning, now=at)
        title = f"{warning.unit}{'补充' if again else ''}应策：{warning.rule.name}"
        tell_owner(warning, ANSWERED, f"warning:{warning.pk}:step:{step.pk}", title, text[:300], now=at)
        record(acting_user=acting_user, acts=[_act("应策", warning, before, text, 承诺=until.isoformat())])
    return warning


def send_warning_back(
    *, acting_user: Any, warning_id: int, reason: str, now: dt.datetime | None = None
) -> EarlyWarning:
    """Find what the unit said not enough: it must say anew what it does, in as many days as it had."""
    at = moment(now)
    reason = needed(reason, "退回的理由", REASON)
    with transaction.atomic():
        warning = locked(visible_warnings(acting_user), warning_id)
        require(may_push(acting_user, warning), _NOT_OVER)
        before = warning.state
        warning.state = WARNINGS.next(before, WarningAction.SEND_BACK)
        rule = warning.rule
        due = days_after(timezone.localtime(at).date(), rule.answer_days, working=rule.working)
        warning.due_at = due.moment
        warning.revision += 1
        warning.save(update_fields=("state", "due_at", "revision"))
        step = _step(warning, WarningAction.SEND_BACK, reason, acting_user, at)
        title = f"应策措施被退回，请于{moment_in_words(warning.due_at)}前重报"
        tell_unit(warning, SENT_BACK, answer_key(warning, step.pk), title, reason, now=at)
        record(acting_user=acting_user, acts=[_act("退回应策", warning, before, reason)])
    return warning


def push_warning(*, acting_user: Any, warning_id: int, text: str, now: dt.datetime | None = None) -> EarlyWarning:
    """Write down what was done to push it, or what the unit is asked to do; the unit is told."""
    at = moment(now)
    text = needed(text, "推动情况", ANSWER)
    with transaction.atomic():
        warning = locked(visible_warnings(acting_user), warning_id)
        require(may_push(acting_user, warning), _NOT_OVER)
        before = warning.state
        WARNINGS.next(before, WarningAction.PUSH)
        warning.revision += 1
        warning.save(update_fields=("revision",))
        step = _step(warning, WarningAction.PUSH, text, acting_user, at)
        key = f"warning:{warning.pk}:step:{step.pk}"
        tell_unit(warning, PUSHED, key, f"预警推动：{warning.rule.name}", text[:300], now=at)
        record(acting_user=acting_user, acts=[_act("推动预警", warning, before, text)])
    return warning


def waive_warning(*, acting_user: Any, warning_id: int, reason: str, now: dt.datetime | None = None) -> EarlyWarning:
    """Take a warning back with a reason: a wrong figure, a target that was changed. It stays on record."""
    at = moment(now)
    reason = needed(reason, "撤销的理由", REASON)
    with transaction.atomic():
        warning = locked(visible_warnings(acting_user), warning_id)
        require(may_push(acting_user, warning), _NOT_OVER)
        before = warning.state
        warning.state = WARNINGS.next(before, WarningAction.WAIVE)
        warning.closed_at = at
        warning.revision += 1
        warning.save(update_fields=("state", "closed_at", "revision"))
        step = _step(warning, WarningAction.WAIVE, reason, acting_user, at)
        settle_warned(warning, now=at)
        key = f"warning:{warning.pk}:step:{step.pk}"
        tell_unit(warning, PUSHED, key, f"预警已撤销：{warning.rule.name}", reason, now=at)
        record(acting_user=acting_user, acts=[_act("撤销预警", warning, before, reason)])
    return warning


def _step(
    warning: EarlyWarning,
    action: WarningAction,
    text: str,
    by: Any,
    at: dt.datetime,
    until: dt.date | None = None,
) -> WarningStep:
    return WarningStep.objects.create(
        warning=warning, action=action, text=text, until=until, period=warning.period, by=by, at=at
    )


def _act(action: str, warning: EarlyWarning, before: str, text: str, **more: str) -> Act:
    return Act(
        action=action,
        target=warning,
        before={"状态": WarningState(before).label},
        after={"状态": warning.get_state_display(), "内容": text} | more,
    )
