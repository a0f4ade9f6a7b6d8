"""The names of a table's columns where the header was printed in pieces, one or two levels deep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from luoshi.extraction.cell_fit import COUNTER, EITHER, FIGURE, GROUP, TEXT
from luoshi.extraction.cell_lines import Piece, join, open_bracket

MOST_COLUMNS = 24
_MOST_PIECES = 70
_MOST_JOINED = 9
_LONGEST_NAME = 36
#: Characters with which names do not begin; a line that does goes on with the name above.
_WEAK = "额况位展号率量及和与或的等度化方区"
_INFINITE = float("inf")

#: Words with which names of columns end.
_NOUN = re.compile(
    r"(?:序号|编号|名称|时间|地点|内容|情况|事项|部门|单位|备注|名单|进展|代码|次数|总数|数量|合计|小计|总计|目标|指标|分值|得分"
    r"|标准|来源|范围|[^业]组|类别|类型|方式|方法|办法|总?投资|资金|增速|增幅|责任人|联系人|电话|外资|任务|措施|时限|[年季月]度|县市"
    r"|县区|区县|行业|规模|级别|性质|合作|招商|活动|姓名|职务|依据|材料|要求|进度|比例|金额|数|率|值|量|额|\d年|[)）])$"
)
_FIGURE_NAME = re.compile(
    r"[(（](?:%|％|‰|[万亿千百]?(?:元|美元|吨|户|人次?|亩|千瓦时?|平方米|公里)|个|次|项|家|件|户|分|名|所|座|张|辆|台套?|头)[)）]$"
    r"|(?:分值|得分|次数|总数|数量|增速|增幅|权重|小计|总计)$"
)
_TEXT_NAME = re.compile(
    r"(?:名称|内容|情况|事项|部门|单位|备注|方法|办法|标准|来源|范围|类别|类型|地点|措施|依据|材料|责任人|要求|职务|组)(?:[(（].*[)）])?$"
)
_GROUP_NAME = re.compile(
    r"^(?:类\s*[别型]|.{0,4}类别|板块|领域|环节|阶段|维度|方面|一级指标|.{0,4}行动|考核(?:内容|项目|类别))$"
)
_COUNTER_NAME = re.compile(r"(?:序\s*号|编号)$")
_CUT = re.compile(r"(?:[、，,（(“《及和与或的])$")
_UNIT = re.compile(r"[(（]([^()（）]*)[)）]$")


def name_kind(name: str) -> str:
    """What the cells below a column's name are likely to be."""
    if _COUNTER_NAME.search(name):
        return COUNTER
    if _FIGURE_NAME.search(name):
        return FIGURE
    if _GROUP_NAME.search(name):
        return GROUP
    return TEXT if _TEXT_NAME.search(name) else EITHER


