"""Secrets by which programs act for a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from luoshi.apps.accounts.models import ApiToken, User
from luoshi.apps.accounts.policies import require_manage
from luoshi.apps.journal.actions import Act, record
from luoshi.site.prepared import Prepared

#: The last use is written down at most this often: a program that asks every second must not write every second.
_USE_NOTED_EVERY = dt.timedelta(minutes=1)


@transaction.atomic
def issue_token(*, acting_user: Any, user: User, name: str, expires_at: dt.datetime | None = None) -> str:
    """Make a token for a program of the person and give its secret, which cannot be seen again.

    Only the person may (and the system itself): the token can do what the person can. Raises ``ValidationError``.
    """
    if acting_user is not None and acting_user.pk != user.pk:
        raise PermissionDenied("只能为本人创建接口令牌。")
    name = name.strip()
    if not name:
        raise ValidationError({"name": "请填写用途。"})
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError({"expires_at": "到期时间须晚于现在。"})
    secret = ApiToken.new_secret()
    token = ApiToken(user=user, name=name, digest=ApiToken.digest_of(secret), expires_at=expires_at)
    token.clean_fields()
    token.save()
    after = {"name": name, "user": user.username, "expires_at": expires_at}
    record(acting_user=acting_user, acts=[Act(action="创建接口令牌", target=token, after=after)])
    return secret


@transaction.atomic
def revoke_token(*, acting_user: Any, token: ApiToken) -> None:
    """Stop a token at once: its owner may, and who manages the owner's account."""
    require_manage(acting_user, token.user, or_self=True)
    record(acting_user=acting_user, acts=revoked(ApiToken.objects.filter(pk=token.pk)))


def revoked(tokens: QuerySet[ApiToken]) -> list[Act]:
    """Stop those tokens that still stand, inside the caller's transaction; gives what is to be written down."""
    now = timezone.now()
    acts = []
    for token in tokens.filter(revoked_at=None).order_by("pk"):
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            acts.append(Act(action="停用接口令牌", target=token, after={"revoked_at": now}))
    return acts


_valid = Prepared(
    lambda digest, now: ApiToken.objects.select_related("user").filter(
        Q(expires_at=None) | Q(expires_at__gt=now), digest=digest, revoked_at=None, user__is_active=True
    )
)


def authenticate_token(secret: str) -> User | None:
    """The active person for whom a valid secret acts, else ``None``; one query, and seldom a write."""
    now = timezone.now()
    token = _valid.first(ApiToken.digest_of(secret), now)
    if token is None:
        return None
    if token.last_used_at is None or now - token.last_used_at > _USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.user
