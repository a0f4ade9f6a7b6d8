"""Who sees a unit's board, changes boundaries and the meeting room's screens.

Figures follow ``targets.policies.told_units``: a board shows nothing that the target's own page would not.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from luoshi.apps.boards.models import Display
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.policies import OVERSEERS, authority, within

KEEPERS = (Role.ADMINISTRATOR, Role.COORDINATOR)


def may_see_unit(user: Any, unit: Unit) -> bool:
    """Whoever holds a role in the unit or above it, and leads, who see of other units what they are told."""
    held = authority(user)
    return held.covers(unit) or held.holds(Role.LEAD)


def keeps(user: Any, unit: Unit) -> bool:
    """Whether the person may change the unit's boundaries and screens."""
    return authority(user).covers(unit, *KEEPERS)


def kept_units(user: Any) -> QuerySet[Unit]:
    """The units whose boundaries and screens the person keeps."""
    return Unit.objects.filter(within("", authority(user).paths(*KEEPERS)))


def visible_displays(user: Any) -> QuerySet[Display]:
    """The screens of units in the reach of overseers and leads; what they show follows who is signed in."""
    return Display.objects.filter(within("owner__", authority(user).paths(*OVERSEERS, Role.LEAD)))
