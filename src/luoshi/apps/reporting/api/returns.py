"""The returns over HTTP, for units with systems of their own; thin over ``actions`` and ``queries``."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Header, NinjaAPI, Query, Router, Status

from luoshi.apps.reporting import actions
from luoshi.apps.reporting.api.return_schemas import (
    AcceptedOut,
    AcceptIn,
    AsOf,
    CellsIn,
    PassIn,
    ReasonIn,
    ReturnDetail,
    ReturnOut,
    ReturnQuery,
    SavedOut,
    SendBackIn,
    StepOut,
    SubmissionIn,
    SubmissionOut,
)
from luoshi.apps.reporting.errors import Overlap, ReportingError, ReturnRefused
from luoshi.apps.reporting.models import Return, Submission
from luoshi.apps.reporting.policies import fillable_returns, reviewable_returns, visible_returns
from luoshi.apps.reporting.queries.returns import Sheet, listed, return_sheet, visible_return
from luoshi.apps.reporting.queries.timeline import timeline
from luoshi.apps.reporting.states import EDITABLE
from luoshi.forms.model import Problem, Values
from luoshi.site.api.paging import Page, page, page_of
from luoshi.site.api.problems import problem
from luoshi.site.api.values import unit_ref

returns = Router(tags=["报送"])


def install_problems(api: NinjaAPI) -> None:
    """What can stop an act here, as problem documents."""

    @api.exception_handler(ReturnRefused)
    def _refused(request: HttpRequest, error: ReturnRefused) -> HttpResponse:
        return problem(request, 422, str(error), problems=[_problem(item) for item in error.problems])

    @api.exception_handler(Overlap)
    def _overlap(request: HttpRequest, error: Overlap) -> HttpResponse:
        conflicts = [{"address": item.address, "mine": item.mine, "theirs": item.theirs} for item in error.conflicts]
        return problem(request, 409, str(error), conflicts=conflicts)

    @api.exception_handler(ReportingError)
    def _conflict(request: HttpRequest, error: ReportingError) -> HttpResponse:
        return problem(request, 409, str(error))


def _problem(item: Problem) -> dict[str, str]:
    return {
        "address": item.address,
        "severity": str(item.severity),
        "code": item.code,
        "message": item.message,
    }


def _row(answer: Return) -> dict[str, Any]:
    found = answer.round
    names = ("state", "stage", "revision", "submitted_at", "accepted_at")
    moments = ("period", "opened_at", "due_at", "late_until", "frozen_at")
    return {name: getattr(answer, name) for name in names} | {
        "id": answer.pk,
        "form": {"key": found.form.key, "title": found.form.title, "version": found.version.ordinal},
        "unit": unit_ref(answer.unit),
        **{name: getattr(found, name) for name in moments},
    }


def _detail(sheet: Sheet) -> dict[str, Any]:
    return _row(sheet.answer) | {
        "state": sheet.state,
        "stage": sheet.stage,
        "cells": dict(sheet.values.cells),
        "rows": {key: list(keys) for key, keys in sheet.values.rows.items()},
        "reasons": dict(sheet.reasons),
        "problems": [_problem(item) for item in sheet.problems],
        "given": {
            address: {
                "value": item.text,
                "state": item.state,
                "form": item.form,
                "unit": item.unit,
                "at": item.at,
                "return_id": item.return_id,
                "cell": item.cell,
            }
            for address, item in sheet.given.items()
        },
        "previous_period": sheet.previous_period,
        "previous": dict(sheet.context.previous),
        "targets": {address: f"{value:f}" for address, value in sheet.context.targets.items()},
        "expected": {address: f"{value:f}" for address, value in sheet.context.expected.items()},
        "remarks": [_remark(item) for item in sheet.remarks],
        "changes": [_change(item) for item in sheet.changes],
        "submission": sheet.submission.ordinal if sheet.submission else None,
        "editable": sheet.editable,
        "closed": sheet.closed,
    }


def _remark(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in ("address", "value", "text", "settled_at")}


def _change(item: Any) -> dict[str, Any]:
    return {"address": item.address, "before": item.before, "after": item.after}


def _answer(user: Any, return_id: int) -> Return:
    found = visible_return(user, return_id)
    if found is None:
        raise Http404
    return found


@returns.get("", response=Page[ReturnOut], summary="报送列表")
def list_returns(request: HttpRequest, query: Query[ReturnQuery]) -> Any:
    """截止在后的在前。"""
    rows = visible_returns(request.user)
    if query.waiting == "fill":
        rows = fillable_returns(request.user).filter(state__in=EDITABLE)
    elif query.waiting == "review":
        rows = reviewable_returns(request.user)
    wanted = {
        "round__form__key": query.form,
        "round__period": query.period,
        "unit": query.unit,
        "state": query.state,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    total, items = page_of(listed(rows).order_by("-round__due_at", "round", "unit__path", "pk"), query)
    return page(query, total, [_row(item) for item in items])


@returns.post("/accept", response=AcceptedOut, summary="批量通过")
def accept_returns(request: HttpRequest, body: AcceptIn) -> Any:
    """逐份答结果；不能通过的说明原因，不影响其他。填报单位已重新报送的不予通过。"""
    done = actions.accept_many(acting_user=request.user, returns=[(item.id, item.ordinal) for item in body.returns])
    return {"done": list(done.done), "refused": [{"id": pk, "detail": why} for pk, why in done.refused]}


@returns.get("/{int:return_id}", response=ReturnDetail, summary="报送")
def get_return(request: HttpRequest, return_id: int, query: Query[AsOf]) -> Any:
    """填报内容、比照数和问题；给出 `as_of` 的，为当时报出的内容。"""
    return _detail(return_sheet(_answer(request.user, return_id), user=request.user, as_of=query.as_of))


@returns.get("/{int:return_id}/timeline", response=list[StepOut], summary="办理经过")
def get_timeline(request: HttpRequest, return_id: int) -> Any:
    """从先到后。"""
    names = ("at", "action", "what", "who", "state", "stage", "reason")
    return [
        {name: getattr(step, name) for name in names}
        | {
            "submission": step.submission.ordinal if step.submission else None,
            "remarks": [_remark(item) for item in step.remarks],
            "changes": [_change(item) for item in step.changes],
        }
        for step in timeline(_answer(request.user, return_id))
    ]


@returns.patch("/{int:return_id}/cells", response=SavedOut, summary="保存单元格")
def save_cells(request: HttpRequest, return_id: int, body: CellsIn) -> Any:
    """只改给出的格，其余不动；填错的照样保存，并指出问题。"""
    saved = actions.save_cells(
        acting_user=request.user,
        answer_id=return_id,
        cells=body.cells,
        rows=body.rows,
        reasons=body.reasons,
        revision=body.revision,
        reuse=body.reuse,
    )
    return {
        "revision": saved.revision,
        "merged": saved.merged,
        "problems": [_problem(item) for item in saved.problems],
        "computed": saved.computed,
    }


@returns.post("/{int:return_id}/submissions", response={200: SubmissionOut, 201: SubmissionOut}, summary="报送")
def submit(
    request: HttpRequest,
    return_id: int,
    body: SubmissionIn,
    key: Annotated[str, Header(alias="Idempotency-Key", max_length=80, description="幂等键：同一键只收一次")] = "",
) -> Any:
    """全部收下或全部不收：有错的答 422，`problems` 列出全部问题。

    请求头给出 `Idempotency-Key` 的，重发同一内容答首次的结果（200），内容不同的答 409。
    """
    at = timezone.now()
    submission = actions.submit_return(
        acting_user=request.user,
        answer_id=return_id,
        revision=body.revision,
        channel="api",
        key=key,
        values=None if body.cells is None else Values(body.cells, body.rows or {}),  # type: ignore[arg-type]
        reasons={address: text for address, text in body.reasons.items() if text},
        now=at,
    )
    return Status(201 if submission.submitted_at == at else 200, _submission(submission))


def _submission(item: Submission) -> dict[str, Any]:
    answer = item.answer
    return {
        "id": item.pk,
        "return_id": answer.pk,
        "ordinal": item.ordinal,
        "submitted_at": item.submitted_at,
        "late": (answer.submitted_at or item.submitted_at) > answer.round.due_at,
        "state": answer.state,
        "stage": answer.stage,
    }


def _acted(user: Any, return_id: int) -> dict[str, Any]:
    """How a return stands after an act; who acted may no longer see it."""
    return _row(get_object_or_404(listed(visible_returns(user)), pk=return_id))


@returns.post("/{int:return_id}/recall", response=ReturnOut, summary="撤回")
def recall(request: HttpRequest, return_id: int) -> Any:
    """还没有人审核的，可以撤回修改。"""
    actions.recall_return(acting_user=request.user, answer_id=return_id)
    return _acted(request.user, return_id)


@returns.post("/{int:return_id}/pass", response=ReturnOut, summary="审核通过")
def pass_return(request: HttpRequest, return_id: int, body: PassIn) -> Any:
    """转下一环节；最后一个环节通过的，数据记入。"""
    actions.pass_stage(acting_user=request.user, answer_id=return_id, ordinal=body.ordinal)
    return _acted(request.user, return_id)


@returns.post("/{int:return_id}/send-back", response=ReturnOut, summary="退回")
def send_back(request: HttpRequest, return_id: int, body: SendBackIn) -> Any:
    """写明理由，可逐格提出意见。"""
    actions.send_back(
        acting_user=request.user,
        answer_id=return_id,
        reason=body.reason,
        remarks=body.remarks,
        ordinal=body.ordinal,
    )
    return _acted(request.user, return_id)


@returns.post("/{int:return_id}/reopen", response=ReturnOut, summary="重开")
def reopen(request: HttpRequest, return_id: int, body: ReasonIn) -> Any:
    """收表单位重开已通过、已封存或已过迟报期限的报表。"""
    actions.reopen_return(acting_user=request.user, answer_id=return_id, reason=body.reason)
    return _acted(request.user, return_id)
