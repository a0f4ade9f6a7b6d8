"""Counted duties: log, counts by period, who is behind, who may enter."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.apps.supervision import actions, queries
from luoshi.apps.supervision.actions import Person
from luoshi.apps.supervision.errors import NotNow
from luoshi.apps.supervision.models import Duty, DutyEntry, DutyHolder
from luoshi.apps.supervision.policies import visible_holders
from luoshi.apps.supervision.shipping import shipped, shipped_duty
from luoshi.periods import Cadence, Period
from tests.apps.supervision.making import at, day, pdf

pytestmark = pytest.mark.django_db


def front_line(world, **more) -> Duty:
    ready = shipped_duty("front-line-3")
    assert ready is not None
    values = {name: ready[name] for name in ("name", "cadence", "count", "measure_word", "rule")}
    duty = actions.create_duty(acting_user=world.office, owner=world.root, **(values | more))
    actions.add_holders(
        acting_user=world.office,
        duty_id=duty.pk,
        people=[Person(unit=world.county, name="何敏", post="县长"), Person(unit=world.other, name="苏岚", count=1)],
        first_day=day(1, month=1),
    )
    return duty


def enter(world, duty, number, name="何敏", **more):
    holder = duty.holders.get(name=name)
    values = {"acting_user": world.worker, "day": day(number), "text": "到项目工地", "now": at(25)}
    return actions.enter_duty(holder_id=holder.pk, **(values | more))


def cells(world, duty):
    board = queries.duty_board(world.office, duty, 2026, day(25))
    return {row.holder.name: [(cell.done, cell.least, cell.state.value) for cell in row.cells] for row in board.rows}


def test_three_times_a_month(world):
    duty = front_line(world)
    for number in (1, 2, 24):
        enter(world, duty, number)
    enter(world, duty, 3, "苏岚", acting_user=world.other_worker)
    found = cells(world, duty)
    assert found["何敏"][8] == (3, 3, "met")
    assert found["苏岚"][8] == (1, 1, "met"), "one is enough for this one"
    assert found["何敏"][7] == (0, 3, "behind")
    assert found["何敏"][9] == (0, 3, "coming")
    board = queries.duty_board(world.office, duty, 2026, day(25))
    assert [row.behind for row in board.rows] == [8, 8]
    assert (board.behind, board.missing_now) == (2, 0)
    taken_back = actions.withdraw_entry(
        acting_user=world.worker, entry_id=DutyEntry.objects.first().pk, reason="重复", now=at(25)
    )
    assert cells(world, duty)["何敏"][8] == (2, 3, "running")
    assert taken_back.withdrawn_for == "重复"
    with pytest.raises(NotNow, match="已经撤销"):
        actions.withdraw_entry(acting_user=world.worker, entry_id=taken_back.pk, reason="重复")


def test_days_of_a_year(world):
    ready = shipped_duty("research-60")
    duty = front_line(world, **{name: ready[name] for name in ("name", "cadence", "count", "measure_word")})
    enter(world, duty, 4, amount=12)
    assert cells(world, duty)["何敏"] == [(12, 60, "running")]


def test_a_part_of_a_period_is_not_owed(world):
    duty = front_line(world)
    actions.add_holders(
        acting_user=world.office,
        duty_id=duty.pk,
        people=[Person(unit=world.county, name="新任")],
        first_day=day(10, month=8),
    )
    actions.end_holder(acting_user=world.office, holder_id=duty.holders.get(name="何敏").pk, last_day=day(15))
    found = cells(world, duty)
    assert [state for *_, state in found["新任"]][6:10] == ["not-held", "not-held", "running", "coming"]
    assert found["何敏"][8] == (0, None, "not-held")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"day": day(26)}, "还没有到这一天"),
        ({"day": day(1, year=2025)}, "一年以前的不再补登"),
        ({"amount": 0}, "数量须为1至366"),
        ({"text": " "}, "请写明内容"),
        ({"file": pdf("x.exe")}, "不收"),
    ],
)
def test_what_cannot_be_entered(world, more, message):
    duty = front_line(world)
    with pytest.raises(ValidationError, match=message):
        enter(world, duty, 1, **more)
    assert not DutyEntry.objects.exists()


def test_who_enters_and_sees(world):
    duty = front_line(world)
    with pytest.raises(Http404):
        enter(world, duty, 1, acting_user=world.other_worker)
    with pytest.raises(PermissionDenied):
        enter(world, duty, 1, acting_user=world.leader)
    enter(world, duty, 1, acting_user=world.bureau_worker, file=pdf())
    entry = enter(world, duty, 1, acting_user=world.office)
    with pytest.raises(PermissionDenied):
        actions.withdraw_entry(acting_user=world.worker, entry_id=entry.pk, reason="不对")
    seen = {
        name: sorted(visible_holders(getattr(world, name)).values_list("name", flat=True))
        for name in ("office", "leader", "worker", "other_worker", "town_worker", "stranger")
    }
    assert seen == {
        "office": ["何敏", "苏岚"],
        "leader": ["何敏", "苏岚"],
        "worker": ["何敏"],
        "other_worker": ["苏岚"],
        "town_worker": [],
        "stranger": [],
    }
    with pytest.raises(PermissionDenied):
        actions.create_duty(acting_user=world.worker, owner=world.root, name="走访", cadence="monthly", count=1)


def test_the_same_person_holds_a_duty_once(world):
    duty = front_line(world)
    with pytest.raises(ValidationError, match="青石县何敏已在名单里"):
        actions.add_holders(
            acting_user=world.office,
            duty_id=duty.pk,
            people=[Person(unit=world.county, name="何敏")],
            first_day=day(1),
        )
    assert DutyHolder.objects.count() == 2


def test_the_cadence_stays_once_something_is_entered(world):
    duty = front_line(world)
    values = {"name": duty.name, "count": 4}
    actions.edit_duty(acting_user=world.office, duty_id=duty.pk, cadence="quarterly", **values)
    enter(world, duty, 1)
    with pytest.raises(NotNow, match="周期不能再改"):
        actions.edit_duty(acting_user=world.office, duty_id=duty.pk, cadence="monthly", **values)
    actions.stop_duty(acting_user=world.office, duty_id=duty.pk)
    with pytest.raises(NotNow, match="已停用"):
        enter(world, duty, 2)


def test_the_duties_that_ship(world):
    for row in shipped("duties"):
        made = actions.create_duty(
            acting_user=world.office, owner=world.root, **{key: value for key, value in row.items() if key != "key"}
        )
        assert str(made) == row["name"]
    counts = {row["key"]: (row["cadence"], row["count"]) for row in shipped("duties")}
    assert counts["front-line-4"] == ("monthly", 4)
    assert (counts["research-60"], counts["research-90"]) == (("yearly", 60), ("yearly", 90))
    assert counts["petitions-quarterly"] == ("quarterly", 1)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), st.integers(1, 5)), max_size=20),
    st.sampled_from([Cadence.MONTHLY, Cadence.QUARTERLY, Cadence.YEARLY, Cadence.WEEKLY, Cadence.TEN_DAILY]),
)
def test_what_was_done_is_in_exactly_one_period(world, entries, cadence):
    duty = Duty.objects.create(key="x", name="x", owner=world.root, cadence=cadence.value, count=2)
    holder = DutyHolder.objects.create(duty=duty, unit=world.county, name="甲", first_day=dt.date(2025, 1, 1))
    DutyEntry.objects.bulk_create(
        DutyEntry(holder=holder, day=when, amount=amount, text="x", entered_by=world.office) for when, amount in entries
    )
    board = queries.duty_board(world.office, duty, 2026, dt.date(2027, 6, 1))
    done = {cell.period: cell.done for cell in board.rows[0].cells}
    assert sum(done.values()) == sum(amount for when, amount in entries if Period.containing(when, cadence) in done)
    for cell in board.rows[0].cells:
        assert cell.state.value == ("met" if cell.done >= 2 else "behind")
    DutyEntry.objects.all().delete()
    Duty.objects.all().delete()
