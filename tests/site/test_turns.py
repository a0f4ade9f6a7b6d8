"""Writers of one process take turns on SQLite, in the order in which they came."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from luoshi.site.sqlite3.base import Turns
from tests.apps.intake.real_database import transactional_db

__all__ = ["transactional_db"]  # a fixture


def until(condition: object) -> None:
    """Wait until something holds that other threads bring about."""
    for _ in range(2_000):
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.001)
    raise AssertionError("it never came about")


def test_whoever_asked_first_has_the_next_turn() -> None:
    turns, order, threads = Turns(), [], []
    assert turns.take(0)
    for number in range(6):

        def work(number: int = number) -> None:
            assert turns.take(20)
            order.append(number)
            turns.give()

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        until(lambda number=number: len(turns._waiting) == number + 1)
    turns.give()
    for thread in threads:
        thread.join(20)
    assert order == list(range(6))
    assert turns.take(0), "free again at the end"


def test_nobody_waits_for_ever_and_the_turn_is_not_lost() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.01), "it did not come in time"
    turns.give()
    assert turns.take(0), "who gave up is not handed the turn"


def test_one_at_a_time() -> None:
    turns, inside, most = Turns(), [], []

    def work() -> None:
        for _ in range(40):
            assert turns.take(20)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            turns.give()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(most) == 200 and max(most) == 1


def test_transactions_of_a_process_wait_for_one_another(transactional_db: None) -> None:
    """A second writer begins when the first has committed, or has failed; reading does not wait."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows")
    from luoshi.apps.organisations.models import Unit

    begun, told = threading.Event(), []

    def second() -> None:
        try:
            begun.set()
            with transaction.atomic():
                told.append(Unit.objects.filter(key="first").exists())
        finally:
            connection.close()

    for fails in (False, True):
        thread = threading.Thread(target=second)
        begun.clear()
        try:
            with transaction.atomic():
                thread.start()
                begun.wait(20)
                values = {"key": "first", "name": "一", "short_name": "一", "kind": "prefecture"}
                Unit.objects.filter(key="first").delete()
                Unit.objects.add_root(values | {"key": "failed"} if fails else values)
                assert not told, "it waits"
                if fails:
                    raise ValueError
        except ValueError:
            assert fails
        thread.join(20)
        assert told.pop() is True, "what came before is seen, what failed changed nothing"
