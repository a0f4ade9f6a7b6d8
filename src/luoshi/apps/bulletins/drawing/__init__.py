"""Reading figures as of a moment and freezing them: one function for each kind of bulletin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from luoshi.apps.bulletins.drawing.lateness import draw_lateness
from luoshi.apps.bulletins.drawing.orders import draw_orders
from luoshi.apps.bulletins.drawing.rankings import draw_ranking, register_ranking
from luoshi.apps.bulletins.drawing.targets import draw_targets
from luoshi.apps.bulletins.models import BulletinKind
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import full_name
from luoshi.apps.plans.models import Plan
from luoshi.periods import Period

__all__ = ["FORM", "draw", "draw_ranking", "register_ranking"]

FORM = 1  # raised when a snapshot holds other things

_DRAWERS = {
    BulletinKind.PROGRESS: draw_targets,
    BulletinKind.COMMENTARY: draw_targets,
    BulletinKind.RANKING: draw_targets,
    BulletinKind.LATENESS: draw_lateness,
    BulletinKind.SUPERVISION: draw_orders,
}


def draw(
    kind: str,
    owner: Unit,
    plans: Sequence[Plan],
    period: Period,
    as_of: dt.datetime,
    about: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The snapshot of a bulletin; raises ``NothingToTell`` where there are no figures. Asked again with the same
    moment it gives the same, whatever was corrected since. ``about`` names a ranking of an app above."""
    chosen = BulletinKind(kind)
    plans = sorted(plans, key=lambda plan: plan.pk)
    moment = as_of.astimezone(dt.UTC)
    head = {
        "form": FORM,
        "kind": chosen.value,
        "owner": {"key": owner.key, "name": full_name(owner), "short": str(owner)},
        "period": str(period),
        "as_of": moment.isoformat(),
        "plans": [{"id": plan.pk, "title": plan.title, "number": plan.number} for plan in plans],
    }
    if about and chosen is BulletinKind.RANKING:
        return head | draw_ranking(about, owner, period)
    return head | _DRAWERS[chosen](owner, plans, period, moment, chosen)
