"""What people are told about leads; inside the transaction of the act.

Keys: ``lead:7:next`` what the handler promised, ``lead:7:claims`` what waits for the office.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from luoshi.apps.investment.models import Funds, Group, Lead, LeadMove, LeadState
from luoshi.apps.investment.policies import KEEPERS, WORKERS
from luoshi.apps.notices.actions import notify, settle
from luoshi.apps.organisations.holders import nearest_holders
from luoshi.apps.organisations.models import Unit

NEXT, MOVED, CONTESTED, DECIDED, CHECKED = (
    "investment-next",
    "investment-moved",
    "investment-contested",
    "investment-decided",
    "investment-checked",
)
LABELS = {
    NEXT: "招商线索该联系了",
    MOVED: "招商线索进展",
    CONTESTED: "项目重复认领",
    DECIDED: "项目归属认定",
    CHECKED: "到位资金认定",
}


def url_of(lead: Lead) -> str:
    """The lead's page."""
    return reverse("investment:lead", args=[lead.pk])


def _people(unit: Unit) -> list[object]:
    """Who is told for a unit; for a group without people of its own those of its lead unit."""
    group = Group.objects.select_related("lead_unit").filter(unit=unit, lead_unit__isnull=False).first()
    asked = [unit] if group is None or unit.memberships.exists() else [group.lead_unit]
    return list(nearest_holders(asked, *WORKERS)[asked[0].pk])


def tell_next_step(lead: Lead, *, now: dt.datetime) -> None:
    """A promise was kept by whoever wrote down what came of it."""
    settle(prefix=f"lead:{lead.pk}:next", now=now)


def remind(lead: Lead, *, now: dt.datetime) -> int:
    """The day of the next contact has come."""
    return notify(
        people=_people(lead.unit),
        kind=NEXT,
        key=f"lead:{lead.pk}:next:{lead.next_on}",
        title=f"今天该联系：{lead.title}",
        text=lead.next_step or f"投资方：{lead.enterprise}",
        url=url_of(lead),
        now=now,
    )


def tell_moved(lead: Lead, move: LeadMove, *, now: dt.datetime) -> None:
    """The place where it is to be built, and every other claimant, hear of a signing or a loss."""
    if move.to_state not in (LeadState.SIGNED, LeadState.LOST):
        return
    claimed = Unit.objects.filter(lead_claims__lead=lead, lead_claims__withdrawn_at=None)
    for unit in {unit.pk: unit for unit in (*claimed, *([lead.place] if lead.place else []))}.values():
        if unit.pk == lead.unit_id:
            continue
        notify(
            people=_people(unit),
            kind=MOVED,
            key=f"lead:{lead.pk}:moved:{move.pk}",
            title=f"{move.get_to_state_display()}：{lead.title}",
            text=move.reason or f"跟进单位：{lead.unit}",
            url=url_of(lead),
            now=now,
        )


def tell_contested(lead: Lead, rivals: Sequence[Unit], *, now: dt.datetime) -> None:
    """Several claim it: the office above them must decide."""
    office = Unit.objects.get_parent(rivals[0]) or rivals[0]
    names = "、".join(str(unit) for unit in rivals)
    notify(
        people=nearest_holders([office], *KEEPERS)[office.pk],
        kind=CONTESTED,
        key=f"lead:{lead.pk}:claims",
        title=f"{len(rivals)}家认领同一项目：{lead.title}",
        text=f"{names}都认领，认定前不计数。",
        url=f"{reverse('investment:claims')}#lead-{lead.pk}",
        now=now,
        again=True,
    )


def settle_claims(lead: Lead, *, now: dt.datetime) -> None:
    """Nothing to decide any more."""
    settle(prefix=f"lead:{lead.pk}:claims", now=now)


def tell_decided(lead: Lead, units: Sequence[Unit], what: str, *, now: dt.datetime) -> None:
    """Tell the claimants."""
    settle_claims(lead, now=now)
    for unit in units:
        notify(
            people=_people(unit),
            kind=DECIDED,
            key=f"lead:{lead.pk}:decided:{lead.revision}",
            title=f"已认定归属：{lead.title}",
            text=what,
            url=url_of(lead),
            now=now,
        )


def tell_checked(funds: Funds, *, now: dt.datetime) -> None:
    """Tell a unit what became of its amount."""
    notify(
        people=_people(funds.unit),
        kind=CHECKED,
        key=f"funds:{funds.pk}:checked:{funds.revision}",
        title=f"到位资金{funds.get_checked_display()}：{funds.lead or funds.unit} {funds.period}",
        text=funds.remark,
        url=f"{reverse('investment:funds')}?unit={funds.unit.key}",
        now=now,
    )
