"""Who draws, checks, signs and reads bulletins.

* Draw, edit, withdraw, send round: coordinators and leads whose role reaches the owner.
* Check: coordinators, leads and leaders over the owner; never alone what one drew or changed oneself.
* Sign: leaders and coordinators over the owner.
* Read before it is issued: overseers and leads of the owner. Once issued also the people of every unit that it was sent
  to. Public ones everybody.

``None`` is the system itself (the command line).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.apps.bulletins.models import Bulletin, BulletinAction, BulletinState, BulletinTemplate, Recipient
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.policies import OVERSEERS, authority, units_of, within
from luoshi.apps.plans.models import Plan
from luoshi.apps.plans.policies import visible_plans

DRAWERS = (Role.COORDINATOR, Role.LEAD)
CHECKERS = (Role.COORDINATOR, Role.LEAD, Role.LEADER)
SIGNERS = (Role.COORDINATOR, Role.LEADER)
READERS = (*OVERSEERS, Role.LEAD)


def visible_bulletins(user: Any) -> QuerySet[Bulletin]:
    """The bulletins that the person sees."""
    if user is None:
        return Bulletin.objects.all()
    known = authority(user)
    sent = Recipient.objects.filter(within("unit__", known.paths()), bulletin=OuterRef("pk"))
    issued = Q(state=BulletinState.ISSUED)
    return Bulletin.objects.filter(
        within("owner__", known.paths(*READERS)) | (issued & (Exists(sent) | Q(is_public=True)))
    )


def public_bulletins() -> QuerySet[Bulletin]:
    """Those that everybody may read."""
    return Bulletin.objects.filter(state=BulletinState.ISSUED, is_public=True)


def works_on(user: Any, bulletin: Bulletin) -> bool:
    """Whether the person sees drafts, steps and checks of a bulletin."""
    return user is None or authority(user).covers(bulletin.owner, *READERS)


def drawing_units(user: Any) -> QuerySet[Unit]:
    """The units in whose name the person may draw."""
    return Unit.objects.all() if user is None else units_of(user, *DRAWERS)


def may_draw(user: Any, owner: Unit) -> bool:
    """Whether the person may draw, change, send round and withdraw bulletins of a unit."""
    return user is None or authority(user).covers(owner, *DRAWERS)


def may_check(user: Any, bulletin: Bulletin) -> bool:
    """Whether the person may check: not who drew it, nor who changed it since the last check."""
    return user is None or may_check_known(user, bulletin, authors(bulletin))


def may_check_known(user: Any, bulletin: Bulletin, written_by: Collection[int | None]) -> bool:
    """The same where it is known already who drew and changed it."""
    return authority(user).covers(bulletin.owner, *CHECKERS) and user.pk not in written_by


def authors(bulletin: Bulletin) -> set[int]:
    """Who drew or changed a bulletin."""
    acts = (BulletinAction.DRAW, BulletinAction.REDRAW, BulletinAction.EDIT)
    rows = bulletin.steps.filter(action__in=acts).order_by().values_list("by_id", flat=True)
    return {pk for pk in rows if pk is not None}


def may_sign(user: Any, bulletin: Bulletin) -> bool:
    """Whether the person may register the signature."""
    return user is None or authority(user).covers(bulletin.owner, *SIGNERS)


def may_manage_templates(user: Any, owner: Unit) -> bool:
    """Whether the person may upload templates of a unit."""
    return user is None or authority(user).covers(owner, Role.ADMINISTRATOR, *DRAWERS)


def template_units(user: Any) -> QuerySet[Unit]:
    """The units whose templates the person manages."""
    return Unit.objects.all() if user is None else units_of(user, Role.ADMINISTRATOR, *DRAWERS)


def visible_templates(user: Any) -> QuerySet[BulletinTemplate]:
    """The templates that the person may fetch: those of units in reach, and those above, which they use."""
    if user is None:
        return BulletinTemplate.objects.all()
    paths = authority(user).paths(*READERS)
    above = {path[:end] for path in paths for end in range(Unit.steplen, len(path) + 1, Unit.steplen)}
    return BulletinTemplate.objects.filter(within("owner__", paths) | Q(owner__path__in=above))


def plans_for(user: Any, owner: Unit | None = None) -> QuerySet[Plan]:
    """The plans that a bulletin may tell of: those that the person sees, of the owner and units below it."""
    rows = Plan.objects.all() if user is None else visible_plans(user)
    return rows.filter(owner__path__startswith=owner.path) if owner is not None else rows
