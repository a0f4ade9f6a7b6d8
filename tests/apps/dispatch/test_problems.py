"""需协同事项: by hand, and read from the returns of forms that ask for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.errors import NotNow
from luoshi.apps.dispatch.models import Problem, ProblemState
from luoshi.apps.dispatch.policies import visible_problems
from luoshi.apps.dispatch.ticking import run
from luoshi.apps.notices.models import Notice
from luoshi.apps.reporting.actions import recall_return, submit_return
from luoshi.apps.reporting.models import Return
from luoshi.forms.model import Values
from tests.apps.dispatch.making import at
from tests.apps.reporting.making import World
from tests.apps.reporting.making import at as autumn
from tests.apps.targets.conftest import Scene


def raised(scene: Scene, **more: Any) -> Problem:
    given = {"unit": scene.units.north, "text": "缺登记人员。", "plan": scene.plan, "asked": scene.units.farm}
    return actions.raise_problem(acting_user=scene.user("reporter"), **(given | more), now=at(9))


def test_raised_by_hand(scene: Scene) -> None:
    problem = raised(scene)
    told = set(Notice.objects.filter(kind="dispatch-problem").values_list("recipient__username", flat=True))
    assert {"farm", "office"} <= told
    for who, sees in {"reporter": True, "farm": True, "office": True, "leader": True, "south": False}.items():
        assert visible_problems(scene.user(who)).filter(pk=problem.pk).exists() is sees, who
    with pytest.raises(PermissionDenied):
        actions.raise_problem(acting_user=scene.user("south"), unit=scene.units.north, text="代提")
    with pytest.raises(ValidationError):
        raised(scene, text="　")


def test_settled_and_raised_again(scene: Scene) -> None:
    problem = raised(scene)
    with pytest.raises(PermissionDenied):
        actions.settle_problem(acting_user=scene.user("farm"), problem_id=problem.pk, outcome="我们办了。")
    settled = actions.settle_problem(acting_user=scene.user("office"), problem_id=problem.pk, outcome="增派2人。")
    assert (settled.state, settled.outcome) == (ProblemState.SETTLED, "增派2人。")
    again = actions.reopen_problem(acting_user=scene.user("reporter"), problem_id=problem.pk, reason="人又撤了。")
    assert (again.state, again.outcome, again.settled_at) == (ProblemState.OPEN, "", None)
    dropped = actions.drop_problem(acting_user=scene.user("reporter"), problem_id=problem.pk, reason="自己解决了。")
    assert dropped.state == ProblemState.DROPPED
    with pytest.raises(NotNow):
        actions.settle_problem(acting_user=scene.user("office"), problem_id=problem.pk, outcome="办了")


def test_changed_while_nobody_has_taken_it_up(scene: Scene) -> None:
    problem = raised(scene)
    given = {"problem_id": problem.pk, "text": "缺登记人员2名。", "asked": scene.units.trade, "due_on": None}
    changed = actions.edit_problem(acting_user=scene.user("reporter"), **given)
    assert (changed.text, changed.asked) == ("缺登记人员2名。", scene.units.trade)
    assert Notice.objects.filter(kind="dispatch-problem", recipient=scene.people["trade"]).exists()
    with pytest.raises(PermissionDenied):
        actions.edit_problem(acting_user=scene.user("trade"), **given)
    Problem.objects.update(state=ProblemState.IN_HAND)
    with pytest.raises(NotNow, match="请取消后重新提出"):
        actions.edit_problem(acting_user=scene.user("reporter"), **given)


PROJECTS = {
    "sections": [
        {
            "key": "p",
            "title": "项目",
            "kind": "repeated",
            "fields": [
                {"key": "name", "label": "项目", "type": "text", "required": True},
                {"key": "problem", "label": "存在的具体问题", "type": "text", "meaning": "problem"},
                {"key": "helper", "label": "需协同配合的单位", "type": "text", "meaning": "problem-unit"},
                {"key": "due", "label": "建议完成时限", "type": "date", "meaning": "problem-due"},
            ],
        }
    ]
}


def cells(*rows: tuple[str, str, str]) -> Values:
    """(problem, helper, due) of projects r1, r2, …"""
    found: dict[str, str] = {}
    for number, (problem, helper, due) in enumerate(rows, 1):
        found[f"p.r{number}.name"] = f"项目{number}"
        for name, text in (("problem", problem), ("helper", helper), ("due", due)):
            if text:
                found[f"p.r{number}.{name}"] = text
    return Values(found, {"p": [f"r{number}" for number in range(1, len(rows) + 1)]})


def returned(world: World, values: Values, now: dt.datetime) -> Return:
    answer = world.opened(now=now, form="projects")
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=values, now=now)
    return answer


def test_read_from_a_return(db: None) -> None:
    world = World()
    world.form(key="projects", definition=PROJECTS, stages=())
    values = cells(
        ("用地指标不足", "云岭州市场局", "2026-09-30"),
        ("", "云岭州市场局", ""),
        ("缺资金", "无", ""),
        ("缺电", "某某公司", ""),
    )
    answer = returned(world, values, autumn(2))
    lines = list(run(now=autumn(2, 12)))
    assert "从报表读出 2 个需协同事项。" in lines
    land, power = Problem.objects.order_by("place")
    assert (land.unit, land.asked, land.due_on, land.place) == (
        world.county,
        world.department,
        dt.date(2026, 9, 30),
        "p.r1",
    )
    assert (power.asked, power.asked_text) == (None, "某某公司"), "kept as typed"
    assert land.raised_by == world.filler and land.answer == answer
    assert list(run(now=autumn(2, 13))) == [], "the same return is not read twice"
    assert actions.take_problems(answer_id=answer.pk, now=autumn(2, 14)) == []


def test_told_anew_and_told_again(db: None) -> None:
    world = World()
    world.form(key="projects", definition=PROJECTS, stages=("lead",))
    answer = returned(world, cells(("用地指标不足", "云岭州市场局", "")), autumn(2))
    actions.take_problems(answer_id=answer.pk, now=autumn(2))
    recall_return(acting_user=world.filler, answer_id=answer.pk, now=autumn(2, 10))
    again = cells(("用地指标差20亩", "云岭州市场局", ""))
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=again, now=autumn(2, 11))
    (problem,) = actions.take_problems(answer_id=answer.pk, now=autumn(2, 12))
    assert problem.text == "用地指标差20亩" and Problem.objects.count() == 1
    # A month later the unit says the same: it is the same problem still.
    later = returned(world, again, autumn(2, month=10))
    assert later != answer
    assert actions.take_problems(answer_id=later.pk, now=autumn(2, 12, month=10)) == []
    actions.settle_problem(acting_user=world.filler, problem_id=problem.pk, outcome="已解决。")
    (once_more,) = actions.take_problems(answer_id=later.pk, now=autumn(3, month=10))
    assert once_more.answer == later
