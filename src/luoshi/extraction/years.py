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
    return 2005 + 5 * ("一二三四五六七八九".index(match[1]) + 1 - 1) + 5 if match else None


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
