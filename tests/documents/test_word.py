"""Word files, written as raw XML where a test is about one construct, with python-docx where it is about real files."""

from __future__ import annotations

import io

import pytest

from luoshi.documents import Document, Format, LineKind, read
from luoshi.documents.errors import DamagedDocument, EmptyDocument
from tests.documents.checks import check
from tests.documents.packages import cell, level, numbered, p, table, word


def texts(data: bytes) -> list[str]:
    document = read(data, name="方案.docx")
    check(document)
    return [line.text for line in document.lines]


def real_file() -> Document:
    import docx

    file = docx.Document()
    file.add_heading("云岭州工作方案", 0)
    file.add_heading("一、总体要求", 1)
    file.add_paragraph("坚持稳中求进。")
    grid = file.add_table(rows=3, cols=3)
    grid.cell(0, 0).merge(grid.cell(0, 1)).text = "指标"
    grid.cell(0, 2).text = "责任单位"
    grid.cell(1, 0).merge(grid.cell(2, 0)).text = "投资"
    grid.cell(1, 1).text = "12亿元"
    grid.cell(2, 1).text = "增长5%"
    grid.cell(1, 2).text = "州水务局"
    buffer = io.BytesIO()
    file.save(buffer)
    return read(buffer.getvalue(), name="a.docx")


def test_a_file_by_python_docx() -> None:
    document = real_file()
    check(document)
    assert document.format is Format.DOCX
    title, heading, body = document.lines[:3]
    assert (title.text, title.kind, title.level) == ("云岭州工作方案", LineKind.HEADING, 0)
    assert (heading.text, heading.kind, heading.level) == ("一、总体要求", LineKind.HEADING, 1)
    assert (body.kind, body.whole) == (LineKind.TEXT, True)
    (grid,) = document.tables
    assert grid.grid() == [["指标", "", "责任单位"], ["投资", "12亿元", "州水务局"], ["", "增长5%", ""]]
    assert grid.grid(spread=True)[2][0] == "投资"


def test_automatic_numbers() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="7">'
        + level(0, "chineseCountingThousand", "%1、")
        + level(1, "chineseCounting", "（%2）")
        + level(2, "decimal", "%3.")
        + level(3, "decimalEnclosedCircle", "%4")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
        "</w:lvlOverride></w:num>"
    )
    body = (
        numbered("目标", 1) + numbered("投资", 1, 1) + numbered("甲", 1, 2) + numbered("乙", 1, 2)
        + numbered("细", 1, 3) + numbered("消费", 1, 1) + numbered("丙", 1, 2) + numbered("措施", 1)
        + numbered("工业", 1, 1) + numbered("另起", 2) + numbered("没有这个列表", 9)
    )  # fmt: skip
    assert texts(word(body, numbering=numbering)) == [
        "一、目标", "（一）投资", "1.甲", "2.乙", "① 细", "（二）消费", "1.丙", "二、措施", "（一）工业", "五、另起",
        "没有这个列表",
    ]  # fmt: skip


def test_levels_print_upper_levels_and_need_not_restart() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "chineseCounting", "第%1章", '<w:suff w:val="space"/>')
        + level(1, "decimal", "第%2条", '<w:lvlRestart w:val="0"/>')
        + level(2, "decimal", "%1.%2.%3", "<w:isLgl/>")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = "".join(numbered(text, 1, depth) for text, depth in [("总", 0), ("甲", 1), ("分", 0), ("乙", 1), ("细", 2)])
    assert texts(word(body, numbering=numbering)) == ["第一章 总", "第1条 甲", "第二章 分", "第2条 乙", "2.2.1 细"]


def test_numbers_and_headings_from_styles() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:numId w:val="3"/>'
        '</w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="loop"><w:basedOn w:val="loop"/></w:style>'
    )
    numbering = (
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "decimal", "%1")
        + level(1, "japaneseCounting", "（%2）", '<w:pStyle w:val="a1"/>')
        + '</w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = (
        p("工业", '<w:pStyle w:val="a1"/>')
        + p("农业", '<w:pStyle w:val="a1"/>')
        + p("无号", '<w:pStyle w:val="a1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + p("自成一圈", '<w:pStyle w:val="loop"/>')
        + p("大纲", '<w:outlineLvl w:val="2"/>')
    )
    document = read(word(body, styles=styles, numbering=numbering), name="a.docx")
    assert [(line.text, line.level) for line in document.lines] == [
        ("（一）工业", 2), ("（二）农业", 2), ("无号", 2), ("自成一圈", None), ("大纲", 3),
    ]  # fmt: skip


