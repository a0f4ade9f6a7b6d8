"""Forms drafted from tables of plans: columns, due rules, task lists; the real annexes of 2023."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from luoshi.apps.plans.models import Plan, PlanTable, PlanVersion, SourceDocument
from luoshi.apps.reporting.actions.forms import draft_from_table
from luoshi.apps.reporting.drafting import column_of, draft_of, due_in, is_draftable, table_notes
from luoshi.apps.reporting.models import Form
from luoshi.apps.reporting.queries.annexes import draftable_tables
from luoshi.forms.model import FieldType, SectionKind
from luoshi.periods import Cadence, DueKind
from tests.apps.reporting.making import World
from tests.apps.reporting.test_forms import browser


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("序 号", []),
        ("项目名称", [(FieldType.PROJECT, "")]),
        ("合作企业名称", [(FieldType.ENTERPRISE, "")]),
        ("项目建设地点", [(FieldType.UNIT, "")]),
        ("牵头单位", [(FieldType.UNIT, "")]),
        ("总投资（亿元）", [(FieldType.NUMBER, "亿元")]),
        ("增速(%)", [(FieldType.NUMBER, "%")]),
        ("户数（户）", [(FieldType.INTEGER, "户")]),
        ("开工时间（年月）", [(FieldType.PERIOD, "")]),
        ("签约日期", [(FieldType.DATE, "")]),
        ("起止时间", [(FieldType.DATE, ""), (FieldType.DATE, "")]),
        ("投资项目在线审批监管平台代码", [(FieldType.PROJECT_CODE, "")]),
        ("佐证材料", [(FieldType.FILE, "")]),
        ("存在问题", [(FieldType.TEXT, "")]),
    ],
)
def test_headings_become_columns(heading: str, expected: list[tuple[FieldType, str]]) -> None:
    assert [(one.type, one.unit_of_measure) for one in column_of(heading, "f1")] == expected


def test_answers_are_read_from_the_notes() -> None:
    (column,) = column_of("项目进展", "f1", notes="注：填报当年处于“洽谈”或“签约”项目进展阶段的项目。")
    assert (column.type, [one.label for one in column.choices]) == (FieldType.CHOICE, ["洽谈", "签约"])
    (column,) = column_of("项目进展", "f1", notes="注：“名称”“地址”照实填写。")
    assert column.type is FieldType.TEXT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每月3日前将上月进度报办公室", (Cadence.MONTHLY, DueKind.DAY_AFTER, 3, False)),
        ("填报时间为每月20日", (Cadence.MONTHLY, DueKind.DAY_IN, 20, True)),
        ("每月 5 日前报送", (Cadence.MONTHLY, DueKind.DAY_AFTER, 5, True)),
        ("次月10日前报送", (Cadence.MONTHLY, DueKind.DAY_AFTER, 10, False)),
        ("季后10日内报送", (Cadence.QUARTERLY, DueKind.DAYS_AFTER, 10, False)),
        ("每季度末月25日前报", (Cadence.QUARTERLY, DueKind.DAY_IN, 25, False)),
        ("每月底前报送", (Cadence.MONTHLY, DueKind.LAST_DAY, 0, False)),
    ],
)
def test_due_rules_in_sentences(text: str, expected: tuple[Any, ...]) -> None:
    found = due_in(text)
    assert found is not None
    assert (found.cadence, found.kind, found.day, bool(found.assumption)) == expected


def test_sentences_without_a_due_rule() -> None:
    for text in ("", "每月召开一次调度会", "每月40日", "2026年3月20日前完成"):
        assert due_in(text) is None


def test_notes_end_where_the_next_annex_begins() -> None:
    lines = ["", "注：1.照实填写；", "", "2.每月20日报。", "附件 4", "注：别的表"]
    assert table_notes(lines) == "注：1.照实填写；2.每月20日报。"
    assert table_notes(["附件4", "注：别的表"]) == ""
    assert table_notes(["正文一段。"]) == ""


HEADER = ["任务", "目标", "时限", "牵头单位", "责任单位"]
TASKS = [
    ["建设示范园区", "建成3个", "6月底", "州农业农村局", "青石县"],
    ["培育企业", "净增100户", "年底", "州市场局", ""],
]


def test_a_task_list_becomes_a_progress_report() -> None:
    assert is_draftable("任务清单", HEADER, TASKS)
    draft = draft_of(title="重点任务清单", header=HEADER, rows=TASKS)
    (section,) = draft.definition.sections
    assert section.kind is SectionKind.FIXED
    assert [row.label for row in section.rows] == ["1. 建设示范园区", "2. 培育企业"]
    assert [field.label for field in section.fields] == ["状态", "进展情况", "完成比例", "存在问题", "下步打算"]
    assert draft.title == "重点任务清单进展月报"
    assert (draft.due.kind, draft.due.day) == (DueKind.DAY_AFTER, 3) and draft.due.assumption
    assert not is_draftable("县市任务分解表", ["县市", "一季度", "二季度"], [["青石县", "10", "20"]])


#: annex title → (columns as label and type, whether any is cumulative)
ANNEXES = {
    "5亿元以上重点产业招商引资项目推进情况月报表": [
        ("项目名称", "project"),
        ("州外合作方企业（单位）名称", "enterprise"),
        ("项目（拟）建设地点", "unit"),
        ("计划（协议）投资额", "number"),
        ("项目合作内容", "text"),
        ("项目进展", "choice"),
        ("在谈项目洽谈情况或已签约项目推进情况", "text"),
        ("存在困难问题及需协同配合事项", "text"),
    ],
    "飞地经济招商组和市场化招商平台引进州外资金月报表": [
        ("项目名称", "project"),
        ("州外合作方企业（单位）名称", "enterprise"),
        ("项目州内实施主体企业名称", "enterprise"),
        ("项目建设地（县市区）", "unit"),
        ("项目开工时间（年月）", "period"),
        ("合作内容", "text"),
        ("州外到位资金", "number"),
        ("投资项目在线审批监管平台代码", "project-code"),
    ],
    "重点产业招商组和市场化招商平台自行组织活动情况月报表": [
        ("活动名称", "text"),
        ("开始日期", "date"),
        ("结束日期", "date"),
        ("活动地点", "text"),
        ("参加活动的州级领导（姓名、职务）", "text"),
        ("牵头单位", "unit"),
        ("参加单位名单（县市、州级部门）", "text"),
        ("企业名单", "text"),
        ("洽谈情况", "text"),
        ("签约项目名称（清单）", "text"),
    ],
}


FIRST, SECOND, _ = ANNEXES


@pytest.mark.shared
def test_the_annexes_of_2023_are_drafted(shared: Path) -> None:
    from luoshi import documents
    from luoshi.extraction import extract

    (source,) = (shared / "seeds").glob("004_*.txt")
    document = documents.read(source)
    lines = [line.text for line in document.lines]
    drafts = {}
    for plan in extract(document).plans:
        for table in plan.tables:
            if is_draftable(table.title, table.header, table.rows):
                drafts[table.title] = draft_of(
                    title=table.title,
                    header=table.header,
                    rows=table.rows,
                    head="\n".join(lines[table.line - 1 : table.line + 7]),
                    notes=table_notes(lines[table.line_end :]),
                )
    assert set(drafts) == set(ANNEXES)
    for title, columns in ANNEXES.items():
        draft = drafts[title]
        (section,) = draft.definition.sections
        assert section.kind is SectionKind.REPEATED
        assert [(one.label, one.type.value) for one in section.fields] == columns
        assert (draft.due.cadence, draft.due.kind, draft.due.day) == (Cadence.MONTHLY, DueKind.DAY_IN, 20)
        assert draft.due.words == "每月20日" and draft.due.assumption
    projects = {one.label: one for one in drafts[FIRST].definition.sections[0].fields}
    assert [one.label for one in projects["项目进展"].choices] == ["在谈", "已签约"]
    assert projects["计划（协议）投资额"].unit_of_measure == "亿元"
    funds = {one.label: one for one in drafts[SECOND].definition.sections[0].fields}
    assert funds["州外到位资金"].cumulative and funds["州外到位资金"].unit_of_measure == "亿元"
    assert drafts[FIRST].reporters[:1] == ("招商组",)


TEXT = """云岭州2026年示范行动方案
一、工作要求
各县每月5日前将上月进展报州市场局。
附件1
示范项目推进情况月报表
填报单位：青石县、白水县
序号 项目名称 建设地点 总投资（亿元） 进展情况
注：1.有项目的填报。
附件2
任务清单"""


@pytest.fixture
def plan(world: World) -> Plan:
    from django.utils import timezone

    document = SourceDocument.objects.create(
        name="示范.txt", format="txt", sha256="9" * 64, size=10, text=TEXT, line_count=10
    )
    plan = Plan.objects.create(title="云岭州2026年示范行动方案", owner=world.root)
    version = PlanVersion.objects.create(
        plan=plan, ordinal=1, document=document, first_line=1, last_line=10, published_at=timezone.now()
    )
    common: dict[str, Any] = {"plan": plan, "version": version}
    plan.deadlines.create(version=version, text="每月5日前", line=3, rule_kind="monthly", day=5)
    PlanTable.objects.create(
        **common,
        text="表",
        line=5,
        line_end=7,
        title="示范项目推进情况月报表",
        header=["序号", "项目名称", "建设地点", "总投资（亿元）", "进展情况"],
        rows=[],
    )
    PlanTable.objects.create(**common, text="表", line=10, line_end=10, title="任务清单", header=HEADER, rows=TASKS)
    PlanTable.objects.create(
        **common, text="表", line=10, line_end=10, title="分解表", header=["县市", "户数"], rows=[["青石县", "1500"]]
    )
    return plan


def test_a_plan_proposes_forms_and_one_click_drafts_one(
    world: World, plan: Plan, django_assert_max_num_queries: Any
) -> None:
    rows = draftable_tables(world.coordinator, plan)
    assert [row.proposal.title for row in rows] == ["示范项目推进情况月报表", "任务清单进展月报"]
    first = rows[0].proposal
    # The form's own note says no day: the plan's deadline does.
    assert (first.content.due_kind, first.content.due_day) == ("day-after", 5)
    assert [unit.key for unit in first.reporters] == ["qsx", "bsx"] and list(first.unknown) == []
    client = browser(world.coordinator)
    client.get(f"/plans/{plan.pk}/forms")
    with django_assert_max_num_queries(15):
        page = client.get(f"/plans/{plan.pk}/forms").content.decode()
    assert "示范项目推进情况月报表" in page and "每月5日前报上月" in page and "分解表" not in page
    answer = client.post(f"/plans/{plan.pk}/forms", {"table": rows[0].table.pk, "owner": "州市场局"})
    form = Form.objects.get()
    assert answer.headers["Location"] == f"/forms/{form.key}/design"
    assert (form.plan, form.table_id, form.owner) == (plan, rows[0].table.pk, world.department)
    draft = form.versions.get()
    assert {unit.key for unit in draft.reporters.all()} == {"qsx", "bsx"}
    assert "第5行" in form.purpose
    assert "示范项目推进情况月报表" in client.get(f"/forms/{form.key}/design").content.decode()
    again = client.get(f"/plans/{plan.pk}/forms").content.decode()
    assert f"/forms/{form.key}" in again and "再拟一份" in again


def test_who_may_draft_from_a_plan(world: World, plan: Plan) -> None:
    table = plan.plantables.get(title="示范项目推进情况月报表")
    assert browser(world.filler).get(f"/plans/{plan.pk}/forms").status_code == 404
    leader = browser(world.leader)
    assert "拟成报表草稿" not in leader.get(f"/plans/{plan.pk}/forms").content.decode()
    assert leader.post(f"/plans/{plan.pk}/forms", {"table": table.pk, "owner": "州市场局"}).status_code == 403
    office = browser(world.coordinator)
    assert office.post(f"/plans/{plan.pk}/forms", {"table": 10**6, "owner": "州市场局"}).status_code == 404
    assert office.post(f"/plans/{plan.pk}/forms", {"table": table.pk, "owner": "没有的单位"}).status_code == 422
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        draft_from_table(acting_user=world.coordinator, table=plan.plantables.get(title="分解表"))
