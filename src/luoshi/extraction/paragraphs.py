"""Joins the physical lines that a page or the line width broke apart into logical paragraphs.

Nothing is decided for a named document: what a line is follows from the document's own line widths, the punctuation at
the end of a line, its open brackets, and what the next line begins with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from luoshi.documents.model import Document, Line, LineKind
from luoshi.extraction.marks import (
    ARTICLE,
    DATE_LINE,
    FIELD,
    HEADING_MARK,
    MARKUP,
    PAGE_NUMBER,
    REMARK,
    RULE,
    is_label,
    width,
)
from luoshi.extraction.model import Paragraph, Piece

_END = frozenset("。！？；：!?;:…")
_GOES_ON = frozenset("，、,（(《“—")
_INNER = re.compile(r"[，。；、,;]")
_FULL_STOP = re.compile(r"[。；;]")
#: Words with which titles, headings and captions end; such a line is never the beginning of a broken sentence.
_TITLE_END = re.compile(
    r"(?:方案|通知|办法|规划|计划|意见|细则|预案|措施|要点|清单|决定|决议|公报|公告|条例|规定|名单|名录|目录|报告|总结"
    r"|表|图|目标|要求|任务|项目|分解|分工|大事记|情况|工程|机制|体系)(?:[(（][^()（）]*[)）])?$"
)
#: Words with which no heading ends.
_GOES_ON_WORD = re.compile(r"(?:以及|[和与及或的对将把由向从以在是为])$")
#: What goes on after a number that stands at a line's end.
_AFTER_NUMBER = re.compile(r"\s*(?:以[上下内]|左右|[年月日个户亿万元家件次倍])")
_DUTY_WORDS = ("牵头", "责任", "负责", "配合", "落实")
_LOST = "\ufffd"
#: How many lines ahead the other half of an open bracket is looked for.
_BRACKET_REACH = 3


@dataclass(frozen=True, slots=True)
class _Text:
    """A line's text without blanks at its ends and without mark-up: runs of (start, length) in the line."""

    line: Line
    text: str
    runs: tuple[tuple[int, int], ...]
    indent: float
    style: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a document was set: ``column`` is the width at which its lines break (``None``: whole paragraphs a line)."""

    column: float | None
    indented: bool


def paragraphs(document: Document) -> list[Paragraph]:
    """The logical paragraphs of a document in order; blank lines, page numbers, running heads and
    drawn lines are left out.

    Characters are never lost, doubled or moved: ``text`` is the lines' own characters without the blanks at line ends
    and without mark-up (``#``, ``**``, ``<b>``), and ``pieces`` say where each run stands.
    """
    lines: list[_Text] = []
    for line in _text_lines(document):
        lines.append(_read(line, lines[-1] if lines else None))
    layout = measure_layout([item for item in lines if item.style == "text" and not item.line.whole])
    result: list[Paragraph] = []
    group: list[_Text] = []
    opened = False
    for index, item in enumerate(lines):
        if group and not _joins(group[-1], item, layout, opened and _closes_soon(lines, index)):
            result.append(_paragraph(group))
            group, opened = [], False
        group.append(item)
        opened = _bracket_open(item.text, opened)
    if group:
        result.append(_paragraph(group))
    return result


def measure_layout(lines: list[_Text]) -> Layout:
    """Where lines break: most lines of a document that is broken at the line width are about equally wide."""
    widths = [width(item.text) for item in lines]
    long = [w for w in widths if w >= 12]
    column = None
    if len(long) >= 8:
        counts = Counter(round(w) for w in long)
        centre = max(counts, key=lambda w: (sum(counts[w + d] for d in (-2, -1, 0, 1, 2)), w))
        near = sum(centre - 3 <= w <= centre + 3 for w in long)
        if near >= 0.6 * len(long):
            column = float(centre)
    indented = sum(item.indent >= 2 for item in lines)
    return Layout(column, 0 < indented <= 0.5 * len(lines))


def _text_lines(document: Document) -> Iterator[Line]:
    """The lines that are text: neither blank, nor a page number, nor a head or foot that pages repeat."""
    repeated = _running_heads(document)
    for line in document.lines:
        if not line.text or line.text.isspace() or line.number in repeated:
            continue
        if not line.whole and line.kind is LineKind.TEXT and (PAGE_NUMBER.match(line.text) or RULE.match(line.text)):
            continue
        yield line


def _running_heads(document: Document) -> set[int]:
    """Numbers of the lines at the top or foot of a page that stand, but for their digits, on three pages or more."""
    pages: dict[int, list[Line]] = {}
    for line in document.lines:
        if line.page is not None and line.text.strip() and not line.whole:
            pages.setdefault(line.page, []).append(line)
    if len(pages) < 3:
        return set()
    edges = [
        line
        for page in pages.values()
        for line in {line.number: line for line in page[:2] + page[-2:]}.values()
        if line.kind is LineKind.TEXT and line.text.rstrip()[-1] not in _END and not is_label(line.text)
    ]
    keys = [re.sub(r"\d+", "0", "".join(line.text.split())) for line in edges]
    counts = Counter(keys)
    enough = max(3, len(pages) // 3)
    return {
        line.number
        for line, key in zip(edges, keys, strict=True)
        if (counts[key] >= enough and len(key) <= 40) or key == "0"
    }


def _is_row(line: Line, before: _Text | None) -> bool:
    """Whether a line holds cells: a tab between texts or two behind one, or as many tabs as in the row just above.

    A tab that only indents makes no row.
    """
    tail = line.text.lstrip()
    if line.kind is LineKind.ROW or "\t" in tail.rstrip() or tail.count("\t") > 1:
        return True
    tabs = line.text.count("\t")
    return (
        tabs > 1
        and before is not None
        and before.style == "row"
        and before.line.number == line.number - 1
        and before.text.count("\t") == tabs
    )


def _read(line: Line, before: _Text | None) -> _Text:
    raw = line.text
    if _is_row(line, before):
        return _Text(line, raw, ((0, len(raw)),), 0, "row")
    style = "heading" if line.kind is LineKind.HEADING or HEADING_MARK.match(raw) else "text"
    runs: list[tuple[int, int]] = []
    at = 0
    for mark in MARKUP.finditer(raw):
        runs.append((at, mark.start()))
        at = mark.end()
    runs.append((at, len(raw)))
    runs = [(a, b) for a, b in runs if a < b]
    while runs and raw[runs[0][0] : runs[0][1]].isspace():
        runs.pop(0)
    while runs and raw[runs[-1][0] : runs[-1][1]].isspace():
        runs.pop()
    if not runs:  # nothing but mark-up: keep it as it is, nothing may be lost
        runs = [(len(raw) - len(raw.lstrip()), len(raw.rstrip()))]
    else:
        first, last = raw[runs[0][0] : runs[0][1]], raw[runs[-1][0] : runs[-1][1]]
        runs[-1] = (runs[-1][0], runs[-1][0] + len(last.rstrip()))
        runs[0] = (runs[0][0] + len(first) - len(first.lstrip()), runs[0][1])
    text = "".join(raw[a:b] for a, b in runs)
    lead = raw[: len(raw) - len(raw.lstrip())]
    return _Text(line, text, tuple((a, b - a) for a, b in runs), width(lead), style)


def _paragraph(group: list[_Text]) -> Paragraph:
    pieces = []
    offset = 0
    for item in group:
        for start, length in item.runs:
            pieces.append(Piece(offset, item.line.number, start, length))
            offset += length
    return Paragraph("".join(item.text for item in group), tuple(pieces), group[0].style)


def _bracket_open(text: str, before: bool) -> bool:
    """Whether a bracket is open at the end of the text, given whether one was open before it."""
    opening = max(text.rfind("（"), text.rfind("("))
    closing = max(text.rfind("）"), text.rfind(")"))
    return before if opening == closing else opening > closing


def _closes_soon(lines: list[_Text], index: int) -> bool:
    """Whether the bracket that is open before ``lines[index]`` is closed before another one opens, a few lines on."""
    for item in lines[index : index + _BRACKET_REACH]:
        if item.style != "text" or item.line.whole or _LOST in item.text:
            return False
        for character in item.text:
            if character in "）)":
                return True
            if character in "（(":
                return False
    return False


def _joins(before: _Text, after: _Text, layout: Layout, bracket: bool) -> bool:
    """Whether ``after`` goes on with the paragraph that ends with ``before``."""
    if before.style != "text" or after.style != "text" or before.line.whole or after.line.whole:
        return False
    if before.text[-1] == _LOST or after.text[0] == _LOST:
        return False
    if DATE_LINE.match(before.text) or DATE_LINE.match(after.text):
        return False
    if bracket:
        return True
    if is_label(after.text) or REMARK.match(after.text) or FIELD.match(after.text) or _ends_with_duty(before.text):
        return False
    if layout.indented and after.indent >= 2 and before.indent < 2:
        return False
    end = before.text[-1]
    full = layout.column is not None and width(before.text) >= layout.column - 2.5
    if end in _END:
        return full and layout.column is not None and end in "。；;：:" and width(before.text) >= layout.column - 1.5
    if full or end in _GOES_ON or _quote_open(before.text, after.text) or _GOES_ON_WORD.search(before.text):
        return True
    if layout.column is not None and width(before.text) < layout.column - 6:
        return False
    return _broken(before.text, after.text)


def _ends_with_duty(text: str) -> bool:
    """Whether a text ends with a whole responsibility clause in brackets, as paragraphs do."""
    if text[-1] not in ")）":
        return False
    clause = text[max(text.rfind("（"), text.rfind("(")) :]
    return any(word in clause for word in _DUTY_WORDS)


def _quote_open(before: str, after: str) -> bool:
    """Whether a title or quotation that is open at a line's end is closed on the next line."""
    for opening, closing in ("《》", "“”"):
        if before.rfind(opening) > before.rfind(closing):
            at = after.find(closing)
            if at >= 0 and opening not in after[:at]:
                return True
    return False


def _broken(before: str, after: str) -> bool:
    """Whether a line without final punctuation is the beginning of a sentence rather than a heading or a title."""
    if before[-1] in "》”" and after[0] in "《“和、及已":
        return True
    if (before[-1] in "%％" or before[-1].isdigit()) and _AFTER_NUMBER.match(after):
        return True
    size = len(before)
    marks = len(_INNER.findall(before))
    if size < 15 or before[-1] in "）)】" or (not marks and " " in before[-8:]):
        return False
    if _FULL_STOP.search(before):
        return True
    if _TITLE_END.search(before):
        return size >= 50 and marks >= 2
    if is_label(before) and not ARTICLE.match(before):
        # a heading, unless what follows can only be the rest of a sentence or of the heading
        if marks >= 3 or (len(after) <= 8 and not _INNER.search(after)):
            return True
        return marks > 0 and size >= 30 and len(after) <= 20 and after[-1] == "。"
    return marks > 0 or before[-1] not in "》”"
