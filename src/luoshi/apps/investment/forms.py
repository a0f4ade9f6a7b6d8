"""What people type into the forms of investment promotion."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms

from luoshi.apps.investment.actions import ActivityFacts, LeaderFacts, LeadFacts
from luoshi.apps.investment.models import (
    Activity,
    ActivityLeader,
    ChainLink,
    ChainRole,
    Enterprise,
    FundsRule,
    Group,
    Lead,
    LeaderRank,
    LeadMode,
    LeadSource,
    Size,
)
from luoshi.apps.organisations.fields import UnitField, UnitsField
from luoshi.promotion import Where

_YI = Decimal(100_000_000)
LEADERS = 4
_CITIES = re.compile(r"[、，,；;\s]+")


def _day(label: str, *, required: bool = True, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, **more)


def _area(label: str, most: int, rows: int = 2, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=False, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class LeadForm(forms.Form):
    """A lead; the investor is typed by name and entered where it is new."""

    title = forms.CharField(label="项目名称", max_length=200)
    enterprise = forms.CharField(
        label="投资方（企业全称）", max_length=120, widget=forms.TextInput(attrs={"list": "known-enterprises"})
    )
    where = forms.ChoiceField(
        label="企业来自", choices=Enterprise.WHERES, initial="country", help_text="已登记的企业不改"
    )
    unit = UnitField(label="跟进单位", scope="investment.units")
    place = UnitField(label="意向建设地点", scope="investment.places", required=False)
    amount = forms.DecimalField(
        label="计划投资额（亿元）", required=False, max_digits=10, decimal_places=4, min_value=Decimal("0.0001")
    )
    source = forms.ChoiceField(label="线索来源", choices=LeadSource.choices)
    mode = forms.ChoiceField(label="引进方式", choices=LeadMode.choices, initial=LeadMode.ORDINARY)
    link = forms.ModelChoiceField(label="产业链环节", queryset=None, required=False, empty_label="不在链上")
    chain_role = forms.ChoiceField(label="链上角色", required=False, choices=[("", "未定"), *ChainRole.choices])
    contact = forms.CharField(label="企业联系人", max_length=60, required=False)
    phone = forms.CharField(label="联系电话", max_length=40, required=False)
    handler = forms.CharField(label="跟进人", max_length=60, required=False)
    found_on = _day("发现日期")
    content = _area("合作内容", 2000, 3, help_text="建设规模、生产能力、主要建设内容")
    progress = _area("最新进展", 2000)
    problem = _area("存在问题", 1000)
    problem_unit = UnitField(label="需协同单位", required=False)
    problem_due = _day("建议完成时限", required=False)

    def __init__(self, *args: Any, user: Any, lead: Lead | None = None, **kwargs: Any) -> None:
        if lead is not None:
            kwargs["initial"] = initial_of(lead) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["link"].queryset = ChainLink.objects.select_related("chain").order_by("chain__name", "ordinal")
        keeping = [lead.place, lead.problem_unit] if lead else []
        fields["place"].offer_to(user, keeping=keeping)
        fields["problem_unit"].offer_to(user, keeping=keeping)
        if lead is None:
            fields["unit"].offer_to(user)
        else:
            del fields["unit"], fields["found_on"]

    def facts(self, enterprise: Enterprise) -> LeadFacts:
        """What was typed."""
        typed = self.cleaned_data
        amount = typed["amount"]
        names = ("title", "source", "place", "contact", "phone", "handler", "mode", "link", "chain_role", "content",
                 "progress", "problem", "problem_unit", "problem_due")  # fmt: skip
        return LeadFacts(
            enterprise=enterprise,
            amount=None if amount is None else (amount * _YI).quantize(Decimal("0.01")),
            **{name: typed[name] for name in names},
        )


def initial_of(lead: Lead) -> dict[str, Any]:
    """A lead as its form shows it."""
    names = ("title", "source", "place", "contact", "phone", "handler", "mode", "link", "chain_role", "content",
             "progress", "problem", "problem_unit", "problem_due")  # fmt: skip
    amount = None if lead.amount is None else (lead.amount / _YI).normalize()
    return {name: getattr(lead, name) for name in names} | {
        "enterprise": lead.enterprise.name,
        "where": lead.enterprise.where,
        "amount": None if amount is None else f"{amount:f}",
    }


class EnterpriseForm(forms.Form):
    """An enterprise."""

    name = forms.CharField(label="企业名称", max_length=120)
    where = forms.ChoiceField(label="来自", choices=Enterprise.WHERES, initial="country")
    seat = forms.CharField(label="所在地", max_length=60, required=False)
    size = forms.ChoiceField(label="类型", required=False, choices=[("", "未分类"), *Size.choices])
    chain_role = forms.ChoiceField(label="链上角色", required=False, choices=[("", "未定"), *ChainRole.choices])
    aliases = _area("别名、曾用名", 600, 2, help_text="一行一个")
    note = _area("说明", 500)


class GroupForm(forms.Form):
    """A group."""

    unit = UnitField(label="招商组（平台）", scope="investment.groups", help_text="单位库里的招商组或平台公司")
    lead_unit = UnitField(label="牵头单位", required=False)
    leader = forms.CharField(label="组长", max_length=60, required=False)
    members = UnitsField(label="成员单位", required=False)
    scope_text = forms.CharField(label="产业范围", max_length=300, required=False)
    funds_rule = forms.ChoiceField(label="到位资金来源", choices=FundsRule.choices)
    is_active = forms.BooleanField(label="启用", required=False, initial=True)

    def __init__(self, *args: Any, user: Any, group: Group | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in ("unit", "lead_unit", "members"):
            fields[name].offer_to(user, keeping=[group.unit, group.lead_unit] if group else [])


class ActivityForm(forms.Form):
    """An activity; the cities stand in four fields by how far they are, up to four leaders in a row each."""

    title = forms.CharField(label="活动名称", max_length=200)
    begin = _day("开始日期")
    end = _day("结束日期")
    prefecture = forms.CharField(label="州内地点", max_length=120, required=False)
    province = forms.CharField(label="州外省内城市", max_length=120, required=False)
    country = forms.CharField(label="省外城市", max_length=120, required=False, help_text="几个城市用顿号隔开")
    abroad = forms.CharField(label="境外城市", max_length=120, required=False)
    unit = UnitField(label="填报单位", scope="investment.units")
    hosts = UnitsField(label="主办单位", help_text="牵头的放在第一个；联办的都要写上")
    outside_firms = forms.IntegerField(label="州外企业（户）", required=False, min_value=0, max_value=100_000)
    firms = _area("企业名单", 8000, 3, help_text="一行一家")
    units_text = forms.CharField(label="参加单位（县市、部门）", max_length=500, required=False)
    talks = _area("洽谈情况", 2000, 3)
    signed_text = _area("签约项目", 1000, 2)
    is_own = forms.BooleanField(label="自行组织", required=False, initial=True)

    def __init__(self, *args: Any, user: Any, activity: Activity | None = None, **kwargs: Any) -> None:
        if activity is not None:
            kwargs["initial"] = activity_initial(activity) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for number in range(1, LEADERS + 1):
            fields[f"leader_{number}"] = forms.CharField(label="姓名", max_length=40, required=False)
            fields[f"post_{number}"] = forms.CharField(label="职务", max_length=80, required=False)
            fields[f"rank_{number}"] = forms.ChoiceField(
                label="级别", required=False, choices=[("", "未选"), *LeaderRank.choices]
            )
            fields[f"of_{number}"] = UnitField(label="所在县市", scope="investment.places", required=False)
            fields[f"of_{number}"].offer_to(user)
        fields["hosts"].offer_to(user, keeping=list(activity.hosts.all()) if activity else [])
        if activity is None:
            fields["unit"].offer_to(user)
        else:
            del fields["unit"]

    def leader_rows(self) -> list[list[Any]]:
        """The fields of each leader."""
        names = ("leader", "post", "rank", "of")
        return [[self[f"{name}_{number}"] for name in names] for number in range(1, LEADERS + 1)]

    def clean(self) -> dict[str, Any]:
        """A leader needs a rank."""
        typed: dict[str, Any] = super().clean() or {}
        for number in range(1, LEADERS + 1):
            if typed.get(f"leader_{number}") and not typed.get(f"rank_{number}"):
                self.add_error(f"rank_{number}", "请选择级别。")
        return typed

    def facts(self) -> ActivityFacts:
        """What was typed."""
        typed = self.cleaned_data
        places = [(name, where.value) for where in Where for name in _CITIES.split(typed[where.value].strip()) if name]
        leaders = [
            LeaderFacts(typed[f"leader_{n}"], typed[f"post_{n}"], typed[f"rank_{n}"], typed[f"of_{n}"])
            for n in range(1, LEADERS + 1)
            if typed[f"leader_{n}"]
        ]
        names = ("title", "begin", "end", "hosts", "outside_firms", "firms", "units_text", "talks", "signed_text",
                 "is_own")  # fmt: skip
        return ActivityFacts(places=places, leaders=leaders, **{name: typed[name] for name in names})


def activity_initial(activity: Activity) -> dict[str, Any]:
    """An activity as its form shows it."""
    names = ("title", "begin", "end", "outside_firms", "firms", "units_text", "talks", "signed_text", "is_own")
    found: dict[str, Any] = {name: getattr(activity, name) for name in names}
    for where in Where:
        cities = [place["name"] for place in activity.places if place["where"] == where]
        found[where.value] = "、".join(cities)
    found["hosts"] = [row.unit for row in activity.host_rows.select_related("unit").order_by("ordinal")]
    leaders = ActivityLeader.objects.filter(activity=activity).select_related("unit").order_by("pk")
    for number, leader in enumerate(leaders[:LEADERS], 1):
        found |= {
            f"leader_{number}": leader.name,
            f"post_{number}": leader.post,
            f"rank_{number}": leader.rank,
            f"of_{number}": leader.unit,
        }
    return found
