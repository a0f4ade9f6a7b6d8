"""Word files (.docx): paragraphs, automatic numbers, headings, tables, notes, text boxes, in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from luoshi.documents.archive import Package, main_part, relationships
from luoshi.documents.builder import DocumentBuilder
from luoshi.documents.errors import DamagedDocument
from luoshi.documents.limits import Limits
from luoshi.documents.markup import parse_xml, to_int
from luoshi.documents.model import Document, Format, LineKind
from luoshi.documents.word_numbering import Numbering
from luoshi.documents.word_styles import Styles
from luoshi.documents.word_table import blocks_of, frame_cell, is_frame, table_spots
from luoshi.documents.word_text import paragraph_text
from luoshi.documents.word_xml import STRICT, TRANSITIONAL, VAL, W

_P, _TBL = f"{W}p", f"{W}tbl"
_PROPERTIES, _STYLE, _NUMBERING, _OUTLINE = f"{W}pPr", f"{W}pStyle", f"{W}numPr", f"{W}outlineLvl"
_NUMBER_ID, _DEPTH, _MARK = f"{W}numId", f"{W}ilvl", f"{W}rPr"
_NOTE_NAMES = {"footnote": "注", "endnote": "尾注"}


def read_word(data: bytes, name: str, limits: Limits) -> Document:
    """Read a .docx file: a paragraph is one whole line; a break set by hand inside it begins another line."""
    with Package(data, limits) as package:
        part = main_part(package, "word/document.xml")
        body = _xml(package, part).find(f"{W}body")
        if body is None:
            raise DamagedDocument("Word 文档缺少正文，无法读取。请用 Word 或 WPS 打开后重新保存，再上传。")
        related = dict(relationships(package, part).values())
        styles = Styles(_optional(package, related.get("styles", "word/styles.xml")))
        numbering = Numbering(_optional(package, related.get("numbering", "word/numbering.xml")), styles)
        notes = {
            kind: _optional(package, related.get(f"{kind}s", f"word/{kind}s.xml")) for kind in ("footnote", "endnote")
        }
    reading = WordReading(styles, numbering, DocumentBuilder(limits))
    reading.blocks(body)
    reading.add_notes(notes)
    return reading.builder.document(name, Format.DOCX)


def _xml(package: Package, part: str) -> etree._Element:
    data = package.read(part)
    return parse_xml(data.replace(STRICT, TRANSITIONAL) if STRICT in data[:4096] else data)


def _optional(package: Package, part: str) -> etree._Element | None:
    if part not in package:
        return None
    try:
        return _xml(package, part)
    except DamagedDocument:
        return None  # the text can be read without it


class WordReading:
    """One pass through a Word document."""

    def __init__(self, styles: Styles, numbering: Numbering, builder: DocumentBuilder) -> None:
        self._styles = styles
        self._numbering = numbering
        self.builder = builder
        self._notes: list[tuple[str, str]] = []
        self._carried = ""

    def blocks(self, parent: etree._Element) -> None:
        """Read all paragraphs and tables of a body, text box or note."""
        for block in blocks_of(parent):
            if block.tag == _P:
                self._paragraph(block)
            elif is_frame(block):
                self.blocks(frame_cell(block))
            else:
                self._table(block)
        if self._carried:  # the mark of the last paragraph was deleted
            self._add(self._carried, None)
            self._carried = ""

    def _paragraph(self, paragraph: etree._Element) -> None:
        properties = paragraph.find(_PROPERTIES)
        found = paragraph_text(paragraph, self._styles)
        self._notes.extend(found.notes)
        text = self._carried + found.text
        self._carried = ""
        mark = properties.find(_MARK) if properties is not None else None
        if mark is not None and mark.find(f"{W}del") is not None:
            self._carried = text  # its mark is deleted: what follows belongs to the same paragraph
        else:
            heading, label = self._kind(properties, bool(text.strip()))
            self._add(label + text.lstrip() if label else text, heading)
        for box in found.boxes:
            self.blocks(box)

    def _kind(self, properties: etree._Element | None, has_text: bool) -> tuple[int | None, str]:
        """The heading level and the automatic number of a paragraph."""
        style_id: str | None = None
        direct: etree._Element | None = None
        outline: etree._Element | None = None
        if properties is not None:
            for entry in properties:
                if entry.tag == _STYLE:
                    style_id = entry.get(VAL)
                elif entry.tag == _NUMBERING:
                    direct = entry
                elif entry.tag == _OUTLINE:
                    outline = entry
        style = self._styles.style(style_id)
        heading = style.heading
        if outline is not None:
            level = to_int(outline.get(VAL), 9)
            heading = level + 1 if 0 <= level < 9 else None
        number_id, level_number = style.number_id, style.number_level
        if direct is not None:
            number, depth = direct.find(_NUMBER_ID), direct.find(_DEPTH)
            if number is not None:
                number_id = number.get(VAL)
            if depth is not None:
                level_number = to_int(depth.get(VAL))
            elif number is not None:
                level_number = 0 if style.number_id is None else level_number
        if not number_id or number_id == "0":
            return heading, ""
        label = self._numbering.label(number_id, level_number, style_id or self._styles.default)
        # Word numbers empty paragraphs too: they use the number up, but nothing is there to be read.
        return heading, label if has_text else ""

    def _add(self, text: str, heading: int | None) -> None:
        """Add a paragraph as one whole line, or as several where breaks were set by hand."""
        pieces = [piece for piece in (piece.strip(" ") for piece in text.split("\n")) if piece.strip()]
        for piece in pieces:
            if heading is None:
                self.builder.add(piece.rstrip(), whole=len(pieces) == 1)
            else:
                self.builder.add(piece.strip(), kind=LineKind.HEADING, level=heading, whole=len(pieces) == 1)

    def _table(self, table: etree._Element) -> None:
        """A table as rows; tables and text boxes inside its cells follow it."""
        inner: list[etree._Element] = []
        self.builder.add_table(table_spots(table, lambda cell: self._cell(cell, inner)))
        for element in inner:
            if element.tag == _TBL and not is_frame(element):
                self._table(element)
            elif element.tag == _TBL:
                self.blocks(frame_cell(element))
            else:
                self.blocks(element)

    def _cell(self, cell: etree._Element, inner: list[etree._Element]) -> str:
        texts: list[str] = []
        for block in blocks_of(cell):
            if block.tag == _TBL:
                inner.append(block)
                continue
            found = paragraph_text(block, self._styles)
            text = found.text
            if found.notes:
                self._notes.extend(found.notes)
            if found.boxes:
                inner.extend(found.boxes)
            _, label = self._kind(block.find(_PROPERTIES), bool(text.strip()))
            texts.append(label + text)
        return texts[0] if len(texts) == 1 else "\n".join(texts)

    def add_notes(self, parts: dict[str, etree._Element | None]) -> None:
        """Footnotes, then endnotes, in the order of their references, as 注1：… and 尾注1：…"""
        for kind, root in parts.items():
            if root is None:
                continue
            by_id = {element.get(f"{W}id"): element for element in root.iterfind(f"{W}{kind}")}
            ids = list(dict.fromkeys(note for found, note in self._notes if found == kind))
            for count, note in enumerate(ids, start=1):
                element = by_id.get(note)
                if element is None:
                    continue
                text = " ".join(self._note_paragraphs(element)).strip()
                if text:
                    self.builder.add(f"{_NOTE_NAMES[kind]}{count}：{text}", whole=True)

    def _note_paragraphs(self, note: etree._Element) -> Iterator[str]:
        for paragraph in note.iter(_P):
            text = paragraph_text(paragraph, self._styles).text
            yield " ".join(text.split())
