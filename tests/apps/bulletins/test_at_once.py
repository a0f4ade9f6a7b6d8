"""Two who sign at once: first the race that there would be without the lock, then that there is none."""

from __future__ import annotations

from typing import Any

import pytest

from luoshi.apps.bulletins import actions
from luoshi.apps.bulletins.errors import Invalid, NotNow
from luoshi.apps.bulletins.models import Bulletin, BulletinAction, BulletinState, BulletinStep
from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.models import Role
from luoshi.apps.organisations.queries import forget_directory
from luoshi.machines import Machine
from luoshi.periods import Period
from tests.apps.intake.real_database import transactional_db
from tests.apps.reporting.test_at_once import LONG, meeting, together, without_locks
from tests.apps.supervision.making import World, at, day

__all__ = ["transactional_db"]  # a fixture


@pytest.fixture
def world(transactional_db: None, tmp_path: Any, settings: Any) -> World:
    """The small prefecture that supervises, in a database with real transactions; one order has been given out."""
    settings.MEDIA_ROOT = tmp_path / "files"
    forget_directory()
    made = World()
    made.vice = made.person("vice", made.root, Role.LEADER)  # type: ignore[attr-defined]
    made.in_work()
    return made


def checked(world: World) -> Bulletin:
    """A bulletin on supervision that waits for a signature."""
    made = actions.draw_bulletin(
        acting_user=world.office,
        kind="supervision",
        owner=world.root,
        plans=[],
        period=Period.parse("2026-09"),
        now=at(2, month=10),
    )
    return actions.check_bulletin(acting_user=world.second_office, bulletin_id=made.pk, now=at(3, month=10))


def sign(world: World, who: str, bulletin: Bulletin, number: str) -> Any:
    return actions.sign_bulletin(
        acting_user=getattr(world, who),
        bulletin_id=bulletin.pk,
        signatory=who,
        number=number,
        dated=day(4, month=10),
        now=at(4, month=10),
    )


def both(world: World, bulletin: Bulletin) -> list[Any]:
    return together(
        lambda: sign(world, "leader", bulletin, "云政督〔2026〕1号"),
        lambda: sign(world, "vice", bulletin, "云政督〔2026〕2号"),
    )


def signatures(bulletin: Bulletin) -> int:
    return BulletinStep.objects.filter(bulletin=bulletin, action=BulletinAction.SIGN).count()


def test_two_signers_race_without_the_lock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bulletin = checked(world)
    meeting(monkeypatch, Machine, "next", LONG)
    with without_locks(monkeypatch):
        results = both(world, bulletin)
    assert signatures(bulletin) == 2, f"signed twice, with two numbers: {results}"


def test_two_signers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bulletin = checked(world)
    meeting(monkeypatch, Machine, "next")
    results = both(world, bulletin)
    assert len([one for one in results if isinstance(one, NotNow)]) == 1, results
    (kept,) = [one for one in results if isinstance(one, Bulletin)]
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.number, bulletin.signatory) == (
        BulletinState.SIGNED,
        kept.number,
        kept.signatory,
    )
    assert signatures(bulletin) == 1 and verify().ok


def test_one_number_for_two_bulletins(world: World) -> None:
    one, other = checked(world), checked(world)
    results = together(
        lambda: sign(world, "leader", one, "云政督〔2026〕1号"), lambda: sign(world, "vice", other, "云政督〔2026〕1号")
    )
    (refused,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refused, Invalid) and "用过，请另编" in str(refused)
    assert Bulletin.objects.filter(number="云政督〔2026〕1号").count() == 1
    assert verify().ok
