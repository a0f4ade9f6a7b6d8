"""Leads: lists, the pipeline, the board, one with all that happened."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When

from luoshi.apps.investment.models import (
    ClaimDecision,
    Lead,
    LeadClaim,
    LeadEvidence,
    LeadMove,
    LeadState,
    LeadVisit,
)
from luoshi.apps.investment.policies import claiming_units, decides, followed, visible_leads
from luoshi.apps.organisations.models import Unit
from luoshi.promotion import EVIDENCE_FOR, LADDER, Claim, Decision, Scope, Stage, credits_of

#: Lists of the plan (N42): what is reserved, sought, settled, in production.
GROUPS = {
    "open": (LeadState.LEAD, LeadState.NEGOTIATING),
    "settled": (LeadState.SIGNED, LeadState.STARTED),
}
SORTS = {"": "进展新的在前", "amount": "投资额大的在前", "next": "该联系的在前", "found": "新发现的在前"}
#: Days in a state after which a lead is called stuck (an assumption).
STUCK = {LeadState.LEAD: 60, LeadState.NEGOTIATING: 120, LeadState.SIGNED: 180, LeadState.STARTED: 720}


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """What a list is narrowed to; ``unit`` and ``place`` are keys, ``least`` in 亿元."""

    state: str = ""
    unit: str = ""
    place: str = ""
    source: str = ""
    mode: str = ""
    chain: int = 0
    least: Decimal | None = None
    wait: str = ""
    text: str = ""
    sort: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return any((self.state, self.unit, self.place, self.source, self.mode, self.chain, self.least, self.wait,
                    self.text))  # fmt: skip


#: What a lead may wait for.
WAITS = {
    "contact": "该联系了",
    "stuck": "久无进展",
    "evidence": "缺佐证",
    "contested": "归属待认定",
    "problem": "有困难问题",
    "mine": "我跟进的",
}


def living(user: Any) -> QuerySet[Lead]:
    """The leads that the person sees, without those merged into others."""
    return visible_leads(user).filter(same_as=None)


def contested_condition() -> Q:
    """A condition: several of one table claim it and the last decision does not know them all.

    Told by counts: whoever claims after a decision is not in it.
    """
    conditions = Q()
    for scope in Scope:
        claims = LeadClaim.objects.filter(lead=OuterRef("pk"), scope=scope.value, withdrawn_at=None)
        second = claims.order_by("pk")[1:2]
        known = ClaimDecision.objects.filter(lead=OuterRef("lead"), scope=scope.value, at__gte=OuterRef("claimed_at"))
        newer = claims.filter(~Exists(known))
        conditions |= Q(Exists(second)) & Q(Exists(newer))
    return conditions


def missing_condition() -> Q:
    """A condition: the paper that its state needs is not on file."""
    conditions = Q()
    for stage, kinds in EVIDENCE_FOR.items():
        states = [stage.value] if stage is Stage.NEGOTIATING else [one.value for one in LADDER[2:]]
        there = LeadEvidence.objects.filter(lead=OuterRef("pk"), kind__in=kinds)
        conditions |= Q(state__in=states) & ~Q(Exists(there))
    return conditions


def stuck_condition(today: dt.date) -> Q:
    """A condition: longer in its state than is usual, with nothing written down lately."""
    conditions = Q()
    for state, days in STUCK.items():
        since = today - dt.timedelta(days=days)
        visit = LeadVisit.objects.filter(lead=OuterRef("pk"), on__gt=today - dt.timedelta(days=min(days, 60)))
        conditions |= Q(state=state, state_on__lte=since) & ~Q(Exists(visit))
    return conditions


def waiting(wait: str, user: Any, today: dt.date) -> Q:
    """The condition of a kind of waiting."""
    match wait:
        case "contact":
            return Q(next_on__lte=today) & ~Q(state__in=(LeadState.LOST, LeadState.PRODUCING))
        case "stuck":
            return stuck_condition(today)
        case "evidence":
            return missing_condition()
        case "contested":
            return contested_condition()
        case "problem":
            return ~Q(problem="") & ~Q(state__in=(LeadState.LOST, LeadState.PRODUCING))
        case "mine":
            return followed(user)
    return Q()


def narrowed(user: Any, asked: LeadFilter, today: dt.date) -> QuerySet[Lead]:
    """The leads of a filter but for its state."""
    rows = living(user)
    if asked.unit:
        claimed = LeadClaim.objects.filter(lead=OuterRef("pk"), unit__key=asked.unit, withdrawn_at=None)
        rows = rows.filter(Q(unit__key=asked.unit) | Exists(claimed))
    if asked.place:
        rows = rows.filter(place__key=asked.place)
    if asked.source:
        rows = rows.filter(source=asked.source)
    if asked.mode:
        rows = rows.filter(mode=asked.mode)
    if asked.chain:
        rows = rows.filter(link__chain=asked.chain)
    if asked.least is not None:
        rows = rows.filter(amount__gte=asked.least * 100_000_000)
    if asked.text:
        words = asked.text
        rows = rows.filter(
            Q(title__icontains=words)
            | Q(enterprise__name__icontains=words)
            | Q(handler__icontains=words)
            | Q(content__icontains=words)
        )
    return rows.filter(waiting(asked.wait, user, today)) if asked.wait else rows


def _of_state(state: str) -> Q:
    if state in GROUPS:
        return Q(state__in=GROUPS[state])
    return Q(state=state) if state else Q()


def lead_list(user: Any, asked: LeadFilter, today: dt.date) -> QuerySet[Lead]:
    """The leads of a filter, in its order, with what a row shows."""
    rows = narrowed(user, asked, today).filter(_of_state(asked.state))
    rows = rows.select_related("enterprise", "unit", "place", "link__chain")
    match asked.sort:
        case "amount":
            none = Case(When(amount=None, then=Value(1)), default=Value(0), output_field=IntegerField())
            return rows.order_by(none, "-amount", "-pk")
        case "next":
            none = Case(When(next_on=None, then=Value(1)), default=Value(0), output_field=IntegerField())
            return rows.order_by(none, "next_on", "-pk")
        case "found":
            return rows.order_by("-found_on", "-pk")
    return rows.order_by("-state_on", "-pk")


@dataclass(frozen=True, slots=True)
class Stock:
    """How many leads stand in a state and what they are to bring (元)."""

    state: str
    label: str
    count: int
    amount: Decimal


def pipeline(user: Any, asked: LeadFilter, today: dt.date) -> list[Stock]:
    """Leads and amounts by state, in the order of the ladder, the lost last: one query."""
    rows = narrowed(user, asked, today).order_by().values_list("state").annotate(n=Count("pk"), sum=Sum("amount"))
    found = {state: (count, amount or Decimal(0)) for state, count, amount in rows}
    return [Stock(state.value, str(state.label), *found.get(state.value, (0, Decimal(0)))) for state in LeadState]


def wait_counts(user: Any, today: dt.date) -> dict[str, int]:
    """How many leads wait for what: one query."""
    kinds = ("contact", "stuck", "evidence", "contested", "problem")
    counts = {kind: Count("pk", filter=waiting(kind, user, today)) for kind in kinds}
    found: dict[str, int] = living(user).order_by().aggregate(**counts)
    return found


@dataclass(frozen=True, slots=True)
class Credit:
    """A claimant with what it is credited with: ``None`` while contested."""

    claim: LeadClaim
    part: Decimal | None

    @property
    def percent(self) -> str:
        """``50%``."""
        return "" if self.part is None else f"{(self.part * 100).normalize():f}%"


def credits(claims: Collection[LeadClaim], decisions: Collection[ClaimDecision]) -> list[Credit]:
    """Who is credited with what of one lead."""
    found = credits_of(
        [claim_of(claim) for claim in claims],
        [decision_of(one) for one in sorted(decisions, key=lambda one: one.pk)],
    )
    return [
        Credit(
            claim, None if str(claim.unit_id) in found.contested else found.parts.get(str(claim.unit_id), Decimal(0))
        )
        for claim in claims
    ]


def claim_of(claim: LeadClaim) -> Claim:
    """The library's claim."""
    return Claim(str(claim.unit_id), Scope(claim.scope), claim.on)


