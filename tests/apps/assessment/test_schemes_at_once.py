"""Two editors at once: one is kept, the other is told, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.errors import NotNow, Stale
from luoshi.apps.assessment.models import SchemeVersion, VersionState
from luoshi.apps.journal.actions import verify
from tests.apps.assessment.making_runs import World, make_world
from tests.apps.intake.real_database import transactional_db
from tests.apps.reporting.test_at_once import together

__all__ = ["transactional_db"]  # a fixture


@pytest.fixture
def world(transactional_db: None, tmp_path: Any, settings: Any) -> World:
    """Five counties, in a database with real transactions."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return make_world()


def test_of_two_editors_one_is_told(world: World) -> None:
    scheme_id = world.adoption.version.scheme_id
    drafts = together(
        lambda: actions.start_draft(acting_user=world.office, scheme_id=scheme_id),
        lambda: actions.start_draft(acting_user=world.user("second"), scheme_id=scheme_id),
    )
    assert sorted(type(one).__name__ for one in drafts) == sorted([SchemeVersion.__name__, NotNow.__name__])
    draft = SchemeVersion.objects.get(scheme=scheme_id, state=VersionState.DRAFT)

    def edit(who: str, words: str) -> Any:
        return actions.edit_draft(
            acting_user=world.user(who), version_id=draft.pk, text=f"{draft.text}# {words}\n", revision=0
        )

    told = together(lambda: edit("office", "甲"), lambda: edit("second", "乙"))
    kept = [one for one in told if isinstance(one, SchemeVersion)]
    assert len(kept) == 1 and sum(isinstance(one, Stale) for one in told) == 1
    draft.refresh_from_db()
    assert draft.text == kept[0].text and draft.revision == 1

    both = together(
        lambda: actions.issue_version(acting_user=world.office, version_id=draft.pk, reason="甲"),
        lambda: actions.drop_draft(acting_user=world.user("second"), version_id=draft.pk),
    )
    assert sum(isinstance(one, NotNow) for one in both) == 1
    assert verify()
