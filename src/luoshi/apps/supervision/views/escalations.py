"""What Luoshi proposes: take it, take another rung, or dismiss it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Plan
from luoshi.apps.supervision import actions, policies
from luoshi.apps.supervision.errors import SupervisionError
from luoshi.apps.supervision.models import Proposal, ProposalState, Rung, Trigger
from luoshi.apps.supervision.telling import NO_PLAN
from luoshi.apps.supervision.views.common import page_links, paged, revision_of

TABS = ((ProposalState.PROPOSED, "待定"), (ProposalState.TAKEN, "已采取"), (ProposalState.DISMISSED, "不采取"))


@require_safe
@login_required
def escalations(request: HttpRequest) -> HttpResponse:
    """What is proposed, why, and what became of it."""
    return _page(request)


def _page(request: HttpRequest, *, refused: int = 0, problem: str = "", status: int = 200) -> HttpResponse:
    data = request.GET if request.method != "POST" else {}
    state = data.get("state", "")
    state = state if state in ProposalState.values else ProposalState.PROPOSED.value
    plan, trigger, rung = _plan_asked(data.get("plan", "")), data.get("trigger", ""), data.get("rung", "")
    rows = policies.visible_proposals(request.user).filter(state=state)
    asked: dict[str, Any] = {"state": state, "plan": plan, "trigger": trigger if trigger in Trigger.values else ""}
    asked["rung"] = rung if rung in Rung.values else ""
    if plan:
        rows = rows.filter(plan=None if plan == NO_PLAN else plan)
    if asked["trigger"]:
        rows = rows.filter(trigger=asked["trigger"])
    if asked["rung"]:
        rows = rows.filter(rung=asked["rung"])
    rows = rows.select_related("plan__owner", "office", "unit", "ladder", "order", "decided_by", "answer__round__form")
    page = paged(request, rows.order_by("-proposed_at", "-pk"))
    found = list(page)
    plans = policies.visible_proposals(request.user).exclude(plan=None).order_by().values("plan_id")
    context = {
        "rows": [
            {
                "proposal": row,
                "may_decide": policies.may_decide(request.user, row) and row.state == ProposalState.PROPOSED,
                "about_url": _about(row),
            }
            for row in found
        ],
        "asked": asked,
        "narrowed": bool(plan or asked["trigger"] or asked["rung"]),
        "tabs": TABS,
        "plans": Plan.objects.filter(pk__in=plans).order_by("-year", "-pk")[:200],
        "no_plan": NO_PLAN,
        "triggers": Trigger.choices,
        "rungs": Rung.choices,
        "refused": refused,
        "problem": problem,
        "typed": request.POST if problem else {},
        **page_links(request, page),
    }
    return render(request, "supervision/escalations.html", context, status=status)


def _about(row: Proposal) -> str:
    """The page of what a proposal is about."""
    if row.order_id:
        return reverse("supervision:order", args=[row.order_id])
    if row.warning_id:
        return reverse("dispatch:warning", args=[row.warning_id])
    if row.answer is not None:
        round_ = row.answer.round
        return reverse("reporting:form-round", args=[round_.form.key, round_.period])
    if row.event.startswith("interview:"):
        return reverse("supervision:interview", args=[int(row.event.partition(":")[2])])
    return reverse("plans:detail", args=[row.plan_id]) if row.plan_id is not None else reverse("supervision:orders")


def _plan_asked(text: str) -> int | str:
    """The number of a plan, ``NO_PLAN``, or 0 for all."""
    return NO_PLAN if text == NO_PLAN else number_of(text) or 0


def _proposal(request: HttpRequest, proposal_id: int) -> Proposal:
    found = (
        policies.visible_proposals(request.user).select_related("plan__owner", "office").filter(pk=proposal_id).first()
    )
    if found is None:
        raise Http404
    return found


@require_POST
@login_required
def escalation_take(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Take it: the unit is reminded at once; the others go on to where they are written down."""
    proposal = _proposal(request, proposal_id)
    rung = request.POST.get("rung", "") or proposal.rung
    ahead = {Rung.INTERVIEW: "supervision:interview-new", Rung.ACCOUNTABILITY: "supervision:accountability-new"}
    if rung in ahead and policies.may_decide(request.user, proposal):
        query = {"proposal": proposal.pk, "reason": request.POST.get("reason", "")[:250]}
        return redirect(f"{reverse(ahead[Rung(rung)])}?{urlencode(query)}")
    return _act(
        request,
        proposal_id,
        lambda: actions.take_proposal(
            acting_user=request.user,
            proposal_id=proposal_id,
            rung=rung,
            reason=request.POST.get("reason", ""),
            revision=revision_of(request),
        ),
    )


@require_POST
@login_required
def escalation_dismiss(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Do not take it, for a reason."""
    _proposal(request, proposal_id)
    return _act(
        request,
        proposal_id,
        lambda: actions.dismiss_proposal(
            acting_user=request.user,
            proposal_id=proposal_id,
            reason=request.POST.get("reason", ""),
            revision=revision_of(request),
        ),
    )


def _act(request: HttpRequest, proposal_id: int, act: Any) -> HttpResponse:
    try:
        proposal: Proposal = act()
    except ValidationError as error:
        return _page(request, refused=proposal_id, problem="；".join(error.messages), status=422)
    except SupervisionError as error:
        return _page(request, refused=proposal_id, problem=str(error), status=409)
    if proposal.state == ProposalState.DISMISSED:
        messages.success(request, f"已记录：对{proposal.unit}不采取。")
    elif proposal.rung == Rung.BULLETIN and (url := _bulletin_url(proposal)):
        messages.success(request, f"已采取：通报{proposal.unit}，请拟通报。")
        return redirect(url)
    else:
        messages.success(request, f"已采取：{proposal.get_rung_display()}{proposal.unit}。")
    return redirect("supervision:escalations")


def _bulletin_url(proposal: Proposal) -> str:
    """Where bulletins are drawn, with the proposal; empty where no such page is installed."""
    try:
        url = reverse("bulletins:new")
    except NoReverseMatch:
        return ""
    kind = "lateness" if proposal.trigger in (Trigger.NOT_REPORTED, Trigger.LATE_AGAIN) else "supervision"
    query: dict[str, Any] = {"kind": kind, "proposals": proposal.pk}
    if proposal.plan_id is not None:
        query |= {"plans": proposal.plan_id, "plan": proposal.plan_id}
    return f"{url}?{urlencode(query)}"
