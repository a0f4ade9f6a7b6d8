"""Making and changing indicators: every state kept, with the reason; nothing changed over somebody else's change."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from luoshi.apps.indicators.errors import IndicatorError, StaleIndicator
from luoshi.apps.indicators.fields import EDITABLE, check, snapshot
from luoshi.apps.indicators.models import Indicator, IndicatorVersion, TargetIndicator
from luoshi.apps.indicators.policies import may_edit, may_keep_for
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Target
from luoshi.apps.plans.policies import may_manage, visible_targets

_REASON = 300


def _reason(text: str) -> str:
    if not text.strip():
        raise IndicatorError("请写明原因。")
    return text.strip()[:_REASON]


def _store(indicator: Indicator) -> None:
    """Save, with the name already in use told in words."""
    try:
        with transaction.atomic():
            indicator.save()
    except IntegrityError as error:
        raise IndicatorError(
            f"已有名称、计量单位和性质都相同的指标“{indicator.name}”，请直接使用，或换一个名称。"
        ) from error


def _keep_version(indicator: Indicator, acting_user: Any, reason: str, now: dt.datetime) -> None:
    ordinal = indicator.versions.count() + 1
    IndicatorVersion.objects.create(
        indicator=indicator,
        ordinal=ordinal,
        data=snapshot(indicator),
        reason=reason,
        changed_by=acting_user,
        changed_at=now,
    )


def add_indicator(acting_user: Any, fields: Mapping[str, Any], reason: str, now: dt.datetime) -> Indicator:
    """Store a new indicator inside the caller's transaction, without a journal entry."""
    indicator = Indicator(**dict(fields))
    require(may_keep_for(acting_user, indicator.owner), f"您不能为{indicator.owner}建立指标。")
    check(indicator)
    given = indicator.key
    if given and Indicator.objects.filter(key=given).exists():
        raise IndicatorError(f"代码“{given}”已被其他指标使用，请换一个。")
    indicator.key = given or uuid.uuid4().hex
    _store(indicator)
    if not given:
        # People know indicators by name; the key only has to stay as it is.
        indicator.key = f"zb-{indicator.pk}"
        while Indicator.objects.filter(key=indicator.key).exists():
            indicator.key = f"zb-{indicator.pk}-{uuid.uuid4().hex[:6]}"
        indicator.save(update_fields=("key",))
    _keep_version(indicator, acting_user, reason, now)
    return indicator


def create_indicator(
    *, acting_user: Any, fields: Mapping[str, Any], reason: str = "新建", now: dt.datetime | None = None
) -> Indicator:
    """Put an indicator into the catalogue; ``fields`` are those of ``fields.EDITABLE`` and, if wished, ``key``."""
    with transaction.atomic():
        indicator = add_indicator(acting_user, fields, _reason(reason), now or timezone.now())
        record(acting_user=acting_user, acts=[Act(action="新建指标", target=indicator, after=snapshot(indicator))])
    return indicator


def edit_indicator(
    *,
    acting_user: Any,
    indicator: Indicator,
    fields: Mapping[str, Any],
    reason: str,
    revision: int,
    now: dt.datetime | None = None,
) -> Indicator:
    """Change an indicator as it was seen at ``revision``; raises ``StaleIndicator`` when it is another by now."""
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    with transaction.atomic():
        current = (
            Indicator.objects.select_for_update(of=("self",)).select_related("owner", "weight").get(pk=indicator.pk)
        )
        require(may_edit(acting_user, current), "此指标由其主管单位维护，您不能修改。")
        if current.merged_into_id is not None:
            raise IndicatorError("此指标已并入其他指标，不能再修改。")
        if current.revision != revision:
            raise StaleIndicator
        before = snapshot(current)
        for name, value in fields.items():
            setattr(current, name, value)
        require(may_keep_for(acting_user, current.owner), f"您不能把指标交给{current.owner}。")
        check(current)
        after = snapshot(current)
        changed = [name for name in after if after[name] != before[name]]
        if not changed:
            return current
        why = _reason(reason)
        current.revision += 1
        _store(current)
        _keep_version(current, acting_user, why, now or timezone.now())
        act = Act(
            action="修改指标",
            target=current,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed} | {"原因": why},
        )
        record(acting_user=acting_user, acts=[act])
    return current


