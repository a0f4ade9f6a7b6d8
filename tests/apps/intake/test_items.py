"""Deciding on items: each act, permissions, stale revisions, what is sent twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from luoshi.apps.intake import suggesting
from luoshi.apps.intake.actions import (
    accept_sure,
    add_item,
    decide,
    discard,
    merge_measure,
    reopen,
    resolve_name,
    restore_many,
    set_details,
)
from luoshi.apps.intake.errors import Closed, Invalid, Stale
from luoshi.apps.intake.models import Draft, DraftItem, ItemKind, ItemState
from luoshi.apps.journal.actions import verify
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import directory
from tests.apps.intake.factories import PLAN, first, make_draft

pytestmark = pytest.mark.django_db

TARGET = {"indicator": "粮食总产量", "comparator": ">=", "value": "121.5万", "unit": "吨", "year": "2026"}


def _span(draft: Draft, text: str) -> list[list[int]]:
    for number, line in enumerate(draft.document.lines(), 1):
        if text in line:
            return [[number, line.index(text), line.index(text) + len(text)]]
    raise AssertionError(f"{text} is not in the document")


def test_accept_reject_and_undo(coordinator: Any, draft: Draft) -> None:
    item = first(draft, ItemKind.TARGET)
    read = item.data
    for revision, (decision, state) in enumerate(
        [
            ("accept", ItemState.ACCEPTED),
            ("reject", ItemState.REJECTED),
            ("accept", ItemState.ACCEPTED),
            ("restore", ItemState.PENDING),
        ]
    ):
        item = decide(acting_user=coordinator, item=item, decision=decision, revision=revision)
        assert (item.state, item.revision, item.data) == (state, revision + 1, read)
        assert item.decided_by == coordinator
    actions = list(Entry.objects.filter(object_id=str(item.pk)).order_by("sequence").values_list("action", flat=True))
    assert actions == ["确认识别项", "剔除识别项", "确认识别项", "撤销识别项"]
    assert verify().ok


def test_correct_keeps_what_was_read(coordinator: Any, draft: Draft) -> None:
    item = first(draft, ItemKind.TARGET)
    read = item.original
    item = decide(acting_user=coordinator, item=item, decision="correct", revision=0, data=TARGET)
    assert item.state == ItemState.CORRECTED
    assert (item.data["value"], item.data["unit"], item.data["year"]) == ("1215000", "吨", 2026)
    assert item.original == read
    item = decide(acting_user=coordinator, item=item, decision="restore", revision=1)
    assert (item.state, item.data) == (ItemState.PENDING, read)


def test_a_correction_that_changes_nothing_is_an_acceptance(coordinator: Any, draft: Draft) -> None:
    item = first(draft, ItemKind.TARGET)
    item = decide(acting_user=coordinator, item=item, decision="correct", revision=0, data=item.data)
    assert item.state == ItemState.ACCEPTED


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        (ItemKind.TARGET, {**TARGET, "value": "很多"}, "value"),
        (ItemKind.TARGET, {**TARGET, "value": ""}, "value"),
        (ItemKind.TARGET, {**TARGET, "indicator": "　"}, "indicator"),
        (ItemKind.TARGET, {**TARGET, "value_max": "1"}, "value_max"),
        (ItemKind.TARGET, {**TARGET, "year": "26"}, "year"),
        (ItemKind.TARGET, {**TARGET, "comparator": "≥≥"}, "comparator"),
        (ItemKind.DEADLINE, {"rule": "date", "date": "2026-02-30"}, "date"),
        (ItemKind.DEADLINE, {"rule": "date"}, "date"),
        (ItemKind.DEADLINE, {"rule": "days-after", "days": ""}, "days"),
        (ItemKind.DEADLINE, {"rule": "monthly", "day": "32"}, "day"),
        (ItemKind.RESPONSIBILITY, {"lead": [{"name": " "}]}, "lead"),
        (ItemKind.RESPONSIBILITY, {"lead": [{"name": "长" * 121}]}, "lead"),
        (ItemKind.MEASURE, {"title": "长" * 301}, "title"),
    ],
)
def test_wrong_values_are_said_by_field(
    kind: ItemKind, data: dict[str, Any], field: str, coordinator: Any, draft: Draft
) -> None:
    item = first(draft, kind)
    with pytest.raises(Invalid) as caught:
        decide(acting_user=coordinator, item=item, decision="correct", revision=0, data=data)
    assert field in caught.value.errors
    item.refresh_from_db()
    assert (item.state, item.revision) == (ItemState.PENDING, 0)


def test_an_older_revision_is_refused_and_nothing_lost(
    person: Callable[..., Any], coordinator: Any, draft: Draft
) -> None:
    other = person("yuanzhu", ylz="administrator")
    item = first(draft, ItemKind.TARGET)
    decide(acting_user=other, item=item, decision="correct", revision=0, data=TARGET)
    with pytest.raises(Stale) as caught:
        decide(acting_user=coordinator, item=item, decision="reject", revision=0)
    assert "yuanzhu同志" in str(caught.value)
    assert caught.value.item.state == ItemState.CORRECTED
    item.refresh_from_db()
    assert (item.state, item.revision, item.decided_by) == (ItemState.CORRECTED, 1, other)


def test_the_same_decision_sent_again_is_done_once(person: Callable[..., Any], coordinator: Any, draft: Draft) -> None:
    item = first(draft, ItemKind.TARGET)
    for _ in range(2):
        done = decide(acting_user=coordinator, item=item, decision="correct", revision=0, data=TARGET)
        assert done.revision == 1
    assert Entry.objects.filter(action="更正识别项").count() == 1
    with pytest.raises(Stale):  # another value is another decision
        decide(acting_user=coordinator, item=item, decision="correct", revision=0, data={**TARGET, "value": "7"})
    with pytest.raises(Stale):  # and the same by someone else is not a repeat
        other = person("yuanzhu", ylz="administrator")
        decide(acting_user=other, item=item, decision="correct", revision=0, data=TARGET)


def test_a_correction_can_move_an_item(coordinator: Any, draft: Draft) -> None:
    item = first(draft, ItemKind.DEADLINE)
    others = draft.items.filter(kind=ItemKind.MEASURE).exclude(data__key=item.measure_key)
    key = others.order_by("-position").first().data["key"]
    moved = decide(acting_user=coordinator, item=item, decision="correct", revision=0, data=item.data, measure_key=key)
    assert moved.measure_key == key
    with pytest.raises(Invalid):
        decide(acting_user=coordinator, item=item, decision="correct", revision=1, data=item.data, measure_key="9999")


def test_only_keepers_decide(person: Callable[..., Any], draft: Draft) -> None:
    item = first(draft, ItemKind.TARGET)
    for number, roles in enumerate(({"ylz": "leader"}, {"ylz": "reporter"}, {"qsx": "coordinator"})):
        user = person(f"user{number}", **roles)
        for act in (
            lambda user=user: decide(acting_user=user, item=item, decision="accept", revision=0),
            lambda user=user: accept_sure(acting_user=user, draft=draft),
            lambda user=user: restore_many(acting_user=user, draft=draft, item_ids=[item.pk]),
            lambda user=user: add_item(acting_user=user, draft=draft, kind="target", spans=[[1, 0, 2]], data=TARGET),
            lambda user=user: resolve_name(acting_user=user, draft=draft, name="州粮储局", units=[draft.owner]),
            lambda user=user: set_details(acting_user=user, draft=draft, title="新题", owner=draft.owner),
            lambda user=user: discard(acting_user=user, draft=draft),
            lambda user=user: reopen(acting_user=user, draft=draft),
            lambda user=user: merge_measure(acting_user=user, item=first(draft, ItemKind.MEASURE), revision=0),
        ):
            with pytest.raises(PermissionDenied):
                act()
    assert not draft.items.exclude(state=ItemState.PENDING).exists()


def test_accept_sure_takes_only_sure_items_with_known_units(coordinator: Any, draft: Draft) -> None:
    draft.items.update(certainty=0.95)
    doubtful = first(draft, ItemKind.TARGET)
    draft.items.filter(pk=doubtful.pk).update(certainty=0.89)
    ids = accept_sure(acting_user=coordinator, draft=draft)
    left = draft.items.filter(state=ItemState.PENDING)
    assert doubtful in left
    assert set(left) == {doubtful, *draft.items.filter(unknown_names__gt=0)}
    assert set(ids) == set(draft.items.filter(state=ItemState.ACCEPTED).values_list("pk", flat=True))
    assert Entry.objects.get(action="全部确认").after["items"] == ids
    # What was decided after it is not undone with it.
    touched = draft.items.get(pk=ids[0])
    decide(acting_user=coordinator, item=touched, decision="reject", revision=1)
    assert set(restore_many(acting_user=coordinator, draft=draft, item_ids=ids)) == set(ids[1:])
    with pytest.raises(Invalid):
        accept_sure(acting_user=coordinator, draft=draft, threshold=0.1)


def test_a_person_adds_what_was_not_found(coordinator: Any, draft: Draft) -> None:
    spans = _span(draft, "把任务分解到乡镇")
    item = add_item(
        acting_user=coordinator,
        draft=draft,
        kind="target",
        spans=spans,
        data={**TARGET, "indicator": "任务分解率", "value": "100", "unit": "%"},
    )
    assert (item.state, item.original, item.text) == (ItemState.ADDED, None, "把任务分解到乡镇")
    below = draft.items.get(kind=ItemKind.MEASURE, data__key=item.measure_key)
    assert below.data["title"].startswith("压实责任")
    order = list(draft.items.order_by("position", "pk"))
    assert order.index(item) > order.index(below)
    rejected = decide(acting_user=coordinator, item=item, decision="reject", revision=0)
    back = decide(acting_user=coordinator, item=rejected, decision="restore", revision=1)
    assert back.state == ItemState.ADDED


@pytest.mark.parametrize(
    "spans", [[], [[1, 0, 0]], [[1, 0, 9999]], [[9999, 0, 1]], [[0, 0, 1]], [["x", 0, 1]], [[1, -1, 2]], [[1]]]
)
def test_a_selection_outside_the_draft_is_refused(spans: Any, coordinator: Any, draft: Draft) -> None:
    with pytest.raises(Invalid):
        add_item(acting_user=coordinator, draft=draft, kind="target", spans=spans, data=TARGET)


def test_an_added_measure_takes_over_what_follows(coordinator: Any, draft: Draft) -> None:
    before = first(draft, ItemKind.MEASURE, data__title__startswith="加强资金保障")
    deadline = first(draft, ItemKind.DEADLINE, measure_key=before.data["key"])
    item = add_item(
        acting_user=coordinator,
        draft=draft,
        kind="measure",
        spans=_span(draft, "每月5日前报送上月拨付情况"),
        data={"title": "按月报送拨付情况", "is_task": True},
    )
    deadline.refresh_from_db()
    assert deadline.measure_key == item.data["key"]
    keys = sorted(row.data["key"] for row in draft.items.filter(kind=ItemKind.MEASURE))
    assert keys[keys.index(before.data["key"]) + 1] == item.data["key"]
    # A second one behind the same measure still sorts right.
    again = add_item(
        acting_user=coordinator,
        draft=draft,
        kind="measure",
        spans=_span(draft, "统筹安排补助资金"),
        data={"title": "安排资金", "is_task": True},
    )
    assert before.data["key"] < again.data["key"] < item.data["key"]


def test_a_measure_is_joined_to_the_one_before(coordinator: Any, draft: Draft) -> None:
    item = first(draft, ItemKind.MEASURE, data__title__startswith="加强资金保障")
    above = first(draft, ItemKind.MEASURE, data__title__startswith="稳定播种面积")
    own = list(draft.items.filter(measure_key=item.data["key"]).values_list("pk", flat=True))
    assert own
    merged = merge_measure(acting_user=coordinator, item=item, revision=0)
    assert merged.state == ItemState.REJECTED
    assert set(draft.items.filter(pk__in=own).values_list("measure_key", flat=True)) == {above.data["key"]}
    parent = first(draft, ItemKind.MEASURE, data__title="重点任务")
    with pytest.raises(Invalid):
        merge_measure(acting_user=coordinator, item=parent, revision=parent.revision)


def test_an_unknown_name_is_given_its_unit_everywhere(
    coordinator: Any, draft: Draft, prefecture: dict[str, Unit]
) -> None:
    items = list(draft.items.filter(unknown_names__gt=0))
    assert len(items) == 2
    accepted = decide(acting_user=coordinator, item=items[0], decision="accept", revision=0)
    changed = resolve_name(
        acting_user=coordinator, draft=draft, name="州粮储局", units=[prefecture["ylz-czj"]], remember=True
    )
    assert {item.pk for item in changed} == {item.pk for item in items}
    assert not draft.items.filter(unknown_names__gt=0).exists()
    accepted.refresh_from_db()
    assert accepted.state == ItemState.ACCEPTED
    assert directory().resolve("州粮储局", dt.date(2026, 1, 1)).keys == ("ylz-czj",)
    # An undo goes back to what was read, and what was read is known now.
    undone = decide(acting_user=coordinator, item=accepted, decision="restore", revision=accepted.revision)
    assert undone.unknown_names == 0
    with pytest.raises(Invalid):
        resolve_name(acting_user=coordinator, draft=draft, name="州某某局", units=[prefecture["ylz-czj"]])


def test_a_countys_coordinator_names_units_for_the_own_draft_only(
    person: Callable[..., Any], prefecture: dict[str, Unit]
) -> None:
    county = person("xiantongchou", qsx="coordinator")
    draft = make_draft(county, prefecture["qsx"])
    assert resolve_name(acting_user=county, draft=draft, name="州粮储局", units=[prefecture["qsx"]], remember=True)
    assert directory().resolve("州粮储局", dt.date(2026, 1, 1)).keys == ()
    assert Entry.objects.order_by("-sequence").first().after["remember"] is False


def test_a_name_that_is_not_remembered_stays_unknown_elsewhere(
    coordinator: Any, draft: Draft, prefecture: dict[str, Unit]
) -> None:
    resolve_name(acting_user=coordinator, draft=draft, name="州粮储局", units=[prefecture["ylz-czj"]])
    assert directory().resolve("州粮储局", dt.date(2026, 1, 1)).keys == ()


def test_typed_names_are_looked_up(coordinator: Any, draft: Draft) -> None:
    item = first(draft, ItemKind.RESPONSIBILITY)
    data = {"lead": [{"name": "州财政局", "units": []}], "supporting": [{"name": "某某公司", "units": []}]}
    item = decide(acting_user=coordinator, item=item, decision="correct", revision=0, data=data)
    assert item.data["lead"] == [{"name": "州财政局", "units": ["ylz-czj"]}]
    assert item.unknown_names == 1


def test_details_are_checked_and_names_looked_up_again(
    coordinator: Any, draft: Draft, prefecture: dict[str, Unit]
) -> None:
    with pytest.raises(Invalid) as caught:
        set_details(acting_user=coordinator, draft=draft, title=" ", year=2026, last_year=2025, owner=draft.owner)
    assert set(caught.value.errors) == {"title", "last_year"}
    changed = set_details(
        acting_user=coordinator,
        draft=draft,
        title="云岭州2026年粮食方案",
        number="云政办发〔2026〕9号",
        issued_on=dt.date(2026, 3, 1),
        year=2026,
        owner=prefecture["ylz"],
    )
    assert changed.title == "云岭州2026年粮食方案"
    with pytest.raises(PermissionDenied):  # not an owner that this person keeps
        set_details(acting_user=coordinator, draft=draft, title="题", owner=prefecture["sheng-sjt"])


def test_a_closed_draft_cannot_change(coordinator: Any, draft: Draft) -> None:
    item = first(draft, ItemKind.TARGET)
    discard(acting_user=coordinator, draft=draft)
    with pytest.raises(Closed) as caught:
        decide(acting_user=coordinator, item=item, decision="accept", revision=0)
    assert "恢复" in str(caught.value)
    reopen(acting_user=coordinator, draft=draft)
    assert decide(acting_user=coordinator, item=item, decision="accept", revision=0).state == ItemState.ACCEPTED


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (ItemKind.TARGET, "新建标准仓房12座", {"value": "12", "unit": "座"}),
        (ItemKind.TARGET, "统筹安排补助资金2亿元", {"value": "200000000", "unit": "元"}),
        (ItemKind.DEADLINE, "年底前", {"rule": "date", "date": "2026-12-31"}),
        (ItemKind.DEADLINE, "确保落实", {"rule": "date", "date": None}),
        (ItemKind.MEASURE, "（一）压实责任。", {"label": "（一）", "title": "压实责任"}),
        (ItemKind.RESPONSIBILITY, "各县人民政府", {"responsible": [{"name": "各县人民政府", "units": ["bsx", "qsx"]}]}),
    ],
)
def test_a_selection_fills_the_form(kind: ItemKind, text: str, expected: dict[str, Any], draft: Draft) -> None:
    data = suggesting.suggest(draft, kind, _span(draft, text))
    for entry in data.get("responsible", []):
        entry["units"].sort()
    assert {name: data[name] for name in expected} == expected


def test_undoing_a_merge_moves_its_items_back(coordinator: Any, draft: Draft) -> None:
    measure = draft.items.get(kind=ItemKind.MEASURE, data__title__startswith="加强资金保障")
    key = measure.data["key"]
    below = set(draft.items.filter(measure_key=key).values_list("pk", flat=True))
    assert below
    for decision in ("restore", "accept", "correct"):
        measure.refresh_from_db()
        merged = merge_measure(acting_user=coordinator, item=measure, revision=measure.revision)
        moved = draft.items.filter(pk__in=below)
        assert not moved.filter(measure_key=key).exists()
        data = {**merged.data, "title": "加强资金保障和监管"} if decision == "correct" else None
        taken = decide(acting_user=coordinator, item=merged, decision=decision, revision=merged.revision, data=data)
        assert "merged" not in taken.data
        assert set(draft.items.filter(measure_key=key).values_list("pk", flat=True)) == below
    merged = merge_measure(acting_user=coordinator, item=measure, revision=taken.revision)
    # One of them was put elsewhere meanwhile: it stays there.
    first_of = draft.items.filter(pk__in=below).order_by("pk").first()
    decide(
        acting_user=coordinator, item=first_of, decision="correct", revision=first_of.revision,
        data=first_of.data, measure_key="",
    )  # fmt: skip
    decide(acting_user=coordinator, item=merged, decision="restore", revision=merged.revision)
    assert set(draft.items.filter(measure_key=key).values_list("pk", flat=True)) == below - {first_of.pk}


def test_what_was_corrected_stays_corrected_when_taken_up_again(coordinator: Any, draft: Draft) -> None:
    item = first(draft, ItemKind.TARGET)
    decide(acting_user=coordinator, item=item, decision="correct", revision=0, data=TARGET)
    decide(acting_user=coordinator, item=item, decision="reject", revision=1)
    item = decide(acting_user=coordinator, item=item, decision="accept", revision=2)
    assert (item.state, item.data["value"]) == (ItemState.CORRECTED, "1215000")


TABLE = "\n附件：任务分解表\n\n附件\n\n任务分解表\n\n县市\t户数\t面积\n青石县\t15\t20\n白水县\t25\t3O\n"


@pytest.fixture
def table(coordinator: Any, prefecture: dict[str, Unit]) -> DraftItem:
    """A table in which a letter stands for a nought."""
    return first(make_draft(coordinator, prefecture["ylz"], PLAN + TABLE, "附表.txt"), ItemKind.TABLE)


def test_cells_of_a_table_are_corrected(coordinator: Any, table: DraftItem) -> None:
    read = table.data
    rows = [["青石县", "15", "20"], ["白水县", "25", " 30 "]]
    sent = {"title": read["title"], "header": ["县市", "户数（户）", "面积"], "rows": rows}
    item = decide(acting_user=coordinator, item=table, decision="correct", revision=0, data=sent)
    assert (item.state, item.data["rows"][1][2], item.data["header"][1]) == (ItemState.CORRECTED, "30", "户数（户）")
    assert (item.data["line_end"], item.original) == (read["line_end"], read)
    entry = Entry.objects.filter(object_id=str(item.pk)).latest("sequence")
    assert entry.after["cells"] == [[0, 2, read["header"][1], "户数（户）"], [2, 3, "3O", "30"]]
    # The title alone: cells that were not sent stay as they are.
    item = decide(acting_user=coordinator, item=item, decision="correct", revision=1, data={"title": "分解表"})
    assert (item.data["title"], item.data["rows"][1][2]) == ("分解表", "30")
    item = decide(acting_user=coordinator, item=item, decision="correct", revision=2, data={**sent, "rows": rows[:1]})
    assert Entry.objects.filter(object_id=str(item.pk)).latest("sequence").after["row_count"] == [2, 1]
    item = decide(acting_user=coordinator, item=item, decision="restore", revision=3)
    assert (item.state, item.data) == (ItemState.PENDING, read)


@pytest.mark.parametrize(
    "sent",
    [
        {"rows": "x"},
        {"rows": [["a"], "b"]},
        {"rows": [[1]]},
        {"rows": [["长" * 4001]]},
        {"rows": [["a"] * 201]},
        {"rows": [["a"]] * 5001},
    ],
)
def test_tables_that_do_not_fit(sent: dict[str, Any], coordinator: Any, table: DraftItem) -> None:
    with pytest.raises(Invalid) as caught:
        decide(acting_user=coordinator, item=table, decision="correct", revision=0, data={"title": "表", **sent})
    assert list(caught.value.errors) == ["rows"]
