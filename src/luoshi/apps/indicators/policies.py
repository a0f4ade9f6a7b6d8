"""Who reads and keeps the catalogue, and who sees which values.

* Anyone signed in reads the catalogue: one number is asked once only if all know that it is asked.
* An indicator is kept by lead, coordinator and administrator over its owner; they also verify its values.
* Values are seen of units in one's reach, and of indicators that a unit in one's reach owns (lead, overseers).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from luoshi.apps.indicators.models import ColumnMapping, Indicator, Observation, StatisticsImport
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.policies import OVERSEERS, authority, units_of, within

#: Who keeps an indicator of a unit in their reach.
KEEPERS = (Role.LEAD, Role.COORDINATOR, Role.ADMINISTRATOR)
#: Who sees every value of an indicator that a unit in their reach owns.
READERS = (Role.LEAD, *OVERSEERS)


def visible_indicators(user: Any) -> QuerySet[Indicator]:
    """All, for whoever is signed in."""
    return Indicator.objects.all() if getattr(user, "is_authenticated", False) else Indicator.objects.none()


def editable_indicators(user: Any) -> QuerySet[Indicator]:
    """The indicators that the person keeps."""
    return Indicator.objects.filter(within("owner__", authority(user).paths(*KEEPERS)))


def owners(user: Any) -> QuerySet[Unit]:
    """The units for which the person keeps indicators."""
    return units_of(user, *KEEPERS)


def may_keep_for(user: Any, owner: Unit) -> bool:
    """Whether the person keeps the indicators of a unit: makes, edits, merges, imports and verifies."""
    return user is None or authority(user).covers(owner, *KEEPERS)


def may_edit(user: Any, indicator: Indicator) -> bool:
    """Whether the person keeps the indicator."""
    return may_keep_for(user, indicator.owner)


def may_verify(user: Any, indicator: Indicator) -> bool:
    """Whether the person decides which value of the indicator counts (认定)."""
    return may_keep_for(user, indicator.owner)


def reads_all(user: Any, indicator: Indicator) -> bool:
    """Whether the person sees the values of every unit for the indicator."""
    return authority(user).covers(indicator.owner, *READERS)


def units_seen(user: Any, indicator: Indicator) -> QuerySet[Unit]:
    """The units whose values of the indicator the person sees."""
    return Unit.objects.all() if reads_all(user, indicator) else units_of(user)


def observed(user: Any) -> Q:
    """A condition on observations: the person sees them. Those of a merged indicator follow the one that was kept."""
    return seen_from(*reach_of(user))


def reach_of(user: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The subtrees in the person's reach, and those whose indicators they read: what ``seen_from`` takes."""
    held = authority(user)
    return held.paths(), held.paths(*READERS)


def seen_from(paths: tuple[str, ...], reading: tuple[str, ...]) -> Q:
    """The same, for who reaches over some subtrees and reads the indicators of others."""
    condition = within("unit__", paths)
    if reading:
        condition |= within("indicator__owner__", reading) | within("indicator__merged_into__owner__", reading)
    return condition


def visible_observations(user: Any) -> QuerySet[Observation]:
    """The observations that the person sees, past ones too."""
    return Observation.objects.filter(observed(user))


def visible_imports(user: Any) -> QuerySet[StatisticsImport]:
    """The imports of statistics for units whose indicators the person keeps."""
    return StatisticsImport.objects.filter(within("owner__", authority(user).paths(*KEEPERS)))


def visible_mappings(user: Any) -> QuerySet[ColumnMapping]:
    """The column mappings of units whose indicators the person keeps."""
    return ColumnMapping.objects.filter(within("owner__", authority(user).paths(*KEEPERS)))
