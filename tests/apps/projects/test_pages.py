"""Pages: every one of them with data, within the query budget at any size; what is typed and refused is kept."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from luoshi.apps.intake.models import SourceDocument
from luoshi.apps.plans.models import Plan, PlanTable, PlanVersion
from luoshi.apps.projects import actions
from luoshi.apps.projects.models import (
    Move,
    Project,
    ProjectImport,
    ProjectName,
    ProjectOrigin,
    State,
    Twin,
    YearPlan,
)
from luoshi.documents.table_file import TableLimits, read_table
from tests.apps.projects.making import approve, enter, move, unit
from tests.counting import count_rows

pytestmark = pytest.mark.django_db
BUDGET = 15
#: Of the standard's project and package schema 0.9: the part that the export uses, written down from its reference.
VALUE = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {"amount": {"type": "number"}, "currency": {"enum": ["CNY"]}},
}
MOMENT = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
PERIOD = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"startDate": MOMENT, "endDate": MOMENT, "durationInDays": {"type": "integer"}},
}
PROJECT = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "updated": MOMENT,
        "title": {"type": "string"},
        "description": {"type": "string"},
        "status": {"enum": ["identification", "preparation", "implementation", "completion", "completed", "cancelled"]},
        "type": {"enum": ["construction", "rehabilitation", "replacement"]},
        "period": PERIOD,
        "locations": {
            "type": "array",
            "uniqueItems": True,
            "items": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "geometry": {
                        "properties": {
                            "type": {"enum": ["Point"]},
                            "coordinates": {"type": "array", "items": {"type": "number"}},
                        }
                    },
                },
            },
        },
        "budget": {
            "type": "object",
            "properties": {
                "amount": VALUE,
                "budgetBreakdown": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["id"],
                        "properties": {"id": {"type": "string"}, "description": {"type": "string"}, "amount": VALUE},
                    },
                },
            },
        },
        "parties": {
            "type": "array",
            "uniqueItems": True,
            "items": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string"},
                    "name": {"type": "string"},
                    "roles": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
        "additionalClassifications": {
            "type": "array",
            "uniqueItems": True,
            "items": {
                "type": "object",
                "properties": {
                    "scheme": {"type": "string"},
                    "id": {"type": ["string", "integer"]},
                    "description": {"type": "string"},
                },
            },
        },
        "completion": {"type": "object", "properties": {"endDate": MOMENT, "finalValue": VALUE}},
    },
}
PACKAGE = {
    "type": "object",
    "required": ["uri", "publisher", "publishedDate", "projects", "version"],
    "properties": {
        "uri": {"type": "string", "pattern": "^https?://"},
        "publishedDate": MOMENT,
        "version": {"pattern": r"^(\d+\.)(\d+)$"},
        "publisher": {"type": "object", "required": ["name"]},
        "projects": {"type": "array", "minItems": 1, "uniqueItems": True, "items": PROJECT},
    },
}


@pytest.fixture
def shown(prefecture: Any, coordinator: Any, client: Client) -> tuple[Client, Project]:
    """A coordinator signed in, and a project with something of everything."""
    project = enter(
        "青石县硅光伏组件制造项目",
        wan="186000.5",
        code="2026-532300-04-01-123456",
        major=True,
        lead=unit("ylz-czj"),
        industry=actions.industry_named("绿色能源"),
        chain=actions.chain_named("绿色硅", actions.industry_named("绿色能源")),
        longitude=Decimal("101.5"),
        latitude=Decimal("25.1"),
        owner="青石光伏公司",
        content="年产组件",
        nature="private",
    )
    approve(project, start="2026-03-05")
    move(project, "preparation", "2026-02-01")
    move(project, "started", "2026-03-05")
    actions.set_year_plan(
        acting_user=None,
        project_id=project.pk,
        year=2026,
        investment=Decimal(500_000_000),
        start_on=dt.date(2026, 3, 1),
        finish_on=dt.date(2027, 12, 31),
    )
    actions.set_funding(
        acting_user=None, project_id=project.pk, rows={"bank": (Decimal(900_000_000), Decimal(100_000_000))}
    )
    for period in ("2026-04", "2026-05"):
        said = actions.Month(month=Decimal(50_000_000), image=Decimal(int(period[-1])), funds=Decimal(100_000_000))
        actions.record_progress(acting_user=None, project_id=project.pk, period=period, said=said)
    actions.raise_project_problem(
        acting_user=None,
        project_id=project.pk,
        kind="power",
        text="外部供电线路没有接通",
        asked=unit("ylz-czj"),
        due_on=dt.date(2026, 6, 1),
        held=Decimal(200_000_000),
    )
    picture = SimpleUploadedFile("工地.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    actions.add_files(acting_user=coordinator, project_id=project.pk, files=[picture])
    actions.create_race_meeting(
        acting_user=coordinator,
        owner=unit("ylz"),
        year=2026,
        quarter=2,
        held_at=timezone.now() + dt.timedelta(days=9),
        route=[project.pk],
    )
    client.force_login(coordinator)
    return client, Project.objects.get(pk=project.pk)


def fill(project: Project) -> None:
    """What few projects have: another name before, one merged into it, one like it, a code like its code."""
    project.serving.set([unit("ylz-nyncj"), unit("qsx-czj")])
    ProjectName.objects.filter(project=project).update(until=dt.date(2026, 2, 1))
    ProjectName.objects.create(project=project, name=project.name, since=dt.date(2026, 2, 2))
    gone = enter("青石县光伏厂区")
    Project.objects.filter(pk=gone.pk).update(merged_into=project, state=State.LEFT)
    other = enter("青石县硅片项目", code="2026-532300-04-01-123465")
    Twin.objects.filter(second=other).delete()
    Twin.objects.create(first=project, second=other, score=80, reason="名称相近")
    document = SourceDocument.objects.create(
        name="方案.txt", format="txt", sha256="0" * 64, size=1, text="", line_count=1, file="documents/x.txt"
    )
    plan = Plan.objects.create(title="产业发展方案", year=2026, owner=unit("ylz"))
    version = PlanVersion.objects.create(
        plan=plan, ordinal=1, document=document, first_line=1, last_line=1, published_at=timezone.now()
    )
    table = PlanTable.objects.create(plan=plan, version=version, title="重点项目表", text="表", line=1, line_end=2)
    ProjectOrigin.objects.create(project=project, table=table, row=0, label="1")
    Project.objects.filter(pk=project.pk).update(ladder="county")


def many(count: int) -> None:
    """Many more projects, as an import of another system would bring them."""
    today = timezone.localdate()
    units = [unit("qsx").pk, unit("bsx").pk]
    states = [state.value for state in State if state != State.LEFT]
    rows = Project.objects.bulk_create(
        Project(
            name=f"批量项目第{number}号",
            unit_id=units[number % 2],
            total=Decimal(1000 + number) * 10_000,
            state=states[number % 5],
            state_since=today - dt.timedelta(days=number % 1000),
            longitude=Decimal("101.1"),
            latitude=Decimal("25.2"),
        )
        for number in range(count)
    )
    at = timezone.now()
    Move.objects.bulk_create(
        Move(project=row, from_state="", to_state=row.state, on=row.state_since, recorded_at=at) for row in rows
    )
    YearPlan.objects.bulk_create(
        YearPlan(project=row, year=today.year, start_on=dt.date(today.year, 3, 1), investment=row.total) for row in rows
    )
    Twin.objects.bulk_create(
        Twin(first=first, second=second, score=90, reason="名称相近")
        for first, second in zip(rows[::2], rows[1::2], strict=True)
    )


PAGES = {
    "home": "?q=青石&state=started",
    "board": "?major=1",
    "gantt": "",
    "map": "",
    "imports": "",
    "new": "",
    "twins": "",
    "figures": "?by=chain&day=2026-06-30&year=2026",
    "race": "?month=4&year=2026",
    "holds": "?kind=power",
}


def test_every_page_within_its_budget_whatever_the_number(
    shown: tuple[Client, Project], django_assert_max_num_queries: Any
) -> None:
    client, project = shown
    addresses = [reverse(f"projects:{name}") + query for name, query in PAGES.items()]
    addresses += [reverse("projects:home"), reverse("projects:figures"), reverse("projects:race")]
    addresses += [
        reverse(f"projects:{name}", args=[project.pk]) for name in ("edit", "move", "milestones", "merge", "sheet")
    ]
    addresses.append(reverse("projects:project", args=[project.pk]))
    fill(project)
    for count in (0, 400):
        many(count)
        count_rows()
        for address in addresses:
            with django_assert_max_num_queries(BUDGET, info=address):
                page = client.get(address)
            assert page.status_code == 200, address
    race = reverse("projects:route", args=[Project.objects.get(pk=project.pk).unit.pk])
    assert client.get(race).status_code == 404


def test_the_project_page_tells_all(shown: tuple[Client, Project], django_assert_max_num_queries: Any) -> None:
    client, project = shown
    with django_assert_max_num_queries(BUDGET):
        page = client.get(reverse("projects:project", args=[project.pk])).content.decode()
    for words in (
        "186,000.5",
        "新开工",
        "云环审〔2026〕2号",
        "外部供电线路没有接通",
        "工地.png",
        "银行贷款",
        "绿色硅",
        "polyline",
        "投资进度与形象进度相差",
        "转督办",
    ):
        assert words in page, words
    assert "None" not in page
    board = client.get(reverse("projects:board")).content.decode()
    assert 'data-state="started"' in board and 'draggable="true"' in board
    figures = client.get(reverse("projects:figures") + "?year=2026").content.decode()
    assert "100.0%" in figures and "青石县" in figures
    meeting = project.unit.attendance.get().meeting
    assert "第1站" in client.get(reverse("projects:route", args=[meeting.pk])).content.decode()


def test_moving_by_the_page_keeps_what_was_typed(shown: tuple[Client, Project]) -> None:
    client, project = shown
    address = reverse("projects:move", args=[project.pk])
    page = client.get(f"{address}?to=completed").content.decode()
    assert "没有登记实际竣工日期" in page
    refused = client.post(address, {"to": "left", "revision": project.revision, "on": "2026-06-01"})
    assert refused.status_code == 422 and "2026-06-01" in refused.content.decode()
    done = client.post(address, {"to": "construction", "revision": project.revision})
    assert done.status_code == 302 and Project.objects.get(pk=project.pk).state == "construction"
    stale = client.post(address, {"to": "completed", "reason": "试运行", "revision": project.revision})
    assert "他人刚刚改了" in stale.content.decode()


def test_entering_changing_and_saying_by_pages(shown: tuple[Client, Project]) -> None:
    client, project = shown
    typed = {"name": "白水县核桃加工厂", "unit": "bsx", "total": "12000.5", "sort": "industry", "industry": "绿色食品"}
    refused = client.post(reverse("projects:new"), typed | {"code": "12-3"})
    assert refused.status_code == 422 and "白水县核桃加工厂" in refused.content.decode()
    assert client.post(reverse("projects:new"), typed).status_code == 302
    entered = Project.objects.get(name="白水县核桃加工厂")
    assert (entered.total, entered.industry.name) == (Decimal(120_005_000), "绿色食品")
    edit = reverse("projects:edit", args=[entered.pk])
    assert client.post(edit, typed | {"name": "白水县核桃精深加工厂", "revision": 0}).status_code == 302
    one = [entered.pk]
    posts = {
        "progress": {"period": "2026-05", "month_amount": "1,200", "image": "3"},
        "year-plan": {"year": "2026", "investment": "3000", "start_on": "2026-03-01", "listed": "on"},
        "funding": {"bank-amount": "100", "bank-received": "50"},
        "problems": {"kind": "land", "text": "缺用地", "due_on": "2026-12-01", "asked": "ylz-czj", "held": "300"},
        "milestones": {"idea-actual": "2026-01-02"},
    }
    for name, sent in posts.items():
        assert client.post(reverse(f"projects:{name}", args=one), sent).status_code == 302, name
    wrong = {"progress": {"period": "2026-05", "month_amount": "很多"}, "year-plan": {"year": "12"}, "problems": {}}
    for name, sent in wrong.items():
        assert client.post(reverse(f"projects:{name}", args=one), sent).status_code == 422, name
    entered.refresh_from_db()
    assert (entered.done, entered.years.count(), entered.problems.count()) == (Decimal(12_000_000), 1, 1)
    merge = reverse("projects:merge", args=one)
    assert client.get(f"{merge}?other={project.pk}").status_code == 200
    sent = {"other": project.pk, "keep": project.pk, "reason": "误登"}
    assert client.post(merge, sent).status_code == 302
    assert Project.objects.get(pk=entered.pk).merged_into_id == project.pk


def test_exports_hold_the_same_rows_and_the_standard(shown: tuple[Client, Project]) -> None:
    client, project = shown
    enter("白水县桥梁", "bsx", wan="300.25", sort="infrastructure")
    book = client.get(reverse("projects:export-excel"))
    rows = read_table(b"".join(book.streaming_content), TableLimits(2**20, 100, 50, 2**22, 5000)).rows
    names = {cells[1]: cells for _, cells in rows if len(cells) > 1}
    assert project.name in names and names["白水县桥梁"][9] == "300.25"
    answer = client.get(reverse("projects:export-oc4ids"))
    package = json.loads(answer.content)
    jsonschema.Draft202012Validator(PACKAGE, format_checker=jsonschema.FormatChecker()).validate(package)
    one = next(row for row in package["projects"] if row["title"] == project.name)
    assert one["budget"]["amount"] == {"amount": 1_860_005_000, "currency": "CNY"}
    assert one["status"] == "implementation" and one["locations"][0]["geometry"]["coordinates"] == [101.5, 25.1]
    assert one["period"]["startDate"].startswith("2026-03-05")
    assert client.get(reverse("projects:export-oc4ids") + "?q=没有的").status_code == 302


LIST = "项目名称,建设地点,总投资（亿元）,项目代码,计划开工,所在库\n"


def test_a_workbook_is_read_row_by_row_and_taken_whole_or_not(prefecture: Any, person: Any, client: Client) -> None:
    reporter = person("tian", qsx="reporter")
    client.force_login(reporter)
    text = LIST + "青石县甲厂,青石县,1.5,2026-532300-04-01-123456,2026年3月,前期\n青石县乙厂,青云县,很多,12,三月,空中\n"
    file = SimpleUploadedFile("名单.csv", text.encode("utf-8-sig"))
    answer = client.post(reverse("projects:imports"), {"owner": "qsx", "file": file})
    found = ProjectImport.objects.get()
    assert answer.url == reverse("projects:import", args=[found.pk])
    good, bad = found.rows
    assert (good["errors"], good["total"], good["start"], good["state"]) == (
        [],
        "150000000.00",
        "2026-03-01",
        "preparation",
    )
    assert len(bad["errors"]) == 5
    address = reverse("projects:import", args=[found.pk])
    page = client.get(address).content.decode()
    assert "1 行有错" in page and "所在库“空中”不明" in page
    both = {"act": "take", "row": [good["row"], bad["row"]], "revision": 0, "year": "2026"}
    refused = client.post(address, both)
    assert refused.status_code == 422 and not Project.objects.exists()
    # Another mapping, kept under a name; then only the right row.
    columns = {f"column-{at}": fact for at, fact in enumerate(("name", "unit", "total", "", "start", "state"))}
    assert client.post(address, {"act": "map", "save_as": "县里的表", **columns}).status_code == 302
    found.refresh_from_db()
    assert found.rows[0]["code"] == "" and found.owner.project_mappings.get().name == "县里的表"
    one = {"act": "take", "row": [good["row"]], "revision": 1, "year": "2026", "major": "on"}
    assert client.post(address, one).status_code == 302
    project = Project.objects.get()
    assert (project.name, project.major, project.years.get().start_on) == ("青石县甲厂", True, dt.date(2026, 3, 1))
    assert client.post(address, one).status_code == 422
    # Places out of reach are refused, whoever made the list.
    outside = SimpleUploadedFile("别县.csv", (LIST + "白水县丙厂,白水县,1,,,\n").encode("gb18030"))
    client.post(reverse("projects:imports"), {"owner": "qsx", "file": outside})
    other = ProjectImport.objects.first()
    assert other is not None
    refused = client.post(reverse("projects:import", args=[other.pk]), {"act": "take", "row": other.rows[0]["row"]})
    assert "不在您负责的范围内" in refused.content.decode() and Project.objects.count() == 1
