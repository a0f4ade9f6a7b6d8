"""Files that go with a step of an order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.http import Http404

from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.policies import require
from luoshi.apps.reporting.evidence_kinds import require_kind
from luoshi.apps.supervision.actions.common import act_of, locked_order
from luoshi.apps.supervision.errors import NotNow
from luoshi.apps.supervision.models import OrderEvidence, OrderState, OrderStep

NAME_LENGTH, MOST_FILES = 200, 10


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was looked at before the transaction: its kind is taken, its size and digest are known."""

    file: File[bytes]
    name: str
    size: int
    sha256: str


def prepare(files: Iterable[File[bytes]]) -> list[Prepared]:
    """Look at files before anything is stored; ``ValidationError`` names the one that is not taken."""
    files = list(files)
    if len(files) > MOST_FILES:
        raise ValidationError(f"一次最多传{MOST_FILES}个文件。")
    return [_prepared(file) for file in files]


def _prepared(file: File[bytes]) -> Prepared:
    name = PurePath((file.name or "").replace("\\", "/")).name.replace("\x00", "")[-NAME_LENGTH:] or "文件"
    size = file.size or 0
    if not size:
        raise ValidationError(f"“{name}”是空的，请重新选择。")
    if size > settings.LUOSHI_UPLOAD_LIMIT:
        raise ValidationError(f"“{name}”超过{settings.LUOSHI_UPLOAD_LIMIT // 2**20} MB，请压缩后再传。")
    require_kind(file)
    sha = hashlib.sha256()
    for chunk in file.chunks():
        sha.update(chunk)
    return Prepared(file, name, size, sha.hexdigest())


def store(step: OrderStep, files: Iterable[Prepared], user: Any) -> list[OrderEvidence]:
    """Store prepared files with a step, inside the caller's transaction."""
    return [
        OrderEvidence.objects.create(
            step=step,
            file=File(one.file, name=one.name),
            name=one.name,
            size=one.size,
            sha256=one.sha256,
            uploaded_by=user,
        )
        for one in files
    ]


def attach_order_evidence(*, acting_user: Any, step_id: int, file: File[bytes]) -> OrderEvidence:
    """Add a file to a step of one's own, as long as the order is not done with."""
    (prepared,) = prepare([file])
    step = OrderStep.objects.filter(pk=step_id).first()
    if step is None:
        raise Http404
    with transaction.atomic():
        order = locked_order(acting_user, step.order_id)
        require(acting_user is None or step.by_id == acting_user.pk, "只能为自己写的一步补传材料。")
        if order.state in (OrderState.CLOSED, OrderState.WITHDRAWN):
            raise NotNow(f"此件{OrderState(order.state).label}，不能再补传材料。")
        (evidence,) = store(step, [prepared], acting_user)
        after = {"步骤": step.get_action_display(), "文件名": prepared.name, "摘要": prepared.sha256}
        record(acting_user=acting_user, acts=[act_of(order, "补传督办佐证", **after)])
    return evidence
