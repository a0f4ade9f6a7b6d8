"""The outline of a plan: its measures as a tree, and the measure below which any character stands.

A label's level follows from the labels open above it: its own kind closes what stands at its level, a kind not yet
open goes below the nearest kind that ranks above it. Numbers may restart or go on through the groups.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from luoshi.documents.model import Document, LineKind
from luoshi.extraction.labels import RANKS, Label, read_label, sentence_labels, uses_decimals
from luoshi.extraction.marks import ANNEX_LABEL, DATE_LINE, REMARK
from luoshi.extraction.model import MeasureDraft, Paragraph, Span

_ANNEX_LIST = re.compile(r"附\s*[件表]?\s*[:：]")
_LISTED = re.compile(r"\s*\d{1,2}\s*[.．、]")
_NOTE = re.compile(r"\s*(?:注|备注|填表说明)\s*(?:[:：]\s*(?:(\d{1,2})\s*[.．、])?|(?=\d\s*[.．、]))")
_TITLE_END = re.compile(r"[。；;]")
_TITLE_LENGTH = 60
#: How many items may be missing between two numbers of a list (lost lines of a scan).
_LARGEST_GAP = 3
_DUTY_TAIL = re.compile(r"(?:牵头|责任|配合|参与|负责|落实)")
#: The share of labels of a kind that are nodes of the outline; a dash or 一是 is sometimes only style.
_CERTAINTY = {"dash": 0.9, "sentence": 0.85, "circle": 0.95, "arabic-bracket": 0.95, "box": 0.9, "heading": 0.9}


@dataclass(slots=True)
class _Node:
    """A node while it is being read; ``rank`` and ``level`` (of a marked heading) place it."""

    key: str
    label: Label | None
    labels: tuple[str, ...]
    title: str
    rank: float
    level: int | None
    children: int = 0
    texts: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outline:
    """Measures in document order; ``places`` says from which (paragraph, offset) on which measure's text stands."""

    measures: tuple[MeasureDraft, ...]
    places: tuple[tuple[int, int], ...]
    keys: tuple[str | None, ...]

    def at(self, paragraph: int, offset: int = 0) -> str | None:
        """The key of the measure to which a character belongs; ``None`` before the first label and in annexes."""
        index = bisect_right(self.places, (paragraph, offset)) - 1
        return self.keys[index] if index >= 0 else None


def read_outline(document: Document, paragraphs: Sequence[Paragraph], indices: Iterable[int]) -> Outline:
    """The outline of the plan whose text stands in the paragraphs ``indices`` (tables left out, in order)."""
    reader = _Reader(document, paragraphs)
    chosen = [i for i in indices if paragraphs[i].style != "row"]
    reader.decimal = uses_decimals([paragraphs[i].text for i in chosen])
    for i in chosen:
        if not reader.read(i):
            break
    measures = tuple(_measure(node) for node in reader.nodes)
    return Outline(measures, tuple(reader.places), tuple(reader.keys))


