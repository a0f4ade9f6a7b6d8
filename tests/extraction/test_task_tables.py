"""Documents that are a table: lists of tasks as workbooks and text, targets by quarter with merged cells in Word."""

from __future__ import annotations

import datetime as dt
import io

import xlsxwriter

from luoshi.documents import read
from luoshi.extraction import PlanDraft, extract
from tests.documents.packages import cell, p, table, word
from tests.extraction.texts import text_document


def workbook() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("任务分解")
    sheet.merge_range("A1:H1", "云岭州2026年乡村建设行动重点任务分解表")
    sheet.write("A2", "填报单位：州乡村振兴局")
    for column, name in zip(
        "ABCFGH", ("序号", "行动类别", "重点任务", "牵头单位", "配合单位", "完成时限"), strict=True
    ):
        sheet.merge_range(f"{column}3:{column}4", name)
    sheet.merge_range("D3:E3", "工作目标")
    sheet.write_row("D4", ["上半年", "全年"])
    sheet.merge_range("B5:B6", "道路畅通")
    sheet.merge_range("F5:F6", "州交通运输局")
    sheet.merge_range("G5:G6", "各县市人民政府")
    sheet.write("A5", 1)
    sheet.write_row("C5", ["新改建农村公路", "300公里", "600公里"])
    sheet.write("H5", "2026年10月底")
    sheet.write("A6", 2)
    sheet.write_row("C6", ["实施村道安防工程", "150公里", "350公里"])
    sheet.write("H6", "2026年11月")
    sheet.write_row(
        "A7", [3, "供水保障", "更新改造管网", "", "不少于400公里", "州水务局", "州财政局\n各县市人民政府", "年底前"]
    )
    sheet.merge_range("A8:H8", "注：县市任务另行下达。")
    book.close()
    return buffer.getvalue()


def test_a_workbook_of_tasks_is_a_plan() -> None:
    document = read(workbook(), name="分解.xlsx")
    (plan,) = extract(document).plans
    assert plan.title == "云岭州2026年乡村建设行动重点任务分解表"
    assert plan.context.year == 2026
    assert [(m.key, m.labels, m.title) for m in plan.measures] == [
        ("0001", ("",), "道路畅通"),
        ("0001.0001", ("", "1."), "新改建农村公路"),
        ("0001.0002", ("", "2."), "实施村道安防工程"),
        ("0002", ("",), "供水保障"),
        ("0002.0001", ("", "3."), "更新改造管网"),
    ]
    assert [(t.indicator, t.comparator.value, t.value, t.unit, t.year, t.measure) for t in plan.targets] == [
        ("新改建农村公路", "=", 600, "公里", 2026, "0001.0001"),
        ("实施村道安防工程", "=", 350, "公里", 2026, "0001.0002"),
        ("更新改造管网", ">=", 400, "公里", 2026, "0002.0001"),
    ]
    assert [(r.lead, r.supporting, r.measure) for r in plan.responsibilities] == [
        (("州交通运输局",), ("各县市人民政府",), "0001.0001"),
        (("州交通运输局",), ("各县市人民政府",), "0001.0002"),
        (("州水务局",), ("州财政局", "各县市人民政府"), "0002.0001"),
    ]
    assert [(d.date, d.measure) for d in plan.deadlines] == [
        (dt.date(2026, 10, 31), "0001.0001"),
        (dt.date(2026, 11, 30), "0001.0002"),
        (dt.date(2026, 12, 31), "0002.0001"),
    ]
    for found in (*plan.measures, *plan.targets, *plan.responsibilities, *plan.deadlines):
        printed = "".join(document.line(s.line).text[s.start : s.end] for s in found.spans)
        assert printed == found.text


LIST = """白石市2027年城市更新重点任务责任清单

序号\t工作任务\t责任单位\t完成时间
一、基础设施\t\t\t
1\t改造老旧小区32个，加装电梯不少于40部\t市住房城乡建设局、各街道办事处\t6月底前
2\t开展道路积水点整治\t市城市管理局\t每月25日前报送进度
二、公共服务\t\t\t
3\t新建口袋公园9个\t市林草局\t2027年9月
"""


def test_a_list_of_tasks_in_a_text_is_read_by_rows() -> None:
    (plan,) = extract(text_document(LIST)).plans
    assert [(m.key, m.title[:6]) for m in plan.measures] == [
        *(("0001", "一、基础设施"), ("0001.0001", "改造老旧小区"), ("0001.0002", "开展道路积水")),
        *(("0002", "二、公共服务"), ("0002.0001", "新建口袋公园")),
    ]
    assert [(t.value, t.unit) for t in plan.targets] == [(32, "个"), (40, "部"), (9, "个")]
    assert [r.responsible for r in plan.responsibilities] == [
        ("市住房城乡建设局", "各街道办事处"),
        ("市城市管理局",),
        ("市林草局",),
    ]
    assert [(d.date, d.day) for d in plan.deadlines] == [
        *((dt.date(2027, 6, 30), None), (None, 25), (dt.date(2027, 9, 30), None)),
    ]


def _quarters() -> PlanDraft:
    def merged(*texts: str) -> str:
        return "".join(cell(text, merge="restart") for text in texts)

    below = cell("", merge="continue")
    body = (
        p("云岭州2026年工业企业培育方案")
        + p("一、抓好培育，确保全年新增规模以上工业企业30户以上。（州工业和信息化局牵头）")
        + p("附件1")
        + p("规模以上工业企业培育目标分解表")
        + table(
            merged("县市", "2025年末数") + cell("2026年新增（累计）", 3) + merged("备注"),
            below * 2 + cell("一季度") + cell("上半年") + cell("全年") + below,
            cell("云岭市") + cell("86") + merged("3", "6", "12", "两家合计"),
            cell("云岭经开区") + cell("41") + below * 4,
            cell("清溪县") + cell("25") + cell("1") + cell("—") + cell("8") + cell(""),
            cell("合计") + cell("152") + cell("4") + cell("6") + cell("20") + cell(""),
        )
    )
    (plan,) = extract(read(word(body), name="方案.docx")).plans
    return plan


def test_merged_cells_of_two_units_stay_blank_in_the_second() -> None:
    (found,) = _quarters().tables
    assert found.table_kind == "unit-period"
    assert found.header == (
        *(
            "县市",
            "2025年末数",
            "2026年新增（累计）/一季度",
            "2026年新增（累计）/上半年",
            "2026年新增（累计）/全年",
            "备注",
        ),
    )
    assert found.rows == (
        ("云岭市", "86", "3", "6", "12", "两家合计"),
        ("云岭经开区", "41", "", "", "", ""),
        ("清溪县", "25", "1", "—", "8", ""),
        ("合计", "152", "4", "6", "20", ""),
    )


def test_a_plan_in_sentences_keeps_its_tables_as_tables() -> None:
    plan = _quarters()
    assert [m.labels for m in plan.measures] == [("一、",)]
    assert [r.lead for r in plan.responsibilities] == [("州工业和信息化局",)]
