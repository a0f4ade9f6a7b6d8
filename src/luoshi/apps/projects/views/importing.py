"""Lists of projects: upload or choose a plan's table, look at every row, take it over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from luoshi.apps.intake.receiving import BoundedUpload
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import PlanTable
from luoshi.apps.plans.policies import visible_plans
from luoshi.apps.projects import actions
from luoshi.apps.projects.actions.importing import MAX_BYTES
from luoshi.apps.projects.errors import ImportRefused, ProjectError
from luoshi.apps.projects.forms import OwnerForm
from luoshi.apps.projects.importing import guess_groups, is_project_table, labels
from luoshi.apps.projects.models import ColumnMapping, ImportState, ProjectImport
from luoshi.apps.projects.policies import enters_anywhere, import_owners, visible_imports
from luoshi.apps.projects.views.shared import told

SHOWN = 1000


@csrf_exempt  # the file handler must be set before the token is looked for in the body; _receive checks it
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """GET: choose a file or a plan's table; POST: read it and go on to its rows."""
    if request.method == "POST":
        handler = BoundedUpload(MAX_BYTES, request)
        request.upload_handlers.insert(0, handler)
        return _receive(request, handler)
    return _choose(request)


@login_required
def _choose(request: HttpRequest, error: str = "", form: Any = None) -> HttpResponse:
    require(enters_anywhere(request.user), "只有填报、审核、牵头和统筹人员可以导入项目。")
    owners = import_owners(request.user)
    tables = (
        PlanTable.objects.filter(plan__in=visible_plans(request.user), retired_in=None)
        .select_related("plan")
        .defer("rows")
        .order_by("-plan__year", "line")[:2000]
    )
    mine = visible_imports(request.user).defer("rows", "raw").select_related("owner", "created_by")
    context = {
        "error": error,
        "form": form or OwnerForm(user=request.user, initial={"owner": owners.order_by("path").first()}),
        "tables": [table for table in tables if is_project_table(table.header)],
        "mappings": ColumnMapping.objects.filter(owner__in=owners.order_by().values("pk"))[:100],
        "imports": mine[:30],
        "limit": MAX_BYTES // 2**20,
    }
    return render(request, "projects/imports.html", context, status=422 if error else 200)


@csrf_protect
@login_required
def _receive(request: HttpRequest, handler: BoundedUpload) -> HttpResponse:
    require(enters_anywhere(request.user), "只有填报、审核、牵头和统筹人员可以导入项目。")
    form = OwnerForm(request.POST, user=request.user)
    if handler.too_large:
        return _choose(request, f"文件超过 {MAX_BYTES // 2**20} MB，请分成几个文件。", form)
    if not form.is_valid():
        return _choose(request, "；".join(text for texts in form.errors.values() for text in texts), form)
    owner, table, file = form.cleaned_data["owner"], number_of(request.POST.get("table", "")), request.FILES.get("file")
    try:
        if table:
            found = actions.begin_table_import(acting_user=request.user, owner=owner, table_id=table)
        elif file is not None:
            saved = ColumnMapping.objects.filter(
                pk=number_of(request.POST.get("mapping", "")) or 0,
                owner__in=import_owners(request.user).order_by().values("pk"),
            ).first()
            found = actions.begin_file_import(
                acting_user=request.user,
                owner=owner,
                data=file.read(),
                name=file.name,
                mapping=saved.columns if saved else None,
            )
        else:
            return _choose(request, "请选择文件，或选择方案里的名单。", form)
    except (ValidationError, ProjectError) as refused:
        return _choose(request, told(refused), form)
    return redirect("projects:import", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def one_import(request: HttpRequest, list_id: int) -> HttpResponse:
    """The rows as they were read, with what is wrong; adjust the columns, choose readings, take over."""
    rows = visible_imports(request.user).select_related("owner", "table__plan", "created_by")
    found = get_object_or_404(rows, pk=list_id)
    problems: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            return _act(request, found)
        except ImportRefused as refused:
            problems = (str(refused), *refused.problems)
        except (ValidationError, ProjectError) as error:
            problems = (told(error),)
        found = get_object_or_404(rows, pk=list_id)
    return _rows_page(request, found, problems)


def _act(request: HttpRequest, found: ProjectImport) -> HttpResponse:
    act = request.POST.get("act", "")
    if act == "drop":
        actions.drop_import(acting_user=request.user, import_id=found.pk)
        messages.success(request, "已放弃，没有入库。")
        return redirect("projects:imports")
    if act == "map":
        columns = {heading: request.POST.get(f"column-{at}", "") for at, heading in enumerate(found.header)}
        groups = {key.removeprefix("group-"): value for key, value in request.POST.items() if key.startswith("group-")}
        actions.map_import(
            acting_user=request.user,
            import_id=found.pk,
            columns=columns,
            groups=groups if found.table_id else None,
            save_as=request.POST.get("save_as", ""),
        )
        messages.success(request, "已按新的对应重新读取。")
        return redirect("projects:import", found.pk)
    kept = {number_of(text) for text in request.POST.getlist("row")}
    numbers = [row["row"] for row in found.rows]
    readings = {
        number: choice
        for number in numbers
        if (choice := number_of(request.POST.get(f"reading-{number}", ""))) is not None
    }
    projects = actions.take_import(
        acting_user=request.user,
        import_id=found.pk,
        skipped=[number for number in numbers if number not in kept],
        readings=readings,
        major="major" in request.POST,
        year=number_of(request.POST.get("year", "")),
        revision=number_of(request.POST.get("revision", "")),
    )
    messages.success(request, f"{len(projects)} 个项目已入库。")
    return redirect("projects:twins" if any(row["twins"] for row in found.rows) else "projects:home")


def _rows_page(request: HttpRequest, found: ProjectImport, problems: tuple[str, ...]) -> HttpResponse:
    table = found.table
    chosen = found.mapping.get("groups", {})
    groups = guess_groups(found.header, table.rows) if table is not None else []
    kept = set(request.POST.getlist("row")) if problems else None
    rows = found.rows[:SHOWN]
    for row in rows:
        row["kept"] = str(row["row"]) in kept if kept is not None else True
        row["chosen"] = number_of(request.POST.get(f"reading-{row['row']}", "")) or 0
    columns = found.mapping.get("columns", {})
    context = {
        "found": found,
        "rows": rows,
        "more": max(0, len(found.rows) - SHOWN),
        "columns": [(at, heading, columns.get(heading, "")) for at, heading in enumerate(found.header)],
        "facts": labels(),
        "groups": [(one.row, one.text, chosen.get(str(one.row), one.kind)) for one in groups],
        "wrong": sum(1 for row in found.rows if row["errors"]),
        "twins": sum(1 for row in found.rows if row["twins"]),
        "double": sum(1 for row in found.rows if len(row["readings"]) > 1),
        "total": sum((_amount(row["total"]) for row in found.rows), _amount("0")),
        "problems": problems,
        "open": found.state == ImportState.PREVIEW,
        "year": (table.plan.year if table is not None else None) or timezone.localdate().year,
    }
    return render(request, "projects/import.html", context, status=422 if problems else 200)


def _amount(text: str) -> Decimal:

    return Decimal(text)
