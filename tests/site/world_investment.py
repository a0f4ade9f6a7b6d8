"""Investment promotion in the small prefecture: leads in several states, an activity, funds, a chain, a group."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.utils import timezone

from luoshi.apps.investment.models import (
    Activity,
    ActivityEvidence,
    ActivityHost,
    ChainLink,
    Enterprise,
    Funds,
    Group,
    Lead,
    LeadClaim,
    LeadEvidence,
    LeadMove,
)
from luoshi.apps.projects.models import Chain

if TYPE_CHECKING:
    from tests.site.world import World


def build_investment(world: World) -> None:
    """Store it: the county follows two leads, two groups claim one of them, too."""
    now = timezone.now()
    today = timezone.localdate(now)
    coordinator, reporter = world.users["coordinator"], world.users["reporter"]
    county, other = world.units["county"], world.units["other"]
    group = Group.objects.create(unit=other)
    Group.objects.create(unit=world.units["department"])
    investor = Enterprise.objects.create(name="东海新能源有限公司")
    chain = Chain.objects.create(name="光伏链")
    link = ChainLink.objects.create(chain=chain, tier="midstream", name="组件", gap="missing")
    common = {
        "enterprise": investor,
        "unit": county,
        "place": county,
        "source": "own",
        "state_on": today - dt.timedelta(days=3),
        "found_on": today - dt.timedelta(days=3),
        "created_by": reporter,
        "amount": 600_000_000,
        "link": link,
    }
    lead = Lead.objects.create(title="组件厂", state="negotiating", **common)
    signed = Lead.objects.create(title="玻璃厂", state="signed", **common)
    LeadMove.objects.create(
        lead=signed, from_state="lead", to_state="signed", on=today, by=reporter, recorded_at=now, reason="直接签约"
    )
    for one, unit, scope in ((lead, county, "territory"), (signed, county, "territory"), (signed, other, "group"),
                             (signed, world.units["department"], "group")):  # fmt: skip
        LeadClaim.objects.create(lead=one, unit=unit, scope=scope, on=today, by=reporter, claimed_at=now)
    file = {"name": "a.pdf", "size": 5, "sha256": "4" * 64, "uploaded_by": reporter, "uploaded_at": now}
    paper = LeadEvidence.objects.create(lead=lead, kind="intent", file=ContentFile(b"%PDF-", name="a.pdf"), **file)
    activity = Activity.objects.create(
        title="赴上海招商",
        begin=today - dt.timedelta(days=2),
        end=today,
        places=[{"name": "上海", "where": "country"}],
        unit=county,
        created_by=reporter,
        created_at=now,
    )
    ActivityHost.objects.create(activity=activity, unit=county, scope="territory")
    shown = ActivityEvidence.objects.create(
        activity=activity, kind="plan", file=ContentFile(b"%PDF-", name="b.pdf"), **file
    )
    funds = Funds.objects.create(
        unit=county,
        scope="territory",
        lead=signed,
        kind="prefecture",
        source="self-reported",
        period=f"{today:%Y-%m}",
        first_day=today.replace(day=1),
        amount=1_000_000,
        checked="waiting",
        recorded_by=coordinator,
        recorded_at=now,
    )
    world.ids |= {
        "lead": lead.pk,
        "lead_signed": signed.pk,
        "lead_paper": paper.pk,
        "activity": activity.pk,
        "activity_paper": shown.pk,
        "funds": funds.pk,
        "chain": chain.pk,
        "enterprise": investor.pk,
        "investment_group": group.pk,
    }