class _Reader:
    """Reads paragraphs in order and keeps the open nodes."""

    def __init__(self, document: Document, paragraphs: Sequence[Paragraph]) -> None:
        self.document = document
        self.paragraphs = paragraphs
        self.decimal = False
        self.nodes: list[_Node] = []
        self.stack: list[_Node] = []
        self.top_count = 0
        self.places: list[tuple[int, int]] = []
        self.keys: list[str | None] = []
        self.in_annex_list = False
        self.last_arabic = 0
        self.last_note = 0

    def read(self, index: int) -> bool:
        """Takes in one paragraph; false where the annexes begin."""
        paragraph = self.paragraphs[index]
        text = paragraph.text
        if ANNEX_LABEL.match(text):
            self._mark(index, 0, None)
            return False
        if self._is_annex_list(text):
            self._mark(index, 0, None)
            return True
        # a clause in brackets that stands alone on its line belongs to the measure above if it names who is to do it
        if DATE_LINE.match(text) or (REMARK.match(text) and not (self.stack and _DUTY_TAIL.search(text))):
            self._mark(index, 0, None)
            return True
        if self._is_note(text):
            self._mark(index, 0, None)
            return True
        label = read_label(text, decimal=self.decimal, expected=self._expected())
        if label is not None and label.kind == "sentence" and sentence_labels(text, 0):
            label = None  # the whole list stands in this paragraph
        if label is not None and label.kind == "arabic" and not self._plausible(label):
            label = None
        level = self._heading_level(paragraph)
        if label is not None:
            self._open(label, level, text)
        elif level is not None and len(text) <= _TITLE_LENGTH and text[-1] not in "。；，,;":
            self._open(None, level, text)
        if not self.stack:
            self._mark(index, 0, None)
            return True
        self._take(index, label)
        return True

    def _is_note(self, text: str) -> bool:
        """注：1.… and the numbered lines that go on with it explain a table; they are no measures."""
        note = _NOTE.match(text)
        if note is not None:
            self.last_note = int(note[1] or 1)
            return True
        listed = _LISTED.match(text)
        if self.last_note and listed is not None and int(re.sub(r"\D", "", listed[0])) == self.last_note + 1:
            self.last_note += 1
            return True
        self.last_note = 0
        return False

    def _plausible(self, label: Label) -> bool:
        """Whether an Arabic number can stand here: lists begin at 1 or go on; ``15.`` from nowhere is a broken line."""
        if label.number > 2 and not self.last_arabic < label.number <= self.last_arabic + _LARGEST_GAP:
            return self._expected() is not None and label.number <= (self._expected() or 0) + _LARGEST_GAP
        self.last_arabic = label.number
        return True

    def _is_annex_list(self, text: str) -> bool:
        """附件：1.…分解表 and the numbered lines below it name annexes; they are no measures."""
        if _ANNEX_LIST.match(text):
            self.in_annex_list = True
            return True
        if self.in_annex_list:
            self.in_annex_list = _LISTED.match(text) is not None and "。" not in text and len(text) <= 80
        return self.in_annex_list

    def _expected(self) -> int | None:
        """The number that the next item of the innermost open list of Arabic numbers would bear."""
        for node in reversed(self.stack):
            if node.label is not None and node.label.kind == "arabic":
                return node.label.number + 1
        return None

    def _heading_level(self, paragraph: Paragraph) -> int | None:
        line = self.document.line(paragraph.first_line)
        return (line.level or 1) if line.kind is LineKind.HEADING else None

    def _open(self, label: Label | None, level: int | None, text: str) -> None:
        """Closes what the new node does not stand below, and opens it."""
        rank = RANKS["heading"] if label is None else label.rank
        if label is None:
            while self.stack and (self.stack[-1].level is None or self.stack[-1].level >= (level or 1)):
                self.stack.pop()
        elif not self._inside_box(label):
            while self.stack and self.stack[-1].rank >= rank and self.stack[-1].label is not None:
                self.stack.pop()
        parent = self.stack[-1] if self.stack else None
        if parent is None:
            self.top_count += 1
            number = self.top_count
        else:
            parent.children += 1
            number = parent.children
        key = f"{parent.key}.{number:04d}" if parent else f"{number:04d}"
        printed = label.printed if label else ""
        node = _Node(
            key,
            label,
            (*(parent.labels if parent else ()), printed),
            _title(text[label.end :] if label else text),
            # what a box lists stands below it, though its numbers are of the kind of the items around the box
            rank + 0.5 if parent is not None and parent.rank >= rank else rank,
            level,
        )
        self.nodes.append(node)
        self.stack.append(node)

    def _inside_box(self, label: Label) -> bool:
        """Whether an Arabic number counts the entries of the open 专栏 rather than going on with the list around it."""
        if label.kind != "arabic":
            return False
        for depth, node in enumerate(reversed(self.stack)):
            if node.label is not None and node.label.kind == "box":
                last = self.stack[-depth].label if depth else None
                if label.number == (last.number + 1 if last is not None else 1):
                    del self.stack[len(self.stack) - depth :]
                    return True
                return False
        return False

    def _take(self, index: int, label: Label | None) -> None:
        """Adds a paragraph to the innermost open node, its 一是 … 二是 … to nodes of their own."""
        paragraph = self.paragraphs[index]
        text = paragraph.text
        subs = (
            [] if label is not None and label.kind == "sentence" else sentence_labels(text, label.end if label else 0)
        )
        node = self.stack[-1]
        if not subs:
            self._add(node, index, 0, len(text))
            return
        tail = _duty_tail(text)
        self._add(node, index, 0, subs[0].start)
        for sub, following in zip(subs, [*(s.start for s in subs[1:]), tail], strict=True):
            end = max(sub.end, min(following, tail))
            self._open(sub, None, text[:end])
            self._add(self.stack[-1], index, sub.start, end)
            self.stack.pop()
        self._add(node, index, max(tail, subs[-1].end), len(text))

    def _add(self, node: _Node, index: int, start: int, end: int) -> None:
        if start >= end:
            return
        self._mark(index, start, node.key)
        paragraph = self.paragraphs[index]
        node.texts.append(paragraph.text[start:end])
        node.spans.extend(paragraph.spans(start, end))

    def _mark(self, index: int, offset: int, key: str | None) -> None:
        self.places.append((index, offset))
        self.keys.append(key)


def _title(text: str) -> str:
    """The heading sentence: up to its full stop, empty where the first sentence is too long for a heading."""
    head = _TITLE_END.split(text, maxsplit=1)[0].strip()
    return head.rstrip("：:") if len(head) <= _TITLE_LENGTH else ""


def _duty_tail(text: str) -> int:
    """Where the responsibility clause in brackets at a paragraph's end begins, else the paragraph's length."""
    if text[-1] not in ")）":
        return len(text)
    start = max(text.rfind("（"), text.rfind("("))
    return start if start > 0 and _DUTY_TAIL.search(text, start) else len(text)


def _measure(node: _Node) -> MeasureDraft:
    kind = node.label.kind if node.label else "heading"
    return MeasureDraft(
        text="\n".join(node.texts),
        spans=tuple(node.spans),
        rule=f"outline.{kind}",
        certainty=_CERTAINTY.get(kind, 0.98),
        reason=f"编号“{node.labels[-1]}”" if node.labels[-1] else "标题样式",
        key=node.key,
        labels=node.labels,
        title=node.title,
        last_line=node.spans[-1].line,
    )
