"""Several at once: each test first shows the race that there would be without the lock, then that there is none."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.actions import decisions, meetings, raising
from luoshi.apps.dispatch.actions import warnings as answering
from luoshi.apps.dispatch.errors import NotNow, Overlap
from luoshi.apps.dispatch.models import Decision, EarlyWarning, Meeting, WarningStep
from luoshi.apps.journal.actions import verify
from luoshi.apps.organisations.queries import forget_directory
from tests.apps.dispatch.making import at, decided, held, meeting, months, rule, warned
from tests.apps.intake.real_database import transactional_db
from tests.apps.reporting.test_at_once import LONG, together, without_locks
from tests.apps.reporting.test_at_once import meeting as both_look
from tests.apps.targets.conftest import Scene, make_scene

__all__ = ["transactional_db"]  # a fixture


@pytest.fixture
def scene(transactional_db: None, tmp_path: Any, settings: Any) -> Scene:
    """The scene in a database with real transactions."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    forget_directory()
    return make_scene()


def raise_twice() -> list[Any]:
    return together(lambda: actions.raise_warnings(now=at(8)), lambda: actions.raise_warnings(now=at(8)))


def test_two_ticks_race_without_the_lock(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    months(scene)
    rule(scene)
    both_look(monkeypatch, raising, "_fresh", LONG)
    with without_locks(monkeypatch):
        results = raise_twice()
    # Both find nothing raised yet; the constraint alone stops the second one, with an error.
    assert any(isinstance(result, IntegrityError) for result in results), results


def test_two_ticks_raise_each_warning_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    months(scene)
    rule(scene)
    both_look(monkeypatch, raising, "_fresh")
    results = raise_twice()
    assert sorted(len(result) for result in results) == [0, 1], results
    assert EarlyWarning.objects.count() == WarningStep.objects.filter(action="raise").count() == 1
    assert verify().ok


def convene_twice() -> list[Any]:
    return together(lambda: actions.convene_meetings(now=at(17)), lambda: actions.convene_meetings(now=at(17)))


def test_two_ticks_plan_a_meeting_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    months(scene)
    fields = actions.SeriesFields(name="月度调度会", plans=(scene.plan,))
    actions.create_series(acting_user=scene.user("office"), owner=scene.units.state, fields=fields)
    both_look(monkeypatch, meetings, "moment")
    results = convene_twice()
    assert sorted(len(result) for result in results) == [0, 1], results
    assert Meeting.objects.count() == 1


def record_twice(scene: Scene, sitting: Meeting) -> list[Any]:
    def record(who: str) -> Decision:
        return actions.record_decision(acting_user=scene.user(who), meeting_id=sitting.pk, text=f"{who}记的", key=who)

    return together(lambda: record("office"), lambda: record("second"))


def test_two_who_record_race_without_the_lock(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    months(scene)
    sitting = held(scene)
    both_look(monkeypatch, decisions, "_next_number", LONG)
    with without_locks(monkeypatch):
        record_twice(scene, sitting)
    numbers = list(Decision.objects.filter(meeting=sitting).values_list("ordinal", flat=True))
    assert numbers == [1, 1], f"two with one number: {numbers}"


def test_two_who_record_lose_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    months(scene)
    sitting = held(scene)
    both_look(monkeypatch, decisions, "_next_number")
    results = record_twice(scene, sitting)
    assert all(isinstance(result, Decision) for result in results), results
    rows = Decision.objects.filter(meeting=sitting).order_by("ordinal")
    assert [row.ordinal for row in rows] == [1, 2]
    assert {row.text for row in rows} == {"office记的", "second记的"}


def test_two_who_change_one_decision_are_told(scene: Scene) -> None:
    months(scene)
    sitting = held(scene)
    given = {"meeting_id": sitting.pk}
    first = actions.record_decision(acting_user=scene.user("office"), text="原文", **given)

    def change(who: str) -> Decision:
        return actions.record_decision(
            acting_user=scene.user(who), text=f"{who}改的", decision_id=first.pk, revision=0, **given
        )

    results = together(lambda: change("office"), lambda: change("second"))
    refused = [result for result in results if isinstance(result, Overlap)]
    first.refresh_from_db()
    assert len(refused) == 1 and refused[0].theirs == first.text


def test_one_row_sent_twice_is_stored_once(scene: Scene) -> None:
    months(scene)
    sitting = held(scene)

    def send() -> Decision:
        return actions.record_decision(acting_user=scene.user("office"), meeting_id=sitting.pk, text="同一条", key="r1")

    results = together(send, send)
    assert all(isinstance(result, Decision) for result in results), results
    assert Decision.objects.count() == 1


def answer_and_waive(scene: Scene, warning: EarlyWarning) -> list[Any]:
    return together(
        lambda: actions.answer_warning(
            acting_user=scene.user("reporter"),
            warning_id=warning.pk,
            text="补报登记。",
            until=dt.date(2026, 5, 1),
            now=at(9),
        ),
        lambda: actions.waive_warning(
            acting_user=scene.user("office"), warning_id=warning.pk, reason="数据有误。", now=at(9)
        ),
    )


def test_answering_and_waiving_race_without_the_lock(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    warning = warned(scene)
    # Both have looked at the state, and found it open.
    both_look(monkeypatch, answering, "require", LONG)
    with without_locks(monkeypatch):
        answer_and_waive(scene, warning)
    acts = list(WarningStep.objects.filter(warning=warning).values_list("action", flat=True))
    warning.refresh_from_db()
    assert sorted(acts) == ["answer", "raise", "waive"]
    assert (warning.state, acts[-1]) in {("answered", "waive"), ("waived", "answer"), ("answered", "answer")} or (
        warning.state == "waived"
    ), "both count"


def test_answering_and_waiving_take_turns(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    warning = warned(scene)
    both_look(monkeypatch, answering, "require")
    results = answer_and_waive(scene, warning)
    warning.refresh_from_db()
    assert warning.state == "waived", "waived before or after the answer: never answered after it was waived"
    acts = list(WarningStep.objects.filter(warning=warning).order_by("pk").values_list("action", flat=True))
    refused = [result for result in results if isinstance(result, NotNow)]
    assert acts == (["raise", "waive"] if refused else ["raise", "answer", "waive"])
    assert verify().ok


def test_closing_the_minutes_while_somebody_records(scene: Scene) -> None:
    months(scene)
    sitting = held(scene)
    given = {"unit": scene.units.north, "due_on": dt.date(2026, 5, 31)}
    actions.record_decision(acting_user=scene.user("office"), meeting_id=sitting.pk, text="第一条。", **given)
    results = together(
        lambda: actions.record_decision(
            acting_user=scene.user("second"), meeting_id=sitting.pk, text="第二条。", **given
        ),
        lambda: actions.close_meeting(acting_user=scene.user("office"), meeting_id=sitting.pk, minutes="纪要。"),
    )
    assert not Decision.objects.filter(meeting=sitting, state="draft").exists(), "none is left behind, being typed"
    late = isinstance(results[0], NotNow)
    assert Decision.objects.filter(meeting=sitting, state="open").count() == (1 if late else 2)


def test_two_fix_an_agenda_once(scene: Scene) -> None:
    months(scene)
    found = meeting(scene)
    results = together(
        *(
            lambda who=who: actions.fix_agenda(acting_user=scene.user(who), meeting_id=found.pk, now=at(24))
            for who in ("office", "second")
        )
    )
    assert sum(isinstance(result, NotNow) for result in results) == 1, results
    found.refresh_from_db()
    assert actions.is_as_fixed(found)


def test_two_close_a_decision_once(scene: Scene) -> None:
    months(scene)
    decision = decided(scene)
    actions.finish_decision(acting_user=scene.user("reporter"), decision_id=decision.pk, text="办完了。")
    results = together(
        lambda: actions.close_decision(acting_user=scene.user("office"), decision_id=decision.pk),
        lambda: actions.send_decision_back(acting_user=scene.user("second"), decision_id=decision.pk, reason="不全"),
    )
    assert sum(isinstance(result, NotNow) for result in results) == 1, results
    assert verify().ok
