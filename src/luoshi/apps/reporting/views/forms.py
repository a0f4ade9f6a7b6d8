"""Pages of forms: the list, one form, its versions, new ones, ready-made ones, drafts from a plan's annexes."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, require, units_of
from luoshi.apps.plans.models import PlanTable
from luoshi.apps.plans.policies import visible_plans, visible_tables
from luoshi.apps.plans.views.reading import number_in
from luoshi.apps.reporting import schedule
from luoshi.apps.reporting.actions import forms as actions
from luoshi.apps.reporting.design import units_named
from luoshi.apps.reporting.errors import ReportingError
from luoshi.apps.reporting.form_errors import FormFileError
from luoshi.apps.reporting.form_export import file_of
from luoshi.apps.reporting.form_file import FormFile, read_form_file
from luoshi.apps.reporting.models import Form, FormVersion
from luoshi.apps.reporting.policies import COLLECTORS, may_collect, visible_forms
from luoshi.apps.reporting.queries import forms as queries
from luoshi.apps.reporting.queries.annexes import draftable_tables
from luoshi.apps.reporting.queries.burden import cells_asked
from luoshi.apps.reporting.ready_made import all_ready_made, ready_made
from luoshi.forms import DefinitionError, from_json

MOST_BYTES = 2_000_000
NO_RIGHT = "只有收表单位的牵头人员、统筹办和系统管理员可以设计报表。"
#: Owners offered in the list beside the field; any other can be typed.
MOST_OWNERS = 300


def form_or_404(request: HttpRequest, key: str) -> Form:
    """A form that the person sees; a draft nobody was asked to fill in is seen by those who collect it."""
    return get_object_or_404(visible_forms(request.user).select_related("owner", "plan", "table"), key=key)


def require_any_collector(user: Any) -> None:
    """Stop who collects no form anywhere."""
    require(authority(user).holds(*COLLECTORS), NO_RIGHT)


@require_safe
@login_required
def form_list(request: HttpRequest) -> HttpResponse:
    """A row a form: what, who, when, how far the present round is."""
    state = request.GET.get("state", "")
    asked = {
        "state": state if state in queries.STATES else "",
        "text": " ".join(request.GET.get("text", "").replace("\0", "").split())[:60],
        "owner": number_in(request.GET, "owner", 0) or None,
    }
    page = queries.form_page(request.user, **asked, number=number_in(request.GET, "page"), today=timezone.localdate())
    owners = visible_forms(request.user).order_by().values("owner_id")
    address = request.GET.copy()
    address.pop("page", None)
    context = {
        "page": page,
        "asked": asked,
        "states": queries.STATES,
        "owners": Unit.objects.filter(pk__in=owners).order_by("path"),
        "page_address": f"?{address.urlencode()}&page=" if address else "?page=",
        "may_create": authority(request.user).holds(*COLLECTORS),
        "now": timezone.now(),
        "narrowed": any(asked.values()),
    }
    return render(request, "reporting/forms.html", context)


@require_safe
@login_required
def form_detail(request: HttpRequest, key: str) -> HttpResponse:
    """What, who, when; versions and what changed; the next dates; the form as the filler sees it."""
    form = form_or_404(request, key)
    return detail_page(request, form)


def detail_page(request: HttpRequest, form: Form, *, status: int = 200, **more: Any) -> HttpResponse:
    """The same, with what was refused and why."""
    mine = may_collect(request.user, form)
    versions = queries.form_versions(form, with_draft=mine)
    today = timezone.localdate()
    published = [version for version in versions if version.published_at]
    chosen = number_in(request.GET, "version", 0)
    shown = next((one for one in versions if one.ordinal == chosen), None)
    current = next((one for one in published if one.first_day and one.first_day <= today), None)
    shown = shown or current or (versions[0] if versions else None)
    earlier = next((one for one in versions if shown and one.ordinal < shown.ordinal), None)
    rounds = [queries.counts_of(row) for row in form.rounds.annotate(**queries.COUNTS).order_by("-first_day")[:6]]
    context = {
        "form": form,
        "versions": versions,
        "shown": shown,
        "current": current,
        "draft": next((one for one in versions if one.published_at is None), None),
        "earlier": earlier,
        "changes": queries.difference_of(earlier, shown) if shown and earlier else (),
        "due": schedule.due_words(shown) if shown else "",
        "coming": schedule.coming(shown, today) if shown and form.is_active else (),
        "preview": preview_of(shown.definition) if shown else None,
        "cells": _cells(shown),
        "rounds": rounds,
        "may_collect": mine,
        "today": today,
        **more,
    }
    return render(request, "reporting/form.html", context, status=status)


def _cells(version: FormVersion | None) -> dict[str, Any] | None:
    """How many cells a return has, and about how many minutes they take."""
    if version is None:
        return None
    try:
        asked = cells_asked(from_json(version.definition))
    except DefinitionError:
        return None
    count = asked.total({})
    return {"count": count, "growing": bool(asked.per_row), "minutes": round(count * version.minutes_a_cell)}


def preview_of(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition, sound or not, prepared for ``form_preview.html``: every cell with its kind."""
    sections = []
    for number, section in enumerate(definition.get("sections", []), start=1):
        fields = section.get("fields", [])
        fixed = section.get("kind", "fixed") != "repeated"
        rows = section.get("rows", []) if fixed else [{"label": ""}] * 2
        sections.append(
            {
                "number": number,
                "title": section.get("title", ""),
                "help": section.get("help", ""),
                "fixed": fixed,
                "fields": fields,
                "rows": [
                    {
                        "label": row.get("label", ""),
                        "total": bool(row.get("total_of")),
                        "cells": [_preview_cell(field, row) for field in fields],
                    }
                    for row in rows
                ],
            }
        )
    return {"sections": sections, "notes": definition.get("notes", "")}


