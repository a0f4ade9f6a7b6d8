"""Indicators and observations over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from luoshi.apps.indicators import policies, queries
from luoshi.apps.indicators.models import Indicator, Observation
from luoshi.apps.indicators.queries.observations import known_at
from luoshi.apps.organisations.models import Unit
from luoshi.periods import Cadence, Period, PeriodError
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.values import Key, Moment, Text, UnitRef, figure, unit_ref

indicators = Router(tags=["指标"])
observations = Router(tags=["数据"])

Source = Literal["self-reported", "statistics", "verified"]
_AS_OF = Field(None, description="按此时点所知，如 2026-03-04T12:00；不给则为现在")


class IndicatorRef(Schema):
    """An indicator where it is mentioned."""

    key: str = Field(description="代码")
    name: str = Field(description="名称")
    unit_of_measure: str = Field(description="计量单位")


class IndicatorOut(IndicatorRef):
    """指标."""

    kind: str = Field(description="性质：stock、flow、cumulative、rate、rank")
    direction: str = Field(description="方向：higher、lower、none")
    unit_aggregation: str = Field(description="单位间汇总")
    time_aggregation: str = Field(description="时间上汇总")
    decimals: int
    formula: dict[str, str] | None = Field(description="公式，参与计算的指标以代码表示")
    weight: str | None = Field(description="权数指标的代码")
    cadence: str = Field(description="周期，空为不限")
    owner: UnitRef
    data_source: str
    definition: str = Field(description="口径")
    merged_into: str | None = Field(description="已并入的指标的代码")
    is_active: bool
    revision: int


class IndicatorQuery(PageQuery):
    """Which indicators."""

    q: Text = Field("", max_length=60, description="名称、口径中的字")
    kind: Text = Field("", max_length=10, description="性质")
    owner: Text = Field("", max_length=64, description="主管单位的代码")
    merged: bool = Field(False, description="也要已并入和已停用的")


class ObservationOut(Schema):
    """A value as one source gives it."""

    id: int
    indicator: IndicatorRef
    unit: UnitRef
    period: str
    first_day: dt.date
    last_day: dt.date
    value: str
    source: Source
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None
    origin: str = Field(description="出处")
    origin_id: int | None
    origin_cell: str
    note: str


class ObservationQuery(PageQuery):
    """Which values."""

    indicator: Text = Field("", max_length=64, description="指标的代码")
    unit: Key | None = Field(None, description="单位")
    below: Key | None = Field(None, description="此单位及其下级")
    period: Text = Field("", max_length=10, description="期别，如 2026-02")
    first: dt.date | None = Field(None, description="不早于此日起")
    last: dt.date | None = Field(None, description="不晚于此日止")
    source: Source | None = Field(None, description="来源")
    as_of: Moment | None = _AS_OF


class RolledUpQuery(Schema):
    """Of which unit, period and moment."""

    unit: Key | None = Field(None, description="单位，连同其下级；不给则为指标的主管单位")
    period: Text = Field("", max_length=10, description="期别；不给则为上月")
    as_of: Moment | None = _AS_OF


class RolledUpOut(Schema):
    """The value of an indicator for a unit and all below it."""

    indicator: IndicatorRef
    unit: UnitRef
    period: str
    value: str | None = Field(description="汇总数；无从得出时为空")
    own: str | None = Field(description="单位自己的数")
    way: str = Field(description="汇总办法")
    reported: int = Field(description="计入的单位数")
    expected: int = Field(description="应报的单位数")
    missing: list[UnitRef] = Field(description="未报的单位")
    words: str = Field(description="怎样得来")


def _indicator_ref(row: Indicator) -> dict[str, Any]:
    return {"key": row.key, "name": row.name, "unit_of_measure": row.unit_of_measure}


def _indicator_row(row: Indicator) -> dict[str, Any]:
    return _indicator_ref(row) | {
        "kind": row.kind,
        "direction": row.direction,
        "unit_aggregation": row.unit_aggregation,
        "time_aggregation": row.time_aggregation,
        "decimals": row.decimals,
        "formula": row.formula,
        "weight": row.weight.key if row.weight else None,
        "cadence": row.cadence,
        "owner": unit_ref(row.owner),
        "data_source": row.data_source,
        "definition": row.definition,
        "merged_into": row.merged_into.key if row.merged_into else None,
        "is_active": row.is_active,
        "revision": row.revision,
    }


def _observation_row(row: Observation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "indicator": _indicator_ref(row.indicator),
        "unit": unit_ref(row.unit),
        "period": row.period,
        "first_day": row.first_day,
        "last_day": row.last_day,
        "value": figure(row.value),
        "source": row.source,
        "recorded_at": row.recorded_at,
        "superseded_at": row.superseded_at,
        "origin": row.origin,
        "origin_id": row.origin_id,
        "origin_cell": row.origin_cell,
        "note": row.note,
    }


def _indicators(user: Any) -> QuerySet[Indicator]:
    return policies.visible_indicators(user).select_related("owner", "weight", "merged_into")


@indicators.get("", response=Page[IndicatorOut], summary="指标目录")
def list_indicators(request: HttpRequest, query: Query[IndicatorQuery]) -> Any:
    """指标目录，登录的人都可查。"""
    found = _indicators(request.user).order_by("name", "pk")
    if not query.merged:
        found = found.filter(merged_into=None, is_active=True)
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.owner:
        found = found.filter(owner__key=query.owner)
    for word in query.q.split()[:5]:
        found = found.filter(name__icontains=word)
    total, items = page_of(found, query)
    return page(query, total, [_indicator_row(row) for row in items])


@indicators.get("/{slug:indicator_key}", response=IndicatorOut, summary="指标")
def get_indicator(request: HttpRequest, indicator_key: str) -> Any:
    """一项指标。"""
    return _indicator_row(get_object_or_404(_indicators(request.user), key=indicator_key))


@indicators.get("/{slug:indicator_key}/rolled-up", response=RolledUpOut, summary="汇总数")
def get_rolled_up(request: HttpRequest, indicator_key: str, query: Query[RolledUpQuery]) -> Any:
    """一项指标在一个单位及其下级的汇总数；未报的单位逐一列出，不按零计算。"""
    indicator = get_object_or_404(_indicators(request.user), key=indicator_key)
    wanted = indicator.owner_id if query.unit is None else query.unit
    unit = get_object_or_404(policies.units_seen(request.user, indicator), pk=wanted)
    last_month = Period.containing(timezone.localdate(), Cadence.MONTHLY).previous()
    try:
        period = str(Period.parse(query.period) if query.period else last_month)
    except PeriodError as error:
        raise HttpError(422, f"{error}。") from error
    found = queries.rolled_up(
        indicators=[indicator], unit=unit, periods=[period], as_of=query.as_of
    )[indicator.pk, period]  # fmt: skip
    return {
        "indicator": _indicator_ref(indicator),
        "unit": unit_ref(unit),
        "period": period,
        "value": None if found.value is None else figure(round(found.value, 6)),
        "own": None if found.own is None else figure(found.own.value),
        "way": found.way,
        "reported": found.reported,
        "expected": found.expected,
        "missing": [unit_ref(row) for row in Unit.objects.filter(pk__in=found.missing).order_by("path")],
        "words": found.words,
    }


@observations.get("", response=Page[ObservationOut], summary="数据")
def list_observations(request: HttpRequest, query: Query[ObservationQuery]) -> Any:
    """各来源的数，按所给时点所知；已并入的指标的数也在其中。次序：指标、期别、单位。"""
    as_of = query.as_of
    found = policies.visible_observations(request.user).filter(known_at(as_of)).select_related("indicator", "unit")
    if query.indicator:
        asked = Indicator.objects.filter(key=query.indicator).values_list("pk", flat=True)
        found = found.filter(indicator__in=queries.with_merged(asked, as_of)[0])
    if query.unit is not None:
        found = found.filter(unit=query.unit)
    if query.below is not None:
        top = Unit.objects.filter(pk=query.below).values_list("path", flat=True).first()
        found = found.filter(unit__path__startswith=top) if top else found.none()
    if query.period:
        found = found.filter(period=query.period)
    if query.first is not None:
        found = found.filter(first_day__gte=query.first)
    if query.last is not None:
        found = found.filter(last_day__lte=query.last)
    if query.source is not None:
        found = found.filter(source=query.source)
    total, items = page_of(found.order_by("indicator_id", "first_day", "unit_id", "pk"), query)
    return page(query, total, [_observation_row(row) for row in items])
