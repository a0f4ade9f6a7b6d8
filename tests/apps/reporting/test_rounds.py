"""Opening rounds: when, for whom, once; and exemptions."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.actions import (
    end_exemption,
    exempt_unit,
    freeze_round,
    open_rounds,
    save_cells,
    submit_return,
)
from luoshi.apps.reporting.actions.rounds import openings_at_once
from luoshi.apps.reporting.errors import NotNow
from luoshi.apps.reporting.models import Exemption, Form, FormVersion, Return, ReturnStep, Round
from luoshi.apps.reporting.queries.timeliness import known_at
from luoshi.forms.model import Values
from luoshi.periods import SHANGHAI, Period
from luoshi.site.tick import tick
from tests.apps.reporting.making import GOOD, OTHER, at

pytestmark = pytest.mark.django_db


def periods():
    return list(Round.objects.order_by("first_day").values_list("period", flat=True))


def test_a_round_opens_ten_days_before_it_is_due(world):
    version = world.form()
    assert open_rounds(now=at(23, 23, month=8)) == []
    opened = open_rounds(now=at(24, 0, month=8))
    assert [(item.period, item.version) for item in opened] == [("2026-08", version)]
    found = Round.objects.get()
    assert found.due_at == dt.datetime(2026, 9, 3, 23, 59, 59, 999999, tzinfo=SHANGHAI)
    assert found.late_until == dt.datetime(2026, 9, 13, 23, 59, 59, 999999, tzinfo=SHANGHAI)
    assert {(a.unit, a.state) for a in found.returns.all()} == {(world.county, "open"), (world.other, "open")}
    assert open_rounds(now=at(1)) == [], "safe to repeat"


def test_what_was_missed_is_caught_up(world):
    world.form(first_period="2026-05")
    open_rounds(now=at(1))
    assert periods() == ["2026-05", "2026-06", "2026-07", "2026-08"]
    Round.objects.filter(period="2026-06").exists()
    assert Return.objects.count() == 8
    assert verify().ok


@pytest.mark.parametrize(("late_days", "day"), [(10, 11), (0, 4)])
def test_a_round_opened_after_its_due_day_is_due_when_units_have_had_their_time(world, late_days, day):
    world.form(first_period="2026-06", late_days=late_days)
    open_rounds(now=at(1))
    june, july, august = Round.objects.order_by("first_day")
    for late in (june, july):
        assert late.due_at == late.late_until == dt.datetime(2026, 9, day, 23, 59, 59, 999999, tzinfo=SHANGHAI)
        assert "顺延" in late.assumption
    assert "2026-08-03" in july.assumption
    assert (august.due_at.day, august.assumption) == (3, ""), "one opened before its due moment keeps it"
    answer = Return.objects.get(round=july, unit=world.county)
    marks = {
        moment: known_at(Return.objects.filter(pk=answer.pk), moment, now=moment).get().mark
        for moment in (at(1, 12), at(day, 23), at(day + 1))
    }
    assert list(marks.values()) == ["pending", "pending", "missing"]
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=Values(GOOD), now=at(day, 22))
    assert known_at(Return.objects.filter(pk=answer.pk), at(20), now=at(20)).get().mark == "on-time"


def test_how_many_rounds_open_at_once(world):
    version = world.form(first_period="2026-08")
    for first, count in (("2026-09", 0), ("2026-08", 1), ("2026-05", 4), ("1902-01", 60)):
        assert openings_at_once(version, Period.parse(first), at(1)) == count


def test_a_new_version_takes_over_from_its_period_on(world):
    first = world.form()
    second = FormVersion.objects.create(
        form=first.form,
        ordinal=2,
        definition=OTHER,
        cadence="monthly",
        due_kind="day-after",
        due_day=20,
        open_days=30,
        first_period="2026-09",
        first_day=dt.date(2026, 9, 1),
        published_at=at(1),
    )
    second.reporters.set([world.other])
    draft = FormVersion.objects.create(form=first.form, ordinal=3, definition=OTHER, cadence="monthly")
    open_rounds(now=at(25))
    assert set(Round.objects.values_list("period", "version")) == {("2026-08", first.pk), ("2026-09", second.pk)}
    assert Return.objects.get(round__period="2026-09").unit == world.other
    assert draft.rounds.count() == 0


def test_forms_out_of_use_and_units_that_are_gone(world):
    version = world.form()
    Unit.objects.filter(pk=world.other.pk).update(valid_to=dt.date(2026, 7, 31))
    Form.objects.update(is_active=False)
    assert open_rounds(now=at(1)) == []
    Form.objects.update(is_active=True)
    open_rounds(now=at(1))
    assert Return.objects.get().unit == world.county
    assert version.rounds.count() == 1


def test_tick_opens_rounds_and_says_so(world):
    today = dt.datetime.now(SHANGHAI).date()
    world.form(first_period=f"{today:%Y-%m}", due_kind="last-day", due_day=0, open_days=40)
    lines = list(tick())
    assert f"开放了《市场主体月报》{today.year}年{today.month}月的填报。" in lines
    assert not [line for line in tick() if "开放了" in line]


def exempt(world, version, unit=None, first="2026-08", last="", **more):
    values = {"acting_user": world.lead, "reason": "撤并", "now": at(2)} | more
    unit = unit or world.other
    return exempt_unit(form_id=version.form_id, unit_id=unit.pk, first_period=first, last_period=last, **values)


def test_an_exemption_turns_open_returns_and_later_rounds(world):
    version = world.form()
    world.opened()
    found = exempt(world, version)
    answer = Return.objects.get(unit=world.other)
    assert answer.state == "exempt"
    assert ReturnStep.objects.get(answer=answer).reason == "撤并"
    with pytest.raises(NotNow, match="免报"):
        save_cells(acting_user=world.other_filler, answer_id=answer.pk, cells=GOOD)
    with pytest.raises(NotNow, match="免报"):
        submit_return(acting_user=world.other_filler, answer_id=answer.pk, channel="web")
    open_rounds(now=at(1, month=10))
    later = Return.objects.get(unit=world.other, round__period="2026-09")
    assert (later.state, later.steps.get().reason) == ("exempt", "撤并")
    freeze_round(acting_user=world.lead, round_id=answer.round_id, now=at(5, month=10))
    end_exemption(acting_user=world.lead, exemption_id=found.pk, from_period="2026-08", now=at(6, month=10))
    answer.refresh_from_db()
    later.refresh_from_db()
    assert (answer.state, later.state) == ("exempt", "open"), "a frozen round stays as it was"
    end_exemption(acting_user=world.lead, exemption_id=found.pk, from_period="2026-08", now=at(7, month=10))
    assert Exemption.objects.get().ended_at == at(6, month=10)
    assert verify().ok


def test_an_exemption_ends_from_a_period_on_and_the_past_stays_exempt(world):
    version = world.form(first_period="2026-05")
    found = exempt(world, version, first="2026-05", now=at(1, month=5))
    open_rounds(now=at(1))
    end_exemption(acting_user=world.lead, exemption_id=found.pk, now=at(1))
    rows = Return.objects.filter(unit=world.other)
    states = dict(rows.values_list("round__period", "state"))
    assert states == {"2026-05": "exempt", "2026-06": "exempt", "2026-07": "exempt", "2026-08": "open"}
    marks = known_at(rows.exclude(round__period="2026-08"), at(20), now=at(20)).values_list("mark", flat=True)
    assert set(marks) == {"exempt"}, "nobody is missing for what was not asked"
    found.refresh_from_db()
    assert (found.last_period, found.last_day, found.ended_at) == ("2026-07", dt.date(2026, 7, 31), None)
    end_exemption(acting_user=world.lead, exemption_id=found.pk, now=at(2))
    assert ReturnStep.objects.filter(action="end-exemption").count() == 1
    open_rounds(now=at(1, month=10))
    assert rows.get(round__period="2026-09").state == "open"
    end_exemption(acting_user=world.lead, exemption_id=found.pk, from_period="2026-07", now=at(2, month=10))
    assert rows.get(round__period="2026-07").state == "open"


def test_an_exemption_that_could_mean_no_return_is_refused(world):
    version = world.form()
    with pytest.raises(ValidationError, match="不是本表的填报单位"):
        exempt(world, version, unit=world.township)
    for wrong in ({"first": "2026"}, {"first": "2026Q3"}, {"last": "2026"}):
        with pytest.raises(ValidationError, match="周期不一致"):
            exempt(world, version, **wrong)
    with pytest.raises(ValidationError, match="不能保存"):
        exempt(world, version, reason="撤并\x00")
    assert not Exemption.objects.exists()


def test_an_exemption_for_some_periods_only(world):
    version = world.form(first_period="2026-07")
    exempt(world, version, first="2026-08", last="2026-08", now=at(1, month=8))
    open_rounds(now=at(25))
    states = dict(Return.objects.filter(unit=world.other).values_list("round__period", "state"))
    assert states == {"2026-07": "open", "2026-08": "exempt", "2026-09": "open"}


def test_what_was_reported_is_not_exempted(world):
    version = world.form()
    answer = world.opened()
    save_cells(acting_user=world.filler, answer_id=answer.pk, cells=GOOD, now=at(2))
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", now=at(2))
    exempt(world, version, world.county)
    answer.refresh_from_db()
    assert answer.state == "in-review"


def test_exemptions_that_make_no_sense(world):
    version = world.form()
    with pytest.raises(PermissionDenied):
        exempt(world, version, acting_user=world.filler)
    for wrong in (
        {"reason": " "},
        {"first": "上月"},
        {"first": "2026-09", "last": "2026-08"},
    ):
        with pytest.raises(ValidationError):
            exempt(world, version, **wrong)
    exempt(world, version, first="2026-08", last="2026-10")
    with pytest.raises(ValidationError, match="已免报"):
        exempt(world, version, first="2026-10")
    exempt(world, version, first="2026-11")
