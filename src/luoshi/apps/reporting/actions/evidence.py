"""Files that cells of a return name."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.http import Http404

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.reporting.actions.locking import locked_return, moment, require_fill, require_open
from luoshi.apps.reporting.actions.saving import change
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.errors import NotNow
from luoshi.apps.reporting.evidence_kinds import require_kind
from luoshi.apps.reporting.models import Evidence, Return
from luoshi.apps.reporting.policies import may_fill
from luoshi.apps.reporting.states import EDITABLE, not_editable
from luoshi.forms import cells as cells_of
from luoshi.forms.model import FieldType, Values

NAME_LENGTH = 200


def attach_evidence(
    *, acting_user: Any, answer_id: int, address: str, file: File[bytes], now: dt.datetime | None = None
) -> Evidence:
    """Store a file and name it in its cell; a file that the cell named before stays stored."""
    at = moment(now)
    name = PurePath((file.name or "").replace("\\", "/")).name.replace("\x00", "")[-NAME_LENGTH:] or "文件"
    size = file.size or 0
    if not size:
        raise ValidationError("文件是空的，请重新选择。")
    if size > settings.LUOSHI_UPLOAD_LIMIT:
        raise ValidationError(f"文件超过{settings.LUOSHI_UPLOAD_LIMIT // 2**20} MB，请压缩后再传。")
    require_kind(file)
    sha = hashlib.sha256()
    for chunk in file.chunks():
        sha.update(chunk)
    with transaction.atomic():
        answer = _editable(acting_user, answer_id, at)
        asked = asked_by(answer.round.version)
        # A row that has been added on the page and not been saved yet is added by its first cell.
        section, row = (*address.split("."), "", "")[:2]
        rows = {key: list(keys) for key, keys in answer.rows.items()}
        if row and row not in rows.setdefault(section, []):
            rows[section].append(row)
        fits = any(
            cell.address == address and cell.field.type is FieldType.FILE and not cell.blocked
            for cell in cells_of(asked.definition, Values(answer.cells, rows))
        )
        if not fits:
            raise ValidationError("这一格不收文件，请刷新后重试。")
        evidence = Evidence.objects.create(
            answer=answer,
            address=address,
            file=File(file, name=name),
            name=name,
            size=size,
            sha256=sha.hexdigest(),
            uploaded_by=acting_user,
        )
        _write(acting_user, answer, address, str(evidence.pk), at)
        after = {"单元格": address, "文件名": name, "字节数": size, "摘要": evidence.sha256}
        record(acting_user=acting_user, acts=[Act(action="上传佐证材料", target=evidence, after=after)])
    return evidence


def remove_evidence(*, acting_user: Any, evidence_id: int, now: dt.datetime | None = None) -> Evidence:
    """Hide a file from its return and empty the cell that names it; submissions keep both."""
    at = moment(now)
    answer_id = Evidence.objects.filter(pk=evidence_id).values_list("answer", flat=True).first()
    if answer_id is None:
        raise Http404
    with transaction.atomic():
        answer = _editable(acting_user, answer_id, at)
        evidence = Evidence.objects.get(pk=evidence_id)
        if evidence.removed_at is not None:
            return evidence
        evidence.removed_at = at
        evidence.save(update_fields=("removed_at",))
        if answer.cells.get(evidence.address) == str(evidence.pk):
            _write(acting_user, answer, evidence.address, None, at)
        after = {"单元格": evidence.address, "文件名": evidence.name}
        record(acting_user=acting_user, acts=[Act(action="移除佐证材料", target=evidence, after=after)])
    return evidence


def _editable(acting_user: Any, answer_id: int, at: dt.datetime) -> Return:
    answer = locked_return(acting_user, answer_id)
    require_fill(may_fill(acting_user, answer))
    if answer.state not in EDITABLE:
        raise NotNow(not_editable(answer.state))
    require_open(answer, at, submitting=False)
    return answer


def _write(acting_user: Any, answer: Return, address: str, text: str | None, at: dt.datetime) -> None:
    change(answer, asked_by(answer.round.version), {address: text}, {}, {}, None)
    answer.updated_by, answer.updated_at = acting_user, at
    answer.save(update_fields=("cells", "rows", "reasons", "marks", "revision", "updated_by", "updated_at"))
