"""Who keeps schemes and adoptions, and who reads them.

* Keep (write schemes, adopt them, score): coordinators and leads whose role reaches the owner.
* Read all, drafts too: overseers and leads of the owner.
* Read what concerns them: the people of the units that are scored, and of those that check an item.

``None`` is the system itself (the command line).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.apps.assessment.models import Adoption, AdoptionUnit, ItemSource, Scheme, SchemeVersion, VersionState
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.policies import OVERSEERS, authority, units_of, within

KEEPERS = (Role.COORDINATOR, Role.LEAD)
READERS = (*OVERSEERS, Role.LEAD)


def may_keep(user: Any, owner: Unit) -> bool:
    """Whether the person may write the schemes and adoptions of a unit."""
    return user is None or authority(user).covers(owner, *KEEPERS)


def may_oversee(user: Any, owner: Unit) -> bool:
    """Whether the person sees whatever the unit keeps, drafts too."""
    return user is None or authority(user).covers(owner, *READERS)


def keeping_units(user: Any) -> QuerySet[Unit]:
    """The units whose schemes the person may write."""
    return Unit.objects.all() if user is None else units_of(user, *KEEPERS)


def visible_schemes(user: Any) -> QuerySet[Scheme]:
    """The schemes that the person sees: those of units in reach, and those by which their units are scored."""
    if user is None:
        return Scheme.objects.all()
    known = authority(user)
    concerned = visible_adoptions(user).filter(version__scheme=OuterRef("pk")).order_by()
    return Scheme.objects.filter(within("owner__", known.paths(*READERS)) | Exists(concerned))


def visible_versions(user: Any) -> QuerySet[SchemeVersion]:
    """The versions that the person sees: issued ones of visible schemes; drafts only where they oversee the owner."""
    rows = SchemeVersion.objects.filter(scheme__in=visible_schemes(user).order_by().values("pk"))
    if user is None:
        return rows
    return rows.filter(Q(state=VersionState.ISSUED) | within("scheme__owner__", authority(user).paths(*READERS)))


def visible_adoptions(user: Any) -> QuerySet[Adoption]:
    """The adoptions that the person sees: of units in reach, of units that are scored, of units that check an item."""
    if user is None:
        return Adoption.objects.all()
    known = authority(user)
    paths = known.paths()
    scored = AdoptionUnit.objects.filter(within("unit__", paths), adoption=OuterRef("pk")).order_by()
    checks = ItemSource.objects.filter(within("checked_by__", paths), adoption=OuterRef("pk")).order_by()
    return Adoption.objects.filter(within("owner__", known.paths(*READERS)) | Q(Exists(scored)) | Q(Exists(checks)))
