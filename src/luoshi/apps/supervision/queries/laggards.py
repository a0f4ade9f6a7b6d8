"""分类督查: the units of one indicator from slow to fast, in classes, so that the slow ones are supervised.

The source asks for it month by month for spending (seed 000b L856: 由快到慢分类进行分类督查和提醒); the number of
classes and their limits are not printed there: the lights of the plan serve. Any indicator with a target that is shared
out will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from luoshi import progress
from luoshi.apps.indicators.models import Observation, TargetIndicator
from luoshi.apps.plans.models import Target
from luoshi.apps.plans.policies import visible_targets
from luoshi.apps.supervision.models import Order
from luoshi.apps.supervision.policies import visible_orders
from luoshi.apps.supervision.states import OPEN
from luoshi.apps.targets.queries.standing import Standing
from luoshi.apps.targets.queries.standings import Standings, standings_seen
from luoshi.periods import Period

#: Class → the lights in it, the slowest first, and what is usual to do.
CLASSES: tuple[tuple[str, str, tuple[progress.Light | None, ...], str], ...] = (
    ("missing", "未报", (progress.Light.GREY,), "先催报"),
    ("slow", "明显滞后", (progress.Light.RED,), "列入督办"),
    ("behind", "略有滞后", (progress.Light.YELLOW,), "提醒"),
    ("kept", "达到时序", (progress.Light.GREEN, progress.Light.BLUE), "正常推进"),
    ("none", "不亮灯", (None,), "没有目标或不能计算"),
)


@dataclass(frozen=True, slots=True)
class Laggard:
    """One unit: its standing, its place from the fastest, and its open orders about the target."""

    standing: Standing
    place: int | None
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class LaggardClass:
    """Units of one class, the slowest first."""

    key: str
    title: str
    advice: str
    rows: tuple[Laggard, ...]


@dataclass(frozen=True, slots=True)
class Laggards:
    """The classes of one target at one period, the slowest class first."""

    target: Target
    period: Period | None
    periods: tuple[Period, ...]
    classes: tuple[LaggardClass, ...]

    @property
    def slow(self) -> tuple[Laggard, ...]:
        """Those to be supervised."""
        return next((one.rows for one in self.classes if one.key == "slow"), ())


def measured_targets(user: Any) -> list[Target]:
    """The targets that the person sees, that are shared out and of which figures are known: what can be sorted."""
    known = Observation.objects.filter(indicator=OuterRef("indicator"))
    linked = TargetIndicator.objects.filter(Exists(known)).order_by().values("target_id")
    rows = visible_targets(user).filter(pk__in=linked, allocations__versions__adopted_at__isnull=False)
    ids = rows.order_by().values("pk")
    return list(
        Target.objects.filter(pk__in=ids).select_related("plan__owner").order_by("-year", "plan_id", "pk")[:300]
    )


def laggards(user: Any, target: Target, period: Period | None = None) -> Laggards:
    """The units of a target from slow to fast, as far as the person sees them: two queries beside standings."""
    found: Standings = standings_seen(user, [target], history=True)
    known = found.known_periods(target.pk)
    at = period or found.period_of(target.pk)
    rows: Sequence[Standing] = found.of_target(target.pk, at) if at is not None else ()
    places = progress.rank({one.unit_id: one.completion for one in rows})
    orders: dict[int, list[Order]] = {}
    open_ones = visible_orders(user).filter(target=target, state__in=OPEN, unit__in=[one.unit_id for one in rows])
    for order in open_ones.defer("text").order_by("pk"):
        orders.setdefault(order.unit_id, []).append(order)
    lagging = [Laggard(one, places.get(one.unit_id), tuple(orders.get(one.unit_id, ()))) for one in rows]
    classes = []
    for key, title, lights, advice in CLASSES:
        mine = sorted((row for row in lagging if row.standing.light in lights), key=_slowness)
        if mine:
            classes.append(LaggardClass(key, title, advice, tuple(mine)))
    return Laggards(target, at, known, tuple(classes))


def _slowness(row: Laggard) -> tuple[Decimal, str]:
    ratio = row.standing.ratio
    return (Decimal(-1) if ratio is None else ratio, row.standing.unit.path)
