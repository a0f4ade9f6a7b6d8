"""Giving people roles in units, and taking them away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Membership, Role, Unit
from luoshi.apps.organisations.policies import administered, covered, require


def _described(membership: Membership) -> dict[str, Any]:
    return {"user": str(membership.user), "unit": str(membership.unit), "role": membership.get_role_display()}


@transaction.atomic
def grant_membership(*, acting_user: Any, user: Any, unit: Unit, role: str) -> Membership:
    """Give a person a role in a unit that the acting administrator looks after; a role held already stays."""
    require(covered(unit.path, administered(acting_user)), "该单位不在您的管理范围内。")
    membership, new = Membership.objects.get_or_create(user=user, unit=unit, role=Role(role))
    if new:
        act = Act(action="授予角色", target=membership, label=str(membership), after=_described(membership))
        record(acting_user=acting_user, acts=[act])
    return membership


@transaction.atomic
def grant_memberships(*, acting_user: Any, grants: Sequence[tuple[Any, Unit, str]]) -> list[Membership]:
    """Give roles to people who hold none yet, all at once: (person, unit, role); what is given twice counts once."""
    paths = administered(acting_user)
    require(all(covered(unit.path, paths) for _, unit, _ in grants), "有的单位不在您的管理范围内。")
    unique = {(user.pk, unit.pk, role): Membership(user=user, unit=unit, role=role) for user, unit, role in grants}
    rows = Membership.objects.bulk_create(unique.values(), batch_size=400)
    acts = [Act(action="授予角色", target=row, label=str(row), after=_described(row)) for row in rows]
    record(acting_user=acting_user, acts=acts)
    return rows


@transaction.atomic
def revoke_membership(*, acting_user: Any, membership: Membership) -> None:
    """Take a role away; an administrator cannot take away the own last administrator's role."""
    require(covered(membership.unit.path, administered(acting_user)), "该单位不在您的管理范围内。")
    own = acting_user is not None and membership.user_id == acting_user.pk and membership.role == Role.ADMINISTRATOR
    if own:
        others = Membership.objects.filter(user=acting_user, role=Role.ADMINISTRATOR).exclude(pk=membership.pk)
        require(others.exists(), "不能取消自己的系统管理员角色，请由其他管理员办理。")
    act = Act(action="取消角色", target=membership, label=str(membership), before=_described(membership))
    record(acting_user=acting_user, acts=[act])
    membership.delete()
