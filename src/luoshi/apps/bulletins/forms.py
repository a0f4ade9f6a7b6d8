"""The forms of this app."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from luoshi.apps.bulletins import policies
from luoshi.apps.bulletins.models import BulletinKind
from luoshi.apps.organisations.fields import UnitField, UnitsField
from luoshi.apps.plans.models import Plan
from luoshi.periods import Cadence, Period, PeriodError
from luoshi.site.moments import moment_of

_MOST_PLANS = 300


def period_choices(today: dt.date) -> list[tuple[str, list[tuple[str, str]]]]:
    """The months of a year past, the quarters and half-years of two, the years: the latest first."""
    made = []
    for label, cadence, count in (
        ("月", Cadence.MONTHLY, 15),
        ("季度", Cadence.QUARTERLY, 8),
        ("半年", Cadence.HALF_YEARLY, 4),
        ("年", Cadence.YEARLY, 3),
    ):
        period = Period.containing(today, cadence)
        rows = []
        for _ in range(count):
            rows.append((str(period), period.label))
            period = period.previous()
        made.append((label, rows))
    return made


class DrawForm(forms.Form):
    """What a new bulletin is about."""

    owner = UnitField(label="印发单位", scope="bulletins.owners")
    kind = forms.ChoiceField(label="类别", choices=BulletinKind.choices, widget=forms.Select)
    period = forms.ChoiceField(label="期别")
    plans = forms.ModelMultipleChoiceField(
        label="方案",
        queryset=Plan.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="进展、评述、排名通报必选；未报迟报、督查结果不选就是全部。",
    )
    as_of = forms.CharField(
        label="数据时点", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="不填就是现在；此后的更正不进这份通报。",
    )  # fmt: skip
    title = forms.CharField(label="标题", required=False, max_length=200, help_text="不填就按类别和期别拟。")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer_to(user)
        today = timezone.localdate()
        self.fields["period"].choices = period_choices(today)
        # What is told of is over, as a rule.
        self.fields["period"].initial = str(Period.containing(today, Cadence.MONTHLY).previous())
        plans = policies.plans_for(user).select_related("owner").order_by("-year", "-pk")
        self.fields["plans"].queryset = plans
        self.plan_rows = list(plans[:_MOST_PLANS])

    def clean_period(self) -> Period:
        """The period itself."""
        try:
            return Period.parse(self.cleaned_data["period"])
        except PeriodError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_as_of(self) -> dt.datetime | None:
        """The moment itself."""
        text = self.cleaned_data["as_of"]
        if not text:
            return None
        moment = moment_of(text)
        if moment is None:
            raise forms.ValidationError("时点不对，请重新选择。")
        return moment


class TextsForm(forms.Form):
    """Title and recipients; the texts themselves depend on the bulletin."""

    title = forms.CharField(label="标题", max_length=200)
    main = UnitsField(label="主送单位")
    copies = UnitsField(label="抄送单位", required=False)

    def __init__(self, *args: Any, user: Any, keeping: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("main", "copies"):
            self.fields[name].offer_to(user, keeping=keeping)


class SignForm(forms.Form):
    """The signature."""

    signatory = forms.CharField(label="签发人", max_length=60)
    number = forms.CharField(label="文号", max_length=60)
    dated = forms.DateField(label="成文日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class TemplateForm(forms.Form):
    """A new version of a template."""

    owner = UnitField(label="单位", scope="bulletins.template-owners")
    kind = forms.ChoiceField(label="类别", choices=BulletinKind.choices)
    file = forms.FileField(label="模板文件（.docx）", widget=forms.FileInput(attrs={"accept": ".docx"}))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer_to(user)
