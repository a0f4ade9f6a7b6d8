"""Tables that were printed one cell, or part of one, a line (PDFs turned into text).

The columns are learnt from the table itself: from lines that hold a whole row, and from the names in its header. Each
guess is tried on the first rows; the cheapest reading (see ``cell_fit``) is done again with what it taught. A table
that no guess fits well is left alone; a blank form has a header only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from luoshi.documents.model import Document
from luoshi.extraction.cell_fit import COUNTER, EITHER, FIGURE, GROUP, TEXT, Column, Fit, Fitter, Row, learn
from luoshi.extraction.cell_header import MOST_COLUMNS, Header, name_kind
from luoshi.extraction.cell_lines import Piece, join, line_starts, read_pieces, without_repeats
from luoshi.extraction.grids import is_caption
from luoshi.extraction.model import Span, TableDraft
from luoshi.extraction.table_kinds import table_kind

_SAMPLE = 80
_MOST_GUESSES = 2
_MOST_HEADER_LINES = 70
_DEAREST_HEADER = 50.0
_MOST_TAUGHT = 3
_HOPELESS = 25.0
_DEAREST_ROW = 0.55
_FEWEST_ROWS = 2
_FEWEST_WITHOUT_NAMES = 4
_BLANK_FIRST = 1.0
_MOST_GROUPING = 2
_BLANK_GROUP = 0.3
_TITLE_END = re.compile(
    r"(?:[表单录册]|办法|目标|分解|计划|安排|任务|标准|细则|分工|方案|情况|指标)(?:[(（][^()（）]*[)）])?$"
)
_FORM_TITLE = re.compile(
    r"(?:[月季年周旬]报表|报表|统计表|情况表|登记表|申报表|申请表|汇总表|台账)(?:[(（][^()（）]*[)）])?$"
)
_FORM_LINE = re.compile(r"(?:填报|填表|报送|制表)\s*(?:单位|部门|人|时间|日期)?\s*[:：]|[(（]\s*(?:盖章|公章)")
#: What is printed below the names of a form to tell how it is filled in.
_HINT = re.compile(r"填到|填写|^填|^如|例如|请|逐一|[^(（]*等$|月\s*日|^\s*年\s*月|^[^(（]*、[^)）]*$|[。；]")

_HINT_LINE = re.compile(r"(?:填|如[果有]|例如|请|月\s*日|年\s*月$|指)")


def read_cells(document: Document, first: int, last: int) -> TableDraft | None:
    """The table that stands on the lines ``first`` to ``last``; ``None`` where there is none to be sure of."""
    pieces = read_pieces(document.lines[first - 1 : last])
    if len(pieces) < 4:
        return None
    title, form, head = _title(pieces)
    lines = line_starts(pieces)
    values = [start for start in lines if start > head and _values(pieces, start)]
    if not values:
        return _form(document, pieces, title, head) if form else None
    found = _body(pieces, head, values)
    if found is None:
        return None
    pieces, header, fit = found
    width = len(fit.rows[0].cells)
    rows = _merged(pieces, fit.rows)
    body = tuple(tuple(join(pieces[a:b]) for a, b in row.cells) for row in rows)
    names = header.columns(fit.start, width)
    return _draft(
        document, pieces, title, names or ("",) * width, body, "table.lines", 0.85, "逐行打印的表格，按各列的内容还原"
    )


def _draft(
    document: Document,
    pieces: Sequence[Piece],
    title: str,
    header: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    rule: str,
    certainty: float,
    reason: str,
) -> TableDraft:
    spans = []
    for number in dict.fromkeys(piece.line for piece in pieces):
        text = document.line(number).text
        spans.append(Span(number, len(text) - len(text.lstrip()), len(text.rstrip())))
    return TableDraft(
        text=title or "、".join(name for name in header if name),
        spans=tuple(spans),
        rule=rule,
        certainty=certainty,
        reason=reason,
        title=title,
        header=header,
        rows=rows,
        line_end=pieces[-1].line,
        table_kind=table_kind(title, header, rows),
    )


def _values(pieces: Sequence[Piece], start: int) -> int:
    """How many figures, as cells hold them, stand on the line that begins at ``start``."""
    count, at = 0, start
    while at < len(pieces) and (at == start or not pieces[at].first):
        count += pieces[at].value
        at += 1
    return count


def _title(pieces: Sequence[Piece]) -> tuple[str, bool, int]:
    """The title, whether a form's lines follow it, and the piece with which the header begins."""
    starts = [*line_starts(pieces)[:8], len(pieces)]
    texts = [join(pieces[a:b]) for a, b in pairwise(starts)]
    title, used = "", 0
    ends = [_TITLE_END.search(text) is not None for text in texts]
    if texts and len(texts[0]) >= 5 and not is_caption(texts[0]) and starts[1] - starts[0] <= 3:
        if ends[0] or len(texts[0]) >= 8:
            title, used = texts[0], 1
        if title and not ends[0] and len(texts) > 1 and ends[1] and starts[2] - starts[1] == 1:
            title, used = title + texts[1], 2
    form = _FORM_TITLE.search(title) is not None
    while used < len(texts) and (is_caption(texts[used]) or _FORM_LINE.search(texts[used])):
        form = form or _FORM_LINE.search(texts[used]) is not None
        used += 1
    return title, form, starts[min(used, len(starts) - 1)]


