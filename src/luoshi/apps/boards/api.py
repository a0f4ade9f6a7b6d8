"""Boards over HTTP: the figures that the pages draw."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from luoshi.apps.boards import figures, queries
from luoshi.apps.boards.asking import Asked, asked
from luoshi.apps.boards.keeping import answered
from luoshi.apps.boards.policies import may_see_unit
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.site.api.values import Text

boards = Router(tags=["作战图"])


class BoardQuery(Schema):
    """What a board is asked for."""

    plan: Text = Field("", max_length=10, description="方案编号，不给则为全部")
    tier: Text = Field("", max_length=10, description="档次：congress、work、stretch、basic、incentive")
    period: Text = Field("", max_length=20, description="期别，如 2026-09；不给则各目标取其最近一期")
    as_of: Text = Field("", max_length=40, description="按此时点所知，如 2026-03-04T12:00；不给则为现在")


class BoardStandingOut(Schema):
    """A unit against its share of a target, by the end of a period."""

    target: int
    indicator: str
    unit: str = Field(description="单位代码")
    unit_name: str
    tier: str = Field(description="档次")
    period: str | None
    unit_of_measure: str
    goal: str | None = Field(description="目标值")
    expected: str | None = Field(description="应达")
    actual: str | None = Field(description="完成；空为未报")
    source: str | None = Field(description="数据来源：self-reported、statistics、verified")
    completion: str | None = Field(description="完成比目标")
    ratio: str | None = Field(description="完成比应达")
    light: str | None = Field(description="blue、green、yellow、red、grey；空为无目标")
    words: str
    reason: str = Field(description="灯为何如此")
    observations: list[int] = Field(description="数据的编号")


class BoardPlaceOut(Schema):
    """A unit with the lights of its targets."""

    unit: str
    name: str
    light: str | None = Field(description="最慢一项目标的灯")
    lights: dict[str, int]
    good: int = Field(description="达到进度或已完成的项数")
    judged: int = Field(description="已报的项数")
    place: int | None = Field(description="按达到进度的占比排的位次")
    sentence: str
    url: str


class PrefectureBoardOut(Schema):
    """作战图."""

    period: str
    targets: int
    wholes: dict[str, int] = Field(description="各目标合计的灯")
    places: list[BoardPlaceOut]
    offices: list[BoardPlaceOut]
    worst: list[BoardStandingOut]


class BoardUnitOut(Schema):
    """A unit across the grid."""

    unit: str
    name: str


class GridRowOut(Schema):
    """A target and its units."""

    target: int
    indicator: str
    whole: BoardStandingOut | None
    cells: list[BoardStandingOut | None]


class GridBoardOut(Schema):
    """热力表."""

    period: str
    units: list[BoardUnitOut]
    rows: list[GridRowOut]


class PeriodOut(Schema):
    """A period across the table."""

    period: str
    label: str


class IndicatorRowOut(Schema):
    """A unit over the periods."""

    unit: str
    name: str
    place: int | None
    whole: bool
    cells: list[BoardStandingOut | None]


class IndicatorBoardOut(Schema):
    """One indicator over units and periods."""

    indicator: str
    name: str
    unit_of_measure: str
    target: int | None
    periods: list[PeriodOut]
    rows: list[IndicatorRowOut]


class MonthOut(Schema):
    """A light through the year."""

    period: str
    light: str | None


class UnitRowOut(BoardStandingOut):
    """A target of a unit."""

    since: str | None = Field(description="自何时起是这个灯")
    place: int | None
    of: int
    needed: str | None = Field(description="以后每月需完成")
    forecast: str | None = Field(description="预计年末")
    forecast_low: str | None
    forecast_high: str | None
    months: list[MonthOut]


class UnitBoardOut(Schema):
    """One unit over all its targets."""

    unit: str
    name: str
    period: str
    lights: dict[str, int]
    rows: list[UnitRowOut]


class TurnOut(Schema):
    """A standing before and now."""

    before: BoardStandingOut
    now: BoardStandingOut


class WorseBoardOut(Schema):
    """What turned since the period before."""

    period: str
    worse: list[TurnOut]
    better: list[TurnOut]
    silent: list[TurnOut]


def _asked(request: HttpRequest, query: BoardQuery) -> Asked:
    """The reading of pages, but strict: a program must not get other figures than it asked for."""
    found = asked(request.user, query.dict())
    if found.problems:
        raise HttpError(422, found.problems[0])
    return found


@boards.get(
    "/prefecture",
    response=PrefectureBoardOut,
    summary="各县市和部门的灯",
    description="每个单位各目标的灯、位次，以及最慢的几项；看得到哪些单位与页面一致。",
)
def prefecture(request: HttpRequest, query: Query[BoardQuery]) -> Any:
    """How all units stand, and the worst."""

    def make() -> Any:
        return figures.prefecture_figures(queries.prefecture_board(request.user, _asked(request, query)))

    return answered(request, PrefectureBoardOut, make)


@boards.get(
    "/grid",
    response=GridBoardOut,
    summary="目标乘单位的热力表",
    description="每行一个目标，每格一个单位的进度与灯；`offices` 为真则列部门。",
)
def grid(request: HttpRequest, query: Query[BoardQuery], offices: bool = False) -> Any:
    """Targets by units."""

    def make() -> Any:
        return figures.grid_figures(queries.plan_grid(request.user, _asked(request, query), offices=offices))

    return answered(request, GridBoardOut, make)


@boards.get(
    "/worse",
    response=WorseBoardOut,
    summary="与上一期相比的变化",
    description="灯变差、变好和转为未报的，各附上期与本期。",
)
def worse(request: HttpRequest, query: Query[BoardQuery]) -> Any:
    """What got worse, better, or silent."""

    def make() -> Any:
        return figures.worse_figures(queries.worse_board(request.user, _asked(request, query)))

    return answered(request, WorseBoardOut, make)


@boards.get(
    "/indicators/{indicator_key}",
    response=IndicatorBoardOut,
    summary="一个指标，各单位各期",
    description="指标本年度目标下各单位逐期的完成数与灯；几个目标共用时以 `target` 选择。",
)
def indicator(request: HttpRequest, indicator_key: str, query: Query[BoardQuery], target: int = 0) -> Any:
    """One indicator over units and periods."""

    def make() -> Any:
        row = get_object_or_404(Indicator, key=indicator_key)
        return figures.indicator_figures(queries.indicator_board(request.user, _asked(request, query), row, target))

    return answered(request, IndicatorBoardOut, make)


@boards.get(
    "/units/{unit_key}",
    response=UnitBoardOut,
    summary="一个单位的全部目标",
    description="逐项的进度、灯、自何时起、以后每月需完成和预计年末。",
)
def unit(request: HttpRequest, unit_key: str, query: Query[BoardQuery]) -> Any:
    """One unit over all its targets."""

    def make() -> Any:
        row = get_object_or_404(Unit, key=unit_key)
        if not may_see_unit(request.user, row):
            raise Http404
        return figures.unit_figures(queries.unit_board(request.user, _asked(request, query), row))

    return answered(request, UnitBoardOut, make)
