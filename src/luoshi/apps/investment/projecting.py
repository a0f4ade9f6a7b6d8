"""From a lead to its project: linked on signing, for good; what each tells the other."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from luoshi.apps.investment.models import Group, Lead
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority
from luoshi.apps.projects.actions.keeping import ProjectFields, create_project
from luoshi.apps.projects.models import Milestone, MilestoneKind, Nature, Project
from luoshi.apps.projects.policies import KEEPERS, living, visible_projects


def linkable_projects(user: Any) -> QuerySet[Project]:
    """The projects that the person sees and that no lead has become yet."""
    taken = Lead.objects.filter(project=OuterRef("pk"))
    return living(visible_projects(user)).filter(~Exists(taken))


def new_project(user: Any, lead: Lead, day: dt.date, at: dt.datetime) -> Project:
    """The project that a signed lead becomes, in 谋划储备, with its day of signing; part of the lead's act."""
    assert lead.place is not None
    fields = ProjectFields(
        name=lead.title,
        unit=lead.place,
        lead=_led_by(user, lead),
        owner=lead.enterprise.name,
        chain=lead.link.chain if lead.link else None,
        nature=Nature.FOREIGN if lead.enterprise.where == "abroad" else Nature.PRIVATE,
        total=lead.amount or Decimal(0),
        content=lead.content,
    )
    project = create_project(acting_user=user, fields=fields, on=day, now=at)
    Milestone.objects.create(project=project, kind=MilestoneKind.SIGNED, actual_on=day, evidence="招商协议")
    return project


def _led_by(user: Any, lead: Lead) -> Unit | None:
    """Who leads the project: the following unit where it is not the place itself, else for a group its lead unit."""
    if lead.unit_id == lead.place_id:
        return None
    group = Group.objects.select_related("lead_unit").filter(unit=lead.unit).first()
    if group is not None and user is not None and not authority(user).covers(lead.unit, *KEEPERS):
        return group.lead_unit
    return lead.unit


def start_day(user: Any, lead: Lead, day: dt.date, at: dt.datetime) -> None:
    """Tell the project on which day it was started, where nobody has said so yet: its own pages decide the library."""
    if lead.project_id is None:
        return
    known, made = Milestone.objects.get_or_create(
        project_id=lead.project_id, kind=MilestoneKind.START, defaults={"actual_on": day, "evidence": "招商台账"}
    )
    if not made and known.actual_on is None and not known.waived_for:
        known.actual_on, known.evidence = day, known.evidence or "招商台账"
        known.revision += 1
        known.save(update_fields=("actual_on", "evidence", "revision"))
