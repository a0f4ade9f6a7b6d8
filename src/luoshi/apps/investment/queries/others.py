"""Activities, funds, chains, enterprises and groups as lists, and the rates of signed projects."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from luoshi.apps.investment.models import (
    Activity,
    ActivityEvidence,
    ActivityHost,
    ChainLink,
    ChainPlace,
    Checked,
    Enterprise,
    Funds,
    FundsSource,
    Gap,
    Group,
    Lead,
    LeadMove,
    LeadState,
    Standing,
    Tier,
)
from luoshi.apps.investment.policies import (
    visible_activities,
    visible_enterprises,
    visible_funds,
    visible_groups,
    visible_leads,
)
from luoshi.apps.projects.models import Chain
from luoshi.promotion import Progress, Rates, Stage, rates_of

WHERE_KINDS = {"inbound": "请进来", "outbound": "走出去"}


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What a list is narrowed to."""

    year: int = 0
    unit: str = ""
    kind: str = ""
    text: str = ""
    wait: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.year or self.unit or self.kind or self.text or self.wait)


def activity_list(user: Any, asked: ActivityFilter) -> QuerySet[Activity]:
    """The activities of a filter, the latest first, with hosts, leaders and papers: three queries more."""
    rows = visible_activities(user)
    if asked.year:
        rows = rows.filter(end__year=asked.year)
    if asked.unit:
        rows = rows.filter(Exists(ActivityHost.objects.filter(activity=OuterRef("pk"), unit__key=asked.unit)))
    if asked.text:
        rows = rows.filter(Q(title__icontains=asked.text) | Q(firms__icontains=asked.text))
    if asked.wait == "evidence":
        rows = rows.filter(~Exists(ActivityEvidence.objects.filter(activity=OuterRef("pk"))), withdrawn_for="")
    if asked.kind:
        # The places are JSON text; 州外 is told by any place that is not within the prefecture.
        outside = Q()
        for where in ("province", "country", "abroad"):
            outside |= Q(places__icontains=f'"{where}"')
        rows = rows.filter(outside) if asked.kind == "outbound" else rows.exclude(outside)
    hosts = Prefetch("host_rows", ActivityHost.objects.select_related("unit").order_by("ordinal"))
    rows = rows.annotate(papers=Count("evidence")).prefetch_related(hosts, "leaders")
    return rows.order_by("-end", "-pk")


@dataclass(frozen=True, slots=True)
class FundsFilter:
    """What a list is narrowed to."""

    year: int = 0
    unit: str = ""
    kind: str = ""
    checked: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.year or self.unit or self.kind or self.checked)


def funds_list(user: Any, asked: FundsFilter) -> QuerySet[Funds]:
    """The amounts of a filter that hold, those that wait first."""
    rows = visible_funds(user).filter(superseded_at=None)
    if asked.year:
        rows = rows.filter(first_day__year=asked.year)
    if asked.unit:
        rows = rows.filter(unit__key=asked.unit)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.checked:
        rows = rows.filter(checked=asked.checked)
    rows = rows.select_related("unit", "lead__enterprise", "checked_by")
    # “waiting” comes last in the alphabet of the three.
    return rows.order_by("-checked", "-first_day", "unit__path", "pk")


def statistics_beside(rows: list[Funds]) -> dict[int, Decimal]:
    """For each self-reported amount what the statistics say of the same project and month, where they do: one query."""
    asked = [row for row in rows if row.source == FundsSource.SELF_REPORTED and row.lead_id]
    if not asked:
        return {}
    known = Funds.objects.filter(
        lead__in={row.lead_id for row in asked}, source=FundsSource.STATISTICS, superseded_at=None
    ).values_list("lead_id", "kind", "period", "amount")
    by_key = {(lead, kind, period): amount for lead, kind, period, amount in known}
    found = {}
    for row in asked:
        amount = by_key.get((row.lead_id, row.kind, row.period))
        if amount is not None:
            found[row.pk] = amount
    return found


def waiting_funds(user: Any) -> int:
    """How many amounts wait to be recognised: one query."""
    return visible_funds(user).filter(superseded_at=None, checked=Checked.WAITING).count()


