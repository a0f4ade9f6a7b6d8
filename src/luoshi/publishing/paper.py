"""An official document put together from its parts (GB/T 9704-2012, 7): masthead, title, text, signature, imprint.

The numbers of sections in the comments are the standard's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from luoshi.publishing.charts import Chart
from luoshi.publishing.finishing import Finisher, Paragraphs
from luoshi.publishing.fitting import LARGEST_MASTHEAD
from luoshi.publishing.fonts import font_table
from luoshi.publishing.layout import (
    CHARACTERS,
    POINT,
    SIZE_2,
    SIZE_4,
    TEXT_WIDTH,
    TWIPS_PER_MM,
    characters,
    footer,
    section,
    settings,
    twips,
)
from luoshi.publishing.manifest import Origin
from luoshi.publishing.marks import Register, runs
from luoshi.publishing.ooxml import Element, qn, w
from luoshi.publishing.package import MAIN, Parts
from luoshi.publishing.styles import RED, styles
from luoshi.publishing.tables import Table, text_width
from luoshi.publishing.words import Piece, Words, words

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_BREAK_AFTER = frozenset("的和与及、》”）：，县市州局委办区年月期度关于")


class Paper:
    """A document in the making; each method adds one part at its end.

    Texts may be ``Words`` with figures, and may hold fields of a template (``{{ 标题 }}``).
    """

    def __init__(self) -> None:
        self._parts, self._register = Parts(), Register()
        self._finisher = Finisher(self._parts, self._register)
        self._body: Element = w("body")
        self._even, self._odd = self._frame()

    def _frame(self) -> tuple[str, str]:
        parts = self._parts
        # The main part comes first: a reader finds it by the package's relationships.
        parts.add(MAIN, w("document", w("body")), f"{_WORD}document.main+xml")
        parts.relate("", "officeDocument", MAIN)
        for name, root, kind in (
            ("styles", styles(), "styles"),
            ("settings", settings(), "settings"),
            ("fontTable", font_table(), "fontTable"),
        ):
            parts.add(f"word/{name}.xml", root, f"{_WORD}{kind}+xml")
            parts.relate(MAIN, kind, f"word/{name}.xml")
        relations = []
        for number, even in ((1, True), (2, False)):
            parts.add(f"word/footer{number}.xml", footer(even=even), f"{_WORD}footer+xml")
            relations.append(parts.relate(MAIN, "footer", f"word/footer{number}.xml"))
        return relations[0], relations[1]

    def line(self, text: Words | Piece, style: str = "BodyText1", *properties: Element) -> None:
        """A paragraph in a named style; the properties come after the style, in the order of the schema."""
        paragraph = w("p", w("pPr", w("pStyle", val=style), *properties))
        marked = self._register.marked(words(text))
        if marked:
            paragraph.extend(runs(marked))
        self._body.append(paragraph)

    def blank(self, count: int = 1) -> None:
        """Empty lines."""
        for _ in range(count):
            self.line("", "Normal")

    def masthead(
        self, issuer: str, number: str, *, signer: str = "", secrecy: str = "", urgency: str = "", copy: str = ""
    ) -> None:
        """7.2: copy number, secrecy, urgency at the top left; the red name of the issuer 35 mm below the text area's
        edge; two lines on the document number (and at its right who signed), 4 mm below it a red line."""
        marks = [mark for mark in (copy, secrecy, urgency) if mark]
        for mark in marks:
            self.line(mark, "AttachmentMark")
        # How large and how far down, is found when the text is known (``fitting``).
        size = LARGEST_MASTHEAD * 2
        paragraph = w("p", w("pPr", w("pStyle", val="Masthead"), w("spacing", before=twips(35))))
        paragraph.extend(runs(self._register.marked(issuer), w("rPr", w("sz", val=size), w("szCs", val=size))))
        self._body.append(paragraph)
        self.blank(2)
        # The line stands 4 mm below the number's letters: 5 points below its line.
        red = w("pBdr", w("bottom", val="single", sz=12, space=5, color=RED))
        if not signer:
            self.line(number, "DocumentNumber", red)
            return
        stop = w("tabs", w("tab", val="right", pos=characters(CHARACTERS - 1)))
        indents = w("ind", left=characters(1), right=0)
        line = w("p", w("pPr", w("pStyle", val="DocumentNumber"), red, stop, indents, w("jc", val="left")))
        line.extend(runs(self._register.marked(number)))
        line.append(w("r", w("tab")))
        line.extend(runs(self._register.marked(f"签发人：{signer}")))
        self._body.append(line)

    def title(self, text: str) -> None:
        """7.3.1: two lines below the red line, in the middle; parted where the sense allows it."""
        self.blank(2)
        self.line(title_lines(text), "DocumentTitle")
        self.blank()

    def addressee(self, text: str) -> None:
        """7.3.2: 主送机关 at the left edge, ended by a colon."""
        self.line(text if text.endswith("：") or "{" in text else f"{text}：", "Addressee")

    def heading(self, level: int, text: Words | Piece) -> None:
        """7.3.3: 一、 in 黑体, （一） in 楷体, 1. and （1） in 仿宋."""
        self.line(text, f"Level{min(max(level, 1), 4)}")

    def paragraph(self, text: Words | Piece) -> None:
        """Running text, its first line two characters in."""
        self.line(text)

    def paragraphs(self, texts: Sequence[Words]) -> None:
        """Several paragraphs of running text."""
        for text in texts:
            self.line(text)

    def table(self, table: Table) -> None:
        """A table over the width of the text."""
        self._body.extend(self._finisher.elements(table))

    def chart(self, chart: Chart) -> None:
        """A chart over the width of the text."""
        self._body.extend(self._finisher.elements(chart))

    def attachments(self, names: Sequence[str]) -> None:
        """7.3.4: 附件说明 a line below the text; several are numbered, names that wrap go on below their beginning."""
        self.blank()
        for place, name in enumerate(names):
            label = f"{place + 1}. " if len(names) > 1 else ""
            hanging = text_width(label)
            left = 5 + hanging
            indent = w("ind", left=characters(left), hanging=characters(hanging + (3 if place == 0 else 0)))
            self.line(f"{'附件：' if place == 0 else ''}{label}{name}", "Attachments", indent)

    def signature(self, issuer: str, date: str) -> None:
        """7.3.5.1: the date four characters from the right edge, the issuer centred above it."""
        self.blank(2)
        self.line(issuer, "Signature1", w("keepNext"))
        self.line(date, "DocumentDate")

    def remark(self, text: str) -> None:
        """7.3.6: 附注 in round brackets, two characters in, below the date."""
        self.line(f"（{text}）", "Remark")

    def attachment(self, label: str, title: str) -> None:
        """7.3.7: on a page of its own 附件 in 黑体 at the left edge, in the third line its title."""
        self.line(label, "AttachmentMark", w("pageBreakBefore"))
        self.blank()
        self.line(title_lines(title), "DocumentTitle")
        self.blank()

    def imprint(self, printer: str, date: str, copies: str = "", *, copies_if: str = "") -> None:
        """7.4: at the foot of the last page between two thick lines; above a thin one who gets copies.

        ``copies_if`` names a field of a template: only if it is true that line is printed.
        """
        *first, last = _imprint(printer, date, copies, self._register)
        if first and copies_if:
            self.line(f"{{%p if {copies_if} %}}", "Imprint")
        self._body.extend(first)
        if first and copies_if:
            self.line("{%p endif %}", "Imprint")
        self._body.append(last)
        self._body.append(w("p", w("pPr", w("spacing", line=20, lineRule="exact"))))

    def page_break(self) -> None:
        """What follows begins a page."""
        self._body.append(w("p", w("r", w("br", type="page"))))

    def placeholder(self, text: str) -> None:
        """A field of a template that stands for a table or chart."""
        self.line(text, "Normal")

    def block(self, element: Element) -> None:
        """Any other element of a body."""
        self._body.append(element)

    def blocks(self, block: Table | Chart | Paragraphs) -> None:
        """A ready block."""
        self._body.extend(self._finisher.elements(block))

    def to_bytes(self, origin: Origin | None = None, *, title: str = "", author: str = "") -> bytes:
        """The file; the same calls give the same bytes. To be called once."""
        self._body.append(section(self._odd, self._even))
        return self._finisher.finish(w("document", self._body), origin, title=title, author=author)


def title_lines(text: str, room: float = TEXT_WIDTH * TWIPS_PER_MM / POINT / SIZE_2 - 1) -> str:
    """A title in lines of nearly the same length, broken after a word that ends well (7.3.1: 词意完整、排列对称)."""
    if "\n" in text or "{" in text or text_width(text) <= room:
        return text
    count = math.ceil(text_width(text) / room)
    lines, rest = [], text
    while count > 1:
        ideal = text_width(rest) / count
        best, cost = 0, math.inf
        for place in range(1, len(rest)):
            width = text_width(rest[:place])
            if width > room or _inseparable(rest, place):
                continue
            price = abs(width - ideal) + (0 if rest[place - 1] in _BREAK_AFTER else 4)
            if price < cost:
                best, cost = place, price
        if not best:
            break
        lines.append(rest[:best])
        rest, count = rest[best:], count - 1
    return "\n".join((*lines, rest))


def _inseparable(text: str, place: int) -> bool:
    """Whether a break here would part a number from its unit, or a bracket from what it holds."""
    before, after = text[place - 1], text[place]
    if before == "年" and (after.isdecimal() or after in "第上下"):
        return True
    return after in "的、，。：；》”）年月日期号季度" or before in "《“（〔第" or (before + after).isascii()


def copies_lines(names: str) -> str:
    """``抄送：…。`` with what wraps below the first name, in lines that fit the imprint (7.4.2)."""
    text = names if names.endswith("。") else f"{names}。"
    room = TEXT_WIDTH * TWIPS_PER_MM / POINT / SIZE_4 - 2 - 3 - 0.5
    lines, line = [], ""
    for name in re.findall(r"[^，；、]*[，；、。]|[^，；、]+$", text):
        if line and text_width(line + name) > room:
            lines.append(line)
            line = ""
        line += name
    return "抄送：" + "\n　　　　".join((*lines, line))


def _imprint(printer: str, date: str, copies: str, register: Register) -> list[Element]:
    """A frame fixed to the foot of the text area, so that its last line meets the edge. The lines are the style's, over
    the whole width; so the text stands one character in by a blank, not by an indent, which would shorten them."""
    tail = date if date.endswith("印发") or "{" in date else f"{date}印发"
    stop = w("tabs", w("tab", val="right", pos=twips(TEXT_WIDTH) - characters(1)))
    listed = copies if "{" in copies else copies_lines(copies) if copies else ""
    rows: list[tuple[str, list[Element]]] = [(f"　{listed}", [])] if listed else []
    rows.append((f"　{printer}\t{tail}", [stop]))
    made = []
    for text, properties in rows:
        frame = w("framePr", w=twips(TEXT_WIDTH), wrap="notBeside", vAnchor="margin", hAnchor="margin")
        frame.set(qn("w:xAlign"), "left")
        frame.set(qn("w:yAlign"), "bottom")
        paragraph = w("p", w("pPr", w("pStyle", val="Imprint"), frame, *properties))
        for part, piece in enumerate(text.split("\t")):
            if part:
                paragraph.append(w("r", w("tab")))
            paragraph.extend(runs(register.marked(piece)))
        made.append(paragraph)
    return made
