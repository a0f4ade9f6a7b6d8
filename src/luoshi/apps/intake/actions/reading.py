"""The background job: from a kept file to drafts. It may die anywhere and run twice; it stores all or nothing."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from luoshi.apps.intake import after_reading, drafting
from luoshi.apps.intake.actions.resuming import accept_unchanged
from luoshi.apps.intake.models import Draft, Upload, UploadState
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.plans.documents import document_of
from luoshi.apps.plans.models import SourceDocument
from luoshi.documents import Document, DocumentError, read

logger = logging.getLogger(__name__)

MISSING = "服务器上找不到这个文件，请重新上传。"
BROKEN = "系统未能读完这个文件，原件已保存。请点“重新读取”；仍不行，请把文件名和时间告诉系统管理员。"


class _Superseded(Exception):
    """Another run has taken the upload over."""


def process_upload(upload_id: int) -> None:
    """Read an upload into drafts.

    Claims the upload first: whoever comes second, or comes back after ``requeue_stalled`` gave the work to another run,
    changes nothing. What is wrong with the file is kept on the upload.
    """
    from luoshi.extraction import extract  # only the worker needs the rules of the grammar

    claim = _claim(upload_id)
    if claim is None:
        return
    upload = Upload.objects.select_related("owner").get(pk=upload_id)
    try:
        with upload.file.open("rb") as handle:
            content = handle.read()
        document = drafting.without_nulls(read(content, name=upload.name))
        digest = hashlib.sha256(content).hexdigest()
        _proceed(upload_id, claim, UploadState.EXTRACTING, 35)
        stored = SourceDocument.objects.filter(sha256=digest).first()
        if stored is not None and stored.text != document.text:
            # Read by an older version of the reader: positions must fit the text that is kept.
            document = document_of(stored)
        extraction = extract(document)
        _proceed(upload_id, claim, UploadState.STORING, 75)
        drafts = _store(upload, claim, document, digest, extraction)
    except _Superseded:
        return
    except DocumentError as error:
        _fail(upload, claim, error.code, str(error))
    except FileNotFoundError:
        _fail(upload, claim, "missing", MISSING)
    except Exception:
        logger.exception("upload %s could not be read", upload_id)
        _fail(upload, claim, "internal", BROKEN)
    else:
        after_reading.run(after_reading.Reading(drafts, document, extraction))


def _claim(upload_id: int) -> int | None:
    """Take a queued upload; gives the number of this run, ``None`` if there is nothing to do."""
    with transaction.atomic():
        taken = Upload.objects.filter(pk=upload_id, state=UploadState.QUEUED).update(
            state=UploadState.READING, progress=5, attempts=F("attempts") + 1, touched_at=timezone.now()
        )
        return Upload.objects.values_list("attempts", flat=True).get(pk=upload_id) if taken else None


def _proceed(upload_id: int, claim: int, state: UploadState, progress: int) -> None:
    held = Upload.objects.filter(pk=upload_id, attempts=claim).exclude(
        state__in=(UploadState.DONE, UploadState.FAILED, UploadState.QUEUED)
    )
    if not held.update(state=state, progress=progress, touched_at=timezone.now()):
        raise _Superseded


def _source(upload: Upload, document: Document, digest: str) -> SourceDocument:
    """The row of these bytes; two jobs with the same file end with one row."""
    try:
        with transaction.atomic():
            return SourceDocument.objects.get_or_create(
                sha256=digest,
                defaults={
                    "name": upload.name,
                    "format": document.format.value,
                    "size": upload.size,
                    "file": upload.file.name,
                    "text": document.text,
                    "line_count": len(document.lines),
                    "page_count": document.page_count,
                    "tables": drafting.stored_tables(document),
                    "uploaded_by_id": upload.created_by_id,
                },
            )[0]
    except IntegrityError:
        return SourceDocument.objects.get(sha256=digest)


def _store(upload: Upload, claim: int, document: Document, digest: str, extraction: Any) -> list[Draft]:
    with transaction.atomic():
        current = Upload.objects.select_for_update().get(pk=upload.pk)
        if current.attempts != claim or current.state != UploadState.STORING:
            raise _Superseded
        source = _source(upload, document, digest)
        drafts = drafting.store_drafts(current, source, extraction)
        current.document = source
        current.state, current.progress = UploadState.DONE, 100
        current.message = ""
        current.finished_at = current.touched_at = timezone.now()
        current.save()
        after = {"document": source.pk, "drafts": len(drafts)}
        acts = [Act(action="读取文件", target=current, after=after)]
        acts += [act for draft in drafts if (act := accept_unchanged(draft))]
        record(acting_user=None, acts=acts)
    return drafts


def _fail(upload: Upload, claim: int, code: str, message: str) -> None:
    with transaction.atomic():
        now = timezone.now()
        failed = Upload.objects.filter(pk=upload.pk, attempts=claim).exclude(
            state__in=(UploadState.DONE, UploadState.FAILED, UploadState.QUEUED)
        )
        if failed.update(
            state=UploadState.FAILED, error_code=code[:30], message=message, finished_at=now, touched_at=now
        ):
            after = {"error": code, "message": message}
            record(acting_user=None, acts=[Act(action="读取失败", target=upload, after=after)])
