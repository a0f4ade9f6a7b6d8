"""Who sees and does what about projects.

* A project is seen by the people (any role) of the unit where it stands, of its lead unit and of the units that serve
  it, and by those over any of these.
* Reporters, reviewers, leads and coordinators over its place, or of its lead unit, keep it: facts, milestones, months,
  moves whose conditions are met. Leads and coordinators override conditions, merge, and hold the race.
* A problem may be raised by whoever works for any unit that keeps or serves the project.

Sets are querysets without joins that could repeat rows; ``None`` is the system itself and may do everything.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from luoshi.apps.organisations.models import Role, Unit, UnitKind
from luoshi.apps.organisations.policies import authority, covered, memberships, units_of, within
from luoshi.apps.projects.models import Project, ProjectImport

#: Who keeps projects, over their place or of their lead unit.
KEEPERS = (Role.REPORTER, Role.REVIEWER, Role.LEAD, Role.COORDINATOR)
#: Who decides: overrides conditions, merges, calls the race's meetings.
DECIDERS = (Role.LEAD, Role.COORDINATOR)
TERRITORIAL = (UnitKind.PREFECTURE, UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE, UnitKind.TOWNSHIP)
COUNTIES = (UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE)


def _of(user: Any, *roles: Role) -> Q:
    """A condition on projects: a unit in the person's reach is where it stands, or leads it."""
    reach = Unit.objects.filter(within("", authority(user).paths(*roles))).order_by().values("pk")
    return Q(unit__in=reach) | Q(lead__in=reach)


def visible_projects(user: Any) -> QuerySet[Project]:
    """The projects that the person sees, merged ones included."""
    if user is None:
        return Project.objects.all()
    known = authority(user)
    if not known.grants:
        return Project.objects.none()
    reach = Unit.objects.filter(within("", known.paths())).order_by().values("pk")
    served = Project.serving.through.objects.filter(unit__in=reach).order_by()
    return Project.objects.filter(_of(user) | Q(pk__in=served.values("project_id")))


def living(rows: QuerySet[Project]) -> QuerySet[Project]:
    """Those that were not merged into others."""
    return rows.filter(merged_into=None)


def kept_projects(user: Any) -> QuerySet[Project]:
    """The projects that the person keeps."""
    return Project.objects.all() if user is None else Project.objects.filter(_of(user, *KEEPERS))


def _covers(user: Any, project: Project, *roles: Role) -> bool:
    if user is None:
        return True
    known = authority(user)
    return known.covers(project.unit, *roles) or (project.lead is not None and known.covers(project.lead, *roles))


def may_keep(user: Any, project: Project) -> bool:
    """Whether the person changes the project."""
    return _covers(user, project, *KEEPERS)


def may_decide(user: Any, project: Project) -> bool:
    """Whether the person overrides conditions for the project, and merges it."""
    return _covers(user, project, *DECIDERS)


def may_raise_for(user: Any, project: Project) -> Unit | None:
    """The unit for which the person raises a problem of the project: its place, its lead, one that serves it."""
    units = [project.unit, *([project.lead] if project.lead else []), *project.serving.all()]
    if user is None:
        return units[0]
    known = authority(user)
    return next((unit for unit in units if known.covers(unit, *KEEPERS)), None)


def places_for(user: Any) -> QuerySet[Unit]:
    """The territorial units in which the person may enter projects.

    A department's people enter projects of their prefecture (or county), which they then lead.
    """
    found = Unit.objects.filter(kind__in=TERRITORIAL)
    if user is None:
        return found
    tops = set(authority(user).paths(*KEEPERS))
    departments = {row.unit.path for row in memberships(user) if row.unit.kind not in TERRITORIAL}
    above = {path[: -Unit.steplen] for path in tops & departments}
    return found.filter(within("", tuple(tops | above)))


def may_enter(user: Any, unit: Unit, lead: Unit | None) -> bool:
    """Whether the person enters a project at a place: they keep it there, or keep for the unit that leads it."""
    if user is None:
        return True
    known = authority(user)
    return known.covers(unit, *KEEPERS) or (lead is not None and known.covers(lead, *KEEPERS))


def enters_anywhere(user: Any) -> bool:
    """Whether the person enters projects at all."""
    return user is None or authority(user).holds(*KEEPERS)


def import_owners(user: Any) -> QuerySet[Unit]:
    """The units for which the person imports projects."""
    return Unit.objects.all() if user is None else units_of(user, *KEEPERS)


def visible_imports(user: Any) -> QuerySet[ProjectImport]:
    """The imports that the person made, or that were made for units in their reach as lead or coordinator."""
    if user is None:
        return ProjectImport.objects.all()
    return ProjectImport.objects.filter(Q(created_by=user) | within("owner__", authority(user).paths(*DECIDERS)))


def may_call_race(user: Any, owner: Unit) -> bool:
    """Whether the person holds the race of a prefecture."""
    if owner.kind != UnitKind.PREFECTURE:
        return False
    return user is None or authority(user).covers(owner, *DECIDERS)


def may_review_ladder(user: Any, project: Project) -> bool:
    """乡审核: a reviewer, lead or coordinator over the place."""
    return user is None or authority(user).covers(project.unit, Role.REVIEWER, *DECIDERS)


def may_approve_ladder(user: Any, project: Project) -> bool:
    """县审定: a coordinator or lead over the county of the place, not of the township alone."""
    if user is None:
        return True
    path = project.unit.path
    if project.unit.kind == UnitKind.TOWNSHIP:
        path = path[: -Unit.steplen] or path
    return covered(path, authority(user).paths(*DECIDERS))
