"""Several at once: each test first shows the race that there would be without the lock, then that there is none."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import ChainHead
from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.reporting.actions import (
    freeze_round,
    open_rounds,
    pass_stage,
    rounds,
    save_cells,
    send_back,
    submit_return,
    submitting,
)
from luoshi.apps.reporting.actions.forms import create_form, making
from luoshi.apps.reporting.errors import NotNow, Overlap
from luoshi.apps.reporting.models import Return, ReturnState, ReturnStep, Round, Submission
from luoshi.forms.model import Values
from luoshi.machines import Machine
from tests.apps.intake.real_database import transactional_db
from tests.apps.reporting.making import GOOD, World, at

__all__ = ["transactional_db"]  # a fixture


@pytest.fixture
def world(transactional_db: None) -> World:
    """The small prefecture in a database with real transactions."""
    forget_directory()
    return World()


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts in threads of their own; what each gave, or the exception that stopped it."""
    results: list[Any] = [None] * len(acts)

    def run(index: int) -> None:
        try:
            results[index] = acts[index]()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return results


@contextlib.contextmanager
def without_locks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rows are read without being locked, and transactions begin where they first write, as they would by default.

    The journal alone keeps its turns: two that meet there would end the race before its outcome is stored.
    """
    turn, lock, save = threading.Lock(), QuerySet.select_for_update, ChainHead.save

    def unlocked(rows: QuerySet[Any], **options: Any) -> QuerySet[Any]:
        if rows.model is not ChainHead:
            return rows
        if connection.vendor != "sqlite":
            return lock(rows, **options)
        turn.acquire(timeout=LONG)
        return rows

    def saved(head: ChainHead, **options: Any) -> None:
        save(head, **options)
        if turn.locked():
            turn.release()

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", unlocked)
        patch.setattr(ChainHead, "save", saved)
        if connection.vendor == "sqlite":
            # SQLite's IMMEDIATE transactions are the lock there.
            patch.setattr(transaction.Atomic, "__enter__", lambda self: None)
            patch.setattr(transaction.Atomic, "__exit__", lambda self, *error: None)
            patch.setattr(transaction, "get_connection", _ConnectionInBlock)
        yield


class _ConnectionInBlock:
    """The journal asks whether it is inside a transaction; here it is not, on purpose."""

    in_atomic_block = True
    alias = "default"

    def __init__(self, using: str | None = None) -> None:
        pass


#: How long threads wait for one another: those that can meet for as long as a busy machine needs, others a moment.
LONG, SHORT = 30.0, 1.5


def meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, patience: float = SHORT) -> None:
    """Let two threads wait for one another right after each looked at the state for the first time."""
    barrier = threading.Barrier(2, timeout=patience)
    seen, here = getattr(module, name), threading.local()

    def looked(*args: Any, **more: Any) -> Any:
        result = seen(*args, **more)
        if not hasattr(here, "waited"):
            here.waited = True
            with contextlib.suppress(threading.BrokenBarrierError):
                barrier.wait()
        return result

    monkeypatch.setattr(module, name, looked)


def waiting_return(world: World) -> Return:
    """A return that waits for the unit's reviewers, of whom there are two."""
    world.form(stages=("unit",))
    answer = world.opened()
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=Values(GOOD), now=at(2))
    return answer


def two_reviewers(world: World, answer: Return) -> list[Any]:
    second = world.person("reviewer2", world.county, "reviewer")
    return together(
        lambda: pass_stage(acting_user=world.reviewer, answer_id=answer.pk, now=at(3)),
        lambda: send_back(acting_user=second, answer_id=answer.pk, reason="再核", now=at(3)),
    )


def decided(answer: Return) -> list[str]:
    found = ReturnStep.objects.filter(answer=answer).exclude(action="submit")
    return sorted(found.values_list("action", flat=True))


def test_two_reviewers_race_without_the_lock(world, monkeypatch):
    answer = waiting_return(world)
    meeting(monkeypatch, Machine, "next", LONG)
    # Both look first, both find the return in review.
    with without_locks(monkeypatch):
        results = two_reviewers(world, answer)
    assert decided(answer) == ["accept", "send-back"], f"both count, accepted and sent back: {results}"


def test_two_reviewers(world, monkeypatch):
    answer = waiting_return(world)
    meeting(monkeypatch, Machine, "next")
    results = two_reviewers(world, answer)
    refused = [result for result in results if isinstance(result, NotNow)]
    assert len(refused) == 1, results
    answer.refresh_from_db()
    expected = {ReturnState.ACCEPTED: ["accept"], ReturnState.SENT_BACK: ["send-back"]}
    assert decided(answer) == expected[ReturnState(answer.state)]
    assert verify().ok


