"""The outline of one plan, with what hangs on every node and what people must still look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from luoshi.apps.plans import words
from luoshi.apps.plans.kinds import LEFT_OPEN
from luoshi.apps.plans.models import Deadline, Measure, Plan, Responsibility, Target
from luoshi.apps.plans.policies import (
    visible_deadlines,
    visible_measures,
    visible_responsibilities,
    visible_targets,
)
from luoshi.apps.plans.queries.due import next_due
from luoshi.apps.plans.queries.ledger_filter import Through
from luoshi.apps.plans.queries.rows import ancestor_positions, own_label, shortened

#: A plan with more nodes shows its upper levels only; the ledger holds the rest.
NODES_SHOWN = 2000
DUES_SHOWN = 10
FINDINGS_SHOWN = 8


@dataclass(slots=True)
class OutlineNode:
    """A node; the sums are those of its whole subtree."""

    id: int
    position: str
    depth: int
    label: str
    title: str
    is_task: bool
    line: int
    plan_id: int
    targets: int = 0
    deadlines: int = 0
    tasks: int = 0
    unit_keys: set[int] = field(default_factory=set)
    children: list[OutlineNode] = field(default_factory=list)

    @property
    def units(self) -> int:
        """How many units have a part in the subtree."""
        return len(self.unit_keys)

    @property
    def url(self) -> str:
        """The measure's own page."""
        return words.page_url("plans:measure", self.id)

    @property
    def source_url(self) -> str:
        """Its sentence."""
        return words.source_url(self.plan_id, "measure", self.id, self.line)


@dataclass(frozen=True, slots=True)
class PlanSums:
    """The sums of the whole plan, as far as the person sees it."""

    tasks: int
    targets: int
    units: int
    deadlines: int


@dataclass(frozen=True, slots=True)
class DueRow:
    """A deadline of the plan, its next day, and the node under which it stands (``None`` outside of any)."""

    deadline: Deadline
    due: dt.date
    words: str
    days_left: int
    node: OutlineNode | None

    @property
    def source_url(self) -> str:
        """Its sentence."""
        return words.source_url(self.deadline.plan_id, "deadline", self.deadline.pk, self.deadline.line)


@dataclass(frozen=True, slots=True)
class Findings:
    """What people must still look at; the lists hold the first few, the counts all."""

    without_unit: list[OutlineNode]
    without_unit_count: int
    unknown: list[Responsibility]
    unknown_count: int
    loose: list[Target]
    loose_count: int

    @property
    def count(self) -> int:
        """How many in all."""
        return self.without_unit_count + self.unknown_count + self.loose_count


@dataclass(frozen=True, slots=True)
class Outline:
    """The tree, its sums, what is due next and what is left to look at.

    ``cut_at`` is the depth below which nodes were left out of ``roots``, ``None`` where all are there.
    """

    roots: list[OutlineNode]
    sums: PlanSums
    dues: list[DueRow]
    overdue: int
    findings: Findings
    cut_at: int | None = None


def _nodes(measures: list[Measure], plan: Plan) -> dict[str, OutlineNode]:
    """Nodes by position, children hung under the nearest node above that is there."""
    nodes: dict[str, OutlineNode] = {}
    labels: dict[str, str] = {}
    for measure in measures:
        above = next((p for p in reversed(ancestor_positions(measure.position)) if p in nodes), "")
        label = own_label(measure.label, labels.get(above, ""))
        labels[measure.position] = measure.label
        node = nodes[measure.position] = OutlineNode(
            measure.pk,
            measure.position,
            measure.depth,
            label,
            measure.title or shortened(measure.text.strip().removeprefix(label)),
            measure.is_task,
            measure.line,
            plan.pk,
            tasks=int(measure.is_task),
        )
        if above:
            nodes[above].children.append(node)
    return nodes


