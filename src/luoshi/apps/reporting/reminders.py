"""Chasing returns: before the due moment and after, by the form's own hours; and the list of who is missing.

``remind_due`` is safe to repeat: each reminder has a key, told once. After a pause of the program only the latest
reminder that was missed is sent, and none that is older than ``STALE``.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from luoshi.apps.accounts.models import User
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.notices.actions import Message, announce, notify_each
from luoshi.apps.organisations.holders import nearest_holders
from luoshi.apps.organisations.models import Role
from luoshi.apps.organisations.policies import require
from luoshi.apps.reporting.models import Return, ReturnState, Round
from luoshi.apps.reporting.policies import may_collect
from luoshi.apps.reporting.queries.remaining import REMINDED
from luoshi.apps.reporting.telling import (
    MISSING,
    REMINDER,
    messages_to_fillers,
    moment_in_words,
    outstanding,
    title_of,
)

STALE = dt.timedelta(days=3)


def _reached(round_: Round, now: dt.datetime) -> int | None:
    """The hours (from the due moment) of the latest reminder that has come, unless that was long ago."""
    come = [hours for hours in round_.version.reminders if round_.due_at + dt.timedelta(hours=hours) <= now]
    if not come or round_.due_at + dt.timedelta(hours=max(come)) < now - STALE:
        return None
    return max(come)


def _how_long(round_: Round, now: dt.datetime) -> str:
    left = round_.due_at - now
    hours = int(abs(left).total_seconds() // 3600)
    span = f"{hours // 24} 天" if hours >= 48 else f"{max(hours, 1)} 小时"
    return f"还有 {span}截止" if left > dt.timedelta(0) else f"已逾期 {span}"


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many people were told, for how many units; ``silent`` units have nobody who reports for them."""

    people: int
    units: int
    silent: int


def _remind(round_: Round, returns: list[Return], *, key: str, by: User | None, now: dt.datetime) -> Reminded:
    state = _how_long(round_, now)
    due = f"截止 {moment_in_words(round_.due_at)}，{state}。"
    if now > round_.due_at:
        due += (
            f"{moment_in_words(round_.late_until)}前仍可补报，按迟报计。"
            if now <= round_.late_until
            else "已停收，请与收表单位联系。"
        )

    def text(answers: Sequence[Return]) -> str:
        back = [answer for answer in answers if answer.state == ReturnState.SENT_BACK]
        open_ones = due if len(back) < len(answers) else ""
        return open_ones + ("退回的请按意见更正后重新报送。" if back else "")

    messages = messages_to_fillers(
        round_, returns, kind=REMINDER, key=key, title=f"催报：{title_of(round_)}（{state}）", text=text
    )
    told = notify_each(messages, now=now)
    holders = nearest_holders((answer.unit for answer in returns), Role.REPORTER)
    reached = [answer.unit_id for answer in returns if holders[answer.unit_id]]
    if told:
        # The units and the moment are what ``last_reminders`` reads.
        after = {"returns": len(returns), "people": told, "units": reached, "at": now.isoformat()}
        record(acting_user=by, acts=[Act(action=REMINDED, target=round_, after=after)])
    return Reminded(told, len(reached), len(returns) - len(reached))


def _tell_missing(round_: Round, returns: list[Return], now: dt.datetime) -> None:
    """Tell the lead unit, and its robots, who has not reported; once, when the due moment has passed.

    Whose return came back for a correction has reported: they are chased, but not named as missing.
    """
    returns = [answer for answer in returns if answer.state == ReturnState.OPEN]
    if not returns:
        return
    owner = round_.form.owner
    names = "、".join(str(answer.unit) for answer in returns)
    title = f"{title_of(round_)} {len(returns)} 个单位未报"
    url = f"{reverse('reporting:form-round', args=[round_.form.key, round_.period])}?state=missing"
    key = f"round:{round_.pk}:missing"
    people = nearest_holders([owner], Role.LEAD, Role.COORDINATOR)[owner.pk]
    notify_each(
        (Message(recipient=user, key=key, kind=MISSING, title=title, text=names, url=url) for user in people), now=now
    )
    announce(unit=owner, kind=MISSING, key=key, title=title, text=names, url=url, now=now)


def remind_due(*, now: dt.datetime | None = None) -> Iterator[str]:
    """Send the reminders that have come; one Chinese line for each round."""
    now = now or timezone.now()
    waiting = Return.objects.filter(state__in=(ReturnState.OPEN, ReturnState.SENT_BACK))
    # No form reminds more than a month ahead or after.
    rounds = Round.objects.filter(
        frozen_at=None,
        due_at__range=(now - dt.timedelta(days=31), now + dt.timedelta(days=31)),
        pk__in=waiting.order_by().values("round_id"),
    )
    for round_ in rounds.select_related("form__owner", "version").order_by("due_at", "pk"):
        hours = _reached(round_, now)
        with transaction.atomic():
            returns = list(outstanding(round_))
            if not returns:
                continue
            if now > round_.due_at and now <= round_.due_at + STALE:
                _tell_missing(round_, returns, now)
            if hours is None:
                continue
            told = _remind(round_, returns, key=f"round:{round_.pk}:remind:{hours}", by=None, now=now)
        if told.people:
            yield f"{title_of(round_)}：向 {told.people} 人催报 {len(returns)} 份。"


def remind_now(
    *, acting_user: User, round_id: int, unit_ids: Iterable[int] | None = None, now: dt.datetime | None = None
) -> Reminded:
    """Chase by hand all outstanding returns of a round, or those of some units.

    The same people are told again at the earliest an hour later: a double click tells once.
    """
    now = now or timezone.now()
    with transaction.atomic():
        round_ = Round.objects.select_related("form__owner", "version").get(pk=round_id)
        require(may_collect(acting_user, round_.form), "只有收表单位可以催报。")
        chosen = outstanding(round_)
        if unit_ids is not None:
            chosen = chosen.filter(unit_id__in=list(unit_ids))
        returns = list(chosen)
        which = zlib.crc32(repr(sorted(answer.pk for answer in returns)).encode())
        key = f"round:{round_.pk}:by-hand:{timezone.localtime(now):%Y%m%d%H}:{which:x}"
        return _remind(round_, returns, key=key, by=acting_user, now=now)
