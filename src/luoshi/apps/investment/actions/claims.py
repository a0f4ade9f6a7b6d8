"""Whose is a lead: claims, decisions between several, two entries of the same project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from luoshi.apps.investment.actions.common import act_of, locked, locked_lead, moment, plain
from luoshi.apps.investment.errors import NotNow
from luoshi.apps.investment.models import ClaimDecision, Group, Lead, LeadClaim
from luoshi.apps.investment.policies import claiming_units, decides, may_work, visible_leads
from luoshi.apps.investment.telling import settle_claims, tell_contested, tell_decided
from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.periods import local_date
from luoshi.promotion import Decision, DecisionError, Scope

_NO_OFFICE = "只有这些单位的上级统筹办、牵头单位可以认定。"


def scope_of(unit: Unit) -> Scope:
    """In which table a unit stands."""
    return Scope.GROUP if Group.objects.filter(unit=unit).exists() else Scope.TERRITORY


def add_claim(lead: Lead, unit: Unit, day: dt.date, user: Any, at: dt.datetime, text: str = "") -> LeadClaim:
    """Store a claim; part of another act."""
    return LeadClaim.objects.create(
        lead=lead, unit=unit, scope=scope_of(unit).value, on=day, text=text, by=user, claimed_at=at
    )


def claim_lead(
    *, acting_user: Any, lead_id: int, unit: Unit, text: str = "", now: dt.datetime | None = None
) -> LeadClaim:
    """Claim a lead for a unit. Where another of the same table claims it too, the office decides; nobody is credited
    until then."""
    at = moment(now)
    text = plain(text, "理由", 300)
    require(claiming_units(acting_user).filter(pk=unit.pk).exists(), "只能替自己的县市、园区或招商组认领。")
    with transaction.atomic():
        lead = locked_lead(acting_user, lead_id)
        if lead.same_as_id:
            raise NotNow("这条线索已并入另一条，请到那一条上认领。")
        rivals = list(lead.claims.filter(withdrawn_at=None).select_related("unit"))
        if any(row.unit_id == unit.pk for row in rivals):
            raise NotNow(f"{unit}已经认领。")
        claim = add_claim(lead, unit, local_date(at), acting_user, at, text)
        lead.revision += 1
        lead.save(update_fields=("revision",))
        others = [row.unit for row in rivals if row.scope == claim.scope]
        if others:
            tell_contested(lead, [*others, unit], now=at)
        said = {"单位": str(unit), "理由": text, "另有认领": [str(other) for other in others]}
        record(acting_user=acting_user, acts=[act_of(lead, "认领项目", **said)])
    return claim


def withdraw_claim(*, acting_user: Any, lead_id: int, claim_id: int, now: dt.datetime | None = None) -> LeadClaim:
    """Give up a claim."""
    at = moment(now)
    with transaction.atomic():
        lead = locked_lead(acting_user, lead_id)
        claim = lead.claims.select_related("unit").filter(pk=claim_id, withdrawn_at=None).first()
        if claim is None:
            raise Http404
        require(may_work(acting_user, claim.unit), "只能放弃本单位的认领。")
        claim.withdrawn_at = at
        claim.save(update_fields=("withdrawn_at",))
        lead.revision += 1
        lead.save(update_fields=("revision",))
        settle_claims(lead, now=at)
        record(acting_user=acting_user, acts=[act_of(lead, "放弃认领", 单位=str(claim.unit))])
    return claim


def decide_claims(
    *,
    acting_user: Any,
    lead_id: int,
    scope: str,
    parts: Mapping[int, Decimal],
    reason: str,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> ClaimDecision:
    """Say whose a lead is among the claimants of one table: ``{unit id: share of 1}`` for each of them, 1 together."""
    at = moment(now)
    reason = plain(reason, "认定依据", 300, required=True)
    with transaction.atomic():
        lead = locked_lead(acting_user, lead_id, revision)
        claims = list(lead.claims.filter(withdrawn_at=None, scope=scope).select_related("unit"))
        if len(claims) < 2:
            raise NotNow("没有两家以上认领，不用认定。")
        units = {claim.unit_id: claim.unit for claim in claims}
        require(decides(acting_user, list(units.values())), _NO_OFFICE)
        if set(parts) != set(units):
            raise ValidationError("每一家认领单位都要写明份额；没有的写0。")
        try:
            Decision(Scope(scope), {str(key): part for key, part in parts.items()})
        except DecisionError as error:
            raise ValidationError(str(error)) from error
        decision = ClaimDecision.objects.create(
            lead=lead,
            scope=scope,
            parts={str(key): str(part.normalize()) if part else "0" for key, part in parts.items()},
            reason=reason,
            by=acting_user,
            at=at,
        )
        lead.revision += 1
        lead.save(update_fields=("revision",))
        said = {str(units[key]): f"{(part * 100).normalize():f}%" for key, part in parts.items()}
        tell_decided(lead, list(units.values()), "，".join(f"{name}{part}" for name, part in said.items()), now=at)
        record(acting_user=acting_user, acts=[act_of(lead, "认定项目归属", 份额=said, 依据=reason)])
    return decision


def declare_same(*, acting_user: Any, lead_id: int, other_id: int, reason: str, now: dt.datetime | None = None) -> Lead:
    """Say that a lead is the same project as another: its claims go over there, and it counts no more."""
    at = moment(now)
    reason = plain(reason, "依据", 300, required=True)
    if lead_id == other_id:
        raise ValidationError("请选择另一条线索。")
    with transaction.atomic():
        # Always in the order of their numbers: two that merge crosswise must not wait for each other.
        rows = {number: locked(visible_leads(acting_user), number) for number in sorted((lead_id, other_id))}
        lead, kept = rows[lead_id], rows[other_id]
        units = list(Unit.objects.filter(pk__in=(lead.unit_id, kept.unit_id)))
        require(decides(acting_user, units), _NO_OFFICE)
        if lead.same_as_id or kept.same_as_id:
            raise NotNow("其中一条已经并入别的线索。")
        if lead.project_id:
            raise NotNow("已签约、有项目的线索请作为保留的一条；两条都有项目的，请先在项目库合并项目。")
        known = set(kept.claims.filter(withdrawn_at=None).values_list("unit_id", flat=True))
        for claim in lead.claims.filter(withdrawn_at=None).exclude(unit__in=known):
            LeadClaim.objects.create(
                lead=kept,
                unit_id=claim.unit_id,
                scope=claim.scope,
                on=claim.on,
                text=f"由“{lead.title}”并入"[:300],
                by=acting_user,
                claimed_at=at,
            )
        lead.claims.filter(withdrawn_at=None).update(withdrawn_at=at)
        lead.same_as = kept
        for row in (lead, kept):
            row.revision += 1
        lead.save(update_fields=("same_as", "revision"))
        kept.save(update_fields=("revision",))
        lead.twins.update(same_as=kept)
        contested = list(kept.claims.filter(withdrawn_at=None).select_related("unit"))
        for scope in Scope:
            rivals = [claim.unit for claim in contested if claim.scope == scope.value]
            if len(rivals) > 1:
                tell_contested(kept, rivals, now=at)
        record(acting_user=acting_user, acts=[act_of(lead, "并入同一项目", 并入=kept.title, 依据=reason)])
    return kept
