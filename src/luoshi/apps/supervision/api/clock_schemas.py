"""What the API of clocks takes and gives."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from luoshi.apps.supervision.api.order_schemas import From
from luoshi.apps.supervision.clocks import MOST_DAYS, MOST_MONTHS, MOST_STAGES, TITLE_LENGTH, read_stages, words_of
from luoshi.apps.supervision.models import Clock
from luoshi.periods import Shift
from luoshi.site.api.values import Text, UnitRef, unit_ref

Shifts = Literal[tuple(shift.value for shift in Shift)]  # type: ignore[valid-type]


class ClockStageIn(Schema):
    """One stage: so many days (or working days) or months after the day of assignment."""

    title: Text = Field(description="环节", max_length=TITLE_LENGTH)
    days: int = Field(0, ge=0, le=MOST_DAYS, description="几日内；与 months 二者取一")
    months: int = Field(0, ge=0, le=MOST_MONTHS, description="几个月内")
    working: bool = Field(False, description="按工作日")
    shift: Shifts = Field(Shift.NONE.value, description="遇休息日：none 不动，next-working-day 顺延")


class ClockIn(Schema):
    """A clock of an office."""

    name: Text = Field(description="名称", max_length=80)
    origin: From | Literal[""] = Field("", description="用于哪类事项；空为各类")
    accept_days: int = Field(1, ge=1, le=30, description="几个工作日内签收")
    stages: list[ClockStageIn] = Field(description="环节", min_length=1, max_length=MOST_STAGES)


class ClockNewIn(ClockIn):
    """A new one."""

    owner: Text = Field(description="单位代码", max_length=64)


class ClockEditIn(ClockIn):
    """A change."""

    revision: int | None = Field(None, description="看到的修订号；不符的答 409")


class ClockStopIn(Schema):
    """Stopping, or taking up again."""

    active: bool = Field(False, description="真为重新启用")
    revision: int | None = Field(None, description="看到的修订号；不符的答 409")


class ClockOut(Schema):
    """A clock."""

    id: int
    key: str = Field(description="代码，交办时写在 clock 里")
    name: str = Field(description="名称")
    owner: UnitRef | None = Field(description="单位；预置的为空")
    origin: str = Field(description="用于哪类事项；空为各类")
    accept_days: int = Field(description="几个工作日内签收")
    stages: list[ClockStageIn]
    words: str = Field(description="一句话")
    active: bool = Field(description="启用")
    revision: int


def clock_values(clock: Clock) -> dict[str, Any]:
    """The values of a ``ClockOut``."""
    stages = read_stages(clock.stages)
    parts = ("title", "days", "months", "working")
    names = ("key", "name", "origin", "accept_days", "revision")
    return {name: getattr(clock, name) for name in names} | {
        "id": clock.pk,
        "owner": unit_ref(clock.owner) if clock.owner is not None else None,
        "stages": [{name: getattr(one, name) for name in parts} | {"shift": one.shift.value} for one in stages],
        "words": words_of(stages),
        "active": clock.is_active,
    }
