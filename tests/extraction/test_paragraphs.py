"""Joining what pages and line widths broke apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from luoshi.documents.model import Document, Format, Line, LineKind
from luoshi.extraction.marks import PAGE_NUMBER, RULE
from luoshi.extraction.paragraphs import paragraphs
from tests.extraction.texts import text_document, wrapped

_SENTENCES = [
    "一、总体要求。围绕云岭州建设绿色能源基地的部署，坚持项目为王、环境是金，统筹推进园区、企业和人才工作，全面提升全州产业发展的质量和效益，为高质量跨越式发展提供有力支撑。",
    "（一）培育市场主体。完善梯次培育机制，建立州、县市、乡镇三级服务网络，力争全年新增规模以上工业企业30户以上，新增限额以上商贸企业20户以上，净增市场主体1.2万户。",
    "（二）做强产业园区。启动园区提质增效行动，优化功能布局，完善水电路气等基础设施，推动云岭高新区和东川、西川两个工业园区错位发展，确保园区工业总产值增长18%以上。",
    "（三）强化要素保障。统筹安排土地、林地、用能和资金，对投资亿元以上的制造业项目实行专人服务，由州发展改革委牵头建立月调度机制，及时研究解决项目推进中的困难和问题。",
]


def _texts(text: str) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(text_document(text))]


def test_lines_broken_at_the_width_are_joined() -> None:
    assert _texts(wrapped(_SENTENCES, 26)) == _SENTENCES


def test_a_sentence_broken_at_a_page_is_joined_over_page_number_and_blank_lines() -> None:
    head = "（一）扩大有效投资。州级各部门要建立项目清单，实行清单化管理、图表化推进，确保全年固定资产投"
    assert _texts(f"{head}\n\n— 3 —\n\n资增长10%以上。\n\n（二）抓实招商引资。") == [
        f"{head}资增长10%以上。",
        "（二）抓实招商引资。",
    ]


def test_an_open_bracket_is_closed_over_a_semicolon_and_blank_lines() -> None:
    head = "（一）壮大农业。建设基地5万亩。（牵头部门：州农业农村局；"
    found = _texts(f"{head}\n\n责任单位：州水务局、各县市人民政府）\n\n（二）发展旅游。")
    assert [text[:4] for text in found] == ["（一）壮", "（二）发"]
    assert found[0].endswith("州农业农村局；责任单位：州水务局、各县市人民政府）")


def test_a_bracket_that_is_never_closed_joins_nothing() -> None:
    text = (
        "（一）壮大特色农业。（牵头部门：州农业农村局；\n\n二、保障措施\n\n三、组织领导\n\n四、督查\n\n五、考核（试行）"
    )
    assert len(_texts(text)) == 5


def test_headings_titles_dates_and_remarks_stand_alone() -> None:
    lines = [
        "云岭州2026年工业倍增行动方案",
        "为贯彻落实州委、州政府部署，结合工作实际，制定本方案。",
        "一、总体要求",
        "（一）突出重点产业，推动集群发展",
        "各县市要围绕主导产业，制定年度工作计划，并抓好落实。",
        "2026年3月1日",
        "（此件公开发布）",
    ]
    assert _texts("\n\n".join(lines)) == lines


def test_a_closed_responsibility_clause_ends_its_paragraph() -> None:
    duty = "建立企业服务专员制度，及时协调解决问题。(州工业和信息化局牵头,州商务局、各县市人民政府配合)"
    assert len(_texts(f"{duty}\n\n建立州级领导包保项目制度,定期研究项目推进情况。")) == 2


def test_lost_text_is_never_joined_over() -> None:
    head = "（一）扩大有效投资。州级各部门要建立项目清单，实行清单化管理、图表化推进，确保全年投\ufffd"
    assert len(_texts(f"{head}\n\n资增长10%以上。")) == 2


def test_whole_lines_and_rows_are_never_joined() -> None:
    lines = (
        Line(1, "围绕重点产业，", whole=True),
        Line(2, "制定工作计划。", whole=True),
        Line(3, "县市\t目标", LineKind.ROW, whole=True),
        Line(4, "云岭市\t12", LineKind.ROW, whole=True),
    )
    assert [p.style for p in paragraphs(Document("x", Format.DOCX, lines))] == ["text", "text", "row", "row"]


def test_a_line_that_only_begins_with_a_tab_is_text() -> None:
    assert [p.style for p in paragraphs(text_document("\t一、总体要求\n县市\t目标\n合计\t\t"))] == [
        "text",
        "row",
        "row",
    ]


def test_heads_that_pages_repeat_are_left_out() -> None:
    lines = []
    for page in range(1, 5):
        for text in ("云岭州人民政府公报", f"附件{page}", "正文在这里结束。", f"{page}"):
            lines.append(Line(len(lines) + 1, text, page=page))
    assert [p.text[0] for p in paragraphs(Document("x", Format.PDF, tuple(lines)))] == ["附", "正"] * 4


def test_an_indented_line_begins_a_paragraph() -> None:
    lines = [
        "　　云岭州各县市人民政府要高度重视本项工作，切实",
        "加强组织领导，明确工作责任，层层抓好落实各项措施。",
        "　　各部门要密切配合，形成工作合力，按照职责分工",
        "做好有关工作，并于每月底前报送工作的进展情况。",
    ]
    text = "\n".join(lines * 3)
    assert len(_texts(text)) == 6


def test_markup_of_recognition_is_left_out_of_the_text() -> None:
    found = paragraphs(text_document("## 云岭州实施细则\n\n**第一条** 本细则适用于全州。"))
    assert [(p.text, p.style) for p in found] == [("云岭州实施细则", "heading"), ("第一条 本细则适用于全州。", "text")]
    assert found[1].spans(0, 3)[0].start == 2


_ALPHABET = st.sampled_from(list("一二云岭州。，；：、（）()《》“”—-.#*<b>/1290%年月日 \t\u3000\ufffd附件表章"))
_ANY_TEXT = st.lists(st.text(_ALPHABET, max_size=40), max_size=25).map("\n".join) | st.text(max_size=200)


@given(_ANY_TEXT)
def test_every_character_leads_back_to_its_place(text: str) -> None:
    document = text_document(text)
    for paragraph in paragraphs(document):
        rebuilt = "".join(document.line(p.line).text[p.start : p.start + p.length] for p in paragraph.pieces)
        assert rebuilt == paragraph.text
        assert [p.offset for p in paragraph.pieces] == [
            sum(q.length for q in paragraph.pieces[:i]) for i in range(len(paragraph.pieces))
        ]
        assert paragraph.text.strip()


@given(_ANY_TEXT)
def test_joining_neither_loses_nor_doubles_nor_moves_a_character(text: str) -> None:
    document = text_document(text)
    noise = {line.number for line in document.lines if PAGE_NUMBER.match(line.text) or RULE.match(line.text)}
    taken = [
        (piece.line, piece.start + k)
        for paragraph in paragraphs(document)
        for piece in paragraph.pieces
        for k in range(piece.length)
    ]
    assert taken == sorted(set(taken))
    lost = {
        line.text[k]
        for line in document.lines
        if line.number not in noise
        for k in range(len(line.text))
        if (line.number, k) not in set(taken) and not line.text[k].isspace()
    }
    assert lost <= set("#*<b>/r-+•")


def test_a_named_field_on_a_line_of_its_own_begins_a_paragraph() -> None:
    lines = [
        "1.完善农村供水工程运行管护机制，推行专业化管理、社会化服务，水费收缴率达到95%以上，",
        "责任单位：州水务局、各县市人民政府",
        "完成时限：2026年12月底",
    ]
    assert _texts("\n".join(lines)) == lines
