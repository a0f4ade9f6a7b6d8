"""Excel workbooks (.xlsx): each visible sheet as a heading with its name and one table.

Read as a stream with lxml rather than with a ready library, because only the number formats tell 8.5% from 0.085, and
because two cells at opposite corners of a sheet must not make anybody lay out the whole sheet in memory.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from luoshi.documents.archive import Package, main_part, relationships
from luoshi.documents.builder import DocumentBuilder, Spot
from luoshi.documents.errors import DamagedDocument, DocumentTooLarge
from luoshi.documents.excel_numbers import BUILT_IN, shown
from luoshi.documents.limits import Limits
from luoshi.documents.markup import to_int
from luoshi.documents.model import Document, Format, LineKind

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_MOST_MERGES = 100_000


@dataclass(slots=True)
class Sheet:
    """What a sheet holds: texts by 0-based (row, column), and merged areas (first row, first column, last…)."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


def read_excel(data: bytes, name: str, limits: Limits) -> Document:
    """Read a .xlsx file. Rows and columns without any text are left out, merged areas shrink with them."""
    builder = DocumentBuilder(limits)
    with Package(data, limits) as package:
        for title, sheet in _sheets(package, limits):
            spots = _spots(sheet, limits)
            if spots:
                builder.add(title or "未命名工作表", kind=LineKind.HEADING, level=1, whole=True)
                builder.add_table(spots)
    return builder.document(name, Format.XLSX)


def read_first_sheet(data: bytes, limits: Limits) -> Sheet:
    """The first visible sheet of a .xlsx file as it lies, for a form that was filled in; empty where there is none.

    Raises ``DocumentError``.
    """
    with Package(data, limits) as package:
        return next((sheet for _, sheet in _sheets(package, limits)), Sheet())


def read_all_sheets(data: bytes, limits: Limits) -> list[tuple[str, Sheet]]:
    """Every sheet of a .xlsx file with its name, hidden ones too, numbers with all the digits that were typed.

    Raises ``DocumentError``.
    """
    with Package(data, limits) as package:
        return list(_sheets(package, limits, hidden=True, exact=True))


def _sheets(
    package: Package, limits: Limits, *, hidden: bool = False, exact: bool = False
) -> Iterator[tuple[str, Sheet]]:
    """The visible (and the hidden) sheets with their names, in the workbook's order."""
    part = main_part(package, "xl/workbook.xml")
    workbook = package.xml(part)
    related = relationships(package, part)
    by_kind = dict(related.values())
    properties = workbook.find("{*}workbookPr")
    from_1904 = properties is not None and properties.get("date1904", "0") in {"1", "true", "on"}
    strings = _shared_strings(package, by_kind.get("sharedStrings", "xl/sharedStrings.xml"), limits)
    formats = _formats(package.optional_xml(by_kind.get("styles", "xl/styles.xml")))
    for entry in workbook.iterfind("{*}sheets/{*}sheet"):
        kind, target = related.get(entry.get(_RELATION) or entry.get(_STRICT_RELATION) or "", ("", ""))
        if (not hidden and entry.get("state", "visible") != "visible") or kind != "worksheet" or target not in package:
            continue
        title = " ".join((entry.get("name") or "").split())
        yield title, _read_sheet(package, target, strings, formats, limits, from_1904=from_1904, exact=exact)


