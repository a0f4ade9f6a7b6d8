"""时序进度: by when how much is expected."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from luoshi import progress
from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.indicators.policies import observed
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans import words
from luoshi.apps.plans.models import Target
from luoshi.apps.targets import actions, policies
from luoshi.apps.targets.errors import Invalid, TargetsError
from luoshi.apps.targets.models import Trajectory, TrajectoryKind
from luoshi.apps.targets.queries import forecasts, standings_seen
from luoshi.apps.targets.queries.grid import label_of
from luoshi.apps.targets.queries.history import percent_of
from luoshi.apps.targets.queries.weights import year_periods_of
from luoshi.apps.targets.values import ValueProblem, kept_to, parse_value, plain, shown
from luoshi.apps.targets.views.common import number_of, place
from luoshi.apps.targets.views.progress import Ahead, ahead_of
from luoshi.apps.targets.years import periods_of, plan_year
from luoshi.periods import Cadence, Period

PRINTED = {4: ("20", "60", "85", "100")}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page(request: HttpRequest, target_id: int) -> HttpResponse:
    """The table of points with its line; whoever may share out may set it anew."""
    target, _ = place(request, target_id, {})
    may_set = target.retired_in_id is None and policies.may_allocate(request.user, target, target.plan.owner)
    versions = list(target.trajectories.select_related("created_by").order_by("-ordinal"))
    current = versions[0] if versions else None
    data = request.POST if request.method == "POST" else request.GET
    kind = data.get("kind", "") or (current.kind if current else TrajectoryKind.PRINTED)
    cadence = data.get("cadence", "") or (current.cadence if current else CadenceChoice.QUARTERLY)
    kind = kind if kind in TrajectoryKind.values else TrajectoryKind.PRINTED
    cadence = cadence if cadence in CadenceChoice.values else CadenceChoice.QUARTERLY
    problem, typed = "", {}
    if request.method == "POST":
        require(may_set, policies.NOT_ALLOWED)
        typed = {name: value for name, value in request.POST.items() if name.startswith("point-")}
        try:
            points = _points(target, kind, cadence, request.POST)
            actions.set_trajectory(
                acting_user=request.user,
                target=target,
                kind=kind,
                cadence=cadence,
                points=points,
                reason=request.POST.get("reason", ""),
                seen=number_of(request.POST.get("seen", "")),
            )
            messages.success(request, "时序进度已设定。")
            return redirect("targets:trajectory", target.pk)
        except TargetsError as error:
            problem = str(error)
    periods = periods_of(target, cadence) if plan_year(target) is not None else []
    values, note = _offered(target, kind, periods, current, typed, observed(request.user))
    seen = number_of(data.get("seen", ""))
    ahead, decimals = _ahead(request.user, target)
    context = {
        "target": target,
        "plan": target.plan,
        "commitment": words.commitment(target),
        "may_set": may_set and bool(periods),
        "versions": versions,
        "current": current,
        "seen": seen if problem and seen is not None else (current.ordinal if current else 0),
        "kind": kind,
        "kinds": TrajectoryKind.choices,
        "cadence": cadence,
        "cadences": CadenceChoice.choices,
        "points": [(str(period), label_of(period), value) for period, value in zip(periods, values, strict=True)],
        "problem": problem,
        "note": note,
        "reason": request.POST.get("reason", ""),
        "rows": _rows(target, current, decimals),
        "ahead": ahead,
        "line": line(current),
    }
    return render(request, "targets/trajectory.html", context, status=422 if problem else 200)


def _points(target: Target, kind: str, cadence: str, data: Any) -> list[tuple[Period, Decimal]]:
    """The points of the form as parts of 1; figures of a plan table are divided by the last one."""
    periods = periods_of(target, cadence)
    if kind == TrajectoryKind.LINEAR:
        return list(progress.linear(periods[0].year, Cadence(cadence)).points)
    found: dict[Period, Decimal] = {}
    for period in periods:
        try:
            value = parse_value(data.get(f"point-{period}", "").replace("%", "").replace("％", ""))
        except ValueProblem as error:
            raise Invalid({"points": f"{period.label}：{error}。"}) from error
        if value is not None:
            found[period] = value
    if not found:
        raise Invalid({"points": "请填写各期的累计进度。"})
    try:
        if kind == TrajectoryKind.TABLE:
            return list(progress.from_table(found).points)
    except progress.TrajectoryError as error:
        raise Invalid({"points": str(error)}) from error
    return [(period, value / 100) for period, value in found.items()]


def _offered(
    target: Target, kind: str, periods: list[Period], current: Trajectory | None, typed: dict[str, str], only: Q
) -> tuple[list[str], str]:
    """What stands in the form's cells, and a note on it: what was typed, what is in force, or what the kind gives."""
    if typed:
        return [typed.get(f"point-{period}", "") for period in periods], ""
    if current is not None and current.kind == kind and kind != TrajectoryKind.TABLE:
        known = {period: Decimal(part) for period, part in current.points}
        if any(str(period) in known for period in periods):
            return [_percent(known[str(p)]) if str(p) in known else "" for p in periods], ""
    if not periods:
        return [], ""
    if kind == TrajectoryKind.LINEAR:
        shaped = progress.linear(periods[0].year, periods[0].cadence)
        return [_percent(shaped.expected(period)) for period in periods], ""
    if kind == TrajectoryKind.LAST_YEAR:
        values = year_periods_of(target, periods[0].cadence, only)
        try:
            shaped = progress.from_last_year(values, periods[0].year)
        except progress.TrajectoryError as error:
            return [""] * len(periods), str(error)
        return [_percent(shaped.expected(period)) for period in periods], "按上年各期实绩算出，可以修改。"
    if kind == TrajectoryKind.PRINTED and len(periods) in PRINTED and current is None:
        return list(PRINTED[len(periods)]), "常用的20、60、85、100，请按方案原文核对。"
    return [""] * len(periods), ""


