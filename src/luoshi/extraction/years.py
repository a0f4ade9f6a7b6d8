"""Which year a number or a date belongs to."""

from __future__ import annotations

import re

from luoshi.extraction.model import Context

_YEAR = re.compile(r"(?<!\d)(20\d\d)[ \u3000]?年")
_BASELINE = re.compile(r"(?:较|比|与|以|对比|相较于|同比|高于|低于|占|在|扣除)[ \u3000]?$")
_BASELINE_AFTER = re.compile(r"(?:度|末|底)?(?:相比|为基[数期准]|基础上|同期|水平|的基础)")
_FROM = re.compile(r"(?:起|开始|以来)")
_WHOLE_PERIOD = re.compile(r"每年|年均|每一年|每个年度|逐年|“?十[一二三四五六七八九]五”?(?:期间|时期|末)|五年|三年行动")
_THIS_YEAR = re.compile(r"今年|本年|年内|年底|年末|全年|当年")
_PLAN_PERIOD = re.compile(r"十([一二三四五六七八九])五”?(?:末|期末|时期末)")


def period_end(text: str) -> int | None:
    """The last year of a printed five-year plan (``“十四五”末`` → 2025), ``None`` where none is printed."""
    match = _PLAN_PERIOD.search(text)
    return _plan_last(match[1]) if match else None


_TIME = re.compile(
    r"(?<!\d)(?P<year>20\d\d)[ \u3000]?年|“?十(?P<plan>[一二三四五六七八九])五”?(?:期间|时期|以来|末|规划|，)|(?P<now>力争|确保|今后|下一步|今年(?!以来|\d|前|上)|本年|到时|将|目标任务|工作目标)"
    r"|(?P<gone>截至|截止|今年以来|去年|上年(?=末|底|，|完成|全)|(?<!项)目前|近年来)"
)


def told_of_past(text: str, low: int, start: int, context: Context) -> bool:
    """Whether the last time that a paragraph names before the number at ``start`` lies before the plan's year.

    ``low`` is where the paragraph's search begins. A word of intent (力争, 确保, 下一步) ends what is told of the past.
    """
    if context.year is None:
        return False
    for match in reversed(list(_TIME.finditer(text, low, start))):
        if match["now"]:
            return False
        if match["gone"]:
            return True
        if match["plan"]:
            return _plan_last(match["plan"]) < context.year
        if _BASELINE.search(text[max(0, match.start() - 4) : match.start()]) or _BASELINE_AFTER.match(
            text, match.end()
        ):
            continue
        if _FROM.match(text, match.end()):
            continue
        return int(match["year"]) < context.year
    return False


def _plan_last(numeral: str) -> int:
    """The last year of the five-year plan 十X五: 十三五 → 2020."""
    return 2005 + 5 * ("一二三四五六七八九".index(numeral) + 1)


def target_year(text: str, low: int, clause: int, start: int, context: Context) -> int | None:
    """The year in which the number at ``start`` must be met.

    Looked for from the number back to ``low`` (the sentence): a printed year that is no baseline (较2020年), else 每年 and
    “十四五”期间 (the plan's last year), else the plan's year.
    """
    head = text[low:start]
    own = text[clause:start]
    if _WHOLE_PERIOD.search(own):
        return context.last_year
    for match in reversed(list(_YEAR.finditer(head))):
        if _BASELINE.search(head[: match.start()][-4:]) or _BASELINE_AFTER.match(head, match.end()):
            continue
        between = head[match.end() :]
        if _FROM.match(between):
            continue
        if _THIS_YEAR.search(between) and int(match[1]) < (context.year or 0):
            return context.year
        return int(match[1])
    if _WHOLE_PERIOD.search(head):
        return context.last_year
    return context.year
