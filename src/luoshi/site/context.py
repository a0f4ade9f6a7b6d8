"""What every page needs: the entries of the navigation that this person may use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from luoshi.apps.organisations.models import Role
from luoshi.apps.organisations.policies import Authority, authority


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One entry of the bar; ``active`` marks the part of the site in which the page stands.

    An entry with ``children`` opens a menu and leads nowhere itself.
    """

    label: str
    url: str
    icon: str
    active: bool
    children: tuple[NavigationEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """``prefixes`` are the addresses that belong to the entry, ``roles`` those that see it (none: all signed in)."""

    label: str
    name: str
    icon: str
    prefixes: tuple[str, ...]
    roles: tuple[Role, ...] = ()


_KEEPERS = (Role.ADMINISTRATOR, Role.COORDINATOR)
_PLACES = (
    _Place("工作台", "workbench:home", "home", ("/workbench",)),
    _Place("方案", "plans:list", "file-text", ("/plans", "/targets", "/measures")),
    _Place("台账", "plans:ledger", "list-check", ("/ledger",)),
    _Place("分解", "targets:allocations", "sitemap", ("/allocations", "/letters")),
    _Place("填报", "reporting:returns", "forms", ("/returns",)),
    _Place("审核", "reporting:reviews", "checks", ("/reviews",), (Role.REVIEWER, Role.COORDINATOR, Role.LEAD)),
    _Place("报表", "reporting:forms", "table", ("/forms", "/punctuality", "/burden")),
    _Place("指标", "indicators:list", "chart-dots", ("/indicators", "/observations", "/statistics", "/verification")),
    _Place("单位", "plans:units", "building", ("/units",)),
    _Place("导入", "intake:uploads", "upload", ("/uploads", "/drafts"), _KEEPERS),
)
_ADMINISTRATION = (
    _Place("人员", "administration:people", "users", ("/people",), (Role.ADMINISTRATOR,)),
    _Place("单位库", "administration:register", "building-community", ("/units/register",), (Role.ADMINISTRATOR,)),
    _Place("群机器人", "notices:webhooks", "robot", ("/webhooks",), (Role.ADMINISTRATOR,)),
    _Place("操作日志", "administration:journal", "history", ("/journal",), _KEEPERS),
)


def _entries(path: str, held: Authority, places: tuple[_Place, ...]) -> tuple[NavigationEntry, ...]:
    found = []
    for place in places:
        if not place.roles or held.holds(*place.roles):
            url = reverse(place.name)
            active = path == url or any(path.startswith(prefix) for prefix in place.prefixes)
            found.append(NavigationEntry(place.label, url, place.icon, active))
    return tuple(found)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``navigation``: the entries of the bar that the person may use, none for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": ()}
    held = authority(user)
    entries = _entries(request.path, held, _PLACES)
    if below := _entries(request.path, held, _ADMINISTRATION):
        inside = any(entry.active for entry in below)
        if inside:  # the register of units stands below the address of the units' own pages
            entries = tuple(replace(entry, active=False) for entry in entries)
        entries += (NavigationEntry("管理", "", "settings", inside, below),)
    return {"navigation": entries}
