"""Telling people and robots: rows in the database, inside the caller's transaction; ``deliver_due`` sends them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from luoshi.apps.accounts.models import User
from luoshi.apps.notices.models import Channel, Delivery, Notice, NoticeSetting, Webhook
from luoshi.apps.organisations.models import Unit

BATCH = 500


def _payload(kind: str, title: str, text: str, url: str, now: dt.datetime) -> dict[str, str]:
    return {"kind": kind, "title": title, "text": text, "url": url, "at": now.isoformat()}


def notify(
    *,
    people: Iterable[User],
    kind: str,
    key: str,
    title: str,
    text: str = "",
    url: str = "",
    now: dt.datetime | None = None,
) -> int:
    """Tell people once: who has had a message of this ``key`` gets no second; the number of new messages.

    Call it inside the transaction of the act that it tells of, so that both happen or neither.
    """
    now = now or timezone.now()
    by_id = {user.pk: user for user in people if user.is_active}
    if not by_id:
        return 0
    with transaction.atomic():
        had = set(Notice.objects.filter(key=key, recipient__in=list(by_id)).values_list("recipient_id", flat=True))
        title = title[:200]
        fresh = [
            Notice(recipient=user, key=key, kind=kind, title=title, text=text, url=url)
            for pk, user in by_id.items()
            if pk not in had
        ]
        # Two senders at once: the constraint keeps the first, and the second learns below which are its own.
        Notice.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
        stored = Notice.objects.filter(key=key, recipient__in=[notice.recipient_id for notice in fresh])
        rows = list(stored.select_related("recipient"))
        Notice.objects.filter(pk__in=[row.pk for row in rows]).update(created_at=now)
        if not settings.LUOSHI_MAILS:
            return len(rows)
        refusals = {
            setting.user_id: (setting.by_mail, setting.muted)
            for setting in NoticeSetting.objects.filter(user__in=[row.recipient_id for row in rows])
        }
        payload = _payload(kind, title, text, url, now)
        mails = []
        for row in rows:
            by_mail, muted = refusals.get(row.recipient_id, (True, []))
            if row.recipient.email and by_mail and kind not in muted:
                mails.append(
                    Delivery(
                        channel=Channel.MAIL,
                        notice=row,
                        key=f"mail:{row.pk}",
                        payload=payload,
                        next_attempt_at=now,
                    )
                )
        Delivery.objects.bulk_create(mails, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def announce(
    *, unit: Unit, kind: str, key: str, title: str, text: str = "", url: str = "", now: dt.datetime | None = None
) -> int:
    """Tell the robots of a unit and of the units above it, once per ``key``; how many are told."""
    now = now or timezone.now()
    step = Unit.steplen
    above = [unit.path[:end] for end in range(step, len(unit.path) + 1, step)]
    hooks = Webhook.objects.filter(is_active=True, unit__path__in=above)
    told = [hook for hook in hooks if not hook.kinds or kind in hook.kinds]
    rows = [
        Delivery(
            channel=Channel.WEBHOOK,
            webhook=hook,
            key=f"hook:{hook.pk}:{key}"[:160],
            payload=_payload(kind, title[:200], text, url, now) | {"unit": unit.name},
            next_attempt_at=now,
        )
        for hook in told
    ]
    Delivery.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)
