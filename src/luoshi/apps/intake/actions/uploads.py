"""Files coming in: receiving them, and putting those whose job died back into the queue."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from luoshi.apps.intake.errors import Closed
from luoshi.apps.intake.models import Upload, UploadState
from luoshi.apps.intake.policies import require_keeper
from luoshi.apps.intake.tasks import read_upload
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import SourceDocument

UNDER_WAY = (UploadState.READING, UploadState.EXTRACTING, UploadState.STORING)
STALLED_AFTER = dt.timedelta(minutes=10)
MOST_ATTEMPTS = 3
TOO_LARGE = "文件超过 {limit} MB，没有保存。请拆分后再上传。"
INTERRUPTED = "读取了 {attempts} 次都中断，文件可能过大或已损坏。请用原软件打开后另存，再上传；或点“重新读取”。"


def clean_name(name: str) -> str:
    """The file's own name without folders and invisible characters, its ending kept where it must be cut."""
    base = PurePosixPath(name.replace("\\", "/")).name
    base = "".join(c for c in base if c.isprintable()).strip() or "未命名"
    suffix = PurePosixPath(base).suffix[:12]
    return base if len(base) <= 200 else base[: 200 - len(suffix)] + suffix


def receive_upload(*, acting_user: Any, file: File[Any], owner: Unit, enqueue: bool = True) -> Upload:
    """Keep a file and queue its reading, both in one transaction; the command line reads it itself (``enqueue=False``).

    A file over the limit is not kept: its upload says why.
    """
    require_keeper(acting_user, owner)
    limit = settings.LUOSHI_UPLOAD_LIMIT
    size = file.size or 0
    if size > limit:
        return refuse_upload(acting_user=acting_user, name=file.name or "", size=size, owner=owner)
    name = clean_name(file.name or "")
    with transaction.atomic():
        upload = Upload(name=name, size=size, owner=owner, created_by=acting_user)
        # Stored under a number of its own: names of uploads may hold anything.
        upload.file.save(f"{timezone.now():%d%H%M%S%f}{PurePosixPath(name).suffix.lower()[:12]}", file, save=False)
        upload.save()
        if enqueue:
            read_upload.enqueue(upload.pk)
        record(
            acting_user=acting_user,
            acts=[Act(action="上传文件", target=upload, after={"name": name, "size": size, "owner": owner.key})],
        )
    return upload


def refuse_upload(*, acting_user: Any, name: str, size: int, owner: Unit) -> Upload:
    """Note a file that was too large to be kept, so that the page can say so."""
    require_keeper(acting_user, owner)
    message = TOO_LARGE.format(limit=settings.LUOSHI_UPLOAD_LIMIT // 2**20)
    with transaction.atomic():
        upload = Upload.objects.create(
            name=clean_name(name),
            size=size,
            owner=owner,
            created_by=acting_user,
            state=UploadState.FAILED,
            error_code="too_large",
            message=message,
            finished_at=timezone.now(),
        )
        act = Act(action="拒收文件", target=upload, after={"name": upload.name, "size": size, "error": "too_large"})
        record(acting_user=acting_user, acts=[act])
    return upload


def retry_upload(*, acting_user: Any, upload: Upload) -> Upload:
    """Read a failed file once more (after the software was updated, or the machine had been short of memory)."""
    require_keeper(acting_user, upload.owner)
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state != UploadState.FAILED or not upload.file:
            raise Closed("只有读取失败、原文件还在的上传可以重新读取。")
        before = {"state": upload.state, "error": upload.error_code}
        upload.state, upload.progress, upload.attempts = UploadState.QUEUED, 0, 0
        upload.error_code = upload.message = ""
        upload.finished_at, upload.touched_at = None, timezone.now()
        upload.save()
        read_upload.enqueue(upload.pk)
        record(
            acting_user=acting_user,
            acts=[Act(action="重新读取", target=upload, before=before, after={"state": upload.state})],
        )
    return upload


def delete_upload(*, acting_user: Any, upload: Upload) -> None:
    """Take a failed upload off the list, its file with it; the journal keeps that it was there and why it failed."""
    require_keeper(acting_user, upload.owner)
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state != UploadState.FAILED:
            raise Closed("只能删除未能读取的文件。")
        before = {"name": upload.name, "size": upload.size, "owner": upload.owner.key, "error": upload.error_code}
        # A document keeps the file from which it was read.
        kept = SourceDocument.objects.filter(file=upload.file.name).exists() if upload.file else True
        if not kept:
            storage, name = upload.file.storage, upload.file.name
            transaction.on_commit(lambda: storage.delete(name))
        gone = Upload(pk=upload.pk, name=upload.name)
        upload.delete()
        record(acting_user=acting_user, acts=[Act(action="删除上传", target=gone, before=before)])


def requeue_stalled(*, older_than: dt.timedelta = STALLED_AFTER) -> int:
    """Queue again what a dead job left behind; after ``MOST_ATTEMPTS`` say that it cannot be read. Safe to repeat.

    Gives the number of uploads that were put back.
    """
    edge = timezone.now() - older_than
    waiting = {
        arguments["args"][0]
        for arguments in DBTaskResult.objects.filter(
            task_path=read_upload.module_path, status=TaskResultStatus.READY
        ).values_list("args_kwargs", flat=True)
        if arguments.get("args")
    }
    again = 0
    stalled = Upload.objects.filter(state__in=(*UNDER_WAY, UploadState.QUEUED), touched_at__lt=edge)
    for pk in stalled.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            upload = Upload.objects.select_for_update().filter(pk=pk).first()
            if upload is None or upload.touched_at >= edge or upload.state in (UploadState.DONE, UploadState.FAILED):
                continue
            if upload.state == UploadState.QUEUED and pk in waiting:
                continue
            if upload.attempts >= MOST_ATTEMPTS:
                upload.state, upload.error_code = UploadState.FAILED, "interrupted"
                upload.message, upload.finished_at = INTERRUPTED.format(attempts=upload.attempts), timezone.now()
                upload.save()
                after = {"state": upload.state, "error": upload.error_code}
                record(acting_user=None, acts=[Act(action="读取失败", target=upload, after=after)])
                continue
            upload.state, upload.progress, upload.touched_at = UploadState.QUEUED, 0, timezone.now()
            upload.save(update_fields=("state", "progress", "touched_at"))
            if pk not in waiting:
                read_upload.enqueue(pk)
            record(acting_user=None, acts=[Act(action="接续读取", target=upload, after={"attempts": upload.attempts})])
            again += 1
    return again
