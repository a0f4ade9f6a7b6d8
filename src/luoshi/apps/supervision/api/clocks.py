"""Clocks over HTTP: those that ship, and an office's own."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from luoshi.apps.supervision import actions, policies
from luoshi.apps.supervision.api.clock_schemas import (
    ClockEditIn,
    ClockIn,
    ClockNewIn,
    ClockOut,
    ClockStopIn,
    clock_values,
)
from luoshi.apps.supervision.models import Clock
from luoshi.site.api.paging import Page, PageQuery, page, page_of

clocks = Router(tags=["督办"])


@clocks.get("", response=Page[ClockOut], summary="办理时限列表")
def list_clocks(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """预置的和本单位的，停用的也在内。"""
    rows = policies.visible_clocks(request.user).select_related("owner").order_by("pk")
    total, items = page_of(rows, query)
    return page(query, total, [clock_values(row) for row in items])


def _clock(request: HttpRequest, clock_id: int) -> Clock:
    found = policies.visible_clocks(request.user).select_related("owner").filter(pk=clock_id).first()
    if found is None:
        raise Http404
    return found


def _values(body: ClockIn) -> dict[str, Any]:
    stages = [stage.model_dump() for stage in body.stages]
    return {"name": body.name, "origin": body.origin, "accept_days": body.accept_days, "stages": stages}


@clocks.post("", response={201: ClockOut}, summary="新建办理时限")
def create_clock(request: HttpRequest, body: ClockNewIn) -> Any:
    """本单位交办时可以选用。"""
    owner = policies.assigning_units(request.user).filter(key=body.owner).first()
    if owner is None:
        raise Http404
    made = actions.create_clock(acting_user=request.user, owner=owner, **_values(body))
    return Status(201, clock_values(made))


@clocks.get("/{int:clock_id}", response=ClockOut, summary="办理时限")
def get_clock(request: HttpRequest, clock_id: int) -> Any:
    """环节和天数。"""
    return clock_values(_clock(request, clock_id))


@clocks.put("/{int:clock_id}", response=ClockOut, summary="修改办理时限")
def edit_clock(request: HttpRequest, clock_id: int, body: ClockEditIn) -> Any:
    """已经交办的，期限不变；预置的不能改。"""
    actions.edit_clock(acting_user=request.user, clock_id=clock_id, revision=body.revision, **_values(body))
    return clock_values(_clock(request, clock_id))


@clocks.post("/{int:clock_id}/stop", response=ClockOut, summary="停用、启用办理时限")
def stop_clock(request: HttpRequest, clock_id: int, body: ClockStopIn) -> Any:
    """停用后交办时不能再选。"""
    actions.stop_clock(acting_user=request.user, clock_id=clock_id, active=body.active, revision=body.revision)
    return clock_values(_clock(request, clock_id))
