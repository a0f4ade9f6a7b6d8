"""Reviewing: stages, four eyes, sending back, recalling, opening again, and what becomes known by accepting."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from luoshi.apps.indicators.models import Indicator, Observation
from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Membership, Role
from luoshi.apps.reporting.actions import (
    accept_many,
    freeze_round,
    open_rounds,
    pass_stage,
    recall_return,
    reopen_return,
    save_cells,
    send_back,
    submit_return,
)
from luoshi.apps.reporting.errors import NotNow, ReturnRefused
from luoshi.apps.reporting.models import CellRemark, Return, ReturnStep
from luoshi.apps.reporting.queries.returns import return_sheet, visible_return
from luoshi.apps.reporting.queries.reviews import returns_to_review
from luoshi.apps.reporting.queries.timeline import steps_of, timeline
from luoshi.apps.reporting.views.sheets import steps_in_words
from luoshi.forms.model import Values
from tests.apps.reporting.making import GOOD, MONTHLY, OTHER, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(world):
    world.form()
    found = world.opened()
    submit(world, found)
    found.refresh_from_db()
    return found


def submit(world, answer, cells=GOOD, user=None, now=None):
    values = Values(cells)
    return submit_return(
        acting_user=user or world.filler, answer_id=answer.pk, channel="web", values=values, now=now or at(2)
    )


def steps(answer):
    rows = ReturnStep.objects.filter(answer=answer).order_by("pk")
    return [(step.action, step.stage, step.to_state, step.by.username if step.by else "") for step in rows]


def known():
    rows = Observation.objects.filter(superseded_at=None).order_by("indicator__key")
    return {row.indicator.key: int(row.value) for row in rows}


def test_from_submission_to_observations(world, answer):
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk, now=at(3))
    answer.refresh_from_db()
    assert (answer.state, answer.stage) == ("in-review", "lead")
    assert known() == {}
    pass_stage(acting_user=world.lead, answer_id=answer.pk, now=at(3, 11))
    answer.refresh_from_db()
    assert (answer.state, answer.stage, answer.accepted_at) == ("accepted", "", at(3, 11))
    assert known() == {"entities": 30, "firms": 10, "shops": 20}
    row = Observation.objects.get(indicator__key="firms")
    assert (row.unit, row.period, row.source, row.recorded_at) == (world.county, "2026-08", "self-reported", at(3, 11))
    assert (row.origin, row.origin_id, row.origin_cell) == ("return", answer.pk, "s.firm.n")
    assert steps(answer) == [
        ("submit", "", "in-review", "filler"),
        ("pass", "unit", "in-review", "reviewer"),
        ("accept", "lead", "accepted", "lead"),
    ]
    assert verify().ok


def test_the_history_of_a_value_names_form_period_and_unit(world, answer, client):
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk, now=at(3))
    pass_stage(acting_user=world.lead, answer_id=answer.pk, now=at(3, 11))
    client.force_login(world.lead, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/indicators/firms/history", {"unit": "qsx", "period": "2026-08"}).content.decode()
    assert f'<a href="/returns/{answer.pk}#cell-s.firm.n">《市场主体月报》2026年8月（青石县）</a>' in page


def test_only_a_late_first_submission_is_called_late(world, answer):
    send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="请核对", now=at(3))
    submit(world, answer, GOOD | {"s.firm.n": "11", "s.all.n": "31"}, now=at(5))
    answer.refresh_from_db()
    answer.round.refresh_from_db()
    lines = steps_in_words(answer, steps_of(answer), ())
    assert [line["late"] for line in lines if line["action"] == "submit"] == [False, False]
    answer.submitted_at = answer.steps.filter(action="submit").latest("pk").at  # as if only the second had come
    lines = steps_in_words(answer, steps_of(answer), ())
    assert [line["late"] for line in lines if line["action"] == "submit"] == [False, True]


def test_a_stage_without_a_reviewer_is_skipped_and_says_so(world):
    world.form(stages=("unit", "county", "lead"), reporters=(world.other, world.township))
    world.opened(unit=world.other)
    other, town = Return.objects.get(unit=world.other), Return.objects.get(unit=world.township)
    submit(world, other, user=world.other_filler)
    other.refresh_from_db()
    assert other.stage == "lead", "nobody reviews in the other county, and no county stands above it"
    assert steps(other)[1] == ("skip", "unit", "in-review", "")
    assert ReturnStep.objects.get(answer=other, action="skip").reason == "本单位没有其他审核员"
    submit(world, town, user=world.town_filler)
    town.refresh_from_db()
    assert town.stage == "county", "the county's reviewer reviews for the county, not a second time for the town"
    assert not Entry.objects.filter(action="审核报送").exists()
    pass_stage(acting_user=world.reviewer, answer_id=town.pk)
    town.refresh_from_db()
    assert town.stage == "lead"
    mine = world.person("town-reviewer", world.township, Role.REVIEWER)
    recalled = Return.objects.get(unit=world.township)
    send_back(acting_user=world.lead, answer_id=recalled.pk, reason="再核")
    submit(world, recalled, user=world.town_filler)
    recalled.refresh_from_db()
    assert recalled.stage == "unit"
    pass_stage(acting_user=mine, answer_id=recalled.pk)
    recalled.refresh_from_db()
    assert recalled.stage == "county"


def test_a_form_without_review_is_accepted_at_once(world):
    world.form(stages=())
    answer = world.opened()
    submit(world, answer)
    answer.refresh_from_db()
    assert (answer.state, answer.stage, answer.accepted_at) == ("accepted", "", at(2))
    assert known() == {"entities": 30, "firms": 10, "shops": 20}
    submit(world, answer)
    assert ReturnStep.objects.count() == 2, "a second click"


def test_who_submitted_never_reviews_the_same_submission(world):
    world.form(stages=("unit", "lead"))
    answer = world.opened()
    Membership.objects.create(user=world.filler, unit=world.county, role=Role.REVIEWER)
    Membership.objects.create(user=world.filler, unit=world.department, role=Role.LEAD)
    submit(world, answer)
    for act in (pass_stage, lambda **more: send_back(reason="再核", **more)):
        with pytest.raises(PermissionDenied, match="须由他人审核"):
            act(acting_user=world.filler, answer_id=answer.pk)
    refused = accept_many(acting_user=world.filler, returns=[(answer.pk, 1)]).refused
    assert refused == ((answer.pk, "您报送的，须由他人审核。"),)
    assert returns_to_review(world.filler) == []
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk)
    with pytest.raises(PermissionDenied, match="须由他人审核"):
        pass_stage(acting_user=world.filler, answer_id=answer.pk)


def test_the_only_reviewer_of_the_last_stage_waits_for_another(world):
    world.form(stages=("unit",), reporters=(world.other,))
    answer = world.opened(unit=world.other)
    Membership.objects.create(user=world.other_filler, unit=world.other, role=Role.REVIEWER)
    submit(world, answer, user=world.other_filler)
    answer.refresh_from_db()
    assert (answer.state, answer.stage) == ("in-review", "unit")


def test_who_may_review(world, answer):
    for user in (world.filler, world.second_filler, world.lead, world.coordinator, world.leader):
        with pytest.raises(PermissionDenied):
            pass_stage(acting_user=user, answer_id=answer.pk)
    for user in (world.stranger, world.other_filler):
        with pytest.raises(Http404):
            pass_stage(acting_user=user, answer_id=answer.pk)
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk)
    for user in (world.reviewer, world.leader):
        with pytest.raises(PermissionDenied):
            pass_stage(acting_user=user, answer_id=answer.pk)
    pass_stage(acting_user=world.coordinator, answer_id=answer.pk)
    with pytest.raises(NotNow, match="已审核通过"):
        pass_stage(acting_user=world.lead, answer_id=answer.pk)


def test_sending_back_with_remarks_that_are_settled_by_changing_the_cell(world, answer):
    remarks = {"s.firm.n": "与上月差距大", "s.shop.n": "请核对", "": "请附说明", "s.all.n": "  "}
    send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="请核对", remarks=remarks, now=at(3))
    answer.refresh_from_db()
    assert (answer.state, answer.stage, answer.submitted_at) == ("sent-back", "", at(2))
    assert CellRemark.objects.count() == 3
    sheet = return_sheet(visible_return(world.filler, answer.pk), user=world.filler, now=at(3))
    assert [remark.text for remark in sheet.remarks] == ["与上月差距大", "请核对", "请附说明"]
    assert sheet.editable
    submit(world, answer, GOOD | {"s.firm.n": "11", "s.all.n": "31"}, now=at(4))
    settled = set(CellRemark.objects.filter(settled_at=at(4)).values_list("address", flat=True))
    assert settled == {"s.firm.n", ""}, "the other cell is as it was"
    answer.refresh_from_db()
    assert answer.submitted_at == at(2), "the first submission was in time"
    sheet = return_sheet(visible_return(world.reviewer, answer.pk), user=world.reviewer, now=at(4))
    assert {(c.address, c.before, c.after) for c in sheet.changes} == {
        ("s.firm.n", "10", "11"),
        ("s.all.n", "30", "31"),
    }
    assert returns_to_review(world.reviewer)[0].changes == 2
    told = timeline(answer)
    assert [(item.what, item.who, len(item.remarks), len(item.changes)) for item in told] == [
        ("报送", "filler同志", 0, 0),
        ("退回", "reviewer同志", 3, 0),
        ("报送", "filler同志", 0, 2),
    ]


def test_sending_back_needs_a_reason_and_known_cells(world, answer):
    with pytest.raises(ValidationError):
        send_back(acting_user=world.reviewer, answer_id=answer.pk, reason=" ")
    with pytest.raises(ValidationError, match="没有这些格"):
        send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="再核", remarks={"s.x.n": "?"})
    with pytest.raises(ValidationError):
        send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="再核", remarks={"s.all.n": "字" * 301})
    assert not CellRemark.objects.exists()


def test_what_was_sent_back_is_answered_after_the_window_and_the_freeze(world, answer):
    freeze_round(acting_user=world.lead, round_id=answer.round_id, now=at(5))
    send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="再核", now=at(20))
    answer.refresh_from_db()
    assert answer.reopened
    submit(world, answer, GOOD, now=at(21))
    other = Return.objects.get(unit=world.other)
    with pytest.raises(NotNow, match="封存"):
        submit(world, other, user=world.other_filler, now=at(21))


def test_recalling_before_any_review(world, answer):
    with pytest.raises(PermissionDenied):
        recall_return(acting_user=world.reviewer, answer_id=answer.pk)
    recall_return(acting_user=world.filler, answer_id=answer.pk, now=at(2, 10))
    answer.refresh_from_db()
    assert (answer.state, answer.stage, answer.submitted_at) == ("open", "", None)
    save_cells(acting_user=world.filler, answer_id=answer.pk, cells={"s.firm.m": "1"}, now=at(2, 11))
    second = submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", now=at(2, 12))
    assert second.ordinal == 2
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk)
    with pytest.raises(NotNow, match="不能撤回"):
        recall_return(acting_user=world.filler, answer_id=answer.pk)


@pytest.mark.parametrize(("frozen", "moment", "why"), [(True, at(5), "封存"), (False, at(15), "期限已过")])
def test_recalling_is_refused_where_nothing_could_be_submitted_again(world, answer, frozen, moment, why):
    if frozen:
        freeze_round(acting_user=world.lead, round_id=answer.round_id, now=at(4))
    with pytest.raises(NotNow, match=why):
        recall_return(acting_user=world.filler, answer_id=answer.pk, now=moment)
    answer.refresh_from_db()
    assert (answer.state, answer.submitted_at) == ("in-review", at(2)), "still reported, and in time"


def test_what_was_sent_back_may_be_recalled_after_the_late_window(world, answer):
    send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="再核", now=at(14))
    submit(world, answer, now=at(15))
    recall_return(acting_user=world.filler, answer_id=answer.pk, now=at(16))
    assert submit(world, answer, now=at(17)).ordinal == 3


def test_recalling_what_was_sent_back_before_brings_the_remarks_back(world, answer):
    send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="再核", remarks={"s.firm.n": "?"}, now=at(3))
    submit(world, answer, GOOD | {"s.firm.n": "11", "s.all.n": "31"}, now=at(4))
    assert not CellRemark.objects.filter(settled_at=None).exists()
    recall_return(acting_user=world.filler, answer_id=answer.pk, now=at(5))
    answer.refresh_from_db()
    assert (answer.state, answer.submitted_at) == ("sent-back", at(2))
    assert CellRemark.objects.filter(settled_at=None).count() == 1
    # What was recalled was never seen: the reviewer is told what changed since the submission that was sent back.
    submit(world, answer, GOOD | {"s.firm.n": "12", "s.all.n": "32"}, now=at(6))
    (waiting,) = returns_to_review(world.reviewer)
    assert (waiting.submission.ordinal, waiting.changes) == (3, 2)
    sheet = return_sheet(visible_return(world.reviewer, answer.pk), user=world.reviewer, now=at(6))
    assert {change.before for change in sheet.changes} == {"10", "30"}


def accept(world, answer, day=3):
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk, now=at(day))
    pass_stage(acting_user=world.lead, answer_id=answer.pk, now=at(day, 10))


def test_a_correction_supersedes_and_withdraws(world):
    definition = {"sections": [_optional()]}
    world.form(definition=definition)
    answer = world.opened()
    submit(world, answer, {"s.firm.n": "10", "s.shop.n": "20"})
    accept(world, answer)
    freeze_round(acting_user=world.lead, round_id=answer.round_id, now=at(5))
    with pytest.raises(PermissionDenied):
        reopen_return(acting_user=world.filler, answer_id=answer.pk, reason="更正")
    with pytest.raises(ValidationError):
        reopen_return(acting_user=world.lead, answer_id=answer.pk, reason="")
    reopen_return(acting_user=world.lead, answer_id=answer.pk, reason="更正", now=at(6))
    answer.refresh_from_db()
    assert (answer.state, answer.reopened) == ("sent-back", True)
    assert known() == {"firms": 10, "shops": 20}, "in force until the correction is accepted"
    submit(world, answer, {"s.firm.n": "12"}, now=at(7))
    accept(world, answer, day=8)
    answer.refresh_from_db()
    assert not answer.reopened
    assert known() == {"firms": 12}
    old = Observation.objects.get(indicator__key="shops")
    assert old.superseded_at == at(8, 10)
    assert Observation.objects.filter(indicator__key="firms").count() == 2
    # The same again: nothing is written twice.
    reopen_return(acting_user=world.lead, answer_id=answer.pk, reason="再更正", now=at(9))
    submit(world, answer, {"s.firm.n": "12"}, now=at(10))
    accept(world, answer, day=11)
    assert Observation.objects.count() == 3


def _optional():
    fields = [{"key": "n", "label": "累计", "type": "integer", "observed": True}]
    rows = [
        {"key": "firm", "label": "企业", "indicator": "firms"},
        {"key": "shop", "label": "个体", "indicator": "shops"},
    ]
    return {"key": "s", "title": "培育情况", "kind": "fixed", "fields": fields, "rows": rows}


def current_firms() -> list[tuple[int, int, str]]:
    rows = Observation.objects.filter(indicator__key="firms", superseded_at=None)
    return [(int(row.value), row.origin_id, row.origin_cell) for row in rows]


@pytest.fixture
def two_accepted(world):
    """Two forms that ask for the number of firms, both accepted as soon as they come."""
    monthly = json.loads(json.dumps(MONTHLY))
    monthly["sections"][0]["fields"][0].pop("required")
    world.form(definition=monthly, stages=())
    world.form("second", OTHER, stages=())
    first, second = world.opened(), world.opened(form="second")

    def say(answer, cells, day, reopen=True):
        if reopen:
            reopen_return(acting_user=world.lead, answer_id=answer.pk, reason="更正", now=at(day, 8))
        submit_return(
            acting_user=world.filler,
            answer_id=answer.pk,
            channel="web",
            values=Values(cells, {}),
            reasons=dict.fromkeys((*GOOD, "t.firm.v"), "属实"),
            now=at(day),
        )

    return first, second, say


def test_emptying_a_cell_leaves_the_number_that_another_form_states(two_accepted):
    first, second, say = two_accepted
    say(first, GOOD, 2, reopen=False)
    say(second, {"t.firm.v": "10"}, 3, reopen=False)
    assert current_firms() == [(10, first.pk, "s.firm.n")], "one number, recorded once"
    say(first, {"s.shop.n": "20"}, 4)
    assert current_firms() == [(10, second.pk, "t.firm.v")]
    say(second, {}, 5)
    assert current_firms() == [], "now nobody says it any longer"


def test_emptying_what_took_the_place_of_another_number_brings_that_one_back(two_accepted):
    first, second, say = two_accepted
    say(first, GOOD, 2, reopen=False)
    say(second, {"t.firm.v": "12"}, 3, reopen=False)
    assert current_firms() == [(12, second.pk, "t.firm.v")]
    say(second, {}, 4)
    assert current_firms() == [(10, first.pk, "s.firm.n")]
    known = Observation.objects.filter(indicator__key="firms").order_by("recorded_at")
    assert [int(row.value) for row in known] == [10, 12, 10], "the past stays as it was"


def test_what_is_being_corrected_states_what_was_accepted(two_accepted, world):
    first, second, say = two_accepted
    say(first, GOOD, 2, reopen=False)
    say(second, {"t.firm.v": "12"}, 3, reopen=False)
    reopen_return(acting_user=world.lead, answer_id=first.pk, reason="更正", now=at(4))
    save_cells(acting_user=world.filler, answer_id=first.pk, cells={"s.firm.n": "99"}, now=at(4))
    say(second, {}, 5)
    assert current_firms() == [(10, first.pk, "s.firm.n")], "what is merely typed counts for nothing"


def test_opening_again_what_still_takes_something_is_refused(world):
    world.form()
    answer = world.opened()
    with pytest.raises(NotNow, match="仍可填报"):
        reopen_return(acting_user=world.lead, answer_id=answer.pk, reason="补报", now=at(2))


def test_accepting_many_tells_what_became_of_each(world):
    world.form(stages=("lead",), reporters=(world.county, world.other, world.township))
    world.opened()
    by_unit = {answer.unit.key: answer for answer in Return.objects.all()}
    submit(world, by_unit["qsx"])
    submit(world, by_unit["bsx"], user=world.other_filler)
    seen = [(answer.pk, 1) for answer in by_unit.values()] + [(10**9, 1)]
    done = accept_many(acting_user=world.lead, returns=[*seen, seen[0]], now=at(4))
    assert set(done.done) == {by_unit["qsx"].pk, by_unit["bsx"].pk}
    assert dict(done.refused) == {
        by_unit["qsx-hcz"].pk: "此表还没有报送，不能审核。",
        10**9: "没有这份报表，或您无权查看。",
    }
    assert Observation.objects.count() == 6
    origins = set(Observation.objects.values_list("unit__key", "origin_id"))
    assert origins == {("qsx", by_unit["qsx"].pk), ("bsx", by_unit["bsx"].pk)}
    assert accept_many(acting_user=world.lead, returns=seen).done == ()
    assert verify().ok


def test_one_that_the_catalogue_refuses_does_not_stop_the_others(world):
    world.form(stages=("lead",), reporters=(world.county,))
    one = {"sections": [_optional()]}
    world.form("other", one, stages=("lead",), reporters=(world.other,))
    world.opened()
    good = Return.objects.get(unit=world.county)
    bad = Return.objects.get(unit=world.other)
    submit(world, good)
    submit(world, bad, {"s.firm.n": "1"}, user=world.other_filler)
    Indicator.objects.filter(key="shops").update(cadence="quarterly")
    done = accept_many(acting_user=world.lead, returns=[(good.pk, 1), (bad.pk, 1)])
    assert done.done == (bad.pk,)
    assert done.refused[0][0] == good.pk
    assert "季" in done.refused[0][1]


def test_what_the_reviewer_did_not_see_is_not_accepted(world, answer):
    send_back(acting_user=world.reviewer, answer_id=answer.pk, reason="再核", ordinal=1)
    submit(world, answer, now=at(3))
    for act in (pass_stage, lambda **more: send_back(reason="再核", **more)):
        with pytest.raises(NotNow, match="重新报送"):
            act(acting_user=world.reviewer, answer_id=answer.pk, ordinal=1)
    (refused,) = accept_many(acting_user=world.reviewer, returns=[(answer.pk, 1)]).refused
    assert "重新报送" in refused[1]
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk, ordinal=2)


def test_nobody_passes_two_stages_of_one_submission(world):
    world.form(stages=("unit", "county", "lead"), reporters=(world.township,))
    mine = world.person("town-reviewer", world.township, Role.REVIEWER)
    second = world.person("reviewer2", world.county, Role.REVIEWER)
    Membership.objects.create(user=world.reviewer, unit=world.department, role=Role.REVIEWER)
    answer = world.opened(unit=world.township)
    submit(world, answer, user=world.town_filler)
    with pytest.raises(PermissionDenied, match="不由您审核"):
        pass_stage(acting_user=world.reviewer, answer_id=answer.pk)
    assert returns_to_review(world.reviewer) == [], "the county's people are no reviewers of the town's own stage"
    assert [item.answer for item in returns_to_review(mine)] == [answer]
    pass_stage(acting_user=mine, answer_id=answer.pk)
    assert {user.username for user in (world.reviewer, second, mine) if returns_to_review(user)} == {
        "reviewer",
        "reviewer2",
    }
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk)
    answer.refresh_from_db()
    assert answer.stage == "lead"
    for act in (pass_stage, lambda **more: send_back(reason="再核", **more)):
        with pytest.raises(PermissionDenied, match="前一环节是您审核的"):
            act(acting_user=world.reviewer, answer_id=answer.pk)
    (refused,) = accept_many(acting_user=world.reviewer, returns=[(answer.pk, 1)]).refused
    assert "前一环节" in refused[1]
    assert returns_to_review(world.reviewer) == []
    send_back(acting_user=world.lead, answer_id=answer.pk, reason="再核")
    submit(world, answer, user=world.town_filler)
    pass_stage(acting_user=mine, answer_id=answer.pk)
    pass_stage(acting_user=second, answer_id=answer.pk)
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk)
    answer.refresh_from_db()
    assert answer.state == "accepted", "a new submission is reviewed anew"


def test_a_stage_that_only_earlier_reviewers_hold_is_skipped_and_says_so(world):
    world.form(stages=("unit", "lead"), reporters=(world.county,))
    answer = world.opened()
    Membership.objects.filter(role__in=(Role.LEAD, Role.COORDINATOR)).delete()
    Membership.objects.filter(user=world.second_lead).delete()
    Membership.objects.create(user=world.reviewer, unit=world.department, role=Role.LEAD)
    submit(world, answer)
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk)
    answer.refresh_from_db()
    assert answer.state == "accepted"
    skipped = ReturnStep.objects.get(answer=answer, action="skip")
    assert (skipped.stage, skipped.reason) == ("lead", "只有已审过前一环节的人，不重复审核")


def test_a_county_reviews_a_towns_own_stage_where_the_form_does_not_ask_the_county(world):
    world.form(stages=("unit", "lead"), reporters=(world.township,))
    answer = world.opened(unit=world.township)
    submit(world, answer, user=world.town_filler)
    assert [item.answer for item in returns_to_review(world.reviewer)] == [answer]
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk)
    answer.refresh_from_db()
    assert answer.stage == "lead"


def test_one_mistyped_figure_asks_for_one_reason_and_early_figures_for_theirs(world):
    world.form(stages=("unit",), first_period="2026-07")
    open_rounds(now=at(25, month=8))
    july, august = Return.objects.filter(unit=world.county).order_by("round__first_day")
    submit(world, july, now=at(25, month=8))
    grown = {"s.all.n": "1020", "s.firm.n": "1000", "s.shop.n": "20"}
    # The shops' figure is the same as last month: that is asked about too, the total is not.
    with pytest.raises(ReturnRefused) as refused:
        submit_return(
            acting_user=world.filler, answer_id=august.pk, channel="web", values=Values(grown), now=at(31, 8, month=8)
        )
    assert {problem.address for problem in refused.value.problems} == {"s.firm.n", "s.shop.n", "s.all.n"}
    reasons = {"s.firm.n": "新设园区", "s.shop.n": "无变化"}
    sent = submit_return(
        acting_user=world.filler,
        answer_id=august.pk,
        channel="web",
        values=Values(grown),
        reasons=reasons,
        now=at(31, 8, month=8),
    )
    assert sent.reasons == reasons | {"s.all.n": "新设园区；无变化"}
    waiting = next(item for item in returns_to_review(world.reviewer) if item.answer.pk == august.pk)
    assert len(waiting.explained) == 2, "the total is no doubt of its own"


def test_figures_of_a_period_that_is_not_over_need_a_reason_and_are_a_doubt(world):
    world.form(stages=("unit",))
    open_rounds(now=at(25, month=8))
    answer = Return.objects.get(unit=world.county)
    early = {"acting_user": world.filler, "answer_id": answer.pk, "channel": "web", "values": Values(GOOD)}
    with pytest.raises(ReturnRefused) as refused:
        submit_return(**early, now=at(30, month=8))
    assert [(problem.address, problem.code) for problem in refused.value.problems] == [("", "early")]
    submit_return(**early, reasons={"": "系统月末停机"}, now=at(30, month=8))
    (waiting,) = returns_to_review(world.reviewer)
    assert [problem.code for problem in waiting.explained] == ["early"] and not waiting.jumps
    sheet = return_sheet(visible_return(world.reviewer, answer.pk), user=world.reviewer, now=at(2))
    assert [problem.code for problem in sheet.problems] == ["early"], "seen though the month is over now"
