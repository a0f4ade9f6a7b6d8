"""Figures, the race, what holds projects up."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.organisations.policies import memberships, require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.projects import actions
from luoshi.apps.projects.models import HoldKind, RaceMeeting
from luoshi.apps.projects.policies import living, may_call_race, visible_projects
from luoshi.apps.projects.queries import (
    DIMENSIONS,
    ageing,
    checkpoint,
    choices,
    hold_list,
    holds,
    pipeline_figures,
    project_sheet,
    race_meetings,
    race_standings,
)
from luoshi.apps.projects.queries.figures import GROUPS
from luoshi.apps.projects.views.shared import address_without, as_of, done, page_of, text_in, unit_of, year_of
from luoshi.periods import SHANGHAI
from luoshi.pipeline import shipped_norms

WAYS = {"unit": "按县市", "industry": "按产业", "chain": "按产业链"}


@require_safe
@login_required
def figures(request: HttpRequest) -> HttpResponse:
    """The year's figures per unit, industry or chain, as of a day."""
    day = as_of(request)
    year = year_of(request, day)
    by = request.GET.get("by", "unit")
    by = by if by in GROUPS else "unit"
    unit = unit_of(request)
    found = pipeline_figures(
        request.user,
        by=by,
        year=year,
        day=day,
        unit=unit,
        industry=number_of(request.GET.get("industry", "")),
        chain=number_of(request.GET.get("chain", "")),
        major=request.GET.get("major") == "1",
    )
    context = {
        "found": found,
        "norms": shipped_norms(),
        "ways": [(f"{address_without(request, 'by')}by={key}", label, key == by) for key, label in WAYS.items()],
        "by": by,
        "day": day,
        "year": year,
        "unit": unit,
        "major": request.GET.get("major") == "1",
        "ageing": ageing(living(visible_projects(request.user)), timezone.localdate()),
        "today": timezone.localdate(),
    }
    return render(request, "projects/figures.html", context)


def _race_owner(request: HttpRequest) -> Unit:
    """The prefecture of an address, else the nearest one; it lies above or below a unit of the person."""
    held = memberships(request.user)
    require(bool(held), "您还没有单位，看不到开工竞赛。")
    near = Q(pk__in=())
    for row in held:
        above = [row.unit.path[:depth] for depth in range(len(row.unit.path), 0, -Unit.steplen)]
        near |= Q(path__in=above) | Q(path__startswith=row.unit.path)
    found = Unit.objects.filter(near, kind=UnitKind.PREFECTURE).order_by("-depth", "path")
    if asked := text_in(request, "owner"):
        found = found.filter(key=asked)
    owner = found.first()
    if owner is None:
        raise Http404
    return owner


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def race(request: HttpRequest) -> HttpResponse:
    """The league table at a checkpoint; its meetings."""
    owner = _race_owner(request)
    if request.method == "POST":
        return _call(request, owner)
    return _race_page(request, owner, [])


def _race_page(request: HttpRequest, owner: Unit, wrong: list[str]) -> HttpResponse:
    today, norms = timezone.localdate(), shipped_norms()
    year = year_of(request, today)
    months = [mark.month for mark in norms.marks]
    month = number_of(request.GET.get("month", ""))
    day = checkpoint(year, month) if month in months else min(today, dt.date(year, 12, 31))
    major = request.GET.get("major") == "1"
    found = race_standings(owner, year=year, day=min(day, today), major=major)
    called = race_meetings(owner, year)
    holds_race = may_call_race(request.user, owner)
    rows = []
    if holds_race:
        mine = living(visible_projects(request.user)).filter(unit__path__startswith=owner.path, major=True)
        rows = list(mine.exclude(state="left").select_related("unit").order_by("-total")[:60])
    context = {
        "owner": owner,
        "found": found,
        "year": year,
        "day": day,
        "major": major,
        "month": month if month in months else None,
        "marks": [
            (address_without(request, "month"), mark, checkpoint(year, mark.month) > today) for mark in norms.marks
        ],
        "now": address_without(request, "month"),
        "dimensions": [name for name, _ in DIMENSIONS],
        "quarters": [(number, norms.meetings[number], called.get(number)) for number in (1, 2, 3, 4)],
        "may_call": holds_race,
        "projects": rows,
        "wrong": wrong,
        "typed": request.POST,
        "chosen": set(request.POST.getlist("route")),
        "today": today,
        "scope": "重大项目" if major else "全部项目",
    }
    return render(request, "projects/race.html", context, status=422 if wrong else 200)


def _call(request: HttpRequest, owner: Unit) -> HttpResponse:
    sent = request.POST

    def perform() -> None:
        try:
            held_at = dt.datetime.strptime(sent.get("held_at", ""), "%Y-%m-%dT%H:%M").replace(tzinfo=SHANGHAI)
        except ValueError as error:
            raise ValidationError("请填写会议时间。") from error
        actions.create_race_meeting(
            acting_user=request.user,
            owner=owner,
            year=year_of(request, timezone.localdate()),
            quarter=number_of(sent.get("quarter", "")) or 0,
            held_at=held_at,
            place=sent.get("place", ""),
            chair=sent.get("chair", ""),
            route=[number for text in sent.getlist("route") if (number := number_of(text))],
        )

    return done(
        request,
        perform,
        words="会议已排定，议程里是各站项目；材料可在会议里下载。",
        to=("dispatch:meetings",),
        again=lambda wrong: _race_page(request, owner, wrong),
    )


@require_safe
@login_required
def route(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The sheets of a race meeting's projects, in the order of the route, with map and photos: for print."""
    found = get_object_or_404(RaceMeeting.objects.select_related("meeting", "owner"), meeting=meeting_id)
    today = timezone.localdate()
    sheets = [sheet for number in found.route if (sheet := project_sheet(request.user, number, today)) is not None]
    if not sheets:
        raise Http404
    return render(request, "projects/sheet.html", {"sheets": sheets, "title": found.meeting.title, "race": found})


@require_safe
@login_required
def hold_page(request: HttpRequest) -> HttpResponse:
    """What holds up how much investment."""
    today = timezone.localdate()
    kind, unit = request.GET.get("kind", ""), text_in(request, "unit")
    kind = kind if kind in HoldKind.values else ""
    context = {
        "found": holds(request.user, today, unit),
        "page": page_of(request, hold_list(request.user, kind, unit)),
        "page_address": f"{address_without(request)}page=",
        "kind": kind,
        "unit": unit,
        "choices": choices(request.user),
        "base": address_without(request, "kind"),
        "today": today,
    }
    return render(request, "projects/holds.html", context)
