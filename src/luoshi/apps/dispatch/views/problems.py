"""需协同事项: the list, raising one, one with what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.errors import DispatchError
from luoshi.apps.dispatch.models import Problem
from luoshi.apps.dispatch.policies import OWN_PEOPLE, visible_problems
from luoshi.apps.dispatch.queries import ProblemFilter, problem_counts, problem_list, problem_page
from luoshi.apps.dispatch.queries.problems import TABS, ProblemPage
from luoshi.apps.dispatch.views.shared import address_without, done, page_of, text_in, told
from luoshi.apps.organisations.fields import UnitField
from luoshi.apps.organisations.policies import authority, memberships, require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.policies import visible_plans
from luoshi.apps.plans.views.reading import choice_in


class ProblemForm(forms.Form):
    """A problem as it is typed."""

    unit = UnitField(label="提出单位", scope="dispatch.raisers")
    text = forms.CharField(
        label="问题",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写清卡在哪里、需要对方做什么",
    )
    asked = UnitField(label="请哪个单位协同", required=False)
    due_on = forms.DateField(
        label="希望解决日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    plan = forms.ModelChoiceField(label="与哪份方案有关", queryset=None, required=False, empty_label="不限")

    def __init__(self, *args: Any, user: Any, problem: Problem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if problem is None:
            self.fields["unit"].offer_to(user)  # type: ignore[attr-defined]
            self.fields["plan"].queryset = visible_plans(user).order_by("-year", "title")  # type: ignore[attr-defined]
        else:
            del self.fields["unit"], self.fields["plan"]
        self.fields["asked"].offer_to(user, keeping=[problem.asked] if problem else ())  # type: ignore[attr-defined]


@require_safe
@login_required
def problem_rows(request: HttpRequest) -> HttpResponse:
    """The problems, unsettled ones first."""
    asked = ProblemFilter(
        tab=choice_in(request.GET, "state", TABS),
        plan=number_of(request.GET.get("plan", "")),
        unit=text_in(request, "unit"),
    )
    counts = problem_counts(request.user, asked)
    page = page_of(request, problem_list(request.user, asked), counts[asked.tab])
    mine = visible_problems(request.user).order_by()
    plans = mine.filter(plan__isnull=False).values_list("plan_id", "plan__title").distinct().order_by("plan__title")
    units = mine.values_list("unit__key", "unit__short_name", "unit__path").distinct().order_by("unit__path")
    base = address_without(request, "state")
    context = {
        "page": page,
        "asked": asked,
        "narrowed": bool(asked.plan or asked.unit),
        "tabs": [(f"{base}state={key}", label, counts[key], key == asked.tab) for key, label in TABS.items()],
        "plans": list(plans[:300]),
        "units": [(key, name) for key, name, _ in units[:500]],
        "page_address": f"{address_without(request)}page=",
        "may_raise": authority(request.user).holds(*OWN_PEOPLE),
        "today": timezone.localdate(),
    }
    return render(request, "dispatch/problems.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def problem_new(request: HttpRequest) -> HttpResponse:
    """Raise a problem."""
    require(authority(request.user).holds(*OWN_PEOPLE), "您不是任何单位的工作人员，不能提出。")
    own = [row.unit for row in memberships(request.user) if row.role in OWN_PEOPLE]
    initial = {"unit": own[0]} if own else {}
    form = ProblemForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            problem = actions.raise_problem(
                acting_user=request.user,
                **{name: typed[name] for name in ("unit", "text", "asked", "due_on", "plan")},
            )
        except (ValidationError, DispatchError) as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "已提出，对方会收到通知，并自动列入下次会议议程。")
            return redirect("dispatch:problem", problem.pk)
    return render(request, "dispatch/problem_new.html", {"form": form}, status=422 if form.errors else 200)


def _page(request: HttpRequest, problem_id: int) -> ProblemPage:
    found = problem_page(request.user, problem_id)
    if found is None:
        raise Http404
    return found


def _shown(
    request: HttpRequest, page: ProblemPage, *, refused: str = "", which: str = "", form: ProblemForm | None = None
) -> HttpResponse:
    problem = page.problem
    if form is None and page.may_edit:
        initial = {"text": problem.text, "asked": problem.asked, "due_on": problem.due_on}
        form = ProblemForm(user=request.user, problem=problem, initial=initial)
    context = {
        "page": page,
        "problem": problem,
        "form": form,
        "today": timezone.localdate(),
        "refused": refused,
        "which": which,
        "typed": request.POST if refused else {},
    }
    wrong = bool(refused) or bool(form and form.errors)
    return render(request, "dispatch/problem.html", context, status=422 if wrong else 200)


@require_safe
@login_required
def problem(request: HttpRequest, problem_id: int) -> HttpResponse:
    """One problem: what is asked, of whom, and what became of it."""
    return _shown(request, _page(request, problem_id))


@require_POST
@login_required
def problem_edit(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Change what is asked, while nobody has taken it up."""
    page = _page(request, problem_id)
    form = ProblemForm(request.POST, user=request.user, problem=page.problem)
    if not form.is_valid():
        require(page.may_edit, "只有提出单位可以修改，且还没有开始协调。")
        return _shown(request, page, form=form, which="edit")
    typed = form.cleaned_data
    return done(
        request,
        lambda: actions.edit_problem(acting_user=request.user, problem_id=problem_id, **typed),
        words="已保存。",
        to=("dispatch:problem", problem_id),
        again=lambda why: _shown(request, _page(request, problem_id), refused=why, which="edit", form=form),
    )


def _act(request: HttpRequest, problem_id: int, which: str, words: str, perform: Callable[[], Any]) -> HttpResponse:
    _page(request, problem_id)
    return done(
        request,
        perform,
        words=words,
        to=("dispatch:problem", problem_id),
        again=lambda why: _shown(request, _page(request, problem_id), refused=why, which=which),
    )


@require_POST
@login_required
def problem_settle(request: HttpRequest, problem_id: int) -> HttpResponse:
    """解决."""
    text = request.POST.get("outcome", "")
    return _act(
        request,
        problem_id,
        "settle",
        "已记为解决。",
        lambda: actions.settle_problem(acting_user=request.user, problem_id=problem_id, outcome=text),
    )


@require_POST
@login_required
def problem_drop(request: HttpRequest, problem_id: int) -> HttpResponse:
    """不再协调."""
    text = request.POST.get("reason", "")
    return _act(
        request,
        problem_id,
        "drop",
        "已取消。",
        lambda: actions.drop_problem(acting_user=request.user, problem_id=problem_id, reason=text),
    )


@require_POST
@login_required
def problem_reopen(request: HttpRequest, problem_id: int) -> HttpResponse:
    """重新提出."""
    text = request.POST.get("reason", "")
    return _act(
        request,
        problem_id,
        "reopen",
        "已重新提出。",
        lambda: actions.reopen_problem(acting_user=request.user, problem_id=problem_id, reason=text),
    )
