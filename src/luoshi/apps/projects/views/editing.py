"""Entering, changing, merging projects; what may be the same."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.projects import actions
from luoshi.apps.projects.errors import ProjectError
from luoshi.apps.projects.forms import ProjectForm, initial_of
from luoshi.apps.projects.models import Project, State, Twin, TwinState
from luoshi.apps.projects.policies import enters_anywhere, living, may_decide, may_keep, places_for, visible_projects
from luoshi.apps.projects.queries import twins as twin_rows
from luoshi.apps.projects.views.shared import day_in, done, page_of, project_of, text_in, told
from luoshi.pipeline import Sketch, likeness


def _form_page(request: HttpRequest, form: ProjectForm, project: Project | None) -> HttpResponse:
    context = {
        "form": form,
        "project": project,
        "states": [(state.value, state.label) for state in State if state != State.LEFT],
        "typed": request.POST,
        "today": timezone.localdate(),
    }
    return render(request, "projects/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Enter a project."""
    require(enters_anywhere(request.user), "只有填报、审核、牵头和统筹人员可以登记项目。")
    initial: dict[str, Any] = {}
    if request.method != "POST" and len(places := list(places_for(request.user)[:2])) == 1:
        initial["unit"] = places[0]
    form = ProjectForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            project = actions.create_project(
                acting_user=request.user,
                fields=form.project_fields(),
                state=request.POST.get("state") or State.RESERVE,
                on=day_in(request, "on", "入库日期"),
                reason=request.POST.get("enter_reason", ""),
            )
        except (ValidationError, ProjectError) as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "已登记。" + _look(project))
            return redirect("projects:project", project.pk)
    return _form_page(request, form, None)


def _look(project: Project) -> str:
    """What to look at after entering: twins and codes that are nearly the same."""
    count = Twin.objects.filter(second=project, state=TwinState.OPEN).count()
    slips = actions.code_slips(project.code, project.pk)
    said = f"有 {count} 个相近的项目，请核对是否重复。" if count else ""
    return said + (f"项目代码与“{slips[0].name}”只差一位，请核对。" if slips else "")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, project_id: int) -> HttpResponse:
    """Change what a project says."""
    project = project_of(request, project_id)
    require(may_keep(request.user, project), "只有项目所在地和牵头单位的人员可以修改。")
    initial = initial_of(project) if request.method != "POST" else {}
    form = ProjectForm(request.POST or None, user=request.user, project=project, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_project(
                acting_user=request.user,
                project_id=project_id,
                fields=form.project_fields(),
                reason=form.cleaned_data.get("reason", ""),
                revision=number_of(request.POST.get("revision", "")),
            )
        except (ValidationError, ProjectError) as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "已保存。")
            return redirect("projects:project", project_id)
    return _form_page(request, form, project)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def merge(request: HttpRequest, project_id: int) -> HttpResponse:
    """Make one of this project and another: which one stays is chosen side by side."""
    project = project_of(request, project_id)
    require(may_decide(request.user, project), "合并由牵头、统筹人员办理。")
    given = request.POST if request.method == "POST" else request.GET
    number = number_of(given.get("other", ""))
    rows = living(visible_projects(request.user)).exclude(pk=project.pk).select_related("unit", "lead", "industry")
    other = rows.filter(pk=number).first() if number else None
    search = text_in(request, "q")

    def again(wrong: list[str]) -> HttpResponse:
        near = rows.filter(name__icontains=search)[:20] if search else []
        why = None
        if other is not None:
            pair = [Sketch(one.name, one.total, str(one.unit_id)) for one in (project, other)]
            why = likeness(*pair)
        context = {
            "project": project,
            "other": other,
            "why": why,
            "near": near,
            "search": search,
            "wrong": wrong,
            "typed": request.POST,
        }
        return render(request, "projects/merge.html", context, status=422 if wrong else 200)

    if request.method != "POST":
        return again([])
    if other is None:
        return again(["请选择另一个项目。"])
    keep, gone = (other, project) if request.POST.get("keep") == str(other.pk) else (project, other)
    return done(
        request,
        lambda: actions.merge_projects(
            acting_user=request.user, keep_id=keep.pk, merge_id=gone.pk, reason=request.POST.get("reason", "")
        ),
        words=f"“{gone.name}”已并入“{keep.name}”，两边的经过都保留。",
        to=("projects:project", keep.pk),
        again=again,
    )


@require_safe
@login_required
def twins(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one."""
    state = request.GET.get("state", "")
    state = state if state in TwinState.values else TwinState.OPEN
    page = page_of(request, twin_rows(request.user, state))
    context = {
        "page": page,
        "state": state,
        "states": TwinState.choices,
        "page_address": f"?state={state}&page=",
        "rows": [
            (row, may_decide(request.user, row.first) and may_decide(request.user, row.second)) for row in page.rows
        ],
    }
    return render(request, "projects/twins.html", context)


@require_POST
@login_required
def twin_apart(request: HttpRequest, twin_id: int) -> HttpResponse:
    """Say that two are two."""
    if not Twin.objects.filter(pk=twin_id, first__in=visible_projects(request.user).order_by().values("pk")).exists():
        raise Http404

    def again(wrong: list[str]) -> HttpResponse:
        messages.error(request, "；".join(wrong), extra_tags="danger")
        return redirect("projects:twins")

    return done(
        request,
        lambda: actions.keep_apart(acting_user=request.user, twin_id=twin_id, note=request.POST.get("note", "")),
        words="已认定为两个项目，不再提示。",
        to=("projects:twins",),
        again=again,
    )
