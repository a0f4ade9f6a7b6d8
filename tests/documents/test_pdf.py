"""PDF files made with reportlab."""

from __future__ import annotations

import threading

import pytest
from reportlab.lib.pagesizes import A4

from luoshi.documents import Format, LineKind, read
from luoshi.documents.errors import DamagedDocument, DocumentTooLarge, EncryptedDocument, ScannedDocument
from luoshi.documents.glyphs import typed
from luoshi.documents.limits import Limits
from tests.documents import pdf_writer
from tests.documents.checks import check

ROWS = [
    ["指标", "2018年目标", "责任单位"],
    ["固定资产投资", "增长15%以上，其中工业投资增长20%以上", "州发展改革委"],
    ["", "12亿元", "州财政局"],
]


def test_lines_by_page() -> None:
    document = read(pdf_writer.pages([["云岭州工作方案", "— 1 —"], ["增长8.5%以上。"]]), name="方案.pdf")
    check(document)
    assert [(line.text, line.page) for line in document.lines] == [
        ("云岭州工作方案", 1), ("— 1 —", 1), ("增长8.5%以上。", 2),
    ]  # fmt: skip
    assert (document.format, document.page_count, document.lines[0].whole) == (Format.PDF, 2, False)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_ruled_table_stands_between_its_neighbours(turned: int) -> None:
    data = pdf_writer.flow(["表前一段。", (ROWS, [("SPAN", (0, 1), (0, 2))]), "表后一段。"])
    if turned:
        # Drawn upright and turned by the viewer: the table must be found in the page's own coordinates all the same
        # only if the text is turned with it, so that the content is rotated back here.
        data = _turn(data, turned)
    document = read(data, name="a.pdf")
    check(document)
    (table,) = document.tables
    assert table.grid() == [ROWS[0], ROWS[1], ROWS[2]]
    assert next(cell for cell in table.cells if cell.text == "固定资产投资").row_span == 2
    assert [line.text for line in document.lines if line.kind is LineKind.TEXT] == ["表前一段。", "表后一段。"]
    assert document.lines[0].text == "表前一段。"


def _turn(data: bytes, angle: int) -> bytes:
    """The same page as it comes from a landscape printer: content turned one way, the page's rotation the other."""
    import io
    import math

    import pypdfium2

    file = pypdfium2.PdfDocument(data)
    page = file[0]
    width, height = A4
    radians = math.radians(angle)
    cos, sin = round(math.cos(radians)), round(math.sin(radians))
    matrix = pypdfium2.PdfMatrix(cos, sin, -sin, cos, 0, 0)
    corners = [matrix.on_point(x, y) for x, y in ((0, 0), (width, 0), (0, height), (width, height))]
    matrix = matrix.translate(-min(x for x, _ in corners), -min(y for _, y in corners))
    for thing in page.get_objects(max_depth=1):
        thing.transform(matrix)
    if angle in (90, 270):
        page.set_mediabox(0, 0, height, width)
    page.set_rotation(angle)
    page.gen_content()
    buffer = io.BytesIO()
    file.save(buffer)
    page.close()
    file.close()
    return buffer.getvalue()


def test_two_tables_on_two_pages() -> None:
    document = read(pdf_writer.flow([(ROWS, []), None, "中间", (ROWS[:2], [])]), name="a.pdf")
    check(document)
    assert [(table.page, table.height) for table in document.tables] == [(1, 3), (2, 2)]


def test_a_frame_or_underline_is_no_table() -> None:
    data = pdf_writer.scan(
        1, "云岭州人民政府关于印发工作方案的通知，请认真贯彻执行，各县市区人民政府和州直各部门", None
    )
    assert read(data, name="a.pdf").tables == ()
    boxed = pdf_writer.flow([([["只有一格"]], []), "正文"])
    assert [line.text for line in read(boxed, name="a.pdf").lines] == ["只有一格", "正文"]
    assert read(boxed, name="a.pdf").tables == ()


def test_refused_files() -> None:
    with pytest.raises(ScannedDocument, match="扫描件"):
        read(pdf_writer.scan(2), name="a.pdf")
    with pytest.raises(ScannedDocument):
        read(pdf_writer.scan(2, "扫描全能王"), name="a.pdf")
    with pytest.raises(EncryptedDocument, match="密码"):
        read(pdf_writer.pages([["密"]], password="1234"), name="a.pdf")
    with pytest.raises(DamagedDocument):
        read(b"%PDF-1.7\n" + b"x" * 500, name="a.pdf")
    with pytest.raises(DocumentTooLarge):
        read(pdf_writer.pages([["甲"]] * 3), name="a.pdf", limits=Limits(pages=2))


def test_threads_may_read_at_once() -> None:
    data = pdf_writer.flow(["开头", (ROWS, []), "结尾"])
    expected = read(data, name="a.pdf")
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(read(data, name="a.pdf"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 6


def test_radicals_become_characters() -> None:
    assert typed("⼯作⽅案⻓\x02期\x00") == "工作方案长-期"
