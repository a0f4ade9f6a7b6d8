"""Who may look after whose account.

Roles belong to ``organisations``, which stands above this app and hands its rules in when Django starts (``use``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied

_MESSAGE = "您没有管理该人员的权限。"


def _nobody(*_: Any) -> bool:
    return False


_may_create: Callable[[Any], bool] = _nobody
_may_manage: Callable[[Any, Any], bool] = _nobody


def use(*, may_create: Callable[[Any], bool], may_manage: Callable[[Any, Any], bool]) -> None:
    """Take the rules of the app that knows roles: ``may_create(acting)``, ``may_manage(acting, person)``."""
    global _may_create, _may_manage
    _may_create, _may_manage = may_create, may_manage


def may_create(acting_user: Any) -> bool:
    """Whether accounts may be made; ``None`` is the system itself."""
    return acting_user is None or _may_create(acting_user)


def may_manage(acting_user: Any, person: Any) -> bool:
    """Whether another's account may be edited, stopped or reset; ``None`` is the system itself."""
    return acting_user is None or _may_manage(acting_user, person)


def require_create(acting_user: Any) -> None:
    """Stop who may not make accounts."""
    if not may_create(acting_user):
        raise PermissionDenied("您没有新增人员的权限。")


def require_manage(acting_user: Any, person: Any, *, or_self: bool = False) -> None:
    """Stop who may not manage the person; ``or_self``: everyone may for the own account."""
    if or_self and acting_user is not None and acting_user.pk == person.pk:
        return
    if not may_manage(acting_user, person):
        raise PermissionDenied(_MESSAGE)
