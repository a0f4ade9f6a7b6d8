"""Indicators from the targets of a plan: what was proposed, as the person left it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from luoshi.apps.indicators.actions.catalogue import add_indicator, set_links
from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.fields import snapshot
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.plans.models import Plan, Target


@dataclass(frozen=True, slots=True)
class Wanted:
    """An indicator for some targets of a plan: an ``existing`` one, or a new one with these ``fields``."""

    target_ids: tuple[int, ...]
    existing: Indicator | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Created:
    """What came of it: new indicators, and how many targets are measured now."""

    indicators: tuple[Indicator, ...]
    linked: int


def create_from_plan(
    *, acting_user: Any, plan: Plan, wanted: Sequence[Wanted], now: dt.datetime | None = None
) -> Created:
    """Put the indicators into the catalogue and say that they measure the targets: all of it or nothing."""
    if not wanted:
        raise IndicatorError("请至少选择一项指标。")
    moment = now or timezone.now()
    with transaction.atomic():
        ids = [pk for one in wanted for pk in one.target_ids]
        if len(ids) != len(set(ids)):
            raise IndicatorError("同一个目标不能同时用两项指标衡量。")
        if Target.objects.filter(plan=plan, pk__in=ids, retired_in=None).count() != len(ids):
            raise IndicatorError("方案的目标已有变动，请刷新后重试。")
        acts, made, links = [], [], {}
        for one in wanted:
            indicator = one.existing
            if indicator is None:
                reason = f"由方案“{plan}”的目标建立"[:300]
                indicator = add_indicator(acting_user, one.fields, reason, moment)
                made.append(indicator)
                acts.append(Act(action="新建指标", target=indicator, after=snapshot(indicator)))
            links.update(dict.fromkeys(one.target_ids, indicator))
        linked = set_links(acting_user, links)
        record(acting_user=acting_user, acts=[*acts, *linked])
    return Created(tuple(made), len(linked))
