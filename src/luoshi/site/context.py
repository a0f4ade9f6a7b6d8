"""What every page needs: the entries of the navigation that this person may use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Menu:
    """Places under one word; a menu of which a person sees nothing is not shown."""

    label: str
    icon: str
    places: tuple[_Place, ...]


_KEEPERS = (Role.ADMINISTRATOR, Role.COORDINATOR)
_BAR: tuple[_Place | _Menu, ...] = (
    _Place("工作台", "workbench:home", "home", ("/workbench",)),
    _Menu(
        "方案",
        "file-text",
        (
            _Place("方案", "plans:list", "file-text", ("/plans", "/targets", "/measures")),
            _Place("台账", "plans:ledger", "list-check", ("/ledger",)),
            _Place("目标分解", "targets:allocations", "sitemap", ("/allocations", "/letters")),
            _Place(
                "指标",
                "indicators:list",
                "chart-dots",
                ("/indicators", "/observations", "/statistics", "/verification"),
            ),
            _Place("单位", "plans:units", "building", ("/units",)),
            _Place("导入文件", "intake:uploads", "upload", ("/uploads", "/drafts"), _KEEPERS),
        ),
    ),
    _Place("填报", "reporting:returns", "forms", ("/returns",)),
    _Place("审核", "reporting:reviews", "checks", ("/reviews",), (Role.REVIEWER, Role.COORDINATOR, Role.LEAD)),
    _Place("报表", "reporting:forms", "table", ("/forms", "/punctuality", "/burden")),
    _Place("作战图", "boards:home", "map-2", ("/board",)),
    _Menu(
        "调度",
        "speakerphone",
        (
            _Place("调度总览", "dispatch:home", "layout-dashboard", ("/dispatch",)),
            _Place("预警", "dispatch:warnings", "alert-triangle", ("/warnings",)),
            _Place("需协同事项", "dispatch:problems", "help-hexagon", ("/problems",)),
            _Place("会议", "dispatch:meetings", "calendar-event", ("/meetings",)),
            _Place("议定事项", "dispatch:decisions", "checklist", ("/decisions",)),
        ),
    ),
    _Menu(
        "项目招商",
        "building-factory-2",
        (
            _Place("项目清单", "projects:home", "list-details", ("/projects",)),
            _Place("五库看板", "projects:board", "layout-kanban", ("/projects/board",)),
            _Place("开工竞赛", "projects:race", "trophy", ("/projects/race",)),
            _Place("要素保障", "projects:holds", "barrier-block", ("/projects/holds",)),
            _Place("招商总览", "investment:home", "layout-dashboard", ("/investment",)),
            _Place("招商线索", "investment:leads", "list-search", ("/investment/leads", "/investment/claims")),
            _Place("招商活动", "investment:activities", "plane-departure", ("/investment/activities",)),
            _Place("招商目标", "investment:counts", "target", ("/investment/counts", "/investment/targets")),
            _Place("到位资金", "investment:funds", "coin", ("/investment/funds",)),
            _Place(
                "产业链和企业",
                "investment:chains",
                "sitemap",
                ("/investment/chains", "/investment/enterprises", "/investment/groups"),
            ),
        ),
    ),
    _Menu(
        "通报督办",
        "gavel",
        (
            _Place("通报", "bulletins:list", "file-certificate", ("/bulletins",)),
            _Place("今日督办", "supervision:home", "calendar-due", ("/orders",)),
            _Place("升级建议", "supervision:escalations", "stairs-up", ("/escalations", "/ladders")),
            _Place("约谈问责", "supervision:interviews", "messages", ("/interviews", "/accountabilities")),
            _Place("领导履职", "supervision:duties", "user-check", ("/duties",)),
        ),
    ),
    _Menu(
        "考核",
        "award",
        (
            _Place("考核排名", "assessment:home", "list-numbers", ("/assessment",)),
            _Place("评分办法", "assessment:schemes", "list-details", ("/schemes", "/adoptions")),
        ),
    ),
    _Menu(
        "管理",
        "settings",
        (
            _Place("人员", "administration:people", "users", ("/people",), (Role.ADMINISTRATOR,)),
            _Place(
                "单位库", "administration:register", "building-community", ("/units/register",), (Role.ADMINISTRATOR,)
            ),
            _Place("群机器人", "notices:webhooks", "robot", ("/webhooks",), (Role.ADMINISTRATOR,)),
            _Place("操作日志", "administration:journal", "history", ("/journal",), _KEEPERS),
        ),
    ),
)


def _places() -> Iterator[_Place]:
    for entry in _BAR:
        yield from entry.places if isinstance(entry, _Menu) else (entry,)


def _place_of(path: str) -> _Place | None:
    """The place to which an address belongs: the one with the longest beginning of it."""
    found = [(len(prefix), place) for place in _places() for prefix in place.prefixes if path.startswith(prefix)]
    if found:
        return max(found, key=lambda pair: pair[0])[1]
    return next((place for place in _places() if path == reverse(place.name)), None)


def _entry(place: _Place, here: _Place | None) -> NavigationEntry:
    return NavigationEntry(place.label, reverse(place.name), place.icon, place is here)


def _entries(held: Authority, here: _Place | None) -> Iterator[NavigationEntry]:
    for entry in _BAR:
        places = entry.places if isinstance(entry, _Menu) else (entry,)
        shown = tuple(_entry(place, here) for place in places if not place.roles or held.holds(*place.roles))
        if isinstance(entry, _Menu) and shown:
            yield NavigationEntry(entry.label, "", entry.icon, any(child.active for child in shown), shown)
        else:
            yield from shown


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``navigation``: the entries of the bar that the person may use, none for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": ()}
    return {"navigation": tuple(_entries(authority(user), _place_of(request.path)))}