def decision_of(decision: ClaimDecision) -> Decision:
    """The library's decision."""
    return Decision(Scope(decision.scope), {unit: Decimal(part) for unit, part in decision.parts.items()})


@dataclass(frozen=True, slots=True)
class LeadPage:
    """One lead: what it says, what happened, whose it is, what the person may do."""

    lead: Lead
    moves: list[LeadMove]
    visits: list[LeadVisit]
    evidence: list[LeadEvidence]
    credits: list[Credit]
    decisions: list[ClaimDecision]
    may_follow: bool
    claiming: list[Unit]
    received: Decimal
    missing: bool

    @property
    def contested(self) -> bool:
        """Whether several claim it and nothing is decided."""
        return any(credit.part is None for credit in self.credits)


def lead_page(user: Any, lead_id: int) -> LeadPage | None:
    """A lead; ``None`` where the person does not see it. Nine queries."""
    rows = visible_leads(user).select_related(
        "enterprise", "unit", "place", "link__chain", "problem_unit", "activity", "project", "same_as", "created_by"
    )
    asked = rows.annotate(
        follows=Case(When(followed(user), then=Value(1)), default=Value(0), output_field=IntegerField())
    )
    lead = asked.filter(pk=lead_id).first()
    if lead is None:
        return None
    claims = list(lead.claims.filter(withdrawn_at=None).select_related("unit"))
    decisions = list(lead.decisions.select_related("by").order_by("pk"))
    taken = {claim.unit_id for claim in claims}
    evidence = list(lead.evidence.select_related("uploaded_by"))
    kinds = {one.kind for one in evidence}
    wanted = EVIDENCE_FOR.get(Stage(lead.state), EVIDENCE_FOR[Stage.SIGNED] if lead.state in _SETTLED else frozenset())
    funds = lead.funds.filter(superseded_at=None, checked="verified").aggregate(sum=Sum("recognised"))["sum"]
    return LeadPage(
        lead=lead,
        moves=list(lead.moves.select_related("by").order_by("pk")),
        visits=list(lead.visits.select_related("by")[:100]),
        evidence=evidence,
        credits=credits(claims, decisions),
        decisions=decisions,
        may_follow=bool(lead.follows),  # type: ignore[attr-defined]
        claiming=[unit for unit in claiming_units(user)[:30] if unit.pk not in taken] if not lead.same_as_id else [],
        received=funds or Decimal(0),
        missing=bool(wanted) and not (wanted & kinds),
    )


