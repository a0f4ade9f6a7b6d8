"""Who may share out a target, and who sees what of it.

* At the top (the unit that issued the plan): coordinators and administrators over it, and leads of the unit that leads
  the target's measure.
* Below (a county): coordinators, administrators and leads over that county.
* Who sees a target sees its total and what the units in their reach were given; overseers of the giving unit and those
  who share out see all shares. Drafts are seen by those who may change them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from luoshi.apps.organisations.models import Role, Unit, UnitKind
from luoshi.apps.organisations.policies import OVERSEERS, authority, within
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Plan, Responsibility, ResponsibilityRole, Target
from luoshi.apps.plans.policies import MANAGERS, may_manage, visible_targets
from luoshi.apps.targets.models import CommitmentLetter, LetterState

SHARERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.LEAD)
#: Units that govern a territory; the others (departments, offices) belong to one of them.
GOVERNMENTS = (UnitKind.PREFECTURE, UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE, UnitKind.TOWNSHIP)
NOT_ALLOWED = "只有发文单位的统筹办、系统管理员和牵头单位可以分解此目标。"
NOT_ALLOWED_BELOW = "只有本单位的统筹办、系统管理员和牵头单位可以向下分解。"


def leads(user: Any, target: Target) -> bool:
    """Whether the person holds the lead's role in a unit that leads the target's measure."""
    paths = authority(user).paths(Role.LEAD)
    if not paths or target.measure_id is None:
        return False
    mine = Unit.objects.filter(within("", paths)).values("pk")
    rows = Responsibility.objects.filter(
        measure_id=target.measure_id, role=ResponsibilityRole.LEAD, retired_in=None, units__in=mine
    )
    return rows.exists()


def may_allocate(user: Any, target: Target, unit: Unit) -> bool:
    """Whether the person may share the target out for ``unit``: the plan's owner, or one that was given a share."""
    if unit.pk == target.plan.owner_id:
        return may_manage(user, target.plan) or leads(user, target)
    return authority(user).covers(unit, *SHARERS)


def sees_all_shares(user: Any, target: Target, unit: Unit) -> bool:
    """Whether the person sees what ``unit`` gave to everybody, not only to units in their reach."""
    return authority(user).covers(unit, *OVERSEERS) or may_allocate(user, target, unit)


def readable_units(user: Any, target: Target, unit: Unit) -> tuple[str, ...] | None:
    """The tops of the subtrees whose shares the person sees; ``None`` for all of them."""
    return None if sees_all_shares(user, target, unit) else authority(user).paths()


def told_units(user: Any, targets: Sequence[Target]) -> dict[int, set[int] | None]:
    """Of which units the person may be told how they stand, by target; ``None`` for all. At most two queries.

    The same as ``readable_units`` for the unit that issued the plan, for many targets at once: all of them for its
    overseers and for leads of the unit that leads the target's measure, else the units in the person's reach. Select
    ``plan__owner`` with the targets. The system (``None``) is told everything.
    """
    if user is None:
        return {target.pk: None for target in targets}
    held = authority(user)
    found: dict[int, set[int] | None] = {
        target.pk: None for target in targets if held.covers(target.plan.owner, *OVERSEERS)
    }
    others = [target for target in targets if target.pk not in found]
    if not others:
        return found
    led: set[int] = set()
    if paths := held.paths(Role.LEAD):
        mine = Unit.objects.filter(within("", paths)).values("pk")
        rows = Responsibility.objects.filter(
            measure__in={target.measure_id for target in others if target.measure_id},
            role=ResponsibilityRole.LEAD,
            retired_in=None,
            units__in=mine,
        )
        led = {measure for measure in rows.order_by().values_list("measure_id", flat=True) if measure is not None}
    reach = set(Unit.objects.filter(within("", held.paths())).order_by().values_list("pk", flat=True))
    return found | {target.pk: None if target.measure_id in led else reach for target in others}


def may_set_lights(user: Any, plan: Plan) -> bool:
    """Whether the person may choose the plan's thresholds of the lights: coordinator or lead of its owner."""
    return user is None or authority(user).covers(plan.owner, *SHARERS)


def receivers(target: Target, unit: Unit) -> QuerySet[Unit]:
    """The units to which ``unit`` may give a part of the target, never itself.

    The plan's owner gives within its government's territory (a department of the prefecture to every unit of the
    prefecture); whoever shares out further gives to the units below it alone.
    """
    return Unit.objects.filter(path__startswith=territory(target, unit)).exclude(pk=unit.pk)


def receivers_for(user: Any, of: str) -> QuerySet[Unit]:
    """The receivers of ``"<target>:<unit's key>"``, none where the person may not share the target out: a scope."""
    number, _, key = of.partition(":")
    rows = visible_targets(user).select_related("plan__owner")
    target = rows.filter(pk=number_of(number) or 0).first()
    unit = Unit.objects.filter(key=key).first()
    if target is None or unit is None or not may_allocate(user, target, unit):
        return Unit.objects.none()
    return receivers(target, unit)


def territory(target: Target, unit: Unit) -> str:
    """The tree path below which ``receivers`` lie."""
    if unit.pk != target.plan.owner_id or unit.kind in GOVERNMENTS:
        return unit.path
    rows = Unit.objects.filter(path__in=paths_above(unit.path), kind__in=GOVERNMENTS).order_by("-path")
    return rows.values_list("path", flat=True).first() or unit.path


def paths_above(path: str) -> list[str]:
    """The tree paths of the units above one, the topmost first."""
    return [path[:end] for end in range(Unit.steplen, len(path), Unit.steplen)]


def sees_allocation_of(user: Any, unit: Unit | str) -> bool:
    """Whether the person may look at what a unit (or that of a tree path) shared out: somebody within or above it."""
    own = unit.path if isinstance(unit, Unit) else unit
    return any(own.startswith(path) or path.startswith(own) for path in authority(user).paths())


def may_draw_up(user: Any, plan: Plan) -> bool:
    """Whether the person may draw up, issue and withdraw the plan's commitment letters."""
    return may_manage(user, plan)


def plans_to_draw_up(user: Any) -> QuerySet[Plan]:
    """The plans for which the person may draw up letters."""
    return Plan.objects.filter(within("owner__", authority(user).paths(*MANAGERS)))


def may_sign(user: Any, letter: CommitmentLetter) -> bool:
    """Whether the person may register the signature: who drew it up, or the unit's own coordinator."""
    return may_manage(user, letter.plan) or authority(user).covers(letter.unit, *MANAGERS)


def visible_letters(user: Any) -> QuerySet[CommitmentLetter]:
    """All letters of plans that the person oversees; of units in their reach those that went out."""
    held = authority(user)
    overseen = within("plan__owner__", held.paths(*OVERSEERS))
    own = within("unit__", held.paths()) & ~Q(state=LetterState.DRAWN_UP) & Q(issued_at__isnull=False)
    return CommitmentLetter.objects.filter(overseen | own)
