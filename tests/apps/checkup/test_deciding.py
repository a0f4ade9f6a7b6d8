"""Findings are stored with the reading and decided on: each decision, who may, what changes with it, two at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from luoshi.apps.accounts.actions import create_user
from luoshi.apps.checkup import checking
from luoshi.apps.checkup.actions import check_again, decide
from luoshi.apps.checkup.errors import StaleFinding
from luoshi.apps.checkup.items import sides_of
from luoshi.apps.checkup.models import CheckUp, Decision, Finding
from luoshi.apps.intake import actions as intake
from luoshi.apps.intake import after_reading
from luoshi.apps.intake.errors import Closed, Invalid
from luoshi.apps.intake.models import Draft, DraftItem, ItemState, Upload
from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.actions import grant_membership, load_units
from luoshi.apps.organisations.models import Unit
from tests.apps.checkup.factories import PLAN, SOUND
from tests.apps.conftest import prefecture_directory
from tests.apps.intake.factories import make_draft, make_upload

db = pytest.mark.django_db


def _target(draft: Draft, value: str) -> DraftItem:
    return draft.items.get(kind="target", original__value=value)


@db
def test_findings_are_stored_with_the_reading(draft: Draft) -> None:
    assert sorted(draft.findings.values_list("kind", flat=True)) == ["total-column", "two-values", "unit-misprint"]
    total = draft.findings.get(kind="total-column")
    assert (total.severity, total.readings) == ("error", ["16", "15"])
    assert "10 + 5 = 15" in total.detail
    lines = draft.document.lines()
    for finding in draft.findings.all():
        for place in finding.places:
            assert "".join(lines[line - 1][start:end] for line, start, end in place["spans"]) == place["text"]
    assert sides_of(total) == [0, 1, 1]


@db
def test_a_sound_plan_is_checked_too(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    draft = make_draft(coordinator, prefecture["ylz"], SOUND, "茶.txt")
    assert CheckUp.objects.filter(draft=draft).exists()
    assert not draft.findings.exists()


@db
def test_a_hook_that_fails_does_not_fail_the_upload(
    coordinator: Any, prefecture: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(reading: after_reading.Reading) -> None:
        Draft.objects.filter(pk=reading.drafts[0].pk).update(title="半途")
        raise RuntimeError("out of paper")

    seen: list[str] = []
    hooks = [broken, lambda reading: seen.append(reading.document.name)]
    monkeypatch.setattr(after_reading, "_hooks", hooks)
    upload = make_upload(coordinator, prefecture["ylz"], PLAN)
    intake.process_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "done"
    assert seen
    draft = upload.drafts.get()
    assert not CheckUp.objects.filter(draft=draft).exists()
    # The page's first opening makes up for it, once.
    checking.ensure_checked(draft)
    checking.ensure_checked(draft)
    assert draft.findings.count() == 3


@db
def test_every_decision_and_back(coordinator: Any, two_values: Finding) -> None:
    for revision, (decision, note) in enumerate(
        [
            ("keep_first", ""),
            ("verified", "电话  核实"),
            ("dismissed", "口径不同"),
            ("open", "不再留"),
            ("keep_second", ""),
        ]
    ):
        found = decide(acting_user=coordinator, finding=two_values, decision=decision, revision=revision, note=note)
        assert (found.decision, found.revision) == (decision, revision + 1)
        assert found.decided_by == (None if decision == "open" else coordinator)
    entries = Entry.objects.filter(object_type="checkup.finding").order_by("sequence")
    assert [entry.after["decision"] for entry in entries] == [
        "keep_first", "verified", "dismissed", "open", "keep_second",
    ]  # fmt: skip
    assert entries[1].after["note"] == "电话 核实"
    assert entries[3].before == {"decision": "dismissed", "note": "口径不同"}
    assert entries[3].after["note"] == ""
    assert verify().ok
    # Nothing but the record changed.
    assert not two_values.draft.items.exclude(state=ItemState.PENDING).exists()


@db
@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        ("two-values", {"decision": "burn"}, "decision"),
        ("two-values", {"decision": "dismissed", "note": " "}, "note"),
        ("two-values", {"decision": "verified", "note": "长" * 301}, "note"),
        ("two-values", {"decision": "verified", "other": "reject"}, "other"),
        ("two-values", {"decision": "keep_first", "other": "burn"}, "other"),
        ("total-column", {"decision": "keep_first", "other": "reject"}, "other"),
    ],
)
def test_what_does_not_fit(kind: str, sent: dict[str, str], field: str, coordinator: Any, draft: Draft) -> None:
    finding = draft.findings.get(kind=kind)
    with pytest.raises(Invalid) as caught:
        decide(acting_user=coordinator, finding=finding, revision=0, **sent)
    assert list(caught.value.errors) == [field]
    finding.refresh_from_db()
    assert (finding.decision, finding.revision) == (Decision.OPEN, 0)


@db
def test_keeping_one_rejects_the_other_target(coordinator: Any, draft: Draft, two_values: Finding) -> None:
    decide(acting_user=coordinator, finding=two_values, decision="keep_second", revision=0, other="reject")
    assert _target(draft, "120000").state == ItemState.REJECTED
    assert _target(draft, "150000").state == ItemState.PENDING
    # Another decision gives it back first.
    decide(acting_user=coordinator, finding=two_values, decision="keep_first", revision=1, other="reject")
    assert _target(draft, "120000").state == ItemState.PENDING
    assert _target(draft, "150000").state == ItemState.REJECTED
    decide(acting_user=coordinator, finding=two_values, decision="open", revision=2)
    assert not draft.items.exclude(state=ItemState.PENDING).exists()


@db
def test_keeping_one_corrects_the_other_target(coordinator: Any, draft: Draft, two_values: Finding) -> None:
    other = _target(draft, "120000")
    intake.decide(acting_user=coordinator, item=other, decision="accept", revision=0)
    decide(acting_user=coordinator, finding=two_values, decision="keep_second", revision=0, other="correct")
    other.refresh_from_db()
    assert (other.state, other.data["value"], other.data["unit"]) == (ItemState.CORRECTED, "150000", "亩")
    decide(acting_user=coordinator, finding=two_values, decision="open", revision=1)
    other.refresh_from_db()
    assert (other.state, other.data) == (ItemState.ACCEPTED, other.original)


@db
@pytest.mark.parametrize(
    ("reading", "value"), [("20", None), ("20万亩", "200000"), ("20 万亩", "200000"), ("20户", None), ("若干亩", None)]
)
def test_a_target_takes_only_a_number_in_its_own_unit(
    reading: str, value: str | None, coordinator: Any, draft: Draft, two_values: Finding
) -> None:
    # 乙 as in a table: its place is no target.
    two_values.readings = [two_values.readings[0], reading]
    two_values.places = [two_values.places[0], {"line": 23, "text": reading, "spans": [[23, 0, 3]]}]
    two_values.save()

    def act() -> None:
        decide(acting_user=coordinator, finding=two_values, decision="keep_second", revision=0, other="correct")

    if value is None:
        with pytest.raises(Invalid, match="没有可以一并处理的目标"):
            act()
        assert _target(draft, "120000").data["value"] == "120000"
    else:
        act()
        assert _target(draft, "120000").data["value"] == value


@db
def test_a_target_that_was_touched_since_is_left(coordinator: Any, draft: Draft, two_values: Finding) -> None:
    decide(acting_user=coordinator, finding=two_values, decision="keep_second", revision=0, other="correct")
    other = _target(draft, "120000")
    intake.decide(acting_user=coordinator, item=other, decision="reject", revision=other.revision)
    decide(acting_user=coordinator, finding=two_values, decision="open", revision=1)
    assert _target(draft, "120000").state == ItemState.REJECTED


@db
def test_stale_and_repeated(coordinator: Any, person: Callable[..., Any], two_values: Finding) -> None:
    decide(acting_user=coordinator, finding=two_values, decision="keep_first", revision=0, other="reject")
    again = decide(acting_user=coordinator, finding=two_values, decision="keep_first", revision=0, other="reject")
    assert again.revision == 1
    other = person("bangban", ylz="coordinator")
    with pytest.raises(StaleFinding) as caught:
        decide(acting_user=other, finding=two_values, decision="keep_first", revision=0)
    assert caught.value.finding.revision == 1
    assert "保留甲" in str(caught.value)


@db
@pytest.mark.parametrize("roles", [{}, {"ylz": "leader"}, {"ylz_czj": "lead"}, {"qsx": "coordinator"}])
def test_others_may_not_decide(roles: dict[str, str], person: Callable[..., Any], two_values: Finding) -> None:
    other = person("lin", **roles)
    with pytest.raises(PermissionDenied):
        decide(acting_user=other, finding=two_values, decision="verified", revision=0)
    with pytest.raises(PermissionDenied):
        check_again(acting_user=other, draft=two_values.draft)
    two_values.refresh_from_db()
    assert two_values.decision == Decision.OPEN


@db
def test_of_a_published_plan_only_the_record_changes(coordinator: Any, draft: Draft, two_values: Finding) -> None:
    intake.accept_sure(acting_user=coordinator, draft=draft, threshold=0.5)
    version = intake.publish(acting_user=coordinator, draft=draft)
    with pytest.raises(Closed):
        decide(acting_user=coordinator, finding=two_values, decision="keep_first", revision=0, other="reject")
    two_values.refresh_from_db()
    assert two_values.revision == 0
    decide(acting_user=coordinator, finding=two_values, decision="keep_first", revision=0)
    assert version.draft.findings.get(kind="two-values").decision == Decision.KEEP_FIRST


@db
def test_nothing_is_decided_on_a_discarded_draft(coordinator: Any, draft: Draft, two_values: Finding) -> None:
    intake.discard(acting_user=coordinator, draft=draft)
    with pytest.raises(Closed):
        decide(acting_user=coordinator, finding=two_values, decision="verified", revision=0)


@db
def test_a_second_check_up_keeps_decisions(coordinator: Any, draft: Draft, two_values: Finding) -> None:
    decide(acting_user=coordinator, finding=two_values, decision="verified", revision=0, note="已核实")
    Finding.objects.create(draft=draft, position=9, kind="count", severity="error", message="旧规则", fingerprint="x")
    assert check_again(acting_user=coordinator, draft=draft) == 3
    two_values.refresh_from_db()
    assert (two_values.decision, two_values.note) == (Decision.VERIFIED, "已核实")
    assert not draft.findings.filter(fingerprint="x").exists()


@pytest.mark.usefixtures("transactional_db")
def test_of_two_who_decide_at_once_one_is_told() -> None:
    load_units(acting_user=None, directory=prefecture_directory())
    root = Unit.objects.get(key="ylz")
    people = [create_user(acting_user=None, username=name, display_name=name, password="x-123-y-456") for name in "ab"]
    for user in people:
        grant_membership(acting_user=None, user=user, unit=root, role="coordinator")
    draft = make_draft(people[0], root, PLAN, "茶产业.txt")
    finding = draft.findings.get(kind="two-values")
    ready, outcomes = threading.Barrier(2), []

    def act(user: Any, decision: str) -> None:
        try:
            ready.wait(10)
            decide(acting_user=user, finding=finding, decision=decision, revision=0, other="reject")
            outcomes.append(decision)
        except StaleFinding:
            outcomes.append("stale")
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=act, args=pair) for pair in zip(people, ("keep_first", "keep_second"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) in (["keep_first", "stale"], ["keep_second", "stale"])
    finding.refresh_from_db()
    assert finding.revision == 1
    # The loser's target was not touched.
    assert draft.items.filter(state=ItemState.REJECTED).count() == 1
    assert Upload.objects.get().state == "done"