def _form(document: Document, pieces: list[Piece], title: str, head: int) -> TableDraft | None:
    """A blank form: names of columns, and below them hints that are no names."""
    lines = line_starts(pieces)
    ends = [b for b in lines if b > head + 3 and _HINT_LINE.match(join(pieces[b : b + 2]))]
    header = Header(pieces, head, ends[0] if ends else len(pieces))
    end = header.end
    count = header.count(end)
    names = header.names(end, count) if count else []
    hint = next((i for i, name in enumerate(names) if _HINT.search(name)), len(names))
    names = names[:hint]
    if len(names) < 3:
        return None
    return _draft(document, pieces, title, tuple(names), (), "table.form", 0.8, "空白报表，只有表头")


def _body(pieces: list[Piece], head: int, values: Sequence[int]) -> tuple[list[Piece], Header, Fit] | None:
    """The best reading of the pieces from ``head`` on: the pieces without repeated headers, the header, the rows."""
    lines = [start for start in line_starts(pieces) if start >= head]
    reach = next((start for start in lines if start >= values[0] and _values(pieces, start) > 1), values[-1])
    reach = min(max(reach, values[min(2, len(values) - 1)]), lines[min(_MOST_HEADER_LINES, len(lines)) - 1])
    starts = [start for start in lines if start <= reach]
    header = Header(pieces, head, reach)
    fitter = Fitter(pieces)
    line = _header_line(pieces, head)
    if line is not None:
        starts = [line]
    guesses = _guesses(pieces, header, starts, values, fitter)
    found = _best_guess(fitter, guesses, header, starts, _sample_end(pieces, reach))
    if found is None:
        return None
    columns, fit, whole = found
    rest = without_repeats(pieces, head, fit.start)
    cost = header.body_cost(fit.start, len(columns))
    if not whole or len(rest) < len(pieces):
        if len(rest) < len(pieces):
            pieces, fitter = rest, Fitter(rest)
        for _ in range(2):
            again = fitter.fit(columns, {fit.start: cost}, len(pieces))
            if again is None:
                return None
            fit = again
            columns = learn(pieces, fit.rows, columns)
    body = sum(not row.heading for row in fit.rows)
    dearest = _DEAREST_ROW * len(columns) * len(fit.rows) + cost + 1
    fewest = _FEWEST_ROWS if fit.start > head else _FEWEST_WITHOUT_NAMES
    if body < fewest or fit.cost > dearest:
        return None
    return pieces, header, fit


def _best_guess(
    fitter: Fitter, guesses: Sequence[list[Column]], header: Header, starts: Sequence[int], end: int
) -> tuple[list[Column], Fit, bool] | None:
    """The guess that reads the rows up to ``end`` at the least cost, how it does, and whether these were all rows."""
    tried: list[tuple[float, int, Fit, dict[int, float]]] = []
    for order, columns in enumerate(guesses):
        costs = {start: cost for start in starts if (cost := header.body_cost(start, len(columns))) < _DEAREST_HEADER}
        fit = fitter.fit(columns, costs, end) if costs else None
        if fit is not None and any(not row.heading for row in fit.rows):
            tried.append((fit.cost, order, fit, costs))
    if not tried:
        return None
    tried.sort(key=lambda item: item[:2])
    best: tuple[float, int, Fit] | None = None
    for cost, order, fit, costs in tried[:_MOST_TAUGHT]:
        if cost > tried[0][0] + _HOPELESS:
            break
        taught = fitter.fit(learn(fitter.pieces, fit.rows, guesses[order]), costs, end) or fit
        if best is None or taught.cost < best[0]:
            best = (taught.cost, order, taught)
    if best is None:
        return None
    return guesses[best[1]], best[2], end == len(fitter.pieces)


def _sample_end(pieces: Sequence[Piece], first_value: int) -> int:
    """Where the rows end on which guesses are tried: at the end of a line, enough for some rows."""
    end = min(len(pieces), first_value + _SAMPLE)
    while end < len(pieces) and not pieces[end].first:
        end += 1
    return end


