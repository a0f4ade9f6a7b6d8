"""The reading pages: what they show to whom, and how many queries they take."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from luoshi.apps.organisations.models import Membership, Role, Unit
from luoshi.apps.organisations.queries import directory
from luoshi.apps.plans import actions
from luoshi.apps.plans.models import Deadline, Instruction, Measure, Plan, Responsibility, Target
from tests.apps.plans import bulk
from tests.apps.plans.making import (
    deadline,
    duty,
    make_document,
    make_user,
    measure,
    sample,
    target,
)

QUERY_BUDGET = 15
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def chief(units):
    return make_user("chief", (Role.LEADER, units.state))


@pytest.fixture
def clerk(units):
    """A clerk of the trade office, which has one task."""
    return make_user("clerk", (Role.REPORTER, units.trade))


@pytest.fixture
def plan(units, office):
    return actions.publish(acting_user=office, publication=sample(units, make_document())).plan


def get(client, user, address: str, status: int = 200) -> str:
    """The page's text as HTML."""
    if user is not None:
        client.force_login(user, backend=BACKEND)
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode() if not answer.streaming else b"".join(answer.streaming_content).decode()


PAGES = (
    "/plans",
    "/plans/{plan}",
    "/plans/{plan}/source",
    "/plans/{plan}/matrix",
    "/plans/{plan}/tables",
    "/ledger",
    "/ledger/export.xlsx",
    "/measures/{measure}",
    "/targets/{target}",
    "/units",
    "/units/{unit}",
    "/documents/{document}/file",
)


