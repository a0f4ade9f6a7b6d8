"""The meetings of the start race (开工竞赛): told in quarters 1 and 3 (集中评述), seen in 2 and 4 (现场观摩)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.dispatch.actions import MeetingFields, add_item, create_meeting
from luoshi.apps.dispatch.models import MeetingKind
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.projects.actions.common import money_text
from luoshi.apps.projects.errors import NotNow
from luoshi.apps.projects.models import Project, RaceMeeting
from luoshi.apps.projects.policies import COUNTIES, living, may_call_race, visible_projects
from luoshi.pipeline import shipped_norms

MOST_STOPS = 40


def create_race_meeting(
    *,
    acting_user: Any,
    owner: Unit,
    year: int,
    quarter: int,
    held_at: dt.datetime,
    place: str = "",
    chair: str = "",
    route: Sequence[int] = (),
    now: dt.datetime | None = None,
) -> RaceMeeting:
    """Plan the meeting of a quarter, once a year and quarter, with the projects of the route as items in their order.

    The meeting is one of dispatch; its pack holds the route, the project sheets stand at ``projects:route``.
    """
    if quarter not in (1, 2, 3, 4):
        raise ValidationError("季度不对。")
    require(may_call_race(acting_user, owner), "开工竞赛由州级牵头、统筹人员组织。")
    wanted = list(dict.fromkeys(route))
    if len(wanted) > MOST_STOPS:
        raise ValidationError(f"一次最多安排{MOST_STOPS}个项目。")
    found = living(visible_projects(acting_user)).filter(unit__path__startswith=owner.path).select_related("unit")
    projects = found.in_bulk(wanted)
    if len(projects) != len(wanted):
        raise ValidationError("路线里有您看不到的项目，请重新选择。")
    name = shipped_norms().meetings[quarter]
    with transaction.atomic():
        Unit.objects.select_for_update().filter(pk=owner.pk).order_by("pk").first()
        if RaceMeeting.objects.filter(owner=owner, year=year, quarter=quarter).exists():
            raise NotNow(f"{year}年第{quarter}季度的会已经排了。")
        units = tuple(Unit.objects.filter(path__startswith=owner.path, kind__in=COUNTIES).order_by("path"))
        meeting = create_meeting(
            acting_user=acting_user,
            owner=owner,
            fields=MeetingFields(
                title=f"重大产业项目开工竞赛{name}（{year}年第{quarter}季度）",
                held_at=held_at,
                kind=MeetingKind.VISIT if quarter in (2, 4) else MeetingKind.STOCKTAKE,
                place=place,
                chair=chair,
                units=units,
            ),
            now=now,
        )
        word = "站" if quarter in (2, 4) else "个"
        for number, pk in enumerate(wanted, 1):
            project = projects[pk]
            add_item(
                acting_user=acting_user,
                meeting_id=meeting.pk,
                title=f"第{number}{word}　{project.name}"[:200],
                text=_sheet(project),
                unit=project.unit if project.unit_id in {unit.pk for unit in units} else None,
            )
        row = RaceMeeting.objects.create(owner=owner, year=year, quarter=quarter, meeting=meeting, route=wanted)
        after = {"年度": year, "季度": quarter, "形式": name, "项目": [projects[pk].name for pk in wanted]}
        record(acting_user=acting_user, acts=[Act(action="组织开工竞赛会", target=row, after=after)])
    return row


def _sheet(project: Project) -> str:
    """A project in a few lines, as the meeting's pack prints it."""
    said = [
        f"建设地点：{project.place or project.unit}",
        f"总投资：{money_text(project.total)}",
        f"所在库：{project.get_state_display()}（{project.state_since:%Y-%m-%d}起）",
    ]
    if project.done is not None:
        said.append(f"累计完成投资：{money_text(project.done)}")
    if project.image is not None:
        said.append(f"形象进度：{project.image.normalize():f}%")
    if project.leader:
        said.append(f"包保领导：{project.leader}")
    if project.longitude is not None and project.latitude is not None:
        said.append(f"位置：东经{project.longitude:.4f}，北纬{project.latitude:.4f}")
    return "；".join(said)
