"""A file held against the one that it should be: every changed number and word, told in words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from luoshi.publishing.manifest import Manifest
from luoshi.publishing.reading import Contents, Drawing, Grid, Line, contents

_TOKEN = re.compile(r"-?\d+(?:[.,]\d+)*[%‰]?|\s+|.", re.DOTALL)
SHOWN = 18  # characters of a paragraph that say which it is
MOST = 500  # differences told
_PAIRED = 80  # paragraphs of one changed stretch that are matched by likeness, more go by their order


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: where, what the file says and what it should; ``reference`` tells where the right number comes
    from. ``str`` gives the sentence."""

    place: str
    found: str
    expected: str
    reference: str = ""
    note: str = ""

    def __str__(self) -> str:
        if self.note:
            return f"{self.place}：{self.note}" if self.place else self.note
        if not self.found:
            return f"{self.place}：文件中缺少“{self.expected}”"
        if not self.expected:
            return f"{self.place}：文件中多出“{self.found}”"
        return f"{self.place}：文件中为 {self.found}，应为 {self.expected}"


def compare(file: bytes, expected: bytes) -> list[Difference]:
    """What differs in a file from the expected one; empty where both say the same (the file may have been saved again
    by another program). Raises ``DocumentError`` where the file is no sound .docx."""
    if file == expected:
        return []
    return compare_contents(contents(file), contents(expected))


def compare_contents(found: Contents, expected: Contents) -> list[Difference]:
    """The same for contents that were read already."""
    told = _Teller(expected.manifest)
    told.lines(_lines(found.blocks), _lines(expected.blocks), "第{}段")
    told.grids(
        [block for block in found.blocks if isinstance(block, Grid)],
        [block for block in expected.blocks if isinstance(block, Grid)],
    )
    told.drawings(
        [block for block in found.blocks if isinstance(block, Drawing)],
        [block for block in expected.blocks if isinstance(block, Drawing)],
    )
    told.lines(list(found.around), list(expected.around), "页眉页脚第{}处")
    told.manifests(found, expected)
    return told.differences[:MOST]


def _lines(blocks: Sequence[object]) -> list[Line]:
    return [block for block in blocks if isinstance(block, Line) and block.text.strip()]


