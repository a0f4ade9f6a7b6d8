"""Recording values: nothing overwritten, equal ones left alone, every fault told, and known as of any moment."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.apps.indicators.actions import Fact, observing, record_observations, withdraw_observations
from luoshi.apps.indicators.errors import FactsRefused, IndicatorError
from luoshi.apps.indicators.models import Indicator, Observation
from luoshi.apps.indicators.numbers import storable
from luoshi.apps.indicators.queries import effective, observations
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Unit
from tests.apps.indicators.factories import make_indicator, moment, tell

Units = dict[str, Unit]


@pytest.mark.django_db
def test_a_new_value_takes_the_place_of_the_old_one_and_keeps_it(indicator: Indicator, prefecture: Units) -> None:
    unit = prefecture["qsx"]
    assert tell(indicator, unit, "2026-02", "100", now=moment(1)).added == 1
    assert tell(indicator, unit, "2026-02", "120.5", now=moment(5)).changed == 1
    old, new = Observation.objects.order_by("recorded_at")
    assert (old.value, old.superseded_at, new.superseded_at) == (Decimal(100), moment(5), None)
    assert (new.first_day, new.last_day) == (dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    (value,) = effective(indicators=[indicator]).values()
    assert (value.value, value.origin, value.origin_id, value.origin_cell) == (Decimal("120.5"), "return", 1, "a.b.c")
    assert effective(indicators=[indicator], as_of=moment(1, 11)) == {}
    assert effective(as_of=moment(5, 11))[indicator.pk, unit.pk, "2026-02"].value == 100
    assert effective(as_of=moment(5))[indicator.pk, unit.pk, "2026-02"].value == Decimal("120.5")


@pytest.mark.django_db
def test_an_equal_value_writes_nothing(indicator: Indicator, prefecture: Units) -> None:
    tell(indicator, prefecture["qsx"], "2026-02", "100.1234565")
    entries = Entry.objects.count()
    done = tell(indicator, prefecture["qsx"], "2026-02", "100.123457")
    assert (done.added, done.changed, done.unchanged) == (0, 0, 1)
    assert (Observation.objects.count(), Entry.objects.count()) == (1, entries)


@pytest.mark.django_db
def test_one_journal_entry_for_the_lot(indicator: Indicator, prefecture: Units, coordinator: Any) -> None:
    before = Entry.objects.count()
    other = make_indicator(prefecture["ylz-czj"], "固定资产投资", kind="cumulative", unit_of_measure="万元")
    facts = [
        Fact(one.pk, prefecture[key].pk, "2026-02", Decimal(5)) for one in (indicator, other) for key in ("qsx", "bsx")
    ]
    record_observations(acting_user=coordinator, facts=facts, source="statistics", origin="import", origin_id=7)
    entry = Entry.objects.order_by("sequence").last()
    assert entry is not None
    assert Entry.objects.count() == before + 1
    assert entry.object_label == "市场主体总量等 2 项指标"
    assert (entry.after["新增"], entry.after["单位数"], entry.after["来源"]) == (4, 2, "统计")


@pytest.mark.django_db
def test_every_fault_is_told_and_nothing_recorded(indicator: Indicator, prefecture: Units) -> None:
    owner, unit = prefecture["ylz-czj"], prefecture["qsx"]
    merged = make_indicator(owner, "市场主体数量", merged_into=indicator, merged_at=moment(1))
    monthly = make_indicator(owner, "税收收入", kind="flow", cadence="monthly")
    good = Decimal(1)
    facts = [
        Fact(indicator.pk, unit.pk, "2026-02", good),
        Fact(10**9, unit.pk, "2026-02", good),
        Fact(merged.pk, unit.pk, "2026-02", good),
        Fact(monthly.pk, unit.pk, "2026Q1", good),
        Fact(indicator.pk, 10**9, "2026-02", good),
        Fact(indicator.pk, unit.pk, "2026-13", good),
        Fact(indicator.pk, unit.pk, "2026-03", Decimal("NaN")),
        Fact(indicator.pk, unit.pk, "2026-03", Decimal("1234567890123456789")),
        Fact(indicator.pk, unit.pk, "2026-02", Decimal(2)),
    ]
    with pytest.raises(FactsRefused) as refused:
        record_observations(acting_user=None, facts=facts, source="statistics", origin="import")
    problems = dict(refused.value.problems)
    assert sorted(problems) == [1, 2, 3, 4, 5, 6, 7, 8]
    for place, words in ((1, "不在目录"), (2, "已并入"), (3, "按月记数"), (4, "单位库"), (5, "第13期"), (7, "15 位")):
        assert words in problems[place]
    assert "两个不同的数" in problems[8]
    assert not Observation.objects.exists()


def test_numbers_keep_fifteen_digits_and_six_places() -> None:
    assert storable(Decimal("1.23456789")) == Decimal("1.234568")
    assert storable(Decimal("12345678901.123456")) == Decimal("12345678901.1235")
    assert storable(Decimal("-0.0000001")).is_signed() is False
    for bad in ("1234567890123456", "999999999999999.9", "Infinity"):
        with pytest.raises(ValueError, match="数值"):
            storable(Decimal(bad))


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.decimals(min_value=-(10**14), max_value=10**14, allow_nan=False, places=6))
def test_what_is_stored_comes_back_digit_by_digit(indicator: Indicator, prefecture: Units, number: Decimal) -> None:
    Observation.objects.all().delete()
    tell(indicator, prefecture["qsx"], "2026-02", number)
    (value,) = effective(indicators=[indicator]).values()
    assert value.value == storable(number)
    assert tell(indicator, prefecture["qsx"], "2026-02", number).unchanged == 1


@pytest.mark.django_db
def test_verified_beats_statistics_beats_self_reported(indicator: Indicator, prefecture: Units) -> None:
    unit = prefecture["qsx"]
    key = (indicator.pk, unit.pk, "2026-02")
    tell(indicator, unit, "2026-02", "1", source="verified", now=moment(3), origin="verification", origin_id=9)
    tell(indicator, unit, "2026-02", "2", source="statistics", now=moment(4))
    tell(indicator, unit, "2026-02", "3", now=moment(5))
    assert (effective()[key].source, effective()[key].value) == ("verified", 1)
    assert effective(sources=["self-reported", "statistics"])[key].value == 2
    assert effective(sources=["self-reported"])[key].value == 3
    assert withdraw_observations(
        acting_user=None, origin="verification", origin_id=9, reason="认定有误", now=moment(6)
    ) == 1  # fmt: skip
    assert effective()[key].source == "statistics"
    assert effective(as_of=moment(5))[key].source == "verified"
    assert observations(as_of=moment(5)).count() == 3
    with pytest.raises(IndicatorError, match="原因"):
        withdraw_observations(acting_user=None, origin="return", origin_id=1, reason=" ")


_ACTS = st.lists(
    st.tuples(
        st.sampled_from(["self-reported", "statistics", "verified", "withdraw"]),
        st.sampled_from(["2026-01", "2026-02"]),
        st.integers(0, 3),
        st.integers(0, 3),  # hours since the act before, or rather before it
    ),
    max_size=12,
)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=_ACTS)
def test_any_past_moment_gives_what_was_effective_then(indicator: Indicator, prefecture: Units, acts: Any) -> None:
    Observation.objects.all().delete()
    unit, clock = prefecture["qsx"], moment(1)
    seen: list[tuple[dt.datetime, dict[str, Decimal]]] = []
    for source, period, value, hours in acts:
        clock += dt.timedelta(hours=hours, seconds=1)
        if source == "withdraw":
            withdraw_observations(acting_user=None, origin="return", origin_id=value, reason="更正", now=clock)
        else:
            tell(indicator, unit, period, value, source=source, now=clock, origin_id=value)
        seen.append((clock, {key[2]: found.value for key, found in effective(indicators=[indicator]).items()}))
    for at, known in seen:
        then = effective(indicators=[indicator], as_of=at)
        assert {key[2]: found.value for key, found in then.items()} == known


@pytest.mark.django_db
def test_a_late_clock_never_gives_two_values_at_a_moment(indicator: Indicator, prefecture: Units) -> None:
    unit = prefecture["qsx"]
    tell(indicator, unit, "2026-02", "1", now=moment(5))
    tell(indicator, unit, "2026-02", "2", now=moment(4))  # another server's clock is behind
    assert effective()[indicator.pk, unit.pk, "2026-02"].value == 2
    assert withdraw_observations(acting_user=None, origin="return", origin_id=1, reason="重报", now=moment(6)) == 1
    tell(indicator, unit, "2026-02", "3", now=moment(5, 18))
    for day in (4, 5, 6, 7):
        assert observations(as_of=moment(day, 20)).count() <= 1
    assert observations(as_of=moment(5, 20)).get().value == 2
    assert observations(as_of=moment(6, 20)).get().value == 3


@pytest.fixture
def together(transactional_db: None) -> tuple[Indicator, Unit]:
    """An indicator and a unit, committed, so that several connections see them."""
    owner = Unit.add_root(key="zhou", name="云岭州", short_name="云岭州")
    return make_indicator(owner, "市场主体总量"), owner


def _at_once(act: Callable[[int], Any], people: int) -> list[Any]:
    """What each of several threads got, or the error that it met."""
    found: list[Any] = []

    def run(number: int) -> None:
        try:
            found.append(act(number))
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_without_the_lock_two_writers_would_collide(
    together: tuple[Indicator, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    indicator, unit = together
    both_have_looked = threading.Barrier(2, timeout=30)
    insert = observing.insert

    def late(rows: Any) -> None:
        both_have_looked.wait()
        insert(rows)

    monkeypatch.setattr(observing, "insert", late)
    monkeypatch.setattr(observing, "lock_indicators", lambda ids: Indicator.objects.in_bulk(set(ids)))
    # On SQLite the transaction is the lock.
    monkeypatch.setattr(observing, "transaction", SimpleNamespace(atomic=contextlib.nullcontext))
    monkeypatch.setattr(observing, "_journal", lambda *args: None)
    found = _at_once(lambda number: tell(indicator, unit, "2026-02", number), 2)
    assert sum(isinstance(one, IntegrityError) for one in found) == 1, found


def test_writers_of_the_same_cell_follow_each_other(together: tuple[Indicator, Unit]) -> None:
    indicator, unit = together
    start = threading.Barrier(6, timeout=30)

    def write(number: int) -> Any:
        start.wait()
        with transaction.atomic():
            return tell(indicator, unit, "2026-02", number)

    found = _at_once(write, 6)
    assert sorted((one.added, one.changed) for one in found) == [(0, 1)] * 5 + [(1, 0)], found
    rows = list(Observation.objects.order_by("recorded_at", "pk"))
    assert [row.superseded_at for row in rows] == [row.recorded_at for row in rows[1:]] + [None]


def test_writers_of_several_indicators_wait_in_the_same_order(together: tuple[Indicator, Unit]) -> None:
    indicator, unit = together
    indicators = [indicator, *(make_indicator(unit, f"指标{number}") for number in range(5))]
    start = threading.Barrier(4, timeout=30)

    def write(number: int) -> Any:
        ordered = indicators[::-1] if number % 2 else indicators
        facts = [Fact(one.pk, unit.pk, "2026-02", Decimal(number)) for one in ordered]
        start.wait()
        return record_observations(acting_user=None, facts=facts, source="statistics", origin="import")

    found = _at_once(write, 4)
    assert all(one.added + one.changed == 6 for one in found), found
    assert Observation.objects.filter(superseded_at=None).count() == 6


@pytest.mark.django_db
def test_a_lot_needs_few_statements_however_long_it_is(prefecture: Units, django_assert_max_num_queries: Any) -> None:
    owner = prefecture["ylz-czj"]
    indicators = [make_indicator(owner, f"指标{number}") for number in range(50)]
    facts = [
        Fact(one.pk, prefecture[key].pk, f"2026-{month:02}", Decimal(month))
        for one in indicators for key in ("qsx", "bsx") for month in range(1, 13)
    ]  # fmt: skip
    with django_assert_max_num_queries(16):
        assert record_observations(acting_user=None, facts=facts, source="statistics", origin="import").added == 1200
    again = [
        Fact(one.indicator_id, one.unit_id, one.period, one.value + (one.unit_id == prefecture["qsx"].pk))
        for one in facts
    ]
    with django_assert_max_num_queries(16):
        done = record_observations(acting_user=None, facts=again, source="statistics", origin="import")
    assert (done.changed, done.unchanged) == (600, 600)
