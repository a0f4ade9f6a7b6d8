"""What a return is compared with: the last period, other forms, targets, the past."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from luoshi.apps.indicators.actions import Fact, record_observations
from luoshi.apps.indicators.models import Indicator, TargetIndicator
from luoshi.apps.reporting.actions import open_rounds, pass_stage, save_cells, submit_return
from luoshi.apps.reporting.errors import ReturnRefused
from luoshi.apps.reporting.models import Return, Round
from luoshi.apps.reporting.policies import (
    may_collect,
    may_fill,
    may_review,
    reviewable_returns,
    visible_forms,
    visible_returns,
)
from luoshi.apps.reporting.queries.returns import return_sheet, returns_to_fill, to_fill, visible_return
from luoshi.apps.reporting.queries.reviews import returns_to_review
from luoshi.apps.reporting.views.sheets import target_words
from luoshi.apps.targets.models import Allocation, AllocationVersion, Share
from luoshi.forms.model import Values
from luoshi.periods import Period
from tests.apps.plans.making import make_document
from tests.apps.reporting.making import GOOD, OTHER, at

pytestmark = pytest.mark.django_db


def submit(world, answer, cells, rows=None, reasons=None, user=None, now=None):
    return submit_return(
        acting_user=user or world.filler,
        answer_id=answer.pk,
        channel="web",
        values=Values(cells, rows or {}),
        reasons=reasons,
        now=now or at(2),
    )


def sheet_of(answer, **more):
    return return_sheet(visible_return(None, answer.pk), **({"now": at(2), "user": None} | more))


def of_period(period, unit):
    return Return.objects.get(round__period=period, unit=unit)


def test_the_last_return_stands_beside_the_cells_projects_by_name(world):
    world.form(first_period="2026-06")
    open_rounds(now=at(1))
    june, august = of_period("2026-06", world.county), of_period("2026-08", world.county)
    cells = GOOD | {"p.a.name": "大坝", "p.a.sum": "100", "p.b.name": "公路", "p.b.sum": "7"}
    submit(world, june, cells, {"p": ["a", "b"]}, now=at(3, month=7))
    save_cells(
        acting_user=world.filler,
        answer_id=august.pk,
        cells={"p.x.name": "公路", "p.x.sum": "8", "p.y.name": "学校"},
        rows={"p": ["x", "y"]},
    )
    sheet = sheet_of(august)
    assert sheet.previous_period == "2026-06", "nothing was submitted for July"
    assert sheet.context.previous["s.firm.n"] == "10"
    assert sheet.context.previous["p.x.sum"] == "7"
    assert "p.y.sum" not in sheet.context.previous
    assert "p.a.sum" not in sheet.context.previous, "the other return's own rows have no place here"
    assert sheet.previous.rows == {"p": ["a", "b"]}
    assert not sheet.context.period_starts_year


def test_cumulative_figures_begin_anew_in_january(world):
    world.form(first_period="2026-12")
    open_rounds(now=at(1, month=2, year=2027))
    assert not sheet_of(of_period("2026-12", world.county)).context.period_starts_year
    assert sheet_of(of_period("2027-01", world.county)).context.period_starts_year


def test_cumulative_figures_begin_anew_after_a_january_without_a_return(world):
    world.form(first_period="2026-12")
    open_rounds(now=at(25, month=2, year=2027))
    december, february = (of_period(period, world.county) for period in ("2026-12", "2027-02"))
    submit(world, december, GOOD, now=at(2, month=1, year=2027))
    sheet = sheet_of(february)
    assert (sheet.previous_period, sheet.context.period_starts_year) == ("2026-12", True)
    less = {"s.all.n": "5", "s.firm.n": "2", "s.shop.n": "3", "s.firm.m": "7"}
    submit(world, february, less, reasons={"s.firm.n": "新年"}, now=at(1, month=3, year=2027))
    judged = returns_to_review(world.reviewer)
    assert {item.submission.answer_id: item.jumps for item in judged}[february.pk] == 0, "reviewers see it alike"


def test_what_was_expected_without_a_target_is_last_years_growth(world):
    world.form(first_period="2025-07")
    open_rounds(now=at(1))
    for period, value in (("2025-07", 100), ("2025-08", 120), ("2026-07", 200)):
        cells = {"s.all.n": str(value + 1), "s.firm.n": str(value), "s.shop.n": "1"}
        reasons = dict.fromkeys((*cells, "s.firm.m"), "属实")
        now = at(2, month=8 if period.endswith("7") else 9, year=int(period[:4]))
        submit(world, of_period(period, world.county), cells, reasons=reasons, now=now)
    expected = sheet_of(of_period("2026-08", world.county)).context.expected
    assert expected["s.firm.n"] == Decimal(240)
    # What the unit carries with another is expected of neither alone, by target or by growth.
    share = shared_out(world, 1200)
    Share.objects.create(version=share.version, unit=world.other, period="2026", value=None, joint="青白")
    Share.objects.filter(pk=share.pk).update(joint="青白")
    context = sheet_of(of_period("2026-08", world.county)).context
    assert "s.firm.n" not in context.expected and "s.firm.n" not in context.targets
    assert set(expected) - set(context.expected) == {"s.firm.n"}


def shared_out(world, value, tier="work"):
    """A target of the year by the number of firms, with the county's share."""
    from luoshi.apps.plans.models import Plan, PlanVersion, Target

    plan = Plan.objects.create(title="行动方案", year=2026, owner=world.root)
    version = PlanVersion.objects.create(
        plan=plan, ordinal=1, document=make_document(f"{tier}.txt"), first_line=1, last_line=1, published_at=at(1)
    )
    target = Target.objects.create(
        plan=plan,
        version=version,
        text="示范",
        line=1,
        spans=[],
        indicator="企业",
        comparator=">=",
        value=value * 10,
        unit_of_measure="户",
        year=2026,
        tier=tier,
    )
    TargetIndicator.objects.create(target=target, indicator=Indicator.objects.get(key="firms"))
    adopted = AllocationVersion.objects.create(
        allocation=Allocation.objects.create(target=target, unit=world.root),
        ordinal=1,
        method="typed",
        adopted_at=at(1, month=1),
    )
    return Share.objects.create(version=adopted, unit=world.county, period="2026", value=value)


