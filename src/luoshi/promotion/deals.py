"""Which projects count for whom, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from luoshi.promotion.claims import Credits
from luoshi.promotion.counting import Count, Line
from luoshi.promotion.model import Scope
from luoshi.promotion.rules import YI, DealRule, Moment
from luoshi.promotion.stages import LADDER, Stage

_NO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Deal:
    """A lead as it stood at a moment. ``days``: when each rung was reached (``stages.reached``); ``amount`` in 元.

    ``claimants``: (unit, scope) of all who say it is theirs. ``local``: the investor is of the prefecture itself.
    """

    key: str
    title: str
    days: Mapping[Stage, dt.date]
    amount: Decimal | None
    claimants: tuple[tuple[str, Scope], ...]
    credits: Credits = field(default_factory=Credits)
    evidence: frozenset[str] = frozenset()
    local: bool = False


def count_deals(deals: Iterable[Deal], rule: DealRule, first: dt.date, last: dt.date) -> Count:
    """One line for each (project, claimant of the rule's scope) that was in the stage by the end of the period.

    ``first`` and ``last`` bound the period in which the rung must have been reached; for ``DURING`` the year of
    ``last`` counts as a whole up to that day. Parts of one project never make more than 1 in one scope.
    """
    lines: list[Line] = []
    for deal in deals:
        if not _looked_at(deal, rule, first, last):
            continue
        refusal = _refused(deal, rule)
        for unit, scope in deal.claimants:
            if scope is rule.scope:
                lines.append(_line(deal, unit, rule, refusal))
    return Count(rule.key, tuple(lines))


def _looked_at(deal: Deal, rule: DealRule, first: dt.date, last: dt.date) -> bool:
    day = deal.days.get(rule.stage)
    if day is None or day > last:
        return False
    if rule.moment is Moment.WITHIN:
        return day >= first
    begin = dt.date(last.year, 1, 1)
    after = [deal.days[stage] for stage in LADDER[LADDER.index(rule.stage) + 1 :] if stage in deal.days]
    left = min([*after, *([deal.days[Stage.LOST]] if Stage.LOST in deal.days else [])], default=None)
    return left is None or left >= begin


def _refused(deal: Deal, rule: DealRule) -> str:
    if deal.local:
        return "投资方是州内企业"
    if deal.amount is None and rule.least:
        return "没有填投资额"
    if deal.amount is not None and deal.amount < rule.least:
        return f"投资额{_yi(deal.amount)}亿元，不足{_yi(rule.least)}亿元"
    if not (deal.evidence & rule.evidence):
        return "没有" + ("正式协议" if rule.stage is Stage.SIGNED else "意向书、建议书") + "作佐证"
    if Stage.LOST in deal.days and rule.stage is Stage.SIGNED:
        return f"已于{deal.days[Stage.LOST]:%Y-%m-%d}流失"
    return ""


def _line(deal: Deal, unit: str, rule: DealRule, refusal: str) -> Line:
    if not refusal and unit in deal.credits.contested:
        refusal = "几家都报了这个项目，还没有认定归谁，先不计"
    part = deal.credits.parts.get(unit, _NO)
    if not refusal and not part:
        refusal = "认定归其他单位"
    if refusal:
        return Line(deal.key, unit, _NO, f"不计：{refusal}。")
    amount = f"，投资额{_yi(deal.amount)}亿元" if deal.amount is not None else ""
    split = f"，按认定计{part.normalize():f}个" if part != 1 else ""
    return Line(deal.key, unit, part, f"计入：{deal.days[rule.stage]:%Y-%m-%d}{rule.stage.label}{amount}{split}。")


def _yi(amount: Decimal) -> str:
    return f"{(amount / YI).normalize():f}"
