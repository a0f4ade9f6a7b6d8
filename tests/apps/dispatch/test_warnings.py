"""预警: raised once, answered by the unit, pushed by who warned, followed until the light is right again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.errors import NotNow
from luoshi.apps.dispatch.models import EarlyWarning, WarningState, WarningStep
from luoshi.apps.dispatch.policies import visible_warnings
from luoshi.apps.dispatch.queries import open_warnings
from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.notices.models import Notice
from luoshi.apps.organisations.models import Membership, Role, Unit
from luoshi.periods import local_date
from tests.apps.dispatch.making import MEASURES, at, months, report, rule, warned
from tests.apps.plans.making import make_user
from tests.apps.targets.conftest import Scene

UNTIL = dt.date(2026, 5, 10)


def answer(scene: Scene, warning: EarlyWarning, who: str = "reporter", day: int = 10) -> EarlyWarning:
    return actions.answer_warning(
        acting_user=scene.user(who), warning_id=warning.pk, text=MEASURES, until=UNTIL, now=at(day)
    )


def test_two_red_months_running_raise_one_warning(scene: Scene) -> None:
    warning = warned(scene)
    assert (warning.unit, warning.period, warning.state) == (scene.units.north, "2026-03", WarningState.OPEN)
    assert warning.sentence == (
        "北川县“新增家庭农场”连续2期亮红灯：2026年3月为90户，未达应达数175户（51.4%），差85户，低于黄灯下限90%。"
    )
    assert warning.snapshot["run"] == ["2026-02", "2026-03"]
    assert warning.snapshot["expected"] == "175" and warning.snapshot["observations"]
    # Five working days from Wednesday the 8th.
    assert local_date(warning.due_at) == dt.date(2026, 4, 15)
    assert [step.action for step in warning.steps.all()] == ["raise"]
    told = Notice.objects.filter(kind="dispatch-warned")
    assert set(told.values_list("recipient__username", flat=True)) == {"north", "reporter"}
    entry = Entry.objects.filter(action="预警").get()
    assert entry.actor is None and verify().ok


def test_one_red_month_is_no_run_and_a_gap_is_none_either(scene: Scene) -> None:
    indicator = months(scene, until="2026-01")
    rule(scene)
    report(indicator, scene.units.north, "2026-03", "90")
    report(indicator, scene.units.south, "2026-03", "210")
    assert actions.raise_warnings(now=at(8)) == [], "February was not reported: red, unknown, red"
    report(indicator, scene.units.north, "2026-02", "80")
    assert len(actions.raise_warnings(now=at(8))) == 1


def test_what_was_not_known_then_is_not_looked_at(scene: Scene) -> None:
    months(scene)
    rule(scene)
    assert actions.raise_warnings(now=at(3)) == [], "March was reported on the 4th of April"
    assert len(actions.raise_warnings(now=at(4, 12))) == 1


def test_raised_again_it_is_the_same(scene: Scene) -> None:
    warning = warned(scene)
    assert actions.raise_warnings(now=at(9)) == []
    answer(scene, warning)
    assert actions.raise_warnings(now=at(11)) == []
    actions.waive_warning(acting_user=scene.user("office"), warning_id=warning.pk, reason="数据有误。", now=at(12))
    assert actions.raise_warnings(now=at(13)) == [], "never twice for the same period"


def test_waived_it_comes_back_with_the_next_red_period(scene: Scene) -> None:
    warning = warned(scene)
    actions.waive_warning(acting_user=scene.user("office"), warning_id=warning.pk, reason="数据有误。", now=at(12))
    indicator = scene.target.measured_by.indicator
    report(indicator, scene.units.north, "2026-04", "95")
    report(indicator, scene.units.south, "2026-04", "280")
    (again,) = actions.raise_warnings(now=at(8, month=5))
    assert (again.period, again.unit) == ("2026-04", scene.units.north)
    assert "连续3期亮红灯" in again.sentence


def test_a_rule_of_all_plans_and_one_that_was_stopped(scene: Scene) -> None:
    months(scene)
    every = rule(scene, plan=None)
    actions.stop_rule(acting_user=scene.user("office"), rule_id=every.pk)
    assert actions.raise_warnings(now=at(8)) == []
    again = actions.edit_rule(
        acting_user=scene.user("office"),
        rule_id=every.pk,
        name="",
        parameters={"periods": 2},
        answer_days=3,
        working=False,
    )
    assert again.name == "连续2期亮红灯"
    (warning,) = actions.raise_warnings(now=at(8))
    assert local_date(warning.due_at) == dt.date(2026, 4, 11)


def test_last_years_targets_are_not_warned_of(scene: Scene) -> None:
    months(scene)
    rule(scene)
    assert actions.raise_warnings(now=dt.datetime(2027, 1, 8, tzinfo=at(1).tzinfo)) == []


def test_the_unit_answers_and_who_warned_is_told(scene: Scene) -> None:
    warning = answer(scene, warned(scene))
    assert (warning.state, warning.answered_at) == (WarningState.ANSWERED, at(10))
    step = warning.steps.last()
    assert (step.text, step.until, step.by.username) == (MEASURES, UNTIL, "reporter")
    assert Notice.objects.filter(kind="dispatch-answered", recipient=scene.people["office"]).exists()
    assert not Notice.objects.filter(kind="dispatch-warned", read_at=None).exists(), "nobody need answer any more"


@pytest.mark.parametrize("who", ["office", "leader", "farm"])
def test_others_do_not_answer_for_it(scene: Scene, who: str) -> None:
    warning = warned(scene)
    with pytest.raises((PermissionDenied, Http404)):
        answer(scene, warning, who)
    with pytest.raises(Http404):
        answer(scene, warning, "south")


def test_a_departments_people_answer_for_their_county_a_townships_do_not(scene: Scene) -> None:
    warning = warned(scene)
    department = make_user("county-farm", (Role.REPORTER, scene.units.north_farm))
    town = make_user("town", (Role.REPORTER, scene.townships[0]))
    for user, may in ((department, True), (town, False)):
        county = Membership.objects.create(user=user, unit=scene.units.north, role=Role.LEADER)
        given = {"acting_user": user, "warning_id": warning.pk, "text": MEASURES, "until": UNTIL, "now": at(10)}
        if may:
            assert actions.answer_warning(**given).state == WarningState.ANSWERED
        else:
            with pytest.raises(PermissionDenied):
                actions.answer_warning(**given)
        county.delete()


@pytest.mark.parametrize(
    ("text", "until"),
    [("", UNTIL), ("　\n", UNTIL), (MEASURES, None), (MEASURES, dt.date(2026, 4, 1)), (MEASURES, dt.date(2031, 1, 1))],
)
def test_an_answer_says_what_and_by_when(scene: Scene, text: str, until: dt.date | None) -> None:
    warning = warned(scene)
    with pytest.raises(ValidationError):
        actions.answer_warning(
            acting_user=scene.user("reporter"), warning_id=warning.pk, text=text, until=until, now=at(10)
        )
    warning.refresh_from_db()
    assert warning.state == WarningState.OPEN


def test_sent_back_it_must_be_answered_anew(scene: Scene) -> None:
    warning = answer(scene, warned(scene))
    back = actions.send_warning_back(
        acting_user=scene.user("office"), warning_id=warning.pk, reason="措施不具体。", now=at(13)
    )
    assert (back.state, local_date(back.due_at)) == (WarningState.OPEN, dt.date(2026, 4, 20))
    with pytest.raises(NotNow):
        actions.send_warning_back(acting_user=scene.user("office"), warning_id=warning.pk, reason="再退", now=at(13))
    assert answer(scene, warning, day=14).state == WarningState.ANSWERED
    assert [step.action for step in WarningStep.objects.filter(warning=warning)] == [
        "raise",
        "answer",
        "send-back",
        "answer",
    ]


def test_pushing_is_for_those_over_the_owner(scene: Scene) -> None:
    warning = warned(scene)
    for who in ("office", "leader"):
        actions.push_warning(acting_user=scene.user(who), warning_id=warning.pk, text="约县分管领导谈。", now=at(11))
    for who in ("north", "reporter"):
        with pytest.raises(PermissionDenied):
            actions.push_warning(acting_user=scene.user(who), warning_id=warning.pk, text="自己推自己", now=at(11))
    assert WarningStep.objects.filter(warning=warning, action="push").count() == 2


def test_followed_until_it_is_green_again(scene: Scene) -> None:
    warning = answer(scene, warned(scene))
    assert actions.follow_warnings(now=at(11)) == [], "nothing came in since"
    indicator = scene.target.measured_by.indicator
    report(indicator, scene.units.north, "2026-04", "215")
    report(indicator, scene.units.south, "2026-04", "280")
    assert actions.follow_warnings(now=at(5, month=5)) == []
    warning.refresh_from_db()
    assert (warning.state, warning.light, warning.followed_period) == (WarningState.ANSWERED, "yellow", "2026-04")
    assert actions.follow_warnings(now=at(6, month=5)) == []
    assert WarningStep.objects.filter(warning=warning, action="follow").count() == 1, "a period is looked at once"
    report(indicator, scene.units.north, "2026-05", "300")
    report(indicator, scene.units.south, "2026-05", "350")
    (closed,) = actions.follow_warnings(now=at(5, month=6))
    assert (closed.state, closed.turned_green) == (WarningState.CLOSED, "2026-05")
    assert [step.action for step in closed.steps.all()] == ["raise", "answer", "follow", "follow", "close"]
    assert Notice.objects.filter(kind="dispatch-warning-closed", recipient=scene.people["office"]).exists()
    assert actions.follow_warnings(now=at(6, month=6)) == []
    assert not open_warnings().exists()
    assert list(open_warnings(as_of=at(1, month=6))) == [closed]


def test_not_answered_it_closes_all_the_same_when_it_is_green(scene: Scene) -> None:
    warning = warned(scene)
    indicator = scene.target.measured_by.indicator
    report(indicator, scene.units.north, "2026-04", "240")
    report(indicator, scene.units.south, "2026-04", "280")
    (closed,) = actions.follow_warnings(now=at(5, month=5))
    assert closed == warning and not Notice.objects.filter(kind="dispatch-warned", read_at=None).exists()


def test_who_does_not_answer_in_time_is_called_once(scene: Scene) -> None:
    warned(scene)
    assert actions.chase_answers(now=at(15)) == 0
    assert actions.chase_answers(now=at(16)) == 1
    assert actions.chase_answers(now=at(17)) == 0
    people = set(Notice.objects.filter(kind="dispatch-overdue").values_list("recipient__username", flat=True))
    assert {"office", "reporter"} <= people


def test_who_sees_it(scene: Scene) -> None:
    warning = warned(scene)
    for who, sees in {
        "office": True,
        "leader": True,
        "north": True,
        "reporter": True,
        "south": False,
        "nobody": False,
    }.items():
        assert visible_warnings(scene.user(who)).filter(pk=warning.pk).exists() is sees, who
    leads = set(
        Unit.objects.filter(
            responsibilities__role="lead", responsibilities__measure=scene.target.measure_id
        ).values_list("key", flat=True)
    )
    sees_as_lead = visible_warnings(scene.user("farm")).filter(pk=warning.pk).exists()
    assert sees_as_lead is ("farm" in leads)


def test_a_forecast_that_falls_short(scene: Scene) -> None:
    months(scene)
    rule(scene, "forecast", parameters={"below": "0.95"})
    raised = actions.raise_warnings(now=at(8))
    assert [warning.unit for warning in raised] == [scene.units.north]
    (warning,) = raised
    assert warning.snapshot["forecast"]["value"] == "360" and "预测全年360户" in warning.sentence
    indicator = scene.target.measured_by.indicator
    report(indicator, scene.units.north, "2026-04", "240")
    report(indicator, scene.units.south, "2026-04", "280")
    (closed,) = actions.follow_warnings(now=at(5, month=5))
    assert closed == warning and closed.turned_green == "2026-04"


def test_below_a_mark(scene: Scene) -> None:
    indicator = months(scene)
    marks = {"indicator": indicator.key, "marks": {"03": "100", "04": "200"}}
    rule(scene, "below-mark", parameters=marks, plan=None)
    assert actions.raise_warnings(now=at(28, month=3)) == [], "March is not over"
    (warning,) = actions.raise_warnings(now=at(8))
    assert warning.sentence == "北川县“新增家庭农场”2026年3月为90户，低于3月底的节点要求100户，差10户。"
    report(indicator, scene.units.north, "2026-04", "240")
    (closed,) = actions.follow_warnings(now=at(5, month=5))
    assert closed == warning and "达到4月底的节点要求200户" in closed.steps.last().text


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("red-again", {"periods": 0}),
        ("red-again", {"periods": "2"}),
        ("missing-again", {"periods": 13}),
        ("forecast", {"below": "0"}),
        ("forecast", {"below": "x"}),
        ("below-mark", {"indicator": "jtnc", "marks": {}}),
        ("below-mark", {"indicator": "jtnc", "marks": {"13": "1"}}),
        ("below-mark", {"indicator": "nothing", "marks": {"3": "1"}}),
        ("other", {}),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(scene: Scene, kind: str, parameters: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        rule(scene, kind, parameters=parameters)


def test_rules_are_set_by_those_over_the_owner(scene: Scene) -> None:
    for who in ("leader", "north", "farm", "nobody"):
        with pytest.raises(PermissionDenied):
            actions.create_rule(acting_user=scene.user(who), owner=scene.units.state, kind="red-again")
    with pytest.raises(Http404):
        actions.stop_rule(acting_user=scene.user("north"), rule_id=rule(scene).pk)
