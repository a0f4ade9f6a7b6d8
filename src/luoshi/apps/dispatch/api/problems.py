"""需协同事项 over HTTP."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.api.schemas import DispatchReasonIn, OutcomeIn, ProblemIn, ProblemOut, ProblemQuery
from luoshi.apps.dispatch.models import Problem
from luoshi.apps.dispatch.policies import may_raise_for, visible_problems
from luoshi.apps.dispatch.queries import ProblemFilter, problem_list
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.policies import visible_plans
from luoshi.site.api.paging import Page, page, page_of
from luoshi.site.api.values import unit_ref

problems = Router(tags=["调度"])
_NAMES = ("plan_id", "text", "asked_text", "due_on", "state", "outcome", "raised_at", "settled_at", "revision")


def _row(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in _NAMES} | {
        "id": problem.pk,
        "unit": unit_ref(problem.unit),
        "asked": unit_ref(problem.asked) if problem.asked else None,
        "return_id": problem.answer_id,
    }


def _one(user: Any, problem_id: int) -> dict[str, Any]:
    found = visible_problems(user).select_related("unit", "asked").filter(pk=problem_id).first()
    if found is None:
        raise Http404
    return _row(found)


@problems.get("", response=Page[ProblemOut], summary="需协同事项列表")
def list_problems(request: HttpRequest, query: Query[ProblemQuery]) -> dict[str, Any]:
    """看得到的需协同事项。"""
    asked = ProblemFilter(query.state, query.plan, query.unit)
    total, rows = page_of(problem_list(request.user, asked), query)
    return page(query, total, [_row(row) for row in rows])


@problems.get("/{int:problem_id}", response=ProblemOut, summary="一个需协同事项")
def get_problem(request: HttpRequest, problem_id: int) -> dict[str, Any]:
    """问题、请谁协同、结果。"""
    return _one(request.user, problem_id)


@problems.post("", response={201: ProblemOut}, summary="提出需协同事项")
def raise_problem(request: HttpRequest, body: ProblemIn) -> Status[dict[str, Any]]:
    """替自己的单位提出；对方会收到通知，并自动列入下次会议。"""
    unit = may_raise_for(request.user).filter(key=body.unit).first()
    if unit is None:
        raise ValidationError(f"没有这个单位，或您不是它的人员：{body.unit[:60]}。")
    asked = Unit.objects.filter(key=body.asked).first() if body.asked else None
    if body.asked and asked is None:
        raise ValidationError(f"没有这个单位：{body.asked[:60]}。")
    plan = visible_plans(request.user).filter(pk=body.plan).first() if body.plan else None
    if body.plan and plan is None:
        raise ValidationError("没有这份方案，或您看不到。")
    problem = actions.raise_problem(
        acting_user=request.user, unit=unit, text=body.text, plan=plan, asked=asked, due_on=body.due_on
    )
    return Status(201, _row(problem))


@problems.post("/{int:problem_id}/settle", response=ProblemOut, summary="记为已解决")
def settle_problem(request: HttpRequest, problem_id: int, body: OutcomeIn) -> dict[str, Any]:
    """写明怎样解决的。"""
    actions.settle_problem(acting_user=request.user, problem_id=problem_id, outcome=body.outcome)
    return _one(request.user, problem_id)


@problems.post("/{int:problem_id}/drop", response=ProblemOut, summary="不再协调")
def drop_problem(request: HttpRequest, problem_id: int, body: DispatchReasonIn) -> dict[str, Any]:
    """写明理由。"""
    actions.drop_problem(acting_user=request.user, problem_id=problem_id, reason=body.reason)
    return _one(request.user, problem_id)


@problems.post("/{int:problem_id}/reopen", response=ProblemOut, summary="重新提出")
def reopen_problem(request: HttpRequest, problem_id: int, body: DispatchReasonIn) -> dict[str, Any]:
    """仍未解决的重新提出。"""
    actions.reopen_problem(acting_user=request.user, problem_id=problem_id, reason=body.reason)
    return _one(request.user, problem_id)
