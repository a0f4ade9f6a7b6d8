"""Tables: marked by the file, or as rows with tabs in a text."""

from __future__ import annotations

from luoshi.documents.model import Cell, Document, Format, Line, LineKind, Table
from luoshi.extraction.model import TableDraft
from luoshi.extraction.paragraphs import paragraphs
from luoshi.extraction.tables import FoundTables, find_tables
from tests.extraction.texts import text_document, word_document


def _find(document: Document) -> FoundTables:
    return find_tables(document, paragraphs(document))


def _only(document: Document) -> TableDraft:
    (draft,) = _find(document).drafts
    return draft


_TWO_LEVELS = """附件1

云岭州2026年招商引资目标分解表

单位：亿元

县市\t到位资金\t\t引进项目\t\t备注
\t州外\t省外\t总数\t工业\t
云岭市\t30\t25\t12\t6\t
东川县\t20\t15\t8\t—\t含园区
合 计\t50\t40\t20\t6\t
"""


def test_header_levels_are_joined_and_body_stays_as_printed() -> None:
    draft = _only(text_document(_TWO_LEVELS))
    assert draft.title == "云岭州2026年招商引资目标分解表"
    assert draft.header == ("县市", "到位资金/州外", "到位资金/省外", "引进项目/总数", "引进项目/工业", "备注")
    assert draft.rows[1] == ("东川县", "20", "15", "8", "—", "含园区")
    assert draft.rows[-1][0] == "合 计"
    assert (draft.line, draft.line_end) == (3, 11)


def test_title_and_unit_line_are_taken_up_by_the_table() -> None:
    document = text_document(_TWO_LEVELS)
    text = paragraphs(document)
    covered = find_tables(document, text).covered
    assert [p.text for i, p in enumerate(text) if i not in covered] == ["附件1"]


def test_a_third_level_spans_its_group() -> None:
    draft = _only(text_document("县市\t上年完成数\t2026年\t\n\t\t上半年\t全年\n\t\t增长（%）\t\n云岭市\t12.5\t8\t9\n"))
    assert draft.header == ("县市", "上年完成数", "2026年/上半年/增长（%）", "2026年/全年/增长（%）")


def test_a_header_that_pages_repeat_is_one_table() -> None:
    head = "行动内容\t牵头部门\t责任部门"
    draft = _only(
        text_document(
            f"任务分解\n\n{head}\n抓投资\t州发展改革委\t各县市\n\t州财政局\t\n\n{head}\n抓招商\t州投资促进局\t各县市"
        )
    )
    assert len(draft.rows) == 3
    assert draft.rows[1] == ("", "州财政局", "")
    assert draft.line_end == 8


def test_a_blank_line_inside_a_table_does_not_part_it() -> None:
    draft = _only(text_document("分季度目标\n\n\t一季度\t全年\n全州\t10\t40\n\n分县市\t\t\n云岭市\t5\t20"))
    assert draft.rows == (("全州", "10", "40"), ("分县市", "", ""), ("云岭市", "5", "20"))


def test_tables_below_headings_of_their_own_are_several() -> None:
    found = _find(text_document("一、工业类\n序号\t名称\n1\t甲项目\n二、农业类\n序号\t名称\n1\t乙项目"))
    assert [draft.title for draft in found.drafts] == ["一、工业类", "二、农业类"]


def test_notes_below_are_no_rows() -> None:
    document = text_document("县市\t目标\n云岭市\t10\n东川县\t8\n注：1.本表由州统计局负责解释。")
    assert len(_only(document).rows) == 2


def test_names_without_a_header_have_empty_column_names() -> None:
    draft = _only(text_document("获奖人员名单\n王一\t州医院\n李二\t州一中\n张三\t州农科院"))
    assert draft.header == ("", "")
    assert len(draft.rows) == 3


def test_a_single_row_or_column_is_no_table() -> None:
    assert _find(text_document("联系人：王一\t电话：0000\n\n正文在这里。")).drafts == ()
    assert _find(word_document([["只有一列"], ["第二行"]])).drafts == ()


