"""约谈 and 问责: the lists, one interview, writing down."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.organisations.policies import authority, require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.supervision import actions, policies
from luoshi.apps.supervision.errors import SupervisionError
from luoshi.apps.supervision.forms import AccountabilityForm, InterviewForm
from luoshi.apps.supervision.models import Interview, InterviewState, Proposal, ProposalState, Rung
from luoshi.apps.supervision.views.common import done, page_links, paged, posted_day, revision_of

NOT_ALLOWED = "只有统筹办和牵头人员可以安排约谈、登记问责。"


@require_safe
@login_required
def interview_list(request: HttpRequest) -> HttpResponse:
    """Who was or will be called in, and whether it was put right."""
    state = request.GET.get("state", "")
    rows = policies.visible_interviews(request.user).select_related("owner", "unit", "plan")
    if state in InterviewState.values:
        rows = rows.filter(state=state)
    page = paged(request, rows.order_by("-held_at", "-pk"))
    context = {
        "rows": list(page),
        "state": state,
        "states": InterviewState.choices,
        "gives": authority(request.user).holds(*policies.ASSIGNERS),
        **page_links(request, page),
    }
    return render(request, "supervision/interviews.html", context)


def _interview(request: HttpRequest, interview_id: int) -> Interview:
    rows = policies.visible_interviews(request.user).select_related("owner", "unit", "plan", "proposal", "created_by")
    found = rows.filter(pk=interview_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def interview(request: HttpRequest, interview_id: int) -> HttpResponse:
    """One interview: what was said, what shall be put right by when, whether it was."""
    return _page(request, _interview(request, interview_id))


def _page(
    request: HttpRequest, found: Interview, *, panel: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    keeps = policies.may_assign(request.user, found.owner)
    context = {
        "interview": found,
        "keeps": keeps,
        "panel": panel,
        "problem": problem,
        "typed": request.POST if panel else {},
        "accountabilities": policies.visible_accountabilities(request.user).filter(interview=found).order_by("pk"),
    }
    return render(request, "supervision/interview.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def interview_new(request: HttpRequest) -> HttpResponse:
    """Call a unit in; from a proposal or by hand."""
    require(authority(request.user).holds(*policies.ASSIGNERS), NOT_ALLOWED)
    proposal = _waiting(request, Rung.INTERVIEW)
    initial = {
        "owner": proposal.decider if proposal else None,
        "unit": proposal.unit if proposal else None,
        "subject": f"{proposal.subject}{proposal.get_trigger_display()}" if proposal else "",
        "persons": f"{proposal.unit}主要负责人" if proposal else "",
        "reason": request.GET.get("reason", "")[:250],
    }
    form = InterviewForm(request.POST if request.method == "POST" else None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            made = actions.plan_interview(
                acting_user=request.user, proposal_id=proposal.pk if proposal else None, **values
            )
        except (ValidationError, SupervisionError) as error:
            return _form_page(request, form, proposal, "interview", _said(error), 422)
        messages.success(request, f"已安排约谈{made.unit}，被约谈单位会收到通知。")
        return redirect("supervision:interview", made.pk)
    status = 422 if request.method == "POST" else 200
    return _form_page(request, form, proposal, "interview", "", status)


def _said(error: Exception) -> str:
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _waiting(request: HttpRequest, rung: Rung) -> Proposal | None:
    """The proposal of the address that waits for the person."""
    number = number_of((request.POST or request.GET).get("proposal", ""))
    if not number:
        return None
    rows = policies.visible_proposals(request.user).select_related("plan__owner", "office", "unit")
    return rows.filter(policies.decided_by(request.user), pk=number, state=ProposalState.PROPOSED).first()


def _form_page(
    request: HttpRequest, form: Any, proposal: Proposal | None, what: str, problem: str, status: int
) -> HttpResponse:
    rung = {"interview": Rung.INTERVIEW, "accountability": Rung.ACCOUNTABILITY}[what]
    context = {
        "form": form,
        "proposal": proposal,
        "changed": proposal is not None and proposal.rung != rung,
        "problem": problem,
    }
    return render(request, f"supervision/{what}_new.html", context, status=status)


@require_POST
@login_required
def interview_record(request: HttpRequest, interview_id: int) -> HttpResponse:
    """Write down what was said."""
    return _act(
        request,
        interview_id,
        "record",
        "已登记约谈记录。",
        lambda: actions.record_interview(
            acting_user=request.user,
            interview_id=interview_id,
            text=request.POST.get("text", ""),
            demands=request.POST.get("demands", ""),
            rectify_by=posted_day(request, "rectify_by"),
            revision=revision_of(request),
        ),
    )


@require_POST
@login_required
def interview_close(request: HttpRequest, interview_id: int) -> HttpResponse:
    """It has been put right."""
    return _act(
        request,
        interview_id,
        "close",
        "已认定整改到位。",
        lambda: actions.close_interview(
            acting_user=request.user,
            interview_id=interview_id,
            result=request.POST.get("text", ""),
            revision=revision_of(request),
        ),
    )


@require_POST
@login_required
def interview_cancel(request: HttpRequest, interview_id: int) -> HttpResponse:
    """It does not take place."""
    return _act(
        request,
        interview_id,
        "cancel",
        "已取消约谈。",
        lambda: actions.cancel_interview(
            acting_user=request.user,
            interview_id=interview_id,
            reason=request.POST.get("text", ""),
            revision=revision_of(request),
        ),
    )


def _act(request: HttpRequest, interview_id: int, panel: str, said: str, act: Any) -> HttpResponse:
    _interview(request, interview_id)
    return done(
        request,
        act,
        said,
        reverse("supervision:interview", args=[interview_id]),
        lambda problem, status: _page(
            request, _interview(request, interview_id), panel=panel, problem=problem, status=status
        ),
    )


@require_safe
@login_required
def accountability_list(request: HttpRequest) -> HttpResponse:
    """What was decided about whom, by which body."""
    rows = policies.visible_accountabilities(request.user).select_related("owner", "unit", "interview")
    page = paged(request, rows.order_by("-decided_on", "-pk"))
    context = {
        "rows": list(page),
        "gives": authority(request.user).holds(*policies.ASSIGNERS),
        **page_links(request, page),
    }
    return render(request, "supervision/accountabilities.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def accountability_new(request: HttpRequest) -> HttpResponse:
    """Write down a decision; from a proposal, an interview, or by hand."""
    require(authority(request.user).holds(*policies.ASSIGNERS), NOT_ALLOWED)
    proposal = _waiting(request, Rung.ACCOUNTABILITY)
    number = number_of((request.POST or request.GET).get("interview", ""))
    from_interview = policies.visible_interviews(request.user).filter(pk=number).first() if number else None
    start: Any = proposal or from_interview
    initial = {
        "owner": (proposal.decider if proposal else from_interview.owner if from_interview else None),
        "unit": start.unit if start else None,
        "basis": proposal.sentence[:300] if proposal else (from_interview.subject if from_interview else ""),
        "persons": from_interview.persons if from_interview else "",
        "reason": request.GET.get("reason", "")[:250],
    }
    form = AccountabilityForm(request.POST if request.method == "POST" else None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.record_accountability(
                acting_user=request.user,
                interview=from_interview,
                proposal_id=proposal.pk if proposal else None,
                **form.cleaned_data,
            )
        except (ValidationError, SupervisionError) as error:
            return _form_page(request, form, proposal, "accountability", _said(error), 422)
        messages.success(request, f"已登记对{made.unit}的问责。")
        return redirect("supervision:accountabilities")
    status = 422 if request.method == "POST" else 200
    return _form_page(request, form, proposal, "accountability", "", status)
