"""The state machines of this app, each one table: which act leads from which state to which.

Warnings: open ─answer→ answered ─send back→ open …; either ─close→ closed (问效: the light is right again) or ─waive→.
Problems: open ─take up→ in hand; either ─settle→ settled ─reopen→ open, or ─drop→ dropped.
Meetings: planned ─fix→ ready ─hold→ held ─close→ closed; ready ─reopen→ planned; planned, ready ─cancel→ cancelled.
Decisions: draft ─decide→ open ─finish→ reported ─close→ closed, ─send back→ open; ─drop→ dropped.
"""

from __future__ import annotations

from enum import StrEnum

from luoshi.apps.dispatch.errors import NotNow
from luoshi.apps.dispatch.models import (
    DecisionAction,
    DecisionState,
    MeetingState,
    ProblemState,
    WarningAction,
    WarningState,
)
from luoshi.machines import Machine


class ProblemAct(StrEnum):
    """What is done about a problem."""

    EDIT = "edit"
    TAKE_UP = "take-up"
    SETTLE = "settle"
    REOPEN = "reopen"
    DROP = "drop"


class MeetingAct(StrEnum):
    """What is done about a meeting."""

    EDIT = "edit"
    ARRANGE = "arrange"  # write, add, change, move or take off items
    FIX = "fix"
    REOPEN = "reopen"
    HOLD = "hold"
    RECORD = "record"
    CLOSE = "close"
    CANCEL = "cancel"


_W, _WA = WarningState, WarningAction
WARNINGS = Machine(
    "此预警",
    NotNow,
    {
        (_W.OPEN, _WA.ANSWER): _W.ANSWERED,
        # More measures, or another date: said again while it is being pushed.
        (_W.ANSWERED, _WA.ANSWER): _W.ANSWERED,
        (_W.ANSWERED, _WA.SEND_BACK): _W.OPEN,
        (_W.OPEN, _WA.PUSH): _W.OPEN,
        (_W.ANSWERED, _WA.PUSH): _W.ANSWERED,
        (_W.OPEN, _WA.FOLLOW): _W.OPEN,
        (_W.ANSWERED, _WA.FOLLOW): _W.ANSWERED,
        (_W.OPEN, _WA.CLOSE): _W.CLOSED,
        (_W.ANSWERED, _WA.CLOSE): _W.CLOSED,
        (_W.OPEN, _WA.WAIVE): _W.WAIVED,
        (_W.ANSWERED, _WA.WAIVE): _W.WAIVED,
    },
    {_W.OPEN: "还没有应策", _W.ANSWERED: "已应策、正在推动", _W.CLOSED: "已销警", _W.WAIVED: "已撤销"},
    {
        _WA.RAISE: "再预警",
        _WA.ANSWER: "应策",
        _WA.SEND_BACK: "退回",
        _WA.PUSH: "记推动情况",
        _WA.FOLLOW: "跟踪",
        _WA.CLOSE: "销警",
        _WA.WAIVE: "撤销",
    },
)

_P, _PA = ProblemState, ProblemAct
PROBLEMS = Machine(
    "此事项",
    NotNow,
    {
        (_P.OPEN, _PA.EDIT): _P.OPEN,
        (_P.OPEN, _PA.TAKE_UP): _P.IN_HAND,
        (_P.OPEN, _PA.SETTLE): _P.SETTLED,
        (_P.IN_HAND, _PA.SETTLE): _P.SETTLED,
        (_P.SETTLED, _PA.REOPEN): _P.OPEN,
        (_P.DROPPED, _PA.REOPEN): _P.OPEN,
        (_P.OPEN, _PA.DROP): _P.DROPPED,
        (_P.IN_HAND, _PA.DROP): _P.DROPPED,
    },
    {_P.OPEN: "等待协调", _P.IN_HAND: "正在协调", _P.SETTLED: "已解决", _P.DROPPED: "不再协调"},
    {
        _PA.EDIT: "修改",
        _PA.TAKE_UP: "转为协调中",
        _PA.SETTLE: "记为已解决",
        _PA.REOPEN: "重新提出",
        _PA.DROP: "取消",
    },
    {(_P.IN_HAND, _PA.EDIT): "情况有变，请取消后重新提出"},
)

_M, _MA = MeetingState, MeetingAct
MEETINGS = Machine(
    "此会议",
    NotNow,
    {
        (_M.PLANNED, _MA.EDIT): _M.PLANNED,
        (_M.READY, _MA.EDIT): _M.READY,
        (_M.PLANNED, _MA.ARRANGE): _M.PLANNED,
        (_M.PLANNED, _MA.FIX): _M.READY,
        (_M.READY, _MA.REOPEN): _M.PLANNED,
        (_M.READY, _MA.HOLD): _M.HELD,
        (_M.HELD, _MA.RECORD): _M.HELD,
        (_M.HELD, _MA.CLOSE): _M.CLOSED,
        (_M.PLANNED, _MA.CANCEL): _M.CANCELLED,
        (_M.READY, _MA.CANCEL): _M.CANCELLED,
    },
    {
        _M.PLANNED: "还在筹备",
        _M.READY: "议程已定",
        _M.HELD: "已经召开",
        _M.CLOSED: "纪要已印发",
        _M.CANCELLED: "已取消",
    },
    {
        _MA.EDIT: "改会议安排",
        _MA.ARRANGE: "改议程",
        _MA.FIX: "确定议程",
        _MA.REOPEN: "重开议程",
        _MA.HOLD: "开会",
        _MA.RECORD: "记录议定事项",
        _MA.CLOSE: "印发纪要",
        _MA.CANCEL: "取消",
    },
    {
        (_M.PLANNED, _MA.HOLD): "请先确定议程",
        (_M.READY, _MA.ARRANGE): "要改，请先重开议程",
        (_M.PLANNED, _MA.RECORD): "请先确定议程、开会",
        (_M.READY, _MA.RECORD): "请先点“开会”",
        (_M.READY, _MA.CLOSE): "请先点“开会”",
    },
)

_D, _DA = DecisionState, DecisionAction
DECISIONS = Machine(
    "此事项",
    NotNow,
    {
        (_D.DRAFT, _DA.DECIDE): _D.OPEN,
        (_D.OPEN, _DA.REPORT): _D.OPEN,
        (_D.OPEN, _DA.FINISH): _D.REPORTED,
        (_D.REPORTED, _DA.SEND_BACK): _D.OPEN,
        (_D.REPORTED, _DA.CLOSE): _D.CLOSED,
        (_D.OPEN, _DA.MOVE): _D.OPEN,
        (_D.OPEN, _DA.DROP): _D.DROPPED,
        (_D.REPORTED, _DA.DROP): _D.DROPPED,
    },
    {
        _D.DRAFT: "还在记录",
        _D.OPEN: "正在办理",
        _D.REPORTED: "已报完成，等待办结",
        _D.CLOSED: "已办结",
        _D.DROPPED: "已取消",
    },
    {
        _DA.DECIDE: "再议定",
        _DA.REPORT: "报告进展",
        _DA.FINISH: "报完成",
        _DA.SEND_BACK: "退回",
        _DA.CLOSE: "办结",
        _DA.MOVE: "调整期限",
        _DA.DROP: "取消",
    },
    {
        (_D.OPEN, _DA.CLOSE): "请承办单位先报完成",
        (_D.REPORTED, _DA.REPORT): "还要补充的，请召集单位退回",
        (_D.REPORTED, _DA.MOVE): "还没有办完的，请先退回",
    },
)
