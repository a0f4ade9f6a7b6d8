"""Whether time has run out for a return."""

from __future__ import annotations

import datetime as dt

from luoshi.apps.reporting.models import Return, ReturnState
from luoshi.periods import local_date


def closed(answer: Return, now: dt.datetime, *, submitting: bool) -> str:
    """Why time has run out for a return, in Chinese; empty where it has not.

    A frozen round takes nothing unless the return was opened again. After the late window only what came in before and
    was sent back is still taken (it is the reviewers who ask for it); what is typed is still kept until the freeze.
    """
    found = answer.round
    if answer.reopened:
        return ""
    if found.frozen_at is not None:
        return f"本期已于{local_date(found.frozen_at):%Y-%m-%d}封存；要改动，请收表单位重开。"
    if submitting and now > found.late_until and answer.state == ReturnState.OPEN:
        return f"迟报期限已过（{local_date(found.late_until):%Y-%m-%d}），不再收报；要补报，请收表单位重开。"
    return ""
