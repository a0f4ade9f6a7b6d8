"""Splits a file into its titled documents: a gazette or a collection holds many, a notice carries its plans.

A title is a short line without punctuation that ends with a kind of document (方案, 通知, 办法 …), may be broken over
several lines, stands neither in a table of contents nor below 附件 of a plan, and is followed by what a document begins
with: a document number, a salutation, an outline label, a preface or a sentence.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from luoshi.extraction.marks import (
    ANNEX_LABEL,
    CONTENTS,
    CONTENTS_ENTRY,
    DATE_LINE,
    DECIMAL,
    DOCUMENT_NUMBER,
    KIND,
    REMARK,
    is_label,
    read_date,
    squeeze,
)
from luoshi.extraction.model import Paragraph

_PUNCTUATION = re.compile(r"[。，；：！？,;:!?]")
_TITLE = re.compile(rf"(?:{KIND})(?:[(（][^()（）]{{1,40}}[)）])*$")
_NOTICE = re.compile(r"(?:通知|的函)(?:[(（][^()（）]{1,40}[)）])*$")
_ATTACHING = re.compile(r"印发|转发|批转|公布|发布|下发")
_UNFINISHED = re.compile(r"关于|转发|印发|批转|审议")
_BODY_NAME = re.compile(r"(?:政府|办公室|办公厅|委员会|常委会|[局厅委办组]|指挥部|领导小组)$")
_SALUTATION = re.compile(r"(?:[各省州市县区]|有关).{2,}[:：]$")
_ADDENDUM = re.compile(
    r"[(（](?:[\d\s—–\-－~～至年]+|试行|暂行|修订|征求意见稿|送审稿|讨论稿|草案|[\d.]+版)[)）](?:的通知)?$"
)
_ADOPTED = re.compile(r"[(（]\s*(\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)[^()（）]*[)）]$")
_PREFACE = frozenset({"前言", "序言", "引言", "总则", "目录"})
_COLOPHON = re.compile(r"\s*(?:抄\s*送|主题词|分送|文章附件|扫描微|扫一扫|打印本页|关闭窗口|上一篇|下一篇|责任编辑)")
_DETACHED = re.compile(r"(?:大事记|公报|公告|报告)$")
_TITLE_LENGTH = 100
_EVIDENCE_REACH = 8
_LONG = 40


@dataclass(frozen=True, slots=True)
class Segment:
    """A titled document: paragraphs ``start`` (head or title) to ``end`` (excluded), its text from ``body`` on.

    ``number`` and ``issued_on`` are its own or those of the notice that carries it; ``cover_year`` is the year that
    the title of the collection prints.
    """

    title: str
    start: int
    body: int
    end: int
    number: str | None = None
    issued_on: dt.date | None = None
    cover_year: int | None = None

    @property
    def is_notice(self) -> bool:
        """Whether this is a notice (通知, 函)."""
        return _NOTICE.search(self.title) is not None


def find_segments(paragraphs: Sequence[Paragraph], tables: frozenset[int] = frozenset()) -> list[Segment]:
    """The titled documents in order; ``tables`` are the indices of the paragraphs that belong to tables.

    A file without a title is one document with an empty title. Front matter, tables of contents, covers of
    collections and colophons belong to none.
    """
    if not paragraphs:
        return []
    skipped = contents(paragraphs) | tables
    titles = _titles(paragraphs, skipped)
    titles, year = _without_cover(paragraphs, titles, skipped)
    if not titles:
        return [Segment("", 0, 0, len(paragraphs))]
    heads = [_head(paragraphs, start, titles[i - 1][1] if i else 0) for i, (start, _) in enumerate(titles)]
    segments = []
    for i, (start, body) in enumerate(titles):
        end = _trimmed(paragraphs, body, heads[i + 1] if i + 1 < len(titles) else len(paragraphs))
        title = squeeze("".join(paragraphs[k].text for k in range(start, body)))
        number = _number(paragraphs, heads[i], start, body, end)
        segments.append(Segment(title, heads[i], body, end, number, _issued_on(paragraphs, body, end), year))
    return _inherited(segments)


def contents(paragraphs: Sequence[Paragraph]) -> frozenset[int]:
    """The indices of the paragraphs of tables of contents: from 目录 to the last entry with a page number."""
    found: set[int] = set()
    for i, paragraph in enumerate(paragraphs):
        if i in found or not CONTENTS.match(paragraph.text):
            continue
        last = i
        for k in range(i + 1, len(paragraphs)):
            if CONTENTS_ENTRY.search(paragraphs[k].text) or CONTENTS.match(paragraphs[k].text):
                last = k
            elif k - last > 4:
                break
        found.update(range(i, last + 1))
    return frozenset(found)


def _titles(paragraphs: Sequence[Paragraph], skipped: frozenset[int] | set[int]) -> list[tuple[int, int]]:
    """(first paragraph of the title, first paragraph after it) of each titled document."""
    found: list[tuple[int, int]] = []
    notice = False
    for i in range(len(paragraphs)):
        if i in skipped or not _ends_title(paragraphs, i):
            continue
        start, body = _title_start(paragraphs, i, found[-1][1] if found else 0, skipped), i + 1
        while body < len(paragraphs) and _ADDENDUM.match(paragraphs[body].text) and body not in skipped:
            body += 1
        if found and start < found[-1][1]:
            continue
        if _below_annex_label(paragraphs, start) and not (notice and _has_outline(paragraphs, body)):
            continue
        if not _evidence(paragraphs, body):
            continue
        found.append((start, body))
        notice = _NOTICE.search(squeeze(paragraphs[i].text)) is not None
    return found


def _ends_title(paragraphs: Sequence[Paragraph], index: int) -> bool:
    """Whether a paragraph is the (last) line of a title by its own form."""
    paragraph = paragraphs[index]
    text = paragraph.text
    if paragraph.style == "row" or len(text) > _TITLE_LENGTH or text[0] in "《“(（附":
        return False
    if is_label(text) or DECIMAL.match(text) or _PUNCTUATION.search(re.sub(r"《[^《》]*》|“[^“”]*”", "", text)):
        return False
    text = squeeze(text)
    match = _TITLE.search(text)
    if match is None:
        return False
    if match.start() == 0 or len(text) < 6:  # 大事记 alone on its line: the last of several
        return index > 0 and _title_part(paragraphs[index - 1]) and len(paragraphs[index - 1].text) >= 6
    if paragraph.style == "heading" or index == 0:
        return True
    before = paragraphs[index - 1]
    # the line before must have come to its end: prose that was not joined is no sign of a title
    return (
        before.style == "row"
        or len(before.text) < _LONG
        or before.text[-1] in "。；：:;）)”》.…"
        or is_label(before.text)
    )


def _title_part(paragraph: Paragraph) -> bool:
    """Whether a paragraph can be an upper line of a broken title."""
    text = paragraph.text
    return (
        paragraph.style != "row"
        and len(text) <= _LONG
        and not _PUNCTUATION.search(text)
        and not is_label(text)
        and not DATE_LINE.match(text)
        and not DOCUMENT_NUMBER.match(text)
        and not REMARK.match(text)
        and not ANNEX_LABEL.match(text)
        and not _TITLE.search(squeeze(text))
        and not squeeze(text).endswith("文件")
    )


def _title_start(paragraphs: Sequence[Paragraph], index: int, floor: int, skipped: frozenset[int] | set[int]) -> int:
    """The paragraph with which the title begins that ends in paragraph ``index``."""
    start = index
    while start > floor and index - start < 3:
        upper, lower = paragraphs[start - 1], paragraphs[start]
        gap = lower.first_line - upper.last_line
        if gap > 2 or start - 1 in skipped or not _title_part(upper):
            break
        above, text = squeeze(upper.text), squeeze(lower.text)
        if not (
            _UNFINISHED.search(above)
            or (text.startswith(("关于", "转发", "印发", "批转")) and _BODY_NAME.search(above))
            or (text[0] == "的" or len(text) < 6)
            or (gap == 1 and len(above) >= 8 and not _BODY_NAME.search(above))
        ):
            break
        start -= 1
    return start


def _below_annex_label(paragraphs: Sequence[Paragraph], start: int) -> bool:
    return any(ANNEX_LABEL.match(paragraphs[k].text) for k in range(max(0, start - 2), start))


def _has_outline(paragraphs: Sequence[Paragraph], body: int) -> bool:
    """Whether what follows is a plan in prose rather than a table or a form."""
    following = [p for p in paragraphs[body : body + _EVIDENCE_REACH] if p.style != "row"]
    return any(is_label(p.text) for p in following) and any(len(p.text) >= _LONG for p in following)


def _evidence(paragraphs: Sequence[Paragraph], body: int) -> bool:
    """Whether what follows a title is how documents begin."""
    for paragraph in paragraphs[body : body + _EVIDENCE_REACH]:
        text = paragraph.text
        if DOCUMENT_NUMBER.match(text) or _SALUTATION.search(text) or _ADOPTED.match(text):
            return True
        if squeeze(text) in _PREFACE or (is_label(text) and not ANNEX_LABEL.match(text)):
            return True
        if paragraph.style != "row" and len(text) >= _LONG and "。" in text:
            return True
        if paragraph.style == "row" and CONTENTS_ENTRY.search(text) is None:
            return False
    return False


def _without_cover(
    paragraphs: Sequence[Paragraph], titles: list[tuple[int, int]], skipped: frozenset[int] | set[int]
) -> tuple[list[tuple[int, int]], int | None]:
    """The titles without that of a collection, and the year that the collection's title prints.

    A collection's title is followed by a table of contents that names two or more of the later titles.
    """
    if len(titles) < 3:
        return titles, None
    start, body = titles[0]
    listed: list[str] = []
    for k in range(body, min(titles[1][0], len(paragraphs))):
        if k not in skipped:
            if listed or k > body + 2:
                break
            continue
        listed.append(squeeze(paragraphs[k].text))
    names = [squeeze("".join(paragraphs[k].text for k in range(a, b))) for a, b in titles[1:]]
    if sum(any(name in entry for entry in listed) for name in names) < 2:
        return titles, None
    cover = squeeze("".join(paragraphs[k].text for k in range(start, body)))
    year = re.search(r"(20\d\d)年", cover)
    return titles[1:], int(year[1]) if year else None


def _head(paragraphs: Sequence[Paragraph], start: int, floor: int) -> int:
    """Where a document begins: the red head (…文件) and the number may stand above its title."""
    head = start
    for k in range(start - 1, max(floor, start - 4) - 1, -1):
        text = squeeze(paragraphs[k].text)
        if DOCUMENT_NUMBER.match(text) or (text.endswith("文件") and len(text) <= 30 and not _PUNCTUATION.search(text)):
            head = k
        elif not REMARK.match(text):
            break
    return head


def _number(paragraphs: Sequence[Paragraph], head: int, start: int, body: int, end: int) -> str | None:
    """The document number as printed (without blanks): above the title or just below it."""
    for k in (*range(head, start), *range(body, min(body + 3, end))):
        match = DOCUMENT_NUMBER.match(paragraphs[k].text)
        if match:
            return squeeze(match[1])
    return None


def _issued_on(paragraphs: Sequence[Paragraph], body: int, end: int) -> dt.date | None:
    """The date of signature: the last line before the annexes that is only a date, or the date of adoption."""
    found = None
    for k in range(body, end):
        text = paragraphs[k].text
        if ANNEX_LABEL.match(text):
            break
        if len(text) > 80:
            continue
        adopted = _ADOPTED.match(text) if k < body + 3 else None
        if adopted:
            return read_date(adopted[1])
        found = read_date(text) if DATE_LINE.match(text) else found
    return found


def _trimmed(paragraphs: Sequence[Paragraph], body: int, end: int) -> int:
    """The end of a document without the colophon (抄送 …) or the web page's own lines."""
    for k in range(max(body, end - 8), end):
        if _COLOPHON.match(paragraphs[k].text):
            end = k
            break
    while end > body and not re.search(r"\w", paragraphs[end - 1].text):
        end -= 1
    return end


def _inherited(segments: list[Segment]) -> list[Segment]:
    """Gives the plans that a notice carries its number and date."""
    result = []
    carrier: Segment | None = None
    for segment in segments:
        if segment.number is not None or segment.is_notice:
            carrier = segment if _ATTACHING.search(segment.title) else None
        elif carrier is not None and not _DETACHED.search(segment.title):
            segment = replace(segment, number=carrier.number, issued_on=segment.issued_on or carrier.issued_on)
        result.append(segment)
    return result
