"""Five counties of the invented prefecture, scored every quarter under a scheme of five items."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.models import Adoption, AdoptionUnit, ItemSource, Run, Scheme, SchemeVersion
from luoshi.apps.indicators.models import Indicator, Observation
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.queries import forget_directory
from luoshi.periods import SHANGHAI, Period
from tests.apps.plans.making import Prefecture, fresh, make_prefecture, make_user

SCHEME = """
key: valley-race
title: 云岭州招商竞赛评分
total: 100
groups:
  - key: money
    title: 资金
    points: 50
    items:
      - {key: "1", title: 到位资金, points: 30, unit: 万元, method: {type: ranking}, basis: completion,
         gates: [{when: 实际 == 0, because: 没有到位资金不得分}]}
      - {key: "2", title: 到位资金增幅, points: 20, unit: "%", method: {type: ranking},
         gates: [{when: 实际 < 0, because: 负增长不得分}]}
  - key: work
    title: 工作
    points: 50
    items:
      - {key: "3", title: 外出招商次数, points: 20, unit: 次, method: {type: target}}
      - {key: "4", title: 会议点评, points: 20, unit: 分, method: {type: judges}}
      - {key: "5", title: 迟报, points: 10, unit: 次, when_blank: 0, method: {type: deduction, points: 2}}
assumptions:
  - key: ranking
    text: 办法没有写明排名怎样计分
    when: scored
    items: ["1", "2"]
    default: step
    choices:
      step: {title: 按名次等差}
      linear: {title: 末名得0分, set: {method: {variant: linear}}}
"""
#: unit → item → (value, target); 东山县 has no target for item 1, 西屏县 did not report item 2.
FIGURES: dict[str, dict[str, tuple[str | None, str | None]]] = {
    "north": {"1": ("800", "1000"), "2": ("12.5", None), "3": ("3", "4")},
    "south": {"1": ("900", "1000"), "2": ("8", None), "3": ("4", "4")},
    "east": {"1": ("300", None), "2": ("-3", None), "3": ("5", "4")},
    "west": {"1": ("0", "500"), "2": (None, None), "3": ("1", "4")},
    "hill": {"1": ("450", "500"), "2": ("8", None), "3": ("0", "4")},
}
MARKS = {"north": ("90", "80", "70", "85"), "south": ("88", "88", "88", "88"), "east": ("60", "65", "70", "75")}
MARKS |= {"west": ("70", "71", "72", "73"), "hill": ("95", "90", "85", "99")}
JUDGES = ("甲", "乙", "丙", "丁")


def at(day: int, month: int = 4, hour: int = 9) -> dt.datetime:
    """A moment of the spring in which the tests play."""
    return dt.datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@dataclass
class World:
    """Units, people and the adoption."""

    units: Prefecture
    counties: dict[str, Unit]
    people: dict[str, Any]
    adoption: Adoption

    def user(self, name: str) -> Any:
        """A person as the next request sees them."""
        return fresh(self.people[name])

    @property
    def office(self) -> Any:
        """The coordinator of the prefecture."""
        return self.user("office")


def make_adoption(
    owner: Unit, counties: Any, text: str = SCHEME, key: str = "valley-race", name: str = "招商竞赛", **more: Any
) -> Adoption:
    """A scheme issued and adopted, without sources."""
    scheme = Scheme.objects.create(key=key, title=name, owner=owner, origin="hand")
    version = SchemeVersion.objects.create(
        scheme=scheme,
        ordinal=1,
        state="issued",
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        issued_at=at(1, 1),
    )
    values: dict[str, Any] = {"cadence": "quarterly", "first_period": "2025Q1"} | more
    adoption = Adoption.objects.create(version=version, name=name, owner=owner, **values)
    AdoptionUnit.objects.bulk_create(AdoptionUnit(adoption=adoption, unit=unit) for unit in counties)
    return adoption


def make_world() -> World:
    """Everything stored; item 3 is checked by 州商务局."""
    forget_directory()
    units = make_prefecture()
    counties = {"north": units.north, "south": units.south}
    for key, name in (("east", "东山县"), ("west", "西屏县"), ("hill", "高岭县")):
        values = {"key": key, "name": f"{name}人民政府", "short_name": name, "kind": "county"}
        counties[key] = Unit.objects.add_child(Unit.objects.get(pk=units.state.pk), values)
    people = {
        "office": make_user("office", (Role.COORDINATOR, units.state)),
        "second": make_user("second", (Role.COORDINATOR, units.state)),
        "leader": make_user("leader", (Role.LEADER, units.state)),
        "trade": make_user("trade", (Role.LEAD, units.trade)),
        "farm": make_user("farm", (Role.LEAD, units.farm)),
        **{key: make_user(key, (Role.REPORTER, unit)) for key, unit in counties.items()},
        "nobody": make_user("nobody"),
    }
    adoption = make_adoption(units.state, counties.values())
    ItemSource.objects.create(adoption=adoption, item="3", kind="hand", checked_by=units.trade)
    return World(units, counties, people, adoption)


def draft(world: World, period: str = "2026Q1", now: dt.datetime | None = None) -> Run:
    """A run of the quarter with all figures typed."""
    now = now or at(5)
    run = actions.create_run(acting_user=world.office, adoption_id=world.adoption.pk, period=period, now=now)
    rows: list[tuple[int, list[str]]] = [(1, ["单位", "项目", "实际", "目标", "评委"])]
    for key, items in FIGURES.items():
        name = str(world.counties[key])
        for item, (value, target) in items.items():
            rows.append((len(rows) + 1, [name, item, value or "", target or "", ""]))
        for judge, mark in zip(JUDGES, MARKS[key], strict=True):
            rows.append((len(rows) + 1, [name, "4", mark, "", judge]))
    actions.enter_rows(acting_user=world.office, run_id=run.pk, rows=rows, reason="一季度统计", now=now)
    run.refresh_from_db()
    return run


def shown(world: World, period: str = "2026Q1", now: dt.datetime | None = None) -> Run:
    """The same, shown to the units."""
    run = draft(world, period, now)
    return actions.preview_run(acting_user=world.office, run_id=run.pk, now=now or at(6))


def report(indicator: Indicator, unit: Unit, period: str, value: str, when: dt.datetime | None = None) -> Observation:
    """A value that was recorded."""
    span = Period.parse(period)
    return Observation.objects.create(
        indicator=indicator,
        unit=unit,
        period=period,
        first_day=span.first_day,
        last_day=span.last_day,
        value=Decimal(value),
        source="statistics",
        recorded_at=when or at(3),
        origin="test",
    )
