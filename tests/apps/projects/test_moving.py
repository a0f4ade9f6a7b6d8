"""Libraries: conditions, reasons, who may override, and that what stood on a day is what the moves say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from luoshi import pipeline
from luoshi.apps.journal.models import Entry
from luoshi.apps.projects import actions
from luoshi.apps.projects.errors import NotNow
from luoshi.apps.projects.models import Move, Project, State
from luoshi.apps.projects.queries import as_of_states, pipeline_figures
from tests.apps.projects.making import NOW, approve, enter, move

pytestmark = pytest.mark.django_db
CODE = "2026-532300-04-01-123456"


def test_nothing_starts_without_its_approvals_unless_somebody_says_why(prefecture: Any, person: Any) -> None:
    reporter, lead = person("tian", qsx="reporter"), person("qian", qsx="lead")
    project = enter("青石县光伏组件厂", user=reporter)
    move(project, "preparation", "2026-02-01", user=reporter)
    with pytest.raises(ValidationError) as asked:
        move(project, "started", "2026-03-01", user=reporter)
    assert "环评没有批复，不得开工" in str(asked.value) and "没有项目代码" in str(asked.value)
    # A reason alone does not help who may not decide; the lead's override is written down with what it overrode.
    with pytest.raises(PermissionDenied):
        move(project, "started", "2026-03-01", reason="领导要求先开工", user=reporter)
    move(project, "started", "2026-03-01", reason="应急工程，环评后补", user=lead)
    last = Move.objects.filter(project=project).latest("id")
    assert {one["key"] for one in last.skipped} >= {"environment", "code", "permit", "start"}
    entry = Entry.objects.filter(action="项目移库").latest("sequence")
    assert entry.after["理由"] == "应急工程，环评后补" and "环评没有批复" in entry.after["未满足的条件"]
    # With everything there no reason is needed, and a reporter may do it.
    other = enter("青石县锂电池厂", code=CODE, user=reporter)
    approve(other, start="2026-03-05", user=reporter)
    move(other, "preparation", "2026-02-01", user=reporter)
    moved = move(other, "started", "2026-03-05", user=reporter)
    assert (moved.state, moved.state_since) == (State.STARTED, dt.date(2026, 3, 5))


def test_days_states_and_revisions_are_kept_in_order(prefecture: Any, person: Any) -> None:
    reporter, stranger = person("tian", qsx="reporter"), person("bai", bsx="reporter")
    project = enter("青石县冷链物流园", user=reporter)
    with pytest.raises(ValidationError, match="不能早于上次入库"):
        move(project, "preparation", "2025-12-31", user=reporter)
    with pytest.raises(ValidationError, match="不能晚于今天"):
        move(project, "preparation", "2026-10-01", user=reporter)
    with pytest.raises(NotNow):
        move(project, "reserve", "2026-02-01", user=reporter)
    with pytest.raises(ValidationError, match="退出要写明理由"):
        move(project, "left", "2026-02-01", user=reporter)
    with pytest.raises(NotNow, match="他人刚刚改了"):
        actions.move_project(acting_user=reporter, project_id=project.pk, to="preparation", revision=9, now=NOW)
    with pytest.raises(Http404):
        move(project, "preparation", "2026-02-01", user=stranger)
    with pytest.raises(PermissionDenied):
        enter("越界的项目", user=stranger)
    move(project, "left", "2026-02-01", reason="业主撤资", user=reporter)
    with pytest.raises(ValidationError, match="重新入库"):
        move(project, "reserve", "2026-03-01", user=reporter)
    assert move(project, "reserve", "2026-03-01", reason="业主回来了", user=reporter).state == State.RESERVE


def test_milestones_are_checked_together(prefecture: Any, person: Any) -> None:
    reporter = person("tian", qsx="reporter")
    project = enter("青石县铜材加工厂", user=reporter)
    with pytest.raises(ValidationError) as wrong:
        actions.set_milestones(
            acting_user=reporter,
            project_id=project.pk,
            rows=(
                actions.Passed(kind="environment", actual_on=dt.date(2026, 3, 1)),
                actions.Passed(kind="start", actual_on=dt.date(2027, 1, 1)),
                actions.Passed(kind="forest", actual_on=dt.date(2026, 3, 1), evidence="一号", waived_for="不占林地"),
            ),
            now=NOW,
        )
    assert len(wrong.value.messages) == 3 and not project.milestones.exists()
    # Forest land is asked for only where the project lists it; a reason stands for an approval.
    lacking = {row.key for row in actions.moving.lacking(project, "started")}
    assert "forest" not in lacking and "land" in lacking
    rows = (
        actions.Passed(kind="forest", planned_on=dt.date(2026, 5, 1)),
        actions.Passed(kind="land", waived_for="利用原厂房"),
    )
    actions.set_milestones(acting_user=reporter, project_id=project.pk, rows=rows, now=NOW)
    lacking = {row.key for row in actions.moving.lacking(project, "started")}
    assert "forest" in lacking and "land" not in lacking


def test_the_ladder_of_linkage_funds(prefecture: Any, person: Any) -> None:
    reporter, reviewer, lead = (
        person("cun", qsx="reporter"),
        person("xiang", qsx="reviewer"),
        person("xian", qsx="lead"),
    )
    project = enter("青石县高山蔬菜基地", linkage=True, user=reporter)
    with pytest.raises(ValidationError, match="衔接资金项目还没有经县级审定"):
        move(project, "preparation", "2026-02-01", user=reporter)
    climb = actions.climb_ladder
    climb(acting_user=reporter, project_id=project.pk, act="apply")
    with pytest.raises(PermissionDenied):
        climb(acting_user=reporter, project_id=project.pk, act="pass")
    with pytest.raises(ValidationError, match="理由"):
        climb(acting_user=reviewer, project_id=project.pk, act="return")
    climb(acting_user=reviewer, project_id=project.pk, act="pass")
    with pytest.raises(PermissionDenied):
        climb(acting_user=reviewer, project_id=project.pk, act="pass")
    with pytest.raises(NotNow):
        climb(acting_user=reporter, project_id=project.pk, act="apply")
    climb(acting_user=lead, project_id=project.pk, act="pass", text="同意入库")
    assert project.ladder_steps.count() == 3
    assert move(project, "preparation", "2026-02-01", user=reporter).state == State.PREPARATION


MOVES = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(State.values), st.integers(0, 40)), max_size=14)


@settings(
    max_examples=12,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(wanted=MOVES, days=st.integers(-5, 300))
def test_as_of_is_the_replay_of_the_moves(prefecture: Any, wanted: list[tuple[int, str, int]], days: int) -> None:
    with transaction.atomic():
        projects = [enter(f"试验项目{letter}{letter * 3}", wan=str(5000 + at)) for at, letter in enumerate("甲乙丙")]
        for at, to, later in wanted:
            project = Project.objects.get(pk=projects[at].pk)
            on = project.state_since + dt.timedelta(days=later)
            if project.state != to and on <= NOW.date():
                move(project, to, on.isoformat(), reason="试验")
        day = dt.date(2026, 1, 5) + dt.timedelta(days=days)
        stored = [
            pipeline.Move(
                one.project_id,
                pipeline.State(one.from_state) if one.from_state else None,
                pipeline.State(one.to_state),
                one.on,
            )
            for one in Move.objects.order_by("id")
        ]
        replayed = pipeline.replay(stored, day)
        asked = dict(as_of_states(Project.objects.all(), day).exclude(stood=None).values_list("pk", "stood"))
        assert asked == {pk: state.value for pk, state in replayed.items()}
        # What stands now is what all moves come to, and no project is lost or counted twice.
        assert {one.pk: one.state for one in Project.objects.all()} == {
            pk: state.value for pk, state in pipeline.replay(stored).items()
        }
        figures = pipeline_figures(None, year=2026, day=day)
        assert sum(figures.whole.counted.number.values()) == len(replayed)
        counted = {state: count for state, count in pipeline.counts(replayed).items() if count}
        assert figures.whole.counted.number == {state.value: count for state, count in counted.items()}
        # Conversions by SQL are those of the library.
        first = dt.date(2026, 1, 1)
        for state, to in (("reserve", "preparation"), ("preparation", "started"), ("construction", "completed")):
            said = (
                pipeline.conversion(stored, pipeline.State(state), pipeline.State(to), first, day)
                if day >= first
                else None
            )
            stood = figures.whole.counted.stood.get(state, 0)
            reached = figures.whole.counted.reached.get(state, 0)
            assert said == pipeline.rate(reached, stood)
        transaction.set_rollback(True)
