"""挂图作战: cycles of boards for a meeting room, and the screen itself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.boards import actions, policies
from luoshi.apps.boards.errors import BoardsError, Invalid
from luoshi.apps.boards.models import Display
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.addresses import number_of


def _display(request: HttpRequest, display_id: int) -> Display:
    return get_object_or_404(policies.visible_displays(request.user).select_related("owner"), pk=display_id)


@require_safe
@login_required
def displays(request: HttpRequest) -> HttpResponse:
    """The cycles that the person may start."""
    rows = list(policies.visible_displays(request.user).select_related("owner")[:100])
    context = {
        "rows": rows,
        "kept": {row.pk for row in rows if policies.keeps(request.user, row.owner)},
        "keeps": policies.kept_units(request.user).exists(),
    }
    return render(request, "boards/displays.html", context)


def _offered() -> str:
    return "\n".join(f"{reverse(name)}" for name in ("boards:home", "boards:grid", "boards:worse"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def display_new(request: HttpRequest) -> HttpResponse:
    """A new cycle."""
    kept = policies.kept_units(request.user)
    require(kept.exists(), actions.NOT_ALLOWED)
    typed = {"name": "", "pages": _offered(), "seconds": "20", "owner": kept.order_by("depth", "path").first()}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {key: request.POST.get(key, "") for key in ("name", "pages", "seconds", "owner")}
        try:
            owner = find_unit(str(typed["owner"]), kept)
            values = {key: str(typed[key]) for key in ("name", "pages", "seconds")}
            row = actions.create_display(acting_user=request.user, owner=owner, **values)
            messages.success(request, f"已新建“{row.name}”。")
            return redirect("boards:displays")
        except UnknownUnit as error:
            errors = {"owner": str(error)}
        except Invalid as error:
            errors = error.errors
    context = {"typed": typed, "errors": errors, "display": None}
    return render(request, "boards/display_edit.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def display_edit(request: HttpRequest, display_id: int) -> HttpResponse:
    """Change a cycle."""
    display = _display(request, display_id)
    require(policies.keeps(request.user, display.owner), actions.NOT_ALLOWED)
    typed = {"name": display.name, "pages": "\n".join(display.pages), "seconds": str(display.seconds)}
    revision = display.revision
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {key: request.POST.get(key, "") for key in typed}
        revision = number_of(request.POST.get("revision", "")) or 0
        try:
            actions.edit_display(acting_user=request.user, display=display, revision=revision, **typed)
            messages.success(request, "已保存。")
            return redirect("boards:displays")
        except Invalid as error:
            errors = error.errors
        except BoardsError as error:
            errors = {"": str(error)}
    context = {"typed": typed, "errors": errors, "display": display, "revision": revision}
    return render(request, "boards/display_edit.html", context, status=422 if errors else 200)


@require_POST
@login_required
def display_remove(request: HttpRequest, display_id: int) -> HttpResponse:
    """Remove a cycle."""
    display = _display(request, display_id)
    actions.remove_display(acting_user=request.user, display=display)
    messages.success(request, f"已删除“{display.name}”。")
    return redirect("boards:displays")


@require_safe
@login_required
def show(request: HttpRequest, display_id: int) -> HttpResponse:
    """The screen: one board after another, full size; what stands on it follows who is signed in."""
    display = _display(request, display_id)
    pages = {"pages": display.pages, "seconds": display.seconds}
    return render(request, "boards/show.html", {"display": display, "pages": pages})
