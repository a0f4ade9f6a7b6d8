"""What a person may do: the grants of all their roles, fetched once, asked often.

A policy answers with sets (querysets, path prefixes), so that lists are filtered by the database. A role held in a
unit reaches over the unit's subtree: a coordinator of the prefecture oversees all, one of a county that county.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from luoshi.apps.organisations.models import Membership, Role, Unit, UnitKind
from luoshi.site.prepared import Prepared

#: Roles that see whatever their subtree owns, not only what it must do.
OVERSEERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.LEADER)


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one unit; ``path`` is the unit's tree path."""

    role: Role
    unit_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Authority:
    """All grants of a person (none for a visitor)."""

    grants: tuple[Grant, ...] = ()

    def holds(self, *roles: Role) -> bool:
        """Whether any of the roles is held anywhere."""
        return any(grant.role in roles for grant in self.grants)

    def paths(self, *roles: Role) -> tuple[str, ...]:
        """The tops of the subtrees in which any of the roles (all, when none is given) is held, none inside another."""
        found = sorted({grant.path for grant in self.grants if not roles or grant.role in roles})
        tops: list[str] = []
        for path in found:
            if not tops or not path.startswith(tops[-1]):
                tops.append(path)
        return tuple(tops)

    def covers(self, unit: Unit, *roles: Role) -> bool:
        """Whether any of the roles reaches the unit."""
        return any(unit.path.startswith(path) for path in self.paths(*roles))


_memberships = Prepared(
    lambda user: Membership.objects.filter(user=user).select_related("unit").order_by("unit__path", "role")
)


def memberships(user: Any) -> list[Membership]:
    """The person's roles with their units, by unit and role: one query, remembered on the user object."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    known: list[Membership] | None = getattr(user, "_memberships", None)
    if known is None:
        known = _memberships.rows(user.pk)
        user._memberships = known
    return known


def authority(user: Any) -> Authority:
    """The person's grants, from ``memberships``, remembered on the user object for the request."""
    known: Authority | None = getattr(user, "_authority", None)
    if known is None:
        known = Authority(tuple(Grant(Role(row.role), row.unit_id, row.unit.path) for row in memberships(user)))
        if getattr(user, "is_authenticated", False):
            user._authority = known
    return known


def within(prefix: str, paths: tuple[str, ...]) -> Q:
    """A condition: the unit at lookup ``prefix`` (``"unit__"`` or ``""``) lies in one of the subtrees.

    With no path, nothing does.
    """
    condition = Q(pk__in=())
    for path in paths:
        condition |= Q(**{f"{prefix}path__startswith": path})
    return condition


def among(column: str, numbers: QuerySet[Any]) -> Q:
    """A condition: the column holds one of the numbers that a query gives.

    Right after an import the database has no figures of the tables yet, or those of the time when they were empty, and
    then reads one table anew for each row of the other: an hour for 16,000 people. The second half, which no row meets,
    keeps PostgreSQL from joining the two: it puts the numbers into a hash table, whatever it believes of their count.
    """
    return Q(**{f"{column}__in": numbers}) | Q(**{column: 0})


def units_of(user: Any, *roles: Role) -> QuerySet[Unit]:
    """The units that the person's roles reach."""
    return Unit.objects.filter(within("", authority(user).paths(*roles)))


def require(allowed: bool, message: str = "您没有办理此事的权限。") -> None:
    """Stop with a message that the user sees."""
    if not allowed:
        raise PermissionDenied(message)


#: The reach of someone who looks after the whole register: every tree path begins with it.
EVERYWHERE = ("",)


def reach(user: Any, *roles: Role) -> tuple[str, ...]:
    """The tops of the subtrees that the person looks after in one of the roles; for ``within`` and ``covered``.

    ``EVERYWHERE`` for the system itself (``None``), and for whoever holds such a role above every prefecture or, where
    the register has none, above every root: units beside and above a prefecture (province, ministries) stand in the
    register only so that plans can name them, and somebody must look after them. A “prefecture” below a county or
    another such unit is none: whoever looks after the county could have put it there to look after all.
    """
    if user is None:
        return EVERYWHERE
    paths = authority(user).paths(*roles)
    if not paths:
        return ()
    inner = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    above = Unit.objects.annotate(inner=inner).filter(inner__startswith=F("path"), depth__lt=OuterRef("depth"))
    prefectures = Unit.objects.filter(~Exists(above.exclude(kind=UnitKind.OTHER)), kind=UnitKind.PREFECTURE)
    tops = list(prefectures.values_list("path", flat=True))
    tops = tops or list(Unit.objects.filter(depth=1).values_list("path", flat=True))
    return EVERYWHERE if all(covered(path, paths) for path in tops) else paths


def covered(path: str, paths: tuple[str, ...]) -> bool:
    """Whether a unit's tree path lies in one of the subtrees."""
    return any(path.startswith(top) for top in paths)


def administered(user: Any) -> tuple[str, ...]:
    """The subtrees whose people and units the person administers; remembered on the user object for the request."""
    known: tuple[str, ...] | None = getattr(user, "_administered", None)
    if known is None:
        known = reach(user, Role.ADMINISTRATOR)
        if user is not None:
            user._administered = known
    return known


def may_create_people(user: Any) -> bool:
    """Whether the person may make accounts: administrators may, for the units that they look after."""
    return bool(administered(user))


def may_manage_person(user: Any, person: Any) -> bool:
    """Whether the person may edit, stop or reset another's account.

    All units of the other must lie in reach: who could set the password of a person with a role elsewhere could act
    there.
    """
    paths = administered(user)
    if not paths:
        return False
    held = Membership.objects.filter(user=person).values_list("unit__path", flat=True)
    return all(covered(path, paths) for path in held)


def people_within(paths: tuple[str, ...], *, unassigned: bool = False) -> Q:
    """A condition on people: with a role in one of the subtrees, and with ``unassigned`` those without any role."""
    if paths == EVERYWHERE:
        return Q()
    held = Membership.objects.order_by()
    inside = Unit.objects.order_by().filter(within("", paths)).values("pk")
    condition = among("pk", held.filter(among("unit_id", inside)).values("user_id"))
    return condition | ~among("pk", held.values("user_id")) if unassigned and paths else condition
