"""Two counties, two groups, their people, and leads that can be moved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from luoshi.apps.accounts.models import User
from luoshi.apps.investment import actions
from luoshi.apps.investment.models import Activity, Enterprise, FundsRule, Group, Lead
from luoshi.apps.organisations.models import Role, Unit, UnitKind
from tests.apps.plans.making import Prefecture, make_prefecture, make_user

YI = Decimal(100_000_000)
PDF = b"%PDF-1.7 paper"


@dataclass(frozen=True)
class Scene:
    """``north``, ``south`` are counties; ``solar`` reports by statistics, ``platform`` by itself."""

    units: Prefecture
    solar: Unit
    platform: Unit
    office: User
    north: User
    south: User
    group: User
    leader: User
    stranger: User
    investor: Enterprise
    today: dt.date


def make_scene() -> Scene:
    """Everything stored."""
    units = make_prefecture()

    def below(key: str, name: str, kind: str) -> Unit:
        values = {"key": key, "name": name, "short_name": name, "kind": kind}
        return Unit.objects.add_child(Unit.objects.get(pk=units.state.pk), values)

    solar = below("solar", "光伏产业招商组", UnitKind.INVESTMENT_GROUP)
    platform = below("platform", "云岭资本投资公司", UnitKind.ENTERPRISE)
    Group.objects.create(unit=solar, lead_unit=units.trade)
    Group.objects.create(unit=platform, funds_rule=FundsRule.PLATFORM)
    return Scene(
        units=units,
        solar=solar,
        platform=platform,
        office=make_user("office", (Role.COORDINATOR, units.state)),
        north=make_user("north-clerk", (Role.REPORTER, units.north)),
        south=make_user("south-clerk", (Role.REPORTER, units.south)),
        group=make_user("trade-clerk", (Role.REPORTER, units.trade)),
        leader=make_user("boss", (Role.LEADER, units.state)),
        stranger=make_user("stranger"),
        investor=Enterprise.objects.create(name="东海新能源股份有限公司", where="country"),
        today=timezone.localdate(),
    )


def make_lead(scene: Scene, user: Any = None, unit: Unit | None = None, **facts: Any) -> Lead:
    """A lead of 北川县 found a hundred days ago."""
    defaults: dict[str, Any] = {
        "title": "高效组件制造",
        "enterprise": scene.investor,
        "source": "own",
        "place": scene.units.north,
        "amount": 12 * YI,
        "content": "年产2吉瓦组件",
        "progress": "已见面",
    }
    found_on = facts.pop("found_on", scene.today - dt.timedelta(days=100))
    return actions.create_lead(
        acting_user=user or scene.north,
        unit=unit or scene.units.north,
        facts=actions.LeadFacts(**(defaults | facts)),
        found_on=found_on,
    )


def paper(name: str = "材料.pdf") -> ContentFile[bytes]:
    """A file that is taken."""
    return ContentFile(PDF, name=name)


def move(scene: Scene, lead: Lead, to: str, days_ago: int = 10, **more: Any) -> Any:
    """Move a lead with the paper that it needs."""
    kind = {"negotiating": "intent", "signed": "agreement"}.get(to)
    files = [paper()] if kind and "override" not in more else []
    return actions.move_lead(
        acting_user=more.pop("user", scene.north),
        lead_id=lead.pk,
        to=to,
        on=more.pop("on", scene.today - dt.timedelta(days=days_ago)),
        files=files,
        kind=kind or "",
        **more,
    )


def make_activity(scene: Scene, *hosts: Unit, user: Any = None, shown: bool = True, **facts: Any) -> Activity:
    """A trip to 上海 that ended today, its plan on file."""
    defaults: dict[str, Any] = {
        "title": "赴上海招商",
        "begin": scene.today - dt.timedelta(days=1),
        "end": scene.today,
        "places": [("上海", "country")],
        "hosts": list(hosts),
        "outside_firms": 3,
    }
    made = actions.create_activity(acting_user=user, unit=hosts[0], facts=actions.ActivityFacts(**(defaults | facts)))
    if shown:
        actions.attach_activity_evidence(acting_user=user, activity_id=made.pk, kind="plan", files=[paper()])
    return made
