"""What people do on the reading pages: leaders remark, managers open a plan to the public."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from luoshi.apps.plans import actions, policies
from luoshi.apps.plans.models import Measure, Plan
from luoshi.apps.plans.views.objects import measure_page
from luoshi.apps.plans.views.plans import plan_or_404, plan_page_of


def _add(request: HttpRequest, plan: Plan, measure: Measure | None) -> str:
    """Add the remark; what was wrong with it, empty when nothing was."""
    try:
        text = request.POST.get("text", "")
        actions.add_instruction(acting_user=request.user, plan=plan, text=text, measure=measure)
    except ValidationError as error:
        return "".join(error.messages)
    messages.success(request, "批示已发出，看得到本方案的人员都能看到。")
    return ""


@require_POST
@login_required
def plan_instruct(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Add a remark on the plan; a refused one comes back with what was typed."""
    plan = plan_or_404(request.user, plan_id)
    if refused := _add(request, plan, None):
        return plan_page_of(request, plan, typed=request.POST.get("text", ""), refused=refused)
    return redirect("plans:detail", plan.pk)


@require_POST
@login_required
def measure_instruct(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Add a remark on a measure."""
    measure = get_object_or_404(policies.visible_measures(request.user).select_related("plan__owner"), pk=measure_id)
    if refused := _add(request, measure.plan, measure):
        return measure_page(request, measure_id, typed=request.POST.get("text", ""), refused=refused)
    return redirect("plans:measure", measure.pk)


@require_POST
@login_required
def plan_public(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Open the plan to the public (``public=1``) or close it."""
    plan = plan_or_404(request.user, plan_id)
    public = request.POST.get("public") == "1"
    actions.set_public(acting_user=request.user, plan=plan, public=public)
    messages.success(request, "已对外公开，访客可在公开页面查看。" if public else "已取消公开，访客不再看到。")
    return redirect("plans:detail", plan.pk)
