"""An office's own clocks: how long its orders may take, stage by stage. What ships is copied, not changed."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.supervision.actions.common import plain
from luoshi.apps.supervision.clocks import ClockStage, read_stages, words_of
from luoshi.apps.supervision.errors import NotNow, Stale
from luoshi.apps.supervision.models import Clock, Origin
from luoshi.apps.supervision.policies import may_assign, visible_clocks
from luoshi.periods import Shift

NAME_LENGTH, MOST_ACCEPT_DAYS = 80, 30
NOT_KEEPER = "只有本单位的统筹办和牵头人员可以办理时限。"


def create_clock(
    *, acting_user: Any, owner: Unit, name: str, stages: Any, origin: str = "", accept_days: int = 1
) -> Clock:
    """A clock of an office. ``stages`` as ``clocks.read_stages`` takes them; ``origin``: for which orders, or all."""
    require(may_assign(acting_user, owner), NOT_KEEPER)
    values = _checked(name, stages, origin, accept_days)
    with transaction.atomic():
        clock = Clock.objects.create(key=f"own-{uuid.uuid4().hex[:12]}", owner=owner, **values)
        record(acting_user=acting_user, acts=[Act(action="新建办理时限", target=clock, after=_said(clock))])
    return clock


def edit_clock(
    *,
    acting_user: Any,
    clock_id: int,
    name: str,
    stages: Any,
    origin: str = "",
    accept_days: int = 1,
    revision: int | None = None,
) -> Clock:
    """Change a clock; what was given out keeps the due days that were counted then."""
    values = _checked(name, stages, origin, accept_days)
    with transaction.atomic():
        clock = _own(acting_user, clock_id, revision)
        before = _said(clock)
        for field, value in values.items():
            setattr(clock, field, value)
        clock.revision += 1
        clock.save()
        act = Act(action="修改办理时限", target=clock, before=before, after=_said(clock))
        record(acting_user=acting_user, acts=[act])
    return clock


def stop_clock(*, acting_user: Any, clock_id: int, active: bool = False, revision: int | None = None) -> Clock:
    """No new order takes the clock any more, or they may again; drafts that took it keep it."""
    with transaction.atomic():
        clock = _own(acting_user, clock_id, revision)
        if clock.is_active == active:
            raise NotNow(f"“{clock}”已经{'启用' if active else '停用'}。")
        clock.is_active = active
        clock.revision += 1
        clock.save(update_fields=("is_active", "revision"))
        record(acting_user=acting_user, acts=[Act(action="启用办理时限" if active else "停用办理时限", target=clock)])
    return clock


def _checked(name: str, stages: Any, origin: str, accept_days: int) -> dict[str, Any]:
    if origin and origin not in Origin.values:
        raise ValidationError("请选择用于哪类事项。")
    if isinstance(accept_days, bool) or not 1 <= accept_days <= MOST_ACCEPT_DAYS:
        raise ValidationError(f"签收时限须为1至{MOST_ACCEPT_DAYS}个工作日。")
    found = [_stored(stage) for stage in read_stages(stages)]
    return {
        "name": plain(name, "名称", most=NAME_LENGTH),
        "stages": found,
        "origin": origin,
        "accept_days": accept_days,
    }


def _stored(stage: ClockStage) -> dict[str, Any]:
    """A stage as it is kept: what does not apply is left out."""
    length = {"months": stage.months} if stage.months else {"days": stage.days}
    found: dict[str, Any] = {"title": plain(stage.title, "环节"), **length}
    # Months and calendar days may end on a rest day; working days never do.
    if stage.working and not stage.months:
        found["working"] = True
    elif stage.shift is not Shift.NONE:
        found["shift"] = stage.shift.value
    return found


def _said(clock: Clock) -> dict[str, Any]:
    return {
        "名称": clock.name,
        "环节": words_of(read_stages(clock.stages)),
        "用于": clock.get_origin_display() if clock.origin else "各类事项",
        "签收": f"{clock.accept_days}个工作日内",
    }


def _own(acting_user: Any, clock_id: int, revision: int | None) -> Clock:
    if not visible_clocks(acting_user).filter(pk=clock_id).exists():
        raise Http404
    clock = Clock.objects.select_for_update().filter(pk=clock_id).order_by("pk").first()
    if clock is None:
        raise Http404
    if clock.owner_id is None:
        require(False, "预置的时限不能改，请另建一个。")
    require(may_assign(acting_user, Unit.objects.get(pk=clock.owner_id)), NOT_KEEPER)
    if revision is not None and revision != clock.revision:
        raise Stale("这个办理时限")
    return clock
