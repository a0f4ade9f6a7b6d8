"""体检: the findings of a draft, and of the plan that it became."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from luoshi.apps.checkup import actions, policies, queries
from luoshi.apps.checkup.checking import ensure_checked
from luoshi.apps.checkup.errors import StaleFinding
from luoshi.apps.checkup.export import write_findings
from luoshi.apps.checkup.models import Decision, Finding
from luoshi.apps.checkup.queries import FindingFilter
from luoshi.apps.intake.errors import IntakeError, Invalid
from luoshi.apps.intake.models import Draft, DraftState
from luoshi.apps.intake.policies import may_enter, visible_drafts
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Plan
from luoshi.apps.plans.views.reading import number_in
from luoshi.site.workbooks import download, spool

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def _keeper_page(view: View) -> View:
    """Sign-in first; then only those who keep some owner."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(may_enter(request.user), "只有统筹办和系统管理员可以看草稿的体检。")
        return view(request, *args, **kwargs)

    return login_required(guarded)


def _draft(request: HttpRequest, draft_id: int) -> Draft:
    rows = visible_drafts(request.user).select_related("owner", "document", "version__plan__owner")
    return get_object_or_404(rows, pk=draft_id)


def _plan(request: HttpRequest, plan_id: int) -> Plan:
    return get_object_or_404(policies.checked_plans(request.user).select_related("owner"), pk=plan_id)


def _checked(draft: Draft) -> bool:
    """Whether the draft has been checked, if need be just now; a check-up that fails must not take the page away."""
    try:
        ensure_checked(draft)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("draft %s could not be checked", draft.pk)
        return False
    return True


def _context(request: HttpRequest, draft: Draft, plan: Plan | None) -> dict[str, Any]:
    """What a page and one of its cards share."""
    open_draft = draft.state == DraftState.OPEN
    name, key = ("plan", plan.pk) if plan else ("draft", draft.pk)
    return {
        "draft": draft,
        "plan": plan,
        "may_decide": policies.may_decide(request.user, draft) and draft.state != DraftState.DISCARDED,
        "open_draft": open_draft,
        "decide_name": f"checkup:{name}-decide",
        "object_id": key,
        "page_url": reverse(f"checkup:{name}", args=(key,)),
        "export_url": reverse(f"checkup:{name}-export", args=(key,)),
    }


def _page(request: HttpRequest, draft: Draft | None, plan: Plan | None, version: int = 0) -> HttpResponse:
    asked = FindingFilter.from_address(request.GET)
    context: dict[str, Any] = {"plan": plan, "asked": asked, "draft": draft}
    if draft is not None:
        checked = _checked(draft)
        address = asked.address()
        more = f"&version={version}" if version else ""
        context |= _context(request, draft, plan) | {
            "checked": checked,
            "checked_at": queries.checked_at(draft),
            "counts": queries.counts_of(draft),
            "page": queries.finding_page(draft, asked, number_in(request.GET, "page"), user=request.user, plan=plan),
            "address": address,
            "more": more,
            "states": queries.STATES,
            "version": version,
            "page_address": f"?{address}{more}&page=" if address else f"?{more.removeprefix('&')}&page=",
        }
    return render(request, "checkup/plan.html" if plan else "checkup/draft.html", context)


def _card(request: HttpRequest, draft: Draft, plan: Plan | None, finding: Finding, **more: Any) -> HttpResponse:
    """One finding as it stands, with the counts above the list."""
    finding = Finding.objects.select_related("decided_by").get(pk=finding.pk)
    row = queries.finding_rows(draft, [finding], user=request.user, plan=plan)[0]
    context = {**_context(request, draft, plan), "row": row, "counts": queries.counts_of(draft), "answer": True, **more}
    return render(request, "checkup/_answer.html", context, status=more.get("status", 200))


