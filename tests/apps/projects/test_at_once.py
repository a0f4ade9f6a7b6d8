"""Two who move one project at once: first the race that there would be without the lock, then that there is none."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.projects import actions
from luoshi.apps.projects.actions import moving
from luoshi.apps.projects.errors import NotNow
from luoshi.apps.projects.models import Move, Project
from tests.apps.intake.real_database import transactional_db
from tests.apps.projects.making import NOW, enter
from tests.apps.reporting.making import World
from tests.apps.reporting.test_at_once import LONG, together, without_locks
from tests.apps.reporting.test_at_once import meeting as both_look

__all__ = ["transactional_db"]  # a fixture


@pytest.fixture
def world(transactional_db: None) -> World:
    """The small prefecture in a database with real transactions."""
    forget_directory()
    return World()


def both_move(world: World, project: Project, *, second_to: str = "preparation", revision: int | None = None) -> Any:
    def move(user: Any, to: str) -> Project:
        return actions.move_project(
            acting_user=type(user).objects.get(pk=user.pk),
            project_id=project.pk,
            to=to,
            on=dt.date(2026, 3, 1),
            reason="论证后调整",
            revision=revision,
            now=NOW,
        )

    return together(lambda: move(world.coordinator, "preparation"), lambda: move(world.reviewer, second_to))


def chain(project: Project) -> list[tuple[str, str]]:
    return list(Move.objects.filter(project=project).order_by("pk").values_list("from_state", "to_state"))


def test_two_moves_race_without_the_lock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    project = enter("青石县储能项目")
    both_look(monkeypatch, moving, "lacking", LONG)
    with without_locks(monkeypatch):
        results = both_move(world, project)
    assert chain(project) == [("", "reserve"), ("reserve", "preparation"), ("reserve", "preparation")], results


def test_two_moves_take_turns(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    project = enter("青石县储能项目")
    both_look(monkeypatch, moving, "lacking")
    results = both_move(world, project)
    assert sum(isinstance(result, NotNow) for result in results) == 1, results
    assert chain(project) == [("", "reserve"), ("reserve", "preparation")]
    # Who saw the project as it was before is told, wherever they move it; each move begins where the last one ended.
    seen = Project.objects.get(pk=project.pk)
    results = both_move(world, seen, second_to="left", revision=seen.revision)
    assert sum(isinstance(result, NotNow) for result in results) >= 1, results
    rows = chain(project)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(rows))
    assert verify().ok
