"""预测: what a figure will be at the year's end, with an interval, the method and how well it did in the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from luoshi.periods import Cadence, Period
from luoshi.progress.lights import Goal
from luoshi.progress.methods import OF_GROWING, OF_LEVELS, Method, Past, Trial, best, mean_error, seasonal_share, trials
from luoshi.progress.series import GROWING, YEAR, Kind, Years, by_year, cumulated, mark, months_left
from luoshi.progress.trajectory import Trajectory, linear

#: How many past years are looked at: what was longer ago says little of the season.
MOST_YEARS = 5
#: Of how many periods of this year the spread of a method is taken.
_OWN_PERIODS = 6
#: An interval from few past years would be too narrow: the largest error is widened by 1 + 2 / years, so that from
#: three years on four of five years end within it (measured: docs/progress.md).
_TWO = Decimal(2)
#: From which mean error on a forecast says itself that it is of little use.
_DOUBTFUL = Decimal("0.2")


class Outlook(StrEnum):
    """What a forecast says of a goal."""

    SURE = "sure"  # met over the whole interval
    LIKELY = "likely"  # met by the forecast, not over the whole interval
    UNLIKELY = "unlikely"  # not met by the forecast, but within the interval
    SHORT = "short"  # not met anywhere in the interval


OUTLOOK_WORDS = {
    Outlook.SURE: "预计可以完成",
    Outlook.LIKELY: "有望完成",
    Outlook.UNLIKELY: "完成有困难",
    Outlook.SHORT: "预计完不成",
}


@dataclass(frozen=True, slots=True)
class Forecast:
    """The figure expected at the year's end, from what was known by the end of ``since``.

    ``low`` and ``high`` are ``None`` where nothing tells how far it may be off. ``backtest_error`` is the method's mean
    error over ``cases`` past years: a part of the figure (``relative``), or in the figure's own unit.
    """

    value: Decimal
    low: Decimal | None
    high: Decimal | None
    method: Method
    backtest_error: Decimal | None
    cases: int
    relative: bool
    since: Period
    basis: str
    goal: Goal | None = None

    @property
    def outlook(self) -> Outlook | None:
        """What it says of the goal; ``None`` without one."""
        if self.goal is None:
            return None
        ends = [end for end in (self.low, self.high) if end is not None]
        if self.goal.is_met(self.value):
            return Outlook.SURE if ends and all(self.goal.is_met(end) for end in ends) else Outlook.LIKELY
        return Outlook.UNLIKELY if not ends or any(self.goal.is_met(end) for end in ends) else Outlook.SHORT

    @property
    def outlook_words(self) -> str:
        """The same in words; blank without a goal."""
        return "" if self.outlook is None else OUTLOOK_WORDS[self.outlook]


def forecast(
    series: Mapping[Period, Decimal],
    goal: Goal | None,
    trajectory: Trajectory | None,
    *,
    kind: Kind,
    year: int,
) -> Forecast | None:
    """What ``year`` will end with. ``series`` holds one unit's values of this and past years, as observed.

    Figures that grow during the year (cumulative, flow) are foretold by their season, the trajectory or last year's
    growth; levels (stock, rate) stay as they are or change as usual, never by a share. With two full past years the
    method that was best in them is taken; with fewer the trajectory (evenly by month where there is none), and a level
    as it is. A growing figure is never foretold below what was reached. ``None`` for ranks, and where nothing is known
    of the year.
    """
    if kind is Kind.RANK:
        return None
    growing = kind in GROWING
    this_year = _this_year(series, kind, year)
    if not this_year:
        return None
    since = max(this_year, key=lambda period: (period.last_day, -period.days))
    value, at = this_year[since], mark(since)
    if at == YEAR:
        return Forecast(value, value, value, Method.FINAL, None, 0, growing, since, "全年数已经报齐。", goal)
    past_years = {period: known for period, known in series.items() if year - MOST_YEARS <= period.year < year}
    years = by_year(past_years, kind)
    part, even = _expected(trajectory, since, year) if growing else (None, False)
    found = trials(years, at, year, growing=growing, expected=part)
    method = best(found) or (Method.TRAJECTORY if growing else Method.LAST)
    past = Past(years, year, at, part)
    told = (OF_GROWING if growing else OF_LEVELS)[method](value, past)
    if told is None:  # the best one of the past cannot be had this year
        method = Method.TRAJECTORY if growing else Method.LAST
        told = (OF_GROWING if growing else OF_LEVELS)[method](value, past)
    if told is None:
        return None
    tried = found[method]
    error = mean_error(tried)
    spread = _own_spread(this_year, trajectory, year) if growing else _own_steps(this_year, at)
    low, high = _interval(told, tried, growing=growing, spread=spread)
    if growing:
        told = max(told, value)
        low, high = (None if end is None else max(end, value) for end in (low, high))
    basis = _words(method, past, since, even) + _error_words(error, len(tried), growing) + _interval_words(low, tried)
    return Forecast(told, low, high, method, error, len(tried), growing, since, basis, goal)


def _this_year(series: Mapping[Period, Decimal], kind: Kind, year: int) -> dict[Period, Decimal]:
    own = {period: value for period, value in series.items() if period.year == year}
    return cumulated(own) if kind is Kind.FLOW else own


def _expected(trajectory: Trajectory | None, since: Period, year: int) -> tuple[Decimal, bool]:
    """The part expected by the end of a period, and whether it is only the even one: nothing set, or 0 set."""
    part = None if trajectory is None else trajectory.expected(since)
    return (part, False) if part else (linear(year, Cadence.MONTHLY).expected(since), True)


def _own_spread(
    this_year: Mapping[Period, Decimal], trajectory: Trajectory | None, year: int
) -> tuple[Decimal, Decimal] | None:
    """The lowest and highest year's end that the trajectory would have foretold in the last periods of this year."""
    told = []
    for period in sorted(this_year, key=lambda one: (one.last_day, -one.days))[-_OWN_PERIODS:]:
        part, _ = _expected(trajectory, period, year)
        told.append(this_year[period] / part)
    return (min(told), max(told)) if len(told) > 1 else None


