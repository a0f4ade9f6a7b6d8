"""The one reading that every board is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from luoshi.apps.boards.asking import MOST_TARGETS, Asked, targets_asked
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.policies import told_units
from luoshi.apps.targets.queries import Standing, Standings, standings
from luoshi.periods import Period
from luoshi.progress import Light

#: Units that stand on the map; the others are offices.
TERRITORIES = (UnitKind.PREFECTURE, UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE, UnitKind.TOWNSHIP)
#: In the order in which they are counted and drawn, the worst first.
LIGHTS = (Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE, Light.GREY)
#: On schedule or better.
GOOD = (Light.GREEN, Light.BLUE)


@dataclass(frozen=True, slots=True)
class Read:
    """Standings of the targets asked for; ``hidden`` tells how many more there are than one board takes."""

    found: Standings
    hidden: int
    period: Period | None
    mixed: bool

    @property
    def period_words(self) -> str:
        """At which period the board stands, in words."""
        if self.period is None:
            return "还没有数据"
        return f"各目标最近一期（多数为{self.period.label}）" if self.mixed else f"截至{self.period.label}"


def read(
    user: Any,
    ask: Asked,
    *,
    history: bool = False,
    targets: Any = None,
    told: Callable[[list[Target]], Any] | None = None,
) -> Read:
    """The standings of the targets asked for, as far as the person may be told: at most eleven queries.

    ``told`` says otherwise of which units, by target, where the board is about one of them.
    """
    rows = list((targets if targets is not None else targets_asked(user, ask))[: MOST_TARGETS + 1])
    hidden = max(0, len(rows) - MOST_TARGETS)
    rows = rows[:MOST_TARGETS]
    periods = [ask.period] if ask.period is not None else None
    units = told(rows) if told is not None else told_units(user, rows)
    found = standings(rows, unit_ids=units, periods=periods, as_of=ask.as_of, history=history)
    usual = Counter(period for period in found.latest.values() if period is not None).most_common(2)
    period = ask.period or (usual[0][0] if usual else None)
    return Read(found, hidden, period, ask.period is None and len(usual) > 1)


def counts(rows: Iterable[Standing]) -> dict[Light, int]:
    """How many standings have which light; what has none is not counted."""
    number = Counter(row.light for row in rows if row.light is not None)
    return {light: number[light] for light in LIGHTS}


def is_territory(unit: Unit) -> bool:
    """Whether the unit governs a territory."""
    return unit.kind in TERRITORIES