def _percent(part: Decimal) -> str:
    return plain(round(part * 100, 4)) or "0"


def _ahead(user: Any, target: Target) -> tuple[Ahead | None, int]:
    """What lies ahead of the whole (else of the person's own unit), and with how many places figures are shown."""
    found = standings_seen(user, [target])
    head = found.headline(target.pk)
    decimals = found.measured[target.pk].decimals
    if head is None or head.period is None:
        return None, decimals
    told = forecasts(found, [(target.pk, head.unit_id)])
    return ahead_of(found, head, told.get((target.pk, head.unit_id))), decimals


def _rows(target: Target, current: Trajectory | None, decimals: int) -> list[tuple[str, str, str]]:
    """(period, percent, amount) of the trajectory in force."""
    if current is None:
        return []
    found = []
    for text, part in current.points:
        share = Decimal(part)
        amount = f"{shown(kept_to(target.value * share, decimals)) or '0'}{target.unit_of_measure}"
        found.append((Period.parse(text).label, percent_of(share), amount))
    return found


def line(current: Trajectory | None) -> SafeString | str:
    """A drawing of the trajectory: 600 by 160, with a mark at each point."""
    if current is None:
        return ""
    shaped = progress.from_printed((Period.parse(text), Decimal(part)) for text, part in current.points)
    days = (shaped.last_day - shaped.first_day).days or 1
    places = [(30.0, 140.0, "", "0")]
    for period, part in shaped.points:
        x = 30 + 550 * min((period.last_day - shaped.first_day).days, days) / days
        places.append((round(x, 1), round(140 - 120 * float(part), 1), label_of(period), percent_of(part)))
    path = " ".join(f"{x},{y}" for x, y, _, _ in places)
    marks = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="3"><title>{} {}</title></circle>',
        ((x, y, label, percent) for x, y, label, percent in places[1:]),
    )
    few = places[1:] if len(places) <= 13 else places[len(places) // 4 :: len(places) // 4]
    texts = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text><text x="{}" y="156" text-anchor="middle">{}</text>',
        ((x, max(y - 7, 10), percent, x, label) for x, y, label, percent in few),
    )
    return format_html(
        '<svg class="trajectory-line" viewBox="0 0 610 164" role="img" aria-label="时序进度">'
        '<path class="axis" d="M30 20 V140 H590"/>'
        '<polyline points="{}"/>{}{}</svg>',
        path,
        marks,
        texts,
    )