def _preview_cell(field: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    blocked = field.get("key") in (row.get("blocked") or [])
    kind = "blocked" if blocked else "computed" if field.get("formula") else str(field.get("type", "text"))
    return {"kind": kind, "choices": field.get("choices") or [], "required": bool(field.get("required"))}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def form_new(request: HttpRequest) -> HttpResponse:
    """A new form: title, owner, purpose; or from a file. Then the designer."""
    require_any_collector(request.user)
    typed = {name: request.POST.get(name, "") for name in ("title", "owner", "purpose")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        owner = _owner(request, errors)
        file = _uploaded(request, errors)
        if owner is not None and not errors:
            try:
                if file is not None:
                    reporters, unknown = units_named(file.reporters, owner)
                    form = actions.load_form(acting_user=request.user, file=file, owner=owner, reporters=reporters)
                    _tell_unknown(request, unknown)
                else:
                    form = actions.create_form(
                        acting_user=request.user, title=typed["title"], owner=owner, purpose=typed["purpose"]
                    )
            except ValidationError as error:
                errors |= _messages(error)
            else:
                return redirect("reporting:form-design", form.key)
    owners = _owners(request.user)
    typed["owner"] = typed["owner"] or (str(owners[0]) if len(owners) == 1 else "")
    context = {"typed": typed, "errors": errors, "owners": owners, "ready": all_ready_made()}
    return render(request, "reporting/form_new.html", context, status=422 if errors else 200)


def _owners(user: Any) -> list[Unit]:
    return list(units_of(user, *COLLECTORS).filter(valid_to=None).order_by("depth", "path")[:MOST_OWNERS])


def _owner(request: HttpRequest, errors: dict[str, str]) -> Unit | None:
    """The unit that was typed: its short or full name, or key."""
    text = request.POST.get("owner", "").strip()[:120]
    for name in ("short_name", "name", "key"):
        found = (
            units_of(request.user, *COLLECTORS).filter(**{name: text}).first() if text and "\0" not in text else None
        )
        if found is not None:
            return found
    errors["owner"] = "请填写收表单位：要与单位库里的名称一致，且在您负责的范围内。"
    return None


def _uploaded(request: HttpRequest, errors: dict[str, str]) -> FormFile | None:
    upload = request.FILES.get("file")
    if upload is None:
        return None
    if (upload.size or 0) > MOST_BYTES:
        errors["file"] = "文件过大，不是报表文件。"
        return None
    try:
        return read_form_file(upload.read())
    except FormFileError as error:
        errors["file"] = str(error)
        return None


def _messages(error: ValidationError) -> dict[str, str]:
    if hasattr(error, "error_dict"):
        return {name: "；".join(texts) for name, texts in error.message_dict.items()}
    return {"": "；".join(error.messages)}


def _tell_unknown(request: HttpRequest, unknown: list[str]) -> None:
    if unknown:
        messages.warning(request, f"单位库里没有“{'”“'.join(unknown)}”，填报单位请在设计页补选。")


@require_safe
@login_required
def ready_made_list(request: HttpRequest) -> HttpResponse:
    """The forms that come with Luoshi."""
    require_any_collector(request.user)
    files = all_ready_made()
    used = queries.installed(request.user, files)
    rows = [(file, schedule.due_words(file.content), used.get(file.key, ())) for file in files]
    return render(request, "reporting/form_ready_made.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ready_made_form(request: HttpRequest, which: str) -> HttpResponse:
    """One of them, as the filler will see it; 启用 makes it a draft of the chosen unit."""
    require_any_collector(request.user)
    try:
        file = ready_made(which)
    except KeyError as error:
        raise Http404 from error
    errors: dict[str, str] = {}
    if request.method == "POST":
        owner = _owner(request, errors)
        if owner is not None:
            reporters, unknown = units_named(file.reporters, owner)
            try:
                form = actions.install_ready_made(acting_user=request.user, key=which, owner=owner, reporters=reporters)
            except ValidationError as error:
                errors |= _messages(error)
            else:
                _tell_unknown(request, unknown)
                messages.success(request, f"已拟成草稿，指标已建好；核对填报单位（现有 {len(reporters)} 个）后发布。")
                return redirect("reporting:form-design", form.key)
    owners = _owners(request.user)
    context = {
        "file": file,
        "due": schedule.due_words(file.content),
        "coming": schedule.coming(file.content, timezone.localdate(), 3),
        "preview": preview_of(file.content.definition),
        "errors": errors,
        "owners": owners,
        "typed": request.POST.get("owner", "") or (str(owners[0]) if len(owners) == 1 else ""),
    }
    return render(request, "reporting/form_ready_made_one.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_forms(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The forms that a plan's annexes ask for; one click makes a draft."""
    plan = get_object_or_404(visible_plans(request.user).select_related("owner"), pk=plan_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        require_any_collector(request.user)
        number = number_in(request.POST, "table", 0)
        table = get_object_or_404(
            PlanTable.objects.select_related("plan__owner"),
            pk__in=visible_tables(request.user).filter(plan=plan, pk=number).values("pk"),
        )
        owner = _owner(request, errors)
        if owner is not None:
            try:
                form = actions.draft_from_table(acting_user=request.user, table=table, owner=owner)
            except ValidationError as error:
                errors |= _messages(error)
            else:
                return redirect("reporting:form-design", form.key)
    may_draft = authority(request.user).holds(*COLLECTORS)
    owners = _owners(request.user) if may_draft else []
    default = plan.owner if plan.owner in owners else (owners[0] if owners else None)
    context = {
        "plan": plan,
        "rows": [
            (row, schedule.due_words(row.proposal.content), preview_of(row.proposal.content.definition))
            for row in draftable_tables(request.user, plan)
        ],
        "owners": owners,
        "typed": request.POST.get("owner", "") or (str(default) if default else ""),
        "may_draft": may_draft,
        "errors": errors,
    }
    return render(request, "reporting/form_annexes.html", context, status=422 if errors else 200)


@require_safe
@login_required
def form_export(request: HttpRequest, key: str) -> HttpResponse:
    """The form as a JSON file: its draft for who collects it, else the version in force."""
    form = form_or_404(request, key)
    versions = queries.form_versions(form, with_draft=may_collect(request.user, form))
    if not versions:
        raise Http404
    text = json.dumps(file_of(form, versions[0]).to_json(), ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{form.key}.json"'
    return response


def _act(request: HttpRequest, key: str, act: Any, said: str) -> HttpResponse:
    """Do an act on a form and go back to it; what is refused is told on its page."""
    form = form_or_404(request, key)
    try:
        act(form)
    except ValidationError as error:
        return detail_page(request, form, status=422, refused="；".join(error.messages), typed=request.POST)
    except ReportingError as error:
        return detail_page(request, form, status=409, refused=str(error), typed=request.POST)
    messages.success(request, said)
    return redirect("reporting:form", form.key)


@require_POST
@login_required
def form_revise(request: HttpRequest, key: str) -> HttpResponse:
    """Begin a new version (or go on with the draft)."""
    form = form_or_404(request, key)
    try:
        actions.revise_form(acting_user=request.user, form=form)
    except ReportingError as error:
        return detail_page(request, form, status=409, refused=str(error))
    return redirect("reporting:form-design", form.key)


@require_POST
@login_required
def form_copy(request: HttpRequest, key: str) -> HttpResponse:
    """A new form like this one, in the designer."""
    form = form_or_404(request, key)
    title = request.POST.get("title", "").strip() or f"{form.title}（副本）"
    try:
        made = actions.copy_form(acting_user=request.user, form=form, title=title)
    except ValidationError as error:
        return detail_page(request, form, status=422, refused="；".join(error.messages), typed=request.POST)
    except ReportingError as error:
        return detail_page(request, form, status=409, refused=str(error), typed=request.POST)
    return redirect("reporting:form-design", made.key)


@require_POST
@login_required
def form_retire(request: HttpRequest, key: str) -> HttpResponse:
    """Open no more rounds."""
    reason = request.POST.get("reason", "")
    return _act(
        request,
        key,
        lambda form: actions.retire_form(acting_user=request.user, form=form, reason=reason),
        "报表已停用，不再开放新的报期；已开放的报期照常办理。",
    )


@require_POST
@login_required
def form_restore(request: HttpRequest, key: str) -> HttpResponse:
    """Use a retired form again."""
    return _act(
        request, key, lambda form: actions.restore_form(acting_user=request.user, form=form), "报表已恢复启用。"
    )


@require_POST
@login_required
def form_discard(request: HttpRequest, key: str) -> HttpResponse:
    """Throw the draft away."""
    form = form_or_404(request, key)
    try:
        remains = actions.discard_draft(acting_user=request.user, form=form)
    except ReportingError as error:
        return detail_page(request, form, status=409, refused=str(error))
    messages.success(request, "草稿已删除。")
    return redirect(reverse("reporting:form", args=(key,)) if remains else reverse("reporting:forms"))
