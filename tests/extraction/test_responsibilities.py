"""Who must do it: brackets, verbs, labelled lines, prose."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from luoshi.extraction import extract, records
from luoshi.extraction.names import split_names
from luoshi.extraction.responsibilities import find_responsibilities, join_lines
from tests.extraction.phrases import PLAN, broken, check_provenance, para, phrase_texts
from tests.extraction.texts import text_document

Roles = tuple[list[str], list[str], list[str]]


def roles(text: str) -> list[Roles]:
    """Lead, responsible and supporting of each clause in a text."""
    found = find_responsibilities(para(text), PLAN)
    check_provenance(para(text), found)
    return [(list(item.lead), list(item.responsible), list(item.supporting)) for item in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "做好防火。（牵头部门：州林草局；责任单位：州应急局、各县市人民政府）",
            (["州林草局"], ["州应急局", "各县市人民政府"], []),
        ),
        (
            "做好防火。(牵头单位:州林草局;责任单位:州应急局,10县市人民政府)",
            (["州林草局"], ["州应急局", "10县市人民政府"], []),
        ),
        ("做好防火。（牵头部门：州林草局；责任单位：州应急局)", (["州林草局"], ["州应急局"], [])),
        ("做好防火。（责任单位：州应急局、州气象局。）", ([], ["州应急局", "州气象局"], [])),
        (
            "做好防火。（牵头单位：州林草局；配合单位：州应急局、州气象局）",
            (["州林草局"], [], ["州应急局", "州气象局"]),
        ),
        (
            "做好防火。（牵头单位：州林草局；责任单位：州应急局；参与单位：州气象局）",
            (["州林草局"], ["州应急局"], ["州气象局"]),
        ),
        (
            "做好防火。（牵头部门：州林草局〈州防火办〉；责任单位：州应急局）",
            (["州林草局〈州防火办〉"], ["州应急局"], []),
        ),
        (
            "做好防火。（牵头部门：州林草局（州防火办）；责任单位：州应急局）",
            (["州林草局（州防火办）"], ["州应急局"], []),
        ),
        (
            "做好防火。（牵头部门：州林草局、州应急局，州公安局；责任单位：州气象局）",
            (["州林草局", "州应急局", "州公安局"], ["州气象局"], []),
        ),
        ("做好防火。(州林草局牵头,州应急局、州气象局配合)", (["州林草局"], [], ["州应急局", "州气象局"])),
        ("做好防火。(州林草局牵头,州应急局、州气象局等按职责分工负责)", (["州林草局"], ["州应急局", "州气象局"], [])),
        ("做好防火。（州林草局、州应急局按照职责分工负责）", ([], ["州林草局", "州应急局"], [])),
        ("做好防火。（州林草局，各县市人民政府按照职责分工负责）", ([], ["州林草局", "各县市人民政府"], [])),
        ("做好防火。（州林草局负责）", ([], ["州林草局"], [])),
        ("做好防火。（各县市人民政府落实）", ([], ["各县市人民政府"], [])),
        ("做好防火。（州级各责任单位）", ([], ["州级各责任单位"], [])),
        ("做好防火。（牵头单位：州林草局；责任单位：州应急局、州气", (["州林草局"], ["州应急局", "州气"], [])),
        ("牵头单位：州林草局；责任单位：州应急局", (["州林草局"], ["州应急局"], [])),
        ("做好防火。牵头单位：州林草局；配合单位：州应急局。", (["州林草局"], [], ["州应急局"])),
        ("做好防火。牵头单位：州林草局。责任单位：州应急局。", (["州林草局"], ["州应急局"], [])),
        ("做好防火。（州林草局负责，州应急局、州气象局配合）", ([], ["州林草局"], ["州应急局", "州气象局"])),
        (
            "做好防火。（责任单位：州林草局、各县市人民政府。以下均需各县市人民政府落实，不再列出）",
            ([], ["州林草局", "各县市人民政府"], []),
        ),
        (
            "做好防火。（州林草局负责，各县市人民政府负责。以下不再单独列出）",
            ([], ["州林草局", "各县市人民政府"], []),
        ),
        ("做好防火。（责任单位：州林草局；完成时限：6月底）", ([], ["州林草局"], [])),
        ("责任单位：州林草局，各县市人民政府完成时限：6月底前，年底前收尾", ([], ["州林草局", "各县市人民政府"], [])),
        ("责任单位：州林草局牵头，各县市人民政府落实", (["州林草局"], ["各县市人民政府"], [])),
        (
            "做好防火。（州林草局牵头，各县〔市、区〕人民政府落实）",
            (["州林草局"], ["各县〔市、区〕人民政府"], []),
        ),
        ("做好防火。（主办：州林草局；协办：州应急局）", (["州林草局"], [], ["州应急局"])),
        ("做好防火。（由州林草局牵头，会同州应急局落实）", (["州林草局"], ["州应急局"], [])),
        ("做好防火。【责任单位：市林草局、各县（市、区）人民政府】", ([], ["市林草局", "各县（市、区）人民政府"], [])),
        ("做好防火。〔牵头领导：张青松；责任人：李白水〕", (["张青松"], ["李白水"], [])),
    ],
)
def test_a_clause_gives_its_roles(text: str, expected: Roles) -> None:
    assert roles(text) == [expected]


@pytest.mark.parametrize(
    ("text", "lead", "others"),
    [
        ("由州林草局牵头研究制定防火办法。", ["州林草局"], []),
        ("州政府督查室要牵头抓好督查工作。", ["州政府督查室"], []),
        ("由州林草局和州应急局牵头组织，按程序报批。", ["州林草局", "州应急局"], []),
        ("由州林草局总牵头，抓好防火。", ["州林草局"], []),
        ("由州林草局牵头，州级有关部门参与。", ["州林草局"], ["州级有关部门"]),
        (
            "防火工作由分管林业的副州长牵头负责，州林草局组织实施，应急、气象等其他州级有关部门、各县市人民政府配合做好工作。",
            ["分管林业的副州长"],
            ["州林草局", "应急", "气象", "其他州级有关部门", "各县市人民政府"],
        ),
    ],
)
def test_prose_counts_where_it_prints_who_leads(text: str, lead: list[str], others: list[str]) -> None:
    [found] = find_responsibilities(para(text), PLAN)
    assert (list(found.lead), list(found.co)) == (lead, others)


@pytest.mark.parametrize(
    "text",
    [
        "各牵头单位要细化措施，责任部门要抓好落实。",
        "发挥州研究院牵头抓总的作用。",
        "领导小组办公室（州林草局）按月通报。",
        "由对口部门负责办理落实。",
        "（由学校负责人签字后生效）",
        "要压实主体责任，加强配合。",
        "牵头单位：",
        "牵头单位：\x1f",
    ],
)
def test_what_names_nobody_as_lead_is_no_clause(text: str) -> None:
    assert roles(text) == []


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        (
            "云岭市、青石县、白水县人民政府、云岭开发区管委会",
            ["云岭市人民政府", "青石县人民政府", "白水县人民政府", "云岭开发区管委会"],
        ),
        ("各县（市、区）人民政府", ["各县（市、区）人民政府"]),
        ("各县、市、区人民政府", ["各县、市、区人民政府"]),
        ("10 县市人民政府", ["10 县市人民政府"]),
        ("州发展改革委、工业和信息化局", ["州发展改革委", "工业和信息化局"]),
        ("州文化和旅游局、州住房和城乡建设局", ["州文化和旅游局", "州住房和城乡建设局"]),
        ("10县市人民政府和云岭开发区管委会", ["10县市人民政府", "云岭开发区管委会"]),
        ("州财政局及州农开办", ["州财政局", "州农开办"]),
        ("州财政局 and 州农业局", ["州财政局", "州农业局"]),
        ("州税务局等州级有关部门", ["州税务局", "州级有关部门"]),
        ("州税务局、州财政局等", ["州税务局", "州财政局"]),
        ("州税务局等部门", ["州税务局"]),
        ("州金融办和10县人民政府各司其职", ["州金融办", "10县人民政府"]),
        ("巴音盟、东旗人民政府", ["巴音盟人民政府", "东旗人民政府"]),
        ("", []),
        ("、、，；", []),
        ("\x1f甲局 。\x1f 、\u2028", ["甲局"]),
    ],
)
def test_lists_of_names_are_written_out(printed: str, names: list[str]) -> None:
    assert list(split_names(printed)) == names


def test_a_bracket_that_a_page_break_cut_in_two_is_read_whole() -> None:
    paragraph = broken("做好防火。（牵头部门：州林草局；责", "任单位：州应急局)", first=4, step=2)
    [found] = find_responsibilities(paragraph, PLAN)
    check_provenance(paragraph, [found])
    assert (found.lead, found.responsible) == (("州林草局",), ("州应急局",))
    assert [span.line for span in found.spans] == [4, 6]


def test_labelled_lines_below_one_another_are_one_clause() -> None:
    lines = [
        para("牵头单位：州林草局", 3),
        para("责任单位：州应急局", 4),
        para("责任单位：州气象局", 5),
        para("责任单位：甲局", 9),
    ]
    found = join_lines([draft for line in lines for draft in find_responsibilities(line, PLAN)])
    assert [(item.lead, item.responsible) for item in found] == [
        (("州林草局",), ("州应急局",)),
        ((), ("州气象局",)),
        ((), ("甲局",)),
    ]
    assert [span.line for span in found[0].spans] == [3, 4]
    assert found[0].text == "牵头单位：州林草局责任单位：州应急局"
    assert found[0].reason == "句首写明牵头、责任单位"


def test_an_open_bracket_is_less_sure() -> None:
    closed, opened = (find_responsibilities(para(f"（牵头单位：州林草局{end}"), PLAN)[0] for end in ("）", ""))
    assert closed.certainty > opened.certainty
    assert closed.text == "（牵头单位：州林草局）"


def test_rows_of_tables_are_left_to_the_tables() -> None:
    from dataclasses import replace

    assert find_responsibilities(replace(para("（牵头单位：州林草局）"), style="row"), PLAN) == []


@settings(max_examples=200)
@given(phrase_texts)
def test_any_text_gives_clauses_that_lead_back_to_it(text: str) -> None:
    paragraph = para(text)
    found = find_responsibilities(paragraph, PLAN)
    check_provenance(paragraph, found)
    for item in found:
        assert item.lead or item.co
        assert all(name.strip() == name != "" for name in item.lead + item.co)


def test_units_that_an_earlier_clause_names_for_all_that_follows() -> None:
    text = (
        "云岭州2026年行动方案\n\n（一）抓好推广。（州甲局负责）\n\n"
        "（二）抓好改造。（州乙局、各县市人民政府负责。以下均需各县市人民政府落实，不再列出）\n\n"
        "（三）抓好监管。（州丙局牵头，州丁局配合）\n\n（四）抓好宣传。（各县市人民政府、州戊局负责）\n"
    )
    (plan,) = extract(text_document(text)).plans
    assert [(r.co, r.implied) for r in plan.responsibilities] == [
        (("州甲局",), ()),
        (("州乙局", "各县市人民政府"), ()),
        (("州丁局",), ("各县市人民政府",)),
        (("各县市人民政府", "州戊局"), ()),
    ]
    kept = [record for record in records(extract(text_document(text))) if record["kind"] == "responsibility"]
    assert ["implied" in record for record in kept] == [False, False, True, False]
    assert "各县市人民政府" in plan.responsibilities[2].reason
