"""Who is told when targets are given out and letters go out: the people of the units meant, each once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.urls import reverse

from luoshi.apps.accounts.models import User
from luoshi.apps.notices.actions import Message, notify_each
from luoshi.apps.organisations.models import Membership, Role
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.models import AllocationVersion, CommitmentLetter

ALLOCATION, LETTER = "allocation", "letter"
KINDS = {ALLOCATION: "目标下达", LETTER: "目标责任书"}
TOLD = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.LEAD, Role.LEADER)


def _people(unit_ids: Collection[int]) -> list[tuple[int, User]]:
    """(unit, person) of those who answer for a unit: one query."""
    rows = Membership.objects.filter(unit_id__in=unit_ids, role__in=TOLD, user__is_active=True)
    return [(row.unit_id, row.user) for row in rows.select_related("user").order_by("pk")]


def tell_adopted(
    target: Target, version: AllocationVersion, unit_ids: Collection[int], now: dt.datetime | None = None
) -> int:
    """Tell the units whose shares are new or changed."""
    change = "调整" if version.ordinal > 1 else "下达"
    title = f"{version.allocation.unit}{change}目标：{target.indicator}"
    url = reverse("targets:allocation", args=(target.pk,))
    reason = f"原因：{version.reason}" if version.reason else ""
    return notify_each(
        (
            Message(recipient=user, key=f"allocation-{version.pk}", kind=ALLOCATION, title=title, text=reason, url=url)
            for _, user in _people(unit_ids)
        ),
        now=now,
    )


def tell_issued(letters: Collection[CommitmentLetter], now: dt.datetime | None = None) -> int:
    """Tell the units that a letter waits for their signature."""
    by_unit: dict[int, list[CommitmentLetter]] = {}
    for letter in letters:
        by_unit.setdefault(letter.unit_id, []).append(letter)
    return notify_each(
        (
            Message(
                recipient=user,
                key=f"letter-{letter.pk}",
                kind=LETTER,
                title=f"{letter.unit}{letter.year}年目标责任书已发出，请签订",
                url=reverse("targets:letter", args=(letter.pk,)),
            )
            for unit, user in _people(by_unit)
            for letter in by_unit[unit]
        ),
        now=now,
    )
