"""Projects for tests, entered through the actions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from luoshi.apps.organisations.models import Unit
from luoshi.apps.projects import actions
from luoshi.apps.projects.models import MilestoneKind, Project

APPROVALS = ("feasibility", "environment", "land", "permit")
NOW = dt.datetime(2026, 9, 20, 4, 0, tzinfo=dt.UTC)


def unit(key: str) -> Unit:
    """A unit of the small prefecture."""
    return Unit.objects.get(key=key)


def enter(
    name: str, at: str = "qsx", *, wan: str = "10000", on: str = "2026-01-05", user: Any = None, **more: Any
) -> Project:
    """Enter a project of so many 万元."""
    state, reason = more.pop("state", "reserve"), more.pop("reason", "")
    fields = actions.ProjectFields(name=name, unit=unit(at), total=Decimal(wan) * 10_000, **more)
    return actions.create_project(
        acting_user=user, fields=fields, state=state, reason=reason, on=dt.date.fromisoformat(on), now=NOW
    )


def approve(project: Project, *, start: str | None = None, user: Any = None) -> None:
    """Pass all approvals, and the start on a day."""
    rows = [
        actions.Passed(kind=kind, actual_on=dt.date(2026, 2, 1), evidence=f"云环审〔2026〕{number}号")
        for number, kind in enumerate(APPROVALS, 1)
    ]
    if start:
        rows.append(actions.Passed(kind=MilestoneKind.START, actual_on=dt.date.fromisoformat(start)))
    actions.set_milestones(acting_user=user, project_id=project.pk, rows=tuple(rows), now=NOW)


def move(project: Project, to: str, on: str, *, reason: str = "", user: Any = None) -> Project:
    """Move a project on a day."""
    return actions.move_project(
        acting_user=user, project_id=project.pk, to=to, on=dt.date.fromisoformat(on), reason=reason, now=NOW
    )