def plan_outline(user: Any, plan: Plan, today: dt.date) -> Outline:
    """What the person sees of the plan: seven queries at the most, each over this plan's rows only."""
    measures = list(
        visible_measures(user)
        .filter(plan=plan)
        .order_by("position")
        .only("id", "plan_id", "position", "depth", "label", "title", "text", "is_task", "line")
    )
    nodes = _nodes(measures, plan)
    by_key = {node.id: node for node in nodes.values()}
    targets = list(visible_targets(user).filter(plan=plan).order_by("line", "pk").values_list("pk", "measure_id"))
    deadlines = list(visible_deadlines(user).filter(plan=plan).order_by("line", "pk").defer("spans", "reason", "rule"))
    visible = visible_responsibilities(user).filter(plan=plan)
    parties = list(visible.order_by("line", "pk").values_list("pk", "measure_id", "reason"))
    through = Through.objects.filter(responsibility__in=visible.order_by().values("pk"))
    known = list(through.values_list("responsibility_id", "responsibility__measure_id", "unit_id"))

    for _, measure_id in targets:
        if measure_id in by_key:
            by_key[measure_id].targets += 1
    for deadline in deadlines:
        if deadline.measure_id in by_key:
            by_key[deadline.measure_id].deadlines += 1
    for _, measure_id, unit_id in known:
        if measure_id in by_key:
            by_key[measure_id].unit_keys.add(unit_id)
    units = {unit_id for _, _, unit_id in known}
    sums = PlanSums(sum(node.tasks for node in nodes.values()), len(targets), len(units), len(deadlines))
    findings = _findings(nodes, targets, parties, {key for key, _, _ in known})
    roots = _summed(nodes)
    overdue = sum(1 for row in deadlines if row.rule_kind == "date" and row.date and row.date < today)
    return Outline(roots, sums, _next_dues(deadlines, by_key, plan, today), overdue, findings, _cut(roots))


def _summed(nodes: dict[str, OutlineNode]) -> list[OutlineNode]:
    """Add every node's sums to the one above; the nodes that have none above."""
    # Document order ends with the deepest: from the end, every node is whole before it is added to the one above.
    for node in reversed(nodes.values()):
        for child in node.children:
            node.targets += child.targets
            node.deadlines += child.deadlines
            node.tasks += child.tasks
            node.unit_keys |= child.unit_keys
    below = {child.id for node in nodes.values() for child in node.children}
    return [node for node in nodes.values() if node.id not in below]


def _cut(roots: list[OutlineNode]) -> int | None:
    """Take levels off the tree until it fits a page; the depth of the last level left."""
    shown, level = 0, roots
    while level:
        shown += len(level)
        below = [child for node in level for child in node.children]
        if below and shown + len(below) > NODES_SHOWN:
            for node in level:
                node.children = []
            return level[0].depth
        level = below
    return None


def _next_dues(deadlines: list[Deadline], by_key: dict[int, OutlineNode], plan: Plan, today: dt.date) -> list[DueRow]:
    """The next few days on which something is due; cadences of one rule share one computation."""
    days: dict[tuple[str, dt.date | None, int | None], dt.date | None] = {}
    found = []
    for deadline in deadlines:
        rule = (deadline.rule_kind, deadline.date, deadline.day)
        if rule not in days:
            days[rule] = next_due(deadline, plan, today)
        due = days[rule]
        if due is not None and due >= today:
            found.append((due, deadline))
    found.sort(key=lambda pair: (pair[0], pair[1].line))
    return [
        DueRow(deadline, due, words.due_words(deadline), (due - today).days, by_key.get(deadline.measure_id or 0))
        for due, deadline in found[:DUES_SHOWN]
    ]


def _findings(
    nodes: dict[str, OutlineNode],
    targets: list[tuple[int, int | None]],
    parties: list[tuple[int, int | None, str]],
    known: set[int],
) -> Findings:
    """Tasks without a responsible unit, names that no unit bears, targets outside of any measure."""
    with_party = {measure_id for _, measure_id, _ in parties}
    without = [node for node in nodes.values() if node.is_task and node.id not in with_party]
    unknown = [key for key, _, reason in parties if key not in known and reason != LEFT_OPEN]
    loose = [key for key, measure_id in targets if measure_id is None]
    few = FINDINGS_SHOWN
    return Findings(
        without[:few],
        len(without),
        list(Responsibility.objects.filter(pk__in=unknown[:few]).order_by("line", "pk")) if unknown else [],
        len(unknown),
        list(Target.objects.filter(pk__in=loose[:few]).order_by("line", "pk")) if loose else [],
        len(loose),
    )
