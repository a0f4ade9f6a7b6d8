"""Scoring tables: points of an item against those of its halves, and methods that the document defines nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from luoshi.checks.figures import show
from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding
from luoshi.checks.sheets import Row, Sheet
from luoshi.checks.subject import PlanView, Subject

_EACH = re.compile(r"各\s*(?:计|得|占|为)?\s*(?P<points>\d{1,4}(?:\.\d{1,2})?)\s*分")
_JOINED = re.compile(r"和|及|与|、")
_AMOUNTS = re.compile(
    r"(?<!\d)\d{1,12}(?:\.\d+)?[^\d，,、和及与]{0,8}(?:(?:和|及|与|、)\d{1,12}(?:\.\d+)?[^\d，,、和及与]{0,8})+"
)
_METHOD = re.compile(r"[\u4e00-\u9fff]{2,30}?(?:计分法?|评分法|管理法|打分法|赋分法?|系数法|排名法)")
_BY = re.compile(r"^.*?(?:按照?|采取|采用|实行|依据|根据)")
_DEFINED = r"(?:是指|即|[:：]|＝|=|的?(?:计算|具体)?(?:公式|办法|方法|规则)(?:为|是|如下|[:：]))"


#: Characters that two names of one method share at least; the share of uses whose longer name counts.
_SHORTEST = 4
_NEARLY_ALL = 0.7


def check_scoring(subject: Subject) -> Iterator[Finding]:
    """All findings about scoring tables (points that do not add to the total are found with the totals)."""
    for plan in subject.plans:
        scored = [sheet for sheet in plan.sheets if _points(sheet) is not None]
        for sheet in scored:
            yield from _parts(sheet)
        yield from _methods(subject, plan, scored)


def _points(sheet: Sheet) -> int | None:
    """The column of points."""
    for column in sheet.columns:
        if column.numeric and re.search(r"分值|满分|标准分|权重分|得分标准", column.name):
            return column.index
    return None


def _parts(sheet: Sheet) -> Iterator[Finding]:
    """甲和乙，各10分: two times ten must be the item's points."""
    points = _points(sheet)
    for row in sheet.rows:
        printed = row.figures[points] if points is not None else None
        if printed is None or not row.is_leaf:
            continue
        for column, cell in enumerate(row.cells):
            match = _EACH.search(cell) if column != points else None
            if match is None:
                continue
            # the list may stand before a comma: 引进甲和乙的项目数，各10分
            several = _parts_named(re.split(r"[，,；;。]", cell[: match.start()].rstrip("，,"))[-1])
            each = Decimal(match["points"])
            if several < 2 or each * several == printed.value or each == printed.value:
                continue
            yield finding(
                "points-parts",
                f"《{sheet.title}》“{_item(row, column)}”：该项分值与各分项分值之和不符。",
                [sheet.place(row, points), sheet.place(row, column)],
                plan=sheet.plan,
                detail=f"各 {show(each)} 分 × {several} = {show(each * several)} 分，该项 {show(printed.value)} 分",
                readings=(f"{show(printed.value)}分", f"{show(each * several)}分"),
                data={"table": sheet.title},
            )


def _parts_named(text: str) -> int:
    """How many things a list names: its amounts where it tells them by amounts (5亿元和10亿元以上), else its words."""
    amounts = _AMOUNTS.search(text)
    if amounts:
        return len(re.findall(r"\d+(?:\.\d+)?", amounts[0]))
    words = _JOINED.split(text)
    return len(words) if all(2 <= len(word.strip()) <= 20 for word in words) else 1


def _item(row: Row, method: int) -> str:
    words = [cell for i, cell in enumerate(row.cells) if i != method and cell and row.figures[i] is None]
    return words[-1] if words else row.label


def _methods(subject: Subject, plan: PlanView, sheets: list[Sheet]) -> Iterator[Finding]:
    """Names of methods in the tables that no sentence explains."""
    used: dict[str, list[tuple[Sheet, Row, int]]] = {}
    for sheet in sheets:
        for row in sheet.rows:
            for column, cell in enumerate(row.cells):
                for piece in re.split(r"[，,；;。]", cell):
                    match = _METHOD.search(piece)
                    if match:
                        used.setdefault(_BY.sub("", match[0]), []).append((sheet, row, column))
    for name, uses in _grouped(used).items():
        defined = re.compile(re.escape(name) + _DEFINED)
        if len(name) < _SHORTEST or any(defined.search(view.prose) for view in subject.plans):
            continue
        sheet, row, column = uses[0]
        yield finding(
            "method-undefined",
            f"“{name}”用了{len(uses)}次，全文没有说明怎样计分。",
            [sheet.place(row, column)],
            plan=plan.index,
            detail=f"见《{'》《'.join(dict.fromkeys(s.title for s, _, _ in uses))}》",
            readings=(name,),
            data={"method": name, "uses": str(len(uses))},
        )


Uses = list[tuple[Sheet, Row, int]]


def _grouped(used: dict[str, Uses]) -> dict[str, Uses]:
    """One entry a method: 增速竞争性排名计分 and 次数竞争性排名计分 are the end that nearly all uses share."""
    groups: dict[str, list[tuple[str, Uses]]] = {}
    for name, uses in used.items():
        groups.setdefault(name[-_SHORTEST:], []).append((name, uses))
    named: dict[str, Uses] = {}
    for end, members in groups.items():
        total = sum(len(uses) for _, uses in members)
        for length in range(len(end) + 1, max(len(name) for name, _ in members) + 1):
            counts: dict[str, int] = {}
            for name, uses in members:
                if len(name) >= length:
                    counts[name[-length:]] = counts.get(name[-length:], 0) + len(uses)
            best = max(counts, key=lambda longer: counts[longer])
            if counts[best] < _NEARLY_ALL * total:
                break
            end = best
        named[end] = [use for _, uses in members for use in uses]
    return named
