"""What is typed about meetings and series."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from luoshi.apps.dispatch.actions import MeetingFields, SeriesFields
from luoshi.apps.dispatch.models import Meeting, MeetingKind, MeetingSeries
from luoshi.apps.dispatch.policies import CONVENERS, choosable_plans
from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.organisations.fields import UnitField, UnitsField
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import memberships
from luoshi.apps.reporting.models import ShiftChoice

_MOMENT = "%Y-%m-%dT%H:%M"


def own_unit(user: Any) -> Unit | None:
    """The unit for which the person calls meetings and sets rules, where it is only one."""
    held = {row.unit_id: row.unit for row in memberships(user) if row.role in CONVENERS}
    return next(iter(held.values())) if len(held) == 1 else None


class _WithUnits(forms.Form):
    """What a meeting and a series have in common."""

    owner = UnitField(label="召集单位", scope="dispatch.owners")
    kind = forms.ChoiceField(label="类别", choices=MeetingKind.choices)
    place = forms.CharField(label="地点", max_length=120, required=False)
    chair = forms.CharField(label="主持人", max_length=60, required=False)
    plans = forms.ModelMultipleChoiceField(
        label="调度哪些方案",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text="不选的，为召集单位印发的全部方案",
    )
    units = UnitsField(label="参会单位", required=False, help_text="可以写“各县市”等合称，一次选上多个")

    def __init__(self, *args: Any, user: Any, owner: Any = None, keeping: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plans"].queryset = choosable_plans(user).order_by("-year", "title")  # type: ignore[attr-defined]
        self.fields["units"].offer_to(user, keeping=keeping)  # type: ignore[attr-defined]
        if owner is None:
            self.fields["owner"].offer_to(user)  # type: ignore[attr-defined]
            self.initial.setdefault("owner", own_unit(user))
        else:
            del self.fields["owner"]


class MeetingForm(_WithUnits):
    """A meeting by hand."""

    title = forms.CharField(label="会议名称", max_length=160)
    held_at = forms.DateTimeField(
        label="时间",
        input_formats=[_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
    )
    field_order = ("title", "owner", "kind", "held_at", "place", "chair", "units", "plans")

    def fields_typed(self) -> MeetingFields:
        """What was typed."""
        typed = self.cleaned_data
        return MeetingFields(
            title=typed["title"],
            held_at=typed["held_at"],
            kind=typed["kind"],
            place=typed["place"],
            chair=typed["chair"],
            plans=tuple(typed["plans"]),
            units=tuple(typed["units"]),
        )


def meeting_initial(meeting: Meeting) -> dict[str, Any]:
    """What stands already."""
    return {
        "title": meeting.title,
        "kind": meeting.kind,
        "held_at": timezone.localtime(meeting.held_at),
        "place": meeting.place,
        "chair": meeting.chair,
        "plans": list(meeting.plans.all()),
        "units": [row.unit for row in meeting.attendance.select_related("unit")],
    }


class SeriesForm(_WithUnits):
    """Meetings that come again."""

    name = forms.CharField(label="会议名称", max_length=120, help_text="如“经济运行月度调度会”；期别自动加在后面")
    cadence = forms.ChoiceField(label="周期", choices=CadenceChoice.choices, initial=CadenceChoice.MONTHLY)
    month = forms.IntegerField(
        label="第几个月", initial=1, min_value=1, max_value=12, required=False, help_text="季、半年、年度会议用"
    )
    day = forms.IntegerField(
        label="第几日", initial=25, min_value=1, max_value=31, help_text="31为最后一天；每周的，1为周一"
    )
    time = forms.TimeField(label="几点", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    shift = forms.ChoiceField(label="遇休息日", choices=ShiftChoice.choices, initial=ShiftChoice.NEXT)
    ahead_days = forms.IntegerField(label="提前几日排会", initial=10, min_value=1, max_value=60)
    is_active = forms.BooleanField(label="启用", initial=True, required=False)
    field_order = (
        "name",
        "owner",
        "kind",
        "cadence",
        "month",
        "day",
        "time",
        "shift",
        "ahead_days",
        "place",
        "chair",
        "units",
        "plans",
        "is_active",
    )

    def fields_typed(self) -> SeriesFields:
        """What was typed."""
        typed = self.cleaned_data
        return SeriesFields(
            name=typed["name"],
            kind=typed["kind"],
            cadence=typed["cadence"],
            month=typed["month"] or 1,
            day=typed["day"],
            time=typed["time"],
            shift=typed["shift"],
            ahead_days=typed["ahead_days"],
            place=typed["place"],
            chair=typed["chair"],
            plans=tuple(typed["plans"]),
            units=tuple(typed["units"]),
            is_active=typed["is_active"],
        )


def series_initial(series: MeetingSeries) -> dict[str, Any]:
    """What stands already."""
    names = ("name", "kind", "cadence", "month", "day", "time", "shift", "ahead_days", "place", "chair", "is_active")
    found = {name: getattr(series, name) for name in names}
    return found | {"plans": list(series.plans.all()), "units": list(series.units.order_by("path"))}


class DecisionForm(forms.Form):
    """A decision as it is typed while the meeting sits: everything may still be lacking."""

    text = forms.CharField(max_length=2000, required=False, widget=forms.Textarea)
    unit = UnitField(required=False)
    supporting = UnitsField(required=False)
    due_on = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    item = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    decision = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    revision = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    key = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("unit", "承办单位"), ("supporting", "配合单位")):
            words = label if name == "unit" else f"{label}（可不填）"
            self.fields[name].widget.attrs |= {
                "class": "form-control form-control-sm",
                "placeholder": words,
                "aria-label": label,
            }
