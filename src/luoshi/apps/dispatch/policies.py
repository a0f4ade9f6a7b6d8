"""Who sees and does what about warnings, problems, meetings and decisions.

* A warning is seen by the people of the unit warned (and of the units above it), by those who oversee or lead the
  rule's owner, and by leads of a unit that leads the target's measure. The unit's own people answer it: who holds a
  working role in it, or in a department of the county that it is; those over the owner push it, send it back, waive it.
* A problem is seen by who raised it, who is asked, and who oversees the plan; the raising unit and those over it (or
  over the plan) say that it is settled.
* A meeting is run by coordinators, leads and administrators over its owner, and seen by the units called once its
  agenda is fixed. A decision is worked on by its units and closed by who runs the meeting.

Sets are querysets without joins that could repeat rows; ``None`` is the system itself and may do everything.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from luoshi.apps.dispatch.models import (
    Attendance,
    Decision,
    DecisionState,
    EarlyWarning,
    Meeting,
    MeetingSeries,
    MeetingState,
    Problem,
    WarningRule,
)
from luoshi.apps.organisations.models import Role, Unit, UnitKind
from luoshi.apps.organisations.policies import OVERSEERS, authority, memberships, units_of, within
from luoshi.apps.plans.models import Plan, Responsibility, Target
from luoshi.apps.plans.policies import overseen_plans, visible_plans

#: Who sets rules, pushes warnings and runs meetings, over the owner.
CONVENERS = (Role.COORDINATOR, Role.LEAD, Role.ADMINISTRATOR)
PUSHERS = (*CONVENERS, Role.LEADER)
#: Who sees all that belongs to an owner in reach.
READERS = (*OVERSEERS, Role.LEAD)
#: A unit's own people: they answer warnings, raise problems, report on decisions.
OWN_PEOPLE = (Role.REPORTER, Role.REVIEWER, Role.LEAD, Role.COORDINATOR)


def led_targets(user: Any) -> QuerySet[Target]:
    """The targets under measures that a unit in the person's reach as a lead leads."""
    mine = Responsibility.units.through.objects.filter(
        unit_id__in=Unit.objects.filter(within("", authority(user).paths(Role.LEAD))).order_by().values("pk")
    )
    led = Responsibility.objects.filter(role="lead", retired_in=None, pk__in=mine.values("responsibility_id"))
    return Target.objects.filter(measure__in=led.order_by().values("measure_id")).order_by()


def visible_rules(user: Any) -> QuerySet[WarningRule]:
    """The rules of owners that the person oversees or leads."""
    if user is None:
        return WarningRule.objects.all()
    return WarningRule.objects.filter(within("owner__", authority(user).paths(*READERS)))


def visible_warnings(user: Any) -> QuerySet[EarlyWarning]:
    """The warnings that the person sees."""
    if user is None:
        return EarlyWarning.objects.all()
    known = authority(user)
    seen = within("unit__", known.paths()) | within("rule__owner__", known.paths(*READERS))
    if known.holds(Role.LEAD):
        seen |= Q(target__in=led_targets(user).values("pk"))
    return EarlyWarning.objects.filter(seen)


def answerable_warnings(user: Any) -> QuerySet[EarlyWarning]:
    """The warnings, in whatever state, that the person may answer for the unit."""
    return EarlyWarning.objects.filter(_own("unit", user))


def may_answer(user: Any, warning: EarlyWarning) -> bool:
    """Whether the person belongs to the unit warned. Who oversees it does not answer for it."""
    return user is None or is_of(user, warning.unit)


def _own_paths(user: Any) -> set[str]:
    """The units for which the person works: where a working role is held, and of a county's department the county."""
    paths = set()
    for row in memberships(user):
        if row.role in OWN_PEOPLE:
            paths.add(row.unit.path)
            if row.unit.kind == UnitKind.COUNTY_DEPARTMENT:
                paths.add(row.unit.path[: -Unit.steplen])
    return paths


def is_of(user: Any, unit: Unit) -> bool:
    """Whether the person works for the unit: a role held in it, or in a department of the county that it is."""
    return unit.path in _own_paths(user)


def _own(column: str, user: Any) -> Q:
    """A condition: the unit of a column is one for which the person works."""
    paths = _own_paths(user)
    return Q(**{f"{column}__path__in": paths}) if paths else Q(pk__in=())


def may_push(user: Any, warning: EarlyWarning) -> bool:
    """Whether the person pushes the warning: coordinator, lead or leader over the rule's owner."""
    return user is None or authority(user).covers(warning.rule.owner, *PUSHERS)


