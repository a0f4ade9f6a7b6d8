"""Which year a number or a date belongs to, and whether a paragraph tells of the past."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from luoshi.extraction.model import Context

_NUMERALS = "一二三四五六七八九"
_YEAR = re.compile(r"(?<!\d)(20\d\d)[ \u3000]?年")
# A year that only compares: 较2025年, 以2025年为基数
_BASELINE = re.compile(r"(?:较|比|与|以|对比|相较于|同比|高于|低于|占|在|扣除|由|从)[ \u3000]?“?$")
_PLAN_BASELINE = re.compile(r"(?:较|比|与|由|从|相较于|高于|低于)[ \u3000]?“?$")
_BASELINE_AFTER = re.compile(r"(?:度|末|底)?(?:相比|为基[数期准]|基础上|同期|水平|的基础)")
_FROM = re.compile(r"起|开始|以来")
_OPENS = re.compile(r"(?:^|[。；：])[ \u3000]?(?:力争|确保|争取)?[ \u3000]?到[ \u3000]?$")
_BY_END = re.compile(r"[ \u3000]?(?:年底|年末|底|末)")
_EVERY_YEAR = re.compile(r"每年|年均|每一年|每个年度|逐年|五年|三年行动")
_IN_PLAN = re.compile(r"十([一二三四五六七八九])五”?(?:期间|时期|末|期末)")
_UNTIL = re.compile(r"(?:到|至)[ \u3000]?(20\d\d)[ \u3000]?年")
_THIS_YEAR = re.compile(r"今年|本年|(?<![一二两三四五十\d])年内|年底|年末|全年|当年")
_PLAN_PERIOD = re.compile(r"十([一二三四五六七八九])五”?(?:末|期末|时期末)")
_TIME = re.compile(
    r"(?<!\d)(?P<year>20\d\d)[ \u3000]?年|“?十(?P<plan>[一二三四五六七八九])五”?(?:期间|时期|以来|末|规划|，)"
    r"|(?P<now>今年(?!以来|\d|前|上)|本年)|(?P<intent>力争|确保|今后|下一步|到时|将|目标任务|工作目标)"
    r"|(?P<gone>截至|截止|今年以来|去年|上年(?=末|底|，|完成|全)|(?<![项从由较比])目前|近年来)"
)
# How many times a search looks back over years that only compare.
_LOOK_BACK = 20


def plan_last_year(numeral: str) -> int:
    """The last year of the five-year plan 十X五: 四 → 2025."""
    return 2005 + 5 * (_NUMERALS.index(numeral) + 1)


def period_end(text: str) -> int | None:
    """The last year of a printed five-year plan's end (``“十四五”末`` → 2025), ``None`` where none is printed."""
    match = _PLAN_PERIOD.search(text)
    return plan_last_year(match[1]) if match else None


@dataclass(frozen=True, slots=True)
class _Mark:
    """A word of time: ``kind`` is year, plan, now, intent or gone; ``baseline`` tells that it only compares."""

    kind: str
    year: int
    baseline: bool
    opens: bool


class Times:
    """The times that a paragraph names, found once; every look-up is a binary search."""

    def __init__(self, text: str) -> None:
        self._starts: list[int] = []
        self._marks: list[_Mark] = []
        self._dated: list[tuple[int, _Mark]] = []
        for match in _TIME.finditer(text):
            mark = _mark(text, match)
            self._starts.append(match.start())
            self._marks.append(mark)
            if mark.kind != "intent":
                self._dated.append((match.start(), mark))
        self._dated_starts = [start for start, _ in self._dated]

    def past(self, position: int, context: Context) -> bool:
        """Whether the last time named before ``position`` lies before the plan's year.

        A word of intent (力争, 确保, 下一步) ends what is told of the past.
        """
        if context.year is None:
            return False
        index = bisect_right(self._starts, position) - 1
        for mark in reversed(self._marks[max(0, index + 1 - _LOOK_BACK) : index + 1]):
            if mark.kind in ("now", "intent"):
                return False
            if mark.kind == "gone":
                return True
            if not mark.baseline:
                return mark.year < context.year
        return False

    def carried(self, position: int) -> int | None:
        """The year with which an earlier sentence opens (``到2027年，…。每个…``), if no other time follows it."""
        index = bisect_right(self._dated_starts, position) - 1
        mark = self._dated[index][1] if index >= 0 else None
        return mark.year if mark and mark.kind == "year" and mark.opens else None


def _mark(text: str, match: re.Match[str]) -> _Mark:
    kind = match.lastgroup or "year"
    if kind not in ("plan", "year"):
        return _Mark(kind, 0, False, False)
    before = text[max(0, match.start() - 8) : match.start()]
    if kind == "plan":
        return _Mark(kind, plan_last_year(match["plan"]), bool(_PLAN_BASELINE.search(before)), False)
    after = _BASELINE_AFTER.match(text, match.end()) or _FROM.match(text, match.end())
    opens = _OPENS.search(before) or (
        # 2027年底前，…: the year's end opens the sentence as 到2027年 does
        (not before or before[-1] in "。；：") and _BY_END.match(text, match.end())
    )
    return _Mark(kind, int(match["year"]), bool(after or _BASELINE.search(before)), bool(opens))


def target_year(text: str, low: int, clause: int, start: int, times: Times, context: Context) -> int | None:
    """The year in which the number at ``start`` must be met.

    Looked for from the number back to ``low`` (the sentence): “十四五”期间 in the number's clause (the end of that
    five-year plan), 每年 there (the year up to which the sentence goes, 到2028年, else the plan's last year), a printed
    year that is no baseline (较2020年), else either of them in the sentence, else the year with which an earlier
    sentence opens, else the plan's last year.
    """
    head = text[low:start]
    if year := _in_plan(text, clause, start):
        return year
    if _EVERY_YEAR.search(text, clause, start):
        until = [int(match[1]) for match in _UNTIL.finditer(head, head.rfind("；") + 1)]
        return until[-1] if until and until[-1] >= (context.year or 0) else context.last_year
    for match in reversed(list(_YEAR.finditer(head))):
        if _BASELINE.search(head[max(0, match.start() - 4) : match.start()]) or _BASELINE_AFTER.match(
            head, match.end()
        ):
            continue
        if _FROM.match(head, match.end()):
            continue
        if int(match[1]) < (context.year or 0) and _THIS_YEAR.search(head, match.end()):
            return context.year
        return int(match[1])
    if year := _in_plan(text, low, start):
        return year
    if _EVERY_YEAR.search(head):
        return context.last_year
    if _THIS_YEAR.search(head):
        return context.year
    return times.carried(low) or context.last_year


def _in_plan(text: str, low: int, start: int) -> int | None:
    """The last year of the five-year plan in which the number must be met; one that only compares (较) is none."""
    for match in _IN_PLAN.finditer(text, low, start):
        if not _PLAN_BASELINE.search(text, max(low, match.start() - 6), match.start()):
            return plan_last_year(match[1])
    return None
