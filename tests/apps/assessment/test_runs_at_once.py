"""Several at once: each test first shows the race that there would be without the lock, then that there is none."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.actions import objections, runs
from luoshi.apps.assessment.errors import NotNow
from luoshi.apps.assessment.models import Objection, Run, RunState, RunStep
from luoshi.apps.journal.actions import verify
from tests.apps.assessment.making_runs import World, at, make_world, shown
from tests.apps.intake.real_database import transactional_db
from tests.apps.reporting.test_at_once import LONG, SHORT, together, without_locks

__all__ = ["transactional_db"]  # a fixture


@pytest.fixture
def world(transactional_db: None, tmp_path: Any, settings: Any) -> World:
    """The five counties in a database with real transactions."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return make_world()


def both_look(monkeypatch: pytest.MonkeyPatch, patience: float, *places: tuple[Any, str]) -> None:
    """Let two threads wait for one another right after each looked at the state, wherever that is."""
    barrier = threading.Barrier(2, timeout=patience)

    def waiting(seen: Any) -> Any:
        def looked(*args: Any, **more: Any) -> Any:
            result = seen(*args, **more)
            with contextlib.suppress(threading.BrokenBarrierError):
                barrier.wait()
            return result

        return looked

    for module, name in places:
        monkeypatch.setattr(module, name, waiting(getattr(module, name)))


_SETTLED, _OPEN = (runs, "_require_settled"), (objections, "_require_open")


def finalise_twice(world: World, run: Run) -> list[Any]:
    def finalise(who: str) -> Run:
        return actions.finalise_run(acting_user=world.user(who), run_id=run.pk, reason="无异议", now=at(20))

    return together(lambda: finalise("office"), lambda: finalise("second"))


def test_two_who_finalise(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = shown(world)
    with monkeypatch.context() as patch:
        both_look(patch, LONG, _SETTLED)
        with without_locks(patch):
            finalise_twice(world, run)
    assert RunStep.objects.filter(run=run, action="finalise").count() == 2, "the race: made final twice"
    RunStep.objects.filter(run=run, action="finalise").delete()
    Run.objects.filter(pk=run.pk).update(state=RunState.PREVIEW, final_at=None)
    both_look(monkeypatch, SHORT, _SETTLED)
    results = finalise_twice(world, run)
    refused = [one for one in results if isinstance(one, NotNow)]
    assert len(refused) == 1 and "已定稿" in str(refused[0]), results
    assert RunStep.objects.filter(run=run, action="finalise").count() == 1 and verify().ok


def object_and_finalise(world: World, run: Run) -> list[Any]:
    hill = world.counties["hill"].pk
    return together(
        lambda: actions.file_objection(
            acting_user=world.user("hill"), run_id=run.pk, unit_id=hill, text="不对。", now=at(8)
        ),
        lambda: actions.finalise_run(acting_user=world.office, run_id=run.pk, reason="无异议", now=at(8)),
    )


def test_objecting_and_finalising(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = shown(world)
    with monkeypatch.context() as patch:
        both_look(patch, LONG, _SETTLED, _OPEN)
        with without_locks(patch):
            object_and_finalise(world, run)
    run.refresh_from_db()
    assert run.state == RunState.FINAL and Objection.objects.filter(run=run, state="open").exists(), "the race"
    Objection.objects.all().delete()
    Run.objects.filter(pk=run.pk).update(state=RunState.PREVIEW, final_at=None)
    both_look(monkeypatch, SHORT, _SETTLED, _OPEN)
    results = object_and_finalise(world, run)
    assert sum(isinstance(one, NotNow) for one in results) == 1, results
    run.refresh_from_db()
    disputed = Objection.objects.filter(run=run, state="open").exists()
    assert (run.state == RunState.FINAL) is not disputed and verify().ok
