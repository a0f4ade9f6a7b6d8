"""预警规则: the list, a new one, changing and stopping one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.errors import DispatchError
from luoshi.apps.dispatch.models import WarningKind, WarningRule
from luoshi.apps.dispatch.policies import CONVENERS, choosable_plans, may_keep_rules, visible_rules
from luoshi.apps.dispatch.queries.warnings import STANDING
from luoshi.apps.dispatch.rules import DEFAULT_PERIODS, due_words, in_words, parameters_of
from luoshi.apps.dispatch.views.forms import own_unit
from luoshi.apps.dispatch.views.shared import told
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.fields import UnitField
from luoshi.apps.organisations.policies import authority, require

MOST_INDICATORS = 2000
_NO_RIGHT = "只有统筹办、牵头单位和系统管理员可以设置预警规则。"
#: Marks are typed as a line: 4月 40，6月 60.
_MARKS_HELP = "写作“月份=最低值”，用逗号隔开，如 4=40，6=60，9=80，11=90；按该月底的数判断"


class RuleForm(forms.Form):
    """A rule as it is typed."""

    owner = UnitField(label="发出预警的单位", scope="dispatch.owners")
    plan = forms.ModelChoiceField(label="方案", queryset=None, required=False, empty_label="本单位印发的全部方案")
    kind = forms.ChoiceField(label="条件", choices=WarningKind.choices)
    periods = forms.IntegerField(label="连续几期", initial=DEFAULT_PERIODS, min_value=1, max_value=12, required=False)
    below = forms.DecimalField(label="预测低于目标的（%）", initial=95, min_value=1, max_value=150, required=False)
    indicator = forms.ModelChoiceField(
        label="指标", queryset=None, required=False, to_field_name="key", empty_label="请选择"
    )
    marks = forms.CharField(label="节点要求", required=False, max_length=200, help_text=_MARKS_HELP)
    answer_days = forms.IntegerField(label="几日内应策", initial=5, min_value=1, max_value=60)
    working = forms.BooleanField(label="按工作日计", initial=True, required=False)
    name = forms.CharField(label="规则名称", required=False, max_length=80, help_text="不填的，以条件为名")
    is_active = forms.BooleanField(label="启用", initial=True, required=False)

    def __init__(self, *args: Any, user: Any, rule: WarningRule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self.fields["plan"].queryset = choosable_plans(user).order_by("-year", "title")  # type: ignore[attr-defined]
        indicators = Indicator.objects.filter(merged_into=None).order_by("name")
        self.fields["indicator"].queryset = indicators[:MOST_INDICATORS] if not self.is_bound else indicators  # type: ignore[attr-defined]
        if rule is None:
            self.fields["owner"].offer_to(user)  # type: ignore[attr-defined]
            self.initial.setdefault("owner", own_unit(user))
            del self.fields["is_active"]
        else:
            for name in ("owner", "plan", "kind"):
                del self.fields[name]

    @property
    def chosen_kind(self) -> str:
        """The kind that the form is about: which of the parameters it shows."""
        return self.rule.kind if self.rule else str(self["kind"].value() or WarningKind.RED_AGAIN)

    def parameters(self) -> dict[str, Any]:
        """What was typed, as a rule's parameters; raises ``ValidationError``."""
        found = self.cleaned_data
        match self.rule.kind if self.rule else found["kind"]:
            case WarningKind.FORECAST:
                below = found.get("below")
                return {"below": str(below / 100)} if below else {}
            case WarningKind.BELOW_MARK:
                indicator = found.get("indicator")
                marks = found.get("marks", "")
                if indicator and any(sign in marks for sign in "%％") and "%" not in indicator.unit_of_measure:
                    said = f"“{indicator}”的计量单位是{indicator.unit_of_measure or '（无）'}"
                    raise ValidationError(f"{said}，节点要求不能写百分数；要求是比率的，请选比率指标。")
                return {"indicator": indicator.key if indicator else "", "marks": _marks(marks)}
        return {"periods": found["periods"]} if found.get("periods") else {}


