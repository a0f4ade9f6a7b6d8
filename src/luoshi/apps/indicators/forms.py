"""What a person types of an indicator."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from luoshi.apps.indicators.fields import EDITABLE, MOST_DECIMALS, formula_inputs
from luoshi.apps.indicators.models import (
    CadenceChoice,
    Direction,
    Indicator,
    IndicatorKind,
    TimeAggregation,
    UnitAggregation,
)
from luoshi.apps.organisations.fields import UnitField

_FORMULAS = (("", "直接填报"), ("ratio", "两个指标相除"), ("growth", "比上年同期增长"))


class IndicatorForm(forms.Form):
    """An indicator; ``fields()`` gives what the actions take."""

    name = forms.CharField(label="名称", max_length=200)
    unit_of_measure = forms.CharField(label="计量单位", max_length=20, required=False)
    kind = forms.ChoiceField(label="性质", choices=IndicatorKind.choices)
    direction = forms.ChoiceField(label="方向", choices=Direction.choices)
    unit_aggregation = forms.ChoiceField(label="单位间汇总", choices=UnitAggregation.choices)
    time_aggregation = forms.ChoiceField(label="时间上汇总", choices=TimeAggregation.choices)
    weight = forms.ModelChoiceField(
        Indicator.objects.none(),
        label="权数指标",
        required=False,
        empty_label="请选择",
        help_text="按加权平均汇总时选择。",
    )
    decimals = forms.IntegerField(label="小数位数", min_value=0, max_value=MOST_DECIMALS)
    cadence = forms.ChoiceField(
        label="周期",
        choices=(("", "不限"), *CadenceChoice.choices),
        required=False,
        help_text="选定后只收这一周期的数。",
    )
    owner = UnitField(label="主管单位", scope="indicators.owners")
    formula_kind = forms.ChoiceField(label="怎样得来", choices=_FORMULAS, required=False)
    numerator = forms.ChoiceField(label="分子", required=False)
    denominator = forms.ChoiceField(label="分母", required=False)
    of = forms.ChoiceField(label="增长的指标", required=False)
    scale = forms.DecimalField(
        label="倍数", required=False, min_value=Decimal("0.000001"), max_value=10**8, help_text="百分比填 100。"
    )
    data_source = forms.CharField(label="数据来源", max_length=200, required=False)
    definition = forms.CharField(
        label="口径", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    is_active = forms.BooleanField(label="启用", required=False)
    reason = forms.CharField(label="修改原因", max_length=300, required=False)

    def __init__(self, *args: Any, user: Any, indicator: Indicator | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        others = Indicator.objects.filter(merged_into=None).order_by("name", "pk")
        if indicator is not None:
            others = others.exclude(pk=indicator.pk)
        rows = list(others)
        plain = [("", "请选择")] + [
            (row.key, f"{row.name}（{row.unit_of_measure}）" if row.unit_of_measure else row.name)
            for row in rows
            if row.formula is None
        ]
        for name in ("numerator", "denominator", "of"):
            self.fields[name].choices = plain  # type: ignore[attr-defined]
        self.fields["weight"].queryset = others.filter(formula__isnull=True)  # type: ignore[attr-defined]
        kept = [indicator.owner] if indicator is not None else []
        self.fields["owner"].offer_to(user, keeping=kept)  # type: ignore[attr-defined]
        if indicator is None:
            for name in ("is_active", "reason"):
                del self.fields[name]
        else:
            self.fields["reason"].required = True

    @staticmethod
    def values_of(indicator: Indicator) -> dict[str, Any]:
        """What the form shows of an indicator."""
        formula = indicator.formula or {}
        plain = {name: getattr(indicator, name) for name in EDITABLE if name not in ("formula", "weight", "owner")}
        keys = formula_inputs(indicator.formula)
        return plain | {
            "weight": indicator.weight_id,
            "owner": indicator.owner,
            "formula_kind": formula.get("kind", ""),
            "numerator": formula.get("numerator", ""),
            "denominator": formula.get("denominator", ""),
            "of": keys[0] if formula.get("kind") == "growth" else "",
            "scale": formula.get("scale", "100"),
        }

    def stored(self) -> dict[str, Any]:
        """The fields as ``create_indicator`` and ``edit_indicator`` take them."""
        data = dict(self.cleaned_data)
        data.pop("reason", None)
        kind = data.pop("formula_kind")
        parts = {name: data.pop(name) for name in ("numerator", "denominator", "of")}
        scale = data.pop("scale") or Decimal(1)
        if kind == "ratio":
            formula = {"kind": kind, "numerator": parts["numerator"], "denominator": parts["denominator"]}
        elif kind == "growth":
            formula = {"kind": kind, "of": parts["of"]}
        else:
            formula = None
        data["formula"] = None if formula is None else formula | {"scale": f"{scale.normalize():f}"}
        return data
