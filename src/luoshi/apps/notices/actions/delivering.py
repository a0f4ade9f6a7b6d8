"""Sending what waits in the outbox; safe to repeat, and to run in two processes."""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from luoshi.apps.notices.models import Channel, Delivery
from luoshi.apps.notices.sending import NotSent, send_mail, send_webhook

logger = logging.getLogger(__name__)

#: Pauses after each failed attempt; after the last the delivery is given up and its error stays.
PAUSES = tuple(dt.timedelta(minutes=m) for m in (1, 5, 30, 120, 720))
#: Whoever sends holds the row for so long; a sender that died leaves it to the next. One attempt ends within seconds.
CLAIM = dt.timedelta(minutes=2)
#: So many are sent in one call; the rest wait for the next.
AT_ONCE = 200


def _claim(now: dt.datetime, tried: set[int]) -> Delivery | None:
    """Take the next delivery that is due, so that no other process sends it meanwhile."""
    with transaction.atomic():
        due = Delivery.objects.filter(next_attempt_at__lte=now).exclude(pk__in=tried)
        taken = due.order_by("next_attempt_at", "pk").select_for_update(skip_locked=True).first()
        if taken is not None:
            Delivery.objects.filter(pk=taken.pk).update(next_attempt_at=now + CLAIM)
    if taken is None:
        return None
    return Delivery.objects.select_related("notice__recipient", "webhook").get(pk=taken.pk)


def _send(delivery: Delivery, now: dt.datetime) -> None:
    if delivery.channel == Channel.WEBHOOK:
        if not delivery.webhook.is_active:
            raise NotSent("机器人已停用")
        send_webhook(delivery.webhook, delivery.payload, int(now.timestamp()))
        return
    if not settings.LUOSHI_MAILS:
        raise NotSent("没有设置发信服务器")
    if not delivery.notice.recipient.email:
        raise NotSent("收件人没有邮箱")
    send_mail(delivery.notice.recipient.email, delivery.payload)


def deliver_due(*, now: dt.datetime | None = None) -> tuple[int, int]:
    """Send all that is due: how many arrived, how many did not (those are tried again later)."""
    clock = (lambda: now) if now else timezone.now
    sent = failed = 0
    tried: set[int] = set()
    # Each is claimed only when its turn comes: a slow receiver must not outlast the claims of those behind it.
    while len(tried) < AT_ONCE and (delivery := _claim(clock(), tried)):
        at = clock()
        tried.add(delivery.pk)
        delivery.attempts += 1
        try:
            _send(delivery, at)
        except NotSent as reason:
            failed += 1
            delivery.error = str(reason)[:300]
            pause = PAUSES[delivery.attempts - 1] if delivery.attempts <= len(PAUSES) else None
            delivery.next_attempt_at = at + pause if pause else None
        except Exception:
            # One message that cannot be sent must not keep back the others.
            logger.exception("delivery %s", delivery.pk)
            failed += 1
            delivery.error, delivery.next_attempt_at = "程序出错，未再尝试", None
        else:
            sent += 1
            delivery.error, delivery.next_attempt_at, delivery.delivered_at = "", None, at
        delivery.save(update_fields=("attempts", "error", "next_attempt_at", "delivered_at"))
    return sent, failed
