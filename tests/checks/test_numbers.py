"""Shares, growth, and two values for one thing."""

from __future__ import annotations

import pytest

from tests.checks.texts import checked, plan, table

QUARTERS = ("", "", "一季度", "二季度", "三季度", "四季度")


def _progress(*shares: object) -> str:
    rows = [("全州", "总量（万元）", 2000, 4000, 6000, 8000), ("", "进度%", *shares)]
    return plan("附件", table("收入分季度表", QUARTERS, *rows, ("云江市", "进度%", *shares)))


def test_shares_that_follow_from_the_amounts() -> None:
    assert checked(_progress(25, 50, 75, 100)) == []


def test_a_share_that_does_not_follow_from_the_base_of_the_others() -> None:
    (finding,) = checked(_progress(25, 50, 79, 100), "share-amount")
    assert finding.readings == ("79%", "75.0%")


def test_a_year_that_ends_above_its_base() -> None:
    (finding,) = checked(_progress(25.6, 51.3, 76.9, 102.6), "share-base")
    assert "102.6%" in finding.message


def test_shares_of_another_table() -> None:
    whole = table("支出分季度表", QUARTERS, ("全州", "总量（万元）", 1000, 2000, 3000, 4000))
    part = table(
        "民生支出表",
        QUARTERS,
        ("全州", "总量（万元）", 800, 1600, 2400, 3200),
        ("", "占比%", "80.0", "80.0", "82.5", "80.0"),
    )
    (finding,) = checked(plan("附件", whole, part), "share-amount")
    assert finding.readings == ("82.5%", "80.0%")


@pytest.mark.parametrize(("rate", "found"), [("100%", 0), ("98%以上", 0), ("100%以上", 1), ("120%", 1)])
def test_rates_of_coverage_end_at_a_hundred(rate: str, found: int) -> None:
    text = plan("一、重点任务", f"1.环境整治。农村生活垃圾处理设施覆盖率达到{rate}，群众满意度稳步提高。")
    assert len(checked(text, "rate-over-100")) == found


@pytest.mark.parametrize(("by", "found"), [("2.4", 0), ("2.7", 1)])
def test_points_between_two_rates(by: str, found: int) -> None:
    text = plan("一、发展基础", f"全州制造业产品质量合格率由91.2%提高到93.6%，提高{by}个百分点，成效明显。")
    assert len(checked(text, "growth-level")) == found


@pytest.mark.parametrize(("by", "found"), [("14.87", 0), ("18.5", 1)])
def test_yearly_growth_between_two_amounts(by: str, found: int) -> None:
    text = plan("一、发展基础", f"农村居民收入由2020年的10000元上升到2025年的20000元，年均增长{by}%。")
    assert len(checked(text, "growth-level")) == found


@pytest.mark.parametrize(("rate", "found"), [("10%", 0), ("12.5%", 1)])
def test_growth_increase_and_stock(rate: str, found: int) -> None:
    text = f"按{rate}的净增长率安排，全年净增经营主体1.5万户，年末经营主体总量达16.5万户以上。"
    assert len(checked(plan("一、目标任务", text), "growth-level")) == found


def test_a_rate_of_completion() -> None:
    text = "1.安置计划20.93万人，实际完成33.38万人，完成率{}；2.8个县安排整治，实际完成8个，完成率100%。"
    assert len(checked(plan("一、发展基础", text.format("159.6%")), "share-amount")) == 1
    assert checked(plan("一、发展基础", text.format("159.5%")), "share-amount") == []


def _indicators(base: str, target: str, label: str = "九年义务教育巩固率") -> str:
    rows = [("1", label, "%", base, target), ("2", "森林覆盖率", "%", "60", "61"), ("3", "公园个数", "个", "8", "6")]
    header = ("序号", "指标", "单位", "2025年", "2030年")
    return table("主要指标表", header, *rows)


def test_a_target_below_its_base() -> None:
    (finding,) = checked(plan("附件", _indicators("98.88", "98")), "below-base")
    assert finding.readings == ("98.88", "98")
    assert checked(plan("附件", _indicators("95", "98")), "below-base") == []
    assert checked(plan("附件", _indicators("5.5", "4.5", "城镇登记失业率")), "below-base") == []


def test_a_target_below_what_was_reached() -> None:
    past, future = "全州农村集中供水率达98%，位居全省前列。", "到2030年农村集中供水率达{}以上，供水保障更加有力。"
    for value, found in (("90%", 1), ("99%", 0)):
        text = plan("一、发展基础", past, "二、重点任务", future.format(value))
        assert len(checked(text, "below-base")) == found


def test_yearly_growth_against_base_and_target_of_a_table() -> None:
    rows = [("1", "脱贫人口收入", "元", "10000", "20000"), ("2", "森林覆盖率", "%", "60", "61")]
    annex = table("主要指标表", ("序号", "指标", "单位", "2025年", "2030年"), *rows)
    text = "到2030年，脱贫户家庭人均纯收入年均增长率达{}以上。"
    assert len(checked(plan("一、总体目标", text.format("19.2%"), "附件", annex), "growth-level")) == 1
    assert checked(plan("一、总体目标", text.format("14.9%"), "附件", annex), "growth-level") == []


def test_kept_values_that_are_not_reached_yet() -> None:
    text = "到2030年，九年义务教育巩固率保持在98%以上。"
    assert len(checked(plan("一、重点任务", text, "附件", _indicators("97.5", "98")), "keep-above-base")) == 1
    assert checked(plan("一、重点任务", text, "附件", _indicators("98", "98")), "keep-above-base") == []


