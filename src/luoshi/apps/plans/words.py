"""How what stands in a plan reads on a page: figures, comparisons, time limits, places, in short official Chinese."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from django.urls import reverse

from luoshi.apps.plans.models import Deadline, DeadlineRuleChoice, Target

#: Large-number words and what they stand for, from the largest down.
SCALES = (("亿", Decimal(10**8)), ("万", Decimal(10**4)))
#: Units of measure that are never counted in 万 or 亿.
RATIOS = frozenset({"%", "百分点", "个百分点", ":1", "‰"})
COMPARATOR_WORDS = {">=": "不低于", ">": "超过", "<=": "不超过", "<": "低于", "=": "达到", "~": "约"}
COMPARATOR_SIGNS = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "＝", "~": "约"}
CADENCE_WORDS = {
    DeadlineRuleChoice.WEEKLY: "每周",
    DeadlineRuleChoice.TEN_DAILY: "每旬",
    DeadlineRuleChoice.HALF_MONTHLY: "每半月",
    DeadlineRuleChoice.MONTHLY: "每月",
    DeadlineRuleChoice.QUARTERLY: "每季度",
    DeadlineRuleChoice.HALF_YEARLY: "每半年",
    DeadlineRuleChoice.YEARLY: "每年",
}
RISE_WORDS = ("增长", "增速", "增幅", "增加率", "净增", "新增", "提高", "提升", "上升")
FALL_WORDS = ("下降", "降低", "减少", "压缩", "压减", "降至")


def plain_number(value: Decimal) -> str:
    """``15000.000000`` → ``15,000``; no trailing zeros, never an exponent."""
    return f"{value.normalize():,f}"


def scaled(value: Decimal, unit: str, printed: str = "") -> str:
    """A value with its unit, in the scale in which the plan prints it (``1.5万户``).

    Where the printed text shows none (a corrected value), the largest scale that keeps at most two decimals is taken.
    """
    if unit not in RATIOS:
        for word, size in SCALES:
            part = (value / size).normalize()
            if f"{part:f}{word}" in printed or f"{part:,f}{word}" in printed:
                return f"{part:,f}{word}{unit}"
        if not printed or not (f"{value.normalize():f}" in printed or plain_number(value) in printed):
            for word, size in SCALES:
                part = value / size
                if abs(part) >= 1 and part == round(part, 2):
                    return f"{plain_number(part)}{word}{unit}"
    return f"{plain_number(value)}{unit}"


def figure(target: Target) -> str:
    """The figure that must be met: ``1.5万户``, ``2—3家``."""
    top = scaled(target.value_max, target.unit_of_measure, target.text) if target.value_max is not None else ""
    if not top:
        return scaled(target.value, target.unit_of_measure, target.text)
    low = scaled(target.value, target.unit_of_measure, target.text).removesuffix(target.unit_of_measure)
    return f"{low}—{top}"


def motion(target: Target) -> str:
    """``增长`` or ``下降`` where the figure is a change and the indicator's own name does not say so."""
    if target.falling:
        return "" if any(word in target.indicator for word in FALL_WORDS) else "下降"
    if target.change and target.unit_of_measure in RATIOS and not any(word in target.indicator for word in RISE_WORDS):
        return "增长"
    return ""


def commitment(target: Target) -> str:
    """What must be reached, beside the indicator: ``增长 ≥ 15%``; a plain number stands alone."""
    sign = "" if target.comparator == "=" else COMPARATOR_SIGNS.get(target.comparator, target.comparator)
    return " ".join(part for part in (motion(target), sign, figure(target)) if part)


def commitment_words(target: Target) -> str:
    """The same in words: ``增长不低于15%``."""
    return f"{motion(target)}{COMPARATOR_WORDS.get(target.comparator, '')}{figure(target)}"


def in_base_units(target: Target) -> str:
    """``15,000户``, a range as ``2—3家``."""
    low = plain_number(target.value)
    top = f"—{plain_number(target.value_max)}" if target.value_max is not None else ""
    return f"{low}{top}{target.unit_of_measure}"


def due_words(deadline: Deadline) -> str:
    """``2026年12月31日``, ``每月3日前``, ``15个工作日内``."""
    match deadline.rule_kind:
        case DeadlineRuleChoice.DATE:
            return date_words(deadline.date) if deadline.date else "未定"
        case DeadlineRuleChoice.DAYS_AFTER:
            return f"{deadline.days}个工作日内" if deadline.working else f"{deadline.days}日内"
        case DeadlineRuleChoice.MONTHLY if deadline.day:
            return f"每月{deadline.day}日前"
        case DeadlineRuleChoice.YEARLY if deadline.date:
            return f"每年{deadline.date.month}月{deadline.date.day}日前"
    return CADENCE_WORDS.get(DeadlineRuleChoice(deadline.rule_kind), deadline.text)


def date_words(date: dt.date) -> str:
    """``2026年12月31日``."""
    return f"{date.year}年{date.month}月{date.day}日"


def place_words(spans: Sequence[Sequence[int]], line: int) -> str:
    """``第24行``, ``第24—26行``."""
    lines = [span[0] for span in spans] or [line]
    return f"第{lines[0]}行" if lines[0] == lines[-1] else f"第{lines[0]}—{lines[-1]}行"


def years_words(year: int | None, last_year: int | None) -> str:
    """``2026年``, ``2026—2028年``; empty where the plan prints none."""
    if year is None:
        return ""
    return f"{year}—{last_year}年" if last_year and last_year != year else f"{year}年"


@lru_cache(maxsize=32)
def _pattern(name: str) -> tuple[str, str]:
    head, _, tail = reverse(name, args=(0,)).partition("/0")
    return f"{head}/", tail


def page_url(name: str, key: int) -> str:
    """The address of a page of one object; a page of the source has thousands, so the pattern is looked up once."""
    head, tail = _pattern(name)
    return f"{head}{key}{tail}"


def source_url(plan_id: int, kind: str, object_id: int, line: int) -> str:
    """The place in the source, with the object marked: ``/plans/3/source?line=24&object=target-17#L24``."""
    return f"{page_url('plans:source', plan_id)}?line={line}&object={kind}-{object_id}#L{line}"