class _Teller:
    def __init__(self, manifest: Manifest | None) -> None:
        self.differences: list[Difference] = []
        self._references = {
            numbered.number: numbered.figure.reference.told() for numbered in (manifest.figures if manifest else ())
        }

    def lines(self, found: Sequence[Line], expected: Sequence[Line], form: str) -> None:
        """Paragraphs, matched by likeness so that one added does not shift all others."""
        matcher = difflib.SequenceMatcher(None, [a.text for a in found], [b.text for b in expected], autojunk=False)
        for kind, a1, a2, b1, b2 in matcher.get_opcodes():
            if kind == "equal":
                continue
            for left, right in _pairs([a.text for a in found[a1:a2]], [b.text for b in expected[b1:b2]]):
                if left is None and right is not None:
                    line = expected[b1 + right]
                    self._add(form.format(b1 + right + 1), "", _short(line.text, 40))
                elif right is None and left is not None:
                    line = found[a1 + left]
                    self._add(form.format(a1 + left + 1), _short(line.text, 40), "")
                elif left is not None and right is not None:
                    line = expected[b1 + right]
                    place = f"{form.format(a1 + left + 1)}“{_short(line.text)}”"
                    self.texts(found[a1 + left].text, line, place)

    def texts(self, found: str, expected: Line, place: str) -> None:
        """One text: the numbers and words in which it differs."""
        # Where in the expected text each figure stands.
        spans, position = [], 0
        for piece in expected.pieces:
            if piece.number is not None:
                spans.append((position, position + len(piece.text), piece.number))
            position += len(piece.text)
        a, b = _TOKEN.findall(found), _TOKEN.findall(expected.text)
        starts = [0]
        for token in b:
            starts.append(starts[-1] + len(token))
        for kind, a1, a2, b1, b2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            left, right = "".join(a[a1:a2]), "".join(b[b1:b2])
            if kind == "equal" or left.split() == right.split():
                continue
            numbers = [n for begin, end, n in spans if begin < max(starts[b2], starts[b1] + 1) and end > starts[b1]]
            reference = "；".join(self._references[n] for n in numbers if n in self._references)
            self._add(place, left, right, reference)

    def grids(self, found: Sequence[Grid], expected: Sequence[Grid]) -> None:
        """Tables by their order; rows matched by likeness."""
        self._count("表格", len(found), len(expected), "张")
        for number, (left, right) in enumerate(zip(found, expected, strict=False), 1):
            rows_a = ["\t".join(cell.text for cell in row) for row in left.rows]
            rows_b = ["\t".join(cell.text for cell in row) for row in right.rows]
            for kind, a1, a2, b1, b2 in difflib.SequenceMatcher(None, rows_a, rows_b, autojunk=False).get_opcodes():
                if kind == "equal":
                    continue
                for i, j in _pairs(rows_a[a1:a2], rows_b[b1:b2]):
                    if i is None and j is not None:
                        row = f"表{number}第{b1 + j + 1}行"
                        self._add(row, "", _short(rows_b[b1 + j].replace("\t", " "), 40))
                    elif j is None and i is not None:
                        row = f"表{number}第{a1 + i + 1}行"
                        self._add(row, _short(rows_a[a1 + i].replace("\t", " "), 40), "")
                    elif i is not None and j is not None:
                        self._row(left, right, number, a1 + i, b1 + j)

    def _row(self, left: Grid, right: Grid, number: int, i: int, j: int) -> None:
        a, b = left.rows[i], right.rows[j]
        if len(a) != len(b):
            self._add(f"表{number}第{i + 1}行", f"{len(a)}格", f"{len(b)}格")
        heads = [cell.text for cell in right.rows[0]]
        for column, (one, other) in enumerate(zip(a, b, strict=False)):
            if one.text == other.text:
                continue
            name = b[0].text if column and b[0].text else ""
            names = [name for name in (name, heads[column] if column < len(heads) and j else "") if name]
            place = f"表{number}第{i + 1}行第{column + 1}列" + (f"（{'，'.join(names)}）" if names else "")
            pieces = tuple(piece for line in other.lines for piece in line.pieces)
            numbers = [piece.number for piece in pieces if piece.number is not None]
            reference = "；".join(self._references[n] for n in numbers if n in self._references)
            self._add(place, one.text, other.text, reference)

    def drawings(self, found: Sequence[Drawing], expected: Sequence[Drawing]) -> None:
        """Charts by their order."""
        self._count("图", len(found), len(expected), "个")
        for number, (left, right) in enumerate(zip(found, expected, strict=False), 1):
            place = f"图{number}“{right.title}”"
            if left.title != right.title:
                self._add(f"图{number}标题", left.title, right.title)
            if left.categories != right.categories:
                self._add(f"{place}类别", "、".join(left.categories), "、".join(right.categories))
            ours = {one.name: dict(one.points) for one in left.series}
            for series in right.series:
                theirs = ours.pop(series.name, None)
                if theirs is None:
                    self._add(place, "", series.name)
                    continue
                points = dict(series.points)
                for category in dict.fromkeys((*points, *theirs)):
                    if theirs.get(category) != points.get(category):
                        where = f"{place}{series.name}，{category}"
                        self._add(where, theirs.get(category) or "", points.get(category) or "")
            for name in ours:
                self._add(place, name, "")

    def manifests(self, found: Contents, expected: Contents) -> None:
        """The list of references, and marks that were lost."""
        if expected.manifest is None:
            return
        if found.manifest is None:
            self._note("文件里的出处清单已丢失（可能用其他软件另存过），数字已逐个核对")
            return
        if found.manifest != expected.manifest:
            changed = [
                numbered
                for numbered, other in zip(found.manifest.figures, expected.manifest.figures, strict=False)
                if numbered != other
            ]
            if len(found.manifest.figures) != len(expected.manifest.figures) or changed:
                self._note("文件里的出处清单与应有的不一致")
            if found.manifest.snapshot != expected.manifest.snapshot:
                self._note("文件所据数据与存档的数据不是同一份")
            if found.manifest.template != expected.manifest.template:
                self._note("文件所用模板与存档的模板不是同一份")
            if found.manifest.generator != expected.manifest.generator:
                self._note("文件由不同版本的软件生成")

    def _count(self, name: str, found: int, expected: int, measure: str) -> None:
        if found != expected:
            self._add(f"{name}个数", f"{found}{measure}", f"{expected}{measure}")

    def _note(self, text: str) -> None:
        self.differences.append(Difference("", "", "", note=text))

    def _add(self, place: str, found: str, expected: str, reference: str = "") -> None:
        self.differences.append(Difference(place, _short(found, 60), _short(expected, 60), reference))


def _short(text: str, length: int = SHOWN) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[:length] + "…"


def _pairs(found: Sequence[str], expected: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Which texts of a changed stretch belong together: in their order, as alike as possible."""
    rows, columns = len(found), len(expected)
    if rows > _PAIRED or columns > _PAIRED:
        common = min(rows, columns)
        rest_a = [(place, None) for place in range(common, rows)]
        return [*((place, place) for place in range(common)), *rest_a, *((None, p) for p in range(common, columns))]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    likeness = [[difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() for b in expected] for a in found]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            alike = likeness[i][j] if likeness[i][j] >= 0.3 else -1.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], alike + best[i + 1][j + 1])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < rows and j < columns:
        alike = likeness[i][j] if likeness[i][j] >= 0.3 else -1.0
        if best[i][j] == alike + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    pairs += [(place, None) for place in range(i, rows)]
    pairs += [(None, place) for place in range(j, columns)]
    return pairs
