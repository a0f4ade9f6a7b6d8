"""Who sees and follows leads, enters activities, decides whose a project is, recognises funds, keeps chains.

* A unit's people are those whose role reaches it. A group's people are also those of its lead unit; members see.
* See a lead: whoever reaches the unit that follows it, a unit that claims it, or the place where it is to be built,
  and the people of its group. Talks with investors are nobody else's business.
* Follow (edit, move, claim for their unit): reporters, reviewers, leads and coordinators of the following or a
  claiming unit.
* Decide claims, recognise funds, say which target is whose: coordinators and leads whose role reaches all units
  concerned, that is, the office above them.
* Chains, groups: coordinators and leads of the prefecture keep them, everybody with a role reads them; enterprises
  are entered by whoever follows leads.

Sets are querysets without joins that could repeat rows; ``None`` is the system itself and may do everything.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from luoshi.apps.investment.models import Activity, ActivityHost, Enterprise, Funds, Group, Lead, LeadClaim
from luoshi.apps.organisations.models import Role, Unit, UnitKind
from luoshi.apps.organisations.policies import OVERSEERS, authority, memberships, units_of, within

WORKERS = (Role.REPORTER, Role.REVIEWER, Role.LEAD, Role.COORDINATOR)
KEEPERS = (Role.COORDINATOR, Role.LEAD)
READERS = (*OVERSEERS, *WORKERS)
#: Units whose coordinators and leads keep chains and groups.
_KEEPING = (UnitKind.PREFECTURE, UnitKind.DEPARTMENT, UnitKind.PARTY_ORGAN)
#: Territories that are compared with each other.
TERRITORIES = (UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE)


def group_paths(user: Any, *roles: Role) -> tuple[str, ...]:
    """Tree paths of the groups whose lead unit (or, where no roles are asked, a member) the person's roles reach:
    one query, remembered for the request."""
    known: dict[tuple[Role, ...], tuple[str, ...]] = getattr(user, "_investment_groups", {})
    if roles not in known:
        paths = authority(user).paths(*roles)
        condition = within("lead_unit__", paths)
        if not roles:
            member = Group.members.through.objects.filter(within("unit__", paths), group=OuterRef("pk"))
            condition |= Exists(member)
        found = Group.objects.filter(condition).order_by().values_list("unit__path", flat=True) if paths else ()
        known = known | {roles: tuple(sorted(found))}
        if getattr(user, "is_authenticated", False):
            user._investment_groups = known
    return known[roles]


def _of(prefix: str, user: Any, *roles: Role) -> Q:
    """A condition: the unit at a lookup is one for which the person stands in one of the roles (any, without)."""
    return within(prefix, authority(user).paths(*roles)) | Q(**{f"{prefix}path__in": group_paths(user, *roles)})


def has_role(user: Any) -> bool:
    """Whether the person holds any role at all: enterprises, chains and groups are shown to them."""
    return user is None or bool(authority(user).grants)


def visible_leads(user: Any) -> QuerySet[Lead]:
    """The leads that the person sees."""
    if user is None:
        return Lead.objects.all()
    claimed = LeadClaim.objects.filter(_of("unit__", user), lead=OuterRef("pk"), withdrawn_at=None)
    return Lead.objects.filter(_of("unit__", user) | within("place__", authority(user).paths()) | Exists(claimed))


def followed(user: Any) -> Q:
    """A condition on leads: the person follows them."""
    if user is None:
        return Q()
    claimed = LeadClaim.objects.filter(_of("unit__", user, *WORKERS), lead=OuterRef("pk"), withdrawn_at=None)
    return _of("unit__", user, *WORKERS) | Q(Exists(claimed))


def may_follow(user: Any, lead: Lead) -> bool:
    """Whether the person edits and moves a lead."""
    return user is None or Lead.objects.filter(followed(user), pk=lead.pk).exists()


def working_units(user: Any) -> QuerySet[Unit]:
    """The units in whose name the person enters leads and activities."""
    return Unit.objects.all() if user is None else Unit.objects.filter(_of("", user, *WORKERS))


def claiming_units(user: Any) -> QuerySet[Unit]:
    """The units for which the person claims: territories that are compared, and groups."""
    return claimants().filter(pk__in=working_units(user).order_by().values("pk"))


def claimants() -> QuerySet[Unit]:
    """All units that can be credited with a project: counties, zones right below a prefecture, groups in use."""
    groups = Group.objects.filter(unit=OuterRef("pk"), is_active=True)
    # A county's own park stands in no table: its projects are the county's.
    counties = Unit.objects.filter(kind__in=(UnitKind.COUNTY, UnitKind.COUNTY_CITY)).order_by("depth").values("depth")
    depth = Coalesce(Subquery(counties[:1]), Value(99))
    return Unit.objects.filter(Exists(groups) | Q(kind__in=TERRITORIES)).exclude(
        Q(kind=UnitKind.ZONE) & Q(depth__gt=depth)
    )


def may_work(user: Any, unit: Unit) -> bool:
    """Whether the person acts for a unit or group."""
    return user is None or working_units(user).filter(pk=unit.pk).exists()


def decides(user: Any, units: list[Unit]) -> bool:
    """Whether the person's office stands above all of some units: decides between them, recognises their funds.

    A role in a unit itself is not enough where others are concerned, nor for one's own amounts.
    """
    if user is None:
        return True
    paths = authority(user).paths(*KEEPERS)
    return bool(units) and all(
        any(unit.path.startswith(path) and unit.path != path for path in paths) for unit in units
    )


def decided_units(user: Any) -> QuerySet[Unit]:
    """The units below an office of the person's."""
    if user is None:
        return Unit.objects.all()
    paths = authority(user).paths(*KEEPERS)
    return Unit.objects.filter(within("", paths)).exclude(path__in=paths)


