"""A table as the checks see it: columns of amounts, rates and periods, rows of totals, and where a cell stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from luoshi.checks.figures import Figure, is_dash, read_figure
from luoshi.checks.model import Place
from luoshi.documents.model import Document
from luoshi.extraction.model import Span, TableDraft

_BLANKS = re.compile(r"\s+")
TOTAL = re.compile(r"(?:合计|总计|小计|共计|总数)(?:[(（].*[)）])?$")
WHOLE = re.compile(r"(?:全[省市州县区国]|总量)(?:合计)?$")
SUBSET = re.compile(r"(?:其中|#)")
RATE = re.compile(
    r"[%％‰]|率|增速|增幅|增长|比重|占比|比例|进度|排名|名次|均价|单价|人均|平均|每[百千万]?[人户亩]|密度|满意度|指数|强度|倍"
)
#: A unit in brackets, never a remark (现价, 累计, 工作目标).
_UNIT_WORD = re.compile(
    r"[(（\[]\s*(?:单位[:：])?\s*([%％‰]|[千百十万亿]*(?:美?元|户|家|个|件|项|次|座|所|名|人次?|亩|公顷|吨|头|只|张|条|宗|处|套|分|级|位|辆|台|千瓦时?"
    r"|[平立]方(?:公里|千米|米)|公里|千米|米|岁|年|天|倍|例|件次|场次?|人/[^()（）]{1,4}|元/[^()（）]{1,4}))\s*[)）\]]"
)
_CAPTION_UNIT = re.compile(r"单\s*位\s*[:：]\s*([^\s,，、;；。)）]{1,8})")
OWNERS = re.compile(r"(?:责任|牵头|主管|承办|配合)(?:部门|单位)|招商组|部门$|责任主体")
_SERIAL = re.compile(r"(?:序号|编号|No\.?)$", re.IGNORECASE)
PERIOD = re.compile(
    r"(?:(?P<year>20\d\d)年度?)?(?:第?(?P<quarter>[一二三四1-4])季度|前(?P<first>[一二三])季度|(?P<half>上半年)|(?P<full>全年|年末|年底)"
    r"|1[—–\-~至到](?P<upto>\d{1,2})(?P<what>月|季度)份?|(?P<month>\d{1,2})月份?末?底?)(?:末|底)?(?:累计)?(?:[(（].*[)）])?$"
)
YEAR = re.compile(r"(20\d\d)年?(?:度|末|底)?")


def squeeze(text: str) -> str:
    """A text without blanks."""
    return _BLANKS.sub("", text)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``name`` is its joined header, ``group`` the part above its own, ``period`` its month if it is one."""

    index: int
    name: str
    group: str
    own: str
    unit: str
    numeric: bool
    rate: bool
    serial: bool
    subset: bool
    period: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A body row with its figures; ``label`` is its first words, ``level`` total, whole, group, subset or leaf."""

    index: int
    cells: tuple[str, ...]
    figures: tuple[Figure | None, ...]
    label: str
    level: str

    @property
    def measure(self) -> str:
        """The word next to the figures: what the row counts (进度%, 总量) where labels stand in two columns."""
        first = next((i for i, figure in enumerate(self.figures) if figure is not None), len(self.cells))
        return next((cell for cell in reversed(self.cells[:first]) if cell and not is_dash(cell)), "")

    @property
    def is_rate(self) -> bool:
        """Whether the row holds rates, which are never added up."""
        return RATE.search(self.measure) is not None

    @property
    def is_leaf(self) -> bool:
        """Whether the row is one of those that a total adds up."""
        return self.level == "leaf"


class Sheet:
    """One table of a plan; ``number`` is its place among the plan's tables."""

    def __init__(self, document: Document, draft: TableDraft, plan: int, number: int) -> None:
        self.document, self.draft, self.plan, self.number = document, draft, plan, number
        self.title = squeeze(draft.title)
        self.width = max([len(draft.header), *(len(row) for row in draft.rows)], default=0)
        self.rows = tuple(self._row(i, row) for i, row in enumerate(draft.rows))
        self.unit = self._caption_unit()
        self.columns = tuple(self._column(c) for c in range(self.width))

    def _row(self, index: int, cells: Sequence[str]) -> Row:
        texts = tuple(squeeze(cell) for cell in cells) + ("",) * (self.width - len(cells))
        figures = tuple(read_figure(text) for text in texts)
        words = [text for text, figure in zip(texts, figures, strict=True) if text and figure is None]
        label = words[0] if words and not is_dash(words[0]) else ""
        filled = sum(1 for text in texts if text and not is_dash(text))
        if any(TOTAL.match(word) for word in words[:2]):
            level = "total"
        elif label and WHOLE.match(label):
            level = "whole"
        elif filled <= 1 and not any(figures):
            level = "group"
        elif label and SUBSET.match(label):
            level = "subset"
        else:
            level = "leaf"
        return Row(index, texts, figures, label, level)

    def _caption_unit(self) -> str:
        """The unit that a caption between title and first row prints (单位：亿元)."""
        lines = self.document.lines[self.draft.line - 1 : min(self.draft.line + 5, self.draft.line_end)]
        for line in lines:
            match = _CAPTION_UNIT.search(line.text)
            if match:
                return match[1]
        return ""

    def _column(self, index: int) -> Column:
        name = squeeze(self.draft.header[index]) if index < len(self.draft.header) else ""
        parts = name.split("/")
        own, group = parts[-1], "/".join(parts[:-1])
        cells = [row.cells[index] for row in self.rows if row.level != "group" and row.cells[index]]
        values = [cell for cell in cells if not is_dash(cell)]
        figures = [figure for cell in values if (figure := read_figure(cell))]
        numeric = bool(figures) and len(figures) >= 0.6 * len(values)
        serial = _SERIAL.search(own) is not None
        units = {figure.unit for figure in figures if figure.unit}
        unit = next(iter(units)) if len(units) == 1 else ""
        printed = [found[1] for part in reversed(parts) if (found := _UNIT_WORD.search(part))]
        unit = unit or next(iter(printed), "") or self.unit
        rate = RATE.search(name) is not None or unit in ("%", "％", "‰")
        return Column(
            index, name, group, own, unit.replace("％", "%"), numeric and not serial, rate, serial,
            SUBSET.match(own) is not None, period_month(own),
        )  # fmt: skip

    @property
    def amounts(self) -> Iterator[Column]:
        """The columns of amounts that may be added up."""
        return (column for column in self.columns if column.numeric and not column.rate)

    @cached_property
    def totals(self) -> tuple[Row, ...]:
        """The rows that print totals, in order."""
        return tuple(row for row in self.rows if row.level in ("total", "whole"))

    def column_named(self, pattern: str) -> Column | None:
        """The first column whose name holds ``pattern`` (a regular expression)."""
        return next((column for column in self.columns if re.search(pattern, column.name)), None)

    def owners(self) -> Iterator[tuple[Row, int]]:
        """The cells that name who must do what."""
        for column in self.columns:
            if not column.numeric and OWNERS.search(column.own):
                yield from ((row, column.index) for row in self.rows if row.is_leaf and row.cells[column.index])

    @cached_property
    def mixed(self) -> bool:
        """Whether rows differ in what they count (a unit column, or rows of rates among rows of amounts)."""
        return any(re.fullmatch(r"(?:计量|度量)?单位", column.own) for column in self.columns) or any(
            row.is_rate for row in self.rows if row.level != "group"
        )

    def unit_of(self, row: Row, column: Column) -> str:
        """The unit in which a cell counts, as printed: beside the number, in a unit column, in the label or header."""
        figure = row.figures[column.index]
        if figure is not None and figure.unit:
            return figure.unit
        for other in self.columns:
            if re.fullmatch(r"(?:计量|度量)?单位", other.own):
                return row.cells[other.index].replace("％", "%")
        for cell in row.cells:
            match = _UNIT_WORD.search(cell)
            if match and read_figure(cell) is None:
                return match[1].replace("％", "%")
            if cell.endswith(("%", "％")) and read_figure(cell) is None:
                return "%"
        return column.unit

    def place(self, row: Row, column: int | None = None) -> Place:
        """Where a cell stands; the whole row without a column, or where the cell's own place is not known."""
        cells, whole = self._places.get(row.index, ({}, None))
        if column is not None and column in cells:
            return cells[column]
        return whole or Place(self.draft.spans[:1], self.draft.text)

    @cached_property
    def title_place(self) -> Place:
        """Where the table begins (its title, else its first row)."""
        return Place(self.draft.spans[:1], self.draft.text)

    @cached_property
    def _places(self) -> dict[int, tuple[dict[int, Place], Place | None]]:
        """For each row the places of its cells and of the whole row."""
        lines = self.document.lines[self.draft.line - 1 : self.draft.line_end]
        found: dict[int, tuple[dict[int, Place], Place | None]] = {}
        at = 0
        missing = False
        for row in self.rows:
            key = _key(row.cells)
            hit = next((i for i in range(at, len(lines)) if _key(map(squeeze, lines[i].text.split("\t"))) == key), None)
            if hit is None:
                missing = True
                break
            at = hit + 1
            found[row.index] = _tab_places(lines[hit].number, lines[hit].text)
        return self._scattered() if missing else found

    def _scattered(self) -> dict[int, tuple[dict[int, Place], Place | None]]:
        """Places of cells that stand one a line or broken over lines: found one after another in the joined text."""
        characters: list[tuple[int, int]] = []
        joined: list[str] = []
        for line in self.document.lines[self.draft.line - 1 : self.draft.line_end]:
            for offset, character in enumerate(line.text):
                if not character.isspace():
                    joined.append(character)
                    characters.append((line.number, offset))
        text = "".join(joined)
        at = 0
        found: dict[int, tuple[dict[int, Place], Place | None]] = {}
        for row in self.rows:
            cells: dict[int, Place] = {}
            first = last = None
            for column, cell in enumerate(row.cells):
                if not cell:
                    continue
                start = text.find(cell, at, at + 2000)
                if start < 0:
                    continue
                at = start + len(cell)
                first, last = start if first is None else first, at
                cells[column] = Place(_spans(characters[start:at]), cell)
            if first is not None and last is not None:
                found[row.index] = cells, Place(_spans(characters[first:last]), text[first:last])
        return found