def test_targets_stand_beside_the_cells(world):
    world.form()
    answer = world.opened()
    shared_out(world, 120)
    shared_out(world, 240, "stretch")
    sheet = sheet_of(answer)
    assert {(share.tier, share.value) for share in sheet.targets["s.firm.n"]} == {("work", 120), ("stretch", 240)}
    assert sheet.context.targets == {"s.firm.n": Decimal(120)}
    assert sheet.context.expected["s.firm.n"] == Decimal(80), "eight months of twelve"


def test_of_a_flow_the_month_is_expected_and_not_the_year_so_far(world):
    Indicator.objects.filter(key="firms").update(kind="flow", time_aggregation="sum")
    world.form("other", OTHER, stages=(), first_period="2026-01")
    open_rounds(now=at(1))
    share = shared_out(world, 1200)
    january, august = (of_period(period, world.county) for period in ("2026-01", "2026-08"))
    assert sheet_of(january).context.expected == {"t.firm.v": Decimal(100)}
    assert sheet_of(august).context.expected == {"t.firm.v": Decimal(100)}
    submit(world, august, {"t.firm.v": "100"})
    with pytest.raises(ReturnRefused, match="须说明原因"):
        submit(world, january, {"t.firm.v": "800"}, now=at(1, month=2))
    world.form()  # its column adds the months up
    assert sheet_of(world.opened()).context.expected["s.firm.n"] == Decimal(800)
    Share.objects.create(version=share.version, unit=world.other, period="2026", value=None, joint="青白")
    Share.objects.filter(pk=share.pk).update(joint="青白")
    sheet = sheet_of(january)
    assert sheet.context.expected == {}, "of both together, of none of them alone"
    assert [share.joint for share in sheet.targets["t.firm.v"]] == [True]
    assert sheet.context.targets == {}, "a formula must not take the whole for the unit's own"


@pytest.fixture
def two_forms(world):
    world.form()
    world.form("other", OTHER)
    open_rounds(now=at(1))
    return (
        Return.objects.get(round__form__key="monthly", unit=world.county),
        Return.objects.get(round__form__key="other", unit=world.county),
    )


