"""Every write on plans: publishing (``publishing.py``), opening to the public, corrections by hand, remarks of leaders.

Each action checks who acts, runs in one transaction and ends with its journal entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.errors import InvalidPublication
from luoshi.apps.plans.kinds import DEADLINE, MEASURE, RESPONSIBILITY, TARGET, Kind
from luoshi.apps.plans.models import (
    Deadline,
    Instruction,
    Measure,
    Origin,
    Plan,
    Provenance,
    Responsibility,
    Target,
)
from luoshi.apps.plans.policies import may_instruct, may_manage
from luoshi.apps.plans.publishing import PUBLISH, PUBLISH_VERSION, compare, publish
from luoshi.apps.plans.revision import InForce, in_force

__all__ = (
    "PUBLISH",
    "PUBLISH_VERSION",
    "InForce",
    "InvalidPublication",
    "add_instruction",
    "compare",
    "edit_deadline",
    "edit_measure",
    "edit_responsibility",
    "edit_target",
    "in_force",
    "publish",
    "set_public",
)

P = TypeVar("P", bound=Provenance)

INSTRUCTION_LENGTH = 2000


@transaction.atomic
def set_public(*, acting_user: Any, plan: Plan, public: bool) -> Plan:
    """Open the plan to visitors, or close it; nothing happens when it is so already."""
    plan = _locked_plan(plan.pk)
    require(may_manage(acting_user, plan))
    if plan.is_public != public:
        plan.is_public = public
        plan.save(update_fields=("is_public",))
        action = "对外公开" if public else "取消公开"
        act = Act(action=action, target=plan, before={"is_public": not public}, after={"is_public": public})
        record(acting_user=acting_user, acts=[act])
    return plan


def edit_measure(*, acting_user: Any, measure: Measure, values: Mapping[str, Any]) -> Measure:
    """Correct ``title``, ``label`` or ``is_task`` of a measure in force."""
    return _edit(MEASURE, acting_user, measure, values)


def edit_target(*, acting_user: Any, target: Target, values: Mapping[str, Any]) -> Target:
    """Correct a target in force: any of ``kinds.TARGET.values``."""
    return _edit(TARGET, acting_user, target, values)


def edit_deadline(*, acting_user: Any, deadline: Deadline, values: Mapping[str, Any]) -> Deadline:
    """Correct a deadline in force: any of ``kinds.DEADLINE.values``."""
    return _edit(DEADLINE, acting_user, deadline, values)


def edit_responsibility(
    *,
    acting_user: Any,
    responsibility: Responsibility,
    values: Mapping[str, Any] | None = None,
    units: Iterable[Unit] | None = None,
) -> Responsibility:
    """Correct ``role`` or ``name`` of a responsibility in force, and the units that the name means."""
    return _edit(RESPONSIBILITY, acting_user, responsibility, values or {}, units)


@transaction.atomic
def add_instruction(*, acting_user: Any, plan: Plan, text: str, measure: Measure | None = None) -> Instruction:
    """Write a leader's remark on a plan or one of its measures in force."""
    plan = _locked_plan(plan.pk)
    require(may_instruct(acting_user, plan), "只有领导可以批示。")
    text = text.strip()
    if not text:
        raise ValidationError({"text": "请填写批示内容。"})
    if len(text) > INSTRUCTION_LENGTH:
        raise ValidationError({"text": f"批示不超过 {INSTRUCTION_LENGTH} 字。"})
    if measure is not None and (measure.plan_id != plan.pk or measure.retired_in_id is not None):
        raise ValidationError({"measure": "该措施不在本方案的现行版本中。"})
    instruction = Instruction.objects.create(plan=plan, measure=measure, author=acting_user, text=text)
    after = {"plan": plan.pk, "measure": measure.pk if measure else None, "text": text}
    record(acting_user=acting_user, acts=[Act(action="批示", target=instruction, after=after, label=str(plan))])
    return instruction


def _locked_plan(pk: int) -> Plan:
    return Plan.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)


@transaction.atomic
def _edit(kind: Kind, acting_user: Any, row: P, values: Mapping[str, Any], units: Iterable[Unit] | None = None) -> P:
    """Change values by hand; what is confirmed so is kept when a later version is published.

    Raises ``PermissionDenied``; ``ValidationError`` by field for values that do not fit.
    """
    if unknown := set(values) - set(kind.values):
        raise ValueError(f"not editable: {', '.join(sorted(unknown))}")
    plan = _locked_plan(row.plan_id)
    require(may_manage(acting_user, plan))
    row = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if row.retired_in_id is not None:
        raise ValidationError("该项已不在方案的现行版本中，不能更正。")
    old = {name: getattr(row, name) for name in kind.values}
    for name, value in values.items():
        setattr(row, name, value)
    row.clean_fields(exclude={field.name for field in row._meta.fields} - set(values))
    row.validate_constraints()
    changed = [name for name in values if getattr(row, name) != old[name]]
    before = {name: old[name] for name in changed}
    after = {name: getattr(row, name) for name in changed}
    if units is not None:
        _edit_units(row, list(units), before, after)
    if not after:
        return row
    if row.origin == Origin.EXTRACTED:
        before["origin"], after["origin"] = row.origin, Origin.CORRECTED
        row.origin = Origin.CORRECTED
    row.save(update_fields=[*changed, "origin"])
    record(acting_user=acting_user, acts=[Act(action=f"更正{kind.label}", target=row, before=before, after=after)])
    return row


def _edit_units(row: Any, units: list[Unit], before: dict[str, Any], after: dict[str, Any]) -> None:
    was = sorted(row.units.all(), key=lambda unit: unit.pk)
    now = sorted(set(units), key=lambda unit: unit.pk)
    if was != now:
        row.units.set(now)
        before["units"] = [str(unit) for unit in was]
        after["units"] = [str(unit) for unit in now]