class Header:
    """All ways to read the pieces from ``first`` on as names; ``cost(end, count)`` of the best one."""

    def __init__(self, pieces: Sequence[Piece], first: int, end: int) -> None:
        self.pieces = pieces
        self.first = first
        self.end = min(end, first + _MOST_PIECES)
        gaps = [piece.apart for piece in pieces[first + 1 : self.end] if piece.first]
        self.gap = 0.3 if 0 < sum(gaps) < 0.7 * len(gaps) else 0.0
        self._best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
        costs = [self._name_costs(first + start) for start in range(self.end - first)]
        for at in range(1, self.end - first + 1):
            ways: dict[int, tuple[float, int]] = {}
            for start in range(max(0, at - _MOST_JOINED), at):
                fee = costs[start].get(at - start)
                if fee is None:
                    continue
                for count, (cost, _) in self._best[start].items():
                    if count < MOST_COLUMNS and (count + 1 not in ways or cost + fee < ways[count + 1][0]):
                        ways[count + 1] = (cost + fee, start)
            self._best.append(ways)

    def cost(self, end: int, count: int) -> float:
        """What it costs to read the pieces up to ``end`` as ``count`` names."""
        if end > self.end:
            return _INFINITE
        return self._best[end - self.first].get(count, (_INFINITE, 0))[0]

    def count(self, end: int) -> int:
        """How many names the cheapest reading up to ``end`` has; 0 where there is none."""
        ways = self._best[end - self.first] if end <= self.end else {}
        return min(ways, key=lambda count: (ways[count][0], count)) if ways else 0

    def names(self, end: int, count: int) -> list[str]:
        """The ``count`` names before the piece ``end``."""
        return [join(self.pieces[a:b]) for a, b in self._places(end, count)]

    def _places(self, end: int, count: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        at = end - self.first
        while count:
            start = self._best[at][count][1]
            found.append((self.first + start, self.first + at))
            at, count = start, count - 1
        return found[::-1]

    def _two_levels(self, end: int, count: int, width: int) -> tuple[float, tuple[str, ...]] | None:
        places = self._places(end, count)
        begins = [self.pieces[a].first for a, _ in places]
        return _two_levels([join(self.pieces[a:b]) for a, b in places], begins, width)

    def body_cost(self, end: int, width: int) -> float:
        """What the best header of ``width`` columns before ``end`` costs, one level or two deep."""
        if end == self.first:
            return 1.5 + 0.5 * width
        flat = self.cost(end, width)
        deep = min((self.cost(end, count) for count in range(width + 1, width + width // 2 + 1)), default=_INFINITE)
        return min(flat, deep + 1.5)

    def _deep(self, end: int, width: int) -> list[tuple[float, int]]:
        """What headers of two levels cost, and how many names they have: groups above ``width`` columns."""
        found = []
        for count in range(width + 1, width + width // 2 + 1):
            cost = self.cost(end, count)
            if cost < _INFINITE:
                read = self._two_levels(end, count, width)
                if read is not None:
                    found.append((cost + 0.3 + max(0.0, 0.5 - read[0]), count))
        return found

    def columns(self, end: int, width: int) -> tuple[str, ...] | None:
        """The names of ``width`` columns, levels joined by ``/``; ``None`` where the pieces give no such header."""
        if end == self.first:
            return ("",) * width
        counts = [(self.cost(end, width), width)]
        cost, count = min([*counts, *self._deep(end, width)])
        if cost == _INFINITE:
            return None
        deep = None if count == width else self._two_levels(end, count, width)
        return tuple(self.names(end, count)) if deep is None else deep[1]

    def _name_costs(self, start: int) -> dict[int, float]:
        """How badly the pieces from ``start`` on make one name, by how many they are; those left out make none."""
        pieces = self.pieces
        text = pieces[start].text
        running = 0.3
        lines = [pieces[start].width]
        found: dict[int, float] = {}
        for end in range(start + 1, min(self.end, start + _MOST_JOINED) + 1):
            if end > start + 1:
                before, piece = pieces[end - 2], pieces[end - 1]
                running += self._joint(text, before, piece)
                if piece.first:
                    lines.append(piece.width)
                else:
                    lines[-1] += piece.width
                text += piece.text
                if len(text) > _LONGEST_NAME:
                    break
            fee = self._whole(text, lines, start)
            if fee == _INFINITE:
                continue
            if pieces[start].plain or (pieces[end - 1].plain and not pieces[end - 1].first):
                fee += 2
            found[end - start] = running + fee
        return found

    def _joint(self, text: str, before: Piece, piece: Piece) -> float:
        """What it costs that a piece goes on with the name ``text``, which ends with the piece ``before``."""
        if piece.text[0] in "（(":
            return 0.05
        if not piece.first:
            spread = len(before.text) == 1 == len(piece.text)
            latin = piece.text[0].isascii() or before.text[-1].isascii()
            return 0.0 if spread else 0.3 if latin and not _NOUN.search(before.text) else 4.0
        fee = 0.15 + (self.gap if piece.apart else 0.0)
        return fee + (1.0 if _NOUN.search(text) and len(text) > 1 and not open_bracket(text) else 0.0)

    def _whole(self, text: str, lines: Sequence[float], start: int) -> float:
        """What is odd about a name as a whole."""
        widest = max(lines)
        cost = sum(0.2 * max(0.0, widest - line - 2) for line in lines[:-1])
        if open_bracket(text) or (text[0] in "（()）、，" and not text.startswith("（拟")):
            return _INFINITE if start else cost + 6
        if _CUT.search(text) or text[0] in _WEAK:
            cost += 3
        if len(text) == 1:
            cost += 2
        return cost if _NOUN.search(text) else cost + 1.0


def _two_levels(names: Sequence[str], begins: Sequence[bool], width: int) -> tuple[float, tuple[str, ...]] | None:
    """Column names where the first names hold groups and the rest stand below them, in reading order.

    ``begins`` tells which names begin a line, as the first one below does. Which names are groups and where they part
    is not printed; names below one group are alike (a common unit, common words, 其中), and a name with a unit is no
    group. With it comes how well the reading holds together.
    """
    groups = len(names) - width
    best: tuple[float, tuple[str, ...]] | None = None
    for top in range(max(groups, 1), len(names) - groups + 1):
        below = names[top:]
        if len(below) < 2 * groups or top > 12 or not begins[top]:
            continue
        score, parts = _split(below, groups)
        for chosen in combinations(range(top), groups):
            total = score - sum(_as_group(names[c], c) for c in chosen)
            total -= sum(0.6 for c in range(top) if c not in chosen and not _NOUN.search(names[c]))
            total += 0.3 * len(below)
            if best is None or total > best[0]:
                best = total, _joined(names[:top], dict(zip(chosen, parts, strict=True)), below)
    return best


def _split(below: Sequence[str], groups: int) -> tuple[float, list[tuple[int, int]]]:
    """The best way to part names into so many runs of two or more."""
    alike = [_alike(a, b) for a, b in pairwise(below)]
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for at in range(1, len(below) + 1):
        ways: dict[int, tuple[float, int]] = {}
        for start in range(at - 1):
            inside = sum(alike[start : at - 1])
            for count, (score, _) in best[start].items():
                if count < groups and (count + 1 not in ways or score + inside > ways[count + 1][0]):
                    ways[count + 1] = (score + inside, start)
        best.append(ways)
    parts: list[tuple[int, int]] = []
    at = len(below)
    score = best[at].get(groups, (-_INFINITE, 0))[0]
    if score == -_INFINITE:
        return score, [(0, 0)] * groups
    for count in range(groups, 0, -1):
        start = best[at][count][1]
        parts.append((start, at))
        at = start
    return score, parts[::-1]


def _alike(a: str, b: str) -> float:
    """How much two neighbouring names look like names below one group."""
    if b.startswith("其中"):
        return 1.5
    unit_a, unit_b = _UNIT.search(a), _UNIT.search(b)
    units = 0.0
    if unit_a and unit_b:
        units = 0.6 if unit_a[1] == unit_b[1] else -0.6
    pairs_a, pairs_b = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (a, b))
    common = len(pairs_a & pairs_b) / max(1, min(len(pairs_a), len(pairs_b)))
    return units + common - 0.3


def _as_group(name: str, place: int) -> float:
    """How badly a name is a group's."""
    return (
        (2.0 if _UNIT.search(name) else 0.0)
        + (1.0 if place == 0 else 0.0)
        + (0.0 if name_kind(name) == EITHER else 1.5)
    )


def _joined(top: Sequence[str], parts: dict[int, tuple[int, int]], below: Sequence[str]) -> tuple[str, ...]:
    result: list[str] = []
    for c, name in enumerate(top):
        if c in parts:
            result += [f"{name}/{sub}" for sub in below[slice(*parts[c])]]
        else:
            result.append(name)
    return tuple(result)
