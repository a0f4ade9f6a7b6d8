"""Who sees, gives out, does and reviews supervision orders; who knows of interviews; who counts duties.

* Give out, review, decide on extensions and proposals: coordinators and leads whose role reaches the owner. Who
  answered a stage never reviews that answer.
* Do: the unit's own people: reporters, reviewers, leads and coordinators who hold their role in the unit or in an
  office of it (a county's department speaks for the county, a township does not, nobody but its own staff speaks for
  the prefecture), and reporters whose role reaches the unit, as with returns. Supporting units may report progress.
* See an order: whoever oversees or leads its owner, whoever's role reaches a unit that does or supports it, and those
  units' own people. Drafts are seen by those who may give them out.
* Interviews and accountability: overseers and leads of the owner, and those who hold a role in the unit itself. Not the
  offices and townships below it, not other units.
* Duties: overseers and leads of the owner see all; the people of a holder's unit (and of the units above it) their own.

Sets are querysets without joins that could repeat rows; ``None`` is the system itself and may do everything.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.apps.organisations.models import Role, Unit, UnitKind
from luoshi.apps.organisations.policies import OVERSEERS, authority, covered, units_of, within
from luoshi.apps.supervision.models import (
    Accountability,
    Clock,
    Duty,
    DutyEntry,
    DutyHolder,
    Interview,
    Ladder,
    Order,
    OrderAction,
    OrderState,
    OrderStep,
    Proposal,
)

ASSIGNERS = (Role.COORDINATOR, Role.LEAD)
#: Roles that see what their subtree owns.
READERS = (*OVERSEERS, Role.LEAD)
WORKERS = (Role.REPORTER, Role.REVIEWER, Role.LEAD, Role.COORDINATOR)
#: Units that speak for themselves: their people are not those of the unit above.
_TERRITORIES = (UnitKind.PREFECTURE, UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE, UnitKind.TOWNSHIP)
_TOPS = (UnitKind.PREFECTURE, UnitKind.OTHER)


def own_paths(user: Any) -> tuple[str, ...]:
    """The tree paths of the units whose own people the person is one of: one query, remembered for the request."""
    known: tuple[str, ...] | None = getattr(user, "_supervision_own", None)
    if known is not None:
        return known
    held = {grant.path for grant in authority(user).grants if grant.role in WORKERS}
    above = {path[:end] for path in held for end in range(Unit.steplen, len(path) + 1, Unit.steplen)}
    kinds = dict(Unit.objects.filter(path__in=above).order_by().values_list("path", "kind")) if above else {}
    own = set(held)
    for path in held:
        while kinds.get(path) not in _TERRITORIES and len(path) > Unit.steplen:
            path = path[: -Unit.steplen]
            if kinds.get(path) in _TOPS:
                break
            own.add(path)
    found = tuple(sorted(own))
    if getattr(user, "is_authenticated", False):
        user._supervision_own = found
    return found


def _worked(prefix: str, user: Any) -> Q:
    """A condition: the unit at a lookup is one that the person works for."""
    return Q(**{f"{prefix}path__in": own_paths(user)}) | within(prefix, authority(user).paths(Role.REPORTER))


def _works_for(user: Any, unit: Unit) -> bool:
    return unit.path in own_paths(user) or authority(user).covers(unit, Role.REPORTER)


def visible_orders(user: Any) -> QuerySet[Order]:
    """The orders that the person sees."""
    if user is None:
        return Order.objects.all()
    known = authority(user)
    owned = within("owner__", known.paths(*READERS))
    reached = within("unit__", known.paths()) | Q(unit__path__in=own_paths(user))
    support = Order.supporting.through.objects.filter(
        within("unit__", known.paths()) | Q(unit__path__in=own_paths(user)), order=OuterRef("pk")
    )
    drafts = Q(state=OrderState.DRAFT) | Q(state=OrderState.WITHDRAWN, serial=None)
    mine = within("owner__", known.paths(*ASSIGNERS))
    return Order.objects.filter((drafts & mine) | (~drafts & (owned | reached | Exists(support))))


def assigned_by(user: Any) -> Q:
    """A condition on orders: the person gives out and reviews what their owner gives out."""
    return Q() if user is None else within("owner__", authority(user).paths(*ASSIGNERS))


def worked_by(user: Any) -> Q:
    """A condition on orders: the person does them for the leading unit."""
    return Q() if user is None else _worked("unit__", user)


def may_assign(user: Any, owner: Unit) -> bool:
    """Whether the person gives out orders of the unit."""
    return user is None or authority(user).covers(owner, *ASSIGNERS)


def assigning_units(user: Any) -> QuerySet[Unit]:
    """The units in whose name the person gives out orders."""
    return Unit.objects.all() if user is None else units_of(user, *ASSIGNERS)


def may_work(user: Any, order: Order) -> bool:
    """Whether the person is one of the leading unit's own people."""
    return user is None or _works_for(user, order.unit)


def may_support(user: Any, order: Order, supporting: Collection[Unit]) -> bool:
    """Whether the person works for a supporting unit: they may report progress."""
    return user is None or any(_works_for(user, unit) for unit in supporting)


def may_review(user: Any, order: Order) -> bool:
    """Whether the person passes, closes and sends back what the order's owner gave out."""
    return user is None or (may_assign(user, order.owner) and not answered_last(user, order))