def _header_line(pieces: Sequence[Piece], head: int) -> int | None:
    """Where the body begins if all names stand on one line with a blank line below it."""
    at = head + 1
    while at < len(pieces) and not pieces[at].first:
        at += 1
    names = pieces[head:at]
    alone = at < len(pieces) and pieces[at].apart and not any(piece.value or len(piece.text) == 1 for piece in names)
    after = at + 1
    while after < len(pieces) and not pieces[after].first:
        after += 1
    below = pieces[at:after]
    # names of a second level may follow, unless no name above can be a group's
    second = len(below) > 1 and not any(piece.value for piece in below)
    second = second and any(name_kind(piece.text) == EITHER for piece in names)
    return at if alone and len(names) >= 3 and not second else None


def _guesses(
    pieces: Sequence[Piece], header: Header, starts: Sequence[int], values: Sequence[int], fitter: Fitter
) -> list[list[Column]]:
    """Columns that the table may have: as its fullest lines show them, and as its header names them."""
    if len(starts) == 1:
        count = header.count(starts[0])
        return [_columns([name_kind(name) for name in header.names(starts[0], count)])] if count > 1 else []
    patterns: Counter[tuple[str, ...]] = Counter()
    begins = [start for start in line_starts(pieces) if start >= values[0]]
    for a, b in zip(begins, [*begins[1:], len(pieces)], strict=True):
        if 3 <= b - a <= MOST_COLUMNS and any(piece.value for piece in pieces[a:b]):
            patterns[tuple(_kind(pieces, i, fitter) for i in range(a, b))] += 1
    ranked = sorted(patterns, key=lambda p: (-patterns[p] * len(p) ** 2, p))
    guesses = ranked[:_MOST_GUESSES]
    longest = max(patterns, key=lambda p: (len(p), patterns[p]), default=())
    if longest and longest not in guesses:
        guesses.append(longest)
    near = [start for start in starts if any(start <= v and v - start <= 6 for v in values[:2])]
    for start in sorted(near, key=lambda start: header.cost(start, header.count(start)) / (header.count(start) or 1)):
        count = header.count(start)
        named = tuple(name_kind(name) for name in header.names(start, count))
        if count > 2 and named not in guesses and len(guesses) < 2 * _MOST_GUESSES:
            guesses.append(named)
    return [_columns(guess) for guess in guesses if len(guess) <= MOST_COLUMNS]


def _columns(kinds: Sequence[str]) -> list[Column]:
    """Columns of these kinds; what groups rows stands at the left and is often merged."""
    columns = [Column(kind, blank=_BLANK_GROUP) if kind == GROUP else Column(kind) for kind in kinds]
    for c, following in enumerate(kinds[1 : _MOST_GROUPING + 1]):
        if kinds[c] == FIGURE or following == FIGURE or len(kinds) <= 3:
            break
        if kinds[c] != GROUP:
            columns[c] = Column(kinds[c], blank=_BLANK_FIRST)
    return columns


def _kind(pieces: Sequence[Piece], i: int, fitter: Fitter) -> str:
    if i in fitter.counters:
        return COUNTER
    return FIGURE if pieces[i].value else TEXT


def _merged(pieces: Sequence[Piece], rows: Sequence[Row]) -> list[Row]:
    """The rows with blanks where a cell of the row above reaches down.

    A merged cell is printed in the middle of its rows: alone on a line inside the upper row. Where the row below lacks
    as many cells, it lacks those.
    """
    result: list[Row] = []
    for row in rows:
        above = result[-1] if result else None
        if above is not None and not above.heading and not row.heading:
            apart = _alone(pieces, above)
            filled = [cell for cell in row.cells if cell[0] < cell[1]]
            same_kind = (
                apart and all(pieces[a].value for a, _ in filled[1:]) and len(filled) + len(apart) == len(row.cells)
            )
            if same_kind and 0 not in apart:
                left = iter(filled)
                empty = row.cells[-1][1]
                row = Row(tuple((empty, empty) if c in apart else next(left) for c in range(len(row.cells))))
        result.append(row)
    return result


def _alone(pieces: Sequence[Piece], row: Row) -> frozenset[int]:
    """The columns whose figures stand alone on a line between the row's first line and its last one."""
    cells = {c: pieces[a] for c, (a, b) in enumerate(row.cells) if b == a + 1 and pieces[a].value}
    whole = [(a, b) for a, b in row.cells if a < b]
    if not whole:
        return frozenset()
    first, last = pieces[whole[0][0]].line, pieces[whole[-1][1] - 1].line
    return frozenset(c for c, piece in cells.items() if first < piece.line < last)
