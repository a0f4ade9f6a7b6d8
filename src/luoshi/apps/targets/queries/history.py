"""What happened to a target beyond its own words: shared out, given another trajectory. For the target's page."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, Q, Value

from luoshi.apps.journal.models import Entry
from luoshi.apps.plans.models import Target
from luoshi.apps.plans.queries.objects import Further, HistoryEntry
from luoshi.apps.targets.models import Allocation, Trajectory, TrajectoryKind
from luoshi.apps.targets.policies import sees_allocation_of
from luoshi.apps.targets.queries.grid import label_of
from luoshi.apps.targets.values import plain, shown
from luoshi.periods import Period

#: Drafts are not told: who may not change them does not see them.
ADOPTED, SHAPED = "下达目标分解", "设定时序进度"
MOST_POINTS = 12


def target_history(user: Any, row: Any) -> Further | None:
    """The share-outs that the person sees and the trajectories of a target: one query to say which."""
    if not isinstance(row, Target):
        return None
    names = {"unit_path": F("unit__path"), "unit_name": F("unit__name"), "unit_short": F("unit__short_name")}
    nothing = dict.fromkeys(names, Value("", output_field=CharField()))
    allocations = Allocation.objects.filter(target=row).annotate(**names).values_list("pk", *names)
    shaped = Trajectory.objects.filter(target=row).annotate(**nothing).values_list("pk", *names)
    givers: dict[str, str] = {}
    trajectories = []
    for pk, path, name, short in allocations.order_by().union(shaped.order_by(), all=True):
        if not path:
            trajectories.append(str(pk))
        elif path == row.plan.owner.path:
            givers[str(pk)] = ""
        elif sees_allocation_of(user, path):
            givers[str(pk)] = short or name
    if not givers and not trajectories:
        return None
    types = (Allocation._meta.label_lower, Trajectory._meta.label_lower)
    condition = Q(object_type=types[0], object_id__in=list(givers), action=ADOPTED)
    condition |= Q(object_type=types[1], object_id__in=trajectories, action=SHAPED)

    def told(entry: Entry) -> HistoryEntry:
        after = entry.after if isinstance(entry.after, dict) else {}
        if entry.action == ADOPTED:
            return HistoryEntry(entry, [], tuple(_adopted(row, givers[entry.object_id], after)))
        return HistoryEntry(entry, [], tuple(_shaped(after)))

    return Further(condition, frozenset(types), told)


def _adopted(target: Target, giver: str, after: dict[str, Any]) -> Iterator[str]:
    below = f"由{giver}向下分解，" if giver else ""
    total = after.get("total")
    told = f"，总数{shown(Decimal(total))}{target.unit_of_measure}" if total else ""
    yield f"{below}第{after.get('ordinal', 1)}版，{after.get('units', 0)}个单位{told}"
    if after.get("reason"):
        yield f"原因：{after['reason']}"


def _shaped(after: dict[str, Any]) -> Iterator[str]:
    kind = after.get("kind", "")
    label = TrajectoryKind(kind).label if kind in TrajectoryKind.values else ""
    points = after.get("points") or []
    parts = "、".join(
        f"{label_of(Period.parse(text))}{percent_of(Decimal(part))}" for text, part in points[:MOST_POINTS]
    )
    yield f"第{after.get('ordinal', 1)}版，{label}：{parts}{'……' if len(points) > MOST_POINTS else ''}"
    if after.get("reason"):
        yield f"原因：{after['reason']}"


def percent_of(part: Decimal) -> str:
    """``8.33%``: a part of a trajectory for people, at most two decimals."""
    return f"{plain(round(part * 100, 2)) or '0'}%"
