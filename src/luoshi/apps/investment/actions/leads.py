"""Leads: entering, editing, what was talked about, papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction

from luoshi.apps.investment.actions.claims import add_claim
from luoshi.apps.investment.actions.common import act_of, happened, locked_lead, moment, money, plain
from luoshi.apps.investment.errors import NotNow
from luoshi.apps.investment.models import (
    Activity,
    ChainLink,
    ChainRole,
    Enterprise,
    EvidenceKind,
    Lead,
    LeadEvidence,
    LeadMode,
    LeadSource,
    LeadVisit,
)
from luoshi.apps.investment.policies import claimants, may_follow, may_work
from luoshi.apps.investment.telling import tell_next_step
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.supervision.actions.evidence import Prepared, prepare

NOT_YOURS = "只有跟进、认领这条线索的单位可以办理。"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFacts:
    """What a lead says; ``amount`` in 元."""

    title: str
    enterprise: Enterprise
    source: str
    place: Unit | None = None
    contact: str = ""
    phone: str = ""
    handler: str = ""
    mode: str = LeadMode.ORDINARY
    link: ChainLink | None = None
    chain_role: str = ""
    amount: Decimal | None = None
    content: str = ""
    progress: str = ""
    problem: str = ""
    problem_unit: Unit | None = None
    problem_due: dt.date | None = None
    activity: Activity | None = None


_LONGEST = {
    "contact": ("企业联系人", 60),
    "phone": ("联系电话", 40),
    "handler": ("跟进人", 60),
    "content": ("合作内容", 2000),
    "progress": ("最新进展", 2000),
    "problem": ("存在问题", 1000),
}


def _checked(facts: LeadFacts) -> dict[str, Any]:
    """The columns of a lead; ``ValidationError``."""
    values = {field.name: getattr(facts, field.name) for field in fields(facts)}
    values["title"] = plain(facts.title, "项目名称", 200, required=True)
    for name, (what, most) in _LONGEST.items():
        values[name] = plain(values[name], what, most)
    values["amount"] = money(facts.amount, "计划投资额")
    if facts.source not in LeadSource.values:
        raise ValidationError("请选择线索来源。")
    if facts.mode not in LeadMode.values:
        raise ValidationError("请选择引进方式。")
    if facts.chain_role and facts.chain_role not in ChainRole.values:
        raise ValidationError("请选择链上角色。")
    if (facts.problem_unit or facts.problem_due) and not values["problem"]:
        raise ValidationError("填了需协同单位或建议完成时限，请写明存在的问题。")
    return values


def create_lead(
    *, acting_user: Any, unit: Unit, facts: LeadFacts, found_on: dt.date | None = None, now: dt.datetime | None = None
) -> Lead:
    """Enter a lead for a unit; one that stands in a table (a county, a group) claims it at once."""
    at = moment(now)
    require(may_work(acting_user, unit), "您不是这个单位的人员，不能替它登记线索。")
    values = _checked(facts)
    day = happened(found_on or at.date(), "发现日期", at)
    with transaction.atomic():
        lead = Lead.objects.create(
            unit=unit, found_on=day, state_on=day, created_by=acting_user, created_at=at, **values
        )
        if claimants().filter(pk=unit.pk).exists():
            add_claim(lead, unit, day, acting_user, at)
        after = {"投资方": str(facts.enterprise), "跟进单位": str(unit), "投资额": lead.amount}
        record(acting_user=acting_user, acts=[act_of(lead, "登记招商线索", **after)])
    return lead


def edit_lead(*, acting_user: Any, lead_id: int, facts: LeadFacts, revision: int | None = None) -> Lead:
    """Change what a lead says; the journal holds what was before. The investor of a signed lead stays."""
    values = _checked(facts)
    with transaction.atomic():
        lead = locked_lead(acting_user, lead_id, revision)
        require(may_follow(acting_user, lead), NOT_YOURS)
        if lead.same_as_id:
            raise NotNow("这条线索已并入另一条，请在那一条上修改。")
        if lead.project_id and lead.enterprise_id != facts.enterprise.pk:
            raise NotNow("已签约的项目不能改换投资方；投资方更名的，请改企业名称。")
        before, after = {}, {}
        for name, value in values.items():
            old = getattr(lead, name)
            if old != value:
                before[name], after[name] = _said(old), _said(value)
                setattr(lead, name, value)
        if not after:
            return lead
        lead.revision += 1
        lead.save(update_fields=(*after, "revision"))
        words = {str(Lead._meta.get_field(name).verbose_name): value for name, value in after.items()}
        past = {str(Lead._meta.get_field(name).verbose_name): value for name, value in before.items()}
        record(acting_user=acting_user, acts=[Act(action="修改招商线索", target=lead, before=past, after=words)])
    return lead


def _said(value: Any) -> Any:
    return value if value is None or isinstance(value, str | Decimal | dt.date) else str(value)


def add_visit(
    *,
    acting_user: Any,
    lead_id: int,
    on: dt.date | None,
    text: str,
    where: str = "",
    people: str = "",
    next_step: str = "",
    next_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> LeadVisit:
    """Write down a visit or talk; it becomes the lead's newest progress, and says what comes next."""
    at = moment(now)
    day = happened(on, "日期", at)
    text = plain(text, "洽谈情况", 2000, required=True)
    where, people = plain(where, "地点", 80), plain(people, "参加人员", 200)
    next_step = plain(next_step, "下一步", 300)
    if next_on is not None and next_on < day:
        raise ValidationError("下次联系的日期早于这次。")
    with transaction.atomic():
        lead = locked_lead(acting_user, lead_id)
        require(may_follow(acting_user, lead), NOT_YOURS)
        visit = LeadVisit.objects.create(
            lead=lead, on=day, where=where, people=people, text=text, by=acting_user, recorded_at=at
        )
        newest = not lead.visits.filter(on__gt=day).exists()
        if newest:
            lead.progress, lead.next_step, lead.next_on = text, next_step, next_on
        lead.revision += 1
        lead.save(update_fields=("progress", "next_step", "next_on", "revision"))
        tell_next_step(lead, now=at)
        record(acting_user=acting_user, acts=[act_of(lead, "登记对接情况", 日期=day, 洽谈情况=text)])
    return visit


def attach_evidence(
    *, acting_user: Any, lead_id: int, kind: str, files: Iterable[File[bytes]], now: dt.datetime | None = None
) -> list[LeadEvidence]:
    """Add papers of a kind to a lead."""
    at, prepared = moment(now), prepare(files)
    with transaction.atomic():
        lead = locked_lead(acting_user, lead_id)
        require(may_follow(acting_user, lead), NOT_YOURS)
        if not prepared:
            raise ValidationError("请选择文件。")
        rows = store_evidence(lead, kind, prepared, acting_user, at)
        named = {"材料": EvidenceKind(kind).label, "文件": [f"{one.name}（{one.sha256}）" for one in prepared]}
        record(acting_user=acting_user, acts=[act_of(lead, "上传线索佐证", **named)])
    return rows


def store_evidence(
    lead: Lead, kind: str, prepared: Iterable[Prepared], user: Any, at: dt.datetime
) -> list[LeadEvidence]:
    """Store prepared files with a lead, inside the caller's transaction."""
    if kind not in EvidenceKind.values:
        raise ValidationError("请选择是什么材料。")
    return [
        LeadEvidence.objects.create(
            lead=lead,
            kind=kind,
            file=File(one.file, name=one.name),
            name=one.name,
            size=one.size,
            sha256=one.sha256,
            uploaded_by=user,
            uploaded_at=at,
        )
        for one in prepared
    ]
