"""Values added up over units and time: the indicator's own way, blanks named and never zero."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.apps.indicators.actions import merge_indicators, verify_values
from luoshi.apps.indicators.actions.verifying import Decision
from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.models import Indicator, Observation
from luoshi.apps.indicators.queries import effective, rolled_up
from luoshi.apps.indicators.queries.rolling import RolledUp
from luoshi.apps.indicators.series import cumulated, flows, in_time
from luoshi.apps.organisations.models import Unit
from luoshi.periods import Cadence, Period
from tests.apps.indicators.factories import make_indicator, moment, tell

Units = dict[str, Unit]
_MONTHS = [Period(Cadence.MONTHLY, 2026, month) for month in range(1, 13)]


def one(indicator: Indicator, unit: Unit, period: str = "2026-02", **options: Any) -> RolledUp:
    """The value of one indicator for the unit and all below it."""
    return rolled_up(indicators=[indicator], unit=unit, periods=[period], **options)[indicator.pk, period]


@pytest.mark.django_db
def test_sums_name_who_is_missing(indicator: Indicator, prefecture: Units) -> None:
    tell(indicator, prefecture["qsx"], "2026-02", "0")
    found = one(indicator, prefecture["ylz"])
    assert (found.value, found.coverage) == (0, "1/2 个单位已报")
    assert found.missing == (prefecture["bsx"].pk,)
    nothing = one(indicator, prefecture["ylz"], "2026-03")
    assert (nothing.value, nothing.words) == (None, "各单位均未报")
    tell(indicator, prefecture["bsx"], "2026-02", "7")
    assert (one(indicator, prefecture["ylz"]).value, one(indicator, prefecture["ylz"]).missing) == (7, ())
    assert one(indicator, prefecture["ylz"], expected=[prefecture["qsx"].pk]).coverage == "1/1 个单位已报"


@pytest.mark.django_db
def test_a_county_without_its_own_figure_is_the_sum_below_it(indicator: Indicator, prefecture: Units) -> None:
    tell(indicator, prefecture["qsx-czj"], "2026-02", "5")
    tell(indicator, prefecture["bsx"], "2026-02", "7")
    assert one(indicator, prefecture["ylz"]).value == 12
    tell(indicator, prefecture["qsx"], "2026-02", "6")  # its own figure counts, not both
    assert one(indicator, prefecture["ylz"]).value == 13
    tell(indicator, prefecture["ylz"], "2026-02", "99")
    total = one(indicator, prefecture["ylz"])
    assert total.own is not None
    assert (total.value, total.own.value) == (13, 99)


@pytest.mark.django_db
def test_a_past_moment_is_rolled_up_as_it_was(indicator: Indicator, prefecture: Units) -> None:
    tell(indicator, prefecture["qsx"], "2026-02", "5", now=moment(1))
    tell(indicator, prefecture["bsx"], "2026-02", "7", now=moment(9))
    assert one(indicator, prefecture["ylz"], as_of=moment(2)).value == 5
    assert one(indicator, prefecture["ylz"]).value == 12


@pytest.mark.django_db
def test_weighted_means_and_ratios_never_add_rates(prefecture: Units) -> None:
    owner = prefecture["ylz-czj"]
    people = make_indicator(owner, "人口", decimals=0)
    rate = make_indicator(owner, "覆盖率", kind="rate", unit_aggregation="weighted-mean", weight=people)
    for key, number, percent in (("qsx", "100", "50"), ("bsx", "300", "90")):
        tell(people, prefecture[key], "2026-02", number)
        tell(rate, prefecture[key], "2026-02", percent)
    assert one(rate, prefecture["ylz"]).value == 80
    tax, income = make_indicator(owner, "税收收入", decimals=0), make_indicator(owner, "财政收入", decimals=0)
    share = make_indicator(
        owner, "税收占比", kind="rate", unit_aggregation="ratio-of-sums", unit_of_measure="%", decimals=1,
        formula={"kind": "ratio", "numerator": tax.key, "denominator": income.key, "scale": "100"},
    )  # fmt: skip
    tell(tax, prefecture["qsx"], "2026-02", "60")
    tell(income, prefecture["qsx"], "2026-02", "100")
    tell(tax, prefecture["bsx"], "2026-02", "1000")  # without its denominator it would tilt the ratio
    found = one(share, prefecture["ylz"])
    assert found.value == 60
    assert found.missing == (prefecture["bsx"].pk,)
    assert found.words == "税收收入合计 60÷财政收入合计 100×100＝60.0%"
    tell(income, prefecture["bsx"], "2026-02", "1020")
    assert one(share, prefecture["ylz"]).value == Decimal(1060) / 1120 * 100
    tell(income, prefecture["qsx"], "2026-02", "-1020")
    assert "为 0，无法相除" in one(share, prefecture["ylz"]).words


@pytest.mark.django_db
def test_growth_is_on_the_same_period_of_last_year(indicator: Indicator, prefecture: Units) -> None:
    growth = make_indicator(
        prefecture["ylz-czj"], "市场主体增长", kind="rate", unit_aggregation="ratio-of-sums", unit_of_measure="%",
        formula={"kind": "growth", "of": indicator.key, "scale": "100"},
    )  # fmt: skip
    for key, before, now in (("qsx", "100", "120"), ("bsx", "100", "130")):
        tell(indicator, prefecture[key], "2025-02", before)
        tell(indicator, prefecture[key], "2026-02", now)
    found = one(growth, prefecture["ylz"])
    assert found.value == 25
    assert "上年同期（2025年2月）合计 200" in found.words
    tell(indicator, prefecture["qsx"], "2025-02", "-100")
    assert one(growth, prefecture["ylz"]).value is None


@pytest.mark.django_db
def test_last_and_none_take_the_units_own(prefecture: Units) -> None:
    for way in ("last", "none"):
        row = make_indicator(prefecture["ylz-czj"], f"排名{way}", kind="rank", unit_aggregation=way)
        tell(row, prefecture["qsx"], "2026-02", "3")
        assert one(row, prefecture["ylz"]).value is None
        tell(row, prefecture["ylz"], "2026-02", "1")
        assert one(row, prefecture["ylz"]).value == 1


@pytest.mark.django_db
def test_a_year_comes_from_its_months(prefecture: Units) -> None:
    flow = make_indicator(prefecture["ylz-czj"], "新开工项目", kind="flow")
    for month in range(1, 12):
        tell(flow, prefecture["ylz"], f"2026-{month:02}", "10")
    found = one(flow, prefecture["ylz"], "2026")
    assert (found.value, found.gaps) == (110, ("2026-12",))


def test_time_ways() -> None:
    series = {month: Decimal(month.number) for month in _MONTHS[:3]}
    quarter, half = Period(Cadence.QUARTERLY, 2026, 1), Period(Cadence.HALF_YEARLY, 2026, 1)
    assert in_time("sum", series, quarter).value == 6
    assert in_time("mean", series, quarter).value == 2
    assert in_time("last", series, quarter).value == 3
    assert in_time("last", series, half).value is None  # March is not the end of June
    assert in_time("none", series, quarter).value is None
    partial = in_time("sum", series, half)
    assert (partial.value, len(partial.missing)) == (6, 3)


_NUMBERS = st.lists(st.decimals(-(10**9), 10**9, allow_nan=False, places=2), min_size=1, max_size=12)


@given(values=_NUMBERS)
def test_flows_and_cumulative_figures_are_each_others_inverse(values: list[Decimal]) -> None:
    series = dict(zip(_MONTHS, values, strict=False))
    assert flows(cumulated(series)) == series
    assert cumulated(flows(series)) == series


@given(values=_NUMBERS, gap=st.integers(0, 11))
def test_a_gap_is_never_bridged(values: list[Decimal], gap: int) -> None:
    series = {month: value for month, value in zip(_MONTHS, values, strict=False) if month.number != gap + 1}
    assert all(month.number <= gap for month in cumulated(series))
    assert all(month.previous() in series or month.number == 1 for month in flows(series))


@pytest.mark.django_db
def test_merged_values_are_read_as_the_kept_ones_from_the_merge_on(
    indicator: Indicator, prefecture: Units, coordinator: Any
) -> None:
    other = make_indicator(prefecture["ylz-czj"], "市场主体总数", unit_of_measure="户")
    tell(indicator, prefecture["qsx"], "2026-02", "1", now=moment(1))
    tell(other, prefecture["qsx"], "2026-02", "2", now=moment(2))
    tell(other, prefecture["bsx"], "2026-02", "3", now=moment(2))
    rows = Observation.objects.values_list("pk", "indicator_id", "value")
    before = list(rows)
    merge_indicators(acting_user=coordinator, keep=indicator, others=[other], reason="同义", now=moment(4))
    assert list(rows) == before
    now = {key[:2]: value.value for key, value in effective(indicators=[indicator]).items()}
    assert now == {(indicator.pk, prefecture["qsx"].pk): 1, (indicator.pk, prefecture["bsx"].pk): 3}
    then = {key[:2]: value.value for key, value in effective(as_of=moment(3)).items()}
    assert then[other.pk, prefecture["qsx"].pk] == 2
    rate = make_indicator(prefecture["ylz-czj"], "市场主体率", kind="rate", unit_of_measure="户")
    with pytest.raises(IndicatorError, match="性质不同"):
        merge_indicators(acting_user=coordinator, keep=indicator, others=[rate], reason="同义")


@pytest.mark.django_db
def test_verified_values_count_until_they_are_withdrawn(
    indicator: Indicator, prefecture: Units, lead: Any, person: Any
) -> None:
    unit = prefecture["qsx"]
    tell(indicator, unit, "2026-02", "10")
    tell(indicator, unit, "2026-02", "8", source="statistics")
    decision = Decision(unit.pk, "self-reported", seen=Decimal(10))
    verify_values(acting_user=lead, indicator=indicator, period="2026-02", decisions=[decision])
    (value,) = effective().values()
    assert (value.value, value.source) == (10, "verified")
    with pytest.raises(Exception, match="主管单位认定"):
        verify_values(
            acting_user=person("xian", qsx="lead"), indicator=indicator, period="2026-02", decisions=[decision]
        )
