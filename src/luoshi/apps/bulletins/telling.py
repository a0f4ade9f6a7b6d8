"""Who is told of a bulletin: those who must sign it, and the people of the units that it is sent to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from luoshi.apps.accounts.models import User
from luoshi.apps.bulletins.models import Bulletin
from luoshi.apps.notices.actions import Message, notify_each
from luoshi.apps.organisations.models import Membership, Role, Unit

TO_SIGN, ISSUED, BACK, WITHDRAWN = "bulletin-sign", "bulletin", "bulletin-back", "bulletin-withdrawn"
KINDS = {TO_SIGN: "待签通报", ISSUED: "通报", BACK: "通报退回", WITHDRAWN: "通报撤回"}
READERS = (Role.COORDINATOR, Role.LEAD, Role.LEADER, Role.REPORTER, Role.REVIEWER)


def _url(bulletin: Bulletin) -> str:
    return reverse("bulletins:detail", args=(bulletin.pk,))


def _people(units: Sequence[Unit], roles: Sequence[Role]) -> list[User]:
    rows = Membership.objects.filter(unit__in=units, role__in=roles, user__is_active=True)
    return list({row.user_id: row.user for row in rows.select_related("user").order_by("pk")}.values())


def tell_signers(bulletin: Bulletin, now: dt.datetime) -> int:
    """A checked bulletin waits for the signature of the owner's leaders and coordinators."""
    people = _people([bulletin.owner], (Role.LEADER, Role.COORDINATOR))
    return notify_each(
        (
            Message(
                recipient=person,
                key=f"bulletin-sign-{bulletin.pk}-{bulletin.revision}",
                kind=TO_SIGN,
                title=f"待签发：{bulletin.title}",
                url=_url(bulletin),
            )
            for person in people
        ),
        now=now,
    )


def tell_author(bulletin: Bulletin, reason: str, now: dt.datetime) -> int:
    """A bulletin came back to who drew it."""
    if bulletin.created_by is None:
        return 0
    message = Message(
        recipient=bulletin.created_by,
        key=f"bulletin-back-{bulletin.pk}-{bulletin.revision}",
        kind=BACK,
        title=f"通报退回修改：{bulletin.title}",
        text=reason,
        url=_url(bulletin),
    )
    return notify_each((message,), now=now)


def tell_recipients(bulletin: Bulletin, units: Sequence[Unit], now: dt.datetime) -> int:
    """An issued bulletin is in the workbench of the people of its recipients."""
    return notify_each(
        (
            Message(
                recipient=person,
                key=f"bulletin-{bulletin.pk}",
                kind=ISSUED,
                title=f"收到通报：{bulletin.title}",
                text=bulletin.number,
                url=_url(bulletin),
            )
            for person in _people(units, READERS)
        ),
        now=now,
    )


def tell_withdrawn(bulletin: Bulletin, units: Sequence[Unit], reason: str, now: dt.datetime) -> int:
    """Those who got a bulletin hear that it does not count any more."""
    return notify_each(
        (
            Message(
                recipient=person,
                key=f"bulletin-withdrawn-{bulletin.pk}",
                kind=WITHDRAWN,
                title=f"通报已撤回：{bulletin.title}",
                text=reason,
            )
            for person in _people(units, READERS)
        ),
        now=now,
    )