def merge_indicators(
    *, acting_user: Any, keep: Indicator, others: Iterable[Indicator], reason: str, now: dt.datetime | None = None
) -> Indicator:
    """Let indicators that mean the same go on as one.

    The targets that they measured are measured by the kept one. Their values stay where they were recorded and are read
    as values of the kept one from this moment on (``queries.survivors``): nothing is rewritten, and what was known
    before can still be told.
    """
    moment = now or timezone.now()
    why = _reason(reason)
    with transaction.atomic():
        ids = {keep.pk, *(other.pk for other in others)}
        locked = {
            row.pk: row
            for row in Indicator.objects.select_for_update(of=("self",))
            .select_related("owner")
            .filter(pk__in=ids)
            .order_by("pk")
        }
        kept = locked.pop(keep.pk)
        if not locked:
            raise IndicatorError("请选择要并入的指标。")
        for row in (kept, *locked.values()):
            require(may_edit(acting_user, row), f"指标“{row}”由{row.owner}维护，您不能合并。")
            if row.merged_into_id is not None:
                raise IndicatorError(f"指标“{row}”已并入其他指标，请刷新后重试。")
        for row in locked.values():
            if (row.unit_of_measure, row.kind) != (kept.unit_of_measure, kept.kind):
                raise IndicatorError(f"指标“{row}”与“{kept}”的计量单位或性质不同，不能合并。")
            if row.formula is not None or kept.formula is not None:
                raise IndicatorError("由公式计算的指标不能合并，请改公式。")
        acts = []
        for row in locked.values():
            moved = TargetIndicator.objects.filter(indicator=row).update(indicator=kept)
            row.merged_into, row.merged_at, row.is_active = kept, moment, False
            row.revision += 1
            row.save(update_fields=("merged_into", "merged_at", "is_active", "revision"))
            _keep_version(row, acting_user, f"并入“{kept}”：{why}"[:_REASON], moment)
            after = {"并入": kept.name, "目标": moved, "原因": why}
            acts.append(Act(action="合并指标", target=row, before={"名称": row.name}, after=after))
        record(acting_user=acting_user, acts=acts)
    return kept


def set_links(acting_user: Any, links: Mapping[int, Indicator]) -> list[Act]:
    """Store which indicator measures which target, inside the caller's transaction; what has to be journalled."""
    seen = visible_targets(acting_user).select_related("plan__owner").filter(pk__in=list(links)).order_by("pk")
    targets: dict[int, Target] = {row.pk: row for row in seen}
    if missing := set(links) - set(targets):
        raise IndicatorError(f"有 {len(missing)} 个目标不存在，或您无权查看。")
    before = {
        row.target_id: row for row in TargetIndicator.objects.select_related("indicator").filter(target__in=targets)
    }
    acts = []
    for pk, indicator in links.items():
        target = targets[pk]
        allowed = may_edit(acting_user, indicator) or may_manage(acting_user, target.plan)
        require(allowed, f"您不能给目标“{target}”指定指标。")
        if indicator.merged_into_id is not None:
            raise IndicatorError(f"指标“{indicator}”已并入其他指标，请刷新后重试。")
        old = before.get(pk)
        if old is not None and old.indicator_id == indicator.pk:
            continue
        TargetIndicator.objects.update_or_create(
            target=target, defaults={"indicator": indicator, "set_by": acting_user, "set_at": timezone.now()}
        )
        acts.append(
            Act(
                action="指定目标所用指标",
                target=target,
                before={"指标": old.indicator.name} if old else None,
                after={"指标": indicator.name},
            )
        )
    return acts


def link_targets(*, acting_user: Any, links: Mapping[int, Indicator]) -> int:
    """Say which indicator measures which target (by the target's number); gives how many changed."""
    with transaction.atomic():
        acts = set_links(acting_user, links)
        record(acting_user=acting_user, acts=acts)
    return len(acts)
