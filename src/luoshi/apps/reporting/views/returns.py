"""填报: one return to fill in, and what its script asks for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.apps.organisations.choosing import options
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.views.reading import number_in
from luoshi.apps.reporting import actions
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.errors import Overlap, ReportingError
from luoshi.apps.reporting.models import Channel, Evidence, Return, ReturnState, StepAction, Submission
from luoshi.apps.reporting.policies import may_collect, may_fill, may_review
from luoshi.apps.reporting.prefilling import reader_of
from luoshi.apps.reporting.queries.returns import Sheet, return_sheet
from luoshi.apps.reporting.queries.timeline import steps_of
from luoshi.apps.reporting.states import EDITABLE
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.apps.reporting.timing import no_recall
from luoshi.apps.reporting.views.answers import (
    ahead_of_submitting,
    answer_or_404,
    body_of,
    bounded_upload,
    filled_by,
    head_of,
    revision_of,
    row_map,
    script_view,
    state_of,
    text_map,
    too_large,
)
from luoshi.apps.reporting.views.sheets import (
    files_json,
    moment_text,
    problems_json,
    sheet_json,
    steps_in_words,
    units_named,
)
from luoshi.forms.model import SectionKind
from luoshi.periods import Period


def page_context(request: HttpRequest, answer: Return, sheet: Sheet, *, editable: bool) -> dict[str, Any]:
    """What the pages that show a sheet share."""
    return {
        "answer": answer,
        "sheet": sheet_json(sheet, user=request.user, editable=editable),
        "head": head_of(answer, request.user, closed=sheet.closed),
        "notes": sheet.definition.notes,
        "previous_period": Period.parse(sheet.previous_period).label if sheet.previous_period else "",
        "editable": editable,
        "steps": steps_in_words(answer, steps_of(answer, as_of=sheet.as_of), sheet.remarks),
    }


@require_GET
@login_required
def return_page(request: HttpRequest, answer_id: int) -> HttpResponse:
    """One return: filled in by its reporters, read by all others who may see it."""
    answer = answer_or_404(request, answer_id)
    sheet = return_sheet(answer, user=request.user)
    mine = may_fill(request.user, answer)
    editable = mine and sheet.editable
    may_submit = editable and not sheet.closed
    context = page_context(request, answer, sheet, editable=editable)
    if may_submit:
        ahead = ahead_of_submitting(answer, request.user)
        context["submit_label"] = ahead.label
        context["sheet"] |= {"submit_words": ahead.words, "submit_title": f"报送{answer.round.form.title}"}
    saved = (
        f"已保存，最近由 {answer.updated_by} 于 {moment_text(answer.updated_at)} 修改"
        if answer.updated_at
        else "填写后自动保存"
    )
    context["sheet"]["saved_words"] = saved
    blank = [address for address in sheet.given if not sheet.values.cells.get(address)]
    context |= {
        "may_submit": may_submit,
        "may_recall": mine and _may_recall(answer, context["steps"]),
        "may_review": may_review(request.user, answer),
        "may_reopen": may_collect(request.user, answer.round.form) and _may_reopen(answer),
        "given_count": len(blank) if editable else 0,
        "may_prefill": editable and reader_of(answer.round.form.key) is not None,
        "recall_words": _recall_words(answer, context["steps"], timezone.now()),
        "asked_again": _asked_again(context["steps"], answer),
        "why_closed": sheet.closed if mine and answer.state in EDITABLE else "",
        "read_only_words": _read_only_words(answer, mine),
    }
    if context["head"]["exempt"]:
        context["head"]["exempt_reason"] = next(
            (step["reason"] for step in reversed(context["steps"]) if step["action"] == StepAction.EXEMPT), ""
        )
    return render(request, "reporting/return.html", context)


def _may_recall(answer: Return, steps: list[dict[str, Any]]) -> bool:
    """Whether the last submission waits, nobody has passed it yet, and it could be submitted again."""
    if answer.state != ReturnState.IN_REVIEW:
        return False
    done = [step["action"] for step in steps]
    since = len(done) - done[::-1].index(StepAction.SUBMIT)
    answered = StepAction.SEND_BACK in done[:since] or StepAction.REOPEN in done[:since]
    state = ReturnState.SENT_BACK if answered else ReturnState.OPEN
    return StepAction.PASS not in done[since:] and not no_recall(answer, timezone.now(), state)


def _may_reopen(answer: Return) -> bool:
    if answer.reopened or answer.state in (ReturnState.IN_REVIEW, ReturnState.EXEMPT):
        return False
    over = answer.round.frozen_at is not None or timezone.now() > answer.round.late_until
    return answer.state == ReturnState.ACCEPTED or (answer.state == ReturnState.OPEN and over)


def _asked_again(steps: list[dict[str, Any]], answer: Return) -> list[dict[str, Any]]:
    """Why the unit has the return again: who sent it back and who opened it again since it was last submitted.

    A submission that was recalled answered nothing: what was asked before stands.
    """
    if answer.state not in EDITABLE:
        return []
    asked: list[dict[str, Any]] = []
    before: list[dict[str, Any]] = []
    for step in steps:
        if step["action"] == StepAction.SUBMIT:
            asked, before = [], asked
        elif step["action"] == StepAction.RECALL:
            asked = before
        elif step["action"] in (StepAction.SEND_BACK, StepAction.REOPEN):
            asked = [*asked, step]
    return asked


def _recall_words(answer: Return, steps: list[dict[str, Any]], now: Any) -> str:
    """What taking the submission back leads to, and until when it must be submitted again."""
    round_ = answer.round
    if any(step["action"] in (StepAction.SEND_BACK, StepAction.REOPEN) for step in steps):
        return "撤回后请改好重新报送，收表单位在等这份更正。"
    if now <= round_.due_at:
        return f"撤回后须在 {moment_in_words(round_.due_at)} 前重新报送，否则计为未报。"
    return f"已过截止时间，撤回后须在 {moment_in_words(round_.late_until)} 前重新报送，按迟报计，否则计为未报。"


def _read_only_words(answer: Return, mine: bool) -> str:
    if answer.state == ReturnState.IN_REVIEW:
        return "已报送，正在审核"
    if answer.state == ReturnState.ACCEPTED:
        return "已通过，只能查看"
    if answer.state == ReturnState.EXEMPT:
        return "本期免报"
    return "只能查看" if mine else f"由{answer.unit}的填报员填报"


def state_json(answer: Return) -> dict[str, Any]:
    """All that stands in a return now, for a script whose copy is behind."""
    asked = asked_by(answer.round.version)
    return {
        "revision": answer.revision,
        "cells": answer.cells,
        "rows": {
            section.key: answer.rows.get(section.key, [])
            for section in asked.definition.sections
            if section.kind is SectionKind.REPEATED
        },
        "reasons": answer.reasons,
        "by": str(answer.updated_by) if answer.updated_by else "",
        "units": units_named(asked.definition, answer.cells),
    }


@require_http_methods(["PATCH"])
@script_view
def return_cells(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Keep what was typed; the answer holds problems, computed cells and what became of the texts."""
    filled_by(request, answer_id)
    sent = body_of(request)
    cells, rows, reasons = text_map(sent.get("cells")), row_map(sent.get("rows")), text_map(sent.get("reasons"))
    try:
        saved = actions.save_cells(
            acting_user=request.user,
            answer_id=answer_id,
            cells=cells,
            rows=rows,
            reasons=reasons,
            revision=revision_of(sent.get("revision")),
        )
    except Overlap as error:
        answer = answer_or_404(request, answer_id)
        return JsonResponse({"message": str(error)} | state_json(answer), status=409)
    answer = answer_or_404(request, answer_id)
    stored = {address: answer.cells.get(address) for address in cells}
    definition = asked_by(answer.round.version).definition
    body = {
        "revision": saved.revision,
        "problems": problems_json(saved.problems),
        "computed": saved.computed,
        "cells": stored,
        "units": units_named(definition, {address: text for address, text in stored.items() if text}),
    }
    if saved.merged:
        body["state"] = state_json(answer)
    return JsonResponse(body)


