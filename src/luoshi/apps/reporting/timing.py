"""Whether time has run out for a return."""

from __future__ import annotations

import datetime as dt

from luoshi.apps.reporting.models import Return, ReturnState
from luoshi.periods import local_date


def closed(answer: Return, now: dt.datetime, *, submitting: bool, state: str = "") -> str:
    """Why time has run out for a return, in Chinese; empty where it has not. ``state`` asks for another state than its.

    What was sent back is always taken: it is the reviewers who ask for it. Else a frozen round takes nothing unless the
    return was opened again, nor is anything submitted after the late window; what is typed is kept until the freeze.
    """
    found = answer.round
    if answer.reopened or (state or answer.state) == ReturnState.SENT_BACK:
        return ""
    if found.frozen_at is not None:
        return f"本期已于{local_date(found.frozen_at):%Y-%m-%d}封存；要改动，请收表单位重开。"
    if submitting and now > found.late_until and (state or answer.state) == ReturnState.OPEN:
        return f"迟报期限已过（{local_date(found.late_until):%Y-%m-%d}），不再收报；要补报，请收表单位重开。"
    return ""


def no_recall(answer: Return, now: dt.datetime, state: str) -> str:
    """Why what was submitted must not be taken back to ``state``: nothing could be submitted again. Empty otherwise."""
    if not closed(answer, now, submitting=True, state=state):
        return ""
    what = "本期已封存" if answer.round.frozen_at is not None else "迟报期限已过"
    return f"{what}，撤回后不能再报，不予撤回；要修改，请审核人退回。"
