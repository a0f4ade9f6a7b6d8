"""Two people change one draft at the same time: without the safeguards one change is lost, with them it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from luoshi.apps.journal.actions import verify
from luoshi.apps.targets import actions
from luoshi.apps.targets.actions import CellChange, drafting
from luoshi.apps.targets.errors import Stale
from luoshi.apps.targets.models import Allocation, Share
from tests.apps.intake.real_database import transactional_db
from tests.apps.targets.conftest import Scene, make_scene

__all__ = ["transactional_db"]  # a fixture


@pytest.fixture
def scene(transactional_db: None, tmp_path: Any, settings: Any) -> Iterator[Scene]:
    """The plan in a database that several connections share, with a draft at revision 1."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    made = make_scene()
    ids = [made.units.north.pk, made.units.south.pk]
    actions.save_shares(
        acting_user=made.user("office"), target=made.target, unit=made.units.state, revision=0, add_units=ids
    )
    yield made


def _both(scene: Scene, gate: threading.Barrier | None = None) -> list[Any]:
    """Both write the same cell, each having seen revision 1."""
    outcome: list[Any] = []

    def write(name: str, text: str) -> None:
        try:
            change = CellChange(scene.units.north.pk, "2026", text)
            saved = actions.save_shares(
                acting_user=scene.user(name),
                target=scene.target,
                unit=scene.units.state,
                revision=1,
                changes=[change],
            )
            outcome.append(saved.revision)
        except Exception as error:  # whatever it is, the test says what it must be
            outcome.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=pair) for pair in (("office", "700"), ("second", "800"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcome


def test_without_the_revision_a_change_is_lost(scene: Scene, monkeypatch: Any) -> None:
    kept = drafting.open_draft
    monkeypatch.setattr(drafting, "open_draft", lambda user, target, unit, revision: kept(user, target, unit, None))
    assert sorted(map(str, _both(scene))) == ["2", "3"]  # both are told “saved”, one number is gone


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite 的写事务本来就逐个进行")
def test_without_the_lock_both_pass_the_revision(scene: Scene, monkeypatch: Any) -> None:
    gate = threading.Barrier(2, timeout=30)

    def unlocked(target: Any, unit: Any) -> Allocation:
        found = Allocation.objects.get(target=target, unit=unit)
        gate.wait()
        return found

    monkeypatch.setattr(drafting, "locked_allocation", unlocked)
    assert _both(scene) == [2, 2]  # both are told “saved”, and both that theirs is the second state


def test_with_both_the_second_is_told(scene: Scene) -> None:
    outcome = _both(scene)
    assert sorted(type(item).__name__ for item in outcome) == ["Stale", "int"]
    (stale,) = [item for item in outcome if isinstance(item, Stale)]
    assert stale.revision == 2
    assert Allocation.objects.get().revision == 2
    assert Share.objects.get(unit=scene.units.north).value in (700, 800)
    assert verify().ok
