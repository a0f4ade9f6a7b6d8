"""The one state machine of orders: which act leads from which state to which.

draft ─assign→ assigned ─accept→ in work ─answer→ answered ─pass→ in work (next stage) ─…→ answered ─close→ closed;
answered ─send back→ sent back ─answer→ …; closed ─reopen→ in work; all but closed ─withdraw→ withdrawn. Reports,
chasing, extensions and handing on to lower units leave the state as it is. Nothing is closed without an answer to
close.
"""

from __future__ import annotations

from enum import StrEnum

from luoshi.apps.supervision.errors import NotNow
from luoshi.apps.supervision.models import InterviewState, OrderAction, OrderState
from luoshi.machines import Machine


class InterviewAct(StrEnum):
    """What is done about an interview."""

    RECORD = "record"
    CLOSE = "close"
    CANCEL = "cancel"


_S, _A = OrderState, OrderAction

ORDERS = Machine(
    "此件",
    NotNow,
    {
        (_S.DRAFT, _A.ASSIGN): _S.ASSIGNED,
        (_S.DRAFT, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.ASSIGNED, _A.ACCEPT): _S.IN_WORK,
        (_S.ASSIGNED, _A.CHASE): _S.ASSIGNED,
        (_S.ASSIGNED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.IN_WORK, _A.REPORT): _S.IN_WORK,
        (_S.IN_WORK, _A.ANSWER): _S.ANSWERED,
        (_S.IN_WORK, _A.CHASE): _S.IN_WORK,
        (_S.IN_WORK, _A.ASK_EXTENSION): _S.IN_WORK,
        (_S.IN_WORK, _A.EXTEND): _S.IN_WORK,
        (_S.IN_WORK, _A.REFUSE_EXTENSION): _S.IN_WORK,
        (_S.IN_WORK, _A.ASSIGN_BELOW): _S.IN_WORK,
        (_S.IN_WORK, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.ANSWERED, _A.PASS): _S.IN_WORK,
        (_S.ANSWERED, _A.CLOSE): _S.CLOSED,
        (_S.ANSWERED, _A.SEND_BACK): _S.SENT_BACK,
        # A request that was made before the answer is decided all the same.
        (_S.ANSWERED, _A.EXTEND): _S.ANSWERED,
        (_S.ANSWERED, _A.REFUSE_EXTENSION): _S.ANSWERED,
        (_S.ANSWERED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.SENT_BACK, _A.REPORT): _S.SENT_BACK,
        (_S.SENT_BACK, _A.ANSWER): _S.ANSWERED,
        (_S.SENT_BACK, _A.CHASE): _S.SENT_BACK,
        (_S.SENT_BACK, _A.ASK_EXTENSION): _S.SENT_BACK,
        (_S.SENT_BACK, _A.EXTEND): _S.SENT_BACK,
        (_S.SENT_BACK, _A.REFUSE_EXTENSION): _S.SENT_BACK,
        (_S.SENT_BACK, _A.ASSIGN_BELOW): _S.SENT_BACK,
        (_S.SENT_BACK, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.CLOSED, _A.REOPEN): _S.IN_WORK,
    },
    {
        _S.DRAFT: "还没有交办",
        _S.ASSIGNED: "还没有签收",
        _S.IN_WORK: "正在办理",
        _S.ANSWERED: "已报结，等待审核",
        _S.SENT_BACK: "已退回重办",
        _S.CLOSED: "已销号",
        _S.WITHDRAWN: "已撤销",
    },
    {
        _A.ASSIGN: "交办",
        _A.ACCEPT: "签收",
        _A.REPORT: "报告进展",
        _A.ANSWER: "报结",
        _A.SEND_BACK: "退回",
        _A.PASS: "通过环节",
        _A.CLOSE: "销号",
        _A.REOPEN: "重新交办",
        _A.CHASE: "催办",
        _A.ASK_EXTENSION: "申请延期",
        _A.EXTEND: "批准延期",
        _A.REFUSE_EXTENSION: "办理延期申请",
        _A.ASSIGN_BELOW: "分交下级",
        _A.WITHDRAW: "撤销",
    },
    {
        (_S.ASSIGNED, _A.ANSWER): "请先签收",
        (_S.ASSIGNED, _A.REPORT): "请先签收",
        (_S.ASSIGNED, _A.ASK_EXTENSION): "请先签收",
        (_S.ASSIGNED, _A.ASSIGN_BELOW): "请先签收",
        (_S.IN_WORK, _A.CLOSE): "承办单位报结后才能销号",
        (_S.SENT_BACK, _A.CLOSE): "承办单位重新报结后才能销号",
        (_S.ANSWERED, _A.CHASE): "请先审核",
        (_S.ANSWERED, _A.ASK_EXTENSION): "要继续办理，请交办单位退回",
        (_S.CLOSED, _A.WITHDRAW): "要继续办理，请重新交办",
    },
)

#: The unit has to do something.
WITH_UNIT = (_S.ASSIGNED, _S.IN_WORK, _S.SENT_BACK)
#: Given out and not done with.
OPEN = (*WITH_UNIT, _S.ANSWERED)
#: Done with: they stop no parent from being closed.
ENDED = (_S.CLOSED, _S.WITHDRAWN)

#: planned ─record→ held ─close→ closed; planned ─cancel→ cancelled.
INTERVIEWS = Machine(
    "这次约谈",
    NotNow,
    {
        (InterviewState.PLANNED, InterviewAct.RECORD): InterviewState.HELD,
        (InterviewState.PLANNED, InterviewAct.CANCEL): InterviewState.CANCELLED,
        (InterviewState.HELD, InterviewAct.RECORD): InterviewState.HELD,
        (InterviewState.HELD, InterviewAct.CLOSE): InterviewState.CLOSED,
    },
    {state: state.label for state in InterviewState},
    {InterviewAct.RECORD: "登记约谈记录", InterviewAct.CLOSE: "认定整改到位", InterviewAct.CANCEL: "取消"},
)
