"""From a document to drafts, and to records."""

from __future__ import annotations

import datetime as dt
import json
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.extraction import Extraction, extract, records
from luoshi.extraction.contexts import read_context
from tests.extraction.texts import text_document, word_document, wrapped

PLAN = """云岭州人民政府办公室关于印发云岭州2026年产业提质行动方案的通知

云政办发〔2026〕7号

各县市人民政府，州直各部门：

现将《云岭州2026年产业提质行动方案》印发给你们，请认真贯彻执行。

2026年3月5日

云岭州2026年产业提质行动方案

为推动产业提质增效，结合云岭州实际，制定本方案。

一、行动目标

规模以上工业增加值增长9%以上，新增规模以上工业企业30户。

二、重点任务

（一）做强园区。2026年6月底前完成园区规划修编。（牵头单位：州工业和信息化局；责任单位：州自然资源规划局、各县市人民政府）

（二）强化调度。各县市每月5日前报送工作进展情况。

附件

云岭州2026年产业提质目标分解表

县市\t工业增加值增速（%）\t新增企业（户）
云岭市\t10\t12
东川县\t8\t6
"""


def _extraction() -> Extraction:
    return extract(text_document(PLAN, "产业提质"))


def test_a_plan_with_all_that_it_holds() -> None:
    notice, plan = _extraction().plans
    assert notice.number == plan.number == "云政办发〔2026〕7号"
    assert plan.issued_on == dt.date(2026, 3, 5)
    assert (plan.first_line, plan.last_line) == (11, 31)
    assert [(t.value, t.unit, t.year, t.measure) for t in plan.targets] == [
        (9, "%", 2026, "0001"),
        (30, "户", 2026, "0001"),
    ]
    assert [(r.lead, r.measure) for r in plan.responsibilities] == [(("州工业和信息化局",), "0002.0001")]
    assert [(d.date, d.day, d.measure) for d in plan.deadlines] == [
        (dt.date(2026, 6, 30), None, "0002.0001"),
        (None, 5, "0002.0002"),
    ]
    assert [(t.title, t.measure) for t in plan.tables] == [("云岭州2026年产业提质目标分解表", None)]


def test_every_span_leads_to_characters_of_its_text() -> None:
    document = text_document(PLAN)
    for plan in extract(document).plans:
        for found in (*plan.targets, *plan.responsibilities, *plan.deadlines):
            printed = "".join(document.line(s.line).text[s.start : s.end] for s in found.spans)
            assert printed == found.text


def test_a_word_file_gives_the_same_structure() -> None:
    parts: list[str | tuple[int, str] | list[list[str]]] = []
    for line in PLAN.split("\n"):
        if "\t" in line:
            if not parts or not isinstance(parts[-1], list):
                parts.append([])
            table = parts[-1]
            assert isinstance(table, list)
            table.append(line.split("\t"))
        elif line:
            parts.append(line)
    found = extract(word_document(*parts)).plans[1]
    plan = _extraction().plans[1]
    assert [(m.key, m.labels, m.title) for m in found.measures] == [(m.key, m.labels, m.title) for m in plan.measures]
    assert [t.value for t in found.targets] == [t.value for t in plan.targets]
    assert [(t.title, t.header, t.rows) for t in found.tables] == [(t.title, t.header, t.rows) for t in plan.tables]


def test_a_plan_broken_at_the_line_width_gives_the_same_findings() -> None:
    text = [line for line in PLAN.split("\n") if line and "\t" not in line]
    found = extract(text_document(wrapped(text, 24))).plans[-1]
    plan = _extraction().plans[1]
    assert [t.value for t in found.targets] == [t.value for t in plan.targets]
    assert [r.co for r in found.responsibilities] == [r.co for r in plan.responsibilities]


def test_tables_printed_cell_by_cell_are_no_prose() -> None:
    cells = "\n".join(
        [
            "附件",
            "云岭州重点项目名单",
            "序号",
            "项目名称",
            "投资（万元）",
            *["1", "甲地建设20个", "500", "2", "乙地建成30户", "600"],
        ]
    )
    plan = extract(text_document(PLAN.split("附件\n")[0] + cells)).plans[1]
    assert len(plan.targets) == 2


def test_a_heading_announces_what_its_measures_spell_out() -> None:
    text = (
        "云岭州2026年投资攻坚方案\n\n（一）健全周报送、旬通报、季开工机制\n\n1. 各县市每周报送进度。\n\n"
        "2. 州级部门按月分析。\n\n（二）健全月调度机制\n\n月调度由州发展改革委组织。\n"
    )
    (plan,) = extract(text_document(text, "投资")).plans
    # 每周 is printed below, 旬通报 and 季开工 nowhere else; the second heading has nothing below that says 每月
    assert [(item.line, item.text) for item in plan.deadlines] == [
        *((3, "旬通报"), (3, "季开工"), (5, "每周"), (7, "按月"), (9, "月调度"), (11, "月调度"))
    ]


