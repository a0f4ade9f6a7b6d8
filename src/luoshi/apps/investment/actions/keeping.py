"""What the office keeps: enterprises, groups, links of chains, which target of a plan is that of a figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404

from luoshi.apps.investment.actions.common import locked, plain
from luoshi.apps.investment.errors import NotNow
from luoshi.apps.investment.models import (
    ChainLink,
    ChainPlace,
    ChainRole,
    Enterprise,
    FigureTarget,
    FundsRule,
    Gap,
    Group,
    Size,
    Standing,
    Tier,
)
from luoshi.apps.investment.policies import follows_any, keeping_units, keeps, visible_enterprises
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Target
from luoshi.apps.plans.policies import visible_plans
from luoshi.apps.projects.actions.keeping import chain_named
from luoshi.apps.projects.models import Chain

_KEEPERS = "只有州级统筹办、牵头单位可以维护。"


def save_enterprise(
    *,
    acting_user: Any,
    name: str,
    where: str,
    enterprise_id: int | None = None,
    aliases: Sequence[str] = (),
    seat: str = "",
    size: str = "",
    chain_role: str = "",
    note: str = "",
    revision: int | None = None,
) -> Enterprise:
    """Enter an enterprise, or change one; a former name becomes an alias."""
    require(follows_any(acting_user), "您不是任何单位的工作人员，不能登记企业。")
    name = plain(" ".join(name.split()), "企业名称", 120, required=True)
    if where not in dict(Enterprise.WHERES):
        raise ValidationError("请选择企业来自哪里。")
    if (size and size not in Size.values) or (chain_role and chain_role not in ChainRole.values):
        raise ValidationError("企业类型不对，请重新选择。")
    others = [plain(alias, "别名", 120) for alias in aliases if alias.strip()]
    values = {
        "where": where,
        "seat": plain(seat, "所在地", 60),
        "size": size,
        "chain_role": chain_role,
        "note": plain(note, "说明", 500),
    }
    try:
        with transaction.atomic():
            if enterprise_id is None:
                row = Enterprise(name=name, **values)
                row.aliases = list(dict.fromkeys(others))
                row.save()
                action, before = "登记企业", None
            else:
                row = locked(visible_enterprises(acting_user), enterprise_id, revision)
                action, before = "修改企业", {"名称": row.name, "别名": row.aliases}
                former = [row.name] if row.name != name else []
                row.aliases = [alias for alias in dict.fromkeys([*others, *former]) if alias != name]
                row.name = name
                for key, value in values.items():
                    setattr(row, key, value)
                row.revision += 1
                row.save()
            after = {"名称": name, "别名": row.aliases, "来自": row.get_where_display()}
            record(acting_user=acting_user, acts=[Act(action=action, target=row, before=before, after=after)])
    except IntegrityError as error:
        raise ValidationError(f"已有企业“{name}”，请直接选用。") from error
    return row


def save_group(
    *,
    acting_user: Any,
    unit: Unit,
    lead_unit: Unit | None,
    members: Sequence[Unit] = (),
    leader: str = "",
    scope_text: str = "",
    funds_rule: str = FundsRule.STATISTICS,
    is_active: bool = True,
    group_id: int | None = None,
) -> Group:
    """Say who leads and belongs to a group; a unit of the register becomes one by this."""
    require(keeps(acting_user), _KEEPERS)
    if funds_rule not in FundsRule.values:
        raise ValidationError("请选择到位资金的来源。")
    if unit.kind in (UnitKind.PREFECTURE, UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE, UnitKind.TOWNSHIP):
        raise ValidationError("县市、园区不能作招商组，请选择单位库里的招商组或平台。")
    with transaction.atomic():
        if group_id is None:
            group = Group.objects.select_for_update().filter(unit=unit).first() or Group(unit=unit)
        else:
            group = Group.objects.select_for_update().filter(pk=group_id).first()  # type: ignore[assignment]
            if group is None:
                raise Http404
            if group.unit_id != unit.pk:
                raise NotNow("招商组对应的单位不能改，请另建一个。")
        group.lead_unit, group.funds_rule, group.is_active = lead_unit, funds_rule, is_active
        group.leader, group.scope_text = plain(leader, "组长", 60), plain(scope_text, "产业范围", 300)
        group.revision += 1
        group.save()
        group.members.set(members)
        after = {
            "牵头单位": str(lead_unit or ""),
            "组长": group.leader,
            "成员": [str(member) for member in members],
            "到位资金来源": group.get_funds_rule_display(),
        }
        record(acting_user=acting_user, acts=[Act(action="维护招商组", target=group, after=after)])
    return group


def save_link(
    *,
    acting_user: Any,
    chain: Chain | None,
    chain_name: str = "",
    name: str,
    tier: str,
    gap: str,
    note: str = "",
    ordinal: int | None = None,
    link_id: int | None = None,
) -> ChainLink:
    """Enter or change a link of a chain; a chain of a new name is made."""
    require(keeps(acting_user), _KEEPERS)
    name, note = plain(name, "环节名称", 80, required=True), plain(note, "说明", 300)
    if tier not in Tier.values or gap not in Gap.values:
        raise ValidationError("请选择环节的位置和状况。")
    if ordinal is not None and not 0 <= ordinal < 1000:
        raise ValidationError("次序应在0到999之间。")
    try:
        with transaction.atomic():
            chain = chain or chain_named(plain(chain_name, "产业链名称", 40, required=True), None)
            assert chain is not None
            if link_id is None:
                link = ChainLink(chain=chain, ordinal=ordinal if ordinal is not None else chain.links.count() + 1)
            else:
                found = ChainLink.objects.select_for_update().filter(pk=link_id, chain=chain).first()
                if found is None:
                    raise Http404
                link = found
                link.ordinal = link.ordinal if ordinal is None else ordinal
            link.name, link.tier, link.gap, link.note = name, tier, gap, note
            link.save()
            after = {"位置": link.get_tier_display(), "状况": link.get_gap_display(), "说明": note}
            record(acting_user=acting_user, acts=[Act(action="维护产业链环节", target=link, after=after)])
    except IntegrityError as error:
        raise ValidationError(f"这条产业链已有环节“{name}”。") from error
    return link


def remove_link(*, acting_user: Any, link_id: int) -> None:
    """Take a link out of its chain; one at which leads stand stays."""
    require(keeps(acting_user), _KEEPERS)
    with transaction.atomic():
        link = ChainLink.objects.select_for_update().filter(pk=link_id).first()
        if link is None:
            raise Http404
        if link.leads.exists():
            raise NotNow("有线索挂在这个环节上，不能删除；可以改名称或状况。")
        act = Act(action="删除产业链环节", target=link, label=str(link), before={"企业": link.places.count()})
        link_row = ChainLink(pk=link.pk, chain=link.chain, name=link.name)
        link.delete()
        record(
            acting_user=acting_user, acts=[Act(action=act.action, target=link_row, label=act.label, before=act.before)]
        )


def place_enterprise(
    *, acting_user: Any, link_id: int, enterprise: Enterprise, standing: str, note: str = ""
) -> ChainPlace | None:
    """Say how an enterprise stands to a link; an empty ``standing`` takes it out."""
    require(keeps(acting_user), _KEEPERS)
    note = plain(note, "说明", 200)
    if standing and standing not in Standing.values:
        raise ValidationError("请选择是现有企业还是招引目标。")
    with transaction.atomic():
        link = ChainLink.objects.select_for_update().filter(pk=link_id).first()
        if link is None:
            raise Http404
        before = ChainPlace.objects.filter(link=link, enterprise=enterprise).first()
        row = None
        if standing:
            row, _ = ChainPlace.objects.update_or_create(
                link=link, enterprise=enterprise, defaults={"standing": standing, "note": note}
            )
        elif before is not None:
            before.delete()
        act = Act(
            action="标注产业链企业",
            target=link,
            before={"企业": before.get_standing_display()} if before else None,
            after={"企业": str(enterprise), "情况": Standing(standing).label if standing else "移出"},
        )
        record(acting_user=acting_user, acts=[act])
    return row


def set_figure_target(
    *, acting_user: Any, scope: str, figure: str, target_id: int, year: int, wanted: bool = True
) -> FigureTarget | None:
    """Say that a target of a plan is that of a figure in a year (or, ``wanted`` false, no more)."""
    from luoshi.apps.investment.figures import FIGURES

    require(keeps(acting_user), _KEEPERS)
    if (scope, figure) not in FIGURES:
        raise ValidationError("没有这个指标。")
    target = Target.objects.filter(pk=target_id, plan__in=visible_plans(acting_user), retired_in=None).first()
    if target is None:
        raise Http404
    if not 1990 <= year <= 2100:
        raise ValidationError("年度不对。")
    with transaction.atomic():
        # Those who keep the same table take turns, so that no row is entered twice.
        list(Unit.objects.select_for_update().filter(pk__in=keeping_units(acting_user).order_by().values("pk")))
        row = FigureTarget.objects.filter(scope=scope, figure=figure, target=target, year=year).first()
        if wanted and row is None:
            row = FigureTarget.objects.create(scope=scope, figure=figure, target=target, year=year)
        elif not wanted and row is not None:
            row.delete()
            row = None
        after = {"指标": FIGURES[scope, figure].title, "年度": year, "对应": wanted}
        record(acting_user=acting_user, acts=[Act(action="对应招商目标", target=target, after=after)])
    return row


def remind_leads(now: dt.datetime) -> int:
    """Tell the handlers of leads whose next contact is due: how many people were told. Safe to repeat."""
    from luoshi.apps.investment.models import Lead, LeadState
    from luoshi.apps.investment.telling import remind
    from luoshi.periods import local_date

    due = Lead.objects.filter(next_on__lte=local_date(now), next_on__gte=local_date(now) - dt.timedelta(days=7))
    due = due.exclude(state__in=(LeadState.LOST, LeadState.PRODUCING)).filter(same_as=None)
    told = 0
    with transaction.atomic():
        for lead in due.select_related("unit", "enterprise").order_by("pk")[:500]:
            told += remind(lead, now=now)
    return told
