"""Forms of the pages; what a form refuses is said beside the field, what an action refuses above the form."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import F

from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.organisations.fields import UnitField, UnitsField
from luoshi.apps.organisations.models import Unit
from luoshi.apps.supervision.actions import Wanted
from luoshi.apps.supervision.models import Clock, Origin
from luoshi.apps.supervision.policies import visible_clocks


class DayInput(forms.DateInput):
    """A day as browsers ask for it."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(format="%Y-%m-%d", attrs=attrs)


class MomentInput(forms.DateTimeInput):
    """A moment to the minute."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def _text(label: str, rows: int = 4, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


class OrderForm(forms.Form):
    """A new order, or a draft: to whom, what, by when, where it comes from."""

    owner = UnitField(label="交办单位", scope="supervision.owners")
    units = UnitsField(label="承办单位", help_text="可选多个，每个单位各立一份督办单。")
    supporting = UnitsField(label="协办单位", required=False)
    title = forms.CharField(label="事项", max_length=200)
    text = _text("要求", 5, max_length=4000)
    origin = forms.ChoiceField(label="来源", choices=Origin.choices)
    origin_text = forms.CharField(label="来源说明", max_length=300, required=False)
    clock = forms.ModelChoiceField(
        label="办理时限", queryset=Clock.objects.none(), required=False, empty_label="自定完成期限", to_field_name="key"
    )
    due_on = forms.DateField(label="完成期限", required=False, widget=DayInput())
    is_urgent = forms.BooleanField(label="急件", required=False)

    def __init__(self, *args: Any, user: Any, keeping: tuple[Unit | None, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer_to(user)  # type: ignore[attr-defined]
        for name in ("units", "supporting"):
            self.fields[name].offer_to(user, keeping=keeping)  # type: ignore[attr-defined]
        self.fields["clock"].queryset = usable_clocks(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Either a clock or a day."""
        data = super().clean() or {}
        if not self.errors and bool(data.get("clock")) == bool(data.get("due_on")):
            both = bool(data.get("clock"))
            self.add_error("due_on", "办理时限和完成期限二者取一。" if both else "请写明完成期限，或选办理时限。")
        return data

    def wanted(self, links: dict[str, Any] | None = None) -> Wanted:
        """What the form says, with the objects that the order points to."""
        names = ("title", "text", "origin", "origin_text", "clock", "due_on", "is_urgent", "supporting")
        return Wanted(**{name: self.cleaned_data[name] for name in names}, **(links or {}))


def usable_clocks(user: Any) -> Any:
    """The clocks that ship, and those of offices that the person works with, in use; the office's own first."""
    return visible_clocks(user).filter(is_active=True).order_by(F("owner").asc(nulls_last=True), "pk")


class BelowForm(forms.Form):
    """Handing an order on."""

    units = UnitsField(label="下级单位", scope="supervision.below", help_text="可选多个，各立一份。")
    title = forms.CharField(label="事项", max_length=200)
    text = _text("要求", 4, max_length=4000)
    due_on = forms.DateField(label="完成期限", widget=DayInput())

    def __init__(self, *args: Any, user: Any, order_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].offer_to(user, of=str(order_id))  # type: ignore[attr-defined]


class InterviewForm(forms.Form):
    """Calling a unit in."""

    owner = UnitField(label="约谈单位", scope="supervision.owners")
    unit = UnitField(label="被约谈单位")
    subject = forms.CharField(label="事由", max_length=300)
    persons = forms.CharField(label="被约谈人", max_length=200, help_text="姓名和职务，多人以顿号分开。")
    interviewers = forms.CharField(label="约谈人", max_length=200)
    held_at = forms.DateTimeField(label="时间", widget=MomentInput(), input_formats=["%Y-%m-%dT%H:%M"])
    place = forms.CharField(label="地点", max_length=120, required=False)
    reason = forms.CharField(label="改变建议的理由", max_length=250, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer_to(user)  # type: ignore[attr-defined]
        self.fields["unit"].offer_to(user)  # type: ignore[attr-defined]


class AccountabilityForm(forms.Form):
    """Writing down what the competent body decided."""

    owner = UnitField(label="登记单位", scope="supervision.owners")
    unit = UnitField(label="被问责单位")
    persons = forms.CharField(label="问责对象", max_length=200, required=False)
    form = forms.CharField(label="方式", max_length=80, help_text="如：通报、诫勉、书面检查。")
    basis = forms.CharField(label="依据", max_length=300)
    decided_by = forms.CharField(label="决定机关", max_length=120)
    decided_on = forms.DateField(label="决定日期", widget=DayInput())
    text = _text("内容", 4, max_length=4000, required=False)
    reason = forms.CharField(label="改变建议的理由", max_length=250, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer_to(user)  # type: ignore[attr-defined]
        self.fields["unit"].offer_to(user)  # type: ignore[attr-defined]


class DutyForm(forms.Form):
    """A counted duty."""

    owner = UnitField(label="主管单位", scope="supervision.owners")
    name = forms.CharField(label="名称", max_length=120)
    cadence = forms.ChoiceField(label="周期", choices=CadenceChoice.choices, initial="monthly")
    count = forms.IntegerField(label="每期至少", min_value=1, max_value=366, initial=1)
    measure_word = forms.CharField(label="量词", max_length=4, initial="次")
    rule = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer_to(user)  # type: ignore[attr-defined]


class HolderForm(forms.Form):
    """Who owes a duty: one unit, one or several people."""

    unit = UnitField(label="单位")
    people = _text("履职人", 3, help_text="一行一人：姓名　职务　次数（与本项不同才写）。", max_length=4000)
    first_day = forms.DateField(label="自", widget=DayInput())

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer_to(user)  # type: ignore[attr-defined]

    def clean_people(self) -> list[tuple[str, str, int | None]]:
        """(name, post, count) of each line."""
        found = []
        for line in self.cleaned_data["people"].splitlines():
            parts = line.split()
            if not parts:
                continue
            number = parts[-1].rstrip("次天日")
            count = int(number) if len(parts) > 1 and number.isascii() and number.isdigit() else None
            rest = parts[1:-1] if count is not None else parts[1:]
            found.append((parts[0], " ".join(rest), count))
        if not found:
            raise forms.ValidationError("请至少写一人。")
        return found


class EntryForm(forms.Form):
    """What a holder did."""

    holder = forms.TypedChoiceField(label="履职人", coerce=int)
    day = forms.DateField(label="日期", widget=DayInput())
    amount = forms.IntegerField(label="数量", min_value=1, max_value=366, initial=1)
    place = forms.CharField(label="地点", max_length=120, required=False)
    text = forms.CharField(label="内容", max_length=500)
    file = forms.FileField(label="佐证", required=False)

    def __init__(self, *args: Any, holders: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]


class LadderForm(forms.Form):
    """Which ladder a plan goes by."""

    since = forms.DateField(label="自", widget=DayInput(), help_text="这一天以前发生的不计次数。")


def first_day_of_year(today: dt.date) -> dt.date:
    """From when a ladder usually counts."""
    return today.replace(month=1, day=1)