_SETTLED = (LeadState.STARTED, LeadState.PRODUCING)


@dataclass(frozen=True, slots=True)
class Contest:
    """A lead that several claim, and whether the person decides."""

    lead: Lead
    scope: str
    label: str
    claims: list[LeadClaim]
    may_decide: bool
    decided: str = ""


def contests(user: Any, limit: int = 100) -> list[Contest]:
    """The leads of which the claims are not decided: three queries."""
    rows = living(user).filter(contested_condition()).select_related("enterprise", "unit", "place")
    leads = {lead.pk: lead for lead in rows.order_by("pk")[:limit]}
    claims: defaultdict[tuple[int, str], list[LeadClaim]] = defaultdict(list)
    for claim in (
        LeadClaim.objects.filter(lead__in=leads, withdrawn_at=None).select_related("unit").order_by("lead_id", "pk")
    ):
        claims[claim.lead_id, claim.scope].append(claim)
    decided: defaultdict[int, list[ClaimDecision]] = defaultdict(list)
    for decision in ClaimDecision.objects.filter(lead__in=leads).order_by("pk"):
        decided[decision.lead_id].append(decision)
    found = []
    for (number, scope), own in claims.items():
        state = credits_of([claim_of(one) for one in own], [decision_of(one) for one in decided[number]])
        if state.contested:
            units = [claim.unit for claim in own]
            label = own[0].get_scope_display()
            found.append(Contest(leads[number], scope, label, own, decides(user, units)))
    return found


@dataclass(frozen=True, slots=True)
class TwinPair:
    """Two leads that look like one project, and why."""

    first: Lead
    second: Lead
    why: str
    may_decide: bool


#: Names that are so alike (0 to 100) are told as possible twins.
_ALIKE = 80


def twin_pairs(user: Any, limit: int = 50) -> list[TwinPair]:
    """Leads of one investor, with alike names or the same place and amount: one query for up to 5,000 leads."""
    from rapidfuzz import fuzz

    rows = living(user).exclude(state=LeadState.LOST).select_related("unit", "place", "enterprise").order_by("pk")
    several = Lead.objects.filter(enterprise=OuterRef("enterprise"), same_as=None).exclude(pk=OuterRef("pk"))
    by_investor: defaultdict[int, list[Lead]] = defaultdict(list)
    for lead in rows.filter(Exists(several.exclude(state=LeadState.LOST)))[:5000]:
        by_investor[lead.enterprise_id].append(lead)
    found = []
    for leads in by_investor.values():
        for number, first in enumerate(leads):
            for second in leads[number + 1 :]:
                same_place = first.place_id is not None and first.place_id == second.place_id
                if fuzz.ratio(first.title, second.title) >= _ALIKE:
                    why = "同一投资方，名称相近"
                elif same_place and first.amount is not None and first.amount == second.amount:
                    why = "同一投资方，地点、投资额相同"
                else:
                    continue
                found.append(TwinPair(first, second, why, decides(user, [first.unit, second.unit])))
                if len(found) >= limit:
                    return found
    return found
