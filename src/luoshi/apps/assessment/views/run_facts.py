"""The figures of a draft run: the grid, one figure typed, many pasted or uploaded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.errors import AssessmentError, Invalid
from luoshi.apps.assessment.facts_file import read_file, read_paste
from luoshi.apps.assessment.gathering import scheme_for, sources_of
from luoshi.apps.assessment.models import Run
from luoshi.apps.assessment.policies import may_check
from luoshi.apps.assessment.queries.facts import fact_grid
from luoshi.apps.assessment.queries.runs import visible_run
from luoshi.apps.assessment.views.run_shared import head, posted_number, revision_of, told
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.addresses import number_of

PAGE = 100
MOST_BYTES = 8 * 2**20


def _page(request: HttpRequest, run: Run, problem: str = "", which: str = "", status: int = 200) -> HttpResponse:
    sources = {source.item: source for source in sources_of(run)}
    scheme = scheme_for(run)
    checkable = {
        item.key for item in scheme.items if may_check(request.user, sources.get(item.key), run.adoption.owner)
    }
    grid = fact_grid(run, checkable if run.state == "draft" else set())
    page = Paginator(grid.rows, PAGE).get_page(number_of(request.GET.get("page", "")) or 1)
    chosen = _chosen(request, grid)
    context = head(request, run, "facts") | {
        "grid": grid,
        "rows": page.object_list,
        "page": {"number": page.number, "pages": page.paginator.num_pages},
        "page_address": "?page=",
        "editable": run.state == "draft" and bool(checkable),
        "checkable": checkable,
        "problem": problem,
        "which": which,
        "typed": request.POST,
        "chosen": chosen,
        "parts": scheme.parts,
        "scheme": scheme,
    }
    return render(request, "assessment/run_facts.html", context, status=status)


def _unit(request: HttpRequest) -> int | None:
    """The unit that was sent, by its number or key."""
    text = request.POST.get("unit", "")
    number = number_of(text)
    if number is not None or not text:
        return number
    return Unit.objects.filter(key=text[:64]).values_list("pk", flat=True).first()


def _chosen(request: HttpRequest, grid: Any) -> dict[str, Any] | None:
    """The cell that the address (or a refused form) asks to be typed."""
    source = request.POST if request.method == "POST" else request.GET
    unit, item = number_of(source.get("unit", "")), source.get("item", "")
    column = next((one for one in grid.columns if one.item.key == item), None)
    row = next((one for one in grid.rows if one.unit_id == unit), None)
    if column is None or row is None:
        return None
    cell = next(one for one in row.cells if one.item == item)
    return {"row": row, "column": column, "cell": cell} if cell.checkable else None


@require_safe
@login_required
def facts(request: HttpRequest, run_id: int) -> HttpResponse:
    """Which figures are scored, where do they come from, which are missing?"""
    return _page(request, visible_run(request.user, run_id))


@require_POST
@login_required
def enter(request: HttpRequest, run_id: int) -> HttpResponse:
    """One figure typed."""
    run = visible_run(request.user, run_id)
    try:
        unit = _unit(request)
        if unit is None:
            raise Invalid("请选择单位和项目。")
        actions.enter_fact(
            acting_user=request.user,
            run_id=run_id,
            unit_id=unit,
            item=request.POST.get("item", ""),
            value=posted_number(request, "value"),
            target=posted_number(request, "target"),
            previous=posted_number(request, "previous"),
            judge=request.POST.get("judge", ""),
            reason=request.POST.get("reason", ""),
            revision=revision_of(request),
        )
    except (AssessmentError, ValidationError) as error:
        return _page(request, run, told(error), "enter", 422)
    messages.success(request, "已录入。")
    return redirect("assessment:run-facts", run_id)


@require_POST
@login_required
def drop(request: HttpRequest, run_id: int) -> HttpResponse:
    """A typed figure taken out: the ledger's counts again."""
    run = visible_run(request.user, run_id)
    try:
        actions.drop_typed(
            acting_user=request.user,
            run_id=run_id,
            unit_id=_unit(request) or 0,
            item=request.POST.get("item", ""),
            judge=request.POST.get("judge", ""),
            revision=revision_of(request),
        )
    except (AssessmentError, ValidationError) as error:
        return _page(request, run, told(error), "enter", 422)
    messages.success(request, "已取消手工数。")
    return redirect("assessment:run-facts", run_id)


@require_POST
@login_required
def rows(request: HttpRequest, run_id: int) -> HttpResponse:
    """Many figures at once, pasted from Excel or as a file."""
    run = visible_run(request.user, run_id)
    try:
        file = request.FILES.get("file")
        if file is not None:
            if (file.size or 0) > MOST_BYTES:
                raise Invalid("文件超过8 MB，请分成几个文件。")
            given = read_file(file.read())
        else:
            given = read_paste(request.POST.get("text", ""))
        count = actions.enter_rows(
            acting_user=request.user,
            run_id=run_id,
            rows=given,
            reason=request.POST.get("reason", ""),
            revision=revision_of(request),
        )
    except (AssessmentError, ValidationError) as error:
        return _page(request, run, told(error), "rows", 422)
    messages.success(request, f"已录入 {count} 个数。")
    return redirect("assessment:run-facts", run_id)
