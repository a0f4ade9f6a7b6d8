"""What came of supervision in a period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from luoshi.apps.bulletins.errors import NothingToTell
from luoshi.apps.bulletins.models import BulletinKind
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan
from luoshi.apps.supervision.queries.results import results
from luoshi.periods import Period


def draw_orders(
    owner: Unit, plans: Sequence[Plan], period: Period, as_of: dt.datetime, kind: BulletinKind
) -> dict[str, Any]:
    """``units`` with their orders given, closed, open, overdue, sent back, extended; ``orders`` one by one."""
    found = results(owner, period, as_of=as_of, plans=[plan.pk for plan in plans] or None)
    if not found.units:
        raise NothingToTell(f"{period.label}没有督办件，不需要通报督查结果。")
    return {
        "units": [
            {
                "key": one.unit.key,
                "name": str(one.unit),
                "full": one.unit.name,
                "kind": one.unit.kind,
                "all": one.all,
                "given": one.given,
                "closed": one.closed,
                "closed_in_time": one.closed_in_time,
                "open": one.open,
                "overdue": one.overdue,
                "sent_back": one.sent_back,
                "extended": one.extended,
            }
            for one in found.units
        ],
        "orders": [
            {
                "id": one.order.pk,
                "number": one.order.number,
                "title": one.order.title,
                "key": one.order.unit.key,
                "name": str(one.order.unit),
                "state": str(one.state),
                "words": one.state.label,
                "due": one.due_at.astimezone(dt.UTC).isoformat(),
                "closed": one.closed_at.astimezone(dt.UTC).isoformat() if one.closed_at else None,
                "overdue": one.overdue,
            }
            for one in found.orders
        ],
    }
