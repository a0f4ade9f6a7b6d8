"""The state machines of runs, objections and versions, each one table: which act leads from which state to which.

Runs: draft ─preview→ preview ─finalise→ final; draft, preview ─withdraw→ withdrawn. A correction is a new run, made of
a previewed or final one, which becomes replaced when the correction is previewed.
Objections: open ─uphold→ upheld, ─reject→ rejected, ─withdraw→ withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from luoshi.apps.assessment.errors import NotNow
from luoshi.apps.assessment.models import ObjectionState, RunAction, RunState, VersionState


class ObjectionAct(StrEnum):
    """What is done about an objection."""

    UPHOLD = "uphold"
    REJECT = "reject"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Machine:
    """(state, act) → the state that it leads to; whatever is absent is refused, in words."""

    what: str
    transitions: Mapping[tuple[str, str], str]
    as_it_is: Mapping[str, str]
    wanted: Mapping[str, str]
    hints: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def next(self, state: str, act: str) -> Any:
        """The state after an act; raises ``NotNow`` where the act is forbidden."""
        found = self.transitions.get((state, act))
        if found is None:
            raise NotNow(self.refusal(state, act))
        return found

    def allows(self, state: str, act: str) -> bool:
        """Whether the act may be done in the state."""
        return (state, act) in self.transitions

    def refusal(self, state: str, act: str) -> str:
        """Why an act is forbidden in a state, in Chinese."""
        hint = self.hints.get((state, act), "")
        return f"{self.what}{self.as_it_is[state]}，不能{self.wanted[act]}{f'；{hint}' if hint else ''}。"


_R, _A = RunState, RunAction
RUNS = Machine(
    "本期考核",
    {
        (_R.DRAFT, _A.DRAW): _R.DRAFT,
        (_R.DRAFT, _A.ENTER): _R.DRAFT,
        (_R.DRAFT, _A.PREVIEW): _R.PREVIEW,
        (_R.DRAFT, _A.WITHDRAW): _R.WITHDRAWN,
        (_R.PREVIEW, _A.EXTEND): _R.PREVIEW,
        (_R.PREVIEW, _A.CORRECT): _R.PREVIEW,
        (_R.PREVIEW, _A.FINALISE): _R.FINAL,
        (_R.PREVIEW, _A.WITHDRAW): _R.WITHDRAWN,
        # What is final stays so until a correction of it is previewed.
        (_R.FINAL, _A.CORRECT): _R.FINAL,
    },
    {
        _R.DRAFT: "还在计算",
        _R.PREVIEW: "正在公示",
        _R.FINAL: "已定稿",
        _R.REPLACED: "已被更正",
        _R.WITHDRAWN: "已撤回",
    },
    {
        _A.DRAW: "取数",
        _A.ENTER: "改数据",
        _A.PREVIEW: "公示",
        _A.EXTEND: "延长异议期",
        _A.CORRECT: "更正",
        _A.FINALISE: "定稿",
        _A.WITHDRAW: "撤回",
    },
    {
        (_R.PREVIEW, _A.ENTER): "数据已冻结，要改请先更正",
        (_R.PREVIEW, _A.DRAW): "数据已冻结，要改请先更正",
        (_R.FINAL, _A.ENTER): "要改请先更正",
        (_R.FINAL, _A.WITHDRAW): "要改请先更正",
        (_R.DRAFT, _A.FINALISE): "请先公示",
        (_R.DRAFT, _A.CORRECT): "直接改数据即可",
    },
)

_O, _OA = ObjectionState, ObjectionAct
OBJECTIONS = Machine(
    "此异议",
    {
        (_O.OPEN, _OA.UPHOLD): _O.UPHELD,
        (_O.OPEN, _OA.REJECT): _O.REJECTED,
        (_O.OPEN, _OA.WITHDRAW): _O.WITHDRAWN,
    },
    {_O.OPEN: "还没有答复", _O.UPHELD: "已采纳", _O.REJECTED: "已答复不采纳", _O.WITHDRAWN: "已撤回"},
    {_OA.UPHOLD: "再采纳", _OA.REJECT: "再答复", _OA.WITHDRAW: "撤回"},
)


class VersionAct(StrEnum):
    """What is done with a scheme's version."""

    EDIT = "edit"
    ISSUE = "issue"
    DROP = "drop"


_V, _VA = VersionState, VersionAct
VERSIONS = Machine(
    "此版评分办法",
    {(_V.DRAFT, _VA.EDIT): _V.DRAFT, (_V.DRAFT, _VA.ISSUE): _V.ISSUED, (_V.DRAFT, _VA.DROP): _V.DROPPED},
    {_V.DRAFT: "还是草稿", _V.ISSUED: "已发布", _V.DROPPED: "已放弃"},
    {_VA.EDIT: "修改", _VA.ISSUE: "发布", _VA.DROP: "放弃"},
    {(_V.ISSUED, _VA.EDIT): "要改请起草新版", (_V.DROPPED, _VA.EDIT): "请起草新版"},
)
