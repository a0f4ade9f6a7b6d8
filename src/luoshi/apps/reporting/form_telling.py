"""The coordinating office is told when a form asks for what another one asks already (重复填报)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from luoshi.apps.notices.actions import Message, notify_each
from luoshi.apps.organisations.holders import nearest_holders
from luoshi.apps.organisations.models import Role
from luoshi.apps.reporting.models import FormVersion
from luoshi.apps.reporting.queries.burden import duplicates
from luoshi.apps.reporting.telling import DUPLICATE
from luoshi.periods import local_date


def tell_duplicates(version: FormVersion, now: dt.datetime) -> int:
    """Tell the coordinators above the owner what the version asks twice; how many people were told.

    Call inside the transaction that publishes the version.
    """
    form = version.form
    assert version.first_day is not None  # published
    found = duplicates(None, max(local_date(now), version.first_day), form=form)
    if not found:
        return 0
    lines = []
    for one in found:
        names = "、".join(str(unit) for unit in one.units[:10]) + ("等" if len(one.units) > 10 else "")
        lines.append(
            f"{one.indicator.name}：《{one.first.title}》（{one.first.owner}）与《{one.second.title}》"
            f"（{one.second.owner}）都向{names}要。"
        )
    people = nearest_holders([form.owner], Role.COORDINATOR)[form.owner_id]
    title = f"重复填报：《{form.title}》有 {len({one.indicator.pk for one in found})} 个指标别的报表已在要"
    return notify_each(
        (
            Message(
                recipient=user,
                key=f"form-version:{version.pk}:duplicates",
                kind=DUPLICATE,
                title=title,
                text="\n".join(lines),
                url=f"{reverse('reporting:burden')}#duplicates",
            )
            for user in people
        ),
        now=now,
    )
