"""What is typed about a project."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from luoshi.apps.organisations.fields import UnitField, UnitsField
from luoshi.apps.projects.actions import ProjectFields, chain_named, industry_named
from luoshi.apps.projects.models import Chain, Industry, Nature, Project, Sort


class ProjectForm(forms.Form):
    """A project's facts; the total in 万元, as plans print it."""

    name = forms.CharField(label="项目名称", max_length=200)
    unit = UnitField(label="建设地点", scope="projects.places", help_text="县市、园区或乡镇；跨县市的选州")
    lead = UnitField(label="牵头单位", required=False)
    total = forms.DecimalField(label="总投资（万元）", min_value=0, max_digits=18, decimal_places=6)
    code = forms.CharField(
        label="项目代码", max_length=60, required=False, help_text="如 2026-532300-04-01-123456；没有先空着"
    )
    industry = forms.CharField(label="产业", max_length=40, required=False)
    chain = forms.CharField(label="产业链", max_length=40, required=False)
    nature = forms.ChoiceField(label="投资性质", choices=[("", "未定"), *Nature.choices], required=False)
    sort = forms.ChoiceField(label="项目类别", choices=Sort.choices, initial=Sort.INDUSTRY)
    owner = forms.CharField(label="项目业主", max_length=120, required=False)
    leader = forms.CharField(label="包保领导", max_length=60, required=False)
    serving = UnitsField(label="服务单位", required=False, help_text="为项目服务的部门，可提出和看到问题")
    place = forms.CharField(label="详细地点", max_length=120, required=False)
    longitude = forms.DecimalField(label="经度", required=False, max_digits=9, decimal_places=6)
    latitude = forms.DecimalField(label="纬度", required=False, max_digits=9, decimal_places=6)
    content = forms.CharField(
        label="建设内容", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    major = forms.BooleanField(label="重大项目", required=False)
    linkage = forms.BooleanField(label="使用衔接资金（须村申报、乡审核、县审定）", required=False)
    reason = forms.CharField(label="更名原因", max_length=200, required=False)

    def __init__(self, *args: Any, user: Any, project: Project | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keeping = [project.unit] if project else ()
        self.fields["unit"].offer_to(user, keeping=keeping)  # type: ignore[attr-defined]
        self.fields["lead"].offer_to(user, keeping=[project.lead] if project else ())  # type: ignore[attr-defined]
        self.fields["serving"].offer_to(user)  # type: ignore[attr-defined]
        if project is None:
            del self.fields["reason"]
        for name, model in (("industry", Industry), ("chain", Chain)):
            self.fields[name].widget.attrs |= {"list": f"known-{name}", "autocomplete": "off"}
            setattr(self, f"known_{name}", list(model._default_manager.values_list("name", flat=True)[:200]))

    def project_fields(self) -> ProjectFields:
        """What was typed, for an action; new industries and chains are made."""
        typed = dict(self.cleaned_data)
        typed.pop("reason", None)
        typed["industry"] = industry_named(typed["industry"])
        typed["chain"] = chain_named(typed["chain"], typed["industry"])
        typed["total"] = Decimal(typed["total"]) * 10_000
        typed["serving"] = tuple(typed["serving"])
        return ProjectFields(**typed)


def initial_of(project: Project) -> dict[str, Any]:
    """What stands in the form of a stored project."""
    plain = ("name", "unit", "lead", "code", "nature", "sort", "owner", "leader", "place", "content", "major")
    return {name: getattr(project, name) for name in plain} | {
        "total": (project.total / 10_000).normalize().__format__("f"),
        "industry": project.industry.name if project.industry else "",
        "chain": project.chain.name if project.chain else "",
        "longitude": project.longitude,
        "latitude": project.latitude,
        "serving": list(project.serving.order_by("path")),
        "linkage": bool(project.ladder),
    }


class ProblemForm(forms.Form):
    """A problem of a project: the unit asked; the rest is read by the view."""

    asked = UnitField(label="请哪个单位解决", required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked"].offer_to(user)  # type: ignore[attr-defined]


class OwnerForm(forms.Form):
    """For which unit a list of projects is imported."""

    owner = UnitField(label="为哪个单位导入", scope="projects.owners")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer_to(user)  # type: ignore[attr-defined]
