"""The figures of a period for all units, and why each is what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from luoshi.apps.investment.figures import FIGURES, FigureKind
from luoshi.apps.investment.models import Checked, FundsKind, FundsRule, FundsSource
from luoshi.apps.investment.queries.books import Books, Money
from luoshi.periods import Period
from luoshi.promotion import Count, activity_rule, count_activities, count_deals, deal_rule

_SCALE = {"亿元": Decimal(100_000_000), "万美元": Decimal(10_000), "%": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an explanation: an activity, a lead or a month's money; ``part`` of it counts."""

    kind: str  # activity, lead, funds
    id: int
    text: str
    part: Decimal
    amount: Decimal | None = None

    @property
    def counted(self) -> bool:
        """Whether anything of it counts."""
        return self.part > 0


@dataclass(frozen=True, slots=True)
class Result:
    """One figure of one unit; ``value`` ``None``: not reported. ``previous``: the same time of the year before."""

    value: Decimal | None
    reasons: tuple[Reason, ...] = ()
    previous: Decimal | None = None
    formula: str = ""


def bounds(figure: FigureKind, period: Period) -> tuple[dt.date, dt.date]:
    """From which day to which a figure of a period counts."""
    return (dt.date(period.last_day.year, 1, 1) if figure.cumulative else period.first_day), period.last_day


def results(
    books: Books, figure: FigureKind, period: Period, units: Collection[int], rules: Mapping[int, str]
) -> dict[int, Result]:
    """The figure of each unit; ``rules`` are the groups' rules for funds, by unit."""
    first, last = bounds(figure, period)
    if figure.is_activity:
        held = [one for one in books.activities if first <= one.end <= last]
        return _counted(count_activities(held, activity_rule(figure.scope, figure.key)), "activity", units)
    if figure.is_deal:
        deals = [deal.as_of(last) for deal in books.deals]
        return _counted(count_deals(deals, deal_rule(figure.scope, figure.key), first, last), "lead", units)
    return {unit: _money(books, figure, first, last, unit, rules.get(unit, "")) for unit in units}


def _counted(count: Count, kind: str, units: Collection[int]) -> dict[int, Result]:
    return {
        unit: Result(
            count.of(str(unit)),
            tuple(Reason(kind, int(line.key), line.reason, line.part) for line in count.lines_of(str(unit))),
        )
        for unit in units
    }


def _money(books: Books, figure: FigureKind, first: dt.date, last: dt.date, unit: int, rule: str) -> Result:
    """州外到位资金 and the like: statistics, or what was recognised of what the group reported."""
    reported = rule in (FundsRule.ENCLAVE, FundsRule.PLATFORM)
    source = FundsSource.SELF_REPORTED if reported else FundsSource.STATISTICS
    own = [one for one in books.funds if one.unit_id == unit and one.kind == figure.funds]
    now = [one for one in own if first <= one.first_day <= last]
    contested = {deal.id for deal in books.deals if str(unit) in deal.credits.contested} if reported else set()
    reasons, total, seen = [], Decimal(0), False
    for one in now:
        text, counts = _said(one, source, contested)
        seen = seen or one.source == source
        total += counts
        reasons.append(Reason("funds", one.id, text, Decimal(1) if counts else Decimal(0), one.amount))
    if not seen:
        return Result(None, tuple(reasons))
    if not figure.growth:
        return Result(total / _SCALE[figure.unit], tuple(reasons))
    # The months that are stated this year, not those that the period still has.
    until = max(one.first_day.month for one in now if one.source == source)
    before = [
        one
        for one in own
        if one.source == source and first.year - 1 == one.first_day.year and one.first_day.month <= until
    ]
    past = sum((one.counts for one in before), Decimal(0))
    if not past:
        return Result(None, tuple(reasons), None, "上年同期没有统计数，算不出增速")
    growth = ((total / past - 1) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    words = f"（{_yi(total)}亿元÷上年同期{_yi(past)}亿元－1）×100"
    return Result(growth, tuple(reasons), None, words)


def _said(one: Money, source: str, contested: Collection[int]) -> tuple[str, Decimal]:
    """Why a month's money counts or not, and how much of it."""
    if one.source != source:
        whose = "以自行申报、认定的数为准" if source == FundsSource.SELF_REPORTED else "以统计数为准"
        return f"不计：{whose}。", Decimal(0)
    if source == FundsSource.STATISTICS:
        return "计入：统计数。", one.counts
    if one.lead_id in contested:
        return "不计：几家都报了这个项目，还没有认定归谁。", Decimal(0)
    if one.checked == Checked.WAITING:
        return "不计：待认定。", Decimal(0)
    if one.checked == Checked.REFUSED:
        return "不计：不予认定。", Decimal(0)
    return ("计入：已认定。" if one.counts == one.amount else "计入：按认定数。"), one.counts


def _yi(value: Decimal) -> str:
    return f"{(value / _SCALE['亿元']).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def parts_for(figures: Collection[FigureKind]) -> set[str]:
    """Which books the figures need."""
    parts = {"trips" for one in figures if one.is_activity} | {"deals" for one in figures if one.is_deal}
    funds = {one.funds for one in figures if one.funds}
    return parts | ({"funds", "deals"} if FundsKind.OUTSIDE_PREFECTURE in funds else {"funds"} if funds else set())


def figure_of(scope: str, key: str) -> FigureKind | None:
    """The figure of a key."""
    return FIGURES.get((scope, key))