def test_a_rate_that_is_named_after_keeping_is_not_kept() -> None:
    annex = table("主要指标表", ("序号", "指标", "单位", "2025年", "2030年"), ("1", "水土保持率", "%", "74.8", "76.5"))
    assert checked(plan("一、任务", "到2030年，水土保持率达到76.5%。", "附件", annex), "keep-above-base") == []
    kept = plan("一、任务", "到2030年，水土保持率保持在76.5%以上。", "附件", annex)
    assert len(checked(kept, "keep-above-base")) == 1


TASKS = table(
    "部门任务分解表",
    ("责任部门", "指标", "计量单位", "目标值"),
    ("州农业农村局", "新建和改造提升高标准农田", "万亩", 20),
    ("州林草局", "营造林", "万亩", 30),
    ("州水务局", "新增农田有效灌溉面积", "万亩", 5),
)


@pytest.mark.parametrize(("area", "found"), [("20万亩", 0), ("200000亩", 0), ("18万亩", 1)])
def test_text_against_a_row_of_a_table(area: str, found: int) -> None:
    text = plan("一、重点任务", f"1.守牢底线。全年新建和改造提升高标准农田{area}，按期完成验收。", "附件", TASKS)
    findings = checked(text, "text-table")
    assert len(findings) == found
    if findings:
        assert [place.text for place in findings[0].places][1] == "20"


def test_text_against_a_total() -> None:
    rows = [("云江市", 8, 140), ("青岭市", 7, 96), ("白溪县", 3, 38), ("合计", 18, 274)]
    annex = table("主要指标分解表", ("县市", "新增规模以上工业企业（户）", "固定资产投资（亿元）"), *rows)
    for count, found in ((18, 0), (20, 1)):
        text = plan("一、重点任务", f"1.培育企业。全年新增规模以上工业企业{count}户，推动工业提质。", "附件", annex)
        assert len(checked(text, "text-table")) == found


def test_what_each_of_several_must_reach_is_not_the_total() -> None:
    rows = [("甲招商组", 4), ("乙招商组", 2), ("丙招商组", 3), ("合计", 9)]
    annex = table("招商组任务表", ("招商组", "引进5亿元以上项目（个）"), *rows)
    text = "1.组建招商组。各招商组每季度外出招商，全年引进5亿元以上项目不少于2个。"
    assert checked(plan("一、重点任务", text, "附件", annex), "text-table") == []


def test_a_reached_rate_against_its_row() -> None:
    for value, found in (("60%", 0), ("66.5%", 1)):
        text = plan("一、发展基础", f"全州森林覆盖率达{value}，生态环境持续向好。", "附件", _indicators("97", "98"))
        assert len(checked(text, "text-table")) == found


FIRST = "1.壮大主体。新增高新技术企业{}户以上，完善培育库。（牵头单位：州科技局；责任单位：州财政局）"
SECOND = "1.强化创新。新增高新技术企业{}户以上，建设创新平台。（牵头单位：州科技局；责任单位：州财政局）"


@pytest.mark.parametrize(("first", "second", "found"), [(10, 10, 0), (10, 12, 1)])
def test_one_indicator_with_two_values(first: int, second: int, found: int) -> None:
    text = plan("一、培育主体", FIRST.format(first), "二、科技支撑", SECOND.format(second))
    findings = checked(text, "two-values")
    assert len(findings) == found
    if findings:
        assert findings[0].places[0].line < findings[0].places[1].line


def test_tiers_years_and_places_are_no_second_value() -> None:
    tiers = "1.收入目标。一般公共预算收入人代会目标为80亿元，政府工作目标为82亿元，奋斗目标为85亿元。"
    places = "1.云江市10个贫困村出列，青岭市12个贫困村出列，白溪县8个贫困村出列。"
    years = "1.农村自来水普及率到2026年达68%以上，到2030年达88%以上。"
    assert checked(plan("一、目标", tiers, "二、任务", places, "三、供水", years), "two-values") == []


def test_one_figure_in_two_units() -> None:
    rows = (
        ("指标", "单位", "2025年", "2026年"),
        ("生态管护岗位补助", "万元", "4310", "4370"),
        ("新建水窖", "口", "310", "420"),
        ("新建泵站", "座", "31", "42"),
    )
    annex = table("云岭州2026年主要指标", *rows)
    text = plan("一、任务", "保持生态管护岗位4370人以上，新建水窖420口。", annex)
    (finding,) = checked(text, "unit-differs")
    assert "4,370人" in finding.detail
    assert "4,370万元" in finding.detail
    assert checked(text.replace("4370人", "4371人"), "unit-differs") == []
    assert checked(text.replace("万元", "人"), "unit-differs") == []


def test_two_values_are_shown_with_their_signs() -> None:
    text = plan(
        "一、任务", "（一）做强企业。培育链主企业3户以上。", "（二）建设园区。", "（三）招引企业。培育链主企业2户。"
    )
    (finding,) = checked(text, "two-values")
    assert finding.detail.startswith("≥3户")


def test_a_name_that_a_line_end_broke_is_quoted_whole() -> None:
    text = plan(
        "一、任务", "（一）做强企业。扩大规模，培育链主企业3户以上。", "（二）建设园区。",
        "（三）招引企业。坚持招大引强、延链补链，围绕重点产业链开展精准招商，推动培育链", "主企业2户。",
    )  # fmt: skip
    (finding,) = checked(text, "two-values")
    assert finding.places[1].text.endswith("培育链主企业2户")
    assert len(finding.places[1].spans) == 2
