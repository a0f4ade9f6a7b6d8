"""When something is due: dates, phases, cadences, days after an event."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings

from luoshi.extraction.deadlines import find_deadlines
from luoshi.extraction.model import Context, DeadlineDraft
from tests.extraction.phrases import PLAN, broken, check_provenance, para, phrase_texts


def deadlines(text: str, context: Context = PLAN) -> list[DeadlineDraft]:
    """The deadlines of a text, their provenance checked."""
    found = find_deadlines(para(text), context)
    check_provenance(para(text), found)
    return found


@pytest.mark.parametrize(
    ("text", "printed", "date"),
    [
        ("6月底前完成。", "6月底前", "2026-06-30"),
        ("2月底前完成。", "2月底前", "2026-02-28"),
        ("2028年2月底以前完成。", "2028年2月底以前", "2028-02-29"),
        ("于3月15日前分解任务。", "于3月15日前", "2026-03-15"),
        ("2026 年 11 月 30 日前报送。", "2026 年 11 月 30 日前", "2026-11-30"),
        ("于2月上旬前下达。", "于2月上旬前", "2026-02-10"),
        ("8月中旬完成。", "8月中旬", "2026-08-20"),
        ("9月下旬前完成。", "9月下旬前", "2026-09-30"),
        ("6月末完成。", "6月末", "2026-06-30"),
        ("年内新增企业20户。", "年内", "2026-12-31"),
        ("年底前完成。", "年底前", "2026-12-31"),
        ("年度内办结。", "年度内", "2026-12-31"),
        ("2027年度内办结。", "2027年度内", "2027-12-31"),
        ("9月下达下半年计划。", "9月", "2026-09-30"),
        ("于10月份召开现场会。", "于10月份", "2026-10-31"),
        ("2027年末达到5万户。", "2027年末", "2027-12-31"),
        ("到2028年，覆盖率达95%。", "到2028年", "2028-12-31"),
        ("到“十五五”末，覆盖率达95%。", "“十五五”末", "2030-12-31"),
        ("（一）制定阶段（2026年1月至2月）。", "2026年1月至2月", "2026-02-28"),
        ("（三）考核阶段(2026年12月—2027年1月)。", "2026年12月—2027年1月", "2027-01-31"),
        ("（三）评估阶段（2027年1月）。", "2027年1月", "2027-01-31"),
        ("第一阶段（2026—2027年）。", "2026—2027年", "2027-12-31"),
        ("次年1月底前完成。", "次年1月底前", "2027-01-31"),
        ("（二）实施阶段（2026年3—11月）。", "2026年3—11月", "2026-11-30"),
        ("2027—2028年为全面建设阶段。", "2027—2028年", "2028-12-31"),
        ("2028年总结评估。", "2028年", "2028-12-31"),
        ("三季度末完成主体工程。", "三季度末", "2026-09-30"),
        ("2027年上半年前开通。", "2027年上半年前", "2027-06-30"),
        ("2027年下半年开展中期评估。", "2027年下半年", "2027-12-31"),
        ("完成时限：2027年9月", "2027年9月", "2027-09-30"),
        ("到规划期末，覆盖所有乡镇。", "到规划期末", "2028-12-31"),
    ],
)
def test_a_date_is_the_last_day_meant(text: str, printed: str, date: str) -> None:
    [found] = deadlines(text)
    assert (found.deadline.value, found.text, found.date) == ("date", printed, dt.date.fromisoformat(date))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("每周报送进度。", "weekly"),
        ("每旬调度一次。", "ten-daily"),
        ("每半月报送一次进展。", "half-monthly"),
        ("每半个月向专班报告。", "half-monthly"),
        ("实行半月一调度。", "half-monthly"),
        ("按月通报进展。", "monthly"),
        ("每月向办公室报送。", "monthly"),
        ("一月一调度。", "monthly"),
        ("逐月考核。", "monthly"),
        ("按季分析研判。", "quarterly"),
        ("于每季度末报送。", "quarterly"),
        ("每半年盘点工作。", "half-yearly"),
        ("每年开展专项督查。", "yearly"),
        ("从2026年开始，每年评选。", "yearly"),
        ("实行年终考核。", "yearly"),
        ("一、三季度集中评述，二、四季度现场观摩。", "quarterly"),
        ("每年11月底前编制下年度计划。", "yearly"),
        ("每年3月、9月底前报送。", "yearly"),
        ("半年开展一次评估。", "half-yearly"),
        ("实行季评估。", "quarterly"),
        ("组织开展年度检查。", "yearly"),
        ("年度内每月召开一次例会。", "monthly"),
    ],
)
def test_a_cadence_with_a_duty_is_one(text: str, rule: str) -> None:
    [found] = deadlines(text)
    assert found.deadline.value == rule
    assert found.date is None


def test_a_day_of_the_month_is_kept() -> None:
    [found] = deadlines("每月 25 日前召开调度会。")
    assert (found.deadline.value, found.day, found.text) == ("monthly", 25, "每月 25 日前")


def test_the_day_of_the_month_after_counts_as_monthly() -> None:
    [found] = deadlines("办公室次月5日前汇总通报。")
    assert (found.deadline.value, found.day, found.text) == ("monthly", 5, "次月5日前")


def test_two_months_of_one_year_are_two_dates() -> None:
    found = deadlines("2027年6月和11月各开展一次督查。")
    assert [item.date for item in found] == [dt.date(2027, 6, 30), dt.date(2027, 11, 30)]


def test_every_month_of_a_list_before_an_act_is_a_date() -> None:
    found = deadlines("年度内1月、4月和10月份召开分析会，3月下达4月、5月任务。")
    assert [(item.text, item.date and item.date.month) for item in found] == [
        *(("1月", 1), ("4月", 4), ("10月份", 10), ("3月", 3))
    ]


@pytest.mark.parametrize(
    ("text", "days", "working"),
    [
        ("收到文件后5个工作日内下达。", 5, True),
        ("批准后30日内备案。", 30, False),
        ("印发之日起十五日内报送。", 15, False),
    ],
)
def test_days_after_an_event_are_counted(text: str, days: int, working: bool) -> None:
    [found] = deadlines(text)
    assert (found.deadline.value, found.days, found.working) == ("days-after", days, working)


def test_chains_give_one_deadline_a_period() -> None:
    found = deadlines("推进“周报告—旬督查—月调度—季开工”时序链。")
    assert [item.deadline.value for item in found] == ["weekly", "ten-daily", "monthly", "quarterly"]


def test_a_yearly_assessment_counts_at_the_end_of_a_chain() -> None:
    found = deadlines("实行“半月调度、季度通报、年度考核”。")
    assert [item.deadline.value for item in found] == ["half-monthly", "quarterly", "yearly"]


def test_a_chain_is_not_counted_again_where_the_paragraph_spells_it_out() -> None:
    found = deadlines("实行“周、月、季”报制度，每周、每月报送。")
    assert sorted(item.deadline.value for item in found) == ["monthly", "quarterly", "weekly"]


@pytest.mark.parametrize(
    "text",
    [
        "全年完成投资80亿元。",
        "一季度实现开门红。",
        "“十五五”期间持续推进。",
        "定期总结，经常调研，及时报送。",
        "开工前办理手续。",
        "截至2025年底，建成10个。",
        "较2025年底增加5户。",
        "2025年底前已完成。",
        "3年内免租，贷款期限不超过2年。",
        "云岭州2026年2月10日印发。",
        "自2026年5月1日起施行。",
        "1—3月投资增长。",
        "2月30日前完成。",
        "每年给予2万元补助。",
        "每年汛期降雨较多。",
        "云岭州规划（2026—2030年）印发。",
        "审批时间不超过5日。",
        "对同一企业的检查每年不超过2次。",
        "按月下达的收入计划。",
        "纳入年度考核。",
        "在2个月内答复，48小时内处置。",
        "前三季度投资增长。",
        "2026年5月召开的会议提出。",
        "1月召开了动员会。",
        "3—5月组织春耕。",
        "9月任务已分解。",
        "6月、9月保持增幅。",
        "对照年度检查结果整改。",
    ],
)
def test_what_sets_no_term_is_no_deadline(text: str) -> None:
    assert [(item.text, item.deadline) for item in deadlines(text)] == []


def test_a_later_month_takes_the_year_of_its_sentence() -> None:
    found = deadlines("2027年6月底前编制，9月底前批准。10月底前总结。")
    assert [item.date for item in found] == [dt.date(2027, 6, 30), dt.date(2027, 9, 30), dt.date(2026, 10, 31)]


def test_without_any_year_the_date_is_open_and_unsure() -> None:
    [found] = deadlines("6月底前完成。", Context())
    assert found.date is None
    assert found.certainty < 0.5
    assert "年份不详" in found.reason


def test_the_date_of_issue_gives_the_year_where_the_plan_has_none() -> None:
    [found] = deadlines("6月底前完成。", Context(issued_on=dt.date(2026, 3, 1)))
    assert found.date == dt.date(2026, 6, 30)


def test_a_phrase_that_a_line_end_broke_is_pointed_at_where_its_period_stands() -> None:
    paragraph = broken("领导班子成员每", "月深入一线，6月", "底前完成。", first=2, step=2)
    found = find_deadlines(paragraph, PLAN)
    check_provenance(paragraph, found)
    assert [(item.line, item.text) for item in found] == [(4, "月"), (4, "6月底前")]


def test_rows_of_tables_are_left_to_the_tables() -> None:
    assert find_deadlines(replace(para("6月底前完成。"), style="row"), PLAN) == []


@settings(max_examples=300)
@given(phrase_texts)
def test_any_text_gives_deadlines_that_lead_back_to_it(text: str) -> None:
    for item in deadlines(text):
        assert (item.date is not None) <= (item.deadline.value == "date")
        assert item.day is None or 1 <= item.day <= 31
        assert item.days is None or item.days > 0
