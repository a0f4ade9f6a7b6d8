"""议定事项 after the minutes: reported, finished, sent back, closed, moved, dropped, called to mind."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.errors import NotNow
from luoshi.apps.dispatch.models import Decision, DecisionState
from luoshi.apps.dispatch.policies import own_decisions, visible_decisions
from luoshi.apps.notices.models import Notice
from luoshi.apps.organisations.models import Membership, Role
from tests.apps.dispatch.making import at, decided, held, months
from tests.apps.targets.conftest import Scene


@pytest.fixture
def decision(scene: Scene) -> Decision:
    months(scene)
    return decided(scene)


def test_from_the_minutes_to_the_end(scene: Scene, decision: Decision) -> None:
    given = {"decision_id": decision.pk}
    actions.report_on_decision(acting_user=scene.user("reporter"), text="已补登记40户。", now=at(30), **given)
    done = actions.finish_decision(acting_user=scene.user("north"), text="全部补齐。", now=at(20, month=5), **given)
    assert done.state == DecisionState.REPORTED
    assert Notice.objects.filter(kind="dispatch-reported", recipient=scene.people["office"], read_at=None).exists()
    back = actions.send_decision_back(acting_user=scene.user("office"), reason="缺台账。", now=at(21, month=5), **given)
    assert back.state == DecisionState.OPEN
    actions.finish_decision(acting_user=scene.user("north"), text="台账已补。", now=at(22, month=5), **given)
    closed = actions.close_decision(acting_user=scene.user("office"), now=at(23, month=5), **given)
    assert (closed.state, closed.closed_at) == (DecisionState.CLOSED, at(23, month=5))
    assert [step.action for step in closed.steps.all()] == [
        "decide",
        "report",
        "finish",
        "send-back",
        "finish",
        "close",
    ]
    assert not Notice.objects.filter(kind="dispatch-reported", read_at=None).exists()


def test_who_reports_it_done_does_not_close_it(scene: Scene, decision: Decision) -> None:
    office = scene.people["office"]
    Membership.objects.create(user=office, unit=scene.units.north, role=Role.REPORTER)
    actions.finish_decision(acting_user=scene.user("office"), decision_id=decision.pk, text="办完了。")
    with pytest.raises(PermissionDenied, match="由他人办结"):
        actions.close_decision(acting_user=scene.user("office"), decision_id=decision.pk)
    assert actions.close_decision(acting_user=scene.user("second"), decision_id=decision.pk).state == "closed"


def test_only_its_units_report_and_only_the_convening_unit_closes(scene: Scene, decision: Decision) -> None:
    with pytest.raises(PermissionDenied):
        actions.report_on_decision(acting_user=scene.user("south"), decision_id=decision.pk, text="办完了")
    with pytest.raises(PermissionDenied):
        actions.finish_decision(acting_user=scene.user("office"), decision_id=decision.pk, text="办完了")
    with pytest.raises(Http404):
        actions.report_on_decision(acting_user=scene.user("nobody"), decision_id=decision.pk, text="办完了")
    actions.finish_decision(acting_user=scene.user("reporter"), decision_id=decision.pk, text="办完了")
    for act in (actions.close_decision,):
        with pytest.raises(PermissionDenied):
            act(acting_user=scene.user("reporter"), decision_id=decision.pk)


def test_a_supporting_unit_reports_too(scene: Scene) -> None:
    months(scene)
    sitting = held(scene)
    found = actions.record_decision(
        acting_user=scene.user("office"),
        meeting_id=sitting.pk,
        text="补齐登记。",
        unit=scene.units.north,
        supporting=[scene.units.south, scene.units.north],
        due_on=dt.date(2026, 5, 31),
    )
    assert list(found.supporting.all()) == [scene.units.south], "the unit does not support itself"
    assert not own_decisions(scene.user("south")).exists(), "not while it is being typed"
    actions.close_meeting(acting_user=scene.user("office"), meeting_id=sitting.pk, minutes="纪要。")
    assert list(own_decisions(scene.user("south"))) == [found]
    actions.report_on_decision(acting_user=scene.user("south"), decision_id=found.pk, text="派了2人。")


def test_another_day_with_a_reason(scene: Scene, decision: Decision) -> None:
    given = {"acting_user": scene.user("office"), "decision_id": decision.pk, "now": at(1, month=5)}
    moved = actions.move_decision(due_on=dt.date(2026, 6, 15), reason="登记系统升级。", **given)
    assert moved.due_on == dt.date(2026, 6, 15)
    step = moved.steps.last()
    assert (step.action, step.due_on, step.text) == ("move", dt.date(2026, 6, 15), "登记系统升级。")
    assert moved.steps.first().due_on == dt.date(2026, 5, 31), "the day before stays on record"
    for due in (None, dt.date(2026, 6, 15), dt.date(2026, 4, 1)):
        with pytest.raises(ValidationError):
            actions.move_decision(due_on=due, reason="再改", **given)
    with pytest.raises(ValidationError):
        actions.move_decision(due_on=dt.date(2026, 7, 1), reason=" ", **given)


def test_dropped_with_a_reason(scene: Scene, decision: Decision) -> None:
    dropped = actions.drop_decision(acting_user=scene.user("office"), decision_id=decision.pk, reason="政策已调整。")
    assert dropped.state == DecisionState.DROPPED
    with pytest.raises(NotNow, match="已取消"):
        actions.report_on_decision(acting_user=scene.user("reporter"), decision_id=decision.pk, text="办了")


def test_it_is_not_closed_before_it_is_reported(scene: Scene, decision: Decision) -> None:
    with pytest.raises(NotNow, match="请承办单位先报完成"):
        actions.close_decision(acting_user=scene.user("office"), decision_id=decision.pk)


def test_called_to_mind_before_and_after_its_day(scene: Scene, decision: Decision) -> None:
    assert actions.remind_decisions(now=at(27, month=5)) == 0
    assert actions.remind_decisions(now=at(28, month=5)) == 1
    assert actions.remind_decisions(now=at(29, month=5)) == 0
    assert actions.remind_decisions(now=at(1, month=6)) == 1, "overdue is said once more"
    assert actions.remind_decisions(now=at(2, month=6)) == 0
    actions.finish_decision(acting_user=scene.user("reporter"), decision_id=decision.pk, text="办完了。")
    assert not Notice.objects.filter(kind="dispatch-due", read_at=None).exists()


def test_drafts_are_seen_by_who_records_them_only(scene: Scene) -> None:
    months(scene)
    sitting = held(scene)
    draft = actions.record_decision(
        acting_user=scene.user("office"), meeting_id=sitting.pk, text="先记着。", unit=scene.units.north
    )
    for who, sees in {"office": True, "second": True, "leader": False, "north": False, "reporter": False}.items():
        assert visible_decisions(scene.user(who)).filter(pk=draft.pk).exists() is sees, who
    with pytest.raises(Http404):
        actions.drop_decision(acting_user=scene.user("office"), decision_id=draft.pk, reason="不要了")
