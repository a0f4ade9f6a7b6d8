"""The database itself refuses what must not change: steps, a fixed agenda, issued minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.agenda import digest_of
from luoshi.apps.dispatch.models import (
    AgendaItem,
    Attendance,
    Decision,
    DecisionStep,
    Meeting,
    WarningStep,
)
from luoshi.apps.dispatch.queries import meeting_page
from tests.apps.dispatch.making import at, decided, held, meeting, warned
from tests.apps.targets.conftest import Scene


def refused(write: Callable[[], Any]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        write()


def test_steps_are_only_added(scene: Scene) -> None:
    warned(scene)
    decided(scene)
    for model in (WarningStep, DecisionStep):
        rows = model.objects.all()
        assert rows.exists()
        refused(lambda rows=rows: rows.update(text="改写"))
        refused(lambda rows=rows: rows.filter(pk=rows[0].pk)._raw_delete("default"))


def test_a_fixed_agenda_is_neither_changed_nor_added_to(scene: Scene) -> None:
    warned(scene)
    found = meeting(scene)
    item = found.items.first()
    AgendaItem.objects.filter(pk=item.pk).update(text="还在筹备，可以写。")
    actions.fix_agenda(acting_user=scene.user("office"), meeting_id=found.pk, now=at(24))
    rows = AgendaItem.objects.filter(pk=item.pk)
    refused(lambda: rows.update(snapshot={}))
    refused(lambda: rows.update(text="改写"))
    refused(lambda: rows._raw_delete("default"))
    refused(lambda: AgendaItem.objects.create(meeting=found, ordinal=99, kind="topic", title="后加的"))
    refused(lambda: Meeting.objects.filter(pk=found.pk)._raw_delete("default"))
    other = meeting(scene, title="另一次会")
    refused(lambda: AgendaItem.objects.filter(meeting=other).update(meeting=found))
    # Opened again it can be changed, as long as the meeting has not been held.
    Meeting.objects.filter(pk=found.pk).update(frozen_at=None, digest="", state="planned")
    rows.update(text="重开后可以写。")


def test_once_held_the_agenda_cannot_be_opened_again(scene: Scene) -> None:
    warned(scene)
    sitting = held(scene)
    row = Meeting.objects.filter(pk=sitting.pk)
    for change in ({"frozen_at": None}, {"digest": "0" * 64}, {"state": "planned"}, {"state": "cancelled"}):
        refused(lambda change=change: row.update(**change))
    row.update(minutes="开会时可以写。")
    actions.close_meeting(acting_user=scene.user("office"), meeting_id=sitting.pk, minutes="印发的。", now=at(25, 18))
    for change in ({"minutes": "改写"}, {"state": "held"}):
        refused(lambda change=change: row.update(**change))
    # What may go on: who came is said of the rows beside it, decisions are worked on.
    Attendance.objects.filter(meeting=sitting).update(note="迟到")


def test_a_change_past_the_triggers_is_seen_by_the_digest(scene: Scene) -> None:
    warned(scene)
    sitting = held(scene)
    items = list(sitting.items.all())
    assert digest_of(items) == digest_of(reversed(items)) == sitting.digest
    for name, value in (("snapshot", {}), ("title", "改了"), ("text", "加了"), ("ordinal", 7), ("removed_for", "拿下")):
        kept = getattr(items[0], name)
        setattr(items[0], name, value)
        assert digest_of(items) != sitting.digest, name
        setattr(items[0], name, kept)
    assert digest_of(items[1:]) != sitting.digest
    page = meeting_page(None, sitting.pk)
    assert page is not None and page.as_fixed


def test_a_decision_in_force_has_a_unit_and_a_day(scene: Scene) -> None:
    decision = decided(scene, None) if warned(scene) else None
    assert decision is not None
    refused(lambda: Decision.objects.filter(pk=decision.pk).update(unit=None))
    refused(lambda: Decision.objects.filter(pk=decision.pk).update(due_on=None))