def test_a_number_given_in_another_form_is_shown_and_reused(world, two_forms):
    monthly, other = two_forms
    save_cells(acting_user=world.filler, answer_id=monthly.pk, cells=GOOD)
    given = sheet_of(other).given["t.firm.v"]
    assert (given.text, given.state, given.form, given.unit) == ("10", "typed", "市场主体月报", "青石县")
    assert given.told == "《市场主体月报》（青石县，填报中）"
    submit(world, monthly, GOOD)
    assert sheet_of(other).given["t.firm.v"].state == "submitted"
    saved = save_cells(acting_user=world.filler, answer_id=other.pk, cells={}, reuse=["t.firm.v", "t.x.v"])
    assert saved.problems == ()
    other.refresh_from_db()
    assert other.cells == {"t.firm.v": "10"}
    for user in (world.reviewer, world.lead):
        pass_stage(acting_user=user, answer_id=monthly.pk)
    given = sheet_of(other).given["t.firm.v"]
    assert (given.state, given.form, given.return_id, given.cell) == (
        "accepted",
        "市场主体月报",
        monthly.pk,
        "s.firm.n",
    )
    assert [given.return_id for given in sheet_of(monthly).given.values()] == [other.pk], "not its own"


def test_another_number_needs_a_reason_that_names_the_other_form(world, two_forms):
    monthly, other = two_forms
    submit(world, monthly, GOOD)
    with pytest.raises(ReturnRefused) as caught:
        submit(world, other, {"t.firm.v": "12"})
    (problem,) = caught.value.problems
    assert (problem.address, problem.code, problem.severity) == ("t.firm.v", "given", "soft")
    assert "《市场主体月报》（青石县，已报送）的 10 不一致" in problem.message
    assert submit(world, other, {"t.firm.v": "12"}, reasons={"t.firm.v": "口径不同"}).ordinal == 1


def test_statistics_come_before_what_units_say(world, two_forms):
    monthly, other = two_forms
    submit(world, monthly, GOOD)
    fact = Fact(Indicator.objects.get(key="firms").pk, world.county.pk, "2026-08", Decimal(11))
    record_observations(acting_user=None, facts=[fact], source="statistics", origin="import")
    given = sheet_of(other).given["t.firm.v"]
    assert (given.text, given.state, given.told) == ("11", "statistics", "统计数")


def test_a_department_that_reports_for_every_county(world):
    definition = {
        "sections": [
            OTHER["sections"][0]
            | {"rows": [{"key": unit, "label": unit, "indicator": "firms", "unit": unit} for unit in ("qsx", "bsx")]}
        ]
    }
    world.form()
    world.form("other", definition, reporters=(world.department,))
    open_rounds(now=at(1))
    county = Return.objects.get(round__form__key="monthly", unit=world.county)
    department = Return.objects.get(round__form__key="other")
    submit(world, county, GOOD)
    given = sheet_of(department).given
    assert set(given) == {"t.qsx.v"}
    clerk = world.person("clerk", world.department, "reporter")
    save_cells(acting_user=clerk, answer_id=department.pk, cells={"t.bsx.v": "5"})
    beside = Return.objects.get(round__form__key="monthly", unit=world.other)
    assert sheet_of(beside).given["s.firm.n"].text == "5"


def test_nobody_is_shown_what_others_gave_elsewhere(world):
    """A form of the county's own that asks (as one published long ago may) about another county."""
    row = OTHER["sections"][0]["rows"][0] | {"unit": "bsx"}
    world.form("own", {"sections": [OTHER["sections"][0] | {"rows": [row]}]}, reporters=(world.county,))
    world.form(stages=())
    open_rounds(now=at(1))
    mine = Return.objects.get(round__form__key="own")
    mine.round.form.owner = world.county
    mine.round.form.save()
    theirs = Return.objects.get(round__form__key="monthly", unit=world.other)
    lead = world.person("county-lead", world.county, "lead")

    def told(user):
        return {address: given.text for address, given in sheet_of(mine, user=user).given.items()}

    save_cells(acting_user=world.other_filler, answer_id=theirs.pk, cells=GOOD)
    assert (told(lead), told(world.filler), told(world.coordinator)) == ({}, {}, {"t.firm.v": "10"})
    submit(world, theirs, GOOD, user=world.other_filler)
    assert (told(lead), told(world.filler), told(world.coordinator)) == ({}, {}, {"t.firm.v": "10"})
    saved = save_cells(acting_user=world.filler, answer_id=mine.pk, cells={"t.firm.v": "9"}, reuse=["t.firm.v"])
    assert saved.problems == ()
    mine.refresh_from_db()
    assert mine.cells == {"t.firm.v": "9"}, "there is nothing to take over"


