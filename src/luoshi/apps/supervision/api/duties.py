"""Counted duties over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from luoshi.apps.supervision import actions, policies, queries
from luoshi.apps.supervision.api.duty_schemas import (
    DutyBoardOut,
    DutyOut,
    EntryIn,
    EntryOut,
    YearQuery,
    board_values,
    duty_values,
    entry_values,
)
from luoshi.apps.supervision.api.order_schemas import OrderReasonIn
from luoshi.apps.supervision.models import Duty, DutyEntry
from luoshi.site.api.paging import Page, PageQuery, page, page_of

duties = Router(tags=["督办"])


@duties.get("", response=Page[DutyOut], summary="履职事项列表")
def list_duties(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """启用的在前。"""
    total, items = page_of(queries.duty_list(request.user), query)
    return page(query, total, [duty_values(row) for row in items])


def _duty(request: HttpRequest, duty_id: int) -> Duty:
    found = policies.visible_duties(request.user).select_related("owner").filter(pk=duty_id).first()
    if found is None:
        raise Http404
    return found


@duties.get("/{int:duty_id}", response=DutyBoardOut, summary="履职情况")
def get_duty(request: HttpRequest, duty_id: int, query: Query[YearQuery]) -> Any:
    """各人各期的次数，欠得多的在前。"""
    year = query.year or timezone.localdate().year
    return board_values(queries.duty_board(request.user, _duty(request, duty_id), year))


@duties.get("/{int:duty_id}/entries", response=Page[EntryOut], summary="履职记录")
def list_entries(request: HttpRequest, duty_id: int, query: Query[PageQuery]) -> Any:
    """最近的在前，撤销的也在内。"""
    total, items = page_of(queries.duty_log(request.user, _duty(request, duty_id)), query)
    return page(query, total, [entry_values(row) for row in items])


@duties.post("/{int:duty_id}/entries", response={201: EntryOut}, summary="登记履职")
def enter(request: HttpRequest, duty_id: int, body: EntryIn) -> Any:
    """为一位履职人登记。"""
    duty = _duty(request, duty_id)
    if not policies.visible_holders(request.user).filter(pk=body.holder, duty=duty).exists():
        raise Http404
    entry = actions.enter_duty(
        acting_user=request.user,
        holder_id=body.holder,
        day=body.day,
        amount=body.amount,
        text=body.text,
        place=body.place,
    )
    return Status(201, entry_values(entry))


@duties.post("/entries/{int:entry_id}/withdraw", response=EntryOut, summary="撤销履职记录")
def withdraw(request: HttpRequest, entry_id: int, body: OrderReasonIn) -> Any:
    """记录保留，不再计数。"""
    actions.withdraw_entry(acting_user=request.user, entry_id=entry_id, reason=body.reason[:200])
    return entry_values(DutyEntry.objects.get(pk=entry_id))
