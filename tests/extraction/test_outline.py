"""The outline of a plan: labels, levels, places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.documents.model import Document
from luoshi.extraction.labels import han_number, read_label, sentence_labels
from luoshi.extraction.outline import Outline, read_outline
from luoshi.extraction.paragraphs import paragraphs
from tests.extraction.texts import text_document, word_document


def _outline(document: Document) -> Outline:
    text = paragraphs(document)
    return read_outline(document, text, range(len(text)))


def _tree(*lines: str) -> list[tuple[str, str, str]]:
    return [(m.key, m.labels[-1], m.title) for m in _outline(text_document("\n".join(lines))).measures]


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("一、总体要求", "han", 1),
        ("二十一、附则", "han", 21),
        ("一、2026年工作目标", "han", 1),
        ("（十二）加强督查", "han-bracket", 12),
        ("(三)抓项目", "han-bracket", 3),
        ("三）抓项目", "han-bracket", 3),
        ("1.抓投资", "arabic", 1),
        ("12．抓投资", "arabic", 12),
        ("3、抓投资", "arabic", 3),
        ("（1）建立台账", "arabic-bracket", 1),
        ("2)建立台账", "arabic-bracket", 2),
        ("③ 建立台账", "circle", 3),
        ("第三章 主要任务", "chapter", 3),
        ("第二节 做强产业", "section", 2),
        ("第十五条 本办法自印发之日起施行。", "article", 15),
        ("——做强园区。", "dash", 0),
        ("专栏 4 重点项目", "box", 4),
        ("一是加强领导。", "sentence", 1),
    ],
)
def test_labels(text: str, kind: str, number: int) -> None:
    label = read_label(text)
    assert label is not None
    assert (label.kind, label.number) == (kind, number)


@pytest.mark.parametrize(
    "text",
    [
        "3.5%以上",
        "2018.3亿元",
        "10县市人民政府",
        "2026年3月",
        "一季度完成30%",
        "（2023—2025年）",
        "一是非问题",
        "——————",
    ],
)
def test_no_labels(text: str) -> None:
    assert read_label(text) is None


def test_a_figure_after_an_items_number_needs_the_list_to_expect_it() -> None:
    assert read_label("3.7 个村出列") is None
    assert read_label("3.7%以上", expected=3) is None
    label = read_label("3.7 个村出列", expected=3)
    assert label is not None
    assert "3.7 个村出列"[label.end :] == "7 个村出列"
    tree = _tree(
        "一、目标", "1.10户企业上市。", "1.建成园区1个。", "2.建成学校3所。", "3.7 个村出列。", "4.5%以上的增速。"
    )
    assert [label for _, label, _ in tree] == ["一、", "1.", "2.", "3."]


def test_levels_follow_the_styles_and_numbers_restart() -> None:
    tree = _tree(
        *("一、工作目标", "（一）年度目标", "1.投资", "2.消费", "（二）季度目标"),
        *("二、重点任务", "（一）抓项目", "1.谋划", "（1）入库", "①清单", "2.开工", "三、保障措施"),
    )
    assert [key for key, _, _ in tree] == [
        *("0001", "0001.0001", "0001.0001.0001", "0001.0001.0002", "0001.0002"),
        *("0002", "0002.0001", "0002.0001.0001", "0002.0001.0001.0001", "0002.0001.0001.0001.0001"),
        *("0002.0001.0002", "0003"),
    ]
    assert [title for _, _, title in tree[-3:]] == ["清单", "开工", "保障措施"]


def test_numbers_that_go_on_through_the_groups_stay_below_their_group() -> None:
    keys = [key for key, _, _ in _tree("二、任务", "（一）甲", "1.抓", "2.管", "（二）乙", "3.建", "4.补")]
    assert keys == [
        "0001",
        "0001.0001",
        "0001.0001.0001",
        "0001.0001.0002",
        "0001.0002",
        "0001.0002.0001",
        "0001.0002.0002",
    ]


def test_an_item_without_its_usual_group_stands_below_the_chapter() -> None:
    keys = [key for key, _, _ in _tree("一、甲", "1.抓", "（一）建", "1.管", "二、乙", "1.补")]
    assert keys == ["0001", "0001.0001", "0001.0002", "0001.0002.0001", "0002", "0002.0001"]


def test_a_number_from_nowhere_is_no_item() -> None:
    assert [label for _, label, _ in _tree("一、成绩", "15.脱贫村全部有医生；16.脱贫户全部参保。", "二、问题")] == [
        "一、",
        "二、",
    ]


def test_decimal_outlines() -> None:
    tree = _tree(
        "1 总则",
        "1.1 目的",
        "为了有序应对。",
        "1.2 依据",
        "2 机构",
        "2.1 指挥部",
        "2.1.1 组成",
        "(1)成员单位。",
        "2.2 办公室",
    )
    assert [(key, label) for key, label, _ in tree] == [
        ("0001", "1"), ("0001.0001", "1.1"), ("0001.0002", "1.2"), ("0002", "2"), ("0002.0001", "2.1"),
        ("0002.0001.0001", "2.1.1"), ("0002.0001.0001.0001", "(1)"), ("0002.0002", "2.2"),
    ]  # fmt: skip


def test_titles_are_the_heading_sentence() -> None:
    tree = _tree("（一）培育企业。全年新增规上企业3户。", "（二）招商引资", "（三）" + "长" * 80 + "。")
    assert [title for _, _, title in tree] == ["培育企业", "招商引资", ""]


def test_text_goes_to_its_own_node_and_what_stands_before_to_none() -> None:
    outline = _outline(
        text_document("为做好工作，制定本方案。\n一、目标\n全年完成投资10亿元。\n（一）任务\n抓好落实。")
    )
    assert [m.text for m in outline.measures] == ["一、目标\n全年完成投资10亿元。", "（一）任务\n抓好落实。"]
    assert [(m.line, m.last_line) for m in outline.measures] == [(2, 3), (4, 5)]
    assert [outline.at(i) for i in range(5)] == [None, "0001", "0001", "0001.0001", "0001.0001"]


def test_sentence_labels_inside_a_paragraph_are_nodes_and_the_duty_stays_with_the_parent() -> None:
    text = "（一）抓投资。一是谋划项目20个。二是开工项目10个。（牵头单位：州发展改革委）"
    outline = _outline(text_document(text))
    assert [(m.key, m.text) for m in outline.measures] == [
        ("0001", "（一）抓投资。（牵头单位：州发展改革委）".replace("。（", "。\n（")),
        ("0001.0001", "一是谋划项目20个。"),
        ("0001.0002", "二是开工项目10个。"),
    ]
    assert [outline.at(0, text.index(word)) for word in ("抓投", "20", "10", "牵头")] == [
        "0001",
        "0001.0001",
        "0001.0002",
        "0001",
    ]


def test_sentence_labels_at_paragraph_starts_are_nodes() -> None:
    assert [key for key, _, _ in _tree("四、保障", "一是加强领导。", "补充说明。", "二是压实责任。")] == [
        "0001",
        "0001.0001",
        "0001.0002",
    ]


def test_counting_words_that_do_not_count_up_are_text() -> None:
    assert sentence_labels("这个问题一是长期存在，二是影响面大。", 0) == []
    assert [s.number for s in sentence_labels("目标：一是增收；二是节支；二是重印。三是平衡。", 0)] == [1, 2, 3]


def test_annexes_and_their_list_are_no_measures() -> None:
    outline = _outline(
        text_document("一、目标\n附件：1.分解表\n2.2026年任务表\n3.评分办法\n2026年1月1日\n附件1\n分解表\n一、分解说明")
    )
    assert [m.labels for m in outline.measures] == [("一、",)]
    assert outline.at(7) is None


def test_items_of_a_box_stand_below_it() -> None:
    keys = [
        (key, label)
        for key, label, _ in _tree(
            "（一）建平台", "1.建网络。", "2.建系统。", "专栏1 重点项目", "1.一朵云。", "2.一张网。", "（二）管数据"
        )
    ]
    assert keys == [
        ("0001", "（一）"), ("0001.0001", "1."), ("0001.0002", "2."), ("0001.0003", "专栏1"), ("0001.0003.0001", "1."),
        ("0001.0003.0002", "2."), ("0002", "（二）"),
    ]  # fmt: skip


def test_headings_of_a_word_file_need_no_number() -> None:
    outline = _outline(
        word_document(
            (1, "总体目标"), "全年完成投资10亿元。", (2, "（一）工业"), "新增企业3户。", (2, "农业"), (1, "保障")
        )
    )
    assert [(m.key, m.title) for m in outline.measures] == [
        ("0001", "总体目标"), ("0001.0001", "工业"), ("0001.0002", "农业"), ("0002", "保障"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"), [("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99), ("一百零三", 103), ("二〇", 20)]
)
def test_han_numbers(text: str, number: int) -> None:
    assert han_number(text) == number


@given(
    st.lists(
        st.sampled_from(
            [
                "一、目标",
                "（一）任务",
                "1.抓。",
                "（1）管。",
                "①建。",
                "——补。",
                "一是抓。二是管。",
                "正文。",
                "第一章 总",
                "专栏1 项",
            ]
        ),
        max_size=30,
    )
)
def test_keys_are_unique_and_sorted_and_parents_come_first(lines: list[str]) -> None:
    measures = _outline(text_document("\n".join(lines))).measures
    keys = [m.key for m in measures]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)
    for measure in measures:
        assert measure.parent is None or measure.parent in keys[: keys.index(measure.key)]
        assert measure.depth == measure.key.count(".") + 1


def test_notes_below_a_table_are_no_measures() -> None:
    text = "\n".join(
        [
            "一、任务",
            "1.抓项目。建成项目3个。",
            "注：1.没有任务的不计分。",
            "2.有任务的按季度计分。",
            "2.抓招商。引进企业2户。",
        ]
    )
    document = text_document(text)
    outline = read_outline(document, paragraphs(document), range(len(paragraphs(document))))
    assert [measure.title for measure in outline.measures] == ["任务", "抓项目", "抓招商"]
