"""A published plan of the invented prefecture, with a target to be shared out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.plans import actions as plans
from luoshi.apps.plans.models import Plan, Target
from tests.apps.plans.making import Prefecture, make_document, make_prefecture, make_user, sample, table

#: The annex of the plan in the tests: two counties, quarters cumulative, a total row that contradicts the text by 10.
ANNEX = table(
    "各县新增家庭农场任务分解表",
    ("北川县", "700", "140", "420", "595", "700"),
    ("南屏县", "810", "160", "480", "680", "810"),
    ("合计", "1510", "300", "900", "1275", "1510"),
    header=(
        "县",
        "全年任务",
        "时序进度（户）/一季度",
        "时序进度（户）/二季度",
        "时序进度（户）/三季度",
        "时序进度（户）/四季度",
    ),
    line=100,
    line_end=104,
)


@dataclass
class Scene:
    """The prefecture, its people, the plan and the target 新增家庭农场 1500 户."""

    units: Prefecture
    plan: Plan
    target: Target
    people: dict[str, Any]
    townships: list[Unit]

    def user(self, name: str) -> Any:
        """A person as the next request sees them: nothing remembered."""
        return type(self.people[name]).objects.get(pk=self.people[name].pk)


@pytest.fixture
def scene(db: None, tmp_path: Any, settings: Any) -> Scene:
    """Everything stored."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    forget_directory()
    return make_scene()


def make_scene() -> Scene:
    """The prefecture with two townships below the northern county, people in every role, the plan published."""
    units = make_prefecture()
    townships = []
    for key, name in (("n-hill", "石桥乡"), ("n-lake", "镜湖镇")):
        county = Unit.objects.get(pk=units.north.pk)
        values = {"key": key, "name": f"北川县{name}", "short_name": name, "kind": "township"}
        townships.append(Unit.objects.add_child(county, values))
    people = {
        "office": make_user("office", (Role.COORDINATOR, units.state)),
        "second": make_user("second", (Role.COORDINATOR, units.state)),
        "leader": make_user("leader", (Role.LEADER, units.state)),
        "farm": make_user("farm", (Role.LEAD, units.farm)),
        "trade": make_user("trade", (Role.LEAD, units.trade)),
        "north": make_user("north", (Role.COORDINATOR, units.north)),
        "reporter": make_user("reporter", (Role.REPORTER, units.north)),
        "south": make_user("south", (Role.REPORTER, units.south)),
        "nobody": make_user("nobody"),
    }
    lines = [f"第{number}行：各县市照此办理。" for number in range(1, 201)]
    for place, row in enumerate(("县\t全年任务\t一季度", *("\t".join(row) for row in ANNEX.rows))):
        lines[100 + place - 1] = row
    document = make_document("要点.txt", "\n".join(lines))
    publication = sample(units, document, tables=(ANNEX,))
    plan = plans.publish(acting_user=people["office"], publication=publication).plan
    target = Target.objects.select_related("plan__owner").get(plan=plan, indicator="新增家庭农场")
    return Scene(units, plan, target, people, townships)
