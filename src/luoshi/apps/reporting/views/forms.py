"""Pages of forms: the list, one form and its versions, what is done with it as a whole (new ones: ``new_forms``)."""

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
from django.views.decorators.http import require_POST, require_safe

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority
from luoshi.apps.plans.views.reading import number_in
from luoshi.apps.reporting import schedule
from luoshi.apps.reporting.actions import forms as actions
from luoshi.apps.reporting.errors import ReportingError
from luoshi.apps.reporting.form_export import file_of
from luoshi.apps.reporting.models import Form, FormVersion
from luoshi.apps.reporting.policies import COLLECTORS, may_collect, visible_forms
from luoshi.apps.reporting.queries import forms as queries
from luoshi.apps.reporting.queries.burden import cells_asked
from luoshi.forms import DefinitionError, from_json

NO_RIGHT = "只有收表单位的牵头人员、统筹办和系统管理员可以设计报表。"


def form_or_404(request: HttpRequest, key: str) -> Form:
    """A form that the person sees; a draft nobody was asked to fill in is seen by those who collect it."""
    return get_object_or_404(visible_forms(request.user).select_related("owner", "plan", "table"), key=key)


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
