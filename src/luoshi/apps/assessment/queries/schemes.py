"""Schemes and adoptions as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from luoshi.apps.assessment.models import Adoption, Scheme, SchemeVersion, VersionState
from luoshi.apps.assessment.policies import visible_adoptions, visible_schemes, visible_versions
from luoshi.scoring import Item, describe_item, show
from luoshi.scoring import Scheme as Loaded


@dataclass(frozen=True, slots=True)
class SchemeFilter:
    """Which schemes: ``state`` is ``issued``, ``draft`` (with an open draft), ``stopped`` or empty (not stopped)."""

    state: str = ""
    text: str = ""
    plan: int = 0


STATES = (("issued", "已发布"), ("draft", "有草稿"), ("stopped", "已停用"))


def scheme_list(user: Any, asked: SchemeFilter, *, stopped_too: bool = False) -> QuerySet[Scheme]:
    """The schemes that the person sees, with ``issued`` (ordinal), ``issued_at``, ``drafting``, ``used``."""
    versions = SchemeVersion.objects.filter(scheme=OuterRef("pk")).order_by("-ordinal")
    issued = versions.filter(state=VersionState.ISSUED)
    seen = visible_versions(user).filter(scheme=OuterRef("pk"), state=VersionState.DRAFT).order_by()
    rows = visible_schemes(user).select_related("owner", "plan")
    if asked.state == "stopped":
        rows = rows.filter(stopped_at__isnull=False)
    elif not stopped_too:
        rows = rows.filter(stopped_at=None)
    if asked.text:
        rows = rows.filter(Q(title__icontains=asked.text) | Q(key__icontains=asked.text))
    if asked.plan:
        rows = rows.filter(plan=asked.plan)
    rows = rows.annotate(
        issued=Subquery(issued.values("ordinal")[:1]),
        issued_at=Subquery(issued.values("issued_at")[:1]),
        drafting=Exists(seen),
        used=Count("versions__adoptions", filter=Q(versions__adoptions__is_active=True), distinct=True),
    )
    if asked.state == "issued":
        rows = rows.filter(issued__isnull=False)
    elif asked.state == "draft":
        rows = rows.filter(drafting=True)
    return rows.order_by("owner__path", "title", "pk")


def adoption_list(user: Any, scheme: Scheme | None = None, *, active: bool | None = None) -> QuerySet[Adoption]:
    """The adoptions that the person sees, with ``unit_count`` and ``run_count``; those in force first."""
    rows = visible_adoptions(user).select_related("owner", "version__scheme")
    if scheme is not None:
        rows = rows.filter(version__scheme=scheme)
    if active is not None:
        rows = rows.filter(is_active=active)
    rows = rows.annotate(unit_count=Count("units", distinct=True), run_count=Count("runs", distinct=True))
    return rows.order_by("-is_active", "owner__path", "name", "pk")


def versions_of(user: Any, scheme: Scheme) -> list[SchemeVersion]:
    """The versions of a scheme that the person sees, the newest first, without their texts."""
    rows = visible_versions(user).filter(scheme=scheme).defer("text", "provenance")
    return list(rows.select_related("created_by", "issued_by").order_by("-ordinal"))


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as a row: ``words`` without its number, points and title; ``doubts`` where reading a table left some."""

    item: Item
    points: str
    words: str
    line: int = 0
    printed: str = ""
    doubts: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class GroupRows:
    """A group with its items and their points together."""

    title: str
    points: str
    most: str
    rows: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """An assumption in plain words, with each choice and whether it is in force."""

    key: str
    text: str
    items: tuple[str, ...]
    choices: tuple[tuple[str, str, bool], ...]

    @property
    def chosen(self) -> str:
        """What is in force, in words."""
        return next((title for _, title, now in self.choices if now), self.text)


def groups_of(scheme: Loaded, provenance: Mapping[str, Any] | None = None) -> list[GroupRows]:
    """The items of a scheme by group, in words."""
    kept = (provenance or {}).get("items", {})
    found = []
    for group in scheme.groups:
        rows = tuple(_row(item, kept.get(item.part_of or item.key, {})) for item in group.items)
        points = sum((item.points for item in group.items), start=scheme.total * 0)
        most = "" if group.most is None else show(group.most, 6)
        found.append(GroupRows(group.title, show(points, 6), most, rows))
    return found


def _row(item: Item, origin: Mapping[str, Any]) -> ItemRow:
    words = (
        describe_item(item).split("：", 1)[1] if "：" not in item.title else _behind(describe_item(item), item.title)
    )
    points = show(item.points, 6) if item.points else ""
    doubts = () if origin.get("certain", True) else tuple(origin.get("doubts", ()))
    return ItemRow(item, points, words, origin.get("line", 0), origin.get("text", ""), doubts, item.note)


def _behind(words: str, title: str) -> str:
    return words.split(f"{title}：", 1)[-1]


def readings_of(scheme: Loaded, choices: Mapping[str, str] | None = None) -> list[Reading]:
    """The assumptions of a scheme, with the choices in force."""
    found = []
    for one in scheme.assumptions:
        now = (choices or {}).get(one.key) or scheme.chosen.get(one.key) or one.default
        offered = tuple((choice.key, choice.title, choice.key == now) for choice in one.choices)
        found.append(Reading(one.key, one.text, one.items, offered))
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """How an item stands in two versions; ``kind`` is ``same``, ``changed``, ``new`` or ``gone``."""

    key: str
    title: str
    kind: str
    before: str
    after: str

    @property
    def label(self) -> str:
        """In Chinese."""
        return {"same": "相同", "changed": "有改动", "new": "新增", "gone": "取消"}[self.kind]


def differences(before: Loaded, after: Loaded) -> list[Difference]:
    """Item by item, in the order of the later version, what is gone behind."""
    old, new = ({item.key: item for item in scheme.items} for scheme in (before, after))
    found = []
    for key in (*new, *(key for key in old if key not in new)):
        one, two = old.get(key), new.get(key)
        was, now = (describe_item(item) if item else "" for item in (one, two))
        kind = "new" if one is None else "gone" if two is None else "same" if was == now else "changed"
        title = (two or one).title if (two or one) else ""  # type: ignore[union-attr]
        found.append(Difference(key, title, kind, was, now))
    readings = [{one.key: one for one in readings_of(scheme)} for scheme in (before, after)]
    for key in dict.fromkeys((*readings[1], *readings[0])):
        was, now = (found_in[key].chosen if key in found_in else "" for found_in in readings)
        if was != now:
            kind = "new" if not was else "gone" if not now else "changed"
            found.append(Difference("约定", (readings[1].get(key) or readings[0][key]).text, kind, was, now))
    return found


def adoptable(user: Any, scheme: Scheme) -> SchemeVersion | None:
    """The last issued version."""
    return visible_versions(user).filter(scheme=scheme, state=VersionState.ISSUED).order_by("-ordinal").first()


def runs_of(adoption: Adoption) -> QuerySet[Any]:
    """The runs of an adoption, the newest period first; what each person sees of them is the runs' own policy."""
    return adoption.runs.order_by("-period", "-ordinal").defer("snapshot")


def sources_by_item(adoption: Adoption) -> dict[str, Any]:
    """The sources of an adoption's items."""
    rows = adoption.sources.select_related("indicator", "takes", "checked_by")
    return {row.item: row for row in rows}
