"""Files that show how a unit came to a figure, and what the unit that checks the item says of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.http import Http404

from luoshi.apps.assessment.actions.common import act_of, label_of, locked_run, moment, plain
from luoshi.apps.assessment.errors import NotNow
from luoshi.apps.assessment.gathering import members_of, scheme_for, sources_of
from luoshi.apps.assessment.models import Evidence, EvidenceState, RunState
from luoshi.apps.assessment.policies import may_check, may_speak_for, visible_runs
from luoshi.apps.assessment.telling import settle_evidence, tell_evidence
from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.policies import require
from luoshi.apps.reporting.evidence_kinds import require_kind

NAME_LENGTH, MOST_FILES = 200, 20


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was looked at before the transaction."""

    file: File[bytes]
    name: str
    sha256: str


def prepare(file: File[bytes]) -> Prepared:
    """Look at a file before anything is stored; ``ValidationError`` where it is not taken."""
    name = PurePath((file.name or "").replace("\\", "/")).name.replace("\x00", "")[-NAME_LENGTH:] or "文件"
    if not file.size:
        raise ValidationError(f"“{name}”是空的，请重新选择。")
    if file.size > settings.LUOSHI_UPLOAD_LIMIT:
        raise ValidationError(f"“{name}”超过{settings.LUOSHI_UPLOAD_LIMIT // 2**20} MB，请压缩后再传。")
    require_kind(file)
    sha = hashlib.sha256()
    for chunk in file.chunks():
        sha.update(chunk)
    return Prepared(file, name, sha.hexdigest())


@transaction.atomic
def offer_evidence(
    *,
    acting_user: Any,
    run_id: int,
    unit_id: int,
    item: str,
    file: File[bytes],
    note: str = "",
    now: dt.datetime | None = None,
) -> Evidence:
    """Attach a file to a unit's item; the unit that checks the item is told."""
    at = moment(now)
    note = plain(note, "说明", required=False)
    prepared = prepare(file)
    run = locked_run(acting_user, run_id)
    member = next((one for one in members_of(run) if one.unit.pk == unit_id), None)
    if member is None:
        raise Http404
    require(may_speak_for(acting_user, member.unit), "请由被考核单位的人员报送佐证。")
    if run.state not in (RunState.DRAFT, RunState.PREVIEW):
        raise NotNow(f"本期考核{run.get_state_display()}，不再收佐证。")
    if item not in {one.key for one in scheme_for(run).items}:
        raise ValidationError("没有这一项，请重新选择。")
    if Evidence.objects.filter(run=run, unit=unit_id, item=item).count() >= MOST_FILES:
        raise ValidationError(f"一项最多传{MOST_FILES}个文件。")
    evidence = Evidence.objects.create(
        run=run,
        unit=member.unit,
        item=item,
        file=File(prepared.file, name=prepared.name),
        name=prepared.name,
        sha256=prepared.sha256,
        note=note,
        uploaded_by=acting_user,
        uploaded_at=at,
    )
    source = next((one for one in sources_of(run) if one.item == item), None)
    checker = source.checked_by if source and source.checked_by else run.adoption.owner
    tell_evidence(evidence, label_of(run), checker, now=at)
    acts = [act_of(run, "报送考核佐证", 单位=str(member.unit), 项=item, 文件名=prepared.name, 摘要=prepared.sha256)]
    record(acting_user=acting_user, acts=acts)
    return evidence


@transaction.atomic
def check_evidence(
    *, acting_user: Any, evidence_id: int, accept: bool, answer: str = "", now: dt.datetime | None = None
) -> Evidence:
    """Accept a piece of evidence or not; refusing needs a reason. It changes no figure by itself."""
    at = moment(now)
    answer = plain(answer, "不认可的理由", required=not accept)
    known = Evidence.objects.filter(pk=evidence_id, run__in=visible_runs(acting_user).order_by().values("pk")).first()
    if known is None:
        raise Http404
    run = locked_run(acting_user, known.run_id)
    evidence = Evidence.objects.select_for_update().filter(pk=evidence_id).order_by("pk").get()
    evidence.run = run
    source = next((one for one in sources_of(run) if one.item == evidence.item), None)
    require(may_check(acting_user, source, run.adoption.owner), "只有这一项的审核单位和考核单位可以审核。")
    require(acting_user is None or evidence.uploaded_by_id != acting_user.pk, "不能审核自己报送的佐证。")
    if run.state not in (RunState.DRAFT, RunState.PREVIEW):
        raise NotNow(f"本期考核{run.get_state_display()}，不再审核佐证。")
    evidence.state = EvidenceState.ACCEPTED if accept else EvidenceState.REFUSED
    evidence.answer, evidence.checked_by, evidence.checked_at = answer, acting_user, at
    evidence.save(update_fields=("state", "answer", "checked_by", "checked_at"))
    left = Evidence.objects.filter(run=run, unit=evidence.unit_id, item=evidence.item, state=EvidenceState.OFFERED)
    if not left.exists():
        settle_evidence(evidence, now=at)
    outcome = evidence.get_state_display()
    acts = [act_of(run, "审核考核佐证", 单位=str(evidence.unit), 项=evidence.item, 文件名=evidence.name, 结果=outcome)]
    record(acting_user=acting_user, acts=acts)
    return evidence
