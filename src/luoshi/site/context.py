"""What every page needs: the entries of the navigation that this person may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from luoshi.apps.organisations.models import Role
from luoshi.apps.organisations.policies import authority


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One entry of the side bar; ``active`` marks the part of the site in which the page stands."""

    label: str
    url: str
    icon: str
    active: bool


#: (label, URL name, path prefixes that belong to it, icon, roles that see it: none means everyone who is signed in)
_ENTRIES: tuple[tuple[str, str, tuple[str, ...], str, tuple[Role, ...]], ...] = (
    ("工作台", "workbench:home", ("/workbench",), "home", ()),
    ("方案", "plans:list", ("/plans", "/targets", "/measures"), "file-text", ()),
    ("台账", "plans:ledger", ("/ledger",), "list-check", ()),
    ("填报", "reporting:returns", ("/returns",), "forms", ()),
    (
        "审核",
        "reporting:reviews",
        ("/reviews",),
        "checks",
        (Role.REVIEWER, Role.COORDINATOR, Role.LEAD),
    ),
    ("单位", "plans:units", ("/units",), "building", ()),
    (
        "导入与确认",
        "intake:uploads",
        ("/uploads", "/drafts"),
        "upload",
        (Role.ADMINISTRATOR, Role.COORDINATOR),
    ),
    ("人员", "administration:people", ("/people",), "users", (Role.ADMINISTRATOR,)),
    ("操作日志", "administration:journal", ("/journal",), "history", (Role.ADMINISTRATOR, Role.COORDINATOR)),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``navigation``: the entries of the side bar, none for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": ()}
    held = authority(user)
    return {
        "navigation": tuple(
            NavigationEntry(
                label,
                reverse(name),
                icon,
                request.path == reverse(name) or any(request.path.startswith(prefix) for prefix in prefixes),
            )
            for label, name, prefixes, icon, roles in _ENTRIES
            if not roles or held.holds(*roles)
        )
    }