def answered_last(user: Any, order: Order) -> bool:
    """Whether the latest answer to the order is the person's own: somebody else must review it."""
    latest = (
        OrderStep.objects.filter(order=order, action=OrderAction.ANSWER).order_by("-pk").values_list("by", flat=True)
    )
    return latest.first() == user.pk


def may_assign_below(user: Any, order: Order) -> bool:
    """Whether the person hands parts of the order on: a coordinator or lead among the unit's own people."""
    if user is None:
        return True
    held = (grant.path for grant in authority(user).grants if grant.role in ASSIGNERS)
    return _works_for(user, order.unit) and any(path.startswith(order.unit.path) for path in held)


def units_below(user: Any, order_id: str) -> QuerySet[Unit]:
    """The units to which an order may be handed on: all but its own chain and the units above it."""
    order = (
        visible_orders(user).select_related("unit", "parent").filter(pk=int(order_id)).first()
        if order_id.isascii() and order_id.isdigit() and len(order_id) < 10
        else None
    )
    if order is None or not may_assign_below(user, order):
        return Unit.objects.none()
    return Unit.objects.exclude(path__in=forbidden_below(order))


def forbidden_below(order: Order) -> set[str]:
    """Tree paths of the units to which an order cannot go: its unit, those above, those that it came through."""
    taken = {order.unit.path[:end] for end in range(Unit.steplen, len(order.unit.path) + 1, Unit.steplen)}
    above = order
    while above.parent_id is not None:
        above = Order.objects.select_related("unit").get(pk=above.parent_id)
        taken.add(above.unit.path)
    return taken


def visible_proposals(user: Any) -> QuerySet[Proposal]:
    """The proposals that a unit decides which the person oversees or leads; the units concerned do not see them."""
    return Proposal.objects.all() if user is None else Proposal.objects.filter(_decided_in(user, READERS))


def _decided_in(user: Any, roles: Collection[Role]) -> Q:
    paths = authority(user).paths(*roles)
    return within("plan__owner__", paths) | within("office__", paths)


def decided_by(user: Any) -> Q:
    """A condition on proposals: the person decides them."""
    return Q() if user is None else _decided_in(user, ASSIGNERS)


def may_decide(user: Any, proposal: Proposal) -> bool:
    """Whether the person takes or dismisses a proposal."""
    return may_assign(user, proposal.decider)


def visible_ladders(user: Any) -> QuerySet[Ladder]:
    """The shipped ladders, and those of units that the person oversees or leads."""
    if user is None:
        return Ladder.objects.all()
    return Ladder.objects.filter(Q(owner=None) | within("owner__", authority(user).paths(*READERS)))


def visible_clocks(user: Any) -> QuerySet[Clock]:
    """The shipped clocks, and those of units that the person oversees or leads."""
    if user is None:
        return Clock.objects.all()
    return Clock.objects.filter(Q(owner=None) | within("owner__", authority(user).paths(*READERS)))


def _held_units(user: Any) -> tuple[str, ...]:
    return tuple(sorted({grant.path for grant in authority(user).grants}))


def _confidential(user: Any) -> Q:
    return within("owner__", authority(user).paths(*READERS)) | Q(unit__path__in=_held_units(user))


def visible_interviews(user: Any) -> QuerySet[Interview]:
    """The interviews that the person may know of."""
    return Interview.objects.all() if user is None else Interview.objects.filter(_confidential(user))


def visible_accountabilities(user: Any) -> QuerySet[Accountability]:
    """The records of accountability that the person may know of."""
    return Accountability.objects.all() if user is None else Accountability.objects.filter(_confidential(user))


def visible_holders(user: Any) -> QuerySet[DutyHolder]:
    """The holders of duties whose log the person sees."""
    if user is None:
        return DutyHolder.objects.all()
    known = authority(user)
    owned = within("duty__owner__", known.paths(*READERS))
    return DutyHolder.objects.filter(owned | within("unit__", known.paths()) | Q(unit__path__in=own_paths(user)))


def visible_duties(user: Any) -> QuerySet[Duty]:
    """The duties that the person keeps, or of which they see a holder."""
    if user is None:
        return Duty.objects.all()
    seen = visible_holders(user).filter(duty=OuterRef("pk"))
    return Duty.objects.filter(within("owner__", authority(user).paths(*READERS)) | Exists(seen))


def may_keep(user: Any, duty: Duty) -> bool:
    """Whether the person names the holders of a duty and changes it."""
    return may_assign(user, duty.owner)


def may_enter(user: Any, holder: DutyHolder) -> bool:
    """Whether the person enters what a holder did: people of the holder's unit, and who keeps the duty."""
    return user is None or _works_for(user, holder.unit) or may_keep(user, holder.duty)


def entered_by(user: Any) -> Q:
    """The same as a condition on holders."""
    if user is None:
        return Q()
    return _worked("unit__", user) | within("duty__owner__", authority(user).paths(*ASSIGNERS))


def may_withdraw_entry(user: Any, entry: DutyEntry) -> bool:
    """Whether the person takes an entry back: who entered it, and who keeps the duty."""
    return user is None or entry.entered_by_id == user.pk or may_keep(user, entry.holder.duty)


def covers_path(user: Any, path: str) -> bool:
    """Whether the person oversees or leads the unit of a tree path."""
    return user is None or covered(path, authority(user).paths(*READERS))