@require_POST
@script_view
def return_submit(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Submit what was saved."""
    filled_by(request, answer_id)
    sent = body_of(request)
    key = sent.get("key")
    actions.submit_return(
        acting_user=request.user,
        answer_id=answer_id,
        revision=revision_of(sent.get("revision")),
        channel=Channel.WEB,
        key=key if isinstance(key, str) else "",
    )
    answer = answer_or_404(request, answer_id)
    messages.success(request, submitted_words(answer))
    return JsonResponse({"url": reverse("reporting:return", args=(answer_id,))})


def submitted_words(answer: Return) -> str:
    """What became of a submission, for the message on the next page."""
    state = state_of(answer)
    what = f"{Period.parse(answer.round.period).label}《{answer.round.form.title}》"
    return f"已报送{what}，{'已通过' if answer.state == ReturnState.ACCEPTED else state.label}。"


@require_POST
@login_required
def return_prefill(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Bring the rows up to what the system holds now."""
    answer = answer_or_404(request, answer_id)
    try:
        changed = actions.prefill_return(acting_user=request.user, answer_id=answer.pk)
    except ReportingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已按台账更新，请核对后报送。" if changed else "与台账一致，没有变化。")
    return redirect("reporting:return", answer.pk)


@require_POST
@login_required
def return_recall(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Take back what was submitted, before anybody has reviewed it."""
    try:
        actions.recall_return(acting_user=request.user, answer_id=answer_id)
        messages.success(request, "已撤回，可以修改后重新报送。")
    except ReportingError as error:
        messages.error(request, str(error))
    return redirect("reporting:return", answer_id)


@require_http_methods(["GET", "POST"])
@login_required
def return_reopen(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Open a return again that was accepted or whose time has run out, with a reason."""
    answer = answer_or_404(request, answer_id)
    if not may_collect(request.user, answer.round.form):
        raise PermissionDenied("只有收表单位可以重开。")
    trouble, reason = "", request.POST.get("reason", "").strip()
    if request.method == "POST":
        try:
            actions.reopen_return(acting_user=request.user, answer_id=answer_id, reason=reason)
            messages.success(request, f"已重开，{answer.unit}可以修改后重新报送。")
            return redirect("reporting:return", answer_id)
        except ReportingError as error:
            trouble = str(error)
        except ValidationError as error:
            trouble = "；".join(error.messages)
    context = {"answer": answer, "head": head_of(answer, request.user), "trouble": trouble, "reason": reason}
    return render(request, "reporting/return_reopen.html", context, status=422 if trouble else 200)


@require_GET
@script_view
def return_units(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Units by a part of their name, for cells that name one."""
    answer_or_404(request, answer_id)
    text = request.GET.get("q", "").strip()[:60]
    found = options(text, Unit.objects.all())
    return JsonResponse({"units": [{"key": one.key, "label": one.label} for one in found]})


@bounded_upload
@require_POST
@script_view
def return_evidence(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Put a file into a cell, or take one away (``remove``: its number)."""
    filled_by(request, answer_id)
    address = request.POST.get("address", "")[:200]
    if request.POST.get("remove"):
        number = number_in(request.POST, "remove", 0)
        get_object_or_404(Evidence, pk=number, answer=answer_id)
        actions.remove_evidence(acting_user=request.user, evidence_id=number)
    else:
        file = request.FILES.get("file")
        if file is None:
            raise ValidationError(too_large(request) or "请选择文件。")
        actions.attach_evidence(acting_user=request.user, answer_id=answer_id, address=address, file=file)
    answer = answer_or_404(request, answer_id)
    sheet = return_sheet(answer, user=request.user)
    value = answer.cells.get(address)
    return JsonResponse(
        {
            "revision": answer.revision,
            "value": value,
            "files": files_json(sheet.evidence),
            "problems": problems_json(sheet.problems),
        }
    )


@require_GET
@login_required
def evidence_file(request: HttpRequest, answer_id: int, evidence_id: int) -> FileResponse:
    """A file of a return, as a download."""
    answer = answer_or_404(request, answer_id)
    found = get_object_or_404(Evidence.objects.filter(answer=answer), pk=evidence_id)
    try:
        opened = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(opened, as_attachment=True, filename=found.name, content_type="application/octet-stream")


@require_GET
@login_required
def return_history(request: HttpRequest, answer_id: int, ordinal: int) -> HttpResponse:
    """What was submitted the n-th time, as it was known then."""
    answer = answer_or_404(request, answer_id)
    rows = Submission.objects.select_related("submitted_by").only("ordinal", "submitted_at", "submitted_by")
    submission = get_object_or_404(rows, answer=answer, ordinal=ordinal)
    sheet = return_sheet(answer, user=request.user, as_of=submission.submitted_at)
    context = page_context(request, answer, sheet, editable=False)
    context["history"] = {
        "ordinal": ordinal,
        "at": moment_text(submission.submitted_at),
        "by": submission.submitted_by,
        "changed": len(sheet.changes),
    }
    context["sheet"] |= {"saved_words": "", "history": True}
    context["read_only_words"] = f"第 {ordinal} 次报送的内容"
    return render(request, "reporting/return.html", context)
