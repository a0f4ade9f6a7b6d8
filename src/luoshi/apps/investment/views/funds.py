"""到位资金 with 认定, and projects that several claim."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.investment import actions, policies, queries
from luoshi.apps.investment.models import Checked, FundsKind, LeadState
from luoshi.apps.investment.queries.leads import living
from luoshi.apps.investment.queries.others import FundsFilter
from luoshi.apps.investment.views.shared import (
    REFUSALS,
    decimal_in,
    done,
    revision_of,
    text_in,
    told,
)
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.supervision.views.common import page_links, paged

_SETTLED = (LeadState.SIGNED, LeadState.STARTED, LeadState.PRODUCING)
_WAN = Decimal(10_000)
MOST_LINES = 500


def funds_filter(request: HttpRequest) -> FundsFilter:
    """What an address asks for."""
    kind, checked = request.GET.get("kind", ""), request.GET.get("checked", "")
    year = number_of(request.GET.get("year", "")) or 0
    return FundsFilter(
        year=year if 1990 <= year <= 2100 else 0,
        unit=text_in(request, "unit"),
        kind=kind if kind in FundsKind.values else "",
        checked=checked if checked in Checked.values else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def funds(request: HttpRequest) -> HttpResponse:
    """The amounts; posting reports one (``lead``), or stores statistics that were pasted (``lines``)."""
    problem = ""
    if request.method == "POST":
        try:
            if "lines" in request.POST:
                count = len(_statistics(request))
                said = f"已录入 {count} 条统计数。"
            else:
                _report(request)
                said = "已申报，等待认定。"
        except REFUSALS as error:
            problem = told(error)
        else:
            messages.success(request, said)
            return redirect("investment:funds")
    return _shown(request, problem, 422 if problem else 200)


def _shown(request: HttpRequest, problem: str = "", status: int = 200, number: int = 0) -> HttpResponse:
    asked = funds_filter(request)
    page = paged(request, queries.funds_list(request.user, asked))
    rows = list(page.object_list)
    beside = queries.statistics_beside(rows)
    decided = set(
        policies.decided_units(request.user).filter(pk__in={row.unit_id for row in rows}).values_list("pk", flat=True)
    )
    today = timezone.localdate()
    mine = policies.claiming_units(request.user)
    units = list(mine.order_by("path")[:300])
    settled = living(request.user).filter(state__in=_SETTLED, claims__unit__in=mine.values("pk"),
                                          claims__withdrawn_at=None)  # fmt: skip
    context: dict[str, Any] = {
        "rows": [(row, beside.get(row.pk), row.unit_id in decided) for row in rows],
        "asked": asked,
        "kinds": FundsKind.choices,
        "states": Checked.choices,
        "years": [today.year, today.year - 1, today.year - 2],
        "units": units,
        "leads": list(settled.distinct().order_by("title")[:500]),
        "may_load": bool(units) and policies.keeps(request.user),
        "month": f"{today:%Y-%m}",
        "problem": problem,
        "panel": "statistics" if "lines" in request.POST else "report" if problem and not number else "",
        "number": number,
        "typed": request.POST if problem else {},
        **page_links(request, page),
    }
    return render(request, "investment/funds.html", context, status=status)


def _report(request: HttpRequest) -> None:
    sent = request.POST
    require(policies.follows_any(request.user), "您不是任何单位的工作人员，不能申报。")
    unit = policies.claiming_units(request.user).filter(key=sent.get("unit", "")[:64]).first()
    if unit is None:
        require(policies.claiming_units(request.user).exists(), "您不是县市、园区或招商组的人员，不能申报。")
        raise ValidationError("请选择申报单位。")
    amount = decimal_in(sent.get("amount", ""), "到位资金")
    actions.report_funds(
        acting_user=request.user,
        unit=unit,
        lead_id=number_of(sent.get("lead", "")),
        kind=sent.get("kind", ""),
        period=sent.get("period", ""),
        amount=None if amount is None else amount * _WAN,
    )


def _statistics(request: HttpRequest) -> list[Any]:
    """Lines ``单位 月份 万元``, as they are pasted from a sheet."""
    require(policies.keeps(request.user), "只有州级统筹办、牵头单位可以录入统计数。")
    kind = request.POST.get("kind", "")
    allowed, amounts, wrong = policies.claimants(), [], []
    lines = [line for line in request.POST.get("lines", "").splitlines() if line.strip()]
    if not lines:
        raise ValidationError("请粘贴统计数，每行一个单位：单位、月份、金额（万元）。")
    if len(lines) > MOST_LINES:
        raise ValidationError(f"一次最多录入{MOST_LINES}行。")
    for number, line in enumerate(lines, 1):
        parts = line.replace("，", " ").replace("\t", " ").split()
        if len(parts) != 3:
            wrong.append(f"第{number}行应为单位、月份、金额三项")
            continue
        try:
            unit = find_unit(parts[0], allowed)
            amount = decimal_in(parts[2], f"第{number}行的金额")
        except (UnknownUnit, ValidationError) as error:
            wrong.append(f"第{number}行：{told(error)}")
            continue
        assert amount is not None
        amounts.append(actions.Amount(unit, kind, parts[1], amount * _WAN))
    if wrong:
        raise ValidationError("；".join(wrong[:10]))
    return actions.load_statistics(acting_user=request.user, amounts=amounts)


@require_POST
@login_required
def funds_check(request: HttpRequest, funds_id: int) -> HttpResponse:
    """认定 of one amount."""
    get_object_or_404(policies.visible_funds(request.user), pk=funds_id)

    def act() -> None:
        typed = decimal_in(request.POST.get("recognised", ""), "认定数")
        actions.check_funds(
            acting_user=request.user,
            funds_id=funds_id,
            accept=request.POST.get("accept") != "no",
            recognised=None if typed is None else typed * _WAN,
            remark=request.POST.get("remark", ""),
            revision=revision_of(request),
        )

    back = request.POST.get("back", "")
    to = reverse("investment:funds") + (f"?{back}" if back and "\n" not in back and "\r" not in back else "")
    return done(request, act, "已认定。", to, lambda problem, status: _shown(request, problem, status, funds_id))


@require_safe
@login_required
def claims(request: HttpRequest) -> HttpResponse:
    """Projects that several claim, and leads that look like one project."""
    return _claims(request)


def _claims(request: HttpRequest, problem: str = "", status: int = 200, number: int = 0) -> HttpResponse:
    context = {
        "contests": queries.contests(request.user),
        "twins": queries.twin_pairs(request.user),
        "problem": problem,
        "number": number,
        "typed": request.POST if problem else {},
    }
    return render(request, "investment/claims.html", context, status=status)


@require_POST
@login_required
def claims_decide(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Say whose a project is: the parts in per cent, ``part-<unit id>``."""
    get_object_or_404(policies.visible_leads(request.user), pk=lead_id)

    def act() -> None:
        parts: dict[int, Decimal] = {}
        for name, value in request.POST.items():
            unit = number_of(name.removeprefix("part-")) if name.startswith("part-") else None
            if unit is not None:
                typed = decimal_in(str(value), "份额")
                parts[unit] = (typed or Decimal(0)) / 100
        actions.decide_claims(
            acting_user=request.user,
            lead_id=lead_id,
            scope=request.POST.get("scope", ""),
            parts=parts,
            reason=request.POST.get("reason", ""),
            revision=revision_of(request),
        )

    return done(
        request,
        act,
        "已认定归属，各单位会收到通知。",
        reverse("investment:claims"),
        lambda problem, status: _claims(request, problem, status, lead_id),
    )


@require_POST
@login_required
def claims_same(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Say that a lead is the same project as another (``other``)."""
    get_object_or_404(policies.visible_leads(request.user), pk=lead_id)

    def act() -> None:
        other = number_of(request.POST.get("other", ""))
        if other is None:
            raise ValidationError("请选择另一条线索。")
        actions.declare_same(
            acting_user=request.user, lead_id=lead_id, other_id=other, reason=request.POST.get("reason", "")
        )

    return done(
        request,
        act,
        "已并入，只计一个项目。",
        reverse("investment:claims"),
        lambda problem, status: _claims(request, problem, status, lead_id),
    )
