"""The pages and what their scripts ask for: contents, answers to errors, query budgets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.apps.intake import queries, source
from luoshi.apps.intake.models import Draft, ItemKind, ItemState
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import directory
from luoshi.documents import Cell, Document, Format, Line, LineKind, Table
from tests.apps.intake.factories import big_plan, first, make_draft, make_upload

pytestmark = pytest.mark.django_db
BUDGET = 15


@pytest.fixture
def browser(client: Client, coordinator: Any) -> Client:
    """Signed in as coordinator."""
    client.force_login(coordinator)
    return client


def _post(browser: Client, name: str, args: tuple[int, ...], sent: dict[str, Any]) -> Any:
    return browser.post(reverse(f"intake:{name}", args=args), json.dumps(sent), content_type="application/json")


def test_the_screen_comes_with_the_first_lines(browser: Client, draft: Draft) -> None:
    page = browser.get(reverse("intake:draft", args=(draft.pk,))).content.decode()
    assert draft.title in page
    assert 'data-line="1"' in page
    assert "全年粮食播种面积" in page


def test_items_come_with_units_and_nearest_names(browser: Client, draft: Draft) -> None:
    found = browser.get(reverse("intake:items", args=(draft.pk,))).json()
    assert len(found["items"]) == draft.items.count()
    assert found["units"]["ylz-nyncj"] == "州农业农村局"
    assert list(found["unknown"]) == ["州粮储局"]
    assert queries.nearest_names(draft, ["州农业农村委"])["州农业农村委"][0]["keys"] == ["ylz-nyncj"]
    target = next(item for item in found["items"] if item["kind"] == "target")
    assert {"id", "data", "certainty", "sure", "reason", "state", "revision", "spans"} <= set(target)


def test_a_decision_and_a_stale_one(browser: Client, draft: Draft) -> None:
    item = first(draft, ItemKind.TARGET)
    answer = _post(browser, "item-decide", (draft.pk, item.pk), {"decision": "accept", "revision": 0})
    assert answer.status_code == 200
    assert (answer.json()["item"]["state"], answer.json()["item"]["revision"]) == ("accepted", 1)
    stale = _post(browser, "item-decide", (draft.pk, item.pk), {"decision": "reject", "revision": 0})
    assert stale.status_code == 409
    assert "您的内容没有丢失" in stale.json()["message"]
    assert stale.json()["item"]["state"] == "accepted"


def test_what_does_not_fit_is_answered_by_field(browser: Client, draft: Draft) -> None:
    item = first(draft, ItemKind.TARGET)
    sent = {"decision": "correct", "revision": 0, "data": {**item.data, "value": "若干"}}
    answer = _post(browser, "item-decide", (draft.pk, item.pk), sent)
    assert answer.status_code == 422
    assert "不是数字" in answer.json()["errors"]["value"]
    for broken in ({"decision": "accept"}, {"decision": "destroy", "revision": 0}, {"revision": "0"}):
        assert _post(browser, "item-decide", (draft.pk, item.pk), broken).status_code == 422
    for raw in (b"{", b"[]", b"\xff"):
        address = reverse("intake:item-decide", args=(draft.pk, item.pk))
        assert browser.post(address, raw, content_type="application/json").status_code == 422
    sent = {"decision": "correct", "revision": 0, "data": "text"}
    assert _post(browser, "item-decide", (draft.pk, item.pk), sent).status_code == 422


def test_an_item_of_another_draft_is_not_found(
    browser: Client, draft: Draft, coordinator: Any, prefecture: dict[str, Unit]
) -> None:
    other = first(make_draft(coordinator, prefecture["ylz"]), ItemKind.TARGET)
    sent = {"decision": "accept", "revision": 0}
    assert _post(browser, "item-decide", (draft.pk, other.pk), sent).status_code == 404


def test_adding_by_selection(browser: Client, draft: Draft) -> None:
    line = next(n for n, text in enumerate(draft.document.lines(), 1) if "分解到乡镇" in text)
    sent = {"kind": "deadline", "spans": [[line, 0, 6]]}
    suggested = _post(browser, "item-suggest", (draft.pk,), sent)
    assert suggested.status_code == 200
    added = _post(browser, "item-add", (draft.pk,), {**sent, "data": {"rule": "date", "date": "2026-06-30"}})
    assert added.json()["item"]["state"] == "added"
    refused = _post(browser, "item-add", (draft.pk,), {**sent, "data": {"rule": "date", "date": ""}})
    assert refused.status_code == 422


def test_all_sure_ones_and_back(browser: Client, draft: Draft) -> None:
    draft.items.update(certainty=0.97)
    ids = _post(browser, "accept-sure", (draft.pk,), {}).json()["ids"]
    assert ids
    assert draft.items.filter(state=ItemState.ACCEPTED).count() == len(ids)
    assert _post(browser, "restore-many", (draft.pk,), {"ids": ids}).json()["ids"] == ids
    assert not draft.items.exclude(state=ItemState.PENDING).exists()
    assert _post(browser, "restore-many", (draft.pk,), {"ids": ["1"]}).status_code == 422


def test_a_unit_is_chosen_or_added_on_the_spot(browser: Client, draft: Draft) -> None:
    hits = browser.get(reverse("intake:unit-search", args=(draft.pk,)), {"q": "财政"}).json()["units"]
    assert [hit["key"] for hit in hits] == ["ylz-czj", "qsx-czj"]
    assert browser.get(reverse("intake:unit-search", args=(draft.pk,)), {"q": " "}).json() == {"units": []}
    refused = _post(browser, "name-resolve", (draft.pk,), {"name": "州粮储局", "units": ["no-such-unit"]})
    assert refused.status_code == 422
    new = {"name": "云岭州粮食和物资储备局", "kind": "prefecture-department", "parent": "ylz"}
    answer = _post(browser, "name-resolve", (draft.pk,), {"name": "州粮储局", "new": new, "remember": True})
    assert answer.status_code == 200
    assert len(answer.json()["items"]) == 2
    unit = Unit.objects.get(name=new["name"])
    assert Unit.objects.get_parent(unit).key == "ylz"
    assert directory().resolve("州粮储局").keys == (unit.key,)
    wrong = _post(browser, "name-resolve", (draft.pk,), {"name": "不存在的名称", "new": {**new, "name": "另一个局"}})
    assert wrong.status_code == 422
    assert not Unit.objects.filter(name="另一个局").exists()  # both or none


def test_details_are_kept_when_they_do_not_fit(browser: Client, draft: Draft) -> None:
    address = reverse("intake:details", args=(draft.pk,))
    sent = {
        "title": "新标题",
        "year": "2026",
        "last_year": "2024",
        "owner": draft.owner.key,
        "number": "云政发〔2026〕8号",
    }
    answer = browser.post(address, sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "末年不能早于年度" in page
    assert "云政发〔2026〕8号" in page
    answer = browser.post(address, {**sent, "last_year": "2027"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.last_year) == ("新标题", 2027)


def test_source_is_escaped_and_marked(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    text = "云岭州2026年方案\n\n一、目标\n\n全年新建<script>alert(1)</script>厂房12座以上。\n"
    draft = make_draft(coordinator, prefecture["ylz"], text)
    html = source.render(draft, 1, 99)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    target = first(draft, ItemKind.TARGET)
    assert f'data-items="{target.pk}' in html


def test_tables_are_drawn_as_tables(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    draft = make_draft(coordinator, prefecture["ylz"])
    cells = [
        Cell(0, 0, "县", 1, 0, 2, 1),
        Cell(0, 1, "目标", 1, 2, 1, 2),
        Cell(1, 1, "户数", 2, 1),
        Cell(1, 2, "亿元", 2, 4),
        Cell(2, 0, "青石县", 3, 0),
        Cell(2, 1, "5", 3, 4),
        Cell(2, 2, "6", 3, 6),
    ]
    texts = ("县\t目标\t", "\t户数\t亿元", "青石县\t5\t6")
    lines = tuple(Line(number, text, LineKind.ROW) for number, text in enumerate(texts, 1))
    document = Document("x", Format.DOCX, lines, (Table(1, 3, 3, tuple(cells)),))
    from luoshi.apps.intake.drafting import stored_tables
    from luoshi.apps.plans.documents import document_of

    draft.document.text, draft.document.tables = document.text, stored_tables(document)
    draft.items.all().delete()
    draft.first_line, draft.last_line = 1, 3
    html = source.render(draft, 1, 3)
    assert html.count("<table") == 1
    assert 'rowspan="2"' in html
    assert 'colspan="2"' in html
    assert 'data-start="4">亿元' in html
    # A part that begins inside a merged cell keeps the columns in place.
    lower = source.render(draft, 2, 3)
    assert lower.count("<td") == 6
    assert "县</td>" not in lower.replace("青石县", "")
    assert [(c.text, c.line, c.start) for c in document_of(draft.document).tables[0].cells] == [
        (c.text, c.line, c.start) for c in document.tables[0].cells
    ]


def test_a_table_item_is_shown_as_read(browser: Client, draft: Draft) -> None:
    item = first(draft, ItemKind.MEASURE)
    item.kind, item.data = ItemKind.TABLE, {"title": "表", "header": ["县"], "rows": [["<青石县>"]], "line_end": 9}
    item.save()
    page = browser.get(reverse("intake:table", args=(draft.pk, item.pk))).content.decode()
    assert "&lt;青石县&gt;" in page
    row = next(
        row for row in browser.get(reverse("intake:items", args=(draft.pk,))).json()["items"] if row["id"] == item.pk
    )
    assert row["data"] == {"title": "表", "columns": 1, "row_count": 1, "line_end": 9}


def test_queries_stay_within_the_budget(browser: Client, coordinator: Any, prefecture: dict[str, Unit]) -> None:
    draft = make_draft(coordinator, prefecture["ylz"], big_plan(400), "大方案.txt")
    assert draft.items.count() >= 1200
    for _ in range(5):
        make_draft(coordinator, prefecture["ylz"])
        make_upload(coordinator, prefecture["ylz"])
    item = first(draft, ItemKind.TARGET)
    pages = [
        ("uploads", (), {}),
        ("uploads", (), {"state": "open", "whose": "mine", "q": "方案"}),
        ("upload", (draft.upload_id,), {}),
        ("upload-row", (draft.upload_id,), {}),
        ("draft", (draft.pk,), {}),
        ("items", (draft.pk,), {}),
        ("lines", (draft.pk,), {"first": 121, "last": 240}),
        ("unit-search", (draft.pk,), {"q": "县"}),
        ("table", (draft.pk, item.pk), {}),
        ("details", (draft.pk,), {}),
        ("publish", (draft.pk,), {"include": "sure"}),
    ]
    for name, args, query in pages:
        with CaptureQueriesContext(connection) as captured:
            answer = browser.get(reverse(f"intake:{name}", args=args), query)
        assert answer.status_code == 200, name
        assert len(captured) <= BUDGET, f"{name}: {len(captured)}\n" + "\n".join(q["sql"][:200] for q in captured)


def test_the_items_of_a_large_draft_are_small(browser: Client, coordinator: Any, prefecture: dict[str, Unit]) -> None:
    """The answer grows with the items by a bounded number of bytes each: 1,500 items stay under 2 MB."""
    draft = make_draft(coordinator, prefecture["ylz"], big_plan(400), "大方案.txt")
    answer = browser.get(reverse("intake:items", args=(draft.pk,)))
    assert len(answer.content) / draft.items.count() < 1400
    page = browser.get(reverse("intake:draft", args=(draft.pk,)))
    assert len(page.content) < 120_000  # the first paint does not wait for the rest


def test_a_merge_and_its_undo_have_the_list_loaded_anew(browser: Client, draft: Draft) -> None:
    measure = draft.items.get(kind=ItemKind.MEASURE, data__title__startswith="加强资金保障")
    answer = _post(browser, "item-decide", (draft.pk, measure.pk), {"decision": "merge", "revision": 0})
    assert answer.json()["reload"] is True
    answer = _post(browser, "item-decide", (draft.pk, measure.pk), {"decision": "restore", "revision": 1})
    assert answer.json()["reload"] is True
    answer = _post(browser, "item-decide", (draft.pk, measure.pk), {"decision": "accept", "revision": 2})
    assert not answer.json()["reload"]


def test_a_table_is_given_with_what_was_read(browser: Client, coordinator: Any, prefecture: dict[str, Unit]) -> None:
    text = "云岭州2026年计划\n\n一、任务\n\n全年净增15户。\n\n附件\n\n分解表\n\n县市\t户数\n青石县\t15\n白水县\t25\n"
    draft = make_draft(coordinator, prefecture["ylz"], text, "附表.txt")
    table = first(draft, ItemKind.TABLE)
    sent = {
        "decision": "correct",
        "revision": 0,
        "data": {"title": "分解表", "rows": [["青石县", "15"], ["白水县", "26"]]},
    }
    answer = _post(browser, "item-decide", (draft.pk, table.pk), sent)
    assert (answer.status_code, answer.json()["item"]["state"]) == (200, "corrected")
    found = browser.get(reverse("intake:table", args=(draft.pk, table.pk)), {"format": "json"}).json()
    assert (found["rows"][1], found["read"]["rows"][1], found["revision"]) == (["白水县", "26"], ["白水县", "25"], 1)
    item = first(draft, ItemKind.TARGET)
    assert browser.get(reverse("intake:table", args=(draft.pk, item.pk)), {"format": "json"}).status_code == 200