def period_month(name: str) -> int | None:
    """The month with which a period column ends (一季度 → 3, 1—2月 → 2, 全年 → 12)."""
    match = PERIOD.match(name)
    if match is None:
        return None
    if match["full"]:
        return 12
    if match["half"]:
        return 6
    if match["upto"]:
        return int(match["upto"]) * (3 if match["what"] == "季度" else 1)
    if match["month"]:
        return int(match["month"])
    quarter = match["quarter"] or match["first"]
    return 3 * ("一二三四".find(quarter) + 1 or int(quarter) if quarter in "一二三四1234" else 0) or None


def _key(cells: Sequence[str] | Iterator[str]) -> tuple[str, ...]:
    cells = [re.sub(r"</?(?:p|b|br|strong|span)/?>|\*\*", "", cell) for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _tab_places(number: int, text: str) -> tuple[dict[int, Place], Place]:
    cells: dict[int, Place] = {}
    start = 0
    for column, cell in enumerate(text.split("\t")):
        body = cell.strip()
        if body:
            begin = start + len(cell) - len(cell.lstrip())
            cells[column] = Place((Span(number, begin, begin + len(body)),), body)
        start += len(cell) + 1
    return cells, Place((Span(number, 0, len(text)),), text.replace("\t", " ").strip())


def _spans(characters: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for line, offset in characters:
        if spans and spans[-1].line == line:
            spans[-1] = Span(line, spans[-1].start, offset + 1)
        else:
            spans.append(Span(line, offset, offset + 1))
    return tuple(spans)
