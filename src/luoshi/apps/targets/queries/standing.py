"""How one unit stands with one target at the end of one period, and why its light is what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from luoshi import progress
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries.measured import Measured
from luoshi.apps.targets.values import kept_to, shown
from luoshi.periods import Cadence, Period

LIGHT_WORDS = {
    progress.Light.BLUE: "已完成",
    progress.Light.GREEN: "达到进度",
    progress.Light.YELLOW: "略慢",
    progress.Light.RED: "滞后",
    progress.Light.GREY: "未报",
    None: "无目标",
}
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit against its own share (the plan's owner: the target) in the target's own tier, by the end of ``period``.

    ``light`` is ``None`` for a unit without a target. Of a number carried together (``joint``) every figure is that of
    all partners; ``hidden`` tells that the person does not see all of them: then ``actual`` is what the unit itself
    reached, and there is no light. ``observation_ids`` lead to the cells where the figures were typed.
    """

    unit: Unit
    period: Period | None
    goal: Decimal | None
    expected: Decimal | None
    actual: Decimal | None
    source: str
    observation_ids: tuple[int, ...]
    light: progress.Light | None
    joint: bool = False
    hidden: bool = False
    partners: str = ""
    measured: Measured = field(repr=False, compare=False, kw_only=True)

    @property
    def target(self) -> Target:
        """The target."""
        return self.measured.target

    @property
    def target_id(self) -> int:
        """The target's number."""
        return int(self.measured.target.pk)

    @property
    def unit_id(self) -> int:
        """The unit's number."""
        return int(self.unit.pk)

    @property
    def indicator(self) -> Indicator | None:
        """What measures it."""
        return self.measured.indicator

    @property
    def tier(self) -> str:
        """The target's tier in words; all figures are against this one."""
        return self.target.get_tier_display() or "未分档"

    @property
    def aim(self) -> progress.Goal | None:
        """What must be met."""
        return None if self.goal is None else self.measured.aim(self.goal)

    @property
    def _own(self) -> Decimal | None:
        """What is held against the goal: nothing, where it is only a part of what all partners reached."""
        return None if self.hidden else self.actual

    @property
    def completion(self) -> Decimal | None:
        """Actual / goal, turned round for caps."""
        return progress.completion(self._own, self.aim)

    @property
    def ratio(self) -> Decimal | None:
        """Actual / expected, turned round for caps."""
        return (
            None if (aim := self.aim) is None else progress.schedule_ratio(self._own, self.expected, capped=aim.capped)
        )

    @property
    def gap(self) -> Decimal | None:
        """How much is lacking to the goal; of a cap by how much it is exceeded; 0 and below is met."""
        return progress.gap(self._own, self.aim)

    @property
    def gap_to_schedule(self) -> Decimal | None:
        """How much is lacking to what is due by now; likewise."""
        return None if (aim := self.aim) is None else progress.gap(self._own, self.expected, capped=aim.capped)

    def needed_speed(self, cadence: Cadence = Cadence.MONTHLY) -> Decimal | None:
        """What each remaining period of the year must bring to meet the goal; of a cap what each may bring at most.

        ``None`` for levels (rates, stocks), where the goal is met or the cap exceeded, and where nothing is known.
        """
        if not self.measured.growing or self.period is None or self.measured.year is None:
            return None
        return progress.needed_speed(
            self._own, self.aim, self.period, Period(Cadence.YEARLY, self.measured.year), cadence
        )

    @property
    def light_words(self) -> str:
        """The light in two to four characters."""
        return "合并计算" if self.hidden and self.goal is not None else LIGHT_WORDS[self.light]

    def amount(self, value: Decimal) -> str:
        """A figure as this target's are shown: ``1,050户``."""
        return f"{shown(kept_to(value, self.measured.decimals)) or '0'}{self.target.unit_of_measure}"

    @property
    def actual_words(self) -> str:
        """What was reached, with its unit; blank where nothing was reported."""
        return "" if self.actual is None else self.amount(self.actual)

    @property
    def goal_words(self) -> str:
        """The goal with its unit; blank without one."""
        return "" if self.goal is None else self.amount(self.goal)

    @property
    def expected_words(self) -> str:
        """What is due by now, with its unit; blank where nothing is known to be due."""
        return "" if self.expected is None else self.amount(self.expected)

    @property
    def behind_words(self) -> str:
        """How much is lacking to what is due (of a cap: too much), with its unit; blank where nothing is."""
        gap = self.gap_to_schedule
        return self.amount(gap) if gap is not None and gap > 0 else ""

    @property
    def is_silent(self) -> bool:
        """Whether nothing at all was reported for the target's year (as far as the person is told)."""
        return not self.measured.figures

    @property
    def reason(self) -> str:
        """One sentence on why the light is what it is."""
        if self.measured.indicator is None:
            return "目标还没有对应指标，不计算进度。"
        if self.goal is None or self.period is None:
            return "没有下达目标，不亮灯。"
        if self.hidden:
            return f"与{self.partners}合并承担，不能看到全部单位的数，不亮灯。"
        when = self.period.label
        if self.is_silent:
            return f"{self.measured.year}年还没有单位报数。"
        if self.actual is None:
            return f"{when}，合并承担的单位没有报齐。" if self.joint else f"{when}未报。"
        aim, actual = self.measured.aim(self.goal), self.amount(self.actual)
        if self.light is progress.Light.BLUE:
            kept = f"{when}为{actual}，控制在{self.amount(self.goal)}以内。"
            return kept if aim.capped else f"{when}完成{actual}，已达到目标{self.amount(self.goal)}。"
        if self.expected is None:
            return f"{when}完成{actual}，不知道应达多少，不亮灯。"
        name = "目标" if self.expected == self.goal else "应控数" if aim.capped else "应达数"
        due = f"{name}{self.amount(self.expected)}"
        ratio = self.ratio
        part = "" if ratio is None else f"（{percent(ratio)}）"
        if self.light is progress.Light.GREEN:
            return f"{when}为{actual}，没有超过{due}。" if aim.capped else f"{when}完成{actual}，达到{due}{part}。"
        gap = self.gap_to_schedule or Decimal(0)
        off = f"，{'超' if aim.capped else '差'}{self.amount(gap)}" if gap > 0 else ""
        limits = self.measured.thresholds
        below = (
            "黄灯下限" + percent(limits.yellow)
            if self.light is progress.Light.RED
            else "绿灯下限" + percent(limits.green)
        )
        mark = f"，低于{below}" if ratio is not None and gap > 0 else ""
        verb = "超过" if aim.capped else "未达"
        return f"{when}为{actual}，{verb}{due}{part}{off}{mark}。"


def percent(part: Decimal) -> str:
    """``89.9%``, cut off: a light just below its limit must not read as if it reached it."""
    return f"{(part * 100).quantize(_TENTH, ROUND_DOWN).normalize():f}%"
