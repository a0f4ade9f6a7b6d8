"""Several at once: each test first shows the race that there would be without the lock, then that there is none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from luoshi.apps.investment import actions
from luoshi.apps.investment.actions import claims, moving
from luoshi.apps.investment.errors import NotNow, Stale
from luoshi.apps.investment.models import ClaimDecision, Lead, LeadMove
from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.models import Role
from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.projects.models import Project
from tests.apps.intake.real_database import transactional_db
from tests.apps.investment.making import Scene, make_lead, make_scene, move
from tests.apps.plans.making import fresh, make_user
from tests.apps.reporting.test_at_once import LONG, meeting, together, without_locks

__all__ = ["transactional_db"]  # a fixture


@pytest.fixture
def scene(transactional_db: None, tmp_path: Any, settings: Any) -> Scene:
    """The scene in a database with real transactions."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    forget_directory()
    return make_scene()


def sign_twice(scene: Scene, lead: Lead) -> list[Any]:
    return together(*(lambda: move(scene, lead, "signed", user=fresh(scene.north)) for _ in range(2)))


def test_two_who_sign_one_lead(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    raced = make_lead(scene)
    move(scene, raced, "negotiating", 20)
    with monkeypatch.context() as patch:
        meeting(patch, moving, "missing_evidence", LONG)
        with without_locks(patch):
            results = sign_twice(scene, raced)
    # The race: both find it unsigned. It is signed twice, or a constraint of projects alone stops one, with an error.
    stopped = [result for result in results if isinstance(result, IntegrityError)]
    assert LeadMove.objects.filter(lead=raced, to_state="signed").count() + len(stopped) == 2, results

    lead = make_lead(scene, title="储能电站")
    move(scene, lead, "negotiating", 20)
    meeting(monkeypatch, moving, "missing_evidence")
    results = sign_twice(scene, lead)
    assert sum(isinstance(result, NotNow) for result in results) == 1, results
    assert LeadMove.objects.filter(lead=lead, to_state="signed").count() == 1
    assert Project.objects.filter(name="储能电站").count() == 1
    lead.refresh_from_db()
    assert lead.state == "signed" and lead.project is not None
    assert lead.evidence.filter(kind="agreement").count() == 1, "the refused one left no paper behind"
    assert verify().ok


def contested(scene: Scene, title: str) -> Lead:
    """A lead that two counties claim."""
    lead = make_lead(scene, title=title)
    actions.claim_lead(acting_user=scene.office, lead_id=lead.pk, unit=scene.units.south)
    lead.refresh_from_db()
    return lead


def decide_twice(scene: Scene, second: Any, lead: Lead) -> list[Any]:
    """The office gives it to the one, a colleague to the other, both having seen the same page."""
    north, south = scene.units.north.pk, scene.units.south.pk

    def decide(user: Any, share: int) -> ClaimDecision:
        return actions.decide_claims(
            acting_user=fresh(user),
            lead_id=lead.pk,
            scope="territory",
            parts={north: Decimal(share), south: Decimal(1 - share)},
            reason="按厂址",
            revision=lead.revision,
        )

    return together(lambda: decide(scene.office, 1), lambda: decide(second, 0))


def test_two_who_decide_one_claim(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    second = make_user("second", (Role.COORDINATOR, scene.units.state))
    raced = contested(scene, "高效组件制造")
    with monkeypatch.context() as patch:
        meeting(patch, claims, "decides", LONG)
        with without_locks(patch):
            decide_twice(scene, second, raced)
    assert ClaimDecision.objects.filter(lead=raced).count() == 2, "the race: given to both"

    lead = contested(scene, "储能电站")
    meeting(monkeypatch, claims, "decides")
    results = decide_twice(scene, second, lead)
    assert sum(isinstance(result, Stale) for result in results) == 1, results
    (kept,) = ClaimDecision.objects.filter(lead=lead)
    assert sorted(kept.parts.values()) == ["0", "1"]
    assert verify().ok
