"""What may be said of an indicator, and what of it fits together."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.models import (
    CadenceChoice,
    Direction,
    Indicator,
    IndicatorKind,
    TimeAggregation,
    UnitAggregation,
)

#: The fields that a person edits, and so the fields of a version.
EDITABLE = (
    "name",
    "unit_of_measure",
    "kind",
    "direction",
    "unit_aggregation",
    "time_aggregation",
    "decimals",
    "formula",
    "weight",
    "owner",
    "data_source",
    "definition",
    "cadence",
    "is_active",
)
LABELS = {name: str(Indicator._meta.get_field(name).verbose_name) for name in EDITABLE}
MOST_DECIMALS = 6
_CHOICES: dict[str, Any] = {
    "kind": IndicatorKind,
    "direction": Direction,
    "unit_aggregation": UnitAggregation,
    "time_aggregation": TimeAggregation,
    "cadence": CadenceChoice,
}


def snapshot(indicator: Indicator) -> dict[str, Any]:
    """The editable fields as they are stored in a version: units and indicators by key."""
    data = {name: getattr(indicator, name) for name in EDITABLE}
    data["owner"] = indicator.owner.key
    data["weight"] = indicator.weight.key if indicator.weight else None
    return data


def formula_inputs(formula: Any) -> list[str]:
    """The keys of the indicators from which a formula computes."""
    if not formula:
        return []
    return [formula["of"]] if formula["kind"] == "growth" else [formula["numerator"], formula["denominator"]]


def formula_words(formula: Any, names: dict[str, str]) -> str:
    """``“税收收入”÷“一般公共预算收入”×100``."""
    if not formula:
        return ""
    scale = Decimal(formula["scale"])
    times = "" if scale == 1 else f"×{scale.normalize():f}"
    named = [f"“{names.get(key, '（已不存在）')}”" for key in formula_inputs(formula)]
    if formula["kind"] == "growth":
        return f"（{named[0]}÷上年同期－1）{times}"
    return f"{named[0]}÷{named[1]}{times}"


def told(data: dict[str, Any], names: dict[str, str], units: dict[str, str]) -> dict[str, str]:
    """A version's data in words, by the label of each field."""
    words: dict[str, str] = {}
    for name in EDITABLE:
        value = data.get(name)
        if name in _CHOICES and value:
            value = _CHOICES[name](value).label
        elif name == "formula":
            value = formula_words(value, names)
        elif name == "owner":
            value = units.get(value or "", value)
        elif name == "weight":
            value = names.get(value or "", value)
        elif isinstance(value, bool):
            value = "是" if value else "否"
        words[LABELS[name]] = "—" if value in (None, "") else str(value)
    return words


def _check_formula(indicator: Indicator) -> None:
    formula = indicator.formula
    if formula is None:
        if indicator.unit_aggregation == UnitAggregation.RATIO_OF_SUMS:
            raise IndicatorError("“分子分母分别合计后相比”只用于由两个指标相除或由增长算出的指标，请先选公式。")
        return
    try:
        keys = formula_inputs(formula)
        scale = Decimal(str(formula["scale"]))
    except (KeyError, TypeError, InvalidOperation) as error:
        raise IndicatorError("公式不完整，请选择参与计算的指标。") from error
    if not scale.is_finite() or not 0 < scale <= 10**8:
        raise IndicatorError("公式的倍数应大于 0。")
    if formula["kind"] == "ratio" and len(set(keys)) < 2:
        raise IndicatorError("分子和分母应是两个不同的指标。")
    if indicator.key and indicator.key in keys:
        raise IndicatorError("指标不能由自己算出。")
    inputs = {row.key: row for row in Indicator.objects.filter(key__in=keys)}
    for key in keys:
        row = inputs.get(key)
        if row is None:
            raise IndicatorError("公式里的指标不在目录中，请重新选择。")
        if row.formula is not None:
            raise IndicatorError(f"“{row}”本身由公式算出，请改选最初的指标。")
    if indicator.unit_aggregation in (UnitAggregation.SUM, UnitAggregation.WEIGHTED_MEAN):
        raise IndicatorError("由公式算出的指标，单位间应选“分子分母分别合计后相比”“取上级填报数”或“不汇总”。")
    if indicator.pk:
        users = Indicator.objects.filter(
            Q(formula__numerator=indicator.key) | Q(formula__denominator=indicator.key) | Q(formula__of=indicator.key)
        )
        if (row := users.first()) is not None:
            raise IndicatorError(f"“{row}”由此指标算出，因此它不能再由公式算出。")


def check(indicator: Indicator) -> None:
    """Whether the fields fit together; ``IndicatorError`` says what does not."""
    indicator.name = " ".join(indicator.name.split())
    indicator.unit_of_measure = indicator.unit_of_measure.strip()
    if not indicator.name:
        raise IndicatorError("请填写指标名称。")
    if indicator.decimals > MOST_DECIMALS:
        raise IndicatorError(f"小数位数最多 {MOST_DECIMALS} 位。")
    if indicator.kind in (IndicatorKind.RATE, IndicatorKind.RANK) and indicator.unit_aggregation == UnitAggregation.SUM:
        raise IndicatorError("比率和位次不能把各单位的数相加，请改选单位间的汇总办法。")
    if indicator.kind in (IndicatorKind.RATE, IndicatorKind.RANK) and indicator.time_aggregation == TimeAggregation.SUM:
        raise IndicatorError("比率和位次不能把各期的数相加，请改选时间上的汇总办法。")
    weighted = indicator.unit_aggregation == UnitAggregation.WEIGHTED_MEAN
    if weighted and indicator.weight is None:
        raise IndicatorError("按加权平均汇总，请选择权数指标。")
    if indicator.weight is not None and indicator.weight_id == indicator.pk:
        raise IndicatorError("权数不能是指标自己。")
    if not weighted:
        indicator.weight = None
    _check_formula(indicator)
    try:
        indicator.clean_fields(exclude=("key", "owner", "weight", "merged_into"))
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise IndicatorError(f"{LABELS.get(name, name)}：{messages[0]}") from error
