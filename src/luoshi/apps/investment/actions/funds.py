"""到位资金: entered by units, loaded from statistics, recognised by the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.investment.actions.claims import scope_of
from luoshi.apps.investment.actions.common import locked, moment, money, plain
from luoshi.apps.investment.errors import NotNow
from luoshi.apps.investment.models import Checked, Funds, FundsKind, FundsRule, FundsSource, Group, Lead, LeadMode
from luoshi.apps.investment.policies import claimants, decides, may_work, visible_funds, visible_leads
from luoshi.apps.investment.telling import tell_checked
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.periods import Cadence, Period, PeriodError, local_date
from luoshi.promotion import LADDER, Stage

_MODE_OF = {FundsRule.ENCLAVE: LeadMode.ENCLAVE, FundsRule.PLATFORM: LeadMode.PLATFORM}


@dataclass(frozen=True, slots=True)
class Amount:
    """Money that arrived for a unit in one month: 元, or 美元 of foreign money."""

    unit: Unit
    kind: str
    period: str
    amount: Decimal
    lead: Lead | None = None


def _month(text: str, today: dt.date) -> Period:
    try:
        period = Period.parse(text.strip())
    except PeriodError as error:
        raise ValidationError("月份不对，应如 2026-05。") from error
    if period.cadence is not Cadence.MONTHLY:
        raise ValidationError("到位资金按月填报，月份应如 2026-05。")
    if period.first_day > today:
        raise ValidationError("月份还没有到。")
    return period


def report_funds(
    *,
    acting_user: Any,
    unit: Unit,
    lead_id: int | None,
    kind: str,
    period: str,
    amount: Decimal | None,
    now: dt.datetime | None = None,
) -> Funds:
    """A unit reports what arrived for one of its projects in a month; it waits for 认定. The same month again replaces
    what was said before, and must be recognised anew."""
    at = moment(now)
    require(may_work(acting_user, unit), "您不是这个单位的人员，不能替它申报。")
    if not claimants().filter(pk=unit.pk).exists():
        raise ValidationError("只有县市、园区和招商组申报到位资金。")
    if lead_id is None:
        raise ValidationError("请选择项目。")
    with transaction.atomic():
        lead = locked(visible_leads(acting_user), lead_id)
        _fits(lead, unit)
        amount = money(amount, "到位资金", required=True, zero=True)
        assert amount is not None
        (row,) = _store(
            [Amount(unit, kind, period, amount, lead)], FundsSource.SELF_REPORTED, Checked.WAITING, acting_user, at
        )
        after = {"单位": str(unit), "项目": lead.title, "月份": row.period, "金额": row.amount}
        record(acting_user=acting_user, acts=[Act(action="申报到位资金", target=row, after=after)])
    return row


def _fits(lead: Lead, unit: Unit) -> None:
    """What a group may report depends on how its projects come (飞地, 平台)."""
    if lead.state not in (Stage.SIGNED, *LADDER[LADDER.index(Stage.STARTED) :]):
        raise NotNow("还没有签约的项目没有到位资金。")
    if not lead.claims.filter(unit=unit, withdrawn_at=None).exists():
        raise NotNow(f"{unit}没有认领这个项目，请先认领。")
    group = Group.objects.filter(unit=unit).first()
    wanted = _MODE_OF.get(FundsRule(group.funds_rule)) if group else None
    if wanted is not None and lead.mode != wanted:
        raise NotNow(f"{unit}只申报“{wanted.label}”的项目；这个项目的引进方式是“{lead.get_mode_display()}”。")


def load_statistics(*, acting_user: Any, amounts: Sequence[Amount], now: dt.datetime | None = None) -> list[Funds]:
    """Store what the statistics say of units and months; they count as they are. All or nothing."""
    at = moment(now)
    units = {one.unit.pk: one.unit for one in amounts}
    require(decides(acting_user, list(units.values())), "只有上级统筹办、牵头单位可以录入统计数。")
    known = set(claimants().filter(pk__in=units).values_list("pk", flat=True))
    for unit in units.values():
        if unit.pk not in known:
            raise ValidationError(f"{unit}不是县市、园区或招商组。")
    with transaction.atomic():
        rows = _store(amounts, FundsSource.STATISTICS, Checked.VERIFIED, acting_user, at)
        acts = [
            Act(
                action="录入到位资金统计数",
                target=row,
                after={"单位": str(row.unit), "月份": row.period, "资金": row.get_kind_display(), "金额": row.amount},
            )
            for row in rows
        ]
        record(acting_user=acting_user, acts=acts)
    return rows


def _store(amounts: Sequence[Amount], source: FundsSource, checked: Checked, user: Any, at: dt.datetime) -> list[Funds]:
    rows = []
    scopes: dict[int, str] = {}
    for one in amounts:
        if one.kind not in FundsKind.values:
            raise ValidationError("请选择是哪种资金。")
        period = _month(one.period, local_date(at))
        amount = money(one.amount, "到位资金", required=True, zero=True)
        scope = scopes.setdefault(one.unit.pk, scope_of(one.unit).value)
        before = Funds.objects.select_for_update().filter(
            unit=one.unit, lead=one.lead, kind=one.kind, source=source, period=str(period), superseded_at=None
        )
        Funds.objects.filter(pk__in=[row.pk for row in before.order_by("pk")]).update(superseded_at=at)
        is_statistics = source is FundsSource.STATISTICS
        rows.append(
            Funds.objects.create(
                unit=one.unit,
                scope=scope,
                lead=one.lead,
                kind=one.kind,
                source=source,
                period=str(period),
                first_day=period.first_day,
                amount=amount,
                checked=checked,
                recognised=amount if is_statistics else None,
                checked_at=at if is_statistics else None,
                recorded_by=user,
                recorded_at=at,
            )
        )
    return rows


def check_funds(
    *,
    acting_user: Any,
    funds_id: int,
    accept: bool,
    recognised: Decimal | None = None,
    remark: str = "",
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Funds:
    """认定: recognise an amount that a unit reported (all of it, or less), or refuse it with a reason.

    Whoever belongs to the unit alone does not recognise its amounts. It may be changed as long as no later report came.
    """
    at = moment(now)
    remark = plain(remark, "认定意见", 300, required=not accept)
    with transaction.atomic():
        row = locked(visible_funds(acting_user), funds_id, revision)
        row.unit = Unit.objects.get(pk=row.unit_id)
        require(decides(acting_user, [row.unit]), "只有上级统筹办、牵头单位可以认定。")
        if row.source != FundsSource.SELF_REPORTED:
            raise NotNow("统计数不用认定。")
        if row.superseded_at is not None:
            raise NotNow("这个月已经重新申报，请认定新的一笔。")
        amount = row.amount if recognised is None else money(recognised, "认定数", required=True, zero=True)
        if accept and amount is not None and amount > row.amount:
            raise ValidationError("认定数不能多于申报数。")
        if accept and amount != row.amount and not remark:
            raise ValidationError("认定数与申报数不同，请写明理由。")
        row.checked = Checked.VERIFIED if accept else Checked.REFUSED
        row.recognised = amount if accept else None
        row.remark, row.checked_by, row.checked_at = remark, acting_user, at
        row.revision += 1
        row.save(update_fields=("checked", "recognised", "remark", "checked_by", "checked_at", "revision"))
        tell_checked(row, now=at)
        after = {"结果": row.get_checked_display(), "申报数": row.amount, "认定数": row.recognised, "意见": remark}
        record(acting_user=acting_user, acts=[Act(action="认定到位资金", target=row, after=after)])
    return row
