"""The journal: sealed, append-only in the database itself, whole under concurrent writers."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction

from luoshi.apps.journal import actions, engine
from luoshi.apps.journal.actions import Act, record, verify
from luoshi.apps.journal.models import ChainHead, Entry
from luoshi.site.sqlite3.base import Turns


def _write(count: int, action: str = "试写") -> list[Entry]:
    head = ChainHead.objects.get(pk=1)
    with transaction.atomic():
        return record(
            acting_user=None,
            acts=[
                Act(action=action, target=head, before={"n": n}, after={"n": n + 1, "文": "落实"}) for n in range(count)
            ],
        )


def _without_triggers(change: Callable[[], Any]) -> None:
    """What somebody with the database's own password could do."""
    with connection.schema_editor(atomic=False) as editor:
        engine.drop_triggers(apps, editor)
    change()
    with connection.schema_editor(atomic=False) as editor:
        engine.create_triggers(apps, editor)


@pytest.fixture
def shared_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database with real transactions, cleaned by hand: the journal refuses the usual emptying of all tables."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            _without_triggers(Entry.objects.all().delete)
            ChainHead.objects.filter(pk=1).update(sequence=0, hash="0" * 64)
            connections.close_all()


@pytest.mark.django_db
def test_entries_follow_one_another() -> None:
    entries = [*_write(3), *_write(2)]
    numbers = [entry.sequence for entry in entries]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert all(after.previous_hash == before.hash for before, after in itertools.pairwise(entries))
    assert verify().ok


def test_an_act_outside_a_transaction_is_refused(shared_database: None) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(acting_user=None, acts=[Act(action="试写", target=ChainHead(pk=1))])


@pytest.mark.django_db
def test_an_act_that_fails_leaves_no_entry() -> None:
    before = Entry.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _write(1)
        raise ZeroDivisionError
    assert Entry.objects.count() == before
    assert verify().ok


@pytest.mark.django_db
@pytest.mark.parametrize("sql", ["UPDATE journal_entry SET action = 'x'", "DELETE FROM journal_entry"])
def test_the_database_refuses_changes(sql: str) -> None:
    _write(2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.all().update(action="x")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.order_by("-sequence").first().delete()
    assert verify().ok


@pytest.mark.django_db
@pytest.mark.parametrize("kept", ["sequence", "hash", "rowid"])
def test_no_entry_is_replaced(kept: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("REPLACE is a statement of SQLite")
    entry = _write(2)[0]
    before = list(Entry.objects.order_by("sequence").values())
    fields = [field.column for field in Entry._meta.concrete_fields]
    other = {"sequence": str(entry.sequence + 100), "hash": "'x'", "action": "'x'"}
    other.pop(kept, None)
    taken = ", ".join(other.get(field, field) for field in fields)
    rowid = "rowid" if kept == "rowid" else "rowid + 100"
    sql = f"REPLACE INTO journal_entry (rowid, {', '.join(fields)}) SELECT {rowid}, {taken} FROM journal_entry"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE sequence = %s", [entry.sequence])
    assert list(Entry.objects.order_by("sequence").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["journal_entry", "accounts_user CASCADE"])
def test_the_journal_is_not_truncated(table: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("TRUNCATE is a statement of PostgreSQL")
    _write(2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {table}")
    assert Entry.objects.count() >= 2


def test_a_changed_entry_is_found(shared_database: None) -> None:
    entries = _write(5)
    third = entries[2].sequence
    _without_triggers(lambda: Entry.objects.filter(sequence=third).update(after={"n": 99}))
    found = verify()
    assert (found.ok, found.broken_at, found.entries) == (False, third, third - 1)
    assert "改动" in found.reason


def test_a_change_with_a_new_hash_is_found_at_the_next_entry(shared_database: None) -> None:
    entries = _write(5)
    third = Entry.objects.get(sequence=entries[2].sequence)
    third.after = {"n": 99}
    sealed = actions.entry_hash(third)
    _without_triggers(lambda: Entry.objects.filter(pk=third.pk).update(after={"n": 99}, hash=sealed))
    assert verify().broken_at == third.sequence + 1


@pytest.mark.parametrize("position", [0, 2, 4])
def test_a_missing_entry_is_found(shared_database: None, position: int) -> None:
    gone = _write(5)[position]
    _without_triggers(Entry.objects.filter(pk=gone.pk).delete)
    assert verify().broken_at == gone.sequence


def test_entries_beyond_the_head_are_found(shared_database: None) -> None:
    last = _write(3)[-1]
    forged = Entry.objects.get(pk=last.pk)
    forged.sequence, forged.previous_hash = last.sequence + 1, last.hash
    forged.hash = actions.entry_hash(forged)
    forged.save(force_insert=True)
    found = verify()
    assert (found.ok, "多出" in found.reason) == (False, True)


def test_writing_goes_on_while_the_chain_is_verified(shared_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(3)
    sealed = actions.entry_hash

    def write_meanwhile(entry: Entry) -> str:
        monkeypatch.setattr(actions, "entry_hash", sealed)
        other = threading.Thread(target=lambda: (_write(1), connection.close()))
        other.start()
        other.join(30)
        return sealed(entry)

    monkeypatch.setattr(actions, "entry_hash", write_meanwhile)
    assert verify().ok
    assert verify().entries == 4


class _SlowHead:
    """Stands for the chain's head: whoever has read it waits before going on, so that two writers meet."""

    def __init__(self, locked: bool, pause: Callable[[], object]) -> None:
        self.objects = self
        self._locked = locked
        self._pause = pause

    def select_for_update(self) -> _SlowHead:
        return self

    def get(self, pk: int) -> ChainHead:
        rows = ChainHead.objects.select_for_update() if self._locked else ChainHead.objects.all()
        head = rows.get(pk=pk)
        self._pause()
        return head


def _two_writers(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> list[DatabaseError]:
    """Two threads write five entries each; gives what failed."""
    meeting = threading.Barrier(2, timeout=5)
    first = threading.local()

    def pause() -> None:
        if locked:
            time.sleep(0.02)
        elif not getattr(first, "met", False):
            first.met = True
            meeting.wait()

    monkeypatch.setattr(actions, "ChainHead", _SlowHead(locked, pause))
    if not locked:  # nor do the writers of a process wait for one another
        monkeypatch.setattr(Turns, "take", lambda *_: False)
    errors: list[DatabaseError] = []

    def work() -> None:
        try:
            if connection.vendor == "sqlite" and not locked:
                # SQLite's lock is taken when a transaction begins; without it both read before either writes.
                connection.ensure_connection()
                connection.transaction_mode = "DEFERRED"
            for number in range(5):
                _write(1, f"并发{number}")
        except DatabaseError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return errors


def test_without_the_lock_two_writers_break_each_other(shared_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _two_writers(monkeypatch, locked=False)


def test_two_writers_at_once_keep_the_chain_whole(shared_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Entry.objects.count()
    assert _two_writers(monkeypatch, locked=True) == []
    monkeypatch.undo()
    assert Entry.objects.count() == before + 10
    assert verify().ok
