"""Many plans at once, written past the actions: for counting queries and for the benchmark of pages.

A plan has headings with tasks below them; of every ten tasks all have parties, six a target, four a deadline, as in the
source documents. The text of a plan holds the sentences that the spans point at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import (
    Deadline,
    Measure,
    Plan,
    PlanVersion,
    Responsibility,
    SourceDocument,
    Target,
)
from tests.counting import count_rows

TASKS_PER_HEADING = 10
THINGS = (
    "冷凉蔬菜基地",
    "标准厂房",
    "农村公路",
    "中药材种植",
    "水库除险加固",
    "集镇污水处理",
    "养老服务站",
    "数字乡村试点",
)
VERBS = ("新建", "改造", "扩建", "提升", "建成", "验收")


def make_units(departments: int, counties: int, county_departments: int) -> list[Unit]:
    """A prefecture, its departments, its counties and their departments; all units, the prefecture first."""
    state = _add(None, "bulk-state", "云岭州人民政府", "云岭州", "prefecture")
    for number in range(departments):
        _add(state, f"bulk-d{number}", f"云岭州第{number}局", f"州{number}局", "prefecture-department")
    for number in range(counties):
        county = _add(state, f"bulk-c{number}", f"云岭第{number}县人民政府", f"{number}县", "county")
        for below in range(county_departments):
            name = f"{number}县{below}局"
            _add(county, f"bulk-c{number}-{below}", f"云岭第{name}", name, "county-department")
    return list(Unit.objects.order_by("path"))


def _add(parent: Unit | None, key: str, name: str, short: str, kind: str) -> Unit:
    values = {"key": key, "name": name, "short_name": short, "kind": kind}
    if parent is None:
        return Unit.objects.add_root(values)
    return Unit.objects.add_child(Unit.objects.get(pk=parent.pk), values)


@dataclass
class _Numbers:
    """A sequence of numbers that looks like chance and is the same in every run."""

    state: int = 20260101

    def below(self, limit: int) -> int:
        self.state = (self.state * 1103515245 + 12345) % 2**31
        return (self.state >> 8) % limit


def _sentences(plan: int, tasks: int, numbers: _Numbers) -> Iterator[tuple[str, str, bool]]:
    """(label, sentence, whether it is a task) in document order."""
    for task in range(tasks):
        heading, below = divmod(task, TASKS_PER_HEADING)
        if below == 0:
            yield f"第{heading + 1}章", f"第{heading + 1}章 推进{THINGS[(plan + heading) % len(THINGS)]}", False
        thing = THINGS[numbers.below(len(THINGS))]
        verb = VERBS[numbers.below(len(VERBS))]
        amount = 5 + numbers.below(900)
        yield (
            f"{below + 1}.",
            f"{below + 1}.{verb}{thing}。按照统一部署，2026年{verb}{thing}{amount}个以上，压实工作责任，逐月通报进度，"
            f"确保各项工作按期完成，{1 + numbers.below(12)}月底前报送情况。",
            True,
        )


@transaction.atomic
def make_plan(number: int, tasks: int, units: Sequence[Unit], owner: Unit, year: int = 2026) -> Plan:
    """One published plan with so many tasks."""
    numbers = _Numbers(number * 7919 + 17)
    sentences = list(_sentences(number, tasks, numbers))
    text = "\n".join([f"云岭州{year}年第{number}号工作方案", *(sentence for _, sentence, _ in sentences)])
    document = SourceDocument(
        name=f"方案{number}.txt",
        format="txt",
        sha256=f"{number:064x}",
        size=len(text.encode()),
        text=text,
        line_count=text.count("\n") + 1,
    )
    document.file.save(document.name, ContentFile(text.encode()), save=True)
    plan = Plan.objects.create(
        title=f"云岭州{year}年第{number}号工作方案",
        number=f"云政发〔{year}〕{number}号",
        issued_on=dt.date(year, 1, 15),
        year=year,
        owner=owner,
        is_public=number % 2 == 0,
    )
    version = PlanVersion.objects.create(
        plan=plan,
        ordinal=1,
        document=document,
        first_line=1,
        last_line=document.line_count,
        published_at=timezone.now(),
    )
    common = {"plan": plan, "version": version}
    measures: list[Measure] = []
    heading = 0
    for line, (label, sentence, is_task) in enumerate(sentences, start=2):
        heading += not is_task
        position = f"{heading:04}" if not is_task else f"{heading:04}.{int(label[:-1]):04}"
        measures.append(
            Measure(
                **common,
                position=position,
                depth=1 + is_task,
                label=label if not is_task else f"第{heading}章{label}",
                title=sentence.removeprefix(label).strip().split("。")[0],
                is_task=is_task,
                text=sentence,
                line=line,
                spans=[[line, 0, len(sentence)]],
            )
        )
    headings = {row.position: row for row in Measure.objects.bulk_create([m for m in measures if m.depth == 1])}
    for measure in measures:
        if measure.depth == 2:
            measure.parent = headings[measure.position.partition(".")[0]]
    found = Measure.objects.bulk_create([m for m in measures if m.depth == 2], batch_size=2000)
    _hang(plan, version, found, units, numbers)
    # So many rows in a transaction of their own are unknown to the planner, as they never are in use.
    count_rows()
    return plan


def _hang(plan: Plan, version: PlanVersion, tasks: Sequence[Measure], units: Sequence[Unit], numbers: _Numbers) -> None:
    """Parties, targets and deadlines of the tasks."""
    parties, meant, targets, deadlines = [], [], [], []
    for order, task in enumerate(tasks):
        common = {"plan": plan, "version": version, "measure": task, "line": task.line, "spans": task.spans}
        for role in ("lead", "responsible", "supporting")[: 1 + numbers.below(3)]:
            unit = units[numbers.below(len(units))]
            parties.append(Responsibility(**common, role=role, name=unit.short_name, text=f"（{unit.short_name}）"))
            meant.append(unit)
        if order % 10 < 6:
            value = 5 + numbers.below(900)
            targets.append(
                Target(
                    **common,
                    indicator=THINGS[numbers.below(len(THINGS))],
                    comparator=">=",
                    value=value,
                    unit_of_measure="个",
                    year=plan.year,
                    text=f"{value}个以上",
                )
            )
        if order % 10 < 3:
            date = dt.date(plan.year or 2026, 1 + numbers.below(12), 1 + numbers.below(28))
            deadlines.append(Deadline(**common, rule_kind="date", date=date, text=f"{date.month}月底前"))
        elif order % 10 == 3:
            deadlines.append(Deadline(**common, rule_kind="monthly", day=1 + numbers.below(10), text="每月报送"))
    stored = Responsibility.objects.bulk_create(parties, batch_size=2000)
    through = Responsibility.units.through
    through.objects.bulk_create(
        [through(responsibility_id=row.pk, unit_id=unit.pk) for row, unit in zip(stored, meant, strict=True)],
        batch_size=4000,
    )
    Target.objects.bulk_create(targets, batch_size=2000)
    Deadline.objects.bulk_create(deadlines, batch_size=2000)
