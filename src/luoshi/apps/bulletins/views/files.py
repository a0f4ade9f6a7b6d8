"""The document as a file: Word and PDF, earlier versions."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from luoshi.apps.bulletins import policies
from luoshi.apps.bulletins.models import Bulletin
from luoshi.apps.bulletins.views.shared import file_name, seen, stored
from luoshi.publishing import PdfError, to_pdf

KEEP_PDF = 3600  # seconds: one is asked for by many readers at once


@require_safe
@login_required
def docx(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """The Word file."""
    found = seen(request, bulletin_id)
    return stored(found.file, file_name(found, "docx"))


@require_safe
@login_required
def pdf(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """The same as PDF; where it cannot be made, the page says why."""
    found = seen(request, bulletin_id)
    key = f"bulletin-pdf-{found.file_sha256}"
    data: bytes | None = cache.get(key)
    if data is None:
        try:
            data = to_pdf(_bytes(found))
        except PdfError as error:
            messages.error(request, str(error))
            return redirect("bulletins:detail", bulletin_id)
        cache.set(key, data, KEEP_PDF)
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name(found, "pdf")) or ""
    return response


def _bytes(found: Bulletin) -> bytes:
    try:
        with found.file.open("rb") as file:
            data: bytes = file.read()
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    if hashlib.sha256(data).hexdigest() != found.file_sha256:
        raise PdfError("存档文件与其摘要不符，可能被改动，不予转换。请先核对。")
    return data


@require_safe
@login_required
def version(request: HttpRequest, bulletin_id: int, step_id: int) -> HttpResponse:
    """The document as it was after a step."""
    found = seen(request, bulletin_id, working=True)
    step = get_object_or_404(found.steps.all(), pk=step_id)
    name = f"{found.title}（{step.get_action_display()}{step.at:%Y%m%d%H%M}）.docx".replace("/", "／")
    return stored(step.file, name)


@require_safe
def public_docx(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """The Word file of a public bulletin."""
    found = get_object_or_404(policies.public_bulletins(), pk=bulletin_id)
    return stored(found.file, file_name(found, "docx"))