def _own_steps(this_year: Mapping[Period, Decimal], at: int) -> tuple[Decimal, Decimal] | None:
    """How far a level may go until the year's end if it goes on changing by this year's mean step, up or down."""
    values = {mark(period): value for period, value in this_year.items() if mark(period) <= YEAR}
    marks = sorted(values)
    if len(marks) < 2 or at > YEAR:
        return None
    way = sum((abs(values[after] - values[before]) for before, after in pairwise(marks)), Decimal(0))
    step = way / (marks[-1] - marks[0]) * (YEAR - at)
    return values[marks[-1]] - step, values[marks[-1]] + step


def _interval(
    told: Decimal, tried: list[Trial], *, growing: bool, spread: tuple[Decimal, Decimal] | None
) -> tuple[Decimal | None, Decimal | None]:
    """By the largest error of the past, widened where the years are few; of fewer than two years the method's own
    spread in this year counts too."""
    ends = [told]
    if tried:
        most = max(abs(trial.error) for trial in tried) * (1 + _TWO / len(tried))
        reach = abs(told) * most if growing else most
        ends += [told - reach, told + reach]
    if len(tried) < 2 and spread is not None:
        ends += spread
    return (min(ends), max(ends)) if len(ends) > 1 else (None, None)


def percent(part: Decimal) -> str:
    """``46.2%``."""
    return f"{part * 100:.1f}%"


def _words(method: Method, past: Past, since: Period, even: bool) -> str:
    by_then = f"到{since.label.split('年', 1)[1] or since.label}"
    match method:
        case Method.SEASONAL:
            share = seasonal_share(past) or Decimal(0)
            return f"前{len(past.pairs())}年{by_then}平均完成全年的{percent(share)}，按此推算全年。"
        case Method.TRAJECTORY if even:
            return f"没有可用的时序进度，按月均匀推算：{by_then}应完成全年的{percent(past.expected or Decimal(0))}。"
        case Method.TRAJECTORY:
            return f"按时序进度推算：{by_then}应完成全年的{percent(past.expected or Decimal(0))}。"
        case Method.GROWTH:
            return "按上年全年数和今年以来的同比增长推算。"
        case Method.USUAL_CHANGE:
            return f"按前{len(past.pairs())}年从同期到年末的平均变动推算。"
        case Method.TREND:
            return "按今年以来的变动速度推算。"
    return "取最近一期的数，假定到年末不变。"


def _error_words(error: Decimal | None, cases: int, growing: bool) -> str:
    if error is None:
        return "往年数据不足，无法回测。"
    shown = percent(error) if growing else f"{error.quantize(Decimal('0.01')).normalize():f}"
    doubt = "往年起伏大，预测仅供参考。" if growing and error > _DOUBTFUL else ""
    return f"用前{cases}年数据回测，平均误差{shown}。{doubt}"


def _interval_words(low: Decimal | None, tried: list[Trial]) -> str:
    if low is None:
        return "只有一期数，给不出区间。"
    if len(tried) > 1:
        return "区间取回测的最大误差，年份少时放宽。"
    return "区间取今年以来各期推算的高低。"


@dataclass(frozen=True, slots=True)
class BacktestRow:
    """How far a method was off, so many months ahead of the year's end: the mean over ``cases`` years.

    ``error`` is a part of the true figure (MAPE) for figures that grow, else in the figure's own unit.
    """

    method: Method
    months_ahead: int
    error: Decimal
    cases: int


def backtest(
    series: Mapping[Period, Decimal], *, kind: Kind, trajectory: Trajectory | None = None, year: int | None = None
) -> tuple[BacktestRow, ...]:
    """Every method at every point of the year, over all full years of the series (before ``year``, where given).

    ``trajectory`` is this year's; its parts are taken for the same points of past years. Ranks give no rows.
    """
    if kind is Kind.RANK:
        return ()
    growing = kind in GROWING
    known = {period: value for period, value in series.items() if year is None or period.year < year}
    years: Years = by_year(known, kind)
    at_marks: dict[int, Period] = {}
    for period in known:
        at_marks.setdefault(mark(period), period)
    found: dict[tuple[Method, int], list[Trial]] = {}
    for at, period in at_marks.items():
        if at == YEAR:
            continue
        part = None
        if growing:
            own = trajectory.points[-1][0].year if trajectory is not None else period.year
            part, _ = _expected(trajectory, Period(period.cadence, own, period.number), own)
        for method, rows in trials(years, at, 0, growing=growing, expected=part).items():
            found.setdefault((method, months_left(at)), []).extend(rows)
    table = [
        BacktestRow(method, ahead, error, len(rows))
        for (method, ahead), rows in found.items()
        if (error := mean_error(rows)) is not None
    ]
    order = [*OF_GROWING, *OF_LEVELS]
    return tuple(sorted(table, key=lambda row: (order.index(row.method), -row.months_ahead)))