def test_tracked_changes_fields_and_hidden_text() -> None:
    body = (
        "<w:p><w:r><w:t>增长</w:t></w:r><w:del><w:r><w:delText>5%</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>8%</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>以</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>REF x</w:instrText><w:fldChar w:fldCharType="end"/></w:r>'
        "<w:moveFrom><w:r><w:t>搬走</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>上</w:t></w:r></w:moveTo></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>上半</w:t></w:r></w:p>" + p("下半")
    )
    assert texts(word(body)) == ["增长8%以上", "上半下半"]


def test_wrappers_breaks_and_signs() -> None:
    body = (
        '<w:sdt><w:sdtPr><w:alias w:val="x"/></w:sdtPr><w:sdtContent>' + p("控件") + "</w:sdtContent></w:sdt>"
        '<w:p><w:hyperlink r:id="r"><w:r><w:t>链</w:t></w:r></w:hyperlink><w:r><w:tab/><w:t>接\u00ad处</w:t>'
        '<w:softHyphen/><w:noBreakHyphen/><w:sym w:font="Wingdings" w:char="F0FE"/></w:r></w:p>'
        '<w:p><w:r><w:t>上</w:t><w:br/><w:t>下</w:t><w:br w:type="page"/><w:t>行</w:t></w:r></w:p>'
        "<w:p><w:r><w:ruby><w:rt><w:r><w:t>yún</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>云</w:t></w:r></w:rubyBase>"
        "</w:ruby></w:r><m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath></w:p><w:p/>"
    )
    document = read(word(body), name="a.docx")
    assert [line.text for line in document.lines] == ["控件", "链\t接处-☑", "上", "下行", "云x=1"]
    assert [line.whole for line in document.lines] == [True, True, False, False, True]


def test_text_boxes_are_read_once_and_notes_last() -> None:
    box = f"<w:txbxContent>{p('框内')}</w:txbxContent>"
    body = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>"
        + box
        + "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
        + box
        + "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent><w:t>框外</w:t></w:r></w:p>"
        '<w:p><w:r><w:t>有注</w:t><w:footnoteReference w:id="2"/></w:r></w:p>' + p("末段")
    )
    notes = f'<w:footnote w:id="0">{p("分隔")}</w:footnote><w:footnote w:id="2">{p("口径说明")}</w:footnote>'
    assert texts(word(body, footnotes=notes)) == ["框外", "框内", "有注", "末段", "注1：口径说明"]


def test_merged_cells_and_breaks_inside_cells() -> None:
    body = table(
        cell("序\n号") + cell("州发展改革委\n州财政局", 2),
        cell("1", merge="restart") + cell("投资，\n增长") + cell("甲"),
        cell("", merge="continue") + cell("消费") + cell("GDP\n5%"),
        cell("合计", 3),
    )
    document = read(word(body), name="a.docx")
    check(document)
    (grid,) = document.tables
    assert grid.grid() == [
        ["序号", "州发展改革委 州财政局", ""],
        ["1", "投资，增长", "甲"],
        ["", "消费", "GDP 5%"],
        ["合计", "", ""],
    ]
    spans = {found.text: (found.row_span, found.column_span) for found in grid.cells}
    assert spans["1"] == (2, 1)
    assert spans["合计"] == (1, 3)


def test_nested_tables_follow_and_frames_are_running_text() -> None:
    inner = table(cell("内甲") + cell("内乙"))
    body = table(cell("外甲") + f"<w:tc>{p('外乙')}{inner}</w:tc>") + table(
        f"<w:tc>{p('框中一段')}{inner}{p('完')}</w:tc>"
    )
    document = read(word(body), name="a.docx")
    check(document)
    assert [line.text for line in document.lines] == ["外甲\t外乙", "内甲\t内乙", "框中一段", "内甲\t内乙", "完"]
    assert len(document.tables) == 3


def test_strict_files_are_read_too() -> None:
    body = p("严格格式")
    data = word(body)
    import zipfile

    from tests.documents.packages import W_NS, zipped

    with zipfile.ZipFile(io.BytesIO(data)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    strict = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    members["word/document.xml"] = members["word/document.xml"].replace(W_NS.encode(), strict)
    assert texts(zipped(members)) == ["严格格式"]


def test_broken_and_empty_files() -> None:
    with pytest.raises(EmptyDocument):
        read(word("<w:p/>"), name="a.docx")
    with pytest.raises(DamagedDocument):
        read(word("<w:p>"), name="a.docx")
    with pytest.raises(DamagedDocument):
        read(word(p("甲"))[:-40], name="a.docx")
