"""目标责任书: drawn up, issued, signed, withdrawn. Each step is a journal entry; a signed letter is never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Plan
from luoshi.apps.targets import policies
from luoshi.apps.targets.errors import Closed, Invalid, Stale
from luoshi.apps.targets.letters import contents, write_letter
from luoshi.apps.targets.models import CommitmentLetter, LetterJob, LetterJobState, LetterState
from luoshi.apps.targets.tasks import draw_up
from luoshi.apps.targets.telling import tell_issued

LOST_RIGHT = "办理人已没有办理此方案责任书的权限，请由有权限的人重新生成。"
NOT_ALLOWED = "只有发文单位的统筹办和系统管理员可以办理目标责任书。"
MOST_UNITS = 500
AT_ONCE = 5  # more letters than these are drawn up in the background
ENDED = (LetterJobState.DONE, LetterJobState.FAILED)
STALLED_AFTER = dt.timedelta(minutes=10)
SCANS = {b"%PDF": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}


def draw_up_letters(*, acting_user: Any, plan: Plan, units: Collection[Unit], year: int) -> LetterJob:
    """Draw letters up for chosen units: few at once, many by a background job. Raises ``Invalid``."""
    require(policies.may_draw_up(acting_user, plan), NOT_ALLOWED)
    if not units:
        raise Invalid({"units": "请至少选择一个单位。"})
    if len(units) > MOST_UNITS:
        raise Invalid({"units": f"一次最多生成{MOST_UNITS}份。"})
    with transaction.atomic():
        job = LetterJob.objects.create(
            plan=plan, year=year, unit_ids=[unit.pk for unit in units], created_by=acting_user
        )
        if len(units) > AT_ONCE:
            draw_up.enqueue(job.pk)
        record(
            acting_user=acting_user,
            acts=[Act(action="生成目标责任书", target=job, after={"year": year, "units": len(units)}, label=str(plan))],
        )
    if len(units) <= AT_ONCE:
        run_job(job.pk)
        job.refresh_from_db()
    return job


def run_job(job_id: int) -> None:
    """Go on with a job where it stopped: a letter and the job's progress are one transaction.

    It ends where whoever began it may not draw letters up any more; what was drawn up before stays.
    """
    try:
        _run(job_id)
    except PermissionDenied:
        LetterJob.objects.filter(pk=job_id).update(state=LetterJobState.FAILED, problem=LOST_RIGHT)


def _run(job_id: int) -> None:
    job = LetterJob.objects.select_related("plan__owner", "created_by").get(pk=job_id)
    units = Unit.objects.in_bulk(job.unit_ids)
    found = contents(job.plan, list(units.values()), job.year)
    for place, unit_id in enumerate(job.unit_ids):
        with transaction.atomic():
            current = LetterJob.objects.select_for_update().get(pk=job_id)
            if current.done != place:
                continue
            made = None
            if unit_id in found:
                made = draw_up_now(
                    acting_user=job.created_by, plan=job.plan, unit=units[unit_id], content=found[unit_id]
                )
            current.done, current.state = place + 1, LetterJobState.RUNNING
            current.drawn_up += made is not None
            current.save()
    LetterJob.objects.filter(pk=job_id).update(state=LetterJobState.DONE)


def resume_jobs(*, older_than: dt.timedelta = STALLED_AFTER, now: dt.datetime | None = None) -> int:
    """Go on with jobs whose worker died; how many. Safe to repeat, also beside a worker that is merely slow: each
    letter is claimed by the job's row."""
    edge = (now or timezone.now()) - older_than
    stalled = LetterJob.objects.exclude(state__in=ENDED).filter(created_at__lt=edge)
    keys = list(stalled.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        run_job(key)  # ends a job that cannot go on, so that it never stops the others
    return len(keys)


@transaction.atomic
def draw_up_now(*, acting_user: Any, plan: Plan, unit: Unit, content: dict[str, Any]) -> CommitmentLetter | None:
    """One letter of a content; ``None`` where the unit's latest one says the same.

    A letter that was only drawn up makes way for the new one; one that went out stays until the new one is issued.
    """
    require(policies.may_draw_up(acting_user, plan), NOT_ALLOWED)
    Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)  # serialises the numbers
    rows = CommitmentLetter.objects.filter(plan=plan, unit=unit, year=content["year"])
    latest = rows.exclude(state=LetterState.WITHDRAWN).order_by("-ordinal").first()
    if latest is not None and latest.content == content:
        return None
    acts = []
    if latest is not None and latest.state == LetterState.DRAWN_UP:
        latest.state = LetterState.WITHDRAWN
        latest.revision += 1
        latest.save(update_fields=("state", "revision"))
        acts.append(Act(action="作废目标责任书", target=latest, after={"reason": "重新生成"}))
    ordinal = (rows.aggregate(last=Max("ordinal"))["last"] or 0) + 1
    letter = CommitmentLetter(
        plan=plan, unit=unit, year=content["year"], ordinal=ordinal, content=content, drawn_up_by=acting_user
    )
    letter.file.save(f"{plan.pk}-{unit.pk}-{content['year']}-{ordinal}.docx", ContentFile(write_letter(content)), False)
    letter.save()
    acts.append(Act(action="生成目标责任书", target=letter, after={"ordinal": ordinal, "unit": str(unit)}))
    record(acting_user=acting_user, acts=acts)
    return letter


