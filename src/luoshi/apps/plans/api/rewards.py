"""奖补规则 of plans over HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Schema
from ninja.errors import HttpError
from pydantic import Field

from luoshi.apps.plans import policies, rewards
from luoshi.apps.plans.api.routers import plans
from luoshi.apps.plans.errors import RewardChanged
from luoshi.apps.plans.models import Plan, Recurrence, RewardRule, RewardState
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.values import Text, figure

Figure = Decimal | None


class RewardQuery(PageQuery):
    """Which rules are asked for."""

    state: Literal[tuple(RewardState.values)] | None = Field(None, description="状态")  # type: ignore[valid-type]


class RewardOut(Schema):
    """A rule of reward."""

    id: int
    condition: str = Field(description="条件")
    word: str = Field(description="方式：奖励、补助、贴息等")
    amount: str | None = Field(description="标准；只写了最高的为空")
    amount_max: str | None = Field(description="标准上限")
    unit_of_measure: str = Field(description="计量单位")
    basis: str = Field(description="比例的基数")
    cap: str | None = Field(description="最高，元")
    recurrence: str = Field(description="once 一次性，yearly 每年，空为未写明")
    words: str = Field(description="一句话")
    state: str = Field(description="draft、confirmed、rejected；无权管理方案的只见 confirmed")
    text: str = Field(description="原句")
    line: int = Field(description="行")
    spans: list[list[int]] = Field(description="[行, 起, 止]")
    version: int = Field(description="版次")
    document: int = Field(description="文件编号")
    certainty: float | None = Field(description="把握")
    revision: int


class RewardEditIn(Schema):
    """A correction, which confirms the rule."""

    condition: Text = Field("", max_length=300, description="条件")
    word: Text = Field(max_length=10, min_length=1, description="方式")
    amount: Figure = Field(None, ge=0, lt=10**15, max_digits=21, decimal_places=6, description="标准")
    amount_max: Figure = Field(None, ge=0, lt=10**15, max_digits=21, decimal_places=6, description="标准上限")
    unit_of_measure: Text = Field("元", max_length=20, description="计量单位")
    basis: Text = Field("", max_length=60, description="比例的基数")
    cap: Figure = Field(None, ge=0, lt=10**15, max_digits=21, decimal_places=6, description="最高，元")
    recurrence: Literal[tuple(Recurrence.values)] = Field("", description="频次")  # type: ignore[valid-type]
    revision: int | None = Field(None, description="看到的修订号；不符的答 409")


class RewardDecideIn(Schema):
    """What is said of a rule."""

    state: Literal[tuple(RewardState.values)] = Field(description="状态")  # type: ignore[valid-type]
    revision: int = Field(description="看到的修订号；不符的答 409")


class RewardsReadOut(Schema):
    """What reading brought."""

    fresh: int = Field(description="新读出的条数")
    gone: int = Field(description="原文已不再列入的条数")


def _plan(request: HttpRequest, plan_id: int) -> Plan:
    return get_object_or_404(policies.visible_plans(request.user).select_related("owner"), pk=plan_id)


def _values(row: RewardRule) -> dict[str, Any]:
    names = ("condition", "word", "unit_of_measure", "basis", "recurrence", "state", "text", "line", "spans")
    numbers = {
        name: figure(value) if (value := getattr(row, name)) is not None else None
        for name in ("amount", "amount_max", "cap")
    }
    return (
        {name: getattr(row, name) for name in names}
        | numbers
        | {
            "id": row.pk,
            "words": rewards.words_of(row),
            "version": row.version.ordinal,
            "document": row.version.document_id,
            "certainty": row.certainty,
            "revision": row.revision,
        }
    )


def _one(request: HttpRequest, plan: Plan, rule_id: int) -> dict[str, Any]:
    rows = rewards.visible_rewards(request.user, plan).select_related("version")
    return _values(get_object_or_404(rows, pk=rule_id))


@plans.get("/{int:plan_id}/rewards", response=Page[RewardOut], summary="方案的奖补规则")
def list_rewards(request: HttpRequest, plan_id: int, query: Query[RewardQuery]) -> Any:
    """按原文次序。"""
    rows = rewards.visible_rewards(request.user, _plan(request, plan_id)).select_related("version")
    if query.state:
        rows = rows.filter(state=query.state)
    total, items = page_of(rows.order_by("line", "pk"), query)
    return page(query, total, [_values(row) for row in items])


@plans.post("/{int:plan_id}/rewards/read", response=RewardsReadOut, summary="读取奖补规则")
def read_rewards(request: HttpRequest, plan_id: int) -> Any:
    """从现行版本读出，待人确认。"""
    fresh, gone = rewards.read_rewards(acting_user=request.user, plan=_plan(request, plan_id))
    return {"fresh": fresh, "gone": gone}


@plans.put("/{int:plan_id}/rewards/{int:rule_id}", response=RewardOut, summary="更正奖补规则")
def edit_reward(request: HttpRequest, plan_id: int, rule_id: int, body: RewardEditIn) -> Any:
    """更正即确认。"""
    plan = _plan(request, plan_id)
    values = body.model_dump(exclude={"revision"})
    try:
        rewards.edit_reward(acting_user=request.user, plan=plan, rule_id=rule_id, values=values, revision=body.revision)
    except RewardChanged as error:
        raise HttpError(409, str(error)) from error
    return _one(request, plan, rule_id)


@plans.post("/{int:plan_id}/rewards/{int:rule_id}/decide", response=RewardOut, summary="确认奖补规则")
def decide_reward(request: HttpRequest, plan_id: int, rule_id: int, body: RewardDecideIn) -> Any:
    """确认、不是奖补，或退回待确认。"""
    plan = _plan(request, plan_id)
    try:
        rewards.decide_rewards(acting_user=request.user, plan=plan, rules={rule_id: body.revision}, state=body.state)
    except RewardChanged as error:
        raise HttpError(409, str(error)) from error
    return _one(request, plan, rule_id)
