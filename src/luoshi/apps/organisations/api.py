"""The part of the HTTP API that reads the unit register."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from luoshi.apps.organisations.models import Unit, UnitName
from luoshi.apps.organisations.policies import authority
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.values import Key, Text, UnitRef, unit_ref

units = Router(tags=["单位"])
me = Router(tags=["本人"])


class NameOut(Schema):
    """A name that a unit bears or bore."""

    name: str
    kind: Literal["official", "short", "alias", "old-name", "misprint", "group"] = Field(
        description="全称、简称、别称、旧称、误写、合称"
    )
    valid_from: dt.date | None
    valid_to: dt.date | None


class UnitOut(UnitRef):
    """单位."""

    kind: str = Field(description="类别")
    kind_label: str = Field(description="类别名称")
    parent: int | None = Field(description="上级单位")
    valid_from: dt.date | None
    valid_to: dt.date | None = Field(description="撤销前的最后一天")
    successors: list[int] = Field(description="承接的单位")
    names: list[NameOut] = Field(description="名称；给出 on 时只列当日有效的")


class RoleOut(Schema):
    """A role that the caller holds."""

    role: Literal["administrator", "coordinator", "lead", "reporter", "reviewer", "leader"]
    label: str
    unit: UnitRef


class MeOut(Schema):
    """Who calls."""

    id: int
    username: str
    name: str
    roles: list[RoleOut]


class UnitQuery(PageQuery):
    """Which units."""

    on: dt.date | None = Field(None, description="只要此日存在的单位，名称也只列此日有效的")
    kind: Text = Field("", max_length=30, description="类别")
    below: Key | None = Field(None, description="此单位及其下级")
    q: Text = Field("", max_length=60, description="名称（含旧称、别称）中的字")


class DateQuery(Schema):
    """As of when."""

    on: dt.date | None = Field(None, description="名称只列此日有效的")


def _valid(on: dt.date) -> Q:
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))


def _with_names(rows: QuerySet[Unit], on: dt.date | None) -> QuerySet[Unit]:
    names = UnitName.objects.filter(_valid(on)) if on else UnitName.objects.all()
    return rows.prefetch_related(
        Prefetch("names", queryset=names.order_by("valid_from", "pk"), to_attr="names_then"),
        Prefetch("successors", queryset=Unit.objects.order_by("pk")),
    )


def _rows(found: list[Unit]) -> list[dict[str, Any]]:
    """The values of ``UnitOut``: one query for the units above."""
    above = {unit.path[: -Unit.steplen] for unit in found if unit.depth > 1}
    parents = dict(Unit.objects.filter(path__in=above).values_list("path", "pk")) if above else {}
    return [
        unit_ref(unit)
        | {
            "kind": unit.kind,
            "kind_label": unit.get_kind_display(),
            "parent": parents.get(unit.path[: -Unit.steplen]),
            "valid_from": unit.valid_from,
            "valid_to": unit.valid_to,
            "successors": [successor.pk for successor in unit.successors.all()],
            "names": [
                {"name": row.name, "kind": row.kind, "valid_from": row.valid_from, "valid_to": row.valid_to}
                for row in unit.names_then  # type: ignore[attr-defined]
            ],
        }
        for unit in found
    ]


@units.get("", response=Page[UnitOut], summary="单位列表")
def list_units(request: HttpRequest, query: Query[UnitQuery]) -> Any:
    """单位库，上级在前；登录的人都可查。"""
    found = Unit.objects.order_by("path")
    if query.on is not None:
        found = found.filter(_valid(query.on))
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.below is not None:
        top = Unit.objects.filter(pk=query.below).values_list("path", flat=True).first()
        found = found.filter(path__startswith=top) if top else found.none()
    for word in query.q.split()[:5]:
        named = UnitName.objects.filter(units=OuterRef("pk"), name__icontains=word)
        found = found.filter(Q(name__icontains=word) | Q(short_name__icontains=word) | Q(Exists(named)))
    total, items = page_of(_with_names(found, query.on), query)
    return page(query, total, _rows(items))


@units.get("/{int:unit_id}", response=UnitOut, summary="单位")
def get_unit(request: HttpRequest, unit_id: int, query: Query[DateQuery]) -> Any:
    """一个单位及其名称。"""
    unit = get_object_or_404(_with_names(Unit.objects.all(), query.on), pk=unit_id)
    return _rows([unit])[0]


@me.get("", response=MeOut, summary="本人")
def get_me(request: HttpRequest) -> Any:
    """调用人是谁，在哪些单位担任什么角色。"""
    user = request.user
    grants = authority(user).grants
    known = Unit.objects.in_bulk([grant.unit_id for grant in grants])
    roles = sorted(grants, key=lambda grant: (grant.path, grant.role))
    return {
        "id": user.pk,
        "username": user.get_username(),
        "name": str(user),
        "roles": [
            {"role": grant.role.value, "label": grant.role.label, "unit": unit_ref(known[grant.unit_id])}
            for grant in roles
        ],
    }
