"""Projects as a list, a kanban, a Gantt chart, a map; exports."""

from __future__ import annotations

import datetime as dt
import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.projects.drawing import gantt as draw_gantt
from luoshi.apps.projects.export import excel_list, oc4ids_package
from luoshi.apps.projects.models import Project, State
from luoshi.apps.projects.places import boundaries
from luoshi.apps.projects.policies import enters_anywhere, living, visible_projects
from luoshi.apps.projects.queries import ageing, board, choices, days_over, points, project_list, sums, with_milestones
from luoshi.apps.projects.queries.lists import narrowed
from luoshi.apps.projects.views.shared import address_without, filter_of, page_of
from luoshi.site.workbooks import download, spool

LINES, MOST_EXPORTED = 40, 60_000


def _common(request: HttpRequest, here: str) -> dict[str, object]:
    asked = filter_of(request)
    return {
        "asked": asked,
        "here": here,
        "choices": choices(request.user),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "may_enter": enters_anywhere(request.user),
        "today": timezone.localdate(),
    }


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The list."""
    context = _common(request, "list")
    asked, today = filter_of(request), timezone.localdate()
    rows = project_list(request.user, asked, today)
    whole = sums(rows)
    page = page_of(request, rows, whole.number)
    context |= {
        "page": page,
        "rows": [(row, days_over(row, today)) for row in page.rows],
        "sums": whole,
        "page_address": f"{address_without(request)}page=",
        "stuck": sum(one.late for one in ageing(narrowed(living(visible_projects(request.user)), asked, today), today)),
    }
    return render(request, "projects/home.html", context)


@require_safe
@login_required
def board_page(request: HttpRequest) -> HttpResponse:
    """The five libraries side by side."""
    today = timezone.localdate()
    columns = board(request.user, filter_of(request), today)
    for column in columns:
        for card in column.cards:
            card.over = days_over(card, today)  # type: ignore[attr-defined]
    return render(request, "projects/board.html", _common(request, "board") | {"columns": columns})


@require_safe
@login_required
def gantt(request: HttpRequest) -> HttpResponse:
    """Milestones over time, so many projects a page."""
    asked, today = filter_of(request), timezone.localdate()
    rows = with_milestones(project_list(request.user, asked, today))
    total = rows.order_by().count()
    pages = max(1, -(-total // LINES))
    number = min(max(1, number_of(request.GET.get("page", "")) or 1), pages)
    shown = list(rows[(number - 1) * LINES : number * LINES])
    year = asked.year or today.year
    first, last = dt.date(year - 1, 7, 1), dt.date(year + 1, 12, 31)
    context = _common(request, "gantt") | {
        "chart": draw_gantt(shown, first, last, today),
        "page": {"number": number, "pages": pages, "total": total},
        "page_address": f"{address_without(request)}page=",
        "first": first,
        "last": last,
    }
    return render(request, "projects/gantt.html", context)


@require_safe
@login_required
def map_page(request: HttpRequest) -> HttpResponse:
    """Where projects stand."""
    asked, today = filter_of(request), timezone.localdate()
    rows = narrowed(living(visible_projects(request.user)), asked, today)
    found = points(rows)
    total = rows.order_by().count()
    units = list(Unit.objects.filter(pk__in=rows.order_by().values("unit_id"))[:300])
    context = _common(request, "map") | {
        "total": total,
        "placed": len(found),
        "figures": {
            "points": found,
            "boundaries": boundaries(units) if found and units else None,
            "labels": [[state.value, state.label] for state in State],
        },
    }
    return render(request, "projects/map.html", context)


@require_safe
@login_required
def export_excel(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    now, asked = timezone.now(), filter_of(request)
    rows = project_list(request.user, asked, timezone.localtime(now).date())[:MOST_EXPORTED]
    file = spool()
    excel_list(file, rows.iterator(chunk_size=2000), person=str(request.user), at=now, asked=asked)
    return download(file, f"项目清单{timezone.localtime(now):%Y%m%d}.xlsx")


@require_safe
@login_required
def export_oc4ids(request: HttpRequest) -> HttpResponse:
    """The filtered list as OC4IDS 0.9."""
    now = timezone.now()
    rows = project_list(request.user, filter_of(request), timezone.localtime(now).date())[:MOST_EXPORTED]
    found = _with_all(rows)
    if not found:
        messages.error(request, "没有符合条件的项目，没有可导出的。", extra_tags="danger")
        return redirect("projects:home")
    package = oc4ids_package(found, at=now, address=request.build_absolute_uri("/"))
    text = json.dumps(package, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    name = f"项目清单{timezone.localtime(now):%Y%m%d}.json"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _with_all(rows: object) -> list[Project]:
    return list(rows.prefetch_related("milestones", "funds", "years", "names"))  # type: ignore[attr-defined]
