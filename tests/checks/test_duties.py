"""Responsibilities, names of units, dates, annexes, contacts and limits."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from luoshi.checks import KINDS, Family, Options
from luoshi.units import UnitDirectory
from tests.checks.texts import checked, plan, table

TAIL = "（牵头单位：{}；责任单位：{}）"


@pytest.fixture(scope="module")
def directory(project: Path) -> UnitDirectory:
    return UnitDirectory.from_csv(project / "samples/units.csv", project / "samples/unit-names.csv")


def _measure(number: int, target: str, tail: str) -> str:
    return f"{number}.第{number}项工作。{target}，确保取得实效。{tail}"


CLAUSES = [
    _measure(n, f"新建示范点{n + 2}个", TAIL.format(unit, "州财政局"))
    for n, unit in enumerate(("州商务局", "州水务局", "州林草局", "州科技局", "州民政局", "州医保局"), 1)
]


def test_a_unit_in_both_roles() -> None:
    text = _measure(1, "新建示范点3个", TAIL.format("州商务局", "州财政局、州商务局"))
    (finding,) = checked(plan("一、任务", text), "lead-and-support")
    assert "州商务局" in finding.message
    assert checked(plan("一、任务", *CLAUSES), "lead-and-support") == []


def test_a_task_whose_units_differ_by_one_between_text_and_table() -> None:
    units = ("州商务局", "州水务局", "州林草局", "州科技局", "州民政局")
    tail = "（牵头单位：{}；责任单位：州财政局、州审计局，10县市人民政府）"
    text = [f"{n}.第{n}项重点工程。抓好实施。{tail.format(unit)}" for n, unit in enumerate(units, 1)]
    rows = [
        (n, f"第{n}项重点工程", f"{unit}牵头，州财政局、州审计局、10县市人民政府") for n, unit in enumerate(units, 1)
    ]
    same = table("重点工程任务分工表", ("序号", "重点任务", "责任单位"), *rows)
    assert checked(plan("一、任务", *text, "附件", same), "duty-differs") == []
    rows[3] = (4, "第4项重点工程", "州科技局牵头，州财政局、州审计局、10县人民政府")
    other = table("重点工程任务分工表", ("序号", "重点任务", "责任单位"), *rows)
    (finding,) = checked(plan("一、任务", *text, "附件", other), "duty-differs")
    assert finding.readings == ("正文：10县市人民政府", "附表：10县人民政府")
    assert finding.places[0].text == tail.format("州科技局")


def test_a_table_that_shares_work_out_anew_is_not_compared() -> None:
    units = ("州商务局", "州水务局", "州林草局", "州科技局", "州民政局")
    text = [
        f"{n}.第{n}项重点工程。抓好实施。（牵头单位：{unit}；责任单位：州财政局、州审计局）"
        for n, unit in enumerate(units, 1)
    ]
    rows = [(n, f"第{n}项重点工程", f"{unit}、州财政局") for n, unit in enumerate(units, 1)]
    sheet = table("重点工程任务分工表", ("序号", "重点任务", "责任单位"), *rows)
    assert checked(plan("一、任务", *text, "附件", sheet), "duty-differs") == []


def test_a_measure_with_targets_but_without_anyone() -> None:
    text = plan("一、任务", *CLAUSES, _measure(7, "新建交易市场4个", ""))
    (finding,) = checked(text, "no-responsible")
    assert finding.places[0].text.endswith("4个")
    assert checked(plan("一、任务", *CLAUSES), "no-responsible") == []


def test_aims_and_the_running_of_the_plan_need_no_clause() -> None:
    text = plan("一、主要目标", "全年新建交易市场4个，全面完成任务。", "二、任务", *CLAUSES,
                "三、组织保障", "各级领导班子成员每人联系企业2户以上，推动落实。")  # fmt: skip
    assert checked(text, "no-responsible") == []


def test_a_clause_in_a_paragraph_of_its_own() -> None:
    text = plan("一、任务", *CLAUSES, _measure(7, "新建交易市场4个", ""), TAIL.format("州商务局", "州财政局"))
    assert checked(text, "no-responsible") == []


def test_a_plan_that_names_few_is_not_judged() -> None:
    assert checked(plan("一、任务", CLAUSES[0], _measure(2, "新建市场4个", "")), "no-responsible") == []


def test_a_first_row_without_an_owner() -> None:
    rows = [("指标甲增速", 10, ""), ("指标乙增速", 12, "州商务局"), ("指标丙增速", 9, ""),
            ("指标丁增速", 8, "州水务局"), ("指标戊增速", 7, "州林草局")]  # fmt: skip
    annex = table("指标任务分解表", ("指标", "目标", "责任单位"), *rows)
    (finding,) = checked(plan("附件", annex), "no-responsible")
    assert "指标甲增速" in finding.message


def test_units_of_a_table_that_no_sentence_names() -> None:
    rows = [("州商务局", 30), ("州水务局", 20), ("州林草局", 10), ("州科技局", 8), ("州体育局", 5)]
    annex = table("州级部门任务分解表", ("责任部门", "任务数（户）"), *rows)
    (finding,) = checked(plan("一、任务", *CLAUSES, "附件", annex), "table-only-unit")
    assert finding.data["unit"] == "州体育局"


def _carried(addressees: str, tail: str) -> str:
    head = ["云岭州人民政府办公室关于印发云岭州2026年产业提升行动方案的通知", addressees,
            "现将方案印发给你们，请结合实际认真组织实施，确保各项任务落到实处。", "2026年3月20日"]  # fmt: skip
    return "\n\n".join(head) + "\n\n" + plan("一、任务", _measure(1, "新建示范点3个", tail))


@pytest.mark.parametrize(
    ("addressees", "found"),
    [("各县市人民政府，州直有关部门：", 1), ("各县市人民政府，云岭高新区管委会，州直有关部门：", 0)],
)
def test_a_duty_of_a_unit_that_was_not_addressed(addressees: str, found: int) -> None:
    text = _carried(addressees, "（责任单位：州商务局，各县市人民政府、云岭高新区管委会）")
    assert len(checked(text, "not-addressed")) == found


def test_doubled_syllables_need_no_directory() -> None:
    text = _measure(1, "新建示范点3个", "（责任单位：州商务局，10县市市人民政府）")
    (finding,) = checked(plan("一、任务", text), "unit-misprint")
    assert finding.readings == ("县市市人民政府", "县市人民政府")
    assert checked(plan("一、任务", "云江市市场监管局和各县市人民政府要抓好落实。"), "unit-misprint") == []


def test_names_at_the_date_of_the_plan(directory: UnitDirectory) -> None:
    text = plan("一、任务", _measure(1, "新建示范点3个", TAIL.format("州大数据中心", "州财政局、州产投集团")))
    findings = checked(text, directory=directory, date=dt.date(2026, 3, 1))
    assert [finding.kind for finding in findings] == ["unit-outdated", "unit-unknown"]
    assert "云岭州数据局" in findings[0].detail
    earlier = checked(text, "unit-outdated", directory=directory, date=dt.date(2023, 3, 1))
    assert earlier == []


def test_known_names_and_groups_give_no_finding(directory: UnitDirectory) -> None:
    text = plan("一、任务", *CLAUSES, _measure(7, "新建市场2个", "（责任单位：州级有关部门，各县市人民政府）"))
    assert [f for f in checked(text, directory=directory) if f.kind.startswith("unit-")] == []


@pytest.mark.parametrize(("phrase", "found"), [("2月底前", 1), ("6月底前", 0), ("每年2月底前", 0)])
def test_deadlines_before_the_signature(phrase: str, found: int) -> None:
    text = _carried("各县市人民政府，州直各部门：", "") + f"\n\n2.分解任务。{phrase}将任务分解到县市，报州发展改革委。"
    findings = checked(text, "deadline-passed")
    assert len(findings) == found
    if findings:
        assert "2026年3月20日" in findings[0].detail


def test_without_any_date_no_deadline_is_judged() -> None:
    text = plan("一、任务", "1.分解任务。2月底前将任务分解到县市，报州发展改革委。")
    assert checked(text, "deadline-passed") == []
    assert len(checked(text, "deadline-passed", date=dt.date(2026, 3, 1))) == 1


@pytest.mark.parametrize(("first", "found"), [(2026, 0), (2025, 1)])
def test_phases_before_the_period(first: int, found: int) -> None:
    text = plan("一、总体要求", "规划期限为2026—2030年，远期展望到2035年。", "二、实施步骤",
                f"——{first}—2027年，打好基础。完成平台建设，形成工作机制。")  # fmt: skip
    assert len(checked(text, "outside-period")) == found


ANNEXES = "附件：1.目标任务分解表\n2.产业招商组任务表"


def _phased(*ends: str) -> str:
    labels = ("（一）编制阶段", "（二）实施阶段", "（三）总结阶段")
    parts = [f"{label}（2026年{end}底前）。做好有关工作。" for label, end in zip(labels, ends, strict=True)]
    return plan("一、实施步骤", *parts)


def test_phases_whose_terms_run_backwards() -> None:
    (finding,) = checked(_phased("6月", "4月", "9月"), "phase-order")
    assert [place.text for place in finding.places] == ["2026年6月底前", "2026年4月底前"]
    assert "2026年6月30日" in finding.detail
    assert checked(_phased("4月", "6月", "9月"), "phase-order") == []
    assert checked(_phased("6月", "6月", "9月"), "phase-order") == []


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("五年内培训骨干教师120人以上。", 1),
        ("5年培训骨干教师120人以上。", 1),
        ("三年内培训骨干教师120人以上。", 0),
        ("提供五年期贷款，培训骨干教师120人以上。", 0),
        ("2025年培训骨干教师120人以上。", 0),
        ("安排从业五年以上的骨干教师120人以上。", 0),
    ],
)
def test_targets_for_more_years_than_the_plan_has(sentence: str, found: int) -> None:
    text = plan("一、任务", sentence, title="云岭州科普提升行动方案（2023—2025年）")
    assert len(checked(text, "period-longer")) == found
    assert checked(plan("一、任务", sentence), "period-longer") == []


SAME_WORK = "对信用良好的种植大户，免抵押、免担保、当日放款"


def test_one_piece_of_work_under_two_leads() -> None:
    first = f"1.支持农户。{SAME_WORK}，扩大覆盖面。{TAIL.format('州农业农村局', '州财政局')}"
    second = f"2.做强金融。开展走访，{SAME_WORK}。{TAIL.format('州金融办', '州财政局')}"
    (finding,) = checked(plan("一、任务", first, second), "other-lead")
    assert finding.readings == ("州农业农村局", "州金融办")
    assert finding.places[0].text == finding.places[1].text
    same = second.replace("州金融办", "州农业农村局")
    assert checked(plan("一、任务", first, same), "other-lead") == []
    # a phrase that stands in three measures is a phrase of the house
    third = second.replace("2.", "3.").replace("州金融办", "州水务局")
    assert checked(plan("一、任务", first, second, third), "other-lead") == []


def test_a_clause_that_two_measures_share_is_no_work() -> None:
    units = "州财政局、州水务局、州林草局、州医保局、州民政局，各县市人民政府"
    first = f"1.建设水网。新建水库3座。{TAIL.format('州农业农村局', units)}"
    second = f"2.保护森林。新建林场4个。{TAIL.format('州科技局', units)}"
    assert checked(plan("一、任务", first, second), "other-lead") == []


def _with_annexes(*titles: str) -> str:
    body = plan("一、任务", "1.扎实做好各项工作，确保取得实效。") + "\n\n" + ANNEXES
    for n, title in enumerate(titles, 1):
        body += f"\n\n附件{n}\n\n" + table(title, ("县市", "企业（户）"), ("云江市", 3), ("青岭市", 4))
    return body


def test_annexes_that_are_there() -> None:
    assert [f for f in checked(_with_annexes("目标任务分解表", "产业招商组任务表")) if f.kind.startswith("annex")] == []


def test_an_annex_that_is_not_there() -> None:
    (finding,) = checked(_with_annexes("目标任务分解表"), "annex-missing")
    assert "产业招商组任务表" in finding.message


def test_an_annex_under_another_title() -> None:
    (finding,) = checked(_with_annexes("目标任务分解表", "产业招商组工作任务表"), "annex-title")
    assert finding.readings == ("产业招商组任务表", "产业招商组工作任务表")


def test_an_annex_that_the_text_calls_otherwise() -> None:
    text = plan("一、任务", "各单位按照《重点产业招商项目推进情况表》要求填报。").rstrip()
    announced = f"{text}\n\n附件：1.重点产业招商项目推进情况月报表\n\n附件1\n\n重点产业招商项目推进情况月报表\n"
    (finding,) = checked(announced, "annex-title")
    assert finding.readings == ("重点产业招商项目推进情况表", "重点产业招商项目推进情况月报表")
    assert checked(announced.replace("情况表》", "情况月报表》"), "annex-title") == []
    assert (
        checked(announced.replace("《重点产业招商项目推进情况表》", "《第2季度重点产业项目表》"), "annex-title") == []
    )


def test_an_annex_that_is_left_out() -> None:
    assert len(checked(plan("一、任务", "1.扎实做好工作。", "附件：（略）"), "annex-missing")) == 1


def test_one_mailbox_in_several_spellings() -> None:
    text = plan(
        "一、任务", "1.材料送至邮箱：ylzszb@example.cn，按月报送。", "2.表格报送至邮箱：ylzzsb@example.cn，按季报送。"
    )
    (finding,) = checked(text, "contact")
    assert finding.readings == ("ylzszb@example.cn", "ylzzsb@example.cn")
    other = text.replace("ylzzsb", "xinxike")
    assert checked(other, "contact") == []


def test_telephones_of_one_office_are_no_misprints() -> None:
    text = plan("一、任务", "1.联系电话：3312471，按月报送。", "2.联系电话：{}，按季报送。")
    assert checked(text.format("3312472"), "contact") == []
    assert len(checked(text.format("3313471"), "contact")) == 1


def test_limits_are_optional() -> None:
    text = plan("一、任务", *[f"{n}.扎实做好第{n}项工作，确保取得实效，不断开创新局面。" for n in range(1, 20)])
    assert checked(text, "document-length") == []
    limited = Options(families=frozenset({Family.LIMITS}), characters=300, pages=None)
    (finding,) = checked(text, options=limited)
    assert "限300字" in finding.message
    assert checked(text, options=Options(families=frozenset({Family.LIMITS}), characters=3000)) == []


def test_a_family_can_be_switched_off() -> None:
    text = _measure(1, "新建示范点3个", TAIL.format("州商务局", "州商务局"))
    assert checked(plan("一、任务", text), options=Options.chosen(without=["responsibilities"])) == []
    with pytest.raises(ValueError):
        Options.chosen(without=["nothing"])


def test_every_kind_says_what_to_do() -> None:
    assert all(kind.key == key and kind.name and kind.advice for key, kind in KINDS.items())
