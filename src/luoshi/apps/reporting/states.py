"""The one state machine of returns: which act leads from which state to which.

open ─submit→ in review ─pass/skip→ in review (next stage) ─accept→ accepted; in review ─recall→ as it was before;
in review ─send back→ sent back ─submit→ …; open, sent back, accepted ─reopen→ …; open ⇄ exempt.
"""

from __future__ import annotations

from luoshi.apps.reporting.errors import NotNow
from luoshi.apps.reporting.models import ReturnState, StepAction
from luoshi.machines import Machine

_S, _A = ReturnState, StepAction

RETURNS = Machine(
    "此表",
    NotNow,
    {
        (_S.OPEN, _A.SUBMIT): _S.IN_REVIEW,
        (_S.SENT_BACK, _A.SUBMIT): _S.IN_REVIEW,
        # Back to what it was before the submission: never submitted, or sent back.
        (_S.IN_REVIEW, _A.RECALL): (_S.OPEN, _S.SENT_BACK),
        (_S.IN_REVIEW, _A.PASS): _S.IN_REVIEW,
        (_S.IN_REVIEW, _A.SKIP): _S.IN_REVIEW,
        (_S.IN_REVIEW, _A.ACCEPT): _S.ACCEPTED,
        (_S.IN_REVIEW, _A.SEND_BACK): _S.SENT_BACK,
        # What was never submitted stays to be filled in; what was accepted is corrected.
        (_S.OPEN, _A.REOPEN): _S.OPEN,
        (_S.SENT_BACK, _A.REOPEN): _S.SENT_BACK,
        (_S.ACCEPTED, _A.REOPEN): _S.SENT_BACK,
        (_S.OPEN, _A.EXEMPT): _S.EXEMPT,
        (_S.EXEMPT, _A.END_EXEMPTION): _S.OPEN,
    },
    {
        _S.OPEN: "还没有报送",
        _S.IN_REVIEW: "正在审核",
        _S.SENT_BACK: "已退回填报单位",
        _S.ACCEPTED: "已审核通过",
        _S.EXEMPT: "本期免报",
    },
    {
        _A.SUBMIT: "报送",
        _A.RECALL: "撤回",
        _A.PASS: "审核",
        _A.SKIP: "略过审核环节",
        _A.ACCEPT: "审核",
        _A.SEND_BACK: "退回",
        _A.REOPEN: "重开",
        _A.EXEMPT: "免报",
        _A.END_EXEMPTION: "取消免报",
    },
    {
        (_S.IN_REVIEW, _A.SUBMIT): "要修改，请先撤回",
        (_S.ACCEPTED, _A.SUBMIT): "要更正，请收表单位重开",
        (_S.ACCEPTED, _A.RECALL): "要更正，请收表单位重开",
        (_S.ACCEPTED, _A.SEND_BACK): "要更正，请重开",
        (_S.EXEMPT, _A.SUBMIT): "要报送，请收表单位取消免报",
        (_S.EXEMPT, _A.REOPEN): "要报送，请取消免报",
        (_S.IN_REVIEW, _A.REOPEN): "要更正，请退回",
        (_S.IN_REVIEW, _A.EXEMPT): "请先退回或审核",
    },
)

#: States in which cells may be typed.
EDITABLE = (_S.OPEN, _S.SENT_BACK)


def not_editable(state: str) -> str:
    """Why cells cannot be typed in a state, in Chinese."""
    return f"此表{RETURNS.situation(state)}，不能再填{RETURNS.hint(state, StepAction.SUBMIT)}。"
