"""The ledger: what a filter finds, what its address says, what the workbook holds."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from luoshi.apps.organisations.models import Role
from luoshi.apps.plans import actions
from luoshi.apps.plans.addresses import FIRST_DAY, LAST_DAY
from luoshi.apps.plans.models import Measure
from luoshi.apps.plans.queries import ledger
from luoshi.apps.plans.queries.ledger import ledger_page, ledger_rows
from luoshi.apps.plans.queries.ledger_filter import (
    DUE_CHOICES,
    GROUP_CHOICES,
    KIND_CHOICES,
    ROLE_CHOICES,
    SORT_CHOICES,
    WORD_LIMIT,
    LedgerFilter,
)
from tests.apps.plans.making import deadline, duty, make_document, make_user, measure, sample, target

TODAY = dt.date(2026, 10, 10)


@pytest.fixture
def plan(units, office):
    return actions.publish(acting_user=office, publication=sample(units, make_document())).plan


def labels(user, today=TODAY, **asked) -> list[str]:
    """The labels of the rows found, grouped by plan unless asked otherwise."""
    page = ledger_page(user, LedgerFilter(**asked), today, 1)
    assert page.total == len({row.id for row in page.rows})
    return [row.measure.label for row in page.rows]


def test_only_tasks_are_listed_in_document_order(office, plan) -> None:
    assert labels(office) == ["一、（一）", "一、（一）1.", "一、（二）", "二、（一）"]


def test_by_unit_role_and_subtree(office, plan, units) -> None:
    assert labels(office, unit=units.farm.pk) == ["一、（一）", "一、（二）"]
    assert labels(office, unit=units.north.pk) == ["一、（一）", "一、（二）"]
    assert labels(office, unit=units.north.pk, subtree=False) == ["一、（二）"]
    assert labels(office, unit=units.north.pk, role="supporting") == ["一、（一）"]
    assert labels(office, role="responsible") == ["一、（二）"]
    assert labels(office, unit=999_999) == []


def test_by_time(office, plan) -> None:
    assert labels(office, due="overdue") == ["一、（一）"]
    assert labels(office, due="overdue", today=dt.date(2026, 9, 30)) == []
    assert labels(office, due="month") == ["二、（一）"]
    assert labels(office, due="quarter", today=dt.date(2026, 9, 1)) == ["一、（一）", "二、（一）"]
    assert labels(office, due="recurring") == ["二、（一）"]
    assert labels(office, due="none") == ["一、（一）1.", "一、（二）"]
    assert labels(office, due="range", first=dt.date(2026, 9, 6), last=dt.date(2026, 9, 30)) == ["一、（一）"]
    assert labels(office, due="range", last=dt.date(2026, 9, 30)) == ["一、（一）"]
    assert labels(office, due="month", today=dt.date(2027, 10, 10)) == []


def test_by_kind_text_plan_and_year(office, plan, units) -> None:
    assert labels(office, kind="no-unit") == ["一、（一）1."]
    assert labels(office, kind="target") == labels(office)
    assert labels(office, kind="deadline") == ["一、（一）", "二、（一）"]
    assert labels(office, kind="unknown-unit") == []
    assert labels(office, text="育苗中心") == ["一、（一）1."]
    assert labels(office, text="家庭农场") == ["一、（二）"], "an indicator's name"
    assert labels(office, text="州商务局") == ["二、（一）"], "a party's name"
    assert labels(office, text="标准园 冷凉") == ["一、（一）"], "every word"
    assert labels(office, text="100%") == []
    assert labels(office, plan=plan.pk) == labels(office)
    assert labels(office, plan=plan.pk + 1) == []
    assert labels(office, year=2026) == labels(office)
    assert labels(office, year=2025) == []


def test_sorted_by_date(office, plan) -> None:
    assert labels(office, sort="due")[0] == "一、（一）"


def test_a_department_sees_its_own(plan, units) -> None:
    clerk = make_user("clerk", (Role.REPORTER, units.trade))
    assert labels(clerk) == ["二、（一）"]
    assert labels(clerk, unit=units.farm.pk) == []


def test_grouped_by_unit_a_task_stands_under_each(office, plan, units) -> None:
    page = ledger_page(office, LedgerFilter(group="unit"), TODAY, 1)
    assert (page.total, page.lines) == (4, 6)
    found = [(row.unit.short_name, row.measure.label) for row in page.rows if row.unit]
    assert found == [
        ("北川县", "一、（二）"),
        ("北川县农业农村局", "一、（一）"),
        ("南屏县", "一、（二）"),
        ("州农业农村局", "一、（一）"),
        ("州农业农村局", "一、（二）"),
        ("州商务局", "二、（一）"),
    ]
    rows = ledger_rows(office, LedgerFilter(group="unit"), TODAY)
    assert [(row.unit.short_name, row.measure.label) for row in rows if row.unit] == found


@pytest.mark.parametrize("size", [1, 2, 4, 5])
def test_pages_by_unit_hold_every_line_once(office, plan, monkeypatch, size) -> None:
    monkeypatch.setattr(ledger, "PAGE_SIZE", size)
    pages = [ledger_page(office, LedgerFilter(group="unit"), TODAY, number) for number in range(1, -(-6 // size) + 1)]
    found = [(row.unit.pk, row.id) for page in pages for row in page.rows if row.unit]
    assert len(found) == len(set(found)) == 6
    past_the_end = ledger_page(office, LedgerFilter(group="unit"), TODAY, 99)
    assert past_the_end.number == len(pages)


def test_a_row_tells_the_whole_task(office, plan) -> None:
    row = ledger_page(office, LedgerFilter(text="育苗中心"), TODAY, 1).rows[0]
    assert row.task == "一、做强高原特色农业 › （一）扩大冷凉蔬菜基地，建设标准园"
    assert (row.own_label, row.title) == ("1.", "建设育苗中心")
    assert [(found.indicator, found.commitment) for found in row.targets] == [("育苗中心", "≥ 3个")]
    assert row.source_url == f"/plans/{plan.pk}/source?line=5&object=measure-{row.id}#L5"


choices = st.fixed_dictionaries(
    {
        "plan": st.none() | st.integers(1, 10**6),
        "year": st.none() | st.integers(1, 9999),
        "unit": st.none() | st.integers(1, 10**6),
        "role": st.sampled_from(["", *ROLE_CHOICES]),
        "due": st.sampled_from(["", *(name for name in DUE_CHOICES if name != "range")]),
        "kind": st.sampled_from(["", *KIND_CHOICES]),
        "text": st.text(max_size=20).map(lambda text: " ".join(text.split()[:WORD_LIMIT])),
        "group": st.sampled_from([*GROUP_CHOICES]),
        "sort": st.sampled_from([*SORT_CHOICES]),
    }
)


@given(choices, st.booleans(), st.none() | st.dates(FIRST_DAY, LAST_DAY), st.none() | st.dates(FIRST_DAY, LAST_DAY))
def test_an_address_asks_for_the_same_again(values, subtree, first, last) -> None:
    if first and last and first > last:
        first, last = last, first
    if first or last:
        values["due"] = "range"
    asked = LedgerFilter(**values, first=first, last=last, subtree=subtree or not values["unit"])
    again = LedgerFilter.from_address(dict(parse_qsl(asked.address())))
    assert again == asked
    assert not again.errors


def test_what_cannot_be_read_is_named() -> None:
    asked = LedgerFilter.from_address({"plan": "x", "first": "2026-13-01", "role": "boss", "unit": "²"})
    assert asked == LedgerFilter()
    assert len(asked.errors) == 4
    turned = LedgerFilter.from_address({"first": "2026-05-01", "last": "2026-01-01"})
    assert turned.first == dt.date(2026, 1, 1) and turned.errors


@pytest.mark.parametrize(
    "address",
    (
        "first=0001-01-01&last=0001-02-01",
        "first=9999-12-01&last=9999-12-31",
        "first=1900-12-31",
        "last=2999-01-01",
        f"plan={'9' * 5000}",
        f"unit={'9' * 5000}",
        "plan=2147483648",
    ),
)
def test_numbers_and_days_out_of_bounds_are_named(client, office, plan, address) -> None:
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/ledger?{address}")
    assert answer.status_code == 200
    asked = answer.context["asked"]
    assert asked == LedgerFilter() and asked.errors
    assert asked.errors[0] in answer.content.decode()


@pytest.mark.parametrize("address", ("first=1901-01-01&last=1901-02-01", "first=2998-12-01&last=2998-12-31"))
def test_the_first_and_the_last_days_are_taken(client, office, plan, address) -> None:
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/ledger?{address}")
    assert answer.status_code == 200 and not answer.context["asked"].errors


def test_the_export_does_not_tell_the_title_of_a_plan_that_is_not_seen(client, office, plan, units) -> None:
    outsider = make_user("outsider", (Role.REPORTER, units.north))
    plan.responsibilitys.filter(units__in=(units.north, units.north_farm)).delete()
    for person, title in ((outsider, "不存在"), (office, plan.title)):
        book = workbook(client, person, f"/ledger/export.xlsx?plan={plan.pk}")
        assert dict(book.get_sheet_by_name("筛选条件").to_python())["方案"] == title


def workbook(client, user, address: str) -> CalamineWorkbook:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(address)
    assert answer.status_code == 200
    return CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_workbook_holds_what_the_filter_finds(client, office, plan, units) -> None:
    book = workbook(client, office, f"/ledger/export.xlsx?unit={units.farm.pk}&role=lead")
    rows = book.get_sheet_by_name("台账").to_python()
    assert rows[0][:5] == ["序号", "方案", "任务", "措施", "目标"]
    assert len(rows) == 3
    assert rows[1][3] == "（一）扩大冷凉蔬菜基地，建设标准园"
    assert rows[1][6:] == ["州农业农村局", "—", "北川县农业农村局", "第4行"]
    told = dict(book.get_sheet_by_name("筛选条件").to_python())
    assert told["单位"] == "云岭州农业农村局（含下级）"
    assert told["导出人"] == "office"
    assert told["行数"] == "2"


def test_text_that_looks_like_a_formula_stays_text(client, office, units) -> None:
    nasty = ('=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0")
    parts = {
        "measures": tuple(measure(f"{n:04}", ("",), text, text=text) for n, text in enumerate(nasty, start=1)),
        "targets": (target("0001", "=1+1", "5", unit_of_measure="个"),),
        "responsibilities": (duty("0001", "lead", "=A1", units.farm),),
        "deadlines": (deadline("0001"),),
        "tables": (),
    }
    actions.publish(acting_user=office, publication=sample(units, make_document(), title="=2+2", **parts))
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    content = b"".join(client.get("/ledger/export.xlsx").streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert sheets and not any("<f>" in sheet or "<f " in sheet or "hyperlink" in sheet for sheet in sheets)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("台账").to_python()
    assert [row[3] for row in rows[1:]] == list(nasty)
    assert rows[1][1] == "=2+2" and rows[1][6] == "=A1"


def test_the_export_by_unit_names_the_unit(client, office, plan) -> None:
    rows = workbook(client, office, "/ledger/export.xlsx?group=unit").get_sheet_by_name("台账").to_python()
    assert rows[0][1] == "单位"
    assert [row[1] for row in rows[1:]].count("云岭州农业农村局") == 2


def test_retired_tasks_are_left_out(office, plan, units) -> None:
    version = plan.versions.get()
    Measure.objects.filter(label="二、（一）").update(retired_in=version)
    assert labels(office) == ["一、（一）", "一、（一）1.", "一、（二）"]
