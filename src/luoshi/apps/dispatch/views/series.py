"""会议安排: meetings that come again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.dispatch import actions, schedule
from luoshi.apps.dispatch.errors import DispatchError
from luoshi.apps.dispatch.policies import convenes_anywhere, may_convene, visible_series
from luoshi.apps.dispatch.views.forms import SeriesForm, series_initial
from luoshi.apps.dispatch.views.rules import revision_in
from luoshi.apps.dispatch.views.shared import told
from luoshi.apps.organisations.policies import require

_NO_RIGHT = "只有统筹办、牵头单位和系统管理员可以排会。"


@require_safe
@login_required
def series_rows(request: HttpRequest) -> HttpResponse:
    """The series, each with its next day."""
    today = timezone.localdate()
    rows = visible_series(request.user).select_related("owner").annotate(called=Count("units", distinct=True))
    shown = [
        {
            "series": series,
            "rhythm": schedule.in_words(series),
            "next": next(schedule.coming(series, today))[1] if series.is_active else None,
            "may_edit": may_convene(request.user, series.owner),
        }
        for series in rows.order_by("-is_active", "owner__path", "name")
    ]
    return render(request, "dispatch/series.html", {"rows": shown, "may_add": convenes_anywhere(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def series_new(request: HttpRequest) -> HttpResponse:
    """A new series."""
    require(convenes_anywhere(request.user), _NO_RIGHT)
    form = SeriesForm(request.POST or None, user=request.user, initial={"time": "09:00"})
    if request.method == "POST" and form.is_valid():
        try:
            series = actions.create_series(
                acting_user=request.user, owner=form.cleaned_data["owner"], fields=form.fields_typed()
            )
        except (ValidationError, DispatchError) as error:
            form.add_error(None, told(error))
        else:
            day = next(schedule.coming(series, timezone.localdate()))[1]
            words = f"已保存。下一次是{day:%Y-%m-%d}，提前{series.ahead_days}天自动排会并生成议程。"
            messages.success(request, words)
            return redirect("dispatch:series")
    return render(request, "dispatch/series_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def series_one(request: HttpRequest, series_id: int) -> HttpResponse:
    """Change one."""
    series = visible_series(request.user).select_related("owner").filter(pk=series_id).first()
    if series is None:
        raise Http404
    require(may_convene(request.user, series.owner), _NO_RIGHT)
    initial = series_initial(series)
    form = SeriesForm(
        request.POST or None, user=request.user, owner=series.owner, keeping=initial["units"], initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_series(
                acting_user=request.user,
                series_id=series_id,
                fields=form.fields_typed(),
                revision=revision_in(request),
            )
        except (ValidationError, DispatchError) as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "已保存；已排定的会议不变。")
            return redirect("dispatch:series")
    context = {"form": form, "series": series}
    return render(request, "dispatch/series_form.html", context, status=422 if form.errors else 200)