def may_keep_rules(user: Any, owner: Unit) -> bool:
    """Whether the person sets the owner's rules."""
    return user is None or authority(user).covers(owner, *CONVENERS)


def visible_problems(user: Any) -> QuerySet[Problem]:
    """The problems that the person sees: raised by or asked of a unit in reach, or about a plan that they oversee."""
    if user is None:
        return Problem.objects.all()
    known = authority(user)
    seen = within("unit__", known.paths()) | within("asked__", known.paths())
    return Problem.objects.filter(seen | within("plan__owner__", known.paths(*READERS)))


def may_raise_for(user: Any) -> QuerySet[Unit]:
    """The units for which the person raises problems."""
    return Unit.objects.all() if user is None else units_of(user, *OWN_PEOPLE)


def may_raise(user: Any, unit: Unit) -> bool:
    """Whether the person raises problems for the unit."""
    return user is None or authority(user).covers(unit, *OWN_PEOPLE)


def may_settle(user: Any, problem: Problem) -> bool:
    """Whether the person says that a problem is settled or dropped: for the unit that raised it, or over the plan."""
    if user is None or authority(user).covers(problem.unit, *OWN_PEOPLE):
        return True
    return problem.plan is not None and authority(user).covers(problem.plan.owner, *CONVENERS)


def convened_owners(user: Any) -> QuerySet[Unit]:
    """The units for which the person calls meetings and sets rules."""
    return Unit.objects.all() if user is None else units_of(user, *CONVENERS)


def may_convene(user: Any, owner: Unit) -> bool:
    """Whether the person runs the owner's meetings: plans, fixes, records, closes."""
    return user is None or authority(user).covers(owner, *CONVENERS)


def convenes_anywhere(user: Any) -> bool:
    """Whether the person runs meetings of any unit."""
    return user is None or authority(user).holds(*CONVENERS)


def visible_series(user: Any) -> QuerySet[MeetingSeries]:
    """The series of owners that the person oversees or leads."""
    if user is None:
        return MeetingSeries.objects.all()
    return MeetingSeries.objects.filter(within("owner__", authority(user).paths(*READERS)))


def visible_meetings(user: Any) -> QuerySet[Meeting]:
    """The meetings that the person runs or oversees, and those to which a unit in reach is called, once fixed."""
    if user is None:
        return Meeting.objects.all()
    known = authority(user)
    called = Attendance.objects.filter(within("unit__", known.paths())).order_by()
    return Meeting.objects.filter(
        within("owner__", known.paths(*READERS))
        | (Q(pk__in=called.values("meeting_id")) & ~Q(state=MeetingState.PLANNED))
    )


def visible_decisions(user: Any) -> QuerySet[Decision]:
    """The decisions of meetings that the person sees, and those of units in reach; drafts only by who records them."""
    if user is None:
        return Decision.objects.all()
    known = authority(user)
    reach = Unit.objects.filter(within("", known.paths())).order_by()
    helped = Decision.supporting.through.objects.filter(unit_id__in=reach.values("pk"))
    seen = (
        within("unit__", known.paths())
        | Q(pk__in=helped.values("decision_id"))
        | Q(meeting__in=visible_meetings(user).order_by().values("pk"))
    )
    return Decision.objects.filter(seen & ~Q(state=DecisionState.DRAFT) | convened(user))


def convened(user: Any) -> Q:
    """A condition on decisions: of meetings that the person runs."""
    return within("meeting__owner__", authority(user).paths(*CONVENERS))


def own_decisions(user: Any) -> QuerySet[Decision]:
    """The decisions on which the person works for their own units, in whatever state but draft."""
    found = Decision.objects.exclude(state=DecisionState.DRAFT)
    helped = Decision.supporting.through.objects.filter(_own("unit", user))
    return found.filter(_own("unit", user) | Q(pk__in=helped.values("decision_id")))


def may_work(user: Any, decision: Decision) -> bool:
    """Whether the person reports on the decision: for its unit, or a supporting one."""
    if user is None:
        return True
    if decision.unit is not None and is_of(user, decision.unit):
        return True
    return any(is_of(user, unit) for unit in decision.supporting.all())


def choosable_plans(user: Any) -> QuerySet[Plan]:
    """The plans about which the person calls meetings: those overseen as a whole, and for leads all that they see."""
    return visible_plans(user) if authority(user).holds(Role.LEAD) else overseen_plans(user)
