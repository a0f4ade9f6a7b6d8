"""State machines: where acts lead, and in which words they are refused."""

from __future__ import annotations

import pytest

from luoshi.machines import Machine

DOORS = Machine(
    "此门",
    LookupError,
    {("open", "shut"): "shut", ("shut", "open"): ("open", "ajar")},
    {"open": "开着", "shut": "关着", "ajar": "虚掩"},
    {"open": "打开", "shut": "关上"},
    {("ajar", "shut"): "请先推开"},
)


def test_an_act_leads_to_the_usual_state_or_the_one_that_is_asked_for():
    assert DOORS.next("open", "shut") == "shut"
    assert DOORS.next("shut", "open") == "open"
    assert DOORS.next("shut", "open", "ajar") == "ajar"


def test_an_act_never_leads_where_the_table_does_not_say():
    with pytest.raises(ValueError, match="never leads"):
        DOORS.next("open", "shut", "ajar")


def test_a_forbidden_act_is_refused_in_words_with_a_hint_where_there_is_one():
    assert not DOORS.allows("ajar", "shut") and DOORS.allows("open", "shut")
    with pytest.raises(LookupError, match=r"^此门虚掩，不能关上；请先推开。$"):
        DOORS.next("ajar", "shut")
    with pytest.raises(LookupError, match=r"^此门开着，不能打开。$"):
        DOORS.next("open", "open")
