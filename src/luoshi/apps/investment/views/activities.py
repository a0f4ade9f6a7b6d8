"""走出去、请进来: list, entering, one with whether it counts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.investment import actions, policies, queries
from luoshi.apps.investment.forms import ActivityForm
from luoshi.apps.investment.models import Activity, ActivityEvidence, ActivityEvidenceKind
from luoshi.apps.investment.queries.activity import activity_page
from luoshi.apps.investment.queries.others import WHERE_KINDS, ActivityFilter
from luoshi.apps.investment.views.shared import REFUSALS, done, revision_of, text_in, told
from luoshi.apps.organisations.policies import memberships, require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.supervision.views.common import page_links, paged
from luoshi.site.workbooks import list_file


def activity_filter(request: HttpRequest) -> ActivityFilter:
    """What an address asks for."""
    kind, wait = request.GET.get("kind", ""), request.GET.get("wait", "")
    year = number_of(request.GET.get("year", "")) or 0
    return ActivityFilter(
        year=year if 1990 <= year <= 2100 else 0,
        unit=text_in(request, "unit"),
        kind=kind if kind in WHERE_KINDS else "",
        text=text_in(request, "text"),
        wait="evidence" if wait == "evidence" else "",
    )


@require_safe
@login_required
def activity_list(request: HttpRequest) -> HttpResponse:
    """The activities that the person sees."""
    asked = activity_filter(request)
    page = paged(request, queries.activity_list(request.user, asked))
    today = timezone.localdate()
    context = {
        "rows": page.object_list,
        "asked": asked,
        "kinds": WHERE_KINDS.items(),
        "years": [today.year, today.year - 1, today.year - 2],
        "units": list(policies.counted_units(request.user).order_by("path")[:300]),
        "enters": policies.follows_any(request.user),
        **page_links(request, page),
    }
    return render(request, "investment/activities.html", context)


@require_safe
@login_required
def activity_export(request: HttpRequest) -> HttpResponse:
    """The same rows as a workbook, in the columns of annex 5."""
    asked, now = activity_filter(request), timezone.now()
    columns = [
        *(("活动名称", 36), ("开始", 12), ("结束", 12), ("方式", 8), ("活动地点", 24), ("参加领导", 28)),
        *(("主办单位", 28), ("参加单位", 28), ("州外企业（户）", 10), ("企业名单", 40), ("洽谈情况", 40)),
        *(("签约项目", 30), ("状态", 10)),
    ]
    rows = (
        (
            one.title,
            one.begin,
            one.end,
            "走出去" if any(place["where"] != "prefecture" for place in one.places) else "请进来",
            "、".join(place["name"] for place in one.places),
            "、".join(str(leader) for leader in one.leaders.all()),
            "、".join(str(row.unit) for row in one.host_rows.all()),
            one.units_text,
            one.outside_firms,
            one.firms,
            one.talks,
            one.signed_text,
            "已撤销" if one.withdrawn_for else "",
        )
        for one in queries.activity_list(request.user, asked).iterator(chunk_size=300)
    )
    said = [
        ("年度", str(asked.year or "")),
        ("单位", asked.unit),
        ("方式", WHERE_KINDS.get(asked.kind, "")),
        ("文字", asked.text),
    ]
    conditions = [(name, value) for name, value in said if value]
    return list_file("xlsx", "招商活动", columns, rows, told=conditions, person=str(request.user), at=now)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def activity_new(request: HttpRequest) -> HttpResponse:
    """Enter an activity."""
    require(policies.follows_any(request.user), "您不是任何单位的工作人员，不能登记活动。")
    own = [row.unit for row in memberships(request.user) if row.role in policies.WORKERS]
    initial = {"unit": own[0], "hosts": [own[0]]} if own else {}
    form = ActivityForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            activity = actions.create_activity(
                acting_user=request.user, unit=form.cleaned_data["unit"], facts=form.facts()
            )
        except REFUSALS as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "已登记。请上传方案、总结、信息或外出报备表，没有佐证的不计次数。")
            return redirect("investment:activity", activity.pk)
    status = 422 if form.errors else 200
    return render(request, "investment/activity_form.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def activity_edit(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Change an activity."""
    activity = get_object_or_404(policies.visible_activities(request.user), pk=activity_id)
    require(policies.may_enter(request.user, activity), "只有填报这次活动的单位可以修改。")
    form = ActivityForm(request.POST or None, user=request.user, activity=activity)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_activity(
                acting_user=request.user,
                activity_id=activity.pk,
                facts=form.facts(),
                revision=revision_of(request),
            )
        except REFUSALS as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "已保存。")
            return redirect("investment:activity", activity.pk)
    context = {"form": form, "activity": activity}
    return render(request, "investment/activity_form.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def activity(request: HttpRequest, activity_id: int) -> HttpResponse:
    """One activity, and for whom it counts."""
    return _shown(request, activity_id)


def _shown(
    request: HttpRequest, activity_id: int, *, panel: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    rows = policies.visible_activities(request.user).select_related("unit", "created_by")
    found: Activity = get_object_or_404(rows, pk=activity_id)
    context: dict[str, Any] = {
        "activity": found,
        "page": activity_page(request.user, found),
        "kinds": ActivityEvidenceKind.choices,
        "panel": panel,
        "problem": problem,
        "typed": request.POST if panel else {},
    }
    return render(request, "investment/activity.html", context, status=status)


def _acted(request: HttpRequest, activity_id: int, panel: str, said: str, act: Any) -> HttpResponse:
    get_object_or_404(policies.visible_activities(request.user), pk=activity_id)
    return done(
        request,
        act,
        said,
        reverse("investment:activity", args=[activity_id]),
        lambda problem, status: _shown(request, activity_id, panel=panel, problem=problem, status=status),
    )


@require_POST
@login_required
def activity_evidence(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Add papers."""
    return _acted(
        request,
        activity_id,
        "evidence",
        "已上传。",
        lambda: actions.attach_activity_evidence(
            acting_user=request.user,
            activity_id=activity_id,
            kind=request.POST.get("kind", ""),
            files=request.FILES.getlist("files"),
        ),
    )


@require_POST
@login_required
def activity_withdraw(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Take an activity back."""
    return _acted(
        request,
        activity_id,
        "withdraw",
        "已撤销，不再计次数。",
        lambda: actions.withdraw_activity(
            acting_user=request.user,
            activity_id=activity_id,
            reason=request.POST.get("reason", ""),
            revision=revision_of(request),
        ),
    )


@require_safe
@login_required
def activity_file(request: HttpRequest, activity_id: int, paper_id: int) -> HttpResponse:
    """A paper, as a download."""
    get_object_or_404(policies.visible_activities(request.user), pk=activity_id)
    found = get_object_or_404(ActivityEvidence, pk=paper_id, activity=activity_id)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name)
