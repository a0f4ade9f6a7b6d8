"""The due rule in the words of an official, and until when a return is taken."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from luoshi.apps.reporting.models import ReturnState
from luoshi.apps.reporting.schedule import due_words, rule_of
from luoshi.apps.reporting.timing import closed
from luoshi.periods import Cadence, DueKind, Period, due_date
from tests.apps.reporting.making import at


def version(cadence: str, kind: str, day: int, shift: str = "none") -> Any:
    return SimpleNamespace(cadence=cadence, due_kind=kind, due_day=day, shift=shift)


@pytest.mark.parametrize(
    ("cadence", "kind", "day", "words", "period", "due"),
    [
        ("yearly", "last-day", 0, "每年年底前报本年", "2026", "2026-12-31"),
        ("yearly", "day-in", 20, "每年12月20日前报本年", "2026", "2026-12-20"),
        ("yearly", "day-after", 15, "每年1月15日前报上年", "2026", "2027-01-15"),
        ("half-yearly", "last-day", 0, "每年6月底、12月底前报本半年", "2026H1", "2026-06-30"),
        ("half-yearly", "day-in", 25, "每年6月、12月的25日前报本半年", "2026H2", "2026-12-25"),
        ("half-yearly", "day-after", 10, "每年7月、1月的10日前报前一个半年", "2026H1", "2026-07-10"),
        ("quarterly", "last-day", 0, "每季度末前报本季度", "2026Q3", "2026-09-30"),
        ("quarterly", "day-in", 25, "每季度末月25日前报本季度", "2026Q3", "2026-09-25"),
        ("quarterly", "day-after", 10, "每季度后首月10日前报上季度", "2026Q3", "2026-10-10"),
        ("monthly", "last-day", 0, "每月底前报当月", "2026-08", "2026-08-31"),
        ("monthly", "day-in", 25, "每月25日前报当月", "2026-08", "2026-08-25"),
        ("monthly", "day-after", 3, "每月3日前报上月", "2026-08", "2026-09-03"),
        ("ten-daily", "last-day", 0, "每旬末前报本旬", "2026-08T2", "2026-08-20"),
        ("ten-daily", "day-in", 9, "每旬第9日前报本旬", "2026-08T2", "2026-08-19"),
        ("ten-daily", "day-after", 2, "次旬第2日前报上一旬", "2026-08T2", "2026-08-22"),
        ("weekly", "last-day", 0, "每周日前报本周", "2026-W36", "2026-09-06"),
        ("weekly", "day-in", 5, "每周五前报本周", "2026-W36", "2026-09-04"),
        ("weekly", "day-after", 1, "每周一前报上周", "2026-W36", "2026-09-07"),
        ("quarterly", "days-after", 10, "每季度结束后10日内报送", "2026Q3", "2026-10-10"),
    ],
)
def test_the_words_say_the_day(cadence: str, kind: str, day: int, words: str, period: str, due: str) -> None:
    asked = version(cadence, kind, day)
    assert due_words(asked) == f"{words}；遇休息日不顺延"
    assert due_date(Period.parse(period), rule_of(asked)).date.isoformat() == due, "and it is the day that counts"


def test_every_cadence_and_kind_has_its_words() -> None:
    for cadence in Cadence:
        for kind in DueKind:
            said = due_words(version(cadence.value, kind.value, 5, "next-working-day"))
            assert said.endswith("个工作日内报送" if kind is DueKind.WORKING_DAYS_AFTER else "遇休息日顺延到下一工作日")
            assert not any(doubled in said for doubled in ("每每", "季度季", "半年半年", "年年末", "旬旬", "周周"))


def answer(state: str = "open", *, frozen: dt.datetime | None = None, reopened: bool = False) -> Any:
    """A return of a round that is taken late until the end of 13 September."""
    found = SimpleNamespace(frozen_at=frozen, late_until=at(13, 23))
    return SimpleNamespace(round=found, state=state, reopened=reopened)


@pytest.mark.parametrize(
    ("asked", "now", "submitting", "said"),
    [
        (answer(), at(13, 22), True, ""),
        (answer(), at(14), True, "迟报期限已过（2026-09-13），不再收报；要补报，请收表单位重开。"),
        (answer(), at(14), False, ""),
        (answer(frozen=at(10)), at(11), False, "本期已于2026-09-10封存；要改动，请收表单位重开。"),
        (answer(frozen=at(10)), at(11), True, "本期已于2026-09-10封存；要改动，请收表单位重开。"),
        # Just after midnight in Shanghai it is still the day before in Greenwich: the day is told where people are.
        (answer(frozen=at(11, 0)), at(12), True, "本期已于2026-09-11封存；要改动，请收表单位重开。"),
        (answer(ReturnState.SENT_BACK, frozen=at(10)), at(20), True, ""),
        (answer(reopened=True, frozen=at(10)), at(20), True, ""),
    ],
)
def test_until_when_a_return_is_taken(asked: Any, now: dt.datetime, submitting: bool, said: str) -> None:
    assert closed(asked, now, submitting=submitting) == said
