"""What sets a warning off: the parameters of a rule, read, checked and said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from luoshi.apps.dispatch.models import WarningKind, WarningRule

#: Two periods running are a run; more than a year of them is no early warning.
LEAST_PERIODS, MOST_PERIODS = 1, 12
DEFAULT_PERIODS, DEFAULT_BELOW = 2, Decimal("0.95")


@dataclass(frozen=True, slots=True)
class Parameters:
    """``periods`` running (red, missing); ``below`` that part of the target (forecast); ``marks``: month → least value
    of ``indicator`` at that month's end."""

    periods: int = DEFAULT_PERIODS
    below: Decimal = DEFAULT_BELOW
    indicator: str = ""
    marks: Mapping[int, Decimal] = field(default_factory=dict)

    def mark_at(self, month: int) -> tuple[int, Decimal] | None:
        """The (month, least value) in force at the end of a month."""
        passed = [one for one in self.marks if one <= month]
        return (max(passed), self.marks[max(passed)]) if passed else None


def parameters_of(rule: WarningRule) -> Parameters:
    """What a stored rule says, defaults where it says nothing."""
    return read_parameters(rule.kind, rule.parameters)


def read_parameters(kind: str, data: Mapping[str, Any]) -> Parameters:
    """The parameters of a kind; raises ``ValidationError`` (Chinese) with what does not fit."""
    if kind in (WarningKind.RED_AGAIN, WarningKind.MISSING_AGAIN):
        periods = data.get("periods", DEFAULT_PERIODS)
        if not isinstance(periods, int) or isinstance(periods, bool) or not LEAST_PERIODS <= periods <= MOST_PERIODS:
            raise ValidationError(f"连续期数应在{LEAST_PERIODS}至{MOST_PERIODS}之间。")
        return Parameters(periods=periods)
    if kind == WarningKind.FORECAST:
        below = _number(data.get("below", DEFAULT_BELOW))
        if below is None or not Decimal(0) < below <= Decimal("1.5"):
            raise ValidationError("预测低于目标的比例应大于0、不超过150%。")
        return Parameters(below=below)
    if kind != WarningKind.BELOW_MARK:
        raise ValidationError("没有这种预警条件。")
    marks = {}
    given = data.get("marks", {})
    for text, value in given.items() if isinstance(given, Mapping) else ():
        number = _number(value)
        if not (str(text).isascii() and str(text).isdigit() and 1 <= int(text) <= 12) or number is None:
            raise ValidationError("节点要求应写作：月份和当月底的最低值。")
        marks[int(text)] = number
    if not marks:
        raise ValidationError("请至少填写一个节点要求。")
    indicator = data.get("indicator", "")
    if not isinstance(indicator, str) or not indicator:
        raise ValidationError("请选择指标。")
    return Parameters(indicator=indicator, marks=dict(sorted(marks.items())))


def stored(kind: str, found: Parameters) -> dict[str, Any]:
    """The parameters as they are kept: decimals as text."""
    if kind in (WarningKind.RED_AGAIN, WarningKind.MISSING_AGAIN):
        return {"periods": found.periods}
    if kind == WarningKind.FORECAST:
        return {"below": f"{found.below.normalize():f}"}
    marks = {f"{month:02}": f"{value.normalize():f}" for month, value in found.marks.items()}
    return {"indicator": found.indicator, "marks": marks}


def _number(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


def in_words(rule: WarningRule, unit_of_measure: str = "") -> str:
    """The condition as an official says it: ``连续2期亮红灯``, ``4月底不低于40%``."""
    try:
        found = parameters_of(rule)
    except ValidationError:
        return rule.get_kind_display()
    match rule.kind:
        case WarningKind.RED_AGAIN:
            return "亮红灯" if found.periods == 1 else f"连续{found.periods}期亮红灯"
        case WarningKind.MISSING_AGAIN:
            return "未报" if found.periods == 1 else f"连续{found.periods}期未报"
        case WarningKind.FORECAST:
            return f"预测全年低于目标的{(found.below * 100).normalize():f}%"
    marks = "、".join(f"{month}月底{value.normalize():f}{unit_of_measure}" for month, value in found.marks.items())
    return f"低于节点要求（{marks}）"


def due_words(rule: WarningRule) -> str:
    """By when a unit answers: ``5个工作日内应策``."""
    return f"{rule.answer_days}{'个工作日' if rule.working else '天'}内应策"
