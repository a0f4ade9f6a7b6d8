"""Web pages (.html): block elements as whole lines, headings, tables with their spans."""

from __future__ import annotations

import re

from lxml import etree

from luoshi.documents.builder import DocumentBuilder, Spot
from luoshi.documents.detection import check_text
from luoshi.documents.errors import DamagedDocument, DocumentTooLarge, EmptyDocument, UnknownEncoding
from luoshi.documents.limits import Limits
from luoshi.documents.markup import to_int
from luoshi.documents.model import Document, Format, LineKind
from luoshi.documents.text import decode

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.I)
_NEITHER_OURS = {"big5": "big5", "big5-hkscs": "big5hkscs", "utf-16": "utf-16"}
_SPACES = re.compile(r"[ \t\r\n\f]+")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_DROPPED = {
    "script",
    "style",
    "template",
    "noscript",
    "head",
    "select",
    "textarea",
    "iframe",
    "object",
    "svg",
    "canvas",
}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html",
    "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul", *_HEADINGS,
}  # fmt: skip
_INVISIBLE = str.maketrans({"\u00ad": None, "\u200b": None, "\ufeff": None})


def read_html(data: bytes, name: str, limits: Limits) -> Document:
    """Read a web page as a browser shows it, scripts and hidden parts left out."""
    text, encoding = _decode(data)
    check_text(text, Format.HTML)
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    root = etree.fromstring(text.encode(), parser)
    # The parser mends everything but this: what is nested too deeply it drops, and nothing may be lost unsaid.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" or "depth" in entry.message for entry in parser.error_log):
        raise DamagedDocument("网页的标签嵌套过深，无法完整读取。请用浏览器打开后复制文字，另存为 .txt 后再上传。")
    if root is None:
        raise EmptyDocument("网页里没有任何文字，请检查是否选错了文件。")
    reading = HtmlReading(DocumentBuilder(limits))
    reading.block(root)
    reading.flush()
    return reading.builder.document(name, Format.HTML, encoding=encoding)


def _decode(data: bytes) -> tuple[str, str]:
    """By byte order mark, UTF-8 where it holds, the page's own charset, else GB18030."""
    try:
        return decode(data)
    except UnknownEncoding:
        match = _CHARSET.search(data[:4096])
        encoding = _NEITHER_OURS.get(match.group(1).decode().lower()) if match else None
        if encoding is None:
            raise
        return data.decode(encoding, "replace"), encoding


class HtmlReading:
    """One pass through a web page; inline text gathers until a block or a break ends the line."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self.builder = builder
        self._pending: list[str] = []
        self._level: int | None = None
        self._inner: list[etree._Element] = []

    def flush(self) -> None:
        """End the line."""
        text = _SPACES.sub(" ", "".join(self._pending)).translate(_INVISIBLE).strip()
        self._pending.clear()
        if not text:
            return
        if self._level is None:
            self.builder.add(text, whole=True)
        else:
            self.builder.add(text, kind=LineKind.HEADING, level=self._level, whole=True)

    def block(self, element: etree._Element) -> None:
        """Read an element and all in it."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _DROPPED or _is_hidden(element):
            return
        if tag == "br":
            self.flush()
            return
        if tag == "table":
            self.flush()
            self._table(element)
            return
        outer_level = self._level
        is_block = tag in _BLOCKS
        if is_block:
            self.flush()
            self._level = _HEADINGS.get(tag, outer_level)
        if tag == "pre":
            self._preformatted(element)
        else:
            self._pending.append(element.text or "")
            for child in element:
                self.block(child)
                self._pending.append(child.tail or "")
        if is_block:
            self.flush()
            self._level = outer_level

    def _preformatted(self, element: etree._Element) -> None:
        for line in "".join(map(str, element.itertext())).split("\n"):
            if line.strip():
                self.builder.add(line.translate(_INVISIBLE).rstrip())

    def _table(self, table: etree._Element) -> None:
        """A table as rows; a table of one cell only lays out running text, tables inside cells follow theirs."""
        caption = table.find("caption")
        if caption is not None:
            self.block(caption)
        rows = [row for row in _rows(table) if not _is_hidden(row)]
        cells = [[cell for cell in row if cell.tag in ("td", "th") and not _is_hidden(cell)] for row in rows]
        if sum(len(row) for row in cells) == 1:
            for row in cells:
                for cell in row:
                    self.block(cell)
            return
        outer, self._inner = self._inner, []
        self.builder.add_table(self._spots(cells))
        inner, self._inner = self._inner, outer
        for element in inner:
            self._table(element)

    def _spots(self, rows: list[list[etree._Element]]) -> list[Spot]:
        """Places cells as HTML does: each at the first free column, spans cut at the table's last row."""
        spots: list[Spot] = []
        taken: dict[int, int] = {}  # column → first row that is free again
        placed = 0
        for number, row in enumerate(rows):
            column = 0
            for cell in row:
                while taken.get(column, 0) > number:
                    column += 1
                width = min(max(to_int(cell.get("colspan"), 1), 1), 1000)  # the limits that HTML sets
                height = to_int(cell.get("rowspan"), 1)
                height = len(rows) - number if height == 0 else min(max(height, 1), len(rows) - number)
                free = 1
                while free < width and taken.get(column + free, 0) <= number:
                    free += 1
                width = free
                spots.append(Spot(number, column, self._cell_text(cell), height, width))
                if height > 1:
                    taken.update(dict.fromkeys(range(column, column + width), number + height))
                column += width
                placed += width
                if placed > self.builder.limits.cells:
                    raise DocumentTooLarge(f"表格超过{self.builder.limits.cells}格，请拆分后再上传。")
        return spots

    def _cell_text(self, cell: etree._Element) -> str:
        parts: list[str] = []
        self._collect(cell, parts)
        lines = (_SPACES.sub(" ", line).strip() for line in "".join(parts).split("\v"))
        return "\n".join(line for line in lines if line).translate(_INVISIBLE)

    def _collect(self, element: etree._Element, parts: list[str]) -> None:
        parts.append((element.text or "").replace("\v", " "))
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag not in _DROPPED and not _is_hidden(child):
                if tag == "table":
                    self._inner.append(child)
                elif tag == "br" or tag in _BLOCKS:
                    parts.append("\v")  # stands for a break while blanks are folded
                    self._collect(child, parts)
                    parts.append("\v" if tag != "br" else "")
                else:
                    self._collect(child, parts)
            parts.append((child.tail or "").replace("\v", " "))


def _rows(table: etree._Element) -> list[etree._Element]:
    rows: list[etree._Element] = []
    for child in table:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            rows.extend(row for row in child if row.tag == "tr")
    return rows


def _is_hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()
