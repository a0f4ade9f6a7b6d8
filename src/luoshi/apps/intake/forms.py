"""The form of a draft's head."""

from __future__ import annotations

from typing import Any

from django import forms

from luoshi.apps.intake.models import Draft
from luoshi.apps.intake.policies import supersedable_plans
from luoshi.apps.organisations.fields import UnitField


class DetailsForm(forms.Form):
    """Title, number, date, years, owner, and which plan this is a new version of."""

    title = forms.CharField(label="标题", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    number = forms.CharField(label="文号", max_length=60, required=False)
    issued_on = forms.DateField(
        label="成文日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    year = forms.IntegerField(label="年度", required=False, min_value=1950, max_value=2100)
    last_year = forms.IntegerField(
        label="末年", required=False, min_value=1950, max_value=2100, help_text="规划期的最后一年；只管一年的不填。"
    )
    owner = UnitField(label="发文单位", scope="intake.owners")
    supersedes = forms.ModelChoiceField(
        queryset=None, label="是哪份方案的新版", required=False, empty_label="新方案（不是新版）"
    )

    def __init__(self, *args: Any, user: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer_to(user, keeping=[draft.owner])  # type: ignore[attr-defined]
        self.fields["supersedes"].queryset = supersedable_plans(user).order_by("-year", "-pk")
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if select else "form-control")

    @classmethod
    def initial_of(cls, draft: Draft) -> dict[str, Any]:
        """What the draft holds now."""
        names = ("title", "number", "issued_on", "year", "last_year", "owner", "supersedes")
        return {name: getattr(draft, name) for name in names}
