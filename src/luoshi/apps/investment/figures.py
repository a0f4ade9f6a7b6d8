"""The figures of the two tables, in the order of annexes 1, 2, 6 and 7: what they count, and in which unit."""

from __future__ import annotations

from dataclasses import dataclass

from luoshi.apps.investment.models import FundsKind
from luoshi.promotion import ACTIVITY_RULES, DEAL_RULES, Scope, activity_rule, deal_rule


@dataclass(frozen=True, slots=True)
class FigureKind:
    """One figure. ``cumulative``: counted from the beginning of the year, else in the period alone.

    ``funds`` is the kind of money where it is one; ``growth`` compares it with the same months of the year before.
    ``words``: how a plan may call its target, for the proposals.
    """

    scope: Scope
    key: str
    title: str
    unit: str
    cumulative: bool = False
    funds: str = ""
    growth: bool = False
    rule: str = ""
    words: tuple[str, ...] = ()

    @property
    def is_activity(self) -> bool:
        """Whether activities are counted."""
        return (self.scope, self.key) in _ACTIVITIES

    @property
    def is_deal(self) -> bool:
        """Whether projects are counted."""
        return (self.scope, self.key) in _DEALS

    @property
    def source(self) -> str:
        """Where the rule stands, in words."""
        if self.is_activity:
            return activity_rule(self.scope, self.key).source
        return deal_rule(self.scope, self.key).source if self.is_deal else self.rule


_ACTIVITIES = {(rule.scope, rule.key) for rule in ACTIVITY_RULES}
_DEALS = {(rule.scope, rule.key) for rule in DEAL_RULES}
_T, _G = Scope.TERRITORY, Scope.GROUP
_STATISTICS = "附件6：以国内合作统计数据为准，与上年同期累计相比"

_ALL = (
    FigureKind(_T, "funds-growth", "州外到位资金增速", "%", True, FundsKind.OUTSIDE_PREFECTURE, True, _STATISTICS,
               ("州外到位资金增", "州外产业到位资金增")),
    FigureKind(_T, "funds-growth-far", "省外到位资金增速", "%", True, FundsKind.OUTSIDE_PROVINCE, True, _STATISTICS,
               ("省外到位资金增", "省外产业到位资金增")),
    FigureKind(_T, "foreign", "实际利用外资", "万美元", True, FundsKind.FOREIGN, False,
               "附件6：以省商务厅统计数据为准", ("利用外资",)),
    FigureKind(_T, "major-5", "引进5亿元以上项目", "个", True, words=("5亿元以上",)),
    FigureKind(_T, "major-10", "引进10亿元以上项目", "个", True, words=("10亿元以上",)),
    FigureKind(_T, "signed", "新签约项目", "个", words=("新签约项目",)),
    FigureKind(_T, "signed-1", "新签约1亿元以上项目", "个", words=("签约1亿元以上",)),
    FigureKind(_T, "head-trips", "“一把手”州外招商", "次", words=("州外招商", "招商州外", "“一把手”招商")),
    FigureKind(_T, "head-trips-far", "“一把手”省外招商", "次", words=("其中省外", "“一把手”省外")),
    FigureKind(_T, "state-leader-trips", "促成州级领导省外招商", "次", words=("促成州级领导",)),
    FigureKind(_T, "top-leader-trips", "促成州级党政“一把手”省外招商", "次", words=("促成州级党政",)),
    FigureKind(_G, "funds", "州外到位资金", "亿元", True, FundsKind.OUTSIDE_PREFECTURE, False,
               "附件7：以国内合作统计数据或自行申报、认定的数为准", ("州外到位资金",)),
    FigureKind(_G, "negotiating-5", "在谈5亿元以上项目", "个", True, words=("在谈5亿元",)),
    FigureKind(_G, "signed-5", "新签约5亿元以上项目", "个", True, words=("签约5亿元",)),
    FigureKind(_G, "major-5", "引进5亿元以上项目", "个", True, words=("5亿元以上",)),
    FigureKind(_G, "major-10", "引进10亿元以上项目", "个", True, words=("10亿元以上",)),
    FigureKind(_G, "activities", "自行组织招商活动", "次", words=("招商活动", "总次数")),
    FigureKind(_G, "trips", "自行组织外出招商", "次"),
    FigureKind(_G, "top-leader-trips", "促成州级党政“一把手”省外招商", "次", words=("促成州级党政",)),
)  # fmt: skip

#: (scope, key) → figure.
FIGURES: dict[tuple[str, str], FigureKind] = {(str(one.scope), one.key): one for one in _ALL}


def figures_of(scope: str) -> tuple[FigureKind, ...]:
    """The figures of one table, in order."""
    return tuple(one for one in _ALL if one.scope == scope)