def test_marked_merged_cells_name_the_columns() -> None:
    cells = (
        Cell(0, 0, "县市", 2, row_span=2),
        Cell(0, 1, "目标", 2, column_span=2),
        Cell(1, 1, "上半年", 3),
        Cell(1, 2, "全年", 3),
        Cell(2, 0, "云岭市", 4, row_span=2),
        Cell(2, 1, "10", 4),
        Cell(2, 2, "20", 4),
        Cell(3, 1, "11", 5),
        Cell(3, 2, "21", 5),
    )
    texts = ["云岭州目标表", "县市\t目标\t", "\t上半年\t全年", "云岭市\t10\t20", "\t11\t21"]
    kinds = [LineKind.TEXT] + [LineKind.ROW] * 4
    lines = tuple(Line(n, t, k, whole=True) for n, (t, k) in enumerate(zip(texts, kinds, strict=True), 1))
    draft = _only(Document("x", Format.DOCX, lines, (Table(2, 5, 3, cells),)))
    assert draft.header == ("县市", "目标/上半年", "目标/全年")
    assert draft.rows == (("云岭市", "10", "20"), ("", "11", "21"))
    assert draft.title == "云岭州目标表"
    assert draft.rule == "table.cells"


def test_a_title_inside_the_table_is_its_title() -> None:
    draft = _only(text_document("云岭州项目表\t\t\n填报单位：\t\t\n序号\t名称\t投资\n1\t甲项目\t100"))
    assert (draft.title, draft.header) == ("云岭州项目表", ("序号", "名称", "投资"))


def test_a_table_of_contents_is_no_table() -> None:
    assert _find(text_document("目 录\n云岭州就业方案\t(3)\n云岭州教育方案\t(9)")).drafts == ()


def test_two_marked_tables_next_to_each_other_stay_two() -> None:
    document = word_document([["县市", "目标"], ["云岭市", "1"]], [["部门", "任务"], ["州财政局", "2"]])
    assert [draft.header for draft in _find(document).drafts] == [("县市", "目标"), ("部门", "任务")]


def _paged(*pages: list[list[str]]) -> Document:
    """A document whose pages each hold one marked table."""
    lines: list[Line] = []
    tables: list[Table] = []
    for page, rows in enumerate(pages, 1):
        first = len(lines) + 1
        cells = tuple(Cell(r, c, text, first + r) for r, row in enumerate(rows) for c, text in enumerate(row))
        lines += [Line(first + r, "\t".join(row), LineKind.ROW, page=page, whole=True) for r, row in enumerate(rows)]
        tables.append(Table(first, len(lines), len(rows[0]), cells, page))
    return Document("x", Format.PDF, tuple(lines), tuple(tables))


def test_a_table_goes_on_over_pages_without_its_names() -> None:
    head = ["重点任务", "牵头单位", "完成时限"]
    first = [head, ["建设标准厂房", "云岭高新区管委会", "5月底"]]
    second = [["开展政银企对接", "州政府金融办", "每季度"], ["发布供需目录", "州商务局", "9月底"]]
    third = [["清理历史问题", "州投资促进局", "年底"]]
    (draft,) = _find(_paged(first, second, third)).drafts
    assert draft.header == tuple(head)
    assert [row[1] for row in draft.rows] == ["云岭高新区管委会", "州政府金融办", "州商务局", "州投资促进局"]


def test_a_table_of_its_own_on_the_next_page_stays_apart() -> None:
    first = [["重点任务", "牵头单位"], ["建设标准厂房", "云岭高新区管委会"]]
    second = [["实事名称", "责任部门"], ["改造农贸市场", "州商务局"]]
    assert [draft.header[0] for draft in _find(_paged(first, second)).drafts] == ["重点任务", "实事名称"]


def test_a_numbered_line_without_tabs_heads_a_group_of_rows() -> None:
    rows = "单位\t新增企业（户）\t投资（万元）\n一、县级市\n甲市\t10\t200\n（二）县\n丙县\t5\t90\n合计\t15\t290\n"
    text = f"目标任务表\n{rows}二、其他要求\n各县照此办理。"
    draft = _only(text_document(text))
    assert draft.header == ("单位", "新增企业（户）", "投资（万元）")
    assert [row[0] for row in draft.rows] == ["一、县级市", "甲市", "（二）县", "丙县", "合计"]
    assert draft.rows[2] == ("（二）县", "", "") and draft.line_end == 7, (
        "a heading behind the table is none of its rows"
    )
