"""A due rule read from a sentence: ``每月3日前报上月``, ``填报时间为每月20日``, ``季后10日内``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from luoshi.periods import Cadence, DueKind

_NUMBER = r"\s*(\d{1,2})\s*"
#: pattern → (cadence, kind); the sentence's own words decide whether the last period or the present one is meant.
_RULES = (
    (re.compile(rf"每月(?:的)?{_NUMBER}日"), Cadence.MONTHLY, None),
    (re.compile(rf"(?:月后|次月){_NUMBER}日"), Cadence.MONTHLY, DueKind.DAY_AFTER),
    (re.compile(rf"每(?:个)?季度末月{_NUMBER}日"), Cadence.QUARTERLY, DueKind.DAY_IN),
    (re.compile(rf"(?:季后|每(?:个)?季度(?:结束)?后){_NUMBER}日"), Cadence.QUARTERLY, DueKind.DAYS_AFTER),
    (re.compile(rf"(?:次年|年后)1月{_NUMBER}日"), Cadence.YEARLY, DueKind.DAY_AFTER),
)
_ENDS = (
    (re.compile(r"每月底|每月末|月底前"), Cadence.MONTHLY),
    (re.compile(r"每季度末|季末前|每季度末前"), Cadence.QUARTERLY),
    (re.compile(r"每半年末|半年末前"), Cadence.HALF_YEARLY),
    (re.compile(r"每年底|年末前"), Cadence.YEARLY),
)
_BEFORE = re.compile(r"上月|上一月|上个月|前一月")
_TITLES = (
    (re.compile(r"旬报"), Cadence.TEN_DAILY),
    (re.compile(r"周报"), Cadence.WEEKLY),
    (re.compile(r"月报|月度"), Cadence.MONTHLY),
    (re.compile(r"季报|季度"), Cadence.QUARTERLY),
    (re.compile(r"半年报"), Cadence.HALF_YEARLY),
    (re.compile(r"年报|年度"), Cadence.YEARLY),
)
#: Up to this day of the month a form that says no more is taken to report the month before.
_EARLY = 15


@dataclass(frozen=True, slots=True)
class DueFound:
    """A due rule; ``words`` are those it was read from, empty where it was taken from the title or by default.

    ``assumption`` says in Chinese what the words leave open.
    """

    cadence: Cadence
    kind: DueKind
    day: int = 0
    words: str = ""
    assumption: str = ""


def cadence_of(title: str) -> Cadence:
    """The cadence that a form's title names; monthly where it names none."""
    return next((cadence for pattern, cadence in _TITLES if pattern.search(title)), Cadence.MONTHLY)


def due_in(text: str) -> DueFound | None:
    """The first due rule in a sentence or note; ``None`` where it says none.

    A day of the month without 上月 is ambiguous: early ones (to the 15th) are taken to report the month before, later
    ones the month itself, and the answer says so.
    """
    plain = "".join(text.split())
    for pattern, cadence, kind in _RULES:
        match = pattern.search(plain)
        if match is None or not 1 <= int(match[1]) <= 31:
            continue
        day, assumption = int(match[1]), ""
        if kind is None:
            clause = plain[match.start() : match.end() + 20]
            kind = DueKind.DAY_AFTER if _BEFORE.search(clause) or day <= _EARLY else DueKind.DAY_IN
            if not _BEFORE.search(clause):
                which = "上月" if kind is DueKind.DAY_AFTER else "当月"
                assumption = f"原文只写“{match[0]}”，按报{which}情况处理，可更改。"
        return DueFound(cadence, kind, day, match[0], assumption)
    for pattern, cadence in _ENDS:
        if match := pattern.search(plain):
            return DueFound(cadence, DueKind.LAST_DAY, 0, match[0])
    return None