def _marks(text: str) -> dict[str, str]:
    """``4=40，6月=60%`` → {"4": "40", "6": "60"}; raises ``ValidationError``."""
    found = {}
    for part in text.replace("，", ",").replace("、", ",").replace("；", ",").split(","):
        if not part.strip():
            continue
        month, sign, value = part.replace("＝", "=").replace(":", "=").replace("：", "=").partition("=")
        month = month.strip().removesuffix("底").removesuffix("月").strip()
        if not sign:
            raise ValidationError("节点要求应写作“月份=最低值”，如 4=40，6=60。")
        found[month] = value.strip().removesuffix("%").removesuffix("％").strip()
    return found


def _initial(rule: WarningRule) -> dict[str, Any]:
    found = parameters_of(rule)
    return {
        "periods": found.periods,
        "below": (found.below * 100).normalize(),
        "indicator": found.indicator,
        "marks": "，".join(f"{month}={value.normalize():f}" for month, value in found.marks.items()),
        "answer_days": rule.answer_days,
        "working": rule.working,
        "name": rule.name,
        "is_active": rule.is_active,
    }


@require_safe
@login_required
def rule_rows(request: HttpRequest) -> HttpResponse:
    """The rules that the person oversees, with how many of their warnings stand."""
    standing = Count("warnings", filter=Q(warnings__state__in=STANDING))
    rules = visible_rules(request.user).select_related("owner", "plan").annotate(standing=standing)
    measures = dict(Indicator.objects.filter(key__in=_indicators(rules)).values_list("key", "unit_of_measure"))
    rows = [
        {
            "rule": rule,
            "condition": in_words(rule, measures.get(rule.parameters.get("indicator", ""), "")),
            "due": due_words(rule),
            "may_keep": may_keep_rules(request.user, rule.owner),
        }
        for rule in rules.order_by("-is_active", "owner__path", "kind", "pk")
    ]
    context = {"rows": rows, "may_add": authority(request.user).holds(*CONVENERS)}
    return render(request, "dispatch/rules.html", context)


def _indicators(rules: Any) -> set[str]:
    return {rule.parameters.get("indicator", "") for rule in rules}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rule_new(request: HttpRequest) -> HttpResponse:
    """A new rule."""
    require(authority(request.user).holds(*CONVENERS), _NO_RIGHT)
    form = RuleForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            rule = actions.create_rule(
                acting_user=request.user,
                owner=typed["owner"],
                kind=typed["kind"],
                name=typed["name"],
                plan=typed["plan"],
                parameters=form.parameters(),
                answer_days=typed["answer_days"],
                working=typed["working"],
            )
        except (ValidationError, DispatchError) as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, f"已设置“{rule.name}”，每天和数据更新时自动判断。")
            return redirect("dispatch:rules")
    return render(request, "dispatch/rule.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rule_one(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Change one."""
    rule = visible_rules(request.user).select_related("owner", "plan").filter(pk=rule_id).first()
    if rule is None:
        raise Http404
    require(may_keep_rules(request.user, rule.owner), _NO_RIGHT)
    form = RuleForm(request.POST or None, user=request.user, rule=rule, initial=_initial(rule))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.edit_rule(
                acting_user=request.user,
                rule_id=rule_id,
                name=typed["name"],
                parameters=form.parameters(),
                answer_days=typed["answer_days"],
                working=typed["working"],
                is_active=typed["is_active"],
                revision=revision_in(request),
            )
        except (ValidationError, DispatchError) as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "规则已保存。")
            return redirect("dispatch:rules")
    return render(request, "dispatch/rule.html", {"form": form, "rule": rule}, status=422 if form.errors else 200)


def revision_in(request: HttpRequest) -> int | None:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@require_POST
@login_required
def rule_stop(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Stop one."""
    rule = actions.stop_rule(acting_user=request.user, rule_id=rule_id)
    messages.success(request, f"已停用“{rule.name}”，已发的预警仍跟踪到底。")
    return redirect("dispatch:rules")
