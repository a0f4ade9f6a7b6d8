"""Scoring tables, duplicates, counts and numbering."""

from __future__ import annotations

import pytest

from tests.checks.texts import TITLE, checked, plan, table

SCORES = ("类别", "序号", "评比指标", "分值", "计分标准")


def _scoring(points: int, each: int, total: int, method: str = "按增速竞争性排名计分") -> str:
    rows = [
        ("年度指标", 1, "到位资金增速", "40分", method),
        ("", 2, "新签约项目数", "40分", method.replace("增速", "数量")),
        ("", 3, "大项目数", f"{points}分", f"引进5亿元以上和10亿元以上项目，各{each}分"),
        ("", "", "合计", f"{total}分", ""),
    ]
    return table("县市比学赶超评分办法", SCORES, *rows)


def test_points_that_add_up() -> None:
    findings = checked(plan("附件", _scoring(20, 10, 100)))
    assert [finding.kind for finding in findings] == ["method-undefined"]


def test_points_that_do_not_add_to_the_total() -> None:
    (finding,) = checked(plan("附件", _scoring(20, 10, 110)), "points-total")
    assert finding.readings == ("110分", "100")


def test_halves_that_do_not_make_the_item() -> None:
    (finding,) = checked(plan("附件", _scoring(18, 10, 98)), "points-parts")
    assert finding.readings == ("18分", "20分")
    assert "各 10 分 × 2 = 20 分" in finding.detail


def test_a_method_is_told_once_unless_the_text_defines_it() -> None:
    (finding,) = checked(plan("附件", _scoring(20, 10, 100)), "method-undefined")
    assert finding.readings == ("竞争性排名计分",)
    assert finding.data["uses"] == "2"
    defined = "竞争性排名计分是指按名次由高到低逐名递减计分，末位得一分，并列的取同分。"
    assert checked(plan("一、考核办法", defined, "附件", _scoring(20, 10, 100)), "method-undefined") == []


PROJECTS = ("序号", "项目名称", "总投资（万元）", "建设地点", "牵头部门")


def _projects(*rows: tuple[object, ...]) -> str:
    base = [
        (1, "云江市硅材料产业园建设项目", 12000, "云江市", "州工业和信息化局"),
        (2, "青岭市冷链物流中心建设项目", 9000, "青岭市", "州商务局"),
    ]
    more = [(number + 3, *row) for number, row in enumerate(rows)]
    filler = (3, "白溪县核桃精深加工项目", 8000, "白溪县", "州农业农村局")
    return plan(
        "附件", table("重大产业项目表", PROJECTS, *base, filler, *[(n + 1, *row[1:]) for n, row in enumerate(more, 3)])
    )


def test_a_project_listed_twice_with_other_leads() -> None:
    text = _projects(("青岭市冷链物流中心建设项目", 9000, "青岭市", "州农业农村局"))
    (finding,) = checked(text, "row-twice")
    assert "牵头单位不同（州商务局、州农业农村局）" in finding.message
    assert "第2项和第4项" in finding.message


def test_a_longer_name_with_the_same_amount_and_place() -> None:
    text = _projects(("云岭新材股份有限公司云江市硅材料产业园建设项目", 12000, "云江市", "州工业和信息化局"))
    assert len(checked(text, "row-similar")) == 1


@pytest.mark.parametrize(
    "row",
    [
        ("青岭市冷链物流中心二期建设项目", 9000, "青岭市", "州商务局"),
        ("青岭市冷链物流中心建设项目二期", 9000, "青岭市", "州商务局"),
        ("青岭市蔬菜交易市场建设项目", 9000, "青岭市", "州商务局"),
        ("青岭市冷链物流中心建设项目", 4000, "青岭市", "州商务局"),
    ],
)
def test_phases_and_other_amounts_are_no_duplicates(row: tuple[object, ...]) -> None:
    assert [f for f in checked(_projects(row)) if f.kind.startswith("row-")] == []


def test_one_target_with_two_leads() -> None:
    first = "1.金融支撑。新增制造业贷款35亿元，优化融资服务。（牵头单位：{}；责任单位：州财政局）"
    second = "1.要素保障。新增制造业贷款35亿元，加强银企对接。（牵头单位：州工业和信息化局；责任单位：州财政局）"
    for lead, found in (("州政府金融办", 1), ("州工业和信息化局", 0)):
        text = plan("一、金融", first.format(lead), "二、要素", second)
        assert len(checked(text, "other-lead")) == found


def test_one_target_in_two_measures_is_counted_once() -> None:
    first = "1.技能提升。开展职业技能培训2.4万人次，提高就业质量。"
    second = "1.稳定就业。开展职业技能培训{}万人次，扩大就业规模。"
    for value, found in (("2.4", 1), ("3.1", 0)):
        text = plan("一、人才", first, "二、就业", second.format(value))
        assert len(checked(text, "target-twice")) == found
    summed_up = plan("一、主要目标", first, "二、就业", second.format("2.4"))
    assert checked(summed_up, "target-twice") == []


