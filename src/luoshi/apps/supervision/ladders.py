"""Ladders: which rung follows the how-manieth time of a trigger within the year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from luoshi.apps.supervision.models import Rung, Trigger

MOST_COUNT = 9
#: What each trigger means, as the page of a ladder says it.
MEANINGS = {
    Trigger.NOT_REPORTED: "报表到截止时间没有报",
    Trigger.LATE_AGAIN: "报表报了，但晚于截止时间",
    Trigger.LIGHT_RED: "方案的目标有一个以上亮红灯的月份（季度）",
    Trigger.WARNING_UNANSWERED: "预警到期没有应策",
    Trigger.ORDER_OVERDUE: "督办事项到期没有报结",
    Trigger.RECTIFICATION_FAILED: "报结后经审核退回，或约谈后到期没有整改到位",
}
#: What only a plan has: nothing outside plans moves a unit up by it.
PLANS_ONLY = (Trigger.LIGHT_RED,)
_ORDER = [rung.value for rung in Rung]


def read_steps(raw: Any) -> list[dict[str, Any]]:
    """The steps of a ladder in order; ``ValidationError`` in Chinese where they make none."""
    found: dict[tuple[str, int], str] = {}
    for step in raw if isinstance(raw, list) else ():
        if not isinstance(step, Mapping):
            raise ValidationError("阶梯的内容有误。")
        trigger, count, rung = step.get("trigger"), step.get("count"), step.get("rung")
        if trigger not in Trigger.values or rung not in Rung.values:
            raise ValidationError("阶梯里有不认识的情形或措施。")
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_COUNT:
            raise ValidationError(f"次数须为1至{MOST_COUNT}。")
        if (trigger, count) in found:
            raise ValidationError(f"“{Trigger(trigger).label}”第{count}次写了两遍。")
        found[trigger, count] = rung
    if not found:
        raise ValidationError("阶梯至少要有一级。")
    order = Trigger.values
    return [
        {"trigger": trigger, "count": count, "rung": rung}
        for (trigger, count), rung in sorted(found.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    ]


def rung_for(steps: Iterable[Mapping[str, Any]], trigger: str, count: int) -> Rung | None:
    """What follows the ``count``-th time: the step with the greatest count that is reached."""
    reached = [step for step in steps if step["trigger"] == trigger and step["count"] <= count]
    return Rung(max(reached, key=lambda step: step["count"])["rung"]) if reached else None


def triggers_of(steps: Iterable[Mapping[str, Any]]) -> list[str]:
    """The triggers that a ladder knows, in their usual order."""
    known = {step["trigger"] for step in steps}
    return [trigger for trigger in Trigger.values if trigger in known]


def words_of(steps: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(情形, ``首次提醒，第2次通报，第3次起约谈``) for each trigger."""
    rows = list(steps)
    found = []
    for trigger in triggers_of(rows):
        mine = sorted((step for step in rows if step["trigger"] == trigger), key=lambda step: step["count"])
        said = []
        for number, step in enumerate(mine):
            last = number == len(mine) - 1
            when = f"第{step['count']}次" if step["count"] > 1 else "首次"
            said.append(f"{when}{'起' if last else ''}{Rung(step['rung']).label}")
        found.append((Trigger(trigger).label, "，".join(said)))
    return found


def sterner(one: str, other: str) -> bool:
    """Whether a rung is sterner than another."""
    return _ORDER.index(one) > _ORDER.index(other)