def _decide(request: HttpRequest, draft: Draft, plan: Plan | None, finding_id: int) -> HttpResponse:
    finding = get_object_or_404(Finding.objects.filter(draft=draft), pk=finding_id)
    sent = request.POST
    typed = {"typed": sent.get("note", ""), "typed_other": sent.get("other", "")}
    trouble, status = "", 200
    try:
        decision = sent.get("decision", "")
        other = sent.get("other", "") if decision in (Decision.KEEP_FIRST, Decision.KEEP_SECOND) else ""
        actions.decide(
            acting_user=request.user,
            finding=finding,
            decision=decision,
            revision=number_in(sent, "revision", 0),
            note=sent.get("note", ""),
            other=other,
        )
    except StaleFinding as error:
        trouble, status = str(error), 409
    except Invalid as error:
        trouble, status = str(error), 422
    except IntakeError as error:
        trouble, status = str(error), 409
    if request.headers.get("HX-Request"):
        return _card(request, draft, plan, finding, **(typed if trouble else {}), trouble=trouble, status=status)
    if trouble:
        messages.error(request, trouble)
        row = queries.finding_rows(draft, [finding], user=request.user, plan=plan)[0]
        context = {**_context(request, draft, plan), "row": row}
        return render(request, "checkup/one.html", {**context, **typed, "trouble": ""}, status=status)
    back = reverse("checkup:plan" if plan else "checkup:draft", args=(plan.pk if plan else draft.pk,))
    return redirect(f"{back}#finding-{finding.pk}")


def _export(request: HttpRequest, draft: Draft | None, title: str) -> FileResponse:
    now, file = timezone.localtime(), spool()
    asked = FindingFilter.from_address(request.GET)
    rows = asked.narrow(queries.findings_of(draft)) if draft else []
    write_findings(file, rows, told=[("方案", title), *asked.told()], person=str(request.user), at=now)
    return download(file, f"体检-{now:%Y%m%d-%H%M}.xlsx")


@require_safe
@_keeper_page
def draft_checks(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The findings of a draft."""
    return _page(request, _draft(request, draft_id), None)


@require_safe
@_keeper_page
def draft_export(request: HttpRequest, draft_id: int) -> FileResponse:
    """The same as an Excel workbook."""
    draft = _draft(request, draft_id)
    _checked(draft)
    return _export(request, draft, draft.title)


@require_POST
@_keeper_page
def draft_again(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Run the check-up once more."""
    return _again(request, _draft(request, draft_id), reverse("checkup:draft", args=(draft_id,)))


def _again(request: HttpRequest, draft: Draft, back: str) -> HttpResponse:
    try:
        count = actions.check_again(acting_user=request.user, draft=draft)
        messages.success(request, f"已重新体检，共 {count} 处所见；已处理的保留。")
    except IntakeError as error:
        messages.error(request, str(error))
    return redirect(back)


@require_POST
@_keeper_page
def draft_decide(request: HttpRequest, draft_id: int, finding_id: int) -> HttpResponse:
    """Decide on a finding of a draft."""
    return _decide(request, _draft(request, draft_id), None, finding_id)


@require_safe
@login_required
def plan_checks(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The findings of a plan's version, the latest by default."""
    plan = _plan(request, plan_id)
    version = number_in(request.GET, "version", 0)
    return _page(request, queries.draft_of(plan, version or None), plan, version)


@require_safe
@login_required
def plan_export(request: HttpRequest, plan_id: int) -> FileResponse:
    """The same as an Excel workbook."""
    plan = _plan(request, plan_id)
    draft = queries.draft_of(plan, number_in(request.GET, "version", 0) or None)
    if draft is not None:
        _checked(draft)
    return _export(request, draft, plan.title)


@require_POST
@login_required
def plan_again(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Run the check-up of a plan's version once more: names were made known, the rules were renewed."""
    plan = _plan(request, plan_id)
    version = number_in(request.GET, "version", 0)
    draft = queries.draft_of(plan, version or None)
    if draft is None:
        raise Http404
    return _again(
        request, draft, f"{reverse('checkup:plan', args=(plan.pk,))}{f'?version={version}' if version else ''}"
    )


@require_POST
@login_required
def plan_decide(request: HttpRequest, plan_id: int, finding_id: int) -> HttpResponse:
    """Decide on a finding of a plan, recorded with it; nothing in the ledger changes."""
    plan = _plan(request, plan_id)
    draft = get_object_or_404(queries.drafts_of(plan).filter(findings__pk=finding_id))
    return _decide(request, draft, plan, finding_id)