@transaction.atomic
def issue_letters(
    *, acting_user: Any, letters: Iterable[int], now: dt.datetime | None = None
) -> tuple[int, list[tuple[int, str]]]:
    """Send letters out to their units: how many, and those that could not be with the reason.

    An earlier letter of the same unit, plan and year is withdrawn by it.
    """
    moment = now or timezone.now()
    sent: list[CommitmentLetter] = []
    refused: list[tuple[int, str]] = []
    acts = []
    rows = {row.pk: row for row in _locked(letters)}
    for key in dict.fromkeys(letters):
        letter = rows.get(key)
        if letter is None:
            refused.append((key, "没有这份责任书。"))
            continue
        require(policies.may_draw_up(acting_user, letter.plan), NOT_ALLOWED)
        if letter.state != LetterState.DRAWN_UP:
            refused.append((key, f"{letter.unit}的责任书{letter.get_state_display()}，不能再发出。"))
            continue
        older = CommitmentLetter.objects.select_for_update().filter(
            plan=letter.plan, unit=letter.unit, year=letter.year, ordinal__lt=letter.ordinal
        )
        for old in older.exclude(state=LetterState.WITHDRAWN):
            old.state = LetterState.WITHDRAWN
            old.revision += 1
            old.save(update_fields=("state", "revision"))
            acts.append(Act(action="作废目标责任书", target=old, after={"reason": f"由第{letter.ordinal}版取代"}))
        letter.state, letter.issued_at = LetterState.ISSUED, moment
        letter.revision += 1
        letter.save(update_fields=("state", "issued_at", "revision"))
        acts.append(Act(action="发出目标责任书", target=letter, after={"state": letter.state}))
        sent.append(letter)
    tell_issued(sent, moment)
    record(acting_user=acting_user, acts=acts)
    return len(sent), refused


def _locked(keys: Iterable[int]) -> list[CommitmentLetter]:
    rows = CommitmentLetter.objects.select_for_update(of=("self",)).select_related("plan__owner", "unit")
    return list(rows.filter(pk__in=list(keys)).order_by("pk"))


def _one(letter: CommitmentLetter, revision: int) -> CommitmentLetter:
    found = _locked([letter.pk])
    if not found:
        raise Closed("没有这份责任书。")
    if found[0].revision != revision:
        raise Stale(found[0].revision)
    return found[0]


def scan_ending(scan: File[Any]) -> str:
    """The ending that a scan's first bytes tell; raises ``Invalid`` for anything but PDF, JPG and PNG."""
    scan.seek(0)
    head = scan.read(8)
    scan.seek(0)
    for start, ending in SCANS.items():
        if head.startswith(start):
            return ending
    raise Invalid({"scan": "签字页只收 PDF、JPG、PNG 文件。"})


@transaction.atomic
def sign_letter(
    *,
    acting_user: Any,
    letter: CommitmentLetter,
    signed_on: dt.date | None,
    signatory: str,
    revision: int,
    scan: File[Any] | None = None,
    today: dt.date | None = None,
) -> CommitmentLetter:
    """Register that a letter was signed, by whom and when, with the scanned page if there is one."""
    require(policies.may_sign(acting_user, letter), "只有发文单位或责任单位的统筹办、系统管理员可以登记签订。")
    letter = _one(letter, revision)
    if letter.state != LetterState.ISSUED:
        raise Closed(f"责任书{letter.get_state_display()}，只有已发出的可以登记签订。")
    signatory = " ".join(signatory.replace("\x00", "").split())
    errors = {}
    if not signatory:
        errors["signatory"] = "请填写签订人。"
    elif len(signatory) > 60:
        errors["signatory"] = "签订人最多60字。"
    if signed_on is None:
        errors["signed_on"] = "请填写签订日期。"
    elif signed_on > (today or timezone.localdate()):
        errors["signed_on"] = "签订日期不能晚于今天。"
    if scan is not None and (scan.size or 0) > settings.LUOSHI_UPLOAD_LIMIT:
        errors["scan"] = f"签字页超过{settings.LUOSHI_UPLOAD_LIMIT // 2**20} MB，请压缩后再传。"
    if errors:
        raise Invalid(errors)
    if scan is not None:
        ending = scan_ending(scan)
        letter.scan.save(f"{letter.pk}-signed{ending}", scan, save=False)
    letter.state, letter.signed_on, letter.signatory = LetterState.SIGNED, signed_on, signatory
    letter.revision += 1
    letter.save()
    after = {"signed_on": signed_on, "signatory": signatory, "scan": bool(scan)}
    record(acting_user=acting_user, acts=[Act(action="签订目标责任书", target=letter, after=after)])
    return letter


@transaction.atomic
def withdraw_letter(*, acting_user: Any, letter: CommitmentLetter, reason: str, revision: int) -> CommitmentLetter:
    """Withdraw a letter; it stays in the list with its file."""
    require(policies.may_draw_up(acting_user, letter.plan), NOT_ALLOWED)
    letter = _one(letter, revision)
    reason = " ".join(reason.replace("\x00", "").split())[:300]
    if not reason:
        raise Invalid({"reason": "请写明作废的原因。"})
    if letter.state == LetterState.WITHDRAWN:
        raise Closed("这份责任书已经作废。")
    before = {"state": letter.state}
    letter.state = LetterState.WITHDRAWN
    letter.revision += 1
    letter.save(update_fields=("state", "revision"))
    after = {"state": letter.state, "reason": reason}
    record(acting_user=acting_user, acts=[Act(action="作废目标责任书", target=letter, before=before, after=after)])
    return letter
