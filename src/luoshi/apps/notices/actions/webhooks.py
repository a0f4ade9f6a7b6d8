"""Connecting robots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from luoshi.apps.accounts.models import User
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.notices.models import Webhook, WebhookStyle
from luoshi.apps.notices.policies import may_connect, visible_webhooks
from luoshi.apps.notices.sending import send_webhook
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require

REFUSED = "只有系统管理员可以连接机器人。"


def _told(webhook: Webhook) -> dict[str, object]:
    """What the journal keeps; of the address only the host, since the rest may hold the robot's key."""
    return {
        "name": webhook.name,
        "unit": webhook.unit.name,
        "host": webhook.url.split("/")[2] if "//" in webhook.url else "",
        "style": webhook.style,
        "kinds": webhook.kinds,
        "is_active": webhook.is_active,
    }


def save_webhook(
    *,
    acting_user: User,
    webhook: Webhook | None = None,
    revision: int | None = None,
    unit: Unit,
    name: str,
    url: str,
    style: str = WebhookStyle.GENERIC,
    secret: str | None = None,
    kinds: Sequence[str] = (),
    is_active: bool = True,
) -> Webhook:
    """Connect a robot, or change one; ``secret`` ``None`` keeps the present one. ``ValidationError`` by field."""
    require(may_connect(acting_user, unit), REFUSED)
    with transaction.atomic():
        if webhook is None:
            before, row = None, Webhook(created_by=acting_user)
        else:
            row = (
                visible_webhooks(acting_user).select_for_update(of=("self",)).select_related("unit").get(pk=webhook.pk)
            )
            if revision is not None and revision != row.revision:
                raise ValidationError("这个机器人刚被别人改过，请刷新后再改。")
            before = _told(row)
        row.unit, row.name, row.url, row.style = unit, name.strip(), url.strip(), style
        row.kinds, row.is_active = sorted(set(kinds)), is_active
        if secret is not None:
            row.secret = secret
        row.full_clean(exclude=("created_by",))
        if style == WebhookStyle.GENERIC and not row.secret:
            raise ValidationError({"secret": "通用格式靠密钥签名，请填写密钥。"})
        row.revision += 1
        row.save()
        action = "连接机器人" if before is None else "修改机器人"
        record(acting_user=acting_user, acts=[Act(action=action, target=row, before=before, after=_told(row))])
    return row


def try_webhook(*, acting_user: User, webhook: Webhook, now: dt.datetime | None = None) -> None:
    """Send a trial message at once; ``NotSent`` says why it did not arrive."""
    require(may_connect(acting_user, webhook.unit), REFUSED)
    now = now or timezone.now()
    payload = {
        "kind": "trial",
        "title": "落实：试发消息",
        "text": f"机器人“{webhook.name}”已接通。",
        "url": "",
        "at": now.isoformat(),
        "unit": webhook.unit.name,
    }
    send_webhook(webhook, payload, int(now.timestamp()))
