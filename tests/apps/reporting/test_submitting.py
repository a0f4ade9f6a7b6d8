"""Typing and submitting."""

from __future__ import annotations

import pytest

from luoshi.apps.reporting.actions import save_cells, submit_return
from luoshi.apps.reporting.models import Submission
from tests.apps.reporting.making import GOOD, at

pytestmark = pytest.mark.django_db


def test_cells_are_kept_and_submitted(world):
    world.form()
    answer = world.opened()
    saved = save_cells(acting_user=world.filler, answer_id=answer.pk, cells=GOOD | {"s.firm.m": "4"}, now=at(2))
    assert saved.problems == ()
    assert saved.computed == {"s.firm.d": "6"}
    submission = submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", now=at(2))
    assert Submission.objects.get() == submission
    answer.refresh_from_db()
    assert (answer.state, answer.stage, answer.submitted_at) == ("in-review", "unit", at(2))
