"""What is counted, read at once: projects with their moves and claims, activities with hosts and leaders, funds.

A fixed number of queries, whatever is stored; ``as_of`` leaves out what was recorded later.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from luoshi import promotion
from luoshi.apps.investment.models import (
    Activity,
    ActivityEvidence,
    ActivityHost,
    ActivityLeader,
    Checked,
    ClaimDecision,
    Funds,
    FundsSource,
    LeadClaim,
    LeadEvidence,
    LeadMove,
)
from luoshi.promotion import EVIDENCE_FOR, Decision, Move, Scope, Stage
from luoshi.promotion.rules import ACTIVITY_EVIDENCE


@dataclass(frozen=True, slots=True)
class Deal:
    """A project as it is counted, with what pages show of it."""

    id: int
    title: str
    amount: Decimal | None
    local: bool
    moves: tuple[Move, ...]
    has_intent: bool
    has_agreement: bool
    claims: tuple[promotion.Claim, ...]
    credits: promotion.Credits

    def as_of(self, day: dt.date) -> promotion.Deal:
        """The project as it stood at the end of a day."""
        papers = ({"intent"} if self.has_intent else set()) | ({"agreement"} if self.has_agreement else set())
        return promotion.Deal(
            key=str(self.id),
            title=self.title,
            days=promotion.reached(self.moves, day),
            amount=self.amount,
            claimants=tuple((claim.unit, claim.scope) for claim in self.claims),
            credits=self.credits,
            evidence=frozenset(papers),
            local=self.local,
        )


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as it is counted; ``counts`` is what of it does."""

    id: int
    unit_id: int
    lead_id: int | None
    kind: str
    source: str
    period: str
    first_day: dt.date
    amount: Decimal
    checked: str
    counts: Decimal


@dataclass
class Books:
    """All that figures are counted from."""

    deals: list[Deal] = field(default_factory=list)
    activities: list[promotion.Activity] = field(default_factory=list)
    funds: list[Money] = field(default_factory=list)


def read_deals(as_of: dt.datetime | None = None) -> list[Deal]:
    """Every project that ever left the state 线索: three queries."""
    moves = LeadMove.objects.filter(lead__same_as=None)
    evidence = LeadEvidence.objects.filter(lead=OuterRef("lead_id"))
    claims = LeadClaim.objects.all()
    decisions = ClaimDecision.objects.all()
    if as_of is None:
        claims = claims.filter(withdrawn_at=None)
    else:
        moves, evidence = moves.filter(recorded_at__lte=as_of), evidence.filter(uploaded_at__lte=as_of)
        claims = claims.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=as_of), claimed_at__lte=as_of)
        decisions = decisions.filter(at__lte=as_of)
    rows = moves.annotate(
        intent=Exists(evidence.filter(kind__in=EVIDENCE_FOR[Stage.NEGOTIATING])),
        agreement=Exists(evidence.filter(kind__in=EVIDENCE_FOR[Stage.SIGNED])),
    ).order_by("lead_id", "pk")
    heads: dict[int, tuple[str, Decimal | None, bool, bool, bool]] = {}
    steps: defaultdict[int, list[Move]] = defaultdict(list)
    for lead, before, after, on, title, amount, where, intent, agreement in rows.values_list(
        "lead_id",
        "from_state",
        "to_state",
        "on",
        "lead__title",
        "lead__amount",
        "lead__enterprise__where",
        "intent",
        "agreement",
    ):
        heads[lead] = (title, amount, where == "prefecture", intent, agreement)
        steps[lead].append(Move(Stage(before), Stage(after), on))
    by_lead: defaultdict[int, list[promotion.Claim]] = defaultdict(list)
    for lead, unit, scope, on in claims.order_by("pk").values_list("lead_id", "unit_id", "scope", "on"):
        by_lead[lead].append(promotion.Claim(str(unit), Scope(scope), on))
    decided: defaultdict[int, list[Decision]] = defaultdict(list)
    for lead, scope, parts in decisions.order_by("pk").values_list("lead_id", "scope", "parts"):
        shares = {unit: Decimal(part) for unit, part in parts.items()}
        decided[lead].append(Decision(Scope(scope), shares))
    return [
        Deal(
            lead,
            *head[:3],
            tuple(steps[lead]),
            *head[3:],
            tuple(by_lead[lead]),
            promotion.credits_of(by_lead[lead], decided[lead]),
        )
        for lead, head in heads.items()
    ]


