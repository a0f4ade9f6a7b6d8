"""分类督查: one target's units from slow to fast; tick the slow ones and supervise them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.apps.organisations.policies import authority, require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.supervision import policies, queries
from luoshi.periods import Period, PeriodError


@require_safe
@login_required
def laggards(request: HttpRequest) -> HttpResponse:
    """Who is slow with a target, month by month."""
    require(authority(request.user).holds(*policies.READERS), "分类督查由统筹办、牵头单位和领导查看。")
    targets = queries.measured_targets(request.user)
    number = number_of(request.GET.get("target", ""))
    target = next((one for one in targets if one.pk == number), targets[0] if targets and not number else None)
    try:
        period = Period.parse(request.GET.get("period", "")) if request.GET.get("period") else None
    except PeriodError:
        period = None
    found = queries.laggards(request.user, target, period) if target is not None else None
    context = {
        "targets": targets,
        "target": target,
        "found": found,
        "gives": target is not None and policies.may_assign(request.user, target.plan.owner),
    }
    return render(request, "supervision/laggards.html", context)
