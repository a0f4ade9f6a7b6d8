"""Splitting a file into its titled documents."""

from __future__ import annotations

import datetime as dt

from luoshi.extraction.paragraphs import paragraphs
from luoshi.extraction.segments import Segment, find_segments
from tests.extraction.texts import text_document

_BODY = "为贯彻落实州委、州政府的工作部署，结合云岭州实际，制定本方案，请各地各部门认真抓好落实。"


def _plan(title: str) -> list[str]:
    return [title, _BODY, "一、总体要求", "（一）主要目标。全年新增就业1万人。", "二、保障措施", "加强组织领导。"]


def _notice(title: str, number: str, date: str, plan: str) -> list[str]:
    return [
        title,
        number,
        "各县市人民政府，州直各部门：",
        f"现将《{plan}》印发给你们，请认真执行。",
        date,
        "（此件公开发布）",
    ]


def _segments(lines: list[str]) -> list[Segment]:
    return find_segments(paragraphs(text_document("\n\n".join(lines))))


def test_a_notice_gives_its_plan_number_and_date() -> None:
    plan = "云岭州2026年就业促进行动方案"
    notice = f"云岭州人民政府关于印发{plan}的通知"
    found = _segments([*_notice(notice, "云政发〔2026〕1号", "2026年2月9日", plan), *_plan(plan)])
    assert [(s.title, s.number, s.issued_on) for s in found] == [
        (notice, "云政发〔2026〕1号", dt.date(2026, 2, 9)),
        (plan, "云政发〔2026〕1号", dt.date(2026, 2, 9)),
    ]
    assert [s.is_notice for s in found] == [True, False]


def test_red_head_and_number_above_the_title_belong_to_it() -> None:
    found = _segments(
        [
            "云岭州人民政府文件",
            "云政发〔2026〕3号",
            "关于做好春耕备耕工作的通知",
            "各县市人民政府：",
            _BODY,
            "二〇二六年三月十二日",
        ]
    )
    assert [(s.start, s.number, s.issued_on) for s in found] == [(0, "云政发〔2026〕3号", dt.date(2026, 3, 12))]


def test_titles_broken_over_lines_are_one() -> None:
    lines = [
        "云岭州人民政府办公室",
        "关于印发云岭州重点产业",
        "2026年行动方案的通知",
        "云政办通〔2026〕4号",
        "各县市人民政府：",
        _BODY,
        "2026年1月5日",
    ]
    found = _segments(lines)
    assert [s.title for s in found] == ["云岭州人民政府办公室关于印发云岭州重点产业2026年行动方案的通知"]


def test_a_collection_has_a_cover_with_contents_that_is_no_document() -> None:
    names = ["云岭州就业促进行动方案", "云岭州教育提质行动方案", "云岭州健康云岭行动方案"]
    lines = ["云岭州2026年民生行动方案", "目 录", *(f"{i}. {name}\t({i + 3})" for i, name in enumerate(names, 1))]
    for name in names:
        lines += _plan(name)
    found = _segments(lines)
    assert [s.title for s in found] == names
    assert {s.cover_year for s in found} == {2026}


def test_a_plan_with_its_own_contents_is_one_document() -> None:
    lines = [
        "云岭州数字政府建设规划",
        "目 录",
        "第一章 总体要求.....(1)",
        "第二章 主要任务.....(5)",
        "第一章 总体要求",
        _BODY,
        "第二章 主要任务",
        "建成一体化平台1个，接入系统120个，覆盖全部县市和乡镇，基本实现高频事项全程网办。",
    ]
    assert [s.title for s in _segments(lines)] == ["云岭州数字政府建设规划"]


def test_what_stands_below_an_annex_label_of_a_plan_is_no_document() -> None:
    lines = [
        *_plan("云岭州招商引资行动方案"),
        "附件：1.县市招商工作评分办法",
        "附件1",
        "县市招商工作评分办法",
        "一、评分按季度进行。",
        "每季度末由州投资促进局汇总各县市招商工作进展情况，按照本办法逐项评分，并报州政府审定后通报。",
    ]
    assert [s.title for s in _segments(lines)] == ["云岭州招商引资行动方案"]


def test_a_plan_below_an_annex_label_of_a_notice_is_a_document() -> None:
    plan = "云岭州2026年就业促进行动方案"
    notice = f"云岭州人民政府关于印发{plan}的通知"
    lines = [*_notice(notice, "云政发〔2026〕1号", "2026年2月9日", plan), "附件", *_plan(plan)]
    assert [s.title for s in _segments(lines)] == [notice, plan]


def test_a_chronicle_after_a_notice_takes_neither_number_nor_date() -> None:
    plan = "云岭州2026年就业促进行动方案"
    notice = f"云岭州人民政府关于印发{plan}的通知"
    lines = [
        *_notice(notice, "云政发〔2026〕1号", "2026年2月9日", plan),
        *_plan(plan),
        "云岭州2026年2月",
        "大事记",
        "2月1日 州人民政府召开全州就业工作会议，总结上年工作，安排部署今年重点任务，州长出席会议并讲话。",
    ]
    assert [(s.title, s.number) for s in _segments(lines)][2:] == [("云岭州2026年2月大事记", None)]


def test_the_colophon_belongs_to_no_document() -> None:
    lines = [*_plan("云岭州就业促进行动方案"), "————————————", "抄送：州委办公室，州人大常委会办公室。"]
    (found,) = _segments(lines)
    assert found.end == 6


def test_a_text_without_title_is_one_document() -> None:
    (found,) = _segments(["一、工作目标", "全年完成投资10亿元。"])
    assert (found.title, found.start, found.end) == ("", 0, 2)


def test_nothing_gives_nothing() -> None:
    assert find_segments([]) == []


def test_prose_that_ends_like_a_title_is_none() -> None:
    lines = [*_plan("云岭州就业促进行动方案"), "各县市要按照本方案要求，制定具体实施方案", _BODY]
    assert len(_segments(lines)) == 1
