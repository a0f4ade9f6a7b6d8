"""Typing and submitting: nothing lost, nothing half done, once, in time."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404

from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.reporting.actions import freeze_round, recall_return, reopen_return, save_cells, submit_return
from luoshi.apps.reporting.errors import KeyRecalled, KeyReused, NotNow, Overlap, ReturnRefused
from luoshi.apps.reporting.models import Return, ReturnStep, Submission
from luoshi.forms.model import Severity, Values
from tests.apps.reporting.making import GOOD, MONTHLY, OTHER, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(world):
    world.form()
    return world.opened()


def save(world, answer, cells, **more):
    values = {"acting_user": world.filler, "answer_id": answer.pk, "cells": cells, "now": at(2)} | more
    return save_cells(**values)


def submit(world, answer, **more):
    values = {"acting_user": world.filler, "answer_id": answer.pk, "channel": "web", "now": at(2)} | more
    return submit_return(**values)


def test_cells_are_kept_and_submitted(world, answer):
    saved = save(world, answer, GOOD | {"s.firm.m": "4"})
    assert saved.problems == ()
    assert saved.computed == {"s.firm.d": "6"}
    submission = submit(world, answer)
    assert submission.cells == GOOD | {"s.firm.m": "4", "s.firm.d": "6"}
    answer.refresh_from_db()
    assert (answer.state, answer.stage, answer.submitted_at) == ("in-review", "unit", at(2))
    assert answer.cells == GOOD | {"s.firm.m": "4"}, "computed cells are not typed"
    assert Entry.objects.filter(action="报送").count() == 1
    assert verify().ok


def test_a_patch_changes_only_its_cells(world, answer):
    first = save(world, answer, GOOD)
    second = save(world, answer, {"s.firm.n": None, "s.shop.n": " ２，０００ "}, revision=first.revision)
    answer.refresh_from_db()
    assert answer.cells == {"s.all.n": "30", "s.shop.n": "2000"}
    assert second.revision == first.revision + 1
    assert save(world, answer, {"s.shop.n": "2000"}).revision == second.revision, "nothing changed"


def test_bad_text_is_kept_as_typed(world, answer):
    saved = save(world, answer, {"s.firm.n": "约十户", "s.x.n": "5", "s.firm.d": "5"})
    answer.refresh_from_db()
    assert answer.cells == {"s.firm.n": "约十户"}
    assert {(problem.address, problem.code) for problem in saved.problems} == {
        ("s.firm.n", "type"),
        ("s.x.n", "unknown-cell"),
        ("s.firm.d", "computed"),
    }
    with pytest.raises(ReturnRefused) as caught:
        submit(world, answer)
    assert ("s.firm.n", "type") in {(problem.address, problem.code) for problem in caught.value.problems}


def test_what_others_typed_meanwhile_is_kept(world, answer):
    first = save(world, answer, {"s.all.n": "30"})
    theirs = save(world, answer, {"s.firm.n": "10"}, acting_user=world.second_filler, revision=first.revision)
    mine = save(world, answer, {"s.shop.n": "20"}, revision=first.revision)
    assert (theirs.merged, mine.merged) == (False, True)
    answer.refresh_from_db()
    assert answer.cells == GOOD


def test_the_same_cell_typed_by_two_is_refused_with_both_values(world, answer):
    first = save(world, answer, {"s.all.n": "30"})
    save(world, answer, {"s.firm.n": "11"}, acting_user=world.second_filler, revision=first.revision)
    with pytest.raises(Overlap) as caught:
        save(world, answer, {"s.firm.n": "10", "s.shop.n": "20"}, revision=first.revision)
    conflict = caught.value.conflicts[0]
    assert (conflict.address, conflict.mine, conflict.theirs) == ("s.firm.n", "10", "11")
    assert caught.value.by == "filler2同志"
    answer.refresh_from_db()
    assert answer.cells == {"s.all.n": "30", "s.firm.n": "11"}, "all or nothing"
    # The same value is no conflict, and a cell that was only emptied by the other is one.
    save(world, answer, {"s.firm.n": "11"}, revision=first.revision)
    save(world, answer, {"s.all.n": None}, acting_user=world.second_filler)
    with pytest.raises(Overlap) as caught:
        save(world, answer, {"s.all.n": "31"}, revision=first.revision)
    assert caught.value.conflicts[0].theirs is None


def test_rows_are_added_moved_and_removed(world, answer):
    first = save(world, answer, {"p.a.name": "大坝", "p.b.name": "公路", "p.b.sum": "5"})
    answer.refresh_from_db()
    assert answer.rows == {"p": ["a", "b"]}
    save(world, answer, {"p.c.name": "学校"}, rows={"p": ["c", "b"]})
    answer.refresh_from_db()
    assert answer.rows == {"p": ["c", "b"]}
    assert set(answer.cells) == {"p.b.name", "p.b.sum", "p.c.name"}, "the cells of a removed row go with it"
    with pytest.raises(Overlap) as caught:
        save(world, answer, {}, rows={"p": ["a"]}, revision=first.revision)
    assert (caught.value.conflicts[0].mine, caught.value.conflicts[0].theirs) == ("a", "c,b")


def test_hard_problems_refuse_with_the_whole_list_and_store_nothing(world, answer):
    save(world, answer, {"s.all.n": "31", "s.firm.n": "10"})
    with pytest.raises(ReturnRefused) as caught:
        submit(world, answer, values=Values({"s.all.n": "31", "s.firm.n": "10", "s.shop.m": "x"}))
    found = {(problem.address, problem.code) for problem in caught.value.problems}
    assert found == {("s.shop.n", "required"), ("s.shop.m", "type")}
    assert "2处有错" in str(caught.value)
    answer.refresh_from_db()
    assert answer.cells == {"s.all.n": "31", "s.firm.n": "10"}
    assert not Submission.objects.exists()
    assert not ReturnStep.objects.exists()


def test_soft_problems_need_a_reason_by_address(world):
    world.form(first_period="2026-07")
    world.opened()
    earlier = Return.objects.get(unit=world.county, round__period="2026-07")
    save(world, earlier, GOOD, now=at(3, month=8))
    submit(world, earlier, now=at(3, month=8))
    answer = Return.objects.get(unit=world.county, round__period="2026-08")
    saved = save(world, answer, {"s.all.n": "130", "s.firm.n": "110", "s.shop.n": "20"})
    codes = {(problem.address, problem.code) for problem in saved.problems}
    assert codes == {("s.firm.n", "jump"), ("s.all.n", "jump"), ("s.shop.n", "unchanged")}
    with pytest.raises(ReturnRefused) as caught:
        submit(world, answer, reasons={"s.firm.n": "新设园区", "s.all.n": "  "})
    assert {problem.address for problem in caught.value.problems} == {"s.all.n", "s.shop.n"}
    assert all(problem.severity is Severity.SOFT for problem in caught.value.problems)
    submission = submit(
        world, answer, reasons={"s.firm.n": "新设园区", "s.all.n": "新设园区", "s.shop.n": "确无变化", "s.x.y": "无"}
    )
    assert submission.reasons == {"s.firm.n": "新设园区", "s.all.n": "新设园区", "s.shop.n": "确无变化"}


def test_the_same_key_is_taken_once(world, answer):
    values = Values(GOOD)
    first = submit(world, answer, channel="api", key="k-1", values=values)
    again = submit(world, answer, channel="api", key="k-1", values=Values(dict(reversed(GOOD.items()))))
    assert again == first
    with pytest.raises(KeyReused):
        submit(world, answer, channel="api", key="k-1", values=Values(GOOD | {"s.firm.m": "1"}))
    with pytest.raises(NotNow, match="正在审核"):
        submit(world, answer, channel="api", key="k-2", values=Values(GOOD | {"s.firm.m": "1"}))
    assert Submission.objects.count() == 1


def test_a_second_click_gives_the_first_submission(world, answer):
    save(world, answer, GOOD)
    first = submit(world, answer)
    assert submit(world, answer) == first
    with pytest.raises(NotNow):
        submit(world, answer, acting_user=world.second_filler)
    assert Submission.objects.count() == 1
    assert ReturnStep.objects.filter(action="submit").count() == 1


def test_what_somebody_changed_since_is_not_submitted_unseen(world, answer):
    seen = save(world, answer, GOOD)
    save(world, answer, {"s.firm.m": "1"}, acting_user=world.second_filler)
    with pytest.raises(NotNow, match="filler2同志刚刚改动"):
        submit(world, answer, revision=seen.revision)


def test_late_is_taken_until_the_window_ends(world, answer):
    save(world, answer, GOOD)
    late = submit(world, answer, now=at(10))
    assert late.submitted_at > answer.round.due_at
    other = Return.objects.get(unit=world.other)
    save(world, other, GOOD, acting_user=world.other_filler, now=at(20))  # what is typed is kept
    with pytest.raises(NotNow, match="迟报期限已过"):
        submit(world, other, acting_user=world.other_filler, now=at(20))
    reopen_return(acting_user=world.lead, answer_id=other.pk, reason="补报", now=at(20))
    assert submit(world, other, acting_user=world.other_filler, now=at(21)).ordinal == 1


def test_a_frozen_round_takes_nothing_until_reopened(world, answer):
    save(world, answer, GOOD)
    freeze_round(acting_user=world.lead, round_id=answer.round_id, now=at(5))
    freeze_round(acting_user=world.lead, round_id=answer.round_id, now=at(6))
    answer.round.refresh_from_db()
    assert answer.round.frozen_at == at(5), "freezing again changes nothing"
    for act in (lambda: save(world, answer, {"s.firm.m": "1"}, now=at(6)), lambda: submit(world, answer, now=at(6))):
        with pytest.raises(NotNow, match="2026-09-05封存"):
            act()
    reopen_return(acting_user=world.lead, answer_id=answer.pk, reason="漏报", now=at(6))
    assert submit(world, answer, now=at(6)).ordinal == 1


def test_who_may(world, answer):
    save(world, answer, GOOD)
    for nobody in (world.stranger, world.other_filler, world.town_filler):
        with pytest.raises(Http404):
            submit(world, answer, acting_user=nobody)
        with pytest.raises(Http404):
            save(world, answer, {"s.firm.m": "1"}, acting_user=nobody)
    for other in (world.reviewer, world.lead, world.coordinator, world.leader):
        with pytest.raises(PermissionDenied):
            submit(world, answer, acting_user=other)
        with pytest.raises(PermissionDenied):
            save(world, answer, {"s.firm.m": "1"}, acting_user=other)
    with pytest.raises(PermissionDenied):
        freeze_round(acting_user=world.filler, round_id=answer.round_id)


def test_submissions_and_steps_are_never_changed(world, answer):
    save(world, answer, GOOD)
    submit(world, answer)
    for act in (
        lambda: Submission.objects.update(channel="api"),
        lambda: Submission.objects.all()._raw_delete("default"),
        lambda: ReturnStep.objects.update(reason="改"),
        lambda: ReturnStep.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def test_one_number_asked_twice_in_a_form_must_be_one(world):
    definition = {
        "sections": [
            MONTHLY["sections"][0] | {"rows": [{"key": "all", "label": "甲", "indicator": "entities"}]},
            OTHER["sections"][0] | {"rows": [{"key": "x", "label": "乙", "indicator": "entities"}]},
        ]
    }
    world.form(definition=definition)
    answer = world.opened()
    save(world, answer, {"s.all.n": "5", "t.x.v": "6"})
    with pytest.raises(ReturnRefused) as caught:
        submit(world, answer)
    assert [(problem.address, problem.code) for problem in caught.value.problems] == [("t.x.v", "twice")]


def test_nothing_that_cannot_be_stored(world, answer):
    from django.core.exceptions import ValidationError

    for cells in ({"s.firm.note": "\x00"}, {"s.firm.note": "长" * 5000}):
        with pytest.raises(ValidationError):
            save(world, answer, cells)
    with pytest.raises(ValidationError):
        submit(world, answer, key="k" * 81)


def test_the_key_of_a_recalled_submission_is_told_and_not_taken_for_a_new_one(world, answer):
    submit(world, answer, channel="api", key="k-1", values=Values(GOOD))
    recall_return(acting_user=world.filler, answer_id=answer.pk, now=at(2, 10))
    with pytest.raises(KeyRecalled, match="已经撤回"):
        submit(world, answer, channel="api", key="k-1", values=Values(GOOD), now=at(2, 11))
    with pytest.raises(KeyReused):
        submit(world, answer, channel="api", key="k-1", values=Values(GOOD | {"s.firm.m": "1"}), now=at(2, 11))
    submit(world, answer, channel="api", key="k-2", values=Values(GOOD), now=at(2, 12))
    assert [step.action for step in ReturnStep.objects.order_by("pk")] == ["submit", "recall", "submit"]


def test_reasons_stand_at_cells_only(world, answer):
    unknown = {f"none{number}.a.b": "x" * 500 for number in range(100)}
    row = {"p.a.name": "大坝"}
    save(world, answer, row, rows={"p": ["a"]}, reasons=unknown | {"s.firm.n": " 属实 ", "p.a.sum": "在建", "": "全表"})
    answer.refresh_from_db()
    assert answer.reasons == {"s.firm.n": "属实", "p.a.sum": "在建", "": "全表"}
    save(world, answer, {}, rows={"p": []})
    answer.refresh_from_db()
    assert answer.reasons == {"s.firm.n": "属实", "": "全表"}, "a row takes its reasons with it"
    submit(world, answer, values=Values(GOOD), reasons=unknown)
    answer.refresh_from_db()
    assert answer.reasons == {}, "with nothing odd left to explain, reasons lapse"
