"""Who keeps schemes and adoptions, and who reads them.

* Keep (write schemes, adopt them, score): coordinators and leads whose role reaches the owner.
* Read all, drafts too: overseers and leads of the owner.
* Read what concerns them: the people of the units that are scored, and of those that check an item.
* Of runs units see what was shown to them (公示 on); they object and bring evidence for the units in their reach.

``None`` is the system itself (the command line).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.apps.assessment.models import (
    Adoption,
    AdoptionUnit,
    ItemSource,
    Run,
    RunState,
    Scheme,
    SchemeVersion,
    VersionState,
)
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.policies import OVERSEERS, authority, units_of, within

KEEPERS = (Role.COORDINATOR, Role.LEAD)
READERS = (*OVERSEERS, Role.LEAD)
#: Who speaks for a unit that is scored, and who checks items for a lead unit.
SPEAKERS = (Role.REPORTER, Role.REVIEWER, Role.COORDINATOR, Role.LEAD)
CHECKERS = (Role.LEAD, Role.REVIEWER, Role.COORDINATOR)
#: Runs that the units scored may see.
SHOWN = (RunState.PREVIEW, RunState.FINAL, RunState.REPLACED)


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


# Runs


def visible_runs(user: Any) -> QuerySet[Run]:
    """The runs that the person sees: all of owners that they oversee; of the others those shown to units (公示, 定稿,
    更正) in which a unit in reach is scored, and those with an item that a unit in reach checks, drafts too."""
    if user is None:
        return Run.objects.all()
    known = authority(user)
    paths = known.paths()
    scored = AdoptionUnit.objects.filter(within("unit__", paths), adoption=OuterRef("adoption")).order_by()
    checks = ItemSource.objects.filter(within("checked_by__", paths), adoption=OuterRef("adoption")).order_by()
    shown = Q(state__in=SHOWN) & Exists(scored)
    open_to_checkers = ~Q(state=RunState.WITHDRAWN) & Exists(checks)
    return Run.objects.filter(within("adoption__owner__", known.paths(*READERS)) | shown | open_to_checkers)


def may_speak_for(user: Any, unit: Unit) -> bool:
    """Whether the person brings evidence for a unit that is scored."""
    return user is None or authority(user).covers(unit, *SPEAKERS)


def may_object(user: Any, unit: Unit, owner: Unit) -> bool:
    """Whether the person objects for a unit: who speaks for it, but not who keeps the ranking and would answer."""
    return user is None or (may_speak_for(user, unit) and not may_keep(user, owner))


def may_check(user: Any, source: ItemSource | None, owner: Unit) -> bool:
    """Whether the person checks the evidence of an item: the lead unit named for it, else who keeps the adoption."""
    if may_keep(user, owner):
        return True
    if source is None or source.checked_by is None:
        return False
    return authority(user).covers(source.checked_by, *CHECKERS)
