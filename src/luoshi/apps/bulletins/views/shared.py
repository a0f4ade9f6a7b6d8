"""What the pages share: which bulletin is meant, how errors are told, file names."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from luoshi.apps.bulletins import policies
from luoshi.apps.bulletins.models import Bulletin
from luoshi.apps.plans.addresses import number_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = 100


def seen(request: HttpRequest, bulletin_id: int, *, working: bool = False) -> Bulletin:
    """The bulletin that the person sees; with ``working`` only for those who see its drafts and steps; else 404."""
    rows = policies.visible_bulletins(request.user).select_related("owner", "template", "created_by")
    found = get_object_or_404(rows, pk=bulletin_id)
    if working and not policies.works_on(request.user, found):
        raise Http404
    return found


def revision_of(request: HttpRequest) -> int:
    """The revision that the person saw; -1, which fits none, where it is missing."""
    number = number_of(request.POST.get("revision", ""))
    return -1 if number is None else number


def told(error: Exception) -> str:
    """What went wrong, in words."""
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


def file_name(bulletin: Bulletin, ending: str) -> str:
    """云政办通〔2026〕12号 标题.docx."""
    head = f"{bulletin.number} " if bulletin.number else "（草稿）"
    return f"{head}{bulletin.title}.{ending}".replace("/", "／")


def stored(file: Any, name: str, kind: str = DOCX) -> FileResponse:
    """A kept file as a download; 404 where it is gone."""
    try:
        return FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=kind)
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