def _stream(package: Package, part: str, tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """Elements as they end; each is emptied afterwards, so that a part of any size takes little memory."""
    with package.open(part) as file:
        try:
            for _, element in etree.iterparse(
                file,
                events=("end",),
                tag=tags,
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            ):
                yield element
                element.clear()
                parent = element.getparent()
                if parent is not None:
                    while element.getprevious() is not None:
                        del parent[0]
        except DocumentTooLarge:
            raise
        except Exception as error:  # broken XML or a broken zip member below it
            raise DamagedDocument("工作簿内容已损坏，无法读取。请用 Excel 或 WPS 打开后重新保存，再上传。") from error


def _text_of(element: etree._Element) -> str:
    """The text of a string item: plain or in runs, without phonetic hints."""
    pieces = [
        child.text or "" if child.tag.endswith("}t") else "".join(node.text or "" for node in child.iterfind("{*}t"))
        for child in element
        if isinstance(child.tag, str) and child.tag.endswith(("}t", "}r"))
    ]
    text = "".join(pieces)
    return _ESCAPED.sub(_unescape, text) if "_x" in text else text


def _unescape(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return chr(code) if code in (9, 10, 13) or (code >= 32 and not 0xD800 <= code < 0xE000) else ""


def _shared_strings(package: Package, part: str, limits: Limits) -> list[str]:
    if part not in package:
        return []
    strings: list[str] = []
    for element in _stream(package, part, ("{*}si",)):
        strings.append(_text_of(element))
        if len(strings) > limits.cells:
            raise DocumentTooLarge(f"工作簿超过{limits.cells}格，请拆分后再上传。")
    return strings


def _formats(styles: etree._Element | None) -> list[str]:
    """The number format of each cell style."""
    if styles is None:
        return []
    own = {entry.get("numFmtId"): entry.get("formatCode") or "" for entry in styles.iterfind("{*}numFmts/{*}numFmt")}
    formats = []
    for entry in styles.iterfind("{*}cellXfs/{*}xf"):
        number = entry.get("numFmtId") or "0"
        formats.append(own.get(number) or BUILT_IN.get(to_int(number), ""))
    return formats


def _read_sheet(
    package: Package, part: str, strings: list[str], formats: list[str], limits: Limits, *, from_1904: bool, exact: bool
) -> Sheet:
    sheet = Sheet()
    row_number = -1
    for element in _stream(package, part, ("{*}row", "{*}mergeCell")):
        if element.tag.endswith("}mergeCell"):
            first, _, last = (element.get("ref") or "").partition(":")
            upper, lower = _position(first), _position(last)
            if upper and lower and upper != lower and len(sheet.merges) < _MOST_MERGES:
                sheet.merges.append((*upper, *lower))
            continue
        row_number = to_int(element.get("r"), row_number + 2) - 1
        column = -1
        for cell in element:
            if not isinstance(cell.tag, str) or not cell.tag.endswith("}c"):
                continue
            position = _position(cell.get("r") or "")
            column = position[1] if position else column + 1
            text = _cell_text(cell, strings, formats, from_1904=from_1904, exact=exact)
            if text.strip():
                sheet.texts[(row_number, column)] = text
        if len(sheet.texts) > limits.cells:
            raise DocumentTooLarge(f"工作表超过{limits.cells}格，请拆分后再上传。")
    return sheet


def _position(reference: str) -> tuple[int, int] | None:
    match = _REFERENCE.fullmatch(reference.replace("$", ""))
    if not match:
        return None
    column = 0
    for letter in match.group(1).upper():
        column = column * 26 + ord(letter) - 64
    return int(match.group(2)) - 1, column - 1


def _cell_text(cell: etree._Element, strings: list[str], formats: list[str], *, from_1904: bool, exact: bool) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find("{*}is")
        return _text_of(inline) if inline is not None else ""
    element = cell.find("{*}v")
    value = element.text if element is not None else None
    if not value:
        return ""
    if kind == "s":
        index = to_int(value.strip(), -1)
        return strings[index] if 0 <= index < len(strings) else ""
    if kind == "b":
        return "TRUE" if value.strip() == "1" else "FALSE"
    if kind == "n":
        style = to_int(cell.get("s"))
        code = formats[style] if 0 <= style < len(formats) else ""
        return shown(value, code, from_1904=from_1904, exact=exact)
    if kind == "d":
        return value.strip().replace("T00:00:00", "").replace("T", " ")
    return _ESCAPED.sub(_unescape, value)  # "str" (a formula's text) and "e" (an error such as #N/A)


def _spots(sheet: Sheet, limits: Limits) -> list[Spot]:
    rows = sorted({row for row, _ in sheet.texts})
    columns = sorted({column for _, column in sheet.texts})
    if len(rows) * len(columns) > limits.cells:
        raise DocumentTooLarge(f"工作表超过{limits.cells}格，请拆分后再上传。")
    merges = {(upper, left): (lower, right) for upper, left, lower, right in sheet.merges}
    covered: set[tuple[int, int]] = set()
    budget = 2 * limits.cells  # overlapping merges, which Excel never writes, could otherwise cost without end
    spots = []
    for (row, column), text in sorted(sheet.texts.items()):
        place = (bisect_left(rows, row), bisect_left(columns, column))
        if place in covered:  # Excel keeps, but does not show, what a merged area covers
            continue
        height = width = 1
        if (row, column) in merges and budget > 0:
            lower, right = merges[row, column]
            height = max(1, bisect_right(rows, lower) - place[0])
            width = max(1, bisect_right(columns, right) - place[1])
            budget -= height * width
            area = {(place[0] + i, place[1] + j) for i in range(height) for j in range(width)}
            if area & covered:
                height = width = 1
            else:
                covered |= area
        spots.append(Spot(*place, text, height, width))
    return spots
