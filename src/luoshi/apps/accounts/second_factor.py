"""Second factors are allauth's; what it does with them is written into the journal here."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.db import transaction

from luoshi.apps.journal.actions import Act, record

KINDS = {
    Authenticator.Type.TOTP: "验证器应用",
    Authenticator.Type.RECOVERY_CODES: "恢复码",
    Authenticator.Type.WEBAUTHN: "密钥",
}


def kinds_of(user: Any) -> list[str]:
    """In words, the second factors that a person has set up."""
    kinds = Authenticator.objects.filter(user=user).order_by("type").values_list("type", flat=True)
    return list(dict.fromkeys(KINDS.get(kind, kind) for kind in kinds))


def _note(action: str, user: Any, authenticator: Authenticator) -> None:
    kind = KINDS.get(authenticator.type, authenticator.type)
    with transaction.atomic():
        record(acting_user=user, acts=[Act(action=action, target=user, after={"second_factor": kind})])


def _added(user: Any, authenticator: Authenticator, **_: Any) -> None:
    _note("增加两步验证", user, authenticator)


def _removed(user: Any, authenticator: Authenticator, **_: Any) -> None:
    _note("停用两步验证", user, authenticator)


def _renewed(user: Any, authenticator: Authenticator, **_: Any) -> None:
    _note("重置两步验证", user, authenticator)


def watch() -> None:
    """Listen to allauth (called once when Django starts)."""
    signals.authenticator_added.connect(_added, dispatch_uid="journal")
    signals.authenticator_removed.connect(_removed, dispatch_uid="journal")
    signals.authenticator_reset.connect(_renewed, dispatch_uid="journal")