def test_a_chronicle_commits_nobody() -> None:
    event = "2月3日，州人民政府召开会议，要求全年新增规模以上工业企业30户以上，由州工业和信息化局牵头落实。"
    text = f"云岭州2026年2月大事记\n\n{event}"
    (plan,) = extract(text_document(text)).plans
    assert plan.title.endswith("大事记")
    assert not (plan.targets or plan.responsibilities or plan.deadlines)


def test_blank_documents_have_no_plans() -> None:
    assert extract(text_document("\n \n")).plans == ()


def test_years_of_a_plan() -> None:
    signed = dt.date(2023, 3, 1)
    cases = [
        (("云岭州2026年行动方案", None, None, None, []), (2026, 2026)),
        (("云岭州行动方案", "云政发〔2024〕1号", None, None, []), (2024, 2024)),
        (("云岭州行动方案", None, signed, 2020, []), (2023, 2023)),
        (("云岭州行动方案", None, None, 2020, []), (2020, 2020)),
        (("云岭州三年行动方案（2023—2025年）", None, signed, None, []), (2023, 2025)),
        (("云岭州“十四五”发展规划", None, signed, None, []), (2023, 2025)),
        (("云岭州“十五五”发展规划", None, None, None, []), (2026, 2030)),
        (("云岭州行动方案", None, None, None, ["较2017年", "2018年新增", "2018年底"]), (2018, 2018)),
        (("云岭州行动方案", None, None, None, ["抓好落实"]), (None, None)),
    ]
    for arguments, expected in cases:
        context = read_context(*arguments)
        assert (context.year, context.last_year) == expected, arguments


def test_the_date_given_stands_in_where_none_is_printed() -> None:
    text = "云岭州产业方案\n\n一、目标\n\n年内新增规模以上工业企业30户。"
    (plan,) = extract(text_document(text), date=dt.date(2027, 1, 2)).plans
    assert plan.issued_on is None
    assert [t.year for t in plan.targets] == [2027]


def test_records_are_json_in_the_order_of_the_text() -> None:
    found = [json.loads(json.dumps(record)) for record in records(_extraction())]
    assert [r["kind"] for r in found if r["plan"] == 0] == ["plan"]
    mine = [r for r in found if r["plan"] == 1]
    assert [r["kind"] for r in mine] == [
        *("plan", "measure", "target", "target", "measure", "measure", "deadline", "responsibility"),
        *("measure", "deadline", "table"),
    ]
    assert all(a["line"] <= b["line"] for a, b in pairwise(mine))
    assert (
        mine[0] | {"title": "云岭州2026年产业提质行动方案", "date": "2026-03-05", "line": 11, "line_end": 31} == mine[0]
    )
    target, deadline, responsibility, table = mine[2], mine[6], mine[7], mine[-1]
    assert target | {"doc": "产业提质", "value": 9, "comparator": ">=", "change": True, "year": 2026} == target
    assert "value_max" not in target
    assert deadline | {"rule": "date", "date": "2026-06-30"} == deadline
    assert "day" not in deadline
    assert responsibility["co"] == ["州自然资源规划局", "各县市人民政府"]
    assert table["rows"] == [["云岭市", "10", "12"], ["东川县", "8", "6"]]
    assert mine[5] | {"path": ["二、", "（一）"], "key": "0002.0001", "title": "做强园区"} == mine[5]


_PIECES = [
    *("一、", "（一）", "1.", "（牵头单位：州发展改革委；", "责任单位：各县市人民政府）", "云岭州行动方案", "附件"),
    *("2026年3月1日", "。", "，", "新增企业30户以上", "每月5日前", "增长15%", "\t", "\n", "\n\n", "目 录"),
    *("一是", "二是", "序号\t名称\t\n", "《", "”", "—", "（", "3.5"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=8), max_size=60).map("".join))
def test_any_text_is_read_without_an_error(text: str) -> None:
    extraction = extract(text_document(text))
    for record in records(extraction):
        json.dumps(record)
    for plan in extraction.plans:
        keys = {measure.key for measure in plan.measures}
        for found in (*plan.targets, *plan.responsibilities, *plan.deadlines, *plan.tables):
            assert found.measure is None or found.measure in keys
            assert found.spans


def _seconds(text: str) -> float:
    document = text_document(text)
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        extract(document)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param(PLAN.split("附件\n")[0], id="plans"),
        *(
            pytest.param(word * 300 + "\n", id=word)
            for word in ("（", "《", "（牵头", "一、", "负责、", "1.", "附件", "表(", "3.5", "一是增收。", "万")
        ),
        pytest.param("\n\t", id="tabs"),
        pytest.param("一\n", id="lines"),
        pytest.param("县市\t目标\n云岭\t1\n\n", id="tables"),
        pytest.param("目 录\n方案\t(3)\n", id="contents"),
    ],
)
def test_time_grows_with_the_length_of_the_text(unit: str) -> None:
    repeat = max(1, 6_000 // len(unit))
    assert _seconds(unit * repeat * 8) <= 16 * _seconds(unit * repeat) + 0.05