def read_activities(first: dt.date, last: dt.date, as_of: dt.datetime | None = None) -> list[promotion.Activity]:
    """The activities that ended in a time: two queries."""
    found = Activity.objects.filter(end__gte=first, end__lte=last, withdrawn_for="")
    evidence = ActivityEvidence.objects.filter(activity=OuterRef("activity_id"), kind__in=ACTIVITY_EVIDENCE)
    if as_of is not None:
        found, evidence = found.filter(created_at__lte=as_of), evidence.filter(uploaded_at__lte=as_of)
    ids = found.order_by().values("pk")
    leaders: defaultdict[int, list[promotion.Leader]] = defaultdict(list)
    for activity, name, rank, unit in (
        ActivityLeader.objects.filter(activity__in=ids)
        .order_by("pk")
        .values_list("activity_id", "name", "rank", "unit_id")
    ):
        leaders[activity].append(promotion.Leader(name, promotion.Rank(rank), str(unit) if unit else ""))
    heads: dict[int, tuple[str, dt.date, dt.date, list[dict[str, str]], int | None, bool, bool]] = {}
    hosts: defaultdict[int, list[promotion.Host]] = defaultdict(list)
    rows = ActivityHost.objects.filter(activity__in=ids).annotate(shown=Exists(evidence))
    for activity, unit, scope, ordinal, *head in rows.order_by("activity_id", "ordinal").values_list(
        "activity_id",
        "unit_id",
        "scope",
        "ordinal",
        "activity__title",
        "activity__begin",
        "activity__end",
        "activity__places",
        "activity__outside_firms",
        "activity__is_own",
        "shown",
    ):
        heads[activity] = tuple(head)
        if scope:
            hosts[activity].append(promotion.Host(str(unit), Scope(scope), ordinal == 1))
    return [
        promotion.Activity(
            key=str(activity),
            title=title,
            begin=begin,
            end=end,
            places=tuple(promotion.Place(place["name"], promotion.Where(place["where"])) for place in places),
            hosts=tuple(hosts[activity]),
            leaders=tuple(leaders[activity]),
            outside_firms=firms,
            evidence=frozenset({"plan"} if shown else ()),
            own=own,
            order=activity,
        )
        for activity, (title, begin, end, places, firms, own, shown) in heads.items()
    ]


def read_funds(
    first: dt.date, last: dt.date, as_of: dt.datetime | None = None, units: Collection[int] | None = None
) -> list[Money]:
    """The amounts of the months of a time: one query. What is superseded is left out."""
    rows = Funds.objects.filter(first_day__gte=first, first_day__lte=last)
    if units is not None:
        rows = rows.filter(unit__in=units)
    if as_of is None:
        rows = rows.filter(superseded_at=None)
    else:
        rows = rows.filter(Q(superseded_at=None) | Q(superseded_at__gt=as_of), recorded_at__lte=as_of)
    found = []
    columns = ("pk", "unit_id", "lead_id", "kind", "source", "period", "first_day", "amount", "checked")
    for *row, recognised, checked_at in rows.order_by("first_day", "pk").values_list(
        *columns, "recognised", "checked_at"
    ):
        money = Money(*row, Decimal(0))
        known = checked_at is not None and (as_of is None or checked_at <= as_of)
        if money.source == FundsSource.STATISTICS:
            counts = money.amount
        else:
            counts = recognised if money.checked == Checked.VERIFIED and known else Decimal(0)
        found.append(Money(*row, counts))
    return found


def read_books(
    first: dt.date,
    last: dt.date,
    as_of: dt.datetime | None = None,
    *,
    parts: Collection[str] = ("deals", "trips", "funds"),
) -> Books:
    """What the figures of a time within one year need; funds reach back into the year before, for growth."""
    books = Books()
    if "deals" in parts:
        books.deals = read_deals(as_of)
    if "trips" in parts:
        books.activities = read_activities(first, last, as_of)
    if "funds" in parts:
        books.funds = read_funds(dt.date(first.year - 1, 1, 1), last, as_of)
    return books
