"""What a new order begins with: the text, the units and the provenance of what it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from luoshi.apps.dispatch.policies import visible_decisions, visible_warnings
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Plan, Responsibility
from luoshi.apps.plans.policies import visible_instructions, visible_measures, visible_plans, visible_targets
from luoshi.apps.plans.words import commitment_words
from luoshi.apps.supervision.models import Clock, Origin, Proposal
from luoshi.apps.supervision.policies import visible_proposals

#: Which clock is proposed for an origin, if its own one is not found.
USUAL = "ordinary"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What stands in the form before anybody types: ``links`` are the objects that the order will point to."""

    origin: str = Origin.HAND
    title: str = ""
    text: str = ""
    origin_text: str = ""
    units: tuple[Unit, ...] = ()
    supporting: tuple[Unit, ...] = ()
    owner: Unit | None = None
    clock: str = USUAL
    said: str = ""
    links: dict[str, Any] = field(default_factory=dict)


def beginning(user: Any, query: Mapping[str, str]) -> Beginning:
    """Read an address such as ``?warning=12``; what the person does not see counts as not given."""
    for name, read in _READERS.items():
        number = number_of(query.get(name, ""))
        if number and (found := read(user, number)) is not None:
            return found
    origin = query.get("origin", "")
    origin = origin if origin in Origin.values else Origin.HAND
    return Beginning(origin=origin, clock=clock_for(origin))


def clock_for(origin: str) -> str:
    """The key of the clock that is usual for an origin: one query."""
    rows = Clock.objects.filter(is_active=True, origin=origin, owner=None).exclude(origin="")
    return rows.order_by("pk").values_list("key", flat=True).first() or USUAL


def _warning(user: Any, number: int) -> Beginning | None:
    row = (
        visible_warnings(user).select_related("unit", "plan__owner", "target", "rule__owner").filter(pk=number).first()
    )
    if row is None:
        return None
    what = row.target.indicator if row.target else row.rule.name
    return Beginning(
        origin=Origin.WARNING,
        title=f"扭转“{what}”滞后",
        text=f"{row.sentence}\n请分析原因，提出措施，限期赶上进度，并报办理结果。",
        origin_text=row.sentence[:300],
        units=(row.unit,),
        owner=row.plan.owner if row.plan else row.rule.owner,
        said="由预警转督办",
        links={"warning": row, "plan": row.plan, "target": row.target},
    )


def _decision(user: Any, number: int) -> Beginning | None:
    row = visible_decisions(user).select_related("unit", "meeting__owner").filter(pk=number).first()
    if row is None:
        return None
    return Beginning(
        origin=Origin.DECISION,
        title=" ".join(row.text.split())[:60],
        text=row.text,
        origin_text=f"{row.meeting.title}议定事项第{row.ordinal}项"[:300],
        units=(row.unit,),
        supporting=tuple(row.supporting.order_by("path")),
        owner=row.meeting.owner,
        said="由会议议定事项转督办",
        links={"decision": row},
    )


def _instruction(user: Any, number: int) -> Beginning | None:
    rows = visible_instructions(user).select_related("author", "plan__owner", "measure")
    row = rows.filter(pk=number).first()
    if row is None:
        return None
    units = _responsible(row.measure_id) if row.measure_id else ((), ())
    return Beginning(
        origin=Origin.INSTRUCTION,
        title=f"落实批示：{row.measure.title if row.measure else row.plan.title}"[:200],
        text=f"{row.author}批示：{row.text}\n请抓好落实，并报办理结果。",
        origin_text=f"{row.author}{row.created_at:%Y年%m月%d日}批示：{row.text}"[:300],
        units=units[0],
        supporting=units[1],
        owner=row.plan.owner,
        clock="urgent",
        said="由领导批示转督办",
        links={"instruction": row, "plan": row.plan, "measure": row.measure},
    )


def _measure(user: Any, number: int) -> Beginning | None:
    row = visible_measures(user).select_related("plan__owner").filter(pk=number).first()
    if row is None:
        return None
    leads, others = _responsible(row.pk)
    return Beginning(
        origin=Origin.PLAN,
        title=row.title[:200],
        text=f"《{row.plan}》{row.label}{row.title}：请对照任务抓好落实，并报办理结果。",
        origin_text=_place(row.plan, row.line),
        units=leads,
        supporting=others,
        owner=row.plan.owner,
        said="由方案任务转督办",
        links={"plan": row.plan, "measure": row},
    )


def _target(user: Any, number: int) -> Beginning | None:
    row = visible_targets(user).select_related("plan__owner", "measure").filter(pk=number).first()
    if row is None:
        return None
    leads, others = _responsible(row.measure_id) if row.measure_id else ((), ())
    return Beginning(
        origin=Origin.PLAN,
        title=f"加快完成“{row.indicator}”目标"[:200],
        text=f"《{row.plan}》目标：{row.indicator}{commitment_words(row)}。请对照时序进度抓好落实，并报办理结果。",
        origin_text=_place(row.plan, row.line),
        units=leads,
        supporting=others,
        owner=row.plan.owner,
        said="由方案目标转督办",
        links={"plan": row.plan, "measure": row.measure, "target": row},
    )


def _plan(user: Any, number: int) -> Beginning | None:
    row = visible_plans(user).select_related("owner").filter(pk=number).first()
    if row is None:
        return None
    return Beginning(
        origin=Origin.PLAN, origin_text=str(row)[:300], owner=row.owner, said="由方案转督办", links={"plan": row}
    )


def _proposal(user: Any, number: int) -> Beginning | None:
    rows = visible_proposals(user).select_related("unit", "plan__owner", "office", "warning")
    row: Proposal | None = rows.filter(pk=number).first()
    if row is None:
        return None
    return Beginning(
        origin=Origin.WARNING if row.warning_id else Origin.PLAN if row.plan_id else Origin.HAND,
        title=f"{row.get_trigger_display()}整改",
        text=f"{row.sentence}\n请限期整改，并报整改结果。",
        origin_text=row.sentence[:300],
        units=(row.unit,),
        owner=row.decider,
        said="由升级建议转督办",
        links={"plan": row.plan, "warning": row.warning},
    )


_READERS = {
    "warning": _warning,
    "decision": _decision,
    "instruction": _instruction,
    "measure": _measure,
    "target": _target,
    "proposal": _proposal,
    "plan": _plan,
}


def _place(plan: Plan, line: int) -> str:
    return f"《{plan}》第{line}行"[:300]


def _responsible(measure_id: int) -> tuple[tuple[Unit, ...], tuple[Unit, ...]]:
    """(leads, or where there are none the responsible; the others) of a measure: two queries."""
    rows = Responsibility.objects.filter(measure=measure_id, retired_in=None).prefetch_related("units").order_by("pk")
    by_role: dict[str, dict[int, Unit]] = {}
    for row in rows:
        by_role.setdefault(row.role, {}).update({unit.pk: unit for unit in row.units.all()})
    roles = [role for role in ("lead", "responsible", "supporting") if by_role.get(role)]
    if not roles:
        return (), ()
    first = by_role[roles[0]]
    others = {pk: unit for role in roles[1:] for pk, unit in by_role[role].items() if pk not in first}
    return tuple(first.values()), tuple(others.values())
