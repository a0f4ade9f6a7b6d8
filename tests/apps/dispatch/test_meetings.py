"""Meetings: the agenda writes itself, people keep it in hand, it is fixed, the meeting sits, the minutes go out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.errors import NotNow, Overlap, Unfinished
from luoshi.apps.dispatch.models import AgendaItem, Decision, Meeting, MeetingState, ProblemState
from luoshi.apps.dispatch.policies import visible_meetings
from luoshi.apps.dispatch.queries import meeting_page
from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.notices.models import Notice
from luoshi.periods import SHANGHAI
from tests.apps.dispatch.making import at, decided, held, meeting, months, report, rule, warned
from tests.apps.targets.conftest import Scene


def kinds(found: Meeting) -> list[str]:
    return [item.kind for item in found.items.filter(removed_for="")]


def office(scene: Scene, found: Meeting, **more: object) -> dict[str, object]:
    return {"acting_user": scene.user("office"), "meeting_id": found.pk} | more


def test_the_agenda_writes_itself(scene: Scene) -> None:
    warned(scene)
    problem = actions.raise_problem(
        acting_user=scene.user("reporter"),
        unit=scene.units.north,
        text="缺登记人员，请支持。",
        plan=scene.plan,
        asked=scene.units.farm,
        due_on=dt.date(2026, 4, 30),
        now=at(9),
    )
    found = meeting(scene)
    assert kinds(found) == ["behind", "warning", "problem"]
    behind, warning, asked = found.items.all()
    assert behind.title == "新增家庭农场：1个单位滞后"
    (row,) = behind.snapshot["rows"]
    assert (row["unit"], row["actual"], row["expected"], row["light"]) == ("北川县", "90", "175", "red")
    assert behind.snapshot["counts"] == {"red": 1, "green": 1}
    assert (warning.unit, warning.snapshot["late"]) == (scene.units.north, False)
    assert (asked.problem, asked.snapshot["asked"]) == (problem, "州农业农村局")
    assert [row.unit for row in found.attendance.all()] == [scene.units.north, scene.units.south]


def test_drawn_again_it_keeps_what_people_did(scene: Scene) -> None:
    warned(scene)
    found = meeting(scene)
    behind, warning = found.items.all()
    actions.edit_item(**office(scene, found, item_id=behind.pk, text="请农业农村局先说。", seen=""))
    actions.remove_item(**office(scene, found, item_id=warning.pk, reason="会前已当面谈过。"))
    topic = actions.add_item(**office(scene, found, title="五月工作安排"))
    actions.move_item(**office(scene, found, item_id=topic.pk, to=1))
    report(scene.target.measured_by.indicator, scene.units.north, "2026-04", "100")
    report(scene.target.measured_by.indicator, scene.units.south, "2026-04", "280")
    actions.write_agenda(**office(scene, found, now=at(6, month=5)))
    items = list(found.items.all())
    assert [(item.kind, item.removed_for) for item in items] == [
        ("topic", ""),
        ("behind", ""),
        ("warning", "会前已当面谈过。"),
    ]
    behind.refresh_from_db()
    assert behind.text == "请农业农村局先说。"
    assert behind.snapshot["rows"][0]["actual"] == "100", "figures are drawn anew"
    actions.restore_item(**office(scene, found, item_id=warning.pk))
    assert kinds(found) == ["topic", "behind", "warning"]


def test_what_no_longer_applies_goes_unless_somebody_wrote_to_it(scene: Scene) -> None:
    warned(scene)
    found = meeting(scene)
    behind, warning = found.items.all()
    actions.edit_item(**office(scene, found, item_id=warning.pk, text="已派工作组。", seen=""))
    indicator = scene.target.measured_by.indicator
    report(indicator, scene.units.north, "2026-04", "240")
    report(indicator, scene.units.south, "2026-04", "280")
    actions.follow_warnings(now=at(5, month=5))
    actions.write_agenda(**office(scene, found, now=at(6, month=5)))
    (left,) = found.items.all()
    assert (left.pk, left.snapshot["passed"]) == (warning.pk, True)
    assert not AgendaItem.objects.filter(pk=behind.pk).exists()


def test_two_who_write_to_one_item_do_not_undo_one_another(scene: Scene) -> None:
    months(scene)
    found = meeting(scene)
    item = found.items.get()
    actions.edit_item(**office(scene, found, item_id=item.pk, text="甲写的", seen=""))
    with pytest.raises(Overlap) as caught:
        actions.edit_item(**office(scene, found, item_id=item.pk, text="乙写的", seen=""))
    assert caught.value.theirs == "甲写的"
    actions.edit_item(**office(scene, found, item_id=item.pk, text="甲写的\n乙写的", seen="甲写的"))
    with pytest.raises(NotNow):
        actions.edit_item(**office(scene, found, item_id=item.pk, title="改名"))


def test_fixed_it_stays_whatever_the_figures_become(scene: Scene) -> None:
    months(scene)
    found = meeting(scene)
    fixed = actions.fix_agenda(**office(scene, found, now=at(24)))
    assert (fixed.state, len(fixed.digest), fixed.frozen_at) == (MeetingState.READY, 64, at(24))
    item = fixed.items.get()
    shown = item.snapshot
    # The figure is corrected after the meeting was prepared; what the meeting sees stays.
    scene.target.measured_by.indicator.observations.filter(unit=scene.units.north, period="2026-03").update(value=500)
    for act in (
        lambda: actions.write_agenda(**office(scene, found, now=at(25))),
        lambda: actions.edit_item(**office(scene, found, item_id=item.pk, text="改")),
        lambda: actions.remove_item(**office(scene, found, item_id=item.pk, reason="改")),
        lambda: actions.move_item(**office(scene, found, item_id=item.pk, to=1)),
        lambda: actions.add_item(**office(scene, found, title="再加一项")),
    ):
        with pytest.raises(NotNow, match="重开议程"):
            act()
    page = meeting_page(scene.user("office"), found.pk)
    assert page is not None and page.as_fixed and page.items[0].snapshot == shown
    told = set(Notice.objects.filter(kind="dispatch-meeting").values_list("recipient__username", flat=True))
    assert {"north", "reporter", "south"} <= told
    entry = Entry.objects.filter(action="确定议程").get()
    assert entry.after["摘要"] == fixed.digest and verify().ok


def test_opened_again_before_the_meeting_it_is_drawn_anew(scene: Scene) -> None:
    months(scene)
    found = meeting(scene)
    first = actions.fix_agenda(**office(scene, found, now=at(24))).digest
    actions.reopen_agenda(**office(scene, found, reason="漏了议题。", now=at(24)))
    actions.add_item(**office(scene, found, title="漏了的议题"))
    again = actions.fix_agenda(**office(scene, found, now=at(24, 18)))
    assert again.digest != first and again.items.count() == 2
    actions.hold_meeting(**office(scene, found, now=at(25)))
    with pytest.raises(NotNow):
        actions.reopen_agenda(**office(scene, found, reason="晚了", now=at(25)))


def test_an_empty_agenda_is_not_fixed(scene: Scene) -> None:
    found = meeting(scene)
    with pytest.raises(NotNow, match="还没有议题"):
        actions.fix_agenda(**office(scene, found, now=at(24)))


def test_problems_on_the_agenda_are_in_hand_once_it_sits(scene: Scene) -> None:
    given = {"unit": scene.units.north, "plan": scene.plan, "now": at(9)}
    on = actions.raise_problem(acting_user=scene.user("reporter"), text="缺人。", **given)
    off = actions.raise_problem(acting_user=scene.user("reporter"), text="缺钱。", **given)
    found = meeting(scene)
    item = found.items.get(problem=off)
    actions.remove_item(**office(scene, found, item_id=item.pk, reason="另行研究。"))
    actions.fix_agenda(**office(scene, found, now=at(24)))
    actions.hold_meeting(**office(scene, found, now=at(25)))
    on.refresh_from_db()
    off.refresh_from_db()
    assert (on.state, off.state) == (ProblemState.IN_HAND, ProblemState.OPEN)


def test_the_units_called_see_it_once_it_is_fixed(scene: Scene) -> None:
    months(scene)
    found = meeting(scene)
    seen = {who: visible_meetings(scene.user(who)).filter(pk=found.pk).exists() for who in scene.people}
    assert {who for who, sees in seen.items() if sees} == {"office", "second", "leader"}
    actions.fix_agenda(**office(scene, found, now=at(24)))
    seen = {who: visible_meetings(scene.user(who)).filter(pk=found.pk).exists() for who in scene.people}
    assert {who for who, sees in seen.items() if sees} == {"office", "second", "leader", "north", "reporter", "south"}


def test_only_the_convening_unit_runs_it(scene: Scene) -> None:
    months(scene)
    found = meeting(scene)
    actions.fix_agenda(**office(scene, found, now=at(24)))
    for who, error in (("leader", PermissionDenied), ("north", PermissionDenied), ("farm", Http404)):
        with pytest.raises(error):
            actions.hold_meeting(acting_user=scene.user(who), meeting_id=found.pk)
        with pytest.raises(error):
            actions.cancel_meeting(acting_user=scene.user(who), meeting_id=found.pk, reason="不开了")


def test_decisions_are_kept_while_they_are_typed(scene: Scene) -> None:
    months(scene)
    sitting = held(scene)
    first = actions.record_decision(**office(scene, sitting, text="北川县", key="row-1"))
    same = actions.record_decision(
        **office(scene, sitting, text="北川县补登记", unit=scene.units.north, key="row-1", revision=0)
    )
    assert (same.pk, same.revision, same.ordinal) == (first.pk, 1, 1)
    assert Entry.objects.filter(object_type="dispatch.decision").count() == 0, "typing is no act"
    with pytest.raises(Overlap):
        actions.record_decision(**office(scene, sitting, text="别的", decision_id=first.pk, revision=0))
    with pytest.raises(ValidationError, match="早于开会"):
        actions.record_decision(**office(scene, sitting, text="早了", due_on=dt.date(2026, 4, 1)))
    second = actions.record_decision(**office(scene, sitting, text="南屏县总结做法"))
    with pytest.raises(Unfinished, match="第1条缺期限；第2条缺承办单位、期限"):
        actions.close_meeting(**office(scene, sitting, minutes="纪要。"))
    actions.discard_draft(**office(scene, sitting, decision_id=second.pk))
    assert Entry.objects.filter(action="删去记录中的议定事项").get().before == {"事项": "南屏县总结做法"}
    sitting.refresh_from_db()
    assert sitting.state == MeetingState.HELD


def test_the_minutes_put_decisions_in_force(scene: Scene) -> None:
    months(scene)
    decision = decided(scene)
    found = decision.meeting
    assert (found.state, found.minutes, decision.state) == (MeetingState.CLOSED, "纪要。", "open")
    assert [step.action for step in decision.steps.all()] == ["decide"]
    told = Notice.objects.filter(kind="dispatch-decision", recipient=scene.people["reporter"]).get()
    assert "2026-05-31" in told.title
    for act in (
        lambda: actions.record_decision(**office(scene, found, text="再加")),
        lambda: actions.save_minutes(**office(scene, found, text="改纪要")),
        lambda: actions.close_meeting(**office(scene, found, minutes="再印")),
        lambda: actions.cancel_meeting(**office(scene, found, reason="取消")),
    ):
        with pytest.raises(NotNow, match="纪要已印发"):
            act()
    acts = Entry.objects.filter(object_id=str(found.pk), object_type="dispatch.meeting").order_by("sequence")
    assert [entry.action for entry in acts] == ["排会", "确定议程", "开会", "印发纪要"]


def test_two_who_write_the_minutes_do_not_undo_one_another(scene: Scene) -> None:
    months(scene)
    sitting = held(scene)
    empty = actions.stamp_of("")
    actions.save_minutes(**office(scene, sitting, text="甲写的", seen=empty))
    with pytest.raises(Overlap) as caught:
        actions.save_minutes(**office(scene, sitting, text="乙写的", seen=empty))
    assert caught.value.theirs == "甲写的"
    actions.save_minutes(**office(scene, sitting, text="甲、乙写的", seen=actions.stamp_of("甲写的")))


def test_who_came(scene: Scene) -> None:
    months(scene)
    sitting = held(scene)
    north, south = scene.units.north.pk, scene.units.south.pk
    rows = {north: actions.Came(True, "县长"), south: actions.Came(False, "", "防汛")}
    actions.record_attendance(**office(scene, sitting, rows=rows))
    found = {row.unit_id: (row.attended, row.persons, row.note) for row in sitting.attendance.all()}
    assert found == {north: (True, "县长", ""), south: (False, "", "防汛")}


def test_what_is_not_closed_comes_to_the_next_agenda(scene: Scene) -> None:
    months(scene)
    decision = decided(scene)
    following = meeting(scene, title="五月调度会", on=at(25, month=5))
    carried = following.items.first()
    assert (carried.kind, carried.decision, carried.unit) == ("carried", decision, scene.units.north)
    assert carried.snapshot["due"] == "2026-05-31" and carried.snapshot["late_days"] == 0
    actions.write_agenda(**office(scene, following, now=at(5, month=6)))
    carried.refresh_from_db()
    assert carried.snapshot["late_days"] == 5
    actions.finish_decision(acting_user=scene.user("reporter"), decision_id=decision.pk, text="办完了。")
    actions.close_decision(acting_user=scene.user("office"), decision_id=decision.pk)
    actions.write_agenda(**office(scene, following, now=at(6, month=6)))
    assert not following.items.filter(kind="carried").exists()


def series(scene: Scene, **more: object) -> object:
    fields = actions.SeriesFields(name="月度调度会", units=(scene.units.north,), plans=(scene.plan,), **more)
    return actions.create_series(acting_user=scene.user("office"), owner=scene.units.state, fields=fields)


def test_a_series_plans_its_meetings_ahead(scene: Scene) -> None:
    months(scene)
    rule(scene)
    series(scene)
    assert actions.convene_meetings(now=at(16)) == []
    (found,) = actions.convene_meetings(now=at(17))
    # The 25th of April 2026 is a Saturday: the next working day.
    assert found.title == "月度调度会（2026年4月）"
    assert found.held_at == dt.datetime(2026, 4, 27, 9, tzinfo=SHANGHAI)
    assert kinds(found) == ["behind"] and found.attendance.get().unit == scene.units.north
    assert actions.convene_meetings(now=at(18)) == []
    actions.cancel_meeting(**office(scene, found, reason="并入季度会。", now=at(18)))
    assert actions.convene_meetings(now=at(19)) == [], "its period is not planned again"
    (may,) = actions.convene_meetings(now=at(15, month=5))
    assert may.period == "2026-05"


def test_planned_agendas_are_drawn_anew_once_a_day(scene: Scene) -> None:
    months(scene)
    meeting(scene)
    assert actions.refresh_agendas(now=at(10, 12)) == 0
    assert actions.refresh_agendas(now=at(11)) == 1
    assert actions.refresh_agendas(now=at(11, 12)) == 0


@pytest.mark.parametrize(
    "wrong", [{"day": 0}, {"cadence": "weekly", "day": 8}, {"cadence": "quarterly", "month": 4}, {"ahead_days": 0}]
)
def test_a_series_that_names_no_day_is_refused(scene: Scene, wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        series(scene, **wrong)


def test_rescheduling_tells_the_units_once_they_know(scene: Scene) -> None:
    months(scene)
    found = meeting(scene)
    actions.fix_agenda(**office(scene, found, now=at(20)))
    later = actions.MeetingFields(
        title=found.title, held_at=at(28), plans=(scene.plan,), units=(scene.units.north, scene.units.farm)
    )
    actions.edit_meeting(**office(scene, found, fields=later, now=at(21)))
    assert {row.unit.key for row in found.attendance.select_related("unit")} == {"north", "farm"}
    assert Notice.objects.filter(title__contains="会议安排调整", recipient=scene.people["farm"]).exists()
    assert Decision.objects.count() == 0
