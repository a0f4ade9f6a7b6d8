"""Telling people and robots: rows in the database, inside the caller's transaction; ``deliver_due`` sends them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from luoshi.apps.accounts.models import User
from luoshi.apps.notices.models import Channel, Delivery, Notice, NoticeSetting, Webhook
from luoshi.apps.organisations.models import Unit
from luoshi.site.prepared import Prepared

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one person is told. The same ``key`` is never told them twice. ``url`` is a path of the site."""

    recipient: User
    key: str
    kind: str
    title: str
    text: str = ""
    url: str = ""


#: So many people and fewer are mostly told of one thing at a time.
_PREPARED = 8
_told = Prepared(
    lambda key, people: (
        Notice.objects.filter(key=key, recipient__in=people).values_list("recipient_id", "key", "read_at").order_by()
    )
)


def _payload(kind: str, title: str, text: str, url: str, now: dt.datetime) -> dict[str, str]:
    return {"kind": kind, "title": title[:200], "text": text, "url": url, "at": now.isoformat()}


def _mail(rows: Sequence[Notice], now: dt.datetime) -> None:
    """Put the messages of those who want them by e-mail into the outbox; ``rows`` with their recipients."""
    settings_of = NoticeSetting.objects.filter(user__in={row.recipient_id for row in rows})
    wishes = {setting.user_id: setting for setting in settings_of}
    mails = []
    for row in rows:
        wish = wishes.get(row.recipient_id)
        if row.recipient.email and (wish is None or (wish.by_mail and row.kind not in wish.muted)):
            payload = _payload(row.kind, row.title, row.text, row.url, now)
            mails.append(
                Delivery(channel=Channel.MAIL, notice=row, key=f"mail:{row.pk}", payload=payload, next_attempt_at=now)
            )
    Delivery.objects.bulk_create(mails, batch_size=BATCH, ignore_conflicts=True)


def notify_each(messages: Iterable[Message], *, again: bool = False, now: dt.datetime | None = None) -> int:
    """Tell each recipient once; the number of new messages. A few queries, however many people.

    ``again`` calls those once more who have read it: there is more of the same. They get no second e-mail.

    Call it inside the transaction of the act that it tells of, so that both happen or neither.
    """
    now = now or timezone.now()
    wanted = {(message.recipient.pk, message.key): message for message in messages if message.recipient.is_active}
    if not wanted:
        return 0
    keys, people = {key for _, key in wanted}, {pk for pk, _ in wanted}
    known = Notice.objects.filter(key__in=keys, recipient__in=people)
    told = known.values_list("recipient_id", "key", "read_at").order_by()
    if len(keys) == 1 and len(people) <= _PREPARED:
        told = _told.rows(*keys, tuple(sorted(people)))
    had = {(recipient, key): read for recipient, key, read in told}
    fresh = [
        Notice(
            recipient=message.recipient,
            key=message.key,
            kind=message.kind,
            title=message.title[:200],
            text=message.text,
            url=message.url,
            created_at=now,
        )
        for place, message in wanted.items()
        if place not in had
    ]
    # Who does act after act tells the same people of the same thing: mostly there is nothing to write.
    with transaction.atomic(savepoint=False):
        if again and any(read for place, read in had.items() if place in wanted):
            known.filter(read_at__isnull=False).update(read_at=None, created_at=now)
        # Two senders at once: the constraint keeps the first; e-mails are keyed by the row, so that each goes once.
        Notice.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
        if settings.LUOSHI_MAILS and fresh:
            stored = known.select_related("recipient")
            _mail([row for row in stored if (row.recipient_id, row.key) not in had], now)
    return len(fresh)


def notify(
    *,
    people: Iterable[User],
    kind: str,
    key: str,
    title: str,
    text: str = "",
    url: str = "",
    again: bool = False,
    now: dt.datetime | None = None,
) -> int:
    """Tell several people the same; see ``notify_each``."""
    told = (Message(recipient=user, key=key, kind=kind, title=title, text=text, url=url) for user in people)
    return notify_each(told, again=again, now=now)


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
            payload=_payload(kind, title, text, url, now) | {"unit": unit.name},
            next_attempt_at=now,
        )
        for hook in told
    ]
    Delivery.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)
