"""Choosing the ladder of a plan, or of what an office has outside plans; making an office's own."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Plan
from luoshi.apps.supervision.actions.common import plain
from luoshi.apps.supervision.errors import NotNow, Stale
from luoshi.apps.supervision.ladders import PLANS_ONLY, read_steps, triggers_of
from luoshi.apps.supervision.models import ChosenLadder, Ladder, Trigger
from luoshi.apps.supervision.policies import may_assign, visible_ladders

NAME_LENGTH, NOTE_LENGTH = 80, 300


def set_plan_ladder(
    *,
    acting_user: Any,
    plan: Plan,
    ladder: Ladder,
    triggers: Collection[str],
    since: dt.date,
    revision: int | None = None,
) -> ChosenLadder:
    """Say which ladder a plan goes by, from when on, and which of its triggers apply. ``revision``: -1 for none yet."""
    require(may_assign(acting_user, plan.owner), "只有方案发文单位的统筹办和牵头人员可以选定阶梯。")
    return _choose(acting_user, plan, None, ladder, triggers, since, revision)


def set_office_ladder(
    *,
    acting_user: Any,
    office: Unit,
    ladder: Ladder,
    triggers: Collection[str],
    since: dt.date,
    revision: int | None = None,
) -> ChosenLadder:
    """The same for an office's own orders, forms and interviews that belong to no plan. Lights belong to plans."""
    require(may_assign(acting_user, office), "只有本单位的统筹办和牵头人员可以选定阶梯。")
    beside = [trigger for trigger in triggers if trigger not in PLANS_ONLY]
    return _choose(acting_user, None, office, ladder, beside, since, revision)


def _choose(
    acting_user: Any,
    plan: Plan | None,
    office: Unit | None,
    ladder: Ladder,
    triggers: Collection[str],
    since: dt.date,
    revision: int | None,
) -> ChosenLadder:
    if not visible_ladders(acting_user).filter(pk=ladder.pk, is_active=True).exists():
        raise ValidationError("请选择阶梯。")
    wanted = [trigger for trigger in triggers_of(ladder.steps) if trigger in triggers]
    if not wanted:
        raise ValidationError("请至少选择一种适用的情形。")
    with transaction.atomic():
        # The row of the plan or unit is the turnstile: of two who choose for the first time one waits.
        turnstile: Any = Plan if plan is not None else Unit
        turnstile.objects.select_for_update(no_key=True, of=("self",)).order_by("pk").get(pk=(plan or office).pk)  # type: ignore[union-attr]
        row = ChosenLadder.objects.filter(plan=plan, office=office).first()
        if revision is not None and revision != (row.revision if row else -1):
            raise Stale("本方案的阶梯" if plan is not None else "本单位的阶梯")
        before = _said(row) if row else None
        row = row or ChosenLadder(plan=plan, office=office, revision=-1)
        row.ladder, row.triggers, row.since, row.set_by = ladder, wanted, since, acting_user
        row.checked_at, row.revision = None, row.revision + 1
        row.save()
        after = _said(row)
        record(acting_user=acting_user, acts=[Act(action="选定问责阶梯", target=row, before=before, after=after)])
    return row


def stop_plan_ladder(*, acting_user: Any, plan: Plan) -> None:
    """No more proposals for a plan; those that wait stay to be decided."""
    require(may_assign(acting_user, plan.owner), "只有方案发文单位的统筹办和牵头人员可以停用阶梯。")
    _stop(acting_user, plan, "本方案没有选定阶梯。", plan=plan)


def stop_office_ladder(*, acting_user: Any, office: Unit) -> None:
    """No more proposals about an office's matters outside plans; those that wait stay to be decided."""
    require(may_assign(acting_user, office), "只有本单位的统筹办和牵头人员可以停用阶梯。")
    _stop(acting_user, office, "本单位没有选定阶梯。", office=office)


def _stop(acting_user: Any, target: Plan | Unit, absent: str, **which: Any) -> None:
    with transaction.atomic():
        row = ChosenLadder.objects.select_for_update().filter(**which).order_by("pk").first()
        if row is None:
            raise NotNow(absent)
        act = Act(action="停用问责阶梯", target=target, before=_said(row))
        row.delete()
        record(acting_user=acting_user, acts=[act])


def _said(row: ChosenLadder) -> dict[str, Any]:
    labels = [Trigger(trigger).label for trigger in row.triggers]
    return {"阶梯": row.ladder.name, "情形": "、".join(labels), "自": row.since.isoformat()}


def create_ladder(*, acting_user: Any, owner: Unit, name: str, steps: Any, note: str = "") -> Ladder:
    """An office's own ladder."""
    require(may_assign(acting_user, owner), "只有本单位的统筹办和牵头人员可以建阶梯。")
    name, steps = plain(name, "名称", most=NAME_LENGTH), read_steps(steps)
    note = plain(note, "依据", most=NOTE_LENGTH, required=False)
    with transaction.atomic():
        key = f"own-{uuid.uuid4().hex[:12]}"
        ladder = Ladder.objects.create(key=key, name=name, owner=owner, steps=steps, note=note)
        record(acting_user=acting_user, acts=[Act(action="新建问责阶梯", target=ladder, after={"阶梯": steps})])
    return ladder


def edit_ladder(
    *, acting_user: Any, ladder_id: int, name: str, steps: Any, note: str = "", revision: int | None = None
) -> Ladder:
    """Change an office's own ladder; what was proposed by it before stays."""
    name, steps = plain(name, "名称", most=NAME_LENGTH), read_steps(steps)
    note = plain(note, "依据", most=NOTE_LENGTH, required=False)
    with transaction.atomic():
        ladder = _own(acting_user, ladder_id, revision)
        before = {"名称": ladder.name, "阶梯": ladder.steps}
        ladder.name, ladder.steps, ladder.note = name, steps, note
        ladder.revision += 1
        ladder.save()
        after = {"名称": name, "阶梯": steps}
        record(acting_user=acting_user, acts=[Act(action="修改问责阶梯", target=ladder, before=before, after=after)])
    return ladder


def stop_ladder(*, acting_user: Any, ladder_id: int) -> Ladder:
    """No plan goes by the ladder any more."""
    with transaction.atomic():
        ladder = _own(acting_user, ladder_id)
        if count := ladder.chosen.count():
            raise NotNow(f"还有 {count} 个方案（单位）在用这个阶梯，请先为它们改选。")
        ladder.is_active = False
        ladder.revision += 1
        ladder.save(update_fields=("is_active", "revision"))
        record(acting_user=acting_user, acts=[Act(action="停用阶梯", target=ladder)])
    return ladder


def _own(acting_user: Any, ladder_id: int, revision: int | None = None) -> Ladder:
    if not visible_ladders(acting_user).filter(pk=ladder_id).exists():
        raise Http404
    ladder = Ladder.objects.select_for_update(of=("self",)).filter(pk=ladder_id).order_by("pk").first()
    if ladder is None:
        raise Http404
    if ladder.owner is None:
        require(False, "预置的阶梯不能改，请另建一个。")
    else:
        require(may_assign(acting_user, ladder.owner), "只有本单位的统筹办和牵头人员可以改阶梯。")
    if revision is not None and revision != ladder.revision:
        raise Stale("这个阶梯")
    return ladder