def address_of(page: str, plan: Plan, unit: Unit, label: str = "一、（一）") -> str:
    found = Measure.objects.get(plan=plan, label=label)
    return page.format(
        plan=plan.pk,
        measure=found.pk,
        target=found.targets.get().pk,
        unit=unit.pk,
        document=plan.versions.get().document_id,
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_sent_to_sign_in(client, plan, units, page) -> None:
    answer = client.get(address_of(page, plan, units.farm))
    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/?next=")


@pytest.mark.parametrize("page", [page for page in PAGES if "{" in page and "unit" not in page])
def test_what_is_not_visible_is_not_there(client, plan, units, page) -> None:
    stranger = make_user("stranger", (Role.COORDINATOR, units.south), (Role.REPORTER, units.south))
    Responsibility.objects.filter(units=units.south).delete()
    get(client, stranger, address_of(page, plan, units.farm), 404)


def test_a_department_sees_the_plan_but_not_the_measures_of_others(client, plan, clerk, units) -> None:
    page = get(client, clerk, f"/plans/{plan.pk}")
    assert "开展产业链招商" in page and "育苗中心" not in page
    assert "只列与您单位有关的内容" in page
    get(client, clerk, address_of("/measures/{measure}", plan, units.farm), 404)
    get(client, clerk, address_of("/targets/{target}", plan, units.farm), 404)
    get(client, clerk, address_of("/measures/{measure}", plan, units.farm, "二、（一）"))
    source = get(client, clerk, f"/plans/{plan.pk}/source")
    assert f"measure-{Measure.objects.get(label='二、（一）').pk}" in source
    assert f"measure-{Measure.objects.get(label='一、（二）').pk}" not in source


def test_the_list_counts_what_stands_in_a_plan(client, plan, office) -> None:
    page = get(client, office, "/plans")
    row = re.sub(r"<[^>]+>|\s+", " ", page[page.index('id="plans"') :])
    assert "云政发〔2026〕1号" in row
    assert "4 项" in row and "4 个" in row and "5 个" in row
    assert "第1版" in row


def test_the_empty_list_says_what_to_do(client, office, clerk) -> None:
    assert "导入方案" in get(client, office, "/plans")
    assert "导入方案" not in get(client, clerk, "/plans")
    assert "没有符合条件的方案" in get(client, office, "/plans?text=%E6%97%A0")


def test_the_outline_sums_its_subtrees(client, plan, office) -> None:
    page = get(client, office, f"/plans/{plan.pk}")
    node = page[page.index("做强高原特色农业") :]
    assert re.search(r"3 目标</span><span[^>]*>4 单位</span><span[^>]*>1 时限", node)
    assert "没有写明责任单位的任务　1 项" in page
    assert f"/ledger?plan={plan.pk}&amp;kind=no-unit" in page


def test_a_number_leads_to_its_marked_sentence(client, office, units) -> None:
    text = "云岭州方案\n一、培育市场主体\n净增各类市场主体1.5万户，其中企业4280户。"
    parts = {
        "measures": (measure("0001", ("一、",), "培育市场主体", line=2, spans=((2, 0, 8), (3, 0, 24)), text=text[6:]),),
        "targets": (
            target("0001", "净增各类市场主体", "15000", line=3, spans=((3, 0, 13),), text="净增各类市场主体1.5万户"),
            target("0001", "净增企业", "4280", line=3, spans=((3, 16, 23),), text="企业4280户"),
        ),
        "responsibilities": (duty("0001", "lead", "州商务局", units.trade, line=3, spans=((3, 2, 8),)),),
        "deadlines": (deadline("0001", line=3, spans=((3, 10, 19),)),),
        "tables": (),
    }
    document = make_document(text=text)
    plan = actions.publish(acting_user=office, publication=sample(units, document, **parts)).plan
    found = Target.objects.get(indicator="净增各类市场主体")
    ledger = get(client, office, "/ledger")
    link = re.search(rf'href="(/plans/{plan.pk}/source\?[^"]*object=target-{found.pk}#L3)"[^>]*>([^<]+)<', ledger)
    assert link and link[2] == "≥ 1.5万户"
    page = get(client, office, link[1].split("#")[0].replace("&amp;", "&"))
    line = re.search(r'<div class="source-line[^"]*is-current" id="L3">(.*?)</div>', page)
    assert line
    inner = re.search(rf'<mark class="target is-current" data-object="target-{found.pk}"[^>]*>(.*)', line[1])
    assert inner and re.sub("<[^>]+>", "", inner[1]).startswith("净增各类市场主体1.5万户")
    assert re.sub("<[^>]+>", "", line[1]) == f"3{text.split(chr(10))[2]}"
    assert line[1].count("<mark") == line[1].count("</mark>")


def test_tables_of_the_file_are_drawn_as_tables(client, office, units) -> None:
    text = "云岭州方案\n指标\t目标\t\n\t州\t县\n产值<1\t8\t5\n结束"
    document = make_document(text=text)
    document.tables = [
        {
            "first_line": 2,
            "last_line": 4,
            "width": 3,
            "cells": [
                *([0, 0, "指标", 2, 1], [0, 1, "目标", 1, 2], [1, 1, "州", 1, 1], [1, 2, "县", 1, 1]),
                *([2, 0, "产值<1", 1, 1], [2, 1, "8", 1, 1], [2, 2, "5", 1, 1]),
            ],
        }
    ]
    document.save()
    parts = {
        "measures": (measure("0001", ("一、",), "产值", line=4, spans=((4, 5, 6),)),),
        "targets": (),
        "responsibilities": (),
        "deadlines": (),
        "tables": (),
    }
    plan = actions.publish(acting_user=office, publication=sample(units, document, **parts)).plan
    page = get(client, office, f"/plans/{plan.pk}/source")
    body = page[page.index('<div class="source-table">') :]
    assert '<td rowspan="2">指标</td><td colspan="2">目标</td>' in body
    assert re.search(r'<tr id="L4">.*?<td>产值&lt;1</td><td><mark[^>]*>8</mark></td><td>5</td></tr>', body)


def test_the_matrix_signs_and_sums(client, plan, office, units) -> None:
    page = get(client, office, f"/plans/{plan.pk}/matrix")
    assert "<b>4</b> 项任务 × <b>5</b> 个单位" in page
    row = page[page.index("培育新型经营主体</a></th>") :]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", row[: row.index("</tr>")])
    assert cells == ["3", "○", "", "○", "●", ""]
    only = get(client, office, f"/plans/{plan.pk}/matrix?role=lead&kind=prefecture-department")
    assert "<b>3</b> 项任务 × <b>2</b> 个单位" in only


def test_the_matrix_offers_only_the_kinds_of_its_own_units(client, plan, office, clerk) -> None:
    def kinds(person) -> list[str]:
        client.force_login(person, backend=BACKEND)
        return [value for value, _ in client.get(f"/plans/{plan.pk}/matrix").context["matrix"].kinds]

    assert kinds(clerk) == ["prefecture-department"]
    assert set(kinds(office)) == {"prefecture-department", "county", "county-department"}


@pytest.mark.parametrize(
    "address", ("/ledger?page={}", "/plans?year={}", "/plans?owner={}", "/plans?page={}", "/units?page={}")
)
def test_numbers_of_any_length_are_read(client, plan, office, address) -> None:
    get(client, office, address.format("9" * 5000))
    get(client, office, f"/plans/{plan.pk}/source?line={'9' * 5000}")


def test_only_who_sees_the_whole_plan_is_told_its_sums(client, plan, office, clerk) -> None:
    assert "全方案：新增" in get(client, office, f"/plans/{plan.pk}/versions/1/difference")
    assert "全方案" not in get(client, clerk, f"/plans/{plan.pk}/versions/1/difference")
    assert 'data-label="新增">18<' in get(client, office, f"/plans/{plan.pk}/versions")
    assert "data-label=" not in get(client, clerk, f"/plans/{plan.pk}/versions")


def test_the_matrix_as_a_workbook(client, plan, office) -> None:
    client.force_login(office, backend=BACKEND)
    content = b"".join(client.get(f"/plans/{plan.pk}/matrix?format=xlsx").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("责任矩阵").to_python()
    assert rows[0] == ["措施", "单位数", "北川县", "北川县农业农村局", "南屏县", "州农业农村局", "州商务局"]
    assert rows[1] == ["（一）扩大冷凉蔬菜基地，建设标准园", 2.0, "", "△", "", "●", ""]
    assert rows[-1] == ["任务数", "", 1.0, 1.0, 1.0, 2.0, 1.0]


def test_the_unit_page_shows_a_month(client, plan, office, units) -> None:
    page = get(client, office, f"/units/{units.trade.pk}?month=2026-10")
    assert "2026年10月到期" in page and "2026-10-05" in page and "开展产业链招商" in page
    assert "2027年3月没有到期的任务" in get(client, office, f"/units/{units.trade.pk}?month=2027-03")
    later = get(client, office, f"/units/{units.farm.pk}?month=2026-09")
    assert "2026-09-30" in later
    assert "到期" in get(client, office, f"/units/{units.farm.pk}?month=abc")
    for tab, word in (
        ("plans", "云岭州2026年乡村产业提升方案"),
        ("targets", "新增家庭农场"),
        ("names", "没有下级单位"),
    ):
        assert word in get(client, office, f"/units/{units.farm.pk}?tab={tab}")


def test_a_unit_page_shows_only_what_the_person_sees(client, plan, clerk, units) -> None:
    page = get(client, clerk, f"/units/{units.farm.pk}?tab=plans")
    assert "没有任务" in page
    assert "新增家庭农场" not in get(client, clerk, f"/units/{units.farm.pk}?tab=targets")


def test_a_date_that_passed_is_told_on_the_unit_page(client, plan, office, units) -> None:
    Deadline.objects.filter(rule_kind="date").update(date=timezone.localdate() - dt.timedelta(days=3))
    page = get(client, office, f"/units/{units.farm.pk}")
    assert re.search(r"已过期限　<span[^>]*>1 个时限", page)


def test_units_are_found_by_any_of_their_names(client, plan, office, units) -> None:
    units.farm.names.create(name="云岭州农业局", kind="old-name")
    page = get(client, office, "/units?text=%E5%86%9C%E4%B8%9A%E5%B1%80")
    assert "州农业农村局" in page and "州商务局" not in page
    row = re.sub(r"<[^>]+>|\s+", " ", page[page.index('id="units"') :])
    assert "2 项" in row


def test_the_target_page_tells_base_units_and_relatives(client, plan, office, units) -> None:
    other = sample(units, make_document("another.txt"), title="云岭州2027年方案", number="", year=2027)
    other = dataclasses.replace(
        other, targets=(target("0001.0002", "新增家庭农场", "20000", text="2万户", year=2027, line=8),)
    )
    actions.publish(acting_user=office, publication=other)
    found = Target.objects.get(indicator="新增家庭农场", year=2026)
    page = get(client, office, f"/targets/{found.pk}")
    assert "不低于" in page and "1,500户" in page
    assert "云岭州2027年方案" in page and "≥ 2万户" in page


def test_leaders_remark_and_all_who_see_read(client, plan, chief, clerk, office) -> None:
    client.force_login(chief, backend=BACKEND)
    assert client.post(f"/plans/{plan.pk}/instructions", {"text": "请加快进度。"}).status_code == 302
    assert "请加快进度。" in get(client, clerk, f"/plans/{plan.pk}")
    client.force_login(office, backend=BACKEND)
    assert client.post(f"/plans/{plan.pk}/instructions", {"text": "越权"}).status_code == 403
    assert Instruction.objects.count() == 1


def test_a_refused_remark_comes_back_as_typed(client, plan, chief) -> None:
    client.force_login(chief, backend=BACKEND)
    task = Measure.objects.get(label="一、（一）")
    typed = "长" * 2001
    for address in (f"/plans/{plan.pk}/instructions", f"/measures/{task.pk}/instructions"):
        answer = client.post(address, {"text": typed})
        assert answer.status_code == 422
        assert typed in answer.content.decode() and "不超过 2000 字" in answer.content.decode()
    assert not Instruction.objects.exists()
    assert client.post(f"/measures/{task.pk}/instructions", {"text": "抓紧"}).status_code == 302
    assert "抓紧" in get(client, chief, f"/measures/{task.pk}")


def test_managers_open_and_close_a_plan(client, plan, office, chief) -> None:
    client.force_login(chief, backend=BACKEND)
    assert client.post(f"/plans/{plan.pk}/public", {"public": "1"}).status_code == 403
    client.force_login(office, backend=BACKEND)
    assert client.post(f"/plans/{plan.pk}/public", {"public": "1"}).status_code == 302
    plan.refresh_from_db()
    assert plan.is_public
    client.post(f"/plans/{plan.pk}/public", {"public": "0"})
    plan.refresh_from_db()
    assert not plan.is_public
    assert "取消公开" in {entry["action"] for entry in _entries(plan)}


def _entries(plan: Plan) -> list[dict[str, str]]:
    from luoshi.apps.journal.models import Entry

    return list(Entry.objects.filter(object_id=str(plan.pk), object_type="plans.plan").values("action"))


def test_a_correction_stands_in_the_history(client, plan, office) -> None:
    found = Target.objects.get(indicator="育苗中心")
    actions.edit_target(acting_user=office, target=found, values={"year": 2027})
    page = re.sub(r"<[^>]+>|\s+", " ", get(client, office, f"/targets/{found.pk}"))
    assert "更正目标" in page and "完成年度：2026 → 2027" in page


def test_the_original_file_is_handed_out_as_a_download(client, plan, office) -> None:
    document = plan.versions.get().document
    client.force_login(office, backend=BACKEND)
    answer = client.get(f"/documents/{document.pk}/file")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).decode() == document.text


@pytest.fixture
def gazette(units, office):
    """A file of two plans: the trade office has a task in the first (lines 2 to 90), the farm office in the second."""
    text = "\n".join(["", *(f"第{number}行，照此办理。" for number in range(2, 201))])
    document = make_document("云岭州公报.txt", text)
    parts = {"measures": (measure("0001", ("一、",), "照此办理"),), "targets": (), "deadlines": (), "tables": ()}
    plans = []
    for unit, first, last in ((units.trade, 2, 90), (units.farm, 91, 200)):
        duties = (duty("0001", "lead", unit.short_name, unit),)
        made = sample(units, document, first_line=first, last_line=last, responsibilities=duties, **parts)
        plans.append(actions.publish(acting_user=office, publication=made).plan)
    return document, *plans


def test_a_file_with_more_than_the_plans_seen_is_not_handed_out(client, office, clerk, units, gazette) -> None:
    document, first, second = gazette
    address = f"/documents/{document.pk}/file"
    both = make_user("both", (Role.REPORTER, units.trade), (Role.REPORTER, units.farm))
    for person, status in ((office, 200), (clerk, 404), (both, 200)):
        get(client, person, address, status)
        for page in ("", "/source", "/versions"):
            shown = get(client, person, f"/plans/{first.pk}{page}")
            assert (f'href="{address}"' in shown) == (status == 200), (person, page)
    source = get(client, clerk, f"/plans/{first.pk}/source")
    assert "第90行，" in source and "第91行，" not in source
    # A line that no plan holds: the sight of all plans is not the sight of the file.
    second.versions.update(last_line=199)
    get(client, both, address, 404)
    get(client, office, address)


def test_who_oversees_one_plan_of_a_gazette_has_its_lines_only(client, office, units, gazette) -> None:
    document, first, second = gazette
    first.owner = units.north
    first.save()
    county = make_user("county", (Role.COORDINATOR, units.north))
    address = f"/documents/{document.pk}/file"
    get(client, county, address, 404)
    source = get(client, county, f"/plans/{first.pk}/source")
    assert "第90行，" in source and "第91行，" not in source
    get(client, office, address)
    second.owner = units.north
    second.save()
    get(client, county, address)


@pytest.fixture
def crowd(db):
    """1,200 tasks in four plans, 60 units."""
    units = bulk.make_units(departments=19, counties=4, county_departments=9)
    plans = [bulk.make_plan(number, 300, units, units[0], year=2025 + number % 2) for number in range(1, 5)]
    return units, plans


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.REPORTER])
def test_every_page_keeps_its_budget_of_queries(client, crowd, role) -> None:
    units, plans = crowd
    unit = units[0] if role == Role.COORDINATOR else units[1]
    user = make_user("many", (role, unit))
    Membership.objects.create(user=user, role=Role.REVIEWER, unit=unit)
    named = Responsibility.objects.filter(units=units[1], plan=plans[0]).first()
    task = named.measure
    found = Target.objects.filter(measure__responsibilities__units=units[1]).first()
    one = f"unit={units[1].pk}"
    plan = task.plan_id
    document = plans[0].versions.get().document_id
    directory()  # the register, which a process keeps
    pages = {
        "/": 15,
        "/plans": 15,
        f"/plans/{plan}": 13,
        f"/plans/{plan}/source?line=3&object=measure-{task.pk}": 13,
        f"/plans/{plan}/matrix": 10,
        f"/plans/{plan}/matrix?format=xlsx": 10,
        f"/plans/{plan}/tables": 6,
        f"/ledger?{one}&role=lead&due=quarter&kind=target&text=2026": 15,
        f"/ledger?group=unit&{one}": 15,
        "/ledger?group=unit&page=3": 15,
        "/ledger?sort=-due&due=overdue": 15,
        f"/ledger/export.xlsx?{one}": 15,
        f"/measures/{task.pk}": 14,
        f"/targets/{found.pk}": 14,  # what was shared out is part of its history
        "/units": 8,
        "/units?busy=1&kind=prefecture-department": 8,
        f"/units/{units[1].pk}": 14,
        f"/units/{units[1].pk}?tab=plans": 12,
        f"/units/{units[1].pk}?tab=targets": 12,
        f"/units/{units[1].pk}?tab=names": 12,
        f"/documents/{document}/file": 6,
    }
    client.force_login(user, backend=BACKEND)
    for address, budget in pages.items():
        assert budget <= QUERY_BUDGET
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
            _ = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200, address
        told = "\n".join(query["sql"][:300] for query in queries.captured_queries)
        assert len(queries) <= budget, f"{address}: {len(queries)} > {budget}\n{told}"
