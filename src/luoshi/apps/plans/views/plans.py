"""方案: the list, and the pages of one plan."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.organisations.models import Role, Unit, UnitKind
from luoshi.apps.organisations.policies import authority
from luoshi.apps.plans import policies
from luoshi.apps.plans.export import write_matrix
from luoshi.apps.plans.models import Plan, ResponsibilityRole
from luoshi.apps.plans.queries.documents import document_with_file, files_seen
from luoshi.apps.plans.queries.matrix import SIGNS, MatrixFilter
from luoshi.apps.plans.queries.matrix import plan_matrix as matrix_of
from luoshi.apps.plans.queries.outline import plan_outline
from luoshi.apps.plans.queries.plan_list import ORDERS, PlanFilter, plan_page
from luoshi.apps.plans.queries.source import KIND_WORDS, objects_seen, source_of, version_of
from luoshi.apps.plans.table_links import links_of
from luoshi.apps.plans.views.reading import choice_told, number_in
from luoshi.apps.plans.words import years_words
from luoshi.site.workbooks import download, spool


def plan_or_404(user: Any, plan_id: int) -> Plan:
    """The plan if the person sees it."""
    return get_object_or_404(policies.visible_plans(user).select_related("owner"), pk=plan_id)


@require_safe
@login_required
def plan_list(request: HttpRequest) -> HttpResponse:
    """A row a plan."""
    asked = PlanFilter.from_address(request.GET)
    page = plan_page(request.user, asked, timezone.localdate(), number_in(request.GET, "page"))
    address = asked.address()
    known = policies.visible_plans(request.user).order_by()
    return render(
        request,
        "plans/list.html",
        {
            "asked": asked,
            "page": page,
            "years": sorted({year for year in known.values_list("year", flat=True).distinct() if year}, reverse=True),
            "owners": Unit.objects.filter(pk__in=known.values("owner_id")).order_by("path"),
            "orders": ORDERS,
            "may_upload": authority(request.user).holds(Role.ADMINISTRATOR, Role.COORDINATOR),
            "page_address": f"?{address}&page=" if address else "?page=",
        },
    )


@require_safe
@login_required
def plan_detail(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The outline of one plan."""
    return plan_page_of(request, plan_or_404(request.user, plan_id))


def plan_page_of(request: HttpRequest, plan: Plan, *, typed: str = "", refused: str = "") -> HttpResponse:
    """The same, with a remark that was refused and why."""
    versions = list(
        plan.versions.select_related("document", "published_by").defer("document__text").order_by("-ordinal")
    )
    return render(
        request,
        "plans/detail.html",
        {
            "plan": plan,
            "years": years_words(plan.year, plan.last_year),
            "outline": plan_outline(request.user, plan, timezone.localdate()),
            "versions": versions,
            "files": files_seen(request.user, {version.document_id for version in versions}),
            "instructions": plan.instructions.filter(
                pk__in=policies.visible_instructions(request.user).order_by().values("pk")
            ).select_related("author", "measure"),
            "may_manage": policies.may_manage(request.user, plan),
            "may_instruct": policies.may_instruct(request.user, plan),
            "sees_whole": policies.sees_whole(request.user, plan),
            "instruct_url": reverse("plans:instruct", args=(plan.pk,)),
            "typed": typed,
            "refused": refused,
        },
        status=422 if refused else 200,
    )


@require_safe
@login_required
def plan_source(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The text with every object marked."""
    plan = plan_or_404(request.user, plan_id)
    version = version_of(plan, number_in(request.GET, "version", 0))
    if version is None:
        raise Http404
    current = request.GET.get("object", "")
    kind = current.partition("-")[0]
    line = number_in(request.GET, "line", 0)
    source = source_of(version, objects_seen(request.user, version), line=line, current=current)
    return render(
        request,
        "plans/source.html",
        {
            "plan": plan,
            "version": version,
            "files": files_seen(request.user, (version.document_id,)),
            "source": source,
            "current": current if kind in KIND_WORDS else "",
            "lost": bool(current) and current not in source.objects,
        },
    )


@require_safe
@login_required
def plan_tables(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The annex tables as printed."""
    plan = plan_or_404(request.user, plan_id)
    tables = list(policies.visible_tables(request.user).filter(plan=plan).order_by("line", "pk"))
    links = links_of(request.user, tables)
    shown = [(table, links.get(table.pk, ())) for table in tables]
    return render(request, "plans/tables.html", {"plan": plan, "tables": shown})


@require_safe
@login_required
def plan_matrix(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Measures × units, on screen or (``format=xlsx``) as a workbook."""
    plan = plan_or_404(request.user, plan_id)
    whole = request.GET.get("format") == "xlsx"
    errors: list[str] = []
    asked = MatrixFilter(
        role=choice_told(request.GET, "role", "角色", dict(ResponsibilityRole.choices), errors),
        unit_kind=choice_told(request.GET, "kind", "单位类别", dict(UnitKind.choices), errors),
        page=number_in(request.GET, "page"),
        unit_page=number_in(request.GET, "units"),
        whole=whole,
    )
    matrix = matrix_of(request.user, plan, asked)
    if whole:
        now, file = timezone.localtime(), spool()
        write_matrix(file, matrix, told=[("方案", plan.title), *asked.told()], person=str(request.user), at=now)
        return download(file, f"责任矩阵-{now:%Y%m%d-%H%M}.xlsx")
    context = {"plan": plan, "matrix": matrix, "asked": asked, "signs": SIGNS, "errors": errors}
    return render(request, "plans/matrix.html", context)


@require_safe
@login_required
def document_file(request: HttpRequest, document_id: int) -> FileResponse:
    """The file as it was uploaded, always as a download: a page of a stranger must not run here."""
    document = document_with_file(request.user, document_id)
    if document is None:
        raise Http404
    try:
        handle = document.file.open("rb")
    except (FileNotFoundError, ValueError) as error:  # ValueError: the row never had a file
        raise Http404("原文件已不在存储中。") from error
    ending = f".{document.format}"
    name = document.name if document.name.lower().endswith(ending) else f"{document.name}{ending}"
    return FileResponse(handle, as_attachment=True, filename=name, content_type="application/octet-stream")
