"""Forms for people, units and the journal's filter."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from luoshi.apps.administration.queries import NO_UNIT
from luoshi.apps.organisations.fields import UnitField, UnitsField
from luoshi.apps.organisations.models import NameKind, Role, UnitKind

ADMINISTERED = "administration.units"


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PeopleFilter(forms.Form):
    """The filter of the list of people."""

    q = forms.CharField(label="姓名、用户名或电话", required=False)
    unit = UnitField(label="单位（含下属）", required=False, scope=ADMINISTERED, ended=True)
    role = forms.ChoiceField(
        label="角色", required=False, choices=[("", "全部"), *Role.choices, (NO_UNIT, "未分配角色")]
    )
    active = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), ("yes", "在用"), ("no", "已停用")])

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer_to(user)  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """Someone's own fields."""

    display_name = forms.CharField(label="姓名", max_length=60)
    username = forms.CharField(label="用户名", max_length=150, help_text="登录时用，如姓名的拼音。")
    phone = forms.CharField(label="电话", max_length=30, required=False)
    email = forms.EmailField(label="邮箱", max_length=254, required=False, help_text="催报等消息同时发到这里。")


class GrantForm(forms.Form):
    """A role in a unit."""

    unit = UnitField(label="单位", scope=ADMINISTERED)
    role = forms.ChoiceField(label="角色", choices=Role.choices, initial=Role.REPORTER)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer_to(user)  # type: ignore[attr-defined]


class NewPersonForm(PersonForm):
    """A new person, with a first role if wished."""

    unit = UnitField(label="单位", required=False, scope=ADMINISTERED, help_text="可稍后再分配。")
    role = forms.ChoiceField(label="角色", choices=Role.choices, initial=Role.REPORTER, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer_to(user)  # type: ignore[attr-defined]


class PeopleFile(forms.Form):
    """The file of many people."""

    file = forms.FileField(
        label="人员文件",
        help_text="Excel 工作簿（.xlsx）或 CSV，列为 姓名、用户名、单位、角色、电话、邮箱（可不填）。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"empty": "文件是空的。"},
    )


class UnitForm(forms.Form):
    """What a unit is called, what it is, and when it existed."""

    name = forms.CharField(label="全称", max_length=120)
    short_name = forms.CharField(label="简称", max_length=60, required=False, help_text="表格中显示；不填同全称。")
    kind = forms.ChoiceField(label="类别", choices=UnitKind.choices)
    valid_from = forms.DateField(label="成立", required=False, widget=DateInput())
    valid_to = forms.DateField(label="撤销（最后一天）", required=False, widget=DateInput())
    note = forms.CharField(label="说明", max_length=500, required=False)


class ChangeUnitForm(UnitForm):
    """… and who carries its duties on."""

    successors = UnitsField(
        label="承接单位", required=False, ended=True, help_text="撤销或改组后由谁承接职责；可以是几个单位。"
    )


class NewUnitForm(UnitForm):
    """A unit below another."""

    key = forms.CharField(label="代码", max_length=64, help_text="唯一且不再改变，如拼音缩写：ylz-czj。")
    field_order = ("name", "short_name", "key", "kind", "valid_from", "valid_to", "note")


class UnitNameForm(forms.Form):
    """A name as printed."""

    name = forms.CharField(label="文件中的写法", max_length=120)
    kind = forms.ChoiceField(
        label="性质", choices=[c for c in NameKind.choices if c[0] != NameKind.GROUP], initial=NameKind.ALIAS
    )
    valid_from = forms.DateField(label="启用", required=False, widget=DateInput())
    valid_to = forms.DateField(label="停用（最后一天）", required=False, widget=DateInput())
    note = forms.CharField(label="说明", max_length=500, required=False)


class NameEndForm(forms.Form):
    """The last day of a name."""

    valid_to = forms.DateField(label="停用（最后一天）", required=False, widget=DateInput())


class RegisterFiles(forms.Form):
    """The two files of the register."""

    units = forms.FileField(label="单位文件 units.csv", widget=forms.FileInput(attrs={"accept": ".csv"}))
    names = forms.FileField(label="名称文件 unit-names.csv", widget=forms.FileInput(attrs={"accept": ".csv"}))


class DayField(forms.DateField):
    """A day to search by: from 1900 to 2999, so that the moments at which it begins and ends exist in every zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=DateInput(), **kwargs)

    def validate(self, value: dt.date | None) -> None:
        """Refuse other centuries."""
        super().validate(value)
        if value is not None and not 1900 <= value.year <= 2999:
            raise forms.ValidationError("日期应在1900年至2999年之间。")


class JournalFilter(forms.Form):
    """The filter of the journal."""

    person = forms.CharField(label="操作人", required=False)
    action = forms.CharField(label="操作", required=False)
    type = forms.ChoiceField(label="对象类型", required=False)
    object = forms.CharField(label="对象", required=False)
    since = DayField(label="自")
    until = DayField(label="至")
    id = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, types: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [("", "全部"), *types]

    def clean(self) -> dict[str, Any]:
        """The days must be in order."""
        values = super().clean() or {}
        since: dt.date | None = values.get("since")
        until: dt.date | None = values.get("until")
        if since and until and since > until:
            self.add_error("until", "结束日期早于开始日期。")
        return values
