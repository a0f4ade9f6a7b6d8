"""PDF files with a text layer: printed lines by page, ruled tables as tables.

Everything comes from pdfium, page by page: text, positions and strokes. pdfium is not thread-safe, so that each page is
read under one lock of this module; between two pages other threads get their turn.
"""

from __future__ import annotations

import ctypes
import threading
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as raw

from luoshi.documents.builder import DocumentBuilder, Spot
from luoshi.documents.errors import (
    DamagedDocument,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    ScannedDocument,
)
from luoshi.documents.glyphs import typed
from luoshi.documents.limits import Limits
from luoshi.documents.model import Document, Format
from luoshi.documents.pdf_page import PageStrokes, page_strokes, viewer
from luoshi.documents.ruled import Grid, find_grids

LOCK = threading.Lock()
_FEW = 30  # a page with fewer visible characters than this and a picture over half of it is a scan
_BREAK = 0x0A
_SCANNED = (
    "PDF 是扫描件（图片），没有可以读取的文字。请上传原始的 Word 文件，或先用 WPS、扫描软件做文字识别（OCR）后再上传。"
)


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page gives: printed lines, or where it has tables, lines and grids in turn."""

    items: list[str | list[Spot]]
    visible: int
    picture: bool


def read_pdf(data: bytes, name: str, limits: Limits) -> Document:
    """Read a PDF by its text layer; ``ScannedDocument`` where more than half of the pages are only pictures."""
    builder = DocumentBuilder(limits)
    with LOCK:
        document = _open(data)
    try:
        with LOCK:
            count = len(document)
        if count > limits.pages:
            raise DocumentTooLarge(f"PDF 超过{limits.pages}页，请拆分后再上传。")
        if count == 0:
            raise EmptyDocument("PDF 里没有页面，请检查文件是否完整。")
        visible, pictures = 0, 0
        for index in range(count):
            with LOCK:
                page = _read_page(document, index)
            visible += page.visible
            pictures += page.picture and page.visible < _FEW
            for item in page.items:
                if isinstance(item, str):
                    builder.add(item, page=index + 1)
                else:
                    builder.add_table(item, page=index + 1, wrapped=True)
    finally:
        with LOCK:
            document.close()
    if visible == 0 or pictures * 2 > count:
        raise ScannedDocument(_SCANNED)
    return builder.document(name, Format.PDF, page_count=count)


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY) or "assword" in str(error):
            raise EncryptedDocument("PDF 设有打开密码。请取消密码后重新保存，再上传。") from error
        raise DamagedDocument("PDF 已损坏，无法打开。请重新导出或重新下载后再上传。") from error


def _read_page(document: pypdfium2.PdfDocument, index: int) -> PageText:
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return PageText([], 0, False)  # one broken page must not hide the others
    try:
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        page.close()
        return PageText([], 0, False)
    try:
        strokes = page_strokes(page)
        grids = find_grids(strokes.rules)
        items: list[str | list[Spot]]
        if grids:
            items = _with_tables(page, text_page, grids)
        else:
            items = list(_lines(text_page.get_text_range(errors="replace")))
        return PageText(items, _visible(items), _is_picture(page, strokes))
    finally:
        text_page.close()
        page.close()


def _lines(text: str) -> list[str]:
    lines = (typed(line).strip() for line in text.replace("\r", "\n").split("\n"))
    return [line for line in lines if line]


def _visible(items: list[str | list[Spot]]) -> int:
    texts = (item if isinstance(item, str) else "".join(spot.text for spot in item) for item in items)
    return sum(len(text) - text.count(" ") for text in texts)


def _is_picture(page: pypdfium2.PdfPage, strokes: PageStrokes) -> bool:
    width, height = page.get_size()
    return bool(strokes.largest_picture >= 0.5 * width * height)


def _with_tables(
    page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, grids: list[Grid]
) -> list[str | list[Spot]]:
    """The page's characters in their order, those inside a grid put into its cells; a table stands where its first
    character came."""
    view = viewer(page)
    items: list[str | list[Spot]] = []
    cells: list[list[list[str]]] = [[[] for _ in grid.boxes] for grid in grids]
    last_y: dict[tuple[int, int], tuple[float, float]] = {}
    places: dict[int, int] = {}
    line: list[str] = []
    inside: tuple[int, int] | None = None

    def end_line() -> None:
        text = typed("".join(line)).strip()
        line.clear()
        if text:
            items.append(text)

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page.raw, index)
        if code in (0x0D, _BREAK):
            if inside is None:
                end_line()
            else:
                cells[inside[0]][inside[1]].append("\n")
            continue
        char = chr(code) if code < 0x110000 else ""
        if not char.isspace() and raw.FPDFText_GetCharBox(text_page.raw, index, left, right, bottom, top):
            x0, y0 = view(left.value, top.value)
            x1, y1 = view(right.value, bottom.value)
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            found: tuple[int, int] | None = None
            for number, grid in enumerate(grids):
                box = grid.box_at(x, y)
                if box is not None:
                    found = (number, box)
                    break
            if found is not None and found[0] not in places:
                end_line()
                places[found[0]] = len(items)
                items.append([])
            if (found is None and inside is not None) or (found is not None and inside is None):
                end_line()
            inside = found
            if found is not None:
                before = last_y.get(found)
                size = abs(y1 - y0)
                if before is not None and abs(before[0] - y) > max(0.6 * before[1], 0.6 * size, 3.0):
                    cells[found[0]][found[1]].append("\n")
                last_y[found] = (y, size)
        if inside is None:
            line.append(char)
        else:
            cells[inside[0]][inside[1]].append(char)
    end_line()
    for number, place in places.items():
        items[place] = [
            Spot(box.row, box.column, "\n".join(_lines("".join(chars))), box.row_span, box.column_span)
            for box, chars in zip(grids[number].boxes, cells[number], strict=True)
        ]
    return items
