"""How far a target is reached, and the light that says so (``semantics.md``, Progress and lights)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

CAPS = ("<=", "<")
STRICT = (">", "<")


class Light(StrEnum):
    """亮灯."""

    BLUE = "blue"  # the target is reached
    GREEN = "green"  # on schedule or ahead
    YELLOW = "yellow"  # a little behind
    RED = "red"  # behind
    GREY = "grey"  # not reported


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which schedule ratio on a light is green, and yellow; the defaults are an assumption.

    Raises ``ValueError`` (Chinese) unless 0 < yellow < green.
    """

    green: Decimal = Decimal("1")
    yellow: Decimal = Decimal("0.9")

    def __post_init__(self) -> None:
        if not 0 < self.yellow < self.green:
            raise ValueError("黄灯的下限应大于0、小于绿灯的下限。")


DEFAULT = Thresholds()
#: From the best to the worst; grey tells nothing of how far a unit is.
_SEVERITY = {Light.BLUE: 0, Light.GREEN: 1, Light.YELLOW: 2, Light.RED: 3}


@dataclass(frozen=True, slots=True)
class Goal:
    """What must be met: at least the value, or with ``capped`` at most; ``strict`` excludes the value itself."""

    value: Decimal
    capped: bool = False
    strict: bool = False

    @classmethod
    def of(cls, value: Decimal, comparator: str, *, lower_is_better: bool = False) -> Goal:
        """From a printed comparator; a bare number (``=``, ``~``) is judged as ≤ only for things to be kept low."""
        capped = comparator in CAPS or (comparator in ("=", "~") and lower_is_better)
        return cls(value, capped, comparator in STRICT)

    def is_met(self, actual: Decimal) -> bool:
        """Whether a value meets it."""
        if actual == self.value:
            return not self.strict
        return (actual < self.value) is self.capped


def completion(actual: Decimal | None, goal: Goal | None) -> Decimal | None:
    """``actual / target``, turned round for caps; ``None`` where there is no such ratio (no target, not reported, or
    figures that are not above 0)."""
    return None if goal is None else _ratio(actual, goal.value, goal.capped)


def schedule_ratio(actual: Decimal | None, expected: Decimal | None, *, capped: bool = False) -> Decimal | None:
    """``actual / expected``, turned round for caps; ``None`` where there is no such ratio."""
    return _ratio(actual, expected, capped)


def light(
    actual: Decimal | None, goal: Goal | None, expected: Decimal | None, thresholds: Thresholds | None = None
) -> Light | None:
    """The light of a unit; ``None`` (no light, never a red one) for one without a target.

    ``expected`` is the value due by now, ``None`` where none is known: then what is not reached yet has no light. A
    cap that is kept so far is reached only when its time is over (``expected`` is the whole target), else it is merely
    on schedule. Where no ratio exists (figures at or below 0) the values are compared.
    """
    if goal is None:
        return None
    if actual is None:
        return Light.GREY
    limits = thresholds or DEFAULT
    if goal.is_met(actual) and (not goal.capped or expected is None or expected >= goal.value):
        return Light.BLUE
    if expected is None:
        return None
    ratio = schedule_ratio(actual, expected, capped=goal.capped)
    if ratio is None:
        on_schedule = actual <= expected if goal.capped else actual >= expected
        return Light.GREEN if on_schedule else Light.RED
    if ratio >= limits.green and not (goal.capped and expected >= goal.value):
        return Light.GREEN
    if ratio >= limits.green:  # the time is over and a strict cap is just touched
        return Light.YELLOW
    return Light.YELLOW if ratio >= limits.yellow else Light.RED


def severity(shown: Light | None) -> int | None:
    """0 (blue) to 3 (red), to put the worst first; ``None`` for no light and for what was not reported."""
    return None if shown is None else _SEVERITY.get(shown)


def is_worse(before: Light | None, now: Light | None) -> bool:
    """Whether a light got worse; what was not reported before or now is neither better nor worse."""
    first, last = severity(before), severity(now)
    return first is not None and last is not None and last > first


def _ratio(actual: Decimal | None, due: Decimal | None, capped: bool) -> Decimal | None:
    if actual is None or due is None:
        return None
    if capped:
        return due / actual if actual > 0 and due >= 0 else None
    return actual / due if due > 0 else None
