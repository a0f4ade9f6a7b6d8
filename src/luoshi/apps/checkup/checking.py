"""Running the check-up on what was read, and storing what it finds; safe to repeat.

It runs right after a file was read (``intake.after_reading``). Where that failed, or the draft is older than the
check-up, the page runs it when it is opened for the first time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from luoshi.apps.checkup.models import CheckUp, Decision, Finding
from luoshi.apps.intake import values
from luoshi.apps.intake.actions.locking import locked_draft
from luoshi.apps.intake.after_reading import Reading
from luoshi.apps.intake.models import Draft, DraftState, ItemKind
from luoshi.apps.organisations.queries import directory
from luoshi.apps.plans.documents import document_of
from luoshi.checks.model import Finding as Found
from luoshi.units import NameKind, UnitDirectory, UnitName

_BATCH = 200


def store_findings(reading: Reading) -> None:
    """Check a file that was just read, and store the findings of its drafts."""
    from luoshi.checks import check  # only who reads a file needs the rules

    found = check(reading.extraction, reading.document, directory())
    first_lines = [plan.first_line for plan in reading.extraction.plans]
    by_draft = _shared_out(reading.drafts, found, first_lines)
    with transaction.atomic():
        for draft in sorted(reading.drafts, key=lambda one: one.pk):
            _store(draft.pk, by_draft[draft.pk], again=False)


def ensure_checked(draft: Draft) -> None:
    """Check the draft's file now, unless it has been checked."""
    if not CheckUp.objects.filter(draft=draft).exists():
        by_draft = found_now(draft)
        with transaction.atomic():
            for draft_id in sorted(by_draft):
                _store(draft_id, by_draft[draft_id], again=False)


def store_again(draft: Draft, found: list[Found]) -> None:
    """Replace the draft's findings, inside the caller's transaction: decisions on what is found again stay, what is
    gone and was not decided on goes."""
    _store(draft.pk, found, again=True)


def ask_again(draft: Draft) -> None:
    """Queue a further check-up: half a second for a gazette, which nobody who names units waits for."""
    from luoshi.apps.checkup.tasks import check_draft_again

    check_draft_again.enqueue(draft.pk, timezone.now().isoformat())


def renew(draft_id: int, asked_at: dt.datetime) -> None:
    """Check a draft again, unless that was done after ``asked_at``."""
    draft = Draft.objects.select_related("document").filter(pk=draft_id).exclude(state=DraftState.DISCARDED).first()
    if draft is None or CheckUp.objects.filter(draft=draft, checked_at__gt=asked_at).exists():
        return
    found = found_now(draft)[draft.pk]
    with transaction.atomic():
        store_again(draft, found)


def _names_as_told(draft: Draft) -> UnitDirectory:
    """The register, with what people said of names in this draft only."""
    known = directory()
    names: dict[str, UnitName] = {}
    for data in draft.items.filter(kind=ItemKind.RESPONSIBILITY).values_list("data", flat=True):
        for role in values.ROLES:
            for entry in data.get(role, ()):
                keys = tuple(key for key in entry["units"] if key in known)
                if (keys or entry.get("open")) and not known.resolve(entry["name"], draft.issued_on).matched:
                    kind = NameKind.ALIAS if len(keys) == 1 else NameKind.GROUP
                    names[entry["name"]] = UnitName(entry["name"], keys, kind)
    return UnitDirectory(known.units, [*known.names, *names.values()]) if names else known


def found_now(draft: Draft) -> dict[int, list[Found]]:
    """What a check-up of the draft's stored document finds, by the row number of each draft of its file."""
    from luoshi.checks import check
    from luoshi.extraction import extract

    drafts = list(Draft.objects.filter(upload_id=draft.upload_id).order_by("pk"))
    document = document_of(draft.document)
    extraction = extract(document)
    found = check(extraction, document, _names_as_told(draft))
    return _shared_out(drafts, found, [plan.first_line for plan in extraction.plans])


def _shared_out(drafts: Iterable[Draft], found: Iterable[Found], first_lines: list[int]) -> dict[int, list[Found]]:
    """The findings of each draft: of the plan in whose lines the finding's own plan begins."""
    drafts = list(drafts)
    by_draft: dict[int, list[Found]] = {draft.pk: [] for draft in drafts}
    for finding in found:
        line = first_lines[finding.plan] if finding.plan < len(first_lines) else finding.places[0].line
        for draft in drafts:
            if draft.first_line <= line <= draft.last_line:
                by_draft[draft.pk].append(finding)
                break
    return by_draft


def fingerprint(found: Found) -> str:
    """The same for a finding that is made again: its kind, what is printed at its places, and the readings."""
    parts = [found.kind, [place.text for place in found.places], list(found.readings), found.message]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _row(draft_id: int, position: int, found: Found, mark: str) -> Finding:
    return Finding(
        draft_id=draft_id,
        position=position,
        kind=found.kind,
        severity=found.severity.value,
        message=found.message,
        detail=found.detail,
        places=[
            {
                "line": place.line,
                "text": place.text,
                "spans": [[span.line, span.start, span.end] for span in place.spans],
            }
            for place in found.places
        ],
        readings=list(found.readings),
        fingerprint=mark,
    )


def _store(draft_id: int, found: list[Found], *, again: bool) -> None:
    # The draft's row is locked, so that of two who check at once the second finds it done.
    locked_draft(draft_id)
    known = CheckUp.objects.filter(draft_id=draft_id)
    if known.exists() and not again:
        return
    seen: Counter[str] = Counter()
    rows = []
    for position, one in enumerate(found, 1):
        mark = fingerprint(one)
        seen[mark] += 1
        # The same words twice in a document are two findings.
        rows.append(_row(draft_id, position, one, mark if seen[mark] == 1 else f"{mark[:56]}-{seen[mark]}"[:64]))
    Finding.objects.filter(draft_id=draft_id, decision=Decision.OPEN).exclude(
        fingerprint__in=[row.fingerprint for row in rows]
    ).delete()
    Finding.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["draft", "fingerprint"],
        update_fields=["position", "severity", "message", "detail", "places"],
    )
    CheckUp.objects.update_or_create(draft_id=draft_id, defaults={"checked_at": timezone.now()})
