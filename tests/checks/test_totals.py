"""Totals: rows, columns, sections, two tables, periods, sentences."""

from __future__ import annotations

import pytest

from luoshi.checks import Severity
from tests.checks.texts import checked, plan, table

HEADER = ("县市", "企业", "个体户", "合作社", "合计")
ROWS = [("云江市", 70, 190, 6, 266), ("青岭市", 22, 57, 3, 82), ("白溪县", 19, 60, 3, 82), ("红岩县", 27, 93, 3, 123)]


def _counties(*, total: tuple[object, ...] = ("合 计", 138, 400, 15, 553), rows=ROWS) -> str:  # type: ignore[no-untyped-def]
    return plan("附件", table("各县市培育任务分解表（户）", HEADER, *rows, total))


def test_right_totals_give_no_finding() -> None:
    assert checked(_counties()) == []


def test_a_wrong_column_total_is_found_at_its_cell_with_the_sum() -> None:
    (finding,) = checked(_counties(total=("合 计", 138, 400, 25, 553)), "total-column")
    assert finding.severity is Severity.ERROR
    assert finding.places[0].text == "25"
    assert "6 + 3 + 3 + 3 = 15" in finding.detail
    assert finding.readings == ("25", "15")


def test_the_row_of_a_wrong_column_total_is_not_told_again() -> None:
    assert checked(_counties(total=("合 计", 138, 400, 25, 553)), "total-row") == []


def test_a_wrong_row_total_is_found() -> None:
    rows = [*ROWS[:3], ("红岩县", 27, 93, 3, 125)]
    (finding,) = checked(_counties(rows=rows, total=("合 计", 138, 400, 15, 555)), "total-row")
    assert "红岩县" in finding.message
    assert finding.readings == ("125", "123")


def test_dashes_and_blanks_add_nothing() -> None:
    rows = [("州商务局", 70, "—", 6, 76), ("州水务局", "—", 57, "", 57), ("州林草局", 19, 60, 3, 82)]
    text = plan("附件", table("州级部门任务分解表", ("部门", *HEADER[1:]), *rows, ("合计", 89, 117, 9, 215)))
    assert checked(text) == []


def test_rates_are_never_added_up() -> None:
    rows = [("云江市", 10, "6.5"), ("青岭市", 12, "7.0"), ("白溪县", 8, "6.0"), ("合计", 30, "6.6")]
    assert checked(plan("附件", table("增长目标表", ("县市", "企业（户）", "增速（%）"), *rows))) == []


def test_subsets_are_no_parts() -> None:
    header = ("县市", "引进项目", "其中10亿元以上项目", "合计")
    rows = [("云江市", 4, 2, 4), ("青岭市", 8, 3, 8), ("白溪县", 2, 1, 2)]
    assert checked(plan("附件", table("引进项目目标表", header, *rows, ("合计", 14, 6, 14)))) == []


def test_rounded_amounts_may_lie_half_a_digit_apart() -> None:
    rows = [("云江市", "10.4"), ("青岭市", "12.4"), ("白溪县", "8.4")]
    text = table("投资目标表", ("县市", "投资（亿元）"), *rows, ("合计", "31.3"))
    assert checked(plan("附件", text)) == []
    assert len(checked(plan("附件", text.replace("31.3", "33.2")), "total-column")) == 1


def test_a_whole_in_the_first_row_is_compared_only_where_another_column_adds_up() -> None:
    rows = [("全州", 30, 33), ("云江市", 10, 10), ("青岭市", 12, 12), ("白溪县", 8, 10)]
    header = ("县市", "企业（户）", "项目（个）")
    (finding,) = checked(plan("附件", table("目标表", header, *rows)), "total-column")
    assert finding.readings == ("33", "32")
    other = [("全州", 90, 61), *rows[1:]]
    assert checked(plan("附件", table("目标表", header, *other))) == []


def test_subtotals_of_groups_are_compared_with_their_own_rows() -> None:
    rows = [("云江市", 10), ("青岭市", 12), ("小计", 22), ("州商务局", 5), ("州水务局", 6), ("小计", 12), ("合计", 33)]
    (finding,) = checked(plan("附件", table("任务表", ("单位名称", "任务数（户）"), *rows)), "total-column")
    assert finding.readings == ("12", "11")


def test_totals_of_two_tables_that_mostly_agree() -> None:
    first = _counties()
    header = ("责任部门", *HEADER[1:])
    rows = [("州商务局", 100, 300, 10, 410), ("州农业农村局", 38, 100, 6, 144)]
    second = table("州级部门培育任务分解表（户）", header, *rows, ("合计", 138, 400, 16, 553))
    (finding,) = checked(first + "\n\n" + second, "total-across")
    assert finding.readings == ("15", "16")
    assert checked(first + "\n\n" + second.replace("\t16\t", "\t15\t"), "total-across") == []


def test_the_year_that_the_last_period_should_reach() -> None:
    header = ("县市", "全年任务（户）", "一季度", "二季度", "三季度", "四季度")
    rows = [
        (f"{name}县", n, n // 5, n // 2, n * 4 // 5, n)
        for name, n in zip("甲乙丙丁戊", (50, 60, 70, 80, 90), strict=True)
    ]
    assert checked(plan("附件", table("时序进度表", header, *rows))) == []
    rows[2] = ("丙县", 70, 14, 35, 56, 75)
    (finding,) = checked(plan("附件", table("时序进度表", header, *rows)), "period-end")
    assert finding.readings == ("70", "75")


def test_a_cumulative_number_that_falls() -> None:
    header = ("县市", "1—3月", "1—6月", "1—9月", "1—12月")
    rows = [(f"{name}县", n, 2 * n, 3 * n, 4 * n) for name, n in zip("甲乙丙丁戊", range(11, 16), strict=True)]
    rows[3] = ("丁县", 14, 28, 27, 56)
    quarters = ("县市", "一季度", "二季度", "三季度", "四季度")
    assert checked(plan("附件", table("季度任务表", quarters, *rows))) == []
    (finding,) = checked(plan("附件", table("月度任务表", header, *rows)), "period-falls")
    assert [place.text for place in finding.places] == ["28", "27"]


def test_sections_are_compared_where_one_period_adds_up() -> None:
    header = ("", "", "一季度", "二季度", "三季度", "四季度")
    rows = [
        ("2026年安排", "总量（万元）", 100, 210, 300, 400),
        ("", "进度%", 25, 52.5, 75, 100),
        ("分部门", "", "", "", "", ""),
        ("税务部门", "总量（万元）", 60, 120, 180, 240),
        ("财政部门", "", 44, 90, 120, 160),
    ]
    (finding,) = checked(plan("附件", table("收入分季度表", header, *rows)), "total-section")
    assert finding.readings == ("100", "104")


@pytest.mark.parametrize(("agriculture", "found"), [(46, 0), (44, 1), (20, 0)])
def test_parts_in_a_sentence_that_nearly_make_the_total(agriculture: int, found: int) -> None:
    text = f"1.扩大投资。全年完成产业投资262亿元，其中工业投资180亿元、农业投资{agriculture}亿元、文旅投资36亿元。"
    assert len(checked(plan("一、重点任务", text), "total-text")) == found