def _notice(count: str) -> str:
    parts = [
        f"云岭州人民政府办公室关于印发2026年{count}大行动实施方案的通知",
        "各县市人民政府，州直各部门：",
        "现将方案印发给你们，请结合实际认真组织实施，确保各项任务落到实处。",
        "云岭州人民政府办公室",
        "2026年1月28日",
    ]
    for name in ("工业倍增", "农业提质", "项目投资"):
        parts += [
            f"云岭州2026年{name}行动实施方案",
            f"为做好{name}工作，推动各项任务落地见效，制定本方案，请认真实施。",
            "一、总体要求",
            "坚持稳中求进，抓好各项工作，确保完成全年目标任务，不断取得新的成效。",
        ]
    return "\n\n".join(parts)


@pytest.mark.parametrize(("count", "found"), [("三", 0), ("四", 1)])
def test_plans_announced_against_plans_brought(count: str, found: int) -> None:
    findings = checked(_notice(count), "count")
    assert len(findings) == found
    if findings:
        assert findings[0].readings == ("4", "3")


@pytest.mark.parametrize(("announced", "found"), [("3条", 0), ("5条", 1)])
def test_measures_announced_against_measures_numbered(announced: str, found: int) -> None:
    body = [f"（{n}）第一项工作。扎实做好相关工作，确保取得实效，群众满意。" for n in "一二三"]
    text = plan("一、工作措施", *body, title=f"云岭州加强质量工作{announced}措施")
    assert len(checked(text, "count")) == found


def test_measures_that_count_anew_in_each_section() -> None:
    body = []
    for section in "一二三":
        body.append(f"{section}、工作措施")
        body += [f"（{n}）第{n}项工作。扎实做好相关工作，确保取得实效，群众满意。" for n in "一二三四"]
    assert checked(plan(*body, title="云岭州加强质量工作12条措施"), "count") == []


@pytest.mark.parametrize(("announced", "found"), [("3件", 0), ("4件", 1)])
def test_rows_announced_in_a_title(announced: str, found: int) -> None:
    rows = [(n, f"第{n}类便民服务设施建设", 100 * n) for n in (1, 2, 3)]
    annex = table(f"2026年{announced}民生实事清单", ("序号", "实事名称", "投资（万元）"), *rows)
    assert len(checked(plan("附件", annex), "count")) == found


@pytest.mark.parametrize(
    ("listed", "found"), [("云江、青岭、白溪、红岩", 0), ("云江、青岭、白溪", 1), ("云江、青岭等", 0)]
)
def test_names_in_brackets_against_their_number(listed: str, found: int) -> None:
    text = plan("一、重点任务", f"1.确保4个县（{listed}）率先达标，其他县市稳步推进，按期完成任务。")
    assert len(checked(text, "count")) == found


def test_a_bracket_that_goes_on_with_a_word_lists_nothing() -> None:
    text = plan("一、督促检查", "1.对考核前3名的县（市、区）予以通报表扬，对排名靠后的县（市、区）予以约谈提醒。")
    assert checked(text, "count") == []


def test_counties_announced_against_rows() -> None:
    names = [f"{name}县" for name in ("甲乙", "丙丁", "戊己", "庚辛", "壬癸", "子丑")]
    text = "1.落实责任。6县市人民政府要落实属地责任，确保完成任务。"
    for extra, found in ((["云岭高新区"], 1), ([], 0)):
        annex = table("目标分解表", ("县市", "企业（户）"), *[(name, 10) for name in names + extra])
        findings = checked(plan("一、任务", text, "附件", annex), "count-territories")
        assert len(findings) == found
        if findings:
            assert "多出云岭高新区" in findings[0].message


def _items(*numbers: int) -> str:
    return plan("一、重点任务", *[f"{n}.第{n}项工作。扎实做好第{n}项工作，确保取得实效。" for n in numbers])


@pytest.mark.parametrize(("numbers", "found"), [((1, 2, 3), 0), ((1, 2, 4), 1), ((2, 3), 1), ((1, 2, 2, 3), 1)])
def test_numbers_that_skip_or_repeat(numbers: tuple[int, ...], found: int) -> None:
    assert len(checked(_items(*numbers), "numbering")) == found


def test_numbers_that_run_on_through_groups() -> None:
    body = ["一、工业", "（一）做强产业。扎实推进各项工作。", "（二）培育主体。扎实推进各项工作。",
            "二、农业", "（三）守牢底线。扎实推进各项工作。", "（四）做大特色。扎实推进各项工作。"]  # fmt: skip
    assert checked(plan(*body), "numbering") == []


def test_serial_numbers_of_a_table() -> None:
    rows = [(n, f"第{n}类设施", 10) for n in (1, 2, 4)]
    assert len(checked(plan("附件", table("设施表", ("序号", "名称", "数量"), *rows)), "numbering")) == 1


def test_what_a_title_says_of_years_is_no_count() -> None:
    assert checked(plan("一、任务", "1.扎实做好各项工作，确保取得实效。", title=TITLE)) == []
