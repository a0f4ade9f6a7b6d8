"""Files: the drop zone, how far each has come, and the drafts that came of them."""

from __future__ import annotations

import contextlib
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.apps.intake import actions, queries
from luoshi.apps.intake.actions.uploads import refuse_upload
from luoshi.apps.intake.errors import IntakeError
from luoshi.apps.intake.models import DraftState, Upload, UploadState
from luoshi.apps.intake.policies import owners, visible_drafts, visible_uploads
from luoshi.apps.intake.receiving import BoundedUpload
from luoshi.apps.intake.views.common import keeper_page, upload_or_404

PAGE = 100
FORMATS = (".docx", ".pdf", ".ofd", ".txt", ".html", ".htm", ".xlsx")
FILTERS = (("", "全部"), ("open", "有待确认"), ("published", "已发布"), ("failed", "未能读取"))


@csrf_exempt  # the file handlers must be set before the token is looked for in the body; _receive checks it
@require_http_methods(["GET", "POST"])
def upload_list(request: HttpRequest) -> HttpResponse:
    """GET: the page; POST: one or several files."""
    if request.method == "POST":
        handler = BoundedUpload(settings.LUOSHI_UPLOAD_LIMIT, request)
        request.upload_handlers.insert(0, handler)
        return _receive(request, handler)
    return _list(request)


@keeper_page
def _list(request: HttpRequest) -> HttpResponse:
    uploads, drafts = visible_uploads(request.user), visible_drafts(request.user)
    mine = request.GET.get("whose") == "mine"
    if mine:
        uploads = uploads.filter(created_by=request.user)
    state = request.GET.get("state", "")
    if state == "open":
        uploads = uploads.filter(
            ~Q(state__in=(UploadState.DONE, UploadState.FAILED)) | Q(drafts__in=queries.waiting(drafts))
        ).distinct()
    elif state == "published":
        uploads = uploads.filter(drafts__in=drafts.filter(state=DraftState.PUBLISHED)).distinct()
    elif state == "failed":
        uploads = uploads.filter(state=UploadState.FAILED)
    text = request.GET.get("q", "").strip()[:100]
    if text:
        uploads = uploads.filter(
            Q(name__icontains=text) | Q(drafts__in=drafts.filter(title__icontains=text))
        ).distinct()
    page = Paginator(queries.upload_list(uploads, drafts), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "owners": list(owners(request.user)),
        "formats": ",".join(FORMATS),
        "limit": settings.LUOSHI_UPLOAD_LIMIT,
        "filters": FILTERS,
        "state": state,
        "mine": mine,
        "text": text,
    }
    return render(request, "intake/uploads.html", context)


@csrf_protect
@keeper_page
def _receive(request: HttpRequest, handler: BoundedUpload) -> HttpResponse:
    scripted = request.headers.get("X-Requested-With") == "fetch"
    files = request.FILES.getlist("files")
    owner = owners(request.user).filter(pk=_number(request.POST.get("owner"))).first()
    if owner is None or not (files or handler.too_large):
        message = "请选择发文单位。" if owner is None else "请选择要上传的文件。"
        if scripted:
            return JsonResponse({"message": message}, status=422)
        messages.error(request, message)
        return redirect("intake:uploads")
    received = [actions.receive_upload(acting_user=request.user, file=file, owner=owner) for file in files]
    received += [
        refuse_upload(acting_user=request.user, name=name, size=size, owner=owner) for name, size in handler.too_large
    ]
    if not scripted:
        messages.success(request, f"已收到 {len(received)} 个文件，读取完成后即可确认。")
        return redirect("intake:uploads")
    stored = Upload.objects.filter(pk__in=[upload.pk for upload in received])
    rows = queries.upload_list(stored, visible_drafts(request.user))
    html = "".join(render_to_string("intake/_upload.html", {"upload": row}, request) for row in rows)
    return JsonResponse({"html": html})


def _number(text: Any) -> int | None:
    with contextlib.suppress(TypeError, ValueError):
        number = int(text)
        return number if 0 < number < 2**62 else None
    return None


@require_GET
@keeper_page
def upload_detail(request: HttpRequest, upload_id: int) -> HttpResponse:
    """One file: how far it has come, what went wrong, its drafts."""
    upload = upload_or_404(request, upload_id)
    earlier = []
    if upload.document_id:
        same = visible_uploads(request.user).filter(document_id=upload.document_id, pk__lt=upload.pk)
        earlier = list(same.order_by("-pk")[:3])
    return render(request, "intake/upload.html", {"upload": upload, "earlier": earlier})


@require_GET
@keeper_page
def upload_row(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The row alone: the page asks for it while the file is being read."""
    return render(request, "intake/_upload.html", {"upload": upload_or_404(request, upload_id)})


@require_POST
@keeper_page
def upload_retry(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Read a failed file again."""
    upload = upload_or_404(request, upload_id)
    try:
        actions.retry_upload(acting_user=request.user, upload=upload)
    except IntakeError as error:
        messages.error(request, str(error))
    if request.headers.get("HX-Request"):
        return upload_row(_as_get(request), upload_id)
    return redirect(reverse("intake:upload", args=(upload_id,)))


@require_POST
@keeper_page
def upload_delete(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Take a failed file off the list."""
    upload = upload_or_404(request, upload_id)
    try:
        actions.delete_upload(acting_user=request.user, upload=upload)
        messages.success(request, f"已删除“{upload.name}”。")
    except IntakeError as error:
        messages.error(request, str(error))
        return redirect("intake:upload", upload_id)
    return redirect("intake:uploads")


def _as_get(request: HttpRequest) -> HttpRequest:
    request.method = "GET"
    return request
