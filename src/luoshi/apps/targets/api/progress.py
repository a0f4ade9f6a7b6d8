"""How far targets are, what the year will end with, and the thresholds of the lights, over HTTP."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from luoshi import progress
from luoshi.apps.plans.models import Plan, Target
from luoshi.apps.plans.policies import visible_plans, visible_targets
from luoshi.apps.targets import actions, queries
from luoshi.apps.targets.errors import Invalid, Stale
from luoshi.apps.targets.models import ProgressRule
from luoshi.apps.targets.queries.standings import Standings
from luoshi.periods import Period, PeriodError
from luoshi.site.api.values import Moment, Text, UnitRef, figure, unit_ref

TAG = "目标进度"
LightName = Literal["blue", "green", "yellow", "red", "grey"]


class ForecastOut(Schema):
    """全年预测."""

    value: str
    low: str | None = Field(description="区间下限；给不出区间时为 null")
    high: str | None = Field(description="区间上限")
    method: str = Field(
        description="办法：seasonal 往年同期占比、trajectory 时序进度、growth 同比增长、last 保持现值、"
        "usual-change 往年同期变动、trend 今年变动速度、final 全年已报齐"
    )
    backtest_error: str | None = Field(description="用往年数据回测的平均误差；relative 时为占实际数的比例")
    relative: bool
    outlook: Literal["sure", "likely", "unlikely", "short"] | None = Field(
        description="sure 预计可以完成、likely 有望完成、unlikely 完成有困难、short 预计完不成"
    )
    basis: str = Field(description="依据，可直接给用户看")


class StandingOut(Schema):
    """一个单位的进度."""

    unit: UnitRef
    goal: str | None = Field(description="目标；没有下达的为 null")
    expected: str | None = Field(description="按时序应达")
    actual: str | None = Field(description="完成；未报为 null")
    source: str = Field(description="数据来源；多个来源时为空")
    observations: list[int] = Field(description="数据的编号")
    completion: str | None = Field(description="完成数比目标；控制类指标倒过来算")
    ratio: str | None = Field(description="完成数比应达数")
    light: LightName | None = Field(description="没有目标的单位为 null")
    reason: str = Field(description="为什么是这个灯")
    gap: str | None = Field(description="距目标还差；已达到的为负数或 0")
    gap_to_schedule: str | None = Field(description="距应达还差")
    needed_monthly: str | None = Field(description="今后每月需完成；控制类指标为每月最多")
    turned: str | None = Field(description="从哪一期起是这个灯")
    joint: bool = Field(description="是否与其他单位合并承担")
    partners: str
    forecast: ForecastOut | None


class ProgressOut(Schema):
    """目标进度."""

    target: int
    tier: str = Field(description="档次，进度都按这一档")
    period: str | None = Field(description="截至；目标没有对应指标时为 null")
    indicator: str | None = Field(description="指标代码")
    unit_of_measure: str
    green: str = Field(description="绿灯下限，1 为应达数的全部")
    yellow: str = Field(description="黄灯下限")
    whole: StandingOut | None = Field(description="发文单位；调用人看不到全部单位时为 null")
    units: list[StandingOut]


class ProgressQuery(Schema):
    """By the end of which period, and as known when."""

    period: Text = Field("", max_length=10, description="期别，如 2026-06；默认为多数单位已报的最近一期")
    as_of: Moment | None = Field(None, description="当时已知的；只给日期的为当日终了")


class LightsOut(Schema):
    """亮灯标准."""

    plan: int
    green: str = Field(description="绿灯下限，1 为应达数的全部")
    yellow: str = Field(description="黄灯下限")
    assumed: bool = Field(description="是否为系统假定")
    reason: str
    set_at: dt.datetime | None
    revision: int = Field(description="修改时须原样送回")


class LightsIn(Schema):
    """A choice of thresholds."""

    revision: int = Field(ge=0, le=2**31 - 1, description="所见的 revision；他人已改的，答 409")
    green: Decimal = Field(gt=0, le=2, max_digits=5, decimal_places=4)
    yellow: Decimal = Field(gt=0, le=2, max_digits=5, decimal_places=4)
    reason: Text = Field(min_length=1, max_length=300)


def forecast_row(told: progress.Forecast | None) -> dict[str, Any] | None:
    """The values of a ``ForecastOut``."""
    if told is None:
        return None
    return {
        "value": figure(_rounded(told.value)),
        "low": figure(_rounded(told.low)),
        "high": figure(_rounded(told.high)),
        "method": told.method.value,
        "backtest_error": figure(_rounded(told.backtest_error)),
        "relative": told.relative,
        "outlook": told.outlook,
        "basis": told.basis,
    }


def _rounded(value: Decimal | None) -> Decimal | None:
    """A quotient is kept to six places, as values are."""
    return None if value is None else round(value, 6)


def standing_row(one: queries.Standing, found: Standings, told: progress.Forecast | None) -> dict[str, Any]:
    """The values of a ``StandingOut``."""
    turned = found.turned(one.target_id, one.unit_id, one.period)
    return {
        "unit": unit_ref(one.unit),
        "goal": figure(one.goal),
        "expected": figure(one.expected),
        "actual": figure(one.actual),
        "source": one.source,
        "observations": list(one.observation_ids),
        "completion": figure(_rounded(one.completion)),
        "ratio": figure(_rounded(one.ratio)),
        "light": one.light,
        "reason": one.reason,
        "gap": figure(one.gap),
        "gap_to_schedule": figure(one.gap_to_schedule),
        "needed_monthly": figure(_rounded(one.needed_speed())),
        "turned": str(turned) if turned else None,
        "joint": one.joint,
        "partners": one.partners,
        "forecast": forecast_row(told),
    }


def add_progress(targets: Router) -> None:
    """Put the progress of a target below ``/targets``."""

    @targets.get("/{int:target_id}/progress", response=ProgressOut, summary="目标的进度", tags=[TAG])
    def get_progress(request: HttpRequest, target_id: int, query: Query[ProgressQuery]) -> Any:
        """各单位的完成、应达、灯、差距、全年预测和今后每月需完成；只列出调用人看得到的单位。"""
        seen = visible_targets(request.user, retired=True).select_related("plan__owner")
        target: Target = get_object_or_404(seen, pk=target_id)
        found = queries.standings_seen(request.user, [target], as_of=query.as_of)
        measured = found.measured[target.pk]
        period = found.period_of(target.pk)
        if query.period:
            try:
                period = Period.parse(query.period)
            except PeriodError as error:
                raise HttpError(422, str(error)) from error
            if measured.year is not None and period.last_day.year != measured.year:
                raise HttpError(422, f"目标是{measured.year}年的，没有这一期。")
        told = queries.forecasts(found, until=period) if period else {}
        whole = found.whole(target.pk, period)
        rows = found.of_target(target.pk, period)
        return {
            "target": target.pk,
            "tier": target.get_tier_display() or "未分档",
            "period": str(period) if period and measured.indicator else None,
            "indicator": measured.indicator.key if measured.indicator else None,
            "unit_of_measure": target.unit_of_measure,
            "green": figure(measured.thresholds.green),
            "yellow": figure(measured.thresholds.yellow),
            "whole": standing_row(whole, found, told.get((target.pk, whole.unit_id))) if whole else None,
            "units": [standing_row(one, found, told.get((target.pk, one.unit_id))) for one in rows],
        }


def _lights_row(plan: Plan) -> dict[str, Any]:
    rule = ProgressRule.objects.filter(plan=plan).first()
    limits = progress.Thresholds(rule.green, rule.yellow) if rule else progress.Thresholds()
    return {
        "plan": plan.pk,
        "green": figure(limits.green),
        "yellow": figure(limits.yellow),
        "assumed": rule is None,
        "reason": rule.reason if rule else "",
        "set_at": rule.set_at if rule else None,
        "revision": rule.revision if rule else 0,
    }


def add_lights(plans: Router) -> None:
    """Put the thresholds of a plan's lights below ``/plans``."""

    def plan_of(request: HttpRequest, plan_id: int) -> Plan:
        return get_object_or_404(visible_plans(request.user).select_related("owner"), pk=plan_id)

    @plans.get("/{int:plan_id}/lights", response=LightsOut, summary="方案的亮灯标准", tags=[TAG])
    def get_lights(request: HttpRequest, plan_id: int) -> Any:
        """没有设定过的为系统假定：绿灯 1、黄灯 0.9。"""
        return _lights_row(plan_of(request, plan_id))

    @plans.patch("/{int:plan_id}/lights", response=LightsOut, summary="设定亮灯标准", tags=[TAG])
    def patch_lights(request: HttpRequest, plan_id: int, body: LightsIn) -> Any:
        """发文单位的统筹办、系统管理员和牵头单位可以设定；黄灯下限须小于绿灯下限。"""
        plan = plan_of(request, plan_id)
        try:
            actions.set_thresholds(
                acting_user=request.user,
                plan=plan,
                green=body.green,
                yellow=body.yellow,
                reason=body.reason,
                revision=body.revision,
            )
        except Stale as error:
            raise HttpError(409, str(error)) from error
        except Invalid as error:
            raise HttpError(422, str(error)) from error
        return _lights_row(plan)
