"""下达: a draft comes into force; or it is thrown away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from luoshi.allocation import conservation
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.actions.drafting import Draft, Saved, check_receivers, open_draft
from luoshi.apps.targets.errors import Closed, Invalid
from luoshi.apps.targets.models import AllocationVersion
from luoshi.apps.targets.queries.totals import adds_up, given_total, row_totals
from luoshi.apps.targets.telling import tell_adopted
from luoshi.apps.targets.values import oddity, plain, shown

LONGEST_REASON = 300


def cleaned_reason(reason: str) -> str:
    """A reason in one line; ``Invalid`` where it is too long."""
    reason = " ".join(reason.replace("\x00", "").split())
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": f"原因最多{LONGEST_REASON}字，现有{len(reason)}字。"})
    return reason


def _draft(acting_user: Any, target: Target, unit: Unit, revision: int) -> Draft:
    draft = open_draft(acting_user, target, unit, revision)
    if not draft.version.pk:
        raise Closed("没有待下达的草稿。")
    return draft


@transaction.atomic
def adopt_allocation(
    *,
    acting_user: Any,
    target: Target,
    unit: Unit,
    revision: int,
    reason: str = "",
    now: dt.datetime | None = None,
) -> Saved:
    """Bring the draft into force.

    A reason is asked for when it replaces a version in force, when more is given out than there is, and when shares
    look wrong (``values.oddity``). What is left over, or carried by nobody, stays visible but stops nothing. Raises
    ``Invalid``, ``Stale``, ``Closed``.
    """
    reason = cleaned_reason(reason)
    draft = _draft(acting_user, target, unit, revision)
    shares = list(draft.shares.values())
    if not any(share.value is not None for share in shares):
        raise Invalid({"": "分解表还是空的，没有可以下达的数。"})
    check_receivers(draft, draft.unit_ids)  # units can have moved since their rows were made
    total = given_total(target, unit)
    first = not draft.allocation.versions.filter(adopted_at__isnull=False).exists()
    if not first and not reason:
        raise Invalid({"reason": "年内调整已下达的分解，请写明原因。"})
    if adds_up(target):
        found = conservation(total, row_totals(shares, draft.version.cumulative).values())
        if found.over and not reason:
            raise Invalid(
                {"reason": f"各单位合计比总数多{shown(abs(found.over))}{target.unit_of_measure}，请写明原因。"}
            )
    odd = [share for share in shares if oddity(share.value, target.unit_of_measure, total)]
    if odd and not reason:
        raise Invalid({"reason": f"有{len(odd)}格是负数，或不该有小数，请核对；确实如此的，请写明原因。"})
    version = draft.version
    version.total, version.reason = total, reason
    version.adopted_by, version.adopted_at = acting_user, now or timezone.now()
    version.save()
    draft.allocation.revision += 1
    draft.allocation.save(update_fields=("revision",))
    tell_adopted(target, version, _changed(draft), now)
    after = {"ordinal": version.ordinal, "total": plain(total), "reason": reason, "units": len(draft.unit_ids)}
    after |= {"odd": len(odd)} if odd else {}
    record(
        acting_user=acting_user,
        acts=[Act(action="下达目标分解", target=draft.allocation, after=after, label=str(target))],
    )
    return Saved(draft.allocation, version, draft.allocation.revision)


def _changed(draft: Draft) -> set[int]:
    """The units whose shares differ from the version before, those that have none any more among them."""
    adopted = AllocationVersion.objects.filter(allocation=draft.allocation, adopted_at__isnull=False)
    last = adopted.filter(ordinal__lt=draft.version.ordinal).order_by("-ordinal").first()
    before = {(share.unit_id, share.period): (share.value, share.joint) for share in last.shares.all()} if last else {}
    after = {key: (share.value, share.joint) for key, share in draft.shares.items()}
    return {key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


@transaction.atomic
def discard_draft(*, acting_user: Any, target: Target, unit: Unit, revision: int) -> int:
    """Throw the draft away; what is in force stays. Gives the new revision."""
    draft = _draft(acting_user, target, unit, revision)
    before = {
        "ordinal": draft.version.ordinal,
        "cells": {f"{key[0]} {key[1]}": plain(share.value) for key, share in draft.shares.items() if share.value},
    }
    draft.version.delete()
    draft.allocation.revision += 1
    draft.allocation.save(update_fields=("revision",))
    record(
        acting_user=acting_user,
        acts=[Act(action="弃用分解草稿", target=draft.allocation, before=before, label=str(target))],
    )
    return draft.allocation.revision
