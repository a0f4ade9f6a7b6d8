"""What a person does with their own messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from luoshi.apps.accounts.models import User
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.notices.models import Notice, NoticeSetting
from luoshi.apps.notices.policies import own_notices


def mark_read(*, acting_user: User, ids: Iterable[int] | None = None, now: dt.datetime | None = None) -> int:
    """Mark own messages as read (all, when no ``ids`` are given). Reading is no act of office: no journal entry."""
    rows = own_notices(acting_user).filter(read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return rows.update(read_at=now or timezone.now())


def settle(*, keys: Iterable[str] = (), prefix: str = "", now: dt.datetime | None = None) -> int:
    """Mark what was asked under these keys, or keys that begin so, as read for everybody: somebody has done it."""
    rows = Notice.objects.filter(key__startswith=prefix) if prefix else Notice.objects.filter(key__in=list(keys))
    return rows.filter(read_at=None).update(read_at=now or timezone.now())


def save_setting(*, acting_user: User, by_mail: bool, muted: Sequence[str]) -> NoticeSetting:
    """Choose what comes by e-mail."""
    with transaction.atomic():
        setting, _ = NoticeSetting.objects.select_for_update().get_or_create(user=acting_user)
        before = {"by_mail": setting.by_mail, "muted": setting.muted}
        setting.by_mail, setting.muted = by_mail, sorted(set(muted))
        setting.save()
        after = {"by_mail": setting.by_mail, "muted": setting.muted}
        if before != after:
            record(
                acting_user=acting_user, acts=[Act(action="修改消息设置", target=setting, before=before, after=after)]
            )
    return setting
