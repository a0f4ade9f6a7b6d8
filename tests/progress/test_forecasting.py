"""What the year will end with: bounds, units, methods; and how well it does where the truth is known."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.periods import Cadence, Period
from luoshi.progress import (
    Goal,
    Kind,
    Method,
    Outlook,
    backtest,
    forecast,
    from_printed,
    linear,
)
from tests.progress.generated import YEAR, samples

D = Decimal
COUNT = 120
#: Months ahead of the year's end, as rows of the table in docs/progress.md.
AHEAD = (9, 6, 3, 1)


def month(number: int, year: int = YEAR) -> Period:
    return Period(Cadence.MONTHLY, year, number)


def years(*wholes: int, shares: tuple[tuple[int, str], ...] = ((3, "0.1"), (6, "0.4"), (12, "1"))) -> dict:
    """Past years that all reached the same parts of their ends by the same months."""
    first = YEAR - len(wholes)
    return {
        month(number, first + place): whole * D(share) for place, whole in enumerate(wholes) for number, share in shares
    }


values = st.integers(1, 10**6).map(D)
histories = st.lists(st.lists(values, min_size=12, max_size=12), max_size=4)


def cumulative(rows: list[list[Decimal]], first: int) -> dict[Period, Decimal]:
    found = {}
    for place, parts in enumerate(rows):
        total = D(0)
        for number, part in enumerate(parts, 1):
            total += part
            found[month(number, first + place)] = total
    return found


@settings(max_examples=60)
@given(histories, st.lists(values, min_size=1, max_size=12), st.sampled_from([Kind.CUMULATIVE, Kind.FLOW]))
def test_never_below_what_was_reached(past: list[list[Decimal]], this_year: list[Decimal], kind: Kind) -> None:
    first = YEAR - len(past)
    if kind is Kind.FLOW:
        series = {month(n, first + p): part for p, parts in enumerate(past) for n, part in enumerate(parts, 1)}
        series |= {month(number): part for number, part in enumerate(this_year, 1)}
    else:
        series = cumulative(past, first) | cumulative([this_year], YEAR)
    told = forecast(series, None, None, kind=kind, year=YEAR)
    assert told is not None
    assert told.value >= sum(this_year)
    if told.low is None or told.high is None:
        assert len(this_year) == 1 and len(past) == 0
    else:
        assert sum(this_year) <= told.low <= told.value <= told.high
    assert told.since == month(len(this_year))
    assert (told.method is Method.FINAL) is (len(this_year) == 12)
    if len(past) < 2 and len(this_year) < 12:
        assert told.method is Method.TRAJECTORY, "a season is believed from two full years on"


@settings(max_examples=60)
@given(
    histories,
    st.lists(values, min_size=1, max_size=12),
    st.sampled_from([Kind.CUMULATIVE, Kind.STOCK, Kind.RATE]),
    st.sampled_from([D("0.01"), D(10**4), D(10**8)]),
)
def test_the_unit_of_measure_changes_nothing_but_the_figures(
    past: list[list[Decimal]], this_year: list[Decimal], kind: Kind, scale: Decimal
) -> None:
    series = cumulative(past, YEAR - len(past)) | cumulative([this_year], YEAR)
    one = forecast(series, Goal(D(10**6)), None, kind=kind, year=YEAR)
    other = forecast({p: v * scale for p, v in series.items()}, Goal(10**6 * scale), None, kind=kind, year=YEAR)
    assert one is not None and other is not None
    assert (one.method, one.cases, one.since, one.outlook) == (other.method, other.cases, other.since, other.outlook)
    for first, second in ((one.value, other.value), (one.low, other.low), (one.high, other.high)):
        assert (first is None) is (second is None)
        assert first is None or second is None or abs(second - first * scale) <= abs(second) * D("1e-18")
    if kind is Kind.CUMULATIVE and one.backtest_error is not None and other.backtest_error is not None:
        assert abs(one.backtest_error - other.backtest_error) < D("1e-18")


def test_the_share_of_past_years() -> None:
    told = forecast(years(600, 660, 720) | {month(3): D(80)}, Goal(D(900)), None, kind=Kind.CUMULATIVE, year=YEAR)
    assert told is not None
    assert (told.value, told.low, told.high, told.method) == (800, 800, 800, Method.SEASONAL)
    assert (told.backtest_error, told.cases, told.outlook) == (0, 3, Outlook.SHORT)
    assert told.basis.startswith("前3年到3月平均完成全年的10.0%，按此推算全年。用前3年数据回测，平均误差0.0%。")


def test_years_unlike_one_another_are_told() -> None:
    series = {month(3, 2024): D(10), month(12, 2024): D(100), month(3, 2025): D(50), month(12, 2025): D(100)}
    told = forecast(series | {month(3): D(20)}, None, None, kind=Kind.CUMULATIVE, year=YEAR)
    assert told is not None and "仅供参考" in told.basis
    calm = forecast(years(600, 660) | {month(3): D(80)}, None, None, kind=Kind.CUMULATIVE, year=YEAR)
    assert calm is not None and "仅供参考" not in calm.basis


def test_a_year_that_was_counted_anew_is_no_full_year() -> None:
    broken = years(600, 660) | {month(12, 2025): D(30)}  # restarted in autumn
    told = forecast(broken | {month(3): D(80)}, None, None, kind=Kind.CUMULATIVE, year=YEAR)
    assert told is not None and (told.method, told.cases) == (Method.TRAJECTORY, 1)
    level = forecast(broken | {month(3): D(80)}, None, None, kind=Kind.STOCK, year=YEAR)
    assert level is not None and level.cases == 2, "a level may fall"


def test_flows_are_added_up_and_quarters_count_as_their_last_month() -> None:
    past = {month(n, year): D(50) for year in (2024, 2025) for n in range(1, 13)}
    this_year = {Period.parse("2026Q1"): D(300)}
    told = forecast(past | this_year, None, None, kind=Kind.FLOW, year=YEAR)
    assert told is not None and (told.value, told.method) == (1200, Method.SEASONAL)
    gap = {month(1): D(50), month(3): D(50)}
    told = forecast(past | gap, None, None, kind=Kind.FLOW, year=YEAR)
    assert told is not None and told.since == month(1), "never across a gap"


def test_without_two_full_years_the_trajectory() -> None:
    points = [(Period.parse(f"2026Q{n}"), D(part)) for n, part in enumerate(("0.2", "0.6", "0.85", "1"), 1)]
    this_year = {month(3): D(100), month(6): D(330)}
    told = forecast(years(500) | this_year, Goal(D(500)), from_printed(points), kind=Kind.CUMULATIVE, year=YEAR)
    assert told is not None
    assert (told.method, told.value, told.cases) == (Method.TRAJECTORY, 550, 1)
    assert told.low is not None and told.low <= 500, "in March it would have been 500"
    assert "按时序进度推算：到6月应完成全年的60.0%" in told.basis
    bare = forecast({month(6): D(330)}, Goal(D(500)), None, kind=Kind.CUMULATIVE, year=YEAR)
    assert bare is not None and (bare.value, bare.low, bare.outlook) == (660, None, Outlook.LIKELY)
    assert "没有可用的时序进度" in bare.basis and "给不出区间" in bare.basis
    begins_late = [(Period.parse("2026Q1"), D(0)), (Period.parse("2026Q4"), D(1))]
    early = forecast({month(3): D(50)}, None, from_printed(begins_late), kind=Kind.CUMULATIVE, year=YEAR)
    assert early is not None and early.value == 200, "where nothing is expected yet, evenly"


def test_a_level_is_not_stretched_by_a_share() -> None:
    for kind in (Kind.STOCK, Kind.RATE):
        told = forecast({month(3): D("8.2"), month(4): D("8.4")}, None, linear(YEAR), kind=kind, year=YEAR)
        assert told is not None and (told.method, told.value) == (Method.LAST, D("8.4"))
        assert (told.low, told.high) == (D("6.8"), D("10.0")), "0.2 a month, eight months to go"
    falling = {month(n, year): D(10) - n * D("0.1") for year in (2023, 2024, 2025) for n in range(1, 13)}
    told = forecast(falling | {month(6): D(8)}, Goal(D("7.5"), capped=True), None, kind=Kind.RATE, year=YEAR)
    assert told is not None and (told.method, told.value) == (Method.USUAL_CHANGE, D("7.4"))
    assert told.outlook is Outlook.SURE
    assert not told.relative


def test_ranks_and_silent_years_are_not_foretold() -> None:
    assert forecast({month(3): D(3)}, None, None, kind=Kind.RANK, year=YEAR) is None
    assert forecast(years(500, 600), None, None, kind=Kind.CUMULATIVE, year=YEAR) is None
    assert backtest({month(3): D(3)}, kind=Kind.RANK) == ()


def test_a_cap_is_short_where_even_the_lowest_exceeds_it() -> None:
    series = years(600, 660, 720) | {month(3): D(80)}
    over = forecast(series, Goal(D(700), capped=True), None, kind=Kind.CUMULATIVE, year=YEAR)
    kept = forecast(series, Goal(D(900), capped=True), None, kind=Kind.CUMULATIVE, year=YEAR)
    assert over is not None and kept is not None
    assert (over.outlook, kept.outlook) == (Outlook.SHORT, Outlook.SURE)


def test_weeks_end_with_their_year() -> None:
    weeks = {
        Period(Cadence.WEEKLY, year, number): D(number * 10) for year in (2024, 2025) for number in (*range(1, 53),)
    }
    told = forecast(weeks | {Period(Cadence.WEEKLY, YEAR, 26): D(300)}, None, None, kind=Kind.CUMULATIVE, year=YEAR)
    assert told is not None and (told.method, told.value) == (Method.SEASONAL, 600)


def test_the_backtest_names_method_distance_and_cases() -> None:
    table = {(row.method, row.months_ahead): row for row in backtest(years(600, 660, 720), kind=Kind.CUMULATIVE)}
    assert table[Method.SEASONAL, 9].error == 0 and table[Method.SEASONAL, 9].cases == 3
    assert table[Method.GROWTH, 6].cases == 2, "the first year has none before it"
    assert table[Method.TRAJECTORY, 9].error == D("0.6"), "a tenth where a quarter was expected"
    before = backtest(years(600, 660, 720), kind=Kind.CUMULATIVE, year=2025)
    assert {row.cases for row in before if row.method is Method.SEASONAL} == {2}


def measured(past: int) -> dict[int, dict[str, Decimal]]:
    """Mean error in %, and the share of truths within the interval, by months ahead, over the generated series."""
    found: dict[int, dict[str, Decimal]] = {}
    for ahead in AHEAD:
        errors: dict[str, list[Decimal]] = {}
        inside = 0
        for sample in samples(COUNT, past):
            known = sample.known_by(12 - ahead)
            told = forecast(known, None, None, kind=Kind.CUMULATIVE, year=YEAR)
            assert told is not None and told.low is not None and told.high is not None
            errors.setdefault("chosen", []).append(abs(told.value - sample.truth) / sample.truth)
            inside += told.low <= sample.truth <= told.high
            this_year = {period: value for period, value in known.items() if period.year == YEAR}
            even = forecast(this_year, None, None, kind=Kind.CUMULATIVE, year=YEAR)
            assert even is not None
            errors.setdefault("even", []).append(abs(even.value - sample.truth) / sample.truth)
        found[ahead] = {name: round(sum(rows) / len(rows) * 100, 1) for name, rows in errors.items()}
        found[ahead]["inside"] = round(D(inside) / COUNT * 100)
    return found


def documented(project: Path) -> dict[tuple[int, int], tuple[Decimal, Decimal, Decimal]]:
    """(past years, months ahead) → (error, error of the even one, % within the interval), as docs/progress.md says."""
    text = (project / "docs" / "progress.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| (\d+) \|$", text, re.MULTILINE)
    return {(int(past), int(ahead)): (D(chosen), D(even), D(inside)) for past, ahead, chosen, even, inside in rows}


@pytest.mark.parametrize("past", [2, 3, 5])
def test_errors_are_not_worse_than_documented(project: Path, past: int) -> None:
    table = documented(project)
    for ahead, row in measured(past).items():
        chosen, even, inside = table[past, ahead]
        assert row["chosen"] <= chosen, f"{past} years, {ahead} months ahead"
        assert row["inside"] >= inside
        assert row["even"] == even, "what it stands beside has not changed"
        assert row["chosen"] < even / 2, "past years are worth their keep"