def test_the_past_stays_visible(world):
    world.form(stages=("lead",))
    answer = world.opened()
    save_cells(acting_user=world.filler, answer_id=answer.pk, cells={"s.firm.m": "3"}, now=at(1, 10))
    submit(world, answer, GOOD, now=at(2))
    pass_stage(acting_user=world.lead, answer_id=answer.pk, now=at(3))
    before, then, after = (sheet_of(answer, as_of=moment) for moment in (at(1, 12), at(2, 12), at(4)))
    assert (before.state, dict(before.values.cells), before.submission) == ("open", {}, None)
    assert (then.state, then.stage, then.values.cells["s.all.n"]) == ("in-review", "lead", "30")
    assert (after.state, after.editable) == ("accepted", False)


def test_what_is_still_to_be_filled_in(world):
    world.form(first_period="2026-07")
    open_rounds(now=at(25, month=7))
    open_rounds(now=at(1))
    rows = list(returns_to_fill(world.filler, now=at(4)))
    assert [(row.round.period, to_fill(row, at(4)).late) for row in rows] == [("2026-08", True)], "July is over"
    assert list(returns_to_fill(world.lead, now=at(4))) == []
    early = list(returns_to_fill(world.filler, now=at(1) - dt.timedelta(days=60)))
    assert early == []


def test_who_sees_fills_reviews_and_collects(world):
    version = world.form()
    answer = world.opened()
    other = Return.objects.get(unit=world.other)
    sees = {
        "filler": {answer},
        "other": {other},
        "reviewer": {answer},
        "lead": {answer, other},
        "lead2": {answer, other},
        "office": {answer, other},
        "leader": {answer, other},
        "town": set(),
        "stranger": set(),
    }
    people = {user.username: user for user in vars(world).values() if hasattr(user, "username")}
    for name, expected in sees.items():
        user = people[name]
        assert set(visible_returns(user)) == expected, name
        assert set(visible_forms(user)) == ({version.form} if expected else set()), name
        assert may_fill(user, answer) == (name in ("filler", "filler2")), name
        assert may_collect(user, version.form) == (name in ("lead", "office")), name
    submit(world, answer, GOOD)
    answer = visible_return(None, answer.pk)
    for stage, expected in (("unit", {"reviewer"}), ("lead", {"lead", "lead2", "office"})):
        Return.objects.filter(pk=answer.pk).update(stage=stage)
        answer.refresh_from_db(fields=("stage",))
        assert {name for name, user in people.items() if may_review(user, answer)} == expected
        assert {name for name, user in people.items() if reviewable_returns(user).exists()} == expected


def test_the_words_beside_a_cell_say_year_tier_and_what_is_due_in_every_cadence(world):
    """A year's target is not due by September: of each period the page says how much of it."""
    due = {
        "2026": 1200,
        "2026H1": 600,
        "2026Q3": 900,
        "2026-08": 800,
        "2026-09T1": None,  # within a month: as far as the month has come
        "2026-W36": None,
    }
    share = None
    for text, expected in due.items():
        period = Period.parse(text)
        key = f"form-{period.cadence.value}"
        version = world.form(key, OTHER, cadence=period.cadence.value, stages=())
        found = Round.objects.create(
            form=version.form,
            version=version,
            period=text,
            first_day=period.first_day,
            last_day=period.last_day,
            opened_at=at(1),
            due_at=at(3, year=2027),
            late_until=at(13, year=2027),
        )
        answer = Return.objects.create(round=found, unit=world.county)
        share = share or shared_out(world, 1200)
        sheet = sheet_of(answer)
        (words,) = set(target_words(sheet).values())
        assert words.startswith("2026年工作目标 1200，到本期应达 "), (text, words)
        told = Decimal(words.rpartition(" ")[2].replace(",", ""))
        if expected is not None:
            assert told == expected, (text, words)
        else:
            assert 800 <= told <= 900, (text, words)
