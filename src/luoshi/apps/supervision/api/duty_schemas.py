"""What the API of counted duties takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Schema
from pydantic import Field

from luoshi.apps.supervision.models import Duty, DutyEntry, DutyHolder
from luoshi.apps.supervision.queries.duties import DutyBoard
from luoshi.site.api.values import Key, Text, UnitRef, Year, unit_ref


class DutyOut(Schema):
    """A counted duty."""

    id: int
    name: str = Field(description="名称")
    owner: UnitRef = Field(description="主管单位")
    cadence: str = Field(description="周期")
    count: int = Field(description="每期至少")
    measure_word: str = Field(description="量词")
    rule: str = Field(description="说明")
    active: bool = Field(description="启用")


class DutyCellOut(Schema):
    """How often it was done in a period."""

    period: str = Field(description="期别")
    done: int = Field(description="次数")
    least: int | None = Field(description="要求；不计的为空")
    state: str = Field(description="met、running、behind、coming、not-held")


class HolderOut(Schema):
    """A holder over a year."""

    id: int
    unit: UnitRef
    name: str = Field(description="姓名")
    post: str = Field(description="职务")
    total: int = Field(description="全年")
    behind: int = Field(description="未达到的期数")
    cells: list[DutyCellOut]


class DutyBoardOut(DutyOut):
    """A duty over a year."""

    year: int
    holders: list[HolderOut]


class YearQuery(Schema):
    """Which year is asked for."""

    year: Year | None = Field(None, description="年度；不给则为今年")


class EntryIn(Schema):
    """What a holder did."""

    holder: Key = Field(description="履职人编号")
    day: dt.date = Field(description="日期")
    amount: int = Field(1, ge=1, le=366, description="数量")
    text: Text = Field(description="内容", max_length=500)
    place: Text = Field("", description="地点", max_length=120)


class EntryOut(Schema):
    """An entry."""

    id: int
    holder_id: int
    day: dt.date
    amount: int
    place: str
    text: str
    withdrawn: bool = Field(description="已撤销")
    withdrawn_for: str = Field(description="撤销原因")


def duty_values(duty: Duty) -> dict[str, Any]:
    """The values of a ``DutyOut``."""
    names = ("name", "cadence", "count", "measure_word", "rule")
    return {name: getattr(duty, name) for name in names} | {
        "id": duty.pk,
        "owner": unit_ref(duty.owner),
        "active": duty.is_active,
    }


def board_values(board: DutyBoard) -> dict[str, Any]:
    """The values of a ``DutyBoardOut``."""
    return duty_values(board.duty) | {
        "year": board.year,
        "holders": [
            _holder(row.holder)
            | {
                "total": row.total,
                "behind": row.behind,
                "cells": [
                    {"period": str(cell.period), "done": cell.done, "least": cell.least, "state": cell.state.value}
                    for cell in row.cells
                ],
            }
            for row in board.rows
        ],
    }


def _holder(holder: DutyHolder) -> dict[str, Any]:
    return {"id": holder.pk, "unit": unit_ref(holder.unit), "name": holder.name, "post": holder.post}


def entry_values(entry: DutyEntry) -> dict[str, Any]:
    """The values of an ``EntryOut``."""
    names = ("holder_id", "day", "amount", "place", "text", "withdrawn_for")
    return {name: getattr(entry, name) for name in names} | {
        "id": entry.pk,
        "withdrawn": entry.withdrawn_at is not None,
    }
