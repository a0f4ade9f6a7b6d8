"""Days and periods as people type them."""

from __future__ import annotations

import datetime as dt
import re

from luoshi.forms.errors import ValueProblem
from luoshi.periods import Period, PeriodError

_SEPARATOR = r"[-/.年]"
_DATE = re.compile(rf"(\d{{4}})(?:{_SEPARATOR}(\d{{1,2}})[-/.月](\d{{1,2}})日?|(\d{{2}})(\d{{2}}))")
_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(?::00(?:\.0+)?)?$")
_YEARLESS = re.compile(r"\d{1,2}[-/.月]\d{1,2}日?")
_DAYLESS = re.compile(rf"\d{{4}}(?:{_SEPARATOR}\d{{1,2}}月?|年|\d{{2}})?")
_THIRDS = {"上旬": "T1", "中旬": "T2", "下旬": "T3", "": ""}
_ORDINALS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_MONTH = re.compile(rf"(\d{{4}})(?:{_SEPARATOR}(\d{{1,2}})月?份?|(\d{{2}}))(上旬|中旬|下旬)?")
_QUARTER = re.compile(r"(\d{4})(?:年|年度|-)?(?:第?([一二三四1-4])季度?|[Qq]([1-4]))")
_HALF = re.compile(r"(\d{4})(?:年|年度|-)?(?:([上下])半年|[Hh]([12]))")
_WEEK = re.compile(r"(\d{4})(?:年|-)?(?:第(\d{1,2})周|[Ww](\d{1,2}))")
_YEAR = re.compile(r"(\d{4})(?:年度?)?")


def parse_day(text: str, printed: str) -> str:
    """The ISO date of ``2026-3-5``, ``2026.3.5``, ``2026年3月5日``, ``20260305``; raises ``ValueProblem``."""
    match = _DATE.fullmatch(_MIDNIGHT.sub("", text.strip()).replace(" ", ""))
    if match is None:
        if _YEARLESS.fullmatch(text):
            raise ValueProblem(f"“{printed}”缺少年份，请填如 2026-03-05 的日期")
        if _DAYLESS.fullmatch(text):
            raise ValueProblem(f"“{printed}”没有写明是哪一日，请填如 2026-03-05 的日期")
        raise ValueProblem(f"“{printed[:40]}”不是日期，请填如 2026-03-05 的日期")
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        date = dt.date(year, month, day)
    except ValueError:
        raise ValueProblem(f"“{printed}”这一天不存在，请核对") from None
    if not 1900 <= year <= 2999:
        raise ValueProblem(f"“{printed}”的年份不对，请核对")
    return date.isoformat()


def parse_period(text: str, printed: str) -> str:
    """The period of ``2026年3月``, ``2026.3``, ``2026年一季度``, ``2026年上半年`` …; raises ``ValueProblem``."""
    written = _written(text.replace(" ", ""))
    try:
        return str(Period.parse(written))
    except PeriodError:
        hint = "请填如 2026、2026-03、2026年一季度 的期别"
        if written != text:
            raise ValueProblem(f"没有“{printed[:40]}”这一期，{hint}") from None
        raise ValueProblem(f"“{printed[:40]}”不是期别，{hint}") from None


def _written(text: str) -> str:
    """The text as ``Period.parse`` wants it, or as it is."""
    if match := _MONTH.fullmatch(text):
        return f"{match[1]}-{int(match[2] or match[3]):02}{_THIRDS[match[4] or '']}"
    if match := _QUARTER.fullmatch(text):
        return f"{match[1]}Q{_ORDINALS[match[2] or match[3]]}"
    if match := _HALF.fullmatch(text):
        return f"{match[1]}H{match[3] or (1 if match[2] == '上' else 2)}"
    if match := _WEEK.fullmatch(text):
        return f"{match[1]}-W{int(match[2] or match[3]):02}"
    if match := _YEAR.fullmatch(text):
        return match[1]
    return text
