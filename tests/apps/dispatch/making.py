"""A prefecture of which one county is behind: a target shared out, months reported, rules, a meeting."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.models import Decision, EarlyWarning, Meeting, WarningRule
from luoshi.apps.indicators.models import Indicator, Observation
from luoshi.apps.organisations.models import Unit
from luoshi.apps.targets.models import AllocationVersion
from luoshi.periods import SHANGHAI, Period
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_actions import EARLY, measured
from tests.apps.targets.test_pages import give

#: The northern county is red in February and March, green again in April; the southern one is always on schedule.
NORTH = {"2026-01": "70", "2026-02": "80", "2026-03": "90", "2026-04": "240"}
SOUTH = {"2026-01": "70", "2026-02": "140", "2026-03": "210", "2026-04": "280"}
MEASURES = "逐乡镇摸排，三月底前补报登记。"


def at(day: int, hour: int = 9, *, month: int = 4) -> dt.datetime:
    """A moment of the spring in which the tests play."""
    return dt.datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def report(indicator: Indicator, unit: Unit, period: str, value: str) -> Observation:
    """A value, recorded on the 4th of the month after."""
    span = Period.parse(period)
    return Observation.objects.create(
        indicator=indicator,
        unit=unit,
        period=period,
        first_day=span.first_day,
        last_day=span.last_day,
        value=Decimal(value),
        source="self-reported",
        recorded_at=dt.datetime(span.next().year, span.next().first_day.month, 4, 10, tzinfo=SHANGHAI),
        origin="demo",
    )


def months(scene: Scene, until: str = "2026-03") -> Indicator:
    """The target shared out, and what both counties reported up to a month."""
    give(scene)
    # The tests play in April: what was given out must have been so by then.
    AllocationVersion.objects.update(adopted_at=EARLY)
    indicator = measured(scene)
    for figures, unit in ((NORTH, scene.units.north), (SOUTH, scene.units.south)):
        for period, value in figures.items():
            if period <= until:
                report(indicator, unit, period, value)
    return indicator


def rule(scene: Scene, kind: str = "red-again", **more: Any) -> WarningRule:
    """A rule of the prefecture for its plan."""
    given: dict[str, Any] = {"plan": scene.plan} | more
    return actions.create_rule(acting_user=scene.user("office"), owner=scene.units.state, kind=kind, **given)


def warned(scene: Scene) -> EarlyWarning:
    """The northern county, warned on the 8th of April."""
    months(scene)
    rule(scene)
    (warning,) = actions.raise_warnings(now=at(8))
    return warning


def meeting(scene: Scene, *, title: str = "四月调度会", on: dt.datetime | None = None) -> Meeting:
    """A meeting of the prefecture with both counties, its agenda drawn."""
    fields = actions.MeetingFields(
        title=title,
        held_at=on or at(25),
        place="州政府二号会议室",
        chair="常务副州长",
        plans=(scene.plan,),
        units=(scene.units.north, scene.units.south),
    )
    return actions.create_meeting(acting_user=scene.user("office"), owner=scene.units.state, fields=fields, now=at(10))


def held(scene: Scene, **more: Any) -> Meeting:
    """A meeting that sits."""
    found = meeting(scene, **more)
    actions.fix_agenda(acting_user=scene.user("office"), meeting_id=found.pk, now=at(24))
    return actions.hold_meeting(acting_user=scene.user("office"), meeting_id=found.pk, now=at(25))


def decided(scene: Scene, sitting: Meeting | None = None) -> Decision:
    """A decision in force: the northern county does it by the end of May."""
    sitting = sitting or held(scene)
    decision = actions.record_decision(
        acting_user=scene.user("office"),
        meeting_id=sitting.pk,
        text="北川县五月底前补齐家庭农场登记。",
        unit=scene.units.north,
        due_on=dt.date(2026, 5, 31),
    )
    actions.close_meeting(acting_user=scene.user("office"), meeting_id=sitting.pk, minutes="纪要。", now=at(25, 17))
    decision.refresh_from_db()
    return decision
