"""Allocations over HTTP; thin over ``queries`` and ``actions``."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from luoshi.apps.plans.models import Target
from luoshi.apps.targets import actions, queries
from luoshi.apps.targets.errors import Closed, Invalid, Stale
from luoshi.apps.targets.queries.grid import Grid
from luoshi.apps.targets.views.common import place
from luoshi.site.api.values import Key, Moment, Text, UnitRef, figure, unit_ref

TAG = "目标分解"


class ShareOut(Schema):
    """One share."""

    period: str = Field(description="期别，如 2026Q1")
    value: str | None = Field(description="数值，空白为 null")
    joint: str = Field(description="共同承担的标记，相同的合为一个数，只计一次")


class ShareRowOut(Schema):
    """What one unit carries."""

    unit: UnitRef
    cells: list[ShareOut]


class AllocationOut(Schema):
    """目标分解."""

    target: int
    unit: UnitRef = Field(description="分解单位")
    revision: int = Field(description="修改时须原样送回")
    state: Literal["none", "draft", "adopted"] = Field(description="none 未分解、draft 草稿、adopted 已下达")
    version: int | None = Field(description="版次")
    cadence: str = Field(description="周期")
    cumulative: bool = Field(description="后一期是否包含前一期")
    adopted_at: dt.datetime | None
    reason: str
    unit_of_measure: str
    total: str | None = Field(description="可分解的总数")
    printed_total: str | None = Field(description="附表所印的合计")
    given_out: str | None = Field(description="已分；比率和只看得到部分单位时为 null")
    left_over: str | None = Field(description="未分")
    over: str | None = Field(description="超分")
    partial: bool = Field(description="是否只列出调用人看得到的单位")
    rows: list[ShareRowOut]


class AllocationQuery(Schema):
    """Whose sharing out, and as known when."""

    unit: Text = Field("", max_length=64, description="分解单位的代码，默认为发文单位")
    as_of: Moment | None = Field(None, description="当时已下达的；只给日期的为当日终了")


class ShareIn(Schema):
    """A cell to be changed."""

    unit: Key
    period: Text = Field(max_length=10)
    value: Text | None = Field(None, max_length=40, description="数值；null 或空为空白")


class AllocationIn(Schema):
    """Changes of the draft."""

    unit: Text = Field("", max_length=64, description="分解单位的代码，默认为发文单位")
    revision: int = Field(ge=0, le=2**31 - 1, description="所见的 revision；他人已改的，答 409")
    cadence: Literal["yearly", "half-yearly", "quarterly", "monthly", "ten-daily", "weekly"] | None = None
    cumulative: bool | None = None
    add_units: list[Key] = Field(default_factory=list, max_length=500)
    remove_units: list[Key] = Field(default_factory=list, max_length=500)
    cells: list[ShareIn] = Field(default_factory=list, max_length=5000)


def _row(grid: Grid) -> dict[str, Any]:
    version = grid.version
    state = "none" if version is None else "draft" if grid.is_draft else "adopted"
    sums = grid.sums
    return {
        "target": grid.target.pk,
        "unit": unit_ref(grid.unit),
        "revision": grid.revision,
        "state": state,
        "version": version.ordinal if version else None,
        "cadence": version.cadence if version else "yearly",
        "cumulative": version.cumulative if version else True,
        "adopted_at": version.adopted_at if version else None,
        "reason": version.reason if version else "",
        "unit_of_measure": grid.target.unit_of_measure,
        "total": figure(grid.total),
        "printed_total": figure(grid.printed_total),
        "given_out": figure(sums.given_out) if sums else None,
        "left_over": figure(sums.left_over) if sums else None,
        "over": figure(sums.over) if sums else None,
        "partial": grid.partial,
        "rows": [
            {
                "unit": unit_ref(row.unit),
                "cells": [
                    {"period": cell.period, "value": figure(cell.value), "joint": cell.joint} for cell in row.cells
                ],
            }
            for row in grid.rows
        ],
    }


def add_allocations(targets: Router) -> None:
    """Put the allocation of a target below ``/targets``."""

    @targets.get("/{int:target_id}/allocation", response=AllocationOut, summary="目标的分解", tags=[TAG])
    def get_allocation(request: HttpRequest, target_id: int, query: Query[AllocationQuery]) -> Any:
        """能修改的人得到草稿，其他人得到已下达的；只列出调用人看得到的单位。"""
        target, unit = place(request, target_id, {"unit": query.unit})
        return _row(queries.allocation_grid(request.user, target, unit, as_of=query.as_of))

    @targets.patch("/{int:target_id}/allocation", response=AllocationOut, summary="修改分解草稿", tags=[TAG])
    def patch_allocation(request: HttpRequest, target_id: int, body: AllocationIn) -> Any:
        """改草稿里的格、单位和周期；已下达后的第一次修改，从现行的分解起草。"""
        target, unit = place(request, target_id, {"unit": body.unit})
        changes = [actions.CellChange(cell.unit, cell.period, cell.value or "") for cell in body.cells]
        try:
            actions.save_shares(
                acting_user=request.user,
                target=target,
                unit=unit,
                revision=body.revision,
                changes=changes,
                add_units=body.add_units,
                remove_units=body.remove_units,
                cadence=body.cadence,
                cumulative=body.cumulative,
            )
        except (Stale, Closed) as error:
            raise HttpError(409, str(error)) from error
        except Invalid as error:
            raise HttpError(422, str(error)) from error
        fresh = Target.objects.select_related("plan__owner").get(pk=target.pk)
        return _row(queries.allocation_grid(request.user, fresh, unit))
