"""The templates that offices edit in Word."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.bulletins import actions, policies
from luoshi.apps.bulletins.composing import FIELDS
from luoshi.apps.bulletins.defaults import default_template
from luoshi.apps.bulletins.errors import BadTemplate, BulletinError
from luoshi.apps.bulletins.forms import TemplateForm
from luoshi.apps.bulletins.models import BulletinKind
from luoshi.apps.bulletins.views.shared import DOCX, stored, told
from luoshi.publishing.fields import KIND_WORDS


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def templates(request: HttpRequest) -> HttpResponse:
    """Which templates are in use, and what may stand in them?"""
    kind = request.GET.get("kind", "") or request.POST.get("kind", "")
    chosen = BulletinKind(kind) if kind in BulletinKind.values else BulletinKind.PROGRESS
    may_manage = policies.template_units(request.user).exists()
    if request.method == "POST" and not may_manage:
        raise Http404
    problems: list[str] = []
    status = 200
    first = policies.template_units(request.user).order_by("depth", "path").first()
    form = TemplateForm(user=request.user, initial={"kind": chosen, "owner": first})
    if request.method == "POST":
        form = TemplateForm(request.POST, request.FILES, user=request.user)
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                made, hints = actions.upload_template(
                    acting_user=request.user,
                    owner=form.cleaned_data["owner"],
                    kind=form.cleaned_data["kind"],
                    name=file.name or "",
                    data=file.read(),
                )
            except BadTemplate as error:
                problems = error.problems
            except BulletinError as error:
                problems = [told(error)]
            else:
                messages.success(request, f"已启用{made}。")
                for hint in hints:
                    messages.warning(request, f"版面提示：{hint}")
                return redirect(f"{request.path}?kind={made.kind}")
    rows = policies.visible_templates(request.user).filter(kind=chosen).select_related("owner", "uploaded_by")[:200]
    context = {
        "form": form,
        "problems": problems,
        "kind": chosen,
        "kinds": BulletinKind.choices,
        "rows": list(rows),
        "fields": [(field, KIND_WORDS[field.kind]) for field in FIELDS[chosen]],
        "may_manage": may_manage,
    }
    return render(request, "bulletins/templates.html", context, status=status)


@require_safe
@login_required
def template_file(request: HttpRequest, template_id: int) -> HttpResponse:
    """An uploaded template."""
    found = get_object_or_404(policies.visible_templates(request.user), pk=template_id)
    return stored(found.file, found.name if found.name.endswith(".docx") else f"{found}.docx")


@require_safe
@login_required
def default_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The template that ships, to begin with."""
    if kind not in BulletinKind.values:
        raise Http404
    chosen = BulletinKind(kind)
    response = HttpResponse(default_template(chosen), content_type=DOCX)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{chosen.label}模板.docx") or ""
    return response


@require_POST
@login_required
def drop(request: HttpRequest, template_id: int) -> HttpResponse:
    """Stop using a version."""
    found = get_object_or_404(policies.visible_templates(request.user), pk=template_id)
    try:
        actions.drop_template(acting_user=request.user, template=found)
    except BulletinError as error:
        messages.error(request, told(error))
    else:
        messages.success(request, "已停用，改用上一版。")
    return redirect(f"{reverse('bulletins:templates')}?kind={found.kind}")
