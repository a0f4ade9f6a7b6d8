"""Who is to be told about a unit: those who hold a role in it or, where nobody does, nearest above it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from luoshi.apps.accounts.models import User
from luoshi.apps.organisations.models import Membership, Unit
from luoshi.site.prepared import Prepared

#: Of so many units and fewer the query is kept put together: acts on one unit tell its people and those above.
_PREPARED = 8


def _of(paths: Collection[str], roles: Collection[str]) -> QuerySet[Membership]:
    rows = Membership.objects.filter(unit__path__in=paths, role__in=roles, user__is_active=True)
    return rows.select_related("user", "unit").order_by("user__display_name", "user_id")


_held = Prepared(_of)


def holders_above(units: Iterable[Unit], *roles: str) -> dict[int, list[list[User]]]:
    """The active people by unit, those of the unit itself first, then height by height: one query.

    Heights at which nobody holds a role are left out.
    """
    units = list(units)
    step = Unit.steplen
    above = {unit.path[:end] for unit in units for end in range(step, len(unit.path) + 1, step)}
    by_path: defaultdict[str, dict[int, User]] = defaultdict(dict)
    held = _held.rows(tuple(sorted(above)), tuple(map(str, roles))) if len(above) <= _PREPARED else _of(above, roles)
    for row in held:
        by_path[row.unit.path][row.user_id] = row.user
    found: dict[int, list[list[User]]] = {}
    for unit in units:
        ends = range(len(unit.path), 0, -step)
        found[unit.pk] = [list(people.values()) for end in ends if (people := by_path.get(unit.path[:end]))]
    return found


def nearest_holders(units: Iterable[Unit], *roles: str) -> dict[int, list[User]]:
    """The active people by unit: one query. A unit for which nobody holds a role, at any height, has an empty list."""
    return {unit: next(iter(heights), []) for unit, heights in holders_above(units, *roles).items()}
