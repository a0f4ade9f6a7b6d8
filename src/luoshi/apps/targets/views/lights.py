"""亮灯: how a plan's targets stand, from which ratio on lights are green and yellow, and the parts that plans show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.organisations.policies import require
from luoshi.apps.plans import words
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Plan
from luoshi.apps.plans.policies import visible_plans, visible_targets
from luoshi.apps.targets import actions, policies
from luoshi.apps.targets.actions.thresholds import NOT_ALLOWED
from luoshi.apps.targets.errors import Invalid, TargetsError
from luoshi.apps.targets.models import ProgressRule
from luoshi.apps.targets.queries import Standing, Standings, standings_seen
from luoshi.apps.targets.queries.standings import worst_first
from luoshi.apps.targets.values import ValueProblem, parse_value, plain
from luoshi.apps.targets.views.common import PAGE
from luoshi.periods import Period
from luoshi.progress import Light, Thresholds

WORST = 5
MOST_PLANS = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A target in the list: what stands for it, how many of its units have which light, since when it is so."""

    standing: Standing
    commitment: str
    lights: list[tuple[str, int]]
    since: Period | None

    @property
    def behind(self) -> int:
        """How many units have a red light."""
        return dict(self.lights).get(Light.RED, 0)


@dataclass(frozen=True, slots=True)
class Counts:
    """The targets of a plan by light; ``bare`` are those that nothing measures, ``none`` those without a light."""

    lights: list[tuple[str, int]]
    total: int
    bare: int
    none: int


def _plan(request: HttpRequest, plan_id: int) -> Plan:
    return get_object_or_404(visible_plans(request.user).select_related("owner"), pk=plan_id)


def _by_light(found: Iterable[Standing | None]) -> list[tuple[str, int]]:
    counts = Counter(one.light for one in found if one is not None and one.light is not None)
    return [(light.value, counts[light]) for light in Light if counts[light]]


def _counts(found: Standings, targets: Iterable[int]) -> Counts:
    ids = list(targets)
    heads = [found.headline(pk) for pk in ids]
    bare = sum(found.measured[pk].indicator is None for pk in ids)
    lights = _by_light(heads)
    lit = sum(count for _, count in lights)
    return Counts(lights, len(ids), bare, len(ids) - bare - lit)


def _rows(found: Standings) -> list[Row]:
    """Every measured target that has a light, the worst first."""
    rows = []
    for pk in found.measured:
        head = found.headline(pk)
        if head is None or head.light is None:
            continue
        units = _by_light(found.of_target(pk))
        asked = words.commitment(head.target) if head.unit_id == head.measured.owner_id else head.goal_words
        rows.append(Row(head, asked, units, found.turned(pk, head.unit_id)))
    return sorted(rows, key=lambda row: (*worst_first(row.standing), -row.behind))


def _seen(request: HttpRequest, plan_ids: Iterable[int]) -> Standings:
    targets = visible_targets(request.user).filter(plan__in=list(plan_ids)).order_by("line", "pk")
    return standings_seen(request.user, targets)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """How the plan's targets stand, the worst first, and by which thresholds."""
    plan = _plan(request, plan_id)
    may_set = policies.may_set_lights(request.user, plan)
    errors: dict[str, str] = {}
    problem = ""
    if request.method == "POST":
        require(may_set, NOT_ALLOWED)
        try:
            actions.set_thresholds(
                acting_user=request.user,
                plan=plan,
                green=_part(request.POST.get("green", ""), "green"),
                yellow=_part(request.POST.get("yellow", ""), "yellow"),
                reason=request.POST.get("reason", ""),
                revision=number_of(request.POST.get("revision", "")) or 0,
            )
            messages.success(request, "亮灯标准已设定，各处的灯已按新标准计算。")
            return redirect("targets:lights", plan.pk)
        except Invalid as error:
            errors = error.errors
        except TargetsError as error:
            problem = str(error)
    rule = ProgressRule.objects.filter(plan=plan).select_related("set_by").first()
    found = _seen(request, [plan.pk])
    rows = _rows(found)
    light = request.GET.get("light", "")
    light = light if light in set(Light) else ""
    listed = [row for row in rows if not light or row.standing.light == light]
    limits = Thresholds(rule.green, rule.yellow) if rule else Thresholds()
    number = min(max(1, number_of(request.GET.get("page", "")) or 1), max(1, -(-len(listed) // PAGE)))
    context = {
        "plan": plan,
        "rule": rule,
        "may_set": may_set,
        "rows": listed[(number - 1) * PAGE : number * PAGE],
        "page": {"number": number, "pages": max(1, -(-len(listed) // PAGE))},
        "page_address": f"?light={light}&page=" if light else "?page=",
        "listed": len(listed),
        "counts": _counts(found, found.measured),
        "light": light,
        "errors": errors,
        "problem": problem,
        "legend": _legend(limits),
        "is_default": limits == Thresholds(),
        "green": request.POST.get("green", _percent(limits.green)),
        "yellow": request.POST.get("yellow", _percent(limits.yellow)),
        "reason": request.POST.get("reason", ""),
        "revision": request.POST.get("revision", rule.revision if rule else 0),
    }
    return render(request, "targets/lights.html", context, status=422 if errors or problem else 200)


def _part(text: str, name: str) -> Decimal:
    """A part of 1 of a percentage as typed; raises ``Invalid``."""
    try:
        value = parse_value(text.replace("％", "%").strip().removesuffix("%"))
    except ValueProblem as error:
        raise Invalid({name: f"{error}。"}) from error
    if value is None:
        raise Invalid({name: "请填写百分数。"})
    return value / 100


def _percent(part: Decimal) -> str:
    return plain(part * 100) or "0"


def _legend(limits: Thresholds) -> list[tuple[str, str]]:
    green, yellow = _percent(limits.green), _percent(limits.yellow)
    return [
        (Light.BLUE.value, "达到目标；控制类指标要到期满"),
        (Light.GREEN.value, f"达到应达数的{green}%"),
        (Light.YELLOW.value, f"达到应达数的{yellow}%，不足{green}%"),
        (Light.RED.value, f"不足应达数的{yellow}%"),
        (Light.GREY.value, "没有报数，不作为零"),
    ]


@require_safe
@login_required
def summary(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The part of a plan's page: its targets by light, and the five that are worst."""
    plan = _plan(request, plan_id)
    found = _seen(request, [plan.pk])
    rows = [row for row in _rows(found) if row.standing.light in (Light.RED, Light.YELLOW)]
    behind = {row.standing.target_id for row in rows}
    # A target that is on course as a whole may hide units that are not.
    units = sorted((one for one in found if one.light is Light.RED and one.target_id not in behind), key=worst_first)
    worst = [*((row.standing, row.behind) for row in rows), *((one, 0) for one in units)]
    context: dict[str, Any] = {"plan": plan, "counts": _counts(found, found.measured), "worst": worst[:WORST]}
    return render(request, "targets/_lights_summary.html", context)


@require_safe
@login_required
def of_plans(request: HttpRequest) -> HttpResponse:
    """The parts of the list of plans: the targets of each by light (``?plan=3&plan=4``)."""
    asked = {number for text in request.GET.getlist("plan")[:MOST_PLANS] if (number := number_of(text)) is not None}
    found = _seen(request, asked)
    by_plan: dict[int, list[int]] = {pk: [] for pk in sorted(asked)}
    for pk, measured in found.measured.items():
        by_plan[measured.target.plan_id].append(pk)
    context = {"plans": [(plan, _counts(found, targets)) for plan, targets in by_plan.items()]}
    return render(request, "targets/_lights_of_plans.html", context)
