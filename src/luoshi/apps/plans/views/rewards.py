"""奖补规则 of a plan: what was read, where it stands, corrected and confirmed."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from luoshi.apps.organisations.policies import require
from luoshi.apps.plans import policies, rewards
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.errors import RewardChanged
from luoshi.apps.plans.models import Plan, Recurrence, RewardRule, RewardState
from luoshi.apps.plans.views.plans import plan_or_404

PAGE = 100
_NUMBERS = {"amount": "标准", "amount_max": "标准上限", "cap": "最高"}


@require_safe
@login_required
def plan_rewards(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Who gets how much for what, by this plan."""
    return _page(request, plan_or_404(request.user, plan_id))


def _page(request: HttpRequest, plan: Plan, *, problem: str = "", refused: int = 0, status: int = 200) -> HttpResponse:
    rows = rewards.visible_rewards(request.user, plan)
    manages = policies.may_manage(request.user, plan)
    counts = rows.order_by().aggregate(
        total=Count("pk"), **{state.value: Count("pk", filter=Q(state=state)) for state in RewardState}
    )
    state = request.GET.get("state", "")
    if state in RewardState.values:
        rows = rows.filter(state=state)
    shown = Paginator(rows.select_related("version", "decided_by").order_by("line", "pk"), PAGE)
    page = shown.get_page(number_of(request.GET.get("page", "")) or 1)
    typed = request.POST if refused else {}
    context = {
        "plan": plan,
        "rows": [
            {"rule": row, "words": rewards.words_of(row), "typed": _typed(row, typed if row.pk == refused else {})}
            for row in page
        ],
        "tabs": [("", "全部", counts["total"])]
        + [(one.value, one.label, counts[one.value]) for one in RewardState if manages],
        "state": state,
        "manages": manages,
        "drafts": counts["draft"],
        "total": shown.count,
        "page": {"number": page.number, "pages": shown.num_pages},
        "page_address": f"?state={state}&page=",
        "recurrences": Recurrence.choices,
        "problem": problem,
        "refused": refused,
    }
    return render(request, "plans/rewards.html", context, status=status)


def _typed(row: RewardRule, typed: Any) -> dict[str, str]:
    """What stands in the fields of a rule: as typed where it was refused, else as stored."""
    values = {}
    for name in rewards.VALUES:
        value = getattr(row, name)
        stored = "" if value is None else f"{value.normalize():f}" if isinstance(value, Decimal) else value
        values[name] = typed.get(name, stored) if typed else stored
    return values


@require_POST
@login_required
def rewards_read(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Read the rules from the plan's text."""
    plan = plan_or_404(request.user, plan_id)
    try:
        fresh, gone = rewards.read_rewards(acting_user=request.user, plan=plan)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        more = f"，{gone} 条原文已不再列入" if gone else ""
        messages.success(request, f"读出 {fresh} 条新的奖补规则{more}。" if fresh or gone else "没有新的奖补规则。")
    return redirect("plans:rewards", plan.pk)


@require_POST
@login_required
def rewards_decide(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Confirm the ticked ones, set them aside, or put them back."""
    plan = plan_or_404(request.user, plan_id)
    require(policies.may_manage(request.user, plan), rewards.NOT_ALLOWED)
    pairs = (text.partition(":") for text in request.POST.getlist("rule")[:PAGE])
    rules = {
        number: seen for one, _, two in pairs if (number := number_of(one)) and (seen := number_of(two)) is not None
    }
    if not rules:
        return _page(request, plan, problem="请先勾选奖补规则。", status=422)
    try:
        count = rewards.decide_rewards(
            acting_user=request.user, plan=plan, rules=rules, state=request.POST.get("state", "")
        )
    except ValidationError as error:
        return _page(request, plan, problem="；".join(error.messages), status=422)
    except RewardChanged as error:
        return _page(request, plan, problem=str(error), status=409)
    messages.success(request, f"已办理 {count} 条。")
    return redirect("plans:rewards", plan.pk)


@require_POST
@login_required
def reward_edit(request: HttpRequest, plan_id: int, rule_id: int) -> HttpResponse:
    """Correct one; it is confirmed by that."""
    plan = plan_or_404(request.user, plan_id)
    try:
        values: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in rewards.VALUES}
        for name, what in _NUMBERS.items():
            values[name] = _number(values[name], what)
        revision = number_of(request.POST.get("revision", ""))
        rewards.edit_reward(acting_user=request.user, plan=plan, rule_id=rule_id, values=values, revision=revision)
    except ValidationError as error:
        return _page(request, plan, problem="；".join(error.messages), refused=rule_id, status=422)
    except RewardChanged as error:
        return _page(request, plan, problem=str(error), refused=rule_id, status=409)
    messages.success(request, "已更正并确认。")
    return redirect("plans:rewards", plan.pk)


def _number(text: str, what: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation as error:
        raise ValidationError(f"{what}应为数字，以元为单位；比例写百分数，如 10。") from error
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
        raise ValidationError(f"{what}过大，请核对。")
    return value