@dataclass(slots=True)
class LinkView:
    """A link with who stands there, who is wanted, which leads aim at it."""

    link: ChainLink
    present: list[Enterprise] = field(default_factory=list)
    wanted: list[Enterprise] = field(default_factory=list)
    leads: int = 0
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ChainView:
    """A chain, tier by tier."""

    chain: Chain
    tiers: list[tuple[str, list[LinkView]]]

    @property
    def links(self) -> list[LinkView]:
        """All links, from upstream to downstream."""
        return [view for _, views in self.tiers for view in views]

    @property
    def gaps(self) -> int:
        """How many links are missing."""
        return sum(view.link.gap == Gap.MISSING for view in self.links)


def chain_rows() -> list[tuple[Chain, int, int, int]]:
    """(chain, links, missing links, weak links) of those that have links, then the others: one query."""
    rows = Chain.objects.select_related("lead").annotate(
        n=Count("links"),
        missing=Count("links", filter=Q(links__gap=Gap.MISSING)),
        weak=Count("links", filter=Q(links__gap=Gap.WEAK)),
    )
    found = [(row, row.n, row.missing, row.weak) for row in rows.order_by("ordinal", "pk")[:200]]
    return sorted(found, key=lambda row: row[1] == 0)


def chain_view(user: Any, chain: Chain) -> ChainView:
    """A chain with its links: three queries. Leads are counted as far as the person sees them."""
    links = list(chain.links.order_by("ordinal", "pk"))
    views = {link.pk: LinkView(link) for link in links}
    for place in ChainPlace.objects.filter(link__in=views).select_related("enterprise").order_by("pk"):
        view = views[place.link_id]
        (view.present if place.standing == Standing.PRESENT else view.wanted).append(place.enterprise)
    counted = visible_leads(user).filter(link__in=views, same_as=None).exclude(state=LeadState.LOST)
    for link, count, amount in counted.order_by().values_list("link").annotate(n=Count("pk"), sum=Sum("amount")):
        views[link].leads, views[link].amount = count, amount or Decimal(0)
    by_tier: defaultdict[str, list[LinkView]] = defaultdict(list)
    for link in links:
        by_tier[link.tier].append(views[link.pk])
    return ChainView(chain, [(str(tier.label), by_tier[tier.value]) for tier in Tier if by_tier[tier.value]])


def chain_graph(view: ChainView) -> dict[str, Any]:
    """The chain as a tree for a drawing: tiers, links (with their gap), enterprises present and wanted."""
    return {
        "name": view.chain.name,
        "children": [
            {
                "name": tier,
                "children": [
                    {
                        "name": one.link.name,
                        "gap": one.link.gap,
                        "leads": one.leads,
                        "children": [{"name": firm.name, "standing": "present"} for firm in one.present]
                        + [{"name": firm.name, "standing": "wanted"} for firm in one.wanted],
                    }
                    for one in views
                ],
            }
            for tier, views in view.tiers
        ],
    }


def enterprise_list(user: Any, text: str = "", where: str = "", size: str = "") -> QuerySet[Enterprise]:
    """The enterprises of a filter with the leads that the person sees of each."""
    rows = visible_enterprises(user)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(aliases__icontains=text) | Q(seat__icontains=text))
    if where:
        rows = rows.filter(where=where)
    if size:
        rows = rows.filter(size=size)
    seen = visible_leads(user).filter(same_as=None).order_by().values("pk")
    return rows.annotate(n=Count("leads", filter=Q(leads__in=seen))).order_by("name")


def group_list(user: Any) -> QuerySet[Group]:
    """The groups with their members."""
    return visible_groups(user).select_related("unit", "lead_unit").prefetch_related("members")


def signed_rates(user: Any, year: int, today: dt.date) -> Rates:
    """The rates of what was signed in a year, among the leads that the person sees: two queries."""
    signed = LeadMove.objects.filter(lead=OuterRef("pk"), to_state=LeadState.SIGNED, on__year=year)
    leads = visible_leads(user).filter(same_as=None).filter(Exists(signed))
    rows = leads.order_by().values_list("pk", "state", "amount")
    ids = leads.order_by().values("pk")
    money = Funds.objects.filter(lead__in=ids, superseded_at=None, checked=Checked.VERIFIED, kind="prefecture")
    received = dict(money.order_by().values_list("lead").annotate(sum=Sum("recognised")))
    return rates_of(
        Progress(Stage(state), amount or Decimal(0), received.get(pk) or Decimal(0)) for pk, state, amount in rows
    )


def project_leads(project_id: int) -> list[Lead]:
    """The leads that became a project (one at most): for pages of projects."""
    return list(Lead.objects.filter(project=project_id).select_related("enterprise", "unit"))