def keeps(user: Any) -> bool:
    """Whether the person keeps chains, groups and targets: coordinators and leads of a prefecture or a department."""
    if user is None:
        return True
    return any(row.role in KEEPERS and row.unit.kind in _KEEPING for row in memberships(user))


def keeping_units(user: Any) -> QuerySet[Unit]:
    """The prefectures and their departments for which the person keeps chains and groups."""
    if user is None:
        return Unit.objects.filter(kind=UnitKind.PREFECTURE)
    held = [grant.unit_id for grant in authority(user).grants if grant.role in KEEPERS]
    return Unit.objects.filter(pk__in=held, kind__in=_KEEPING)


def visible_activities(user: Any) -> QuerySet[Activity]:
    """The activities of units that the person reaches; they are no secret within the prefecture's offices."""
    if user is None:
        return Activity.objects.all()
    host = ActivityHost.objects.filter(_of("unit__", user), activity=OuterRef("pk"))
    return Activity.objects.filter(_of("unit__", user) | Exists(host))


def may_enter(user: Any, activity: Activity) -> bool:
    """Whether the person changes an activity: for the unit that entered it."""
    return user is None or may_work(user, activity.unit)


def visible_funds(user: Any) -> QuerySet[Funds]:
    """The amounts of units that the person reaches."""
    return Funds.objects.all() if user is None else Funds.objects.filter(_of("unit__", user))


def visible_enterprises(user: Any) -> QuerySet[Enterprise]:
    """All of them, for whoever holds a role."""
    return Enterprise.objects.all() if has_role(user) else Enterprise.objects.none()


def visible_groups(user: Any) -> QuerySet[Group]:
    """All groups, for whoever holds a role."""
    return Group.objects.all() if has_role(user) else Group.objects.none()


def follows_any(user: Any) -> bool:
    """Whether the person enters leads for any unit."""
    return user is None or authority(user).holds(*WORKERS)


def counted_units(user: Any) -> QuerySet[Unit]:
    """The units of whose counts the person sees the explanation: those that they reach, and their groups."""
    return claimants() if user is None else claimants().filter(_of("", user))


def overseen(user: Any) -> QuerySet[Unit]:
    """The units that the person's roles reach."""
    return Unit.objects.all() if user is None else units_of(user)