def slow_submission(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """A submission stops between looking at the round and storing: ``looked`` is set, ``go`` lets it go on."""
    looked, go = threading.Event(), threading.Event()
    store = submitting._store

    def stop(*args: Any, **more: Any) -> Any:
        looked.set()
        go.wait(2 * LONG)
        return store(*args, **more)

    monkeypatch.setattr(submitting, "_store", stop)
    return looked, go


def freeze_meanwhile(
    world: World, answer: Return, monkeypatch: pytest.MonkeyPatch, patience: float = SHORT
) -> tuple[list[Any], bool]:
    """Freeze while a submission stands between looking and storing; whether the freeze was done before it."""
    looked, go = slow_submission(monkeypatch)
    frozen_before = []

    def freeze() -> Any:
        looked.wait(LONG)
        done = threading.Event()

        def wait_and_go() -> None:
            done.wait(patience)
            frozen_before.append(done.is_set())
            go.set()

        helper = threading.Thread(target=wait_and_go)
        helper.start()
        try:
            return freeze_round(acting_user=world.lead, round_id=answer.round_id, now=at(2))
        finally:
            done.set()
            helper.join()

    results = together(
        lambda: submit_return(
            acting_user=world.filler, answer_id=answer.pk, channel="web", values=Values(GOOD), now=at(2)
        ),
        freeze,
    )
    return results, frozen_before[0]


def test_filler_against_freeze_races_without_the_lock(world, monkeypatch):
    world.form()
    answer = world.opened()
    with without_locks(monkeypatch):
        results, frozen_before = freeze_meanwhile(world, answer, monkeypatch, LONG)
    assert frozen_before
    assert isinstance(results[0], Submission), "taken into a round that was frozen already"


def test_filler_against_freeze(world, monkeypatch):
    world.form()
    answer = world.opened()
    with monkeypatch.context() as patch:
        results, frozen_before = freeze_meanwhile(world, answer, patch)
    assert not frozen_before, "the freeze waits for who is submitting"
    assert isinstance(results[0], Submission)
    assert isinstance(results[1], Round)
    other = Return.objects.get(unit=world.other)
    with pytest.raises(NotNow):
        submit_return(acting_user=world.other_filler, answer_id=other.pk, channel="web", values=Values(GOOD), now=at(2))


def double_click(world: World, answer: Return, key: str = "") -> list[Any]:
    def click() -> Any:
        return submit_return(
            acting_user=world.filler, answer_id=answer.pk, channel="web", key=key, values=Values(GOOD), now=at(2)
        )

    return together(click, click)


def test_a_double_click_races_without_the_lock(world, monkeypatch):
    world.form()
    answer = world.opened()
    meeting(monkeypatch, Machine, "next", LONG)
    with without_locks(monkeypatch):
        first, second = double_click(world, answer)
    # Only the last fence, a constraint, keeps the second one out: with an error in place of the first submission.
    assert not (isinstance(first, Submission) and first == second), (first, second)


@pytest.mark.parametrize("key", ["", "k-1"])
def test_a_double_click(world, monkeypatch, key):
    world.form()
    answer = world.opened()
    meeting(monkeypatch, Machine, "next")
    first, second = double_click(world, answer, key)
    assert isinstance(first, Submission)
    assert first == second
    assert Submission.objects.count() == ReturnStep.objects.filter(action="submit").count() == 1


def two_uploads(world: World, answer: Return) -> list[Any]:
    return together(
        lambda: save_cells(acting_user=world.filler, answer_id=answer.pk, cells={"s.firm.n": "1"}, revision=0),
        lambda: save_cells(acting_user=world.second_filler, answer_id=answer.pk, cells={"s.firm.n": "2"}, revision=0),
    )


def test_two_uploads_race_without_the_lock(world, monkeypatch):
    from luoshi.apps.reporting.actions import saving

    world.form()
    answer = world.opened()
    meeting(monkeypatch, saving, "require_open", LONG)
    with without_locks(monkeypatch):
        results = two_uploads(world, answer)
    assert not [result for result in results if isinstance(result, Exception)], "one value is lost, and nobody is told"


def test_two_uploads(world, monkeypatch):
    from luoshi.apps.reporting.actions import saving

    world.form()
    answer = world.opened()
    meeting(monkeypatch, saving, "require_open")
    results = two_uploads(world, answer)
    (refused,) = [result for result in results if isinstance(result, Overlap)]
    answer.refresh_from_db()
    (conflict,) = refused.conflicts
    assert {conflict.mine, conflict.theirs} == {"1", "2"}
    assert answer.cells == {"s.firm.n": conflict.theirs}


def test_two_ticks_race_without_the_lock(world, monkeypatch):
    world.form()
    meeting(monkeypatch, rounds, "end_of_day", LONG)  # between looking for the round and creating it
    with without_locks(monkeypatch):
        results = together(lambda: open_rounds(now=at(1)), lambda: open_rounds(now=at(1)))
    assert any(isinstance(result, Exception) for result in results), "the constraint stops one tick in its work"


def test_two_ticks(world, monkeypatch):
    world.form()
    world.form("other")
    barrier = threading.Barrier(2, timeout=LONG)
    found = rounds.due_openings

    def looked(now: Any) -> list[Any]:
        result = list(found(now))
        barrier.wait()
        return result

    monkeypatch.setattr(rounds, "due_openings", looked)
    results = together(lambda: open_rounds(now=at(1)), lambda: open_rounds(now=at(1)))
    assert sum(len(result) for result in results) == 2, results
    assert Round.objects.count() == 2
    assert Return.objects.count() == 4
    assert verify().ok


def test_two_new_forms_without_a_key_are_both_made(world, monkeypatch):
    # On SQLite the second one waits for the first to be done; on PostgreSQL both make up the same key.
    meeting(monkeypatch, making, "_free_key", LONG if connection.vendor == "postgresql" else SHORT)
    made = together(
        *(lambda t=title: create_form(acting_user=None, title=t, owner=world.department) for title in ("甲表", "乙表"))
    )
    assert [form.title for form in made] == ["甲表", "乙表"]
    assert made[0].key != made[1].key
    assert verify().ok
