"""Every change begins here: the project's row is locked; how a project is written into the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from luoshi.apps.journal.actions import Act
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.addresses import FIRST_DAY, LAST_DAY
from luoshi.apps.projects.errors import NotNow
from luoshi.apps.projects.models import Progress, Project
from luoshi.apps.projects.policies import visible_projects

NOT_YOURS = "只有项目所在地、牵头单位的填报、审核、牵头和统筹人员可以维护项目。"
MOST_MONEY = Decimal(10) ** 15
#: What a project keeps of its last month.
CACHED = ("done", "image", "funds_received", "progress_period")


def moment(now: dt.datetime | None) -> dt.datetime:
    """The moment of an act: as given, else now."""
    return timezone.now() if now is None else now


def today_of(now: dt.datetime | None) -> dt.date:
    """The local day of an act."""
    return timezone.localtime(moment(now)).date()


def locked_project(user: Any, project_id: int, revision: int | None = None) -> Project:
    """The project's row, locked, with its units; ``Http404`` for what the person does not see.

    ``NotNow`` where it was merged, or changed since the person saw it (``revision``). Inside a transaction only.
    """
    if not visible_projects(user).filter(pk=project_id).exists():
        raise Http404
    project = Project.objects.select_for_update().filter(pk=project_id).order_by("pk").first()
    if project is None:
        raise Http404
    units = Unit.objects.in_bulk([number for number in (project.unit_id, project.lead_id) if number])
    project.unit = units[project.unit_id]
    project.lead = units[project.lead_id] if project.lead_id else None
    if project.merged_into_id:
        raise NotNow("此项目已并入别的项目，请到并入后的项目办理。")
    if revision is not None and project.revision != revision:
        raise NotNow("他人刚刚改了此项目，请刷新后再办。")
    return project


def money(value: Decimal | None, what: str) -> Decimal | None:
    """An amount in yuan, rounded to the fen; ``ValidationError`` where it is negative or beyond all bounds."""
    if value is None:
        return None
    if not value.is_finite() or value < 0 or value >= MOST_MONEY:
        raise ValidationError(f"{what}不对，请核对数值和单位。")
    return value.quantize(Decimal("0.01"))


def day(value: dt.date | None, what: str) -> dt.date | None:
    """A day within the calendar's bounds; ``ValidationError`` otherwise."""
    if value is not None and not FIRST_DAY <= value <= LAST_DAY:
        raise ValidationError(f"{what}不对：{value:%Y-%m-%d}。")
    return value


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, before and after."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def act_of(project: Project, action: str, before: dict[str, Any] | None = None, **after: Any) -> Act:
    """A journal entry about a project."""
    return Act(action=action, target=project, before=before, after=after or None)


def touch(project: Project, fields: Iterable[str]) -> None:
    """Store changed fields and the new revision."""
    project.revision += 1
    project.save(update_fields=[*fields, "revision"])


def refresh_progress(project: Project) -> None:
    """Set what the project keeps of its last month; the caller stores it."""
    last = Progress.objects.filter(project=project, is_current=True).order_by("-last_day").first()
    known = Progress.objects.filter(project=project, is_current=True).order_by("-last_day")
    project.progress_period = last.period if last else ""
    project.done = known.exclude(so_far=None).values_list("so_far", flat=True).first()
    project.image = known.exclude(image=None).values_list("image", flat=True).first()
    project.funds_received = known.exclude(funds=None).values_list("funds", flat=True).first()


def money_text(amount: Decimal | None) -> str:
    """An amount in yuan as plans print it: 12,345.6万元."""
    if amount is None:
        return "未报"
    text = f"{amount / 10000:,.6f}".rstrip("0").rstrip(".")
    return f"{text}万元"
