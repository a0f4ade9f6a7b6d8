"""The one state machine of bulletins: which act leads from which state to which.

draft ─check→ checked ─sign→ signed ─issue→ issued; checked, signed ─send back→ draft; all of them ─withdraw→ withdrawn.
Figures and texts change in a draft only; what is public is issued.
"""

from __future__ import annotations

from luoshi.apps.bulletins.errors import NotNow
from luoshi.apps.bulletins.models import BulletinAction, BulletinState
from luoshi.machines import Machine

_S, _A = BulletinState, BulletinAction

BULLETINS = Machine(
    "此通报",
    NotNow,
    {
        (_S.DRAFT, _A.REDRAW): _S.DRAFT,
        (_S.DRAFT, _A.EDIT): _S.DRAFT,
        (_S.DRAFT, _A.CHECK): _S.CHECKED,
        (_S.DRAFT, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.CHECKED, _A.SIGN): _S.SIGNED,
        (_S.CHECKED, _A.SEND_BACK): _S.DRAFT,
        (_S.CHECKED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.SIGNED, _A.ISSUE): _S.ISSUED,
        (_S.SIGNED, _A.SEND_BACK): _S.DRAFT,
        (_S.SIGNED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.ISSUED, _A.PUBLISH): _S.ISSUED,
        (_S.ISSUED, _A.UNPUBLISH): _S.ISSUED,
        (_S.ISSUED, _A.WITHDRAW): _S.WITHDRAWN,
    },
    {
        _S.DRAFT: "还是草稿",
        _S.CHECKED: "已核稿",
        _S.SIGNED: "已签发",
        _S.ISSUED: "已印发",
        _S.WITHDRAWN: "已撤回",
    },
    {act: act.label for act in BulletinAction},
    {
        (_S.CHECKED, _A.EDIT): "要修改，请先退回",
        (_S.CHECKED, _A.REDRAW): "要重新取数，请先退回",
        (_S.SIGNED, _A.EDIT): "要修改，请先退回",
        (_S.SIGNED, _A.REDRAW): "要重新取数，请先退回",
        (_S.DRAFT, _A.SIGN): "请先核稿",
        (_S.DRAFT, _A.ISSUE): "请先核稿、签发",
        (_S.CHECKED, _A.ISSUE): "请先签发",
        (_S.ISSUED, _A.EDIT): "要更正，请撤回后重新拟稿",
        (_S.SIGNED, _A.PUBLISH): "印发后才能公开",
    },
)
