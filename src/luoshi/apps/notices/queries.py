"""Reads that join."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from luoshi.apps.notices.models import Delivery, Webhook
from luoshi.apps.notices.policies import visible_webhooks


def webhook_rows(user: Any) -> QuerySet[Webhook]:
    """The robots with ``sent``, ``waiting``, ``given_up``, ``last_sent`` and the latest ``last_error``: one query."""
    failed = Delivery.objects.filter(webhook=OuterRef("pk")).exclude(error="").order_by("-pk")
    delivered = Q(deliveries__delivered_at__isnull=False)
    waiting = Q(deliveries__delivered_at=None, deliveries__next_attempt_at__isnull=False)
    given_up = Q(deliveries__isnull=False, deliveries__delivered_at=None, deliveries__next_attempt_at=None)
    return (
        visible_webhooks(user)
        .select_related("unit")
        .annotate(
            sent=Count("deliveries", filter=delivered),
            waiting=Count("deliveries", filter=waiting),
            given_up=Count("deliveries", filter=given_up),
            last_sent=Max("deliveries__delivered_at"),
            last_error=Subquery(failed.values("error")[:1]),
        )
        .order_by("unit__path", "name")
    )
