"""Supervision orders over HTTP; thin over ``actions`` and ``queries``."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Router, Status

from luoshi.apps.organisations.models import Unit
from luoshi.apps.supervision import actions, policies, queries
from luoshi.apps.supervision.api.order_schemas import (
    BelowIn,
    DecideIn,
    ExtensionIn,
    OpinionIn,
    OrderAcceptIn,
    OrderAnswerIn,
    OrderDetail,
    OrderIn,
    OrderOut,
    OrderQuery,
    OrderReasonIn,
    OrderSendBackIn,
    ReopenIn,
    RevisionIn,
    TextIn,
    order_values,
    page_values,
)
from luoshi.apps.supervision.errors import SupervisionError
from luoshi.apps.supervision.forms import usable_clocks
from luoshi.apps.supervision.models import Extension
from luoshi.apps.supervision.queries.orders import OrderFilter
from luoshi.site.api.paging import Page, page, page_of
from luoshi.site.api.problems import problem

orders = Router(tags=["督办"])


def install_problems(api: NinjaAPI) -> None:
    """What can stop an act here, as problem documents."""

    @api.exception_handler(SupervisionError)
    def _conflict(request: HttpRequest, error: SupervisionError) -> HttpResponse:
        return problem(request, 409, str(error))


def _detail(request: HttpRequest, order_id: int) -> dict[str, Any]:
    order = queries.visible_order(request.user, order_id)
    if order is None:
        raise Http404
    return page_values(queries.order_page(request.user, order))


def units_named(keys: list[str]) -> list[Unit]:
    """The units of keys, in their order; ``ValidationError`` names the first that there is not."""
    found = {unit.key: unit for unit in Unit.objects.filter(key__in=set(keys))}
    for key in keys:
        if key not in found:
            raise ValidationError(f"没有代码为“{key}”的单位。")
    return [found[key] for key in keys]


@orders.get("", response=Page[OrderOut], summary="督办事项列表")
def list_orders(request: HttpRequest, query: Query[OrderQuery]) -> Any:
    """期限近的在前。"""
    asked = OrderFilter(
        state=query.state or "",
        origin=query.origin or "",
        due=query.due or "",
        plan=query.plan or 0,
        unit=query.unit,
        owner=query.owner,
        sort="due",
    )
    total, items = page_of(queries.order_list(request.user, asked), query)
    return page(query, total, [order_values(order) for order in items])


@orders.post("", response={201: list[OrderOut]}, summary="新交办")
def create_orders(request: HttpRequest, body: OrderIn) -> Any:
    """每个承办单位各立一份；`assign` 为真的立即交办。"""
    (owner,) = units_named([body.owner])
    if not policies.may_assign(request.user, owner):
        raise Http404
    clock = usable_clocks(request.user).filter(key=body.clock).first() if body.clock else None
    if body.clock and clock is None:
        raise ValidationError(f"没有代码为“{body.clock}”的办理时限。")
    wanted = actions.Wanted(
        title=body.title,
        text=body.text,
        origin=body.origin,
        origin_text=body.origin_text,
        clock=clock,
        due_on=body.due_on,
        is_urgent=body.urgent,
        supporting=units_named(body.supporting),
    )
    act = actions.issue_orders if body.assign else actions.draft_orders
    made = act(acting_user=request.user, owner=owner, units=units_named(body.units), wanted=wanted)
    return Status(201, [order_values(order) for order in made])


@orders.get("/{int:order_id}", response=OrderDetail, summary="督办事项")
def get_order(request: HttpRequest, order_id: int) -> Any:
    """要求、环节、办理经过、分交和延期。"""
    return _detail(request, order_id)


@orders.post("/{int:order_id}/assign", response=OrderDetail, summary="交办")
def assign(request: HttpRequest, order_id: int, body: RevisionIn) -> Any:
    """编号、计算期限，通知承办单位。"""
    actions.assign_order(acting_user=request.user, order_id=order_id, revision=body.revision)
    return _detail(request, order_id)


@orders.post("/{int:order_id}/accept", response=OrderDetail, summary="签收")
def accept(request: HttpRequest, order_id: int, body: OrderAcceptIn) -> Any:
    """承办单位签收，写明承办人。"""
    actions.accept_order(acting_user=request.user, order_id=order_id, handler=body.handler, revision=body.revision)
    return _detail(request, order_id)


@orders.post("/{int:order_id}/report", response=OrderDetail, summary="报告进展")
def report(request: HttpRequest, order_id: int, body: TextIn) -> Any:
    """承办、协办单位都可以报告。"""
    actions.report_on_order(acting_user=request.user, order_id=order_id, text=body.text)
    return _detail(request, order_id)


@orders.post("/{int:order_id}/answer", response=OrderDetail, summary="报结")
def answer(request: HttpRequest, order_id: int, body: OrderAnswerIn) -> Any:
    """答复当前环节，等待审核。"""
    actions.answer_order(acting_user=request.user, order_id=order_id, text=body.text, stage=body.stage)
    return _detail(request, order_id)


@orders.post("/{int:order_id}/pass", response=OrderDetail, summary="通过环节")
def pass_stage(request: HttpRequest, order_id: int, body: OpinionIn) -> Any:
    """后面还有环节的，转入下一环节。"""
    actions.pass_stage(acting_user=request.user, order_id=order_id, text=body.text, revision=body.revision)
    return _detail(request, order_id)


@orders.post("/{int:order_id}/close", response=OrderDetail, summary="销号")
def close(request: HttpRequest, order_id: int, body: OpinionIn) -> Any:
    """最后一个环节通过；分交的事项须已全部销号。"""
    actions.close_order(acting_user=request.user, order_id=order_id, text=body.text, revision=body.revision)
    return _detail(request, order_id)


@orders.post("/{int:order_id}/send-back", response=OrderDetail, summary="退回")
def send_back(request: HttpRequest, order_id: int, body: OrderSendBackIn) -> Any:
    """写明理由，可以另定期限。"""
    actions.send_order_back(
        acting_user=request.user, order_id=order_id, reason=body.reason, until=body.until, revision=body.revision
    )
    return _detail(request, order_id)


@orders.post("/{int:order_id}/reopen", response=OrderDetail, summary="重新交办")
def reopen(request: HttpRequest, order_id: int, body: ReopenIn) -> Any:
    """已销号的事项重新办理，另定期限。"""
    actions.reopen_order(
        acting_user=request.user, order_id=order_id, reason=body.reason, until=body.until, revision=body.revision
    )
    return _detail(request, order_id)


@orders.post("/{int:order_id}/chase", response=OrderDetail, summary="催办")
def chase(request: HttpRequest, order_id: int, body: OpinionIn) -> Any:
    """一小时内只催一次。"""
    actions.chase_order(acting_user=request.user, order_id=order_id, text=body.text)
    return _detail(request, order_id)


@orders.post("/{int:order_id}/withdraw", response=OrderDetail, summary="撤销")
def withdraw(request: HttpRequest, order_id: int, body: OrderReasonIn) -> Any:
    """分交而未销号的一并撤销。"""
    actions.withdraw_order(acting_user=request.user, order_id=order_id, reason=body.reason, revision=body.revision)
    return _detail(request, order_id)


@orders.post("/{int:order_id}/extension", response=OrderDetail, summary="申请延期")
def ask_extension(request: HttpRequest, order_id: int, body: ExtensionIn) -> Any:
    """同时只能有一份申请待批。"""
    actions.ask_extension(acting_user=request.user, order_id=order_id, until=body.until, reason=body.reason)
    return _detail(request, order_id)


@orders.post("/{int:order_id}/extension/decide", response=OrderDetail, summary="审批延期")
def decide_extension(request: HttpRequest, order_id: int, body: DecideIn) -> Any:
    """办理待批的申请；没有待批的答 404。"""
    _detail(request, order_id)
    found = Extension.objects.filter(stage__order=order_id, granted=None).first()
    if found is None:
        raise Http404
    common = {"acting_user": request.user, "extension_id": found.pk, "remark": body.remark}
    if body.grant:
        actions.extend(**common, until=body.until)
    else:
        actions.refuse_extension(**common)
    return _detail(request, order_id)


@orders.post("/{int:order_id}/below", response={201: list[OrderOut]}, summary="分交下级")
def below(request: HttpRequest, order_id: int, body: BelowIn) -> Any:
    """以承办单位的名义交办；全部销号后本件才能销号。"""
    wanted = actions.Wanted(title=body.title, text=body.text, due_on=body.due_on)
    made = actions.assign_below(
        acting_user=request.user,
        order_id=order_id,
        units=units_named(body.units),
        wanted=wanted,
        revision=body.revision,
    )
    return Status(201, [order_values(order) for order in made])
