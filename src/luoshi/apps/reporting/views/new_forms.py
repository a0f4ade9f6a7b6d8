"""Pages on which forms begin: a blank one, one from a file, the ready-made ones, drafts from a plan's annexes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.organisations.choosing import UnknownUnit, existing, find_unit
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, require, units_of
from luoshi.apps.plans.models import PlanTable
from luoshi.apps.plans.policies import visible_plans, visible_tables
from luoshi.apps.plans.views.reading import number_in
from luoshi.apps.reporting import schedule
from luoshi.apps.reporting.actions import forms as actions
from luoshi.apps.reporting.design import units_named
from luoshi.apps.reporting.form_errors import FormFileError
from luoshi.apps.reporting.form_file import FormFile, read_form_file
from luoshi.apps.reporting.policies import COLLECTORS
from luoshi.apps.reporting.queries import forms as queries
from luoshi.apps.reporting.queries.annexes import draftable_tables
from luoshi.apps.reporting.ready_made import all_ready_made, ready_made
from luoshi.apps.reporting.views.forms import NO_RIGHT, preview_of

MOST_BYTES = 2_000_000
#: Owners offered in the list beside the field; any other can be typed.


def require_any_collector(user: Any) -> None:
    """Stop who collects no form anywhere."""
    require(authority(user).holds(*COLLECTORS), NO_RIGHT)


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
    context = {"typed": typed, "errors": errors, "owner": _shown_owner(request), "ready": all_ready_made()}
    return render(request, "reporting/form_new.html", context, status=422 if errors else 200)


def _is_live(unit: Unit) -> bool:
    return unit.valid_to is None or unit.valid_to >= timezone.localdate()


def _shown_owner(request: HttpRequest, usual: Unit | None = None) -> Unit | str:
    """What stands in the field: what was typed, else the usual one, else the only one that there is to choose."""
    if typed := request.POST.get("owner", ""):
        return typed
    if usual is not None and authority(request.user).covers(usual, *COLLECTORS) and _is_live(usual):
        return usual
    mine = units_of(request.user, *COLLECTORS).filter(existing())
    first = list(mine.order_by("depth", "path")[:2])
    return first[0] if len(first) == 1 or (first and usual is not None) else ""


def _owner(request: HttpRequest, errors: dict[str, str]) -> Unit | None:
    """The unit that was chosen or typed."""
    try:
        return find_unit(request.POST.get("owner", ""), units_of(request.user, *COLLECTORS))
    except UnknownUnit as unknown:
        errors["owner"] = f"收表单位：{unknown}。"
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
    context = {
        "file": file,
        "due": schedule.due_words(file.content),
        "coming": schedule.coming(file.content, timezone.localdate(), 3),
        "preview": preview_of(file.content.definition),
        "errors": errors,
        "owner": _shown_owner(request),
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
    context = {
        "plan": plan,
        "rows": [
            (row, schedule.due_words(row.proposal.content), preview_of(row.proposal.content.definition))
            for row in draftable_tables(request.user, plan)
        ],
        "owner": _shown_owner(request, plan.owner) if may_draft else "",
        "may_draft": may_draft,
        "errors": errors,
    }
    return render(request, "reporting/form_annexes.html", context, status=422 if errors else 200)
