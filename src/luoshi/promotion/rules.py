"""The counting rules as data, each with where it is printed and what was assumed beyond it.

Printed: annex 2 (说明), annex 5 (note 2), annexes 6 and 7 of the plan of 2023. Assumed, because nothing is printed:
an activity counts in the period in which it ends; a joint trip with a prefecture leader counts for each county, one
with a top leader for its first host alone; a project of 10 亿 counts among those of 5 亿, too (其中); a project in
negotiation counts for the year as soon as it was negotiated in it (累计).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from luoshi.promotion.model import ActivityKind, Rank, Scope, Where
from luoshi.promotion.stages import Stage

YI = Decimal(100_000_000)

#: What must be on file before a lead may stand in a stage: any one of the kinds (form 3, note 2).
EVIDENCE_FOR: dict[Stage, frozenset[str]] = {
    Stage.NEGOTIATING: frozenset({"intent", "proposal"}),
    Stage.SIGNED: frozenset({"agreement"}),
}
#: What shows that an activity took place: any one of them (方案、总结或信息、外出报备表).
ACTIVITY_EVIDENCE = frozenset({"plan", "summary", "news", "filing"})


class Joint(StrEnum):
    """For whom a joint activity counts."""

    EACH = "each"  # for every host
    ONCE = "once"  # for its first host alone


@dataclass(frozen=True, slots=True)
class Form:
    """One form of activity that counts. ``own_head``: the head of the very host must take part."""

    kind: ActivityKind
    least_rank: Rank = Rank.OTHER
    least_firms: int = 0
    least_where: Where = Where.PREFECTURE
    own_head: bool = False


@dataclass(frozen=True, slots=True)
class ActivityRule:
    """What counts for a figure: any one of the forms. ``source``: where the rule is printed."""

    key: str
    title: str
    scope: Scope
    forms: tuple[Form, ...]
    source: str
    joint: Joint = Joint.EACH
    evidence: frozenset[str] = ACTIVITY_EVIDENCE


class Moment(StrEnum):
    """When a project must have been in the stage."""

    WITHIN = "within"  # reached in the period
    DURING = "during"  # in it at any time from the year's beginning


@dataclass(frozen=True, slots=True)
class DealRule:
    """Which projects count for a figure; ``least`` in 元."""

    key: str
    title: str
    scope: Scope
    stage: Stage
    moment: Moment
    least: Decimal
    evidence: frozenset[str]
    source: str


_IN, _OUT = ActivityKind.INBOUND, ActivityKind.OUTBOUND
_G, _T = Scope.GROUP, Scope.TERRITORY
_NOTE = "附件2说明"

ACTIVITY_RULES: tuple[ActivityRule, ...] = (
    ActivityRule(
        "activities",
        "自行组织招商活动",
        _G,
        (Form(_OUT), Form(_IN, Rank.STATE, 10)),
        f"{_NOTE}1、2：有州级领导出席、10户以上州外企业参加的推介会，或者赴州外招商；联办的都可计",
    ),
    ActivityRule("trips", "自行组织外出招商", _G, (Form(_OUT),), "附件7：外出招商次数；只计走出去"),
    ActivityRule(
        "top-leader-trips",
        "促成州级党政“一把手”省外招商",
        _G,
        (Form(_OUT, Rank.TOP, least_where=Where.COUNTRY),),
        f"{_NOTE}2：不在不同招商组之间重复统计",
        Joint.ONCE,
    ),
    ActivityRule(
        "head-trips",
        "党政“一把手”州外招商",
        _T,
        (Form(_OUT, Rank.HEAD, own_head=True),),
        "附件1、附件6：党政“一把手”带队外出招商",
    ),
    ActivityRule(
        "head-trips-far",
        "党政“一把手”省外招商",
        _T,
        (Form(_OUT, Rank.HEAD, least_where=Where.COUNTRY, own_head=True),),
        "附件1：其中省外",
    ),
    ActivityRule(
        "state-leader-trips",
        "促成州级领导省外招商",
        _T,
        (Form(_OUT, Rank.STATE, least_where=Where.COUNTRY),),
        "附件1、附件6：促成州级领导外出招商；州级党政“一把手”也是州级领导",
    ),
    ActivityRule(
        "top-leader-trips",
        "促成州级党政“一把手”省外招商",
        _T,
        (Form(_OUT, Rank.TOP, least_where=Where.COUNTRY),),
        "附件1、附件6；联办的只计牵头单位，比照附件2说明2",
        Joint.ONCE,
    ),
)

_AGREEMENT = EVIDENCE_FOR[Stage.SIGNED]
_INTENT = EVIDENCE_FOR[Stage.NEGOTIATING] | _AGREEMENT


def _signed(key: str, title: str, scope: Scope, yi: int, source: str) -> DealRule:
    return DealRule(key, title, scope, Stage.SIGNED, Moment.WITHIN, yi * YI, _AGREEMENT, source)


DEAL_RULES: tuple[DealRule, ...] = (
    _signed("signed", "新签约项目", _T, 0, "附件6：项目投资协议或合同文本"),
    _signed("signed-1", "新签约1亿元以上项目", _T, 1, "附件6：项目投资协议或合同文本"),
    _signed("major-5", "引进5亿元以上项目", _T, 5, "附件1、附件6"),
    _signed("major-10", "引进10亿元以上项目", _T, 10, "附件1、附件6"),
    DealRule(
        "negotiating-5",
        "在谈5亿元以上项目",
        _G,
        Stage.NEGOTIATING,
        Moment.DURING,
        5 * YI,
        _INTENT,
        "附件7：投资意向书或建议书；本年内处于过在谈的都计",
    ),
    _signed("signed-5", "新签约5亿元以上项目", _G, 5, "附件7：项目投资协议或合同文本"),
    _signed("major-5", "引进5亿元以上项目", _G, 5, "附件2、附件7"),
    _signed("major-10", "引进10亿元以上项目", _G, 10, "附件2、附件7"),
)


def activity_rule(scope: Scope, key: str) -> ActivityRule:
    """The rule of a figure; ``KeyError`` where there is none."""
    return _ACTIVITY[scope, key]


def deal_rule(scope: Scope, key: str) -> DealRule:
    """The rule of a figure; ``KeyError`` where there is none."""
    return _DEAL[scope, key]


_ACTIVITY = {(rule.scope, rule.key): rule for rule in ACTIVITY_RULES}
_DEAL = {(rule.scope, rule.key): rule for rule in DEAL_RULES}
