"""The page of the day, the list of orders, one order, its files."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from luoshi.apps.organisations.models import Role
from luoshi.apps.organisations.policies import authority
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Instruction, Plan
from luoshi.apps.plans.policies import visible_instructions, visible_plans
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.apps.supervision import policies, queries
from luoshi.apps.supervision.models import Order, OrderAction, OrderEvidence, OrderState, Origin
from luoshi.apps.supervision.printing import DOCX, order_file
from luoshi.apps.supervision.queries.orders import DUES, row_of
from luoshi.apps.supervision.views.common import order_filter, order_or_404, page_links, paged
from luoshi.site.workbooks import list_file

#: The parts of a list by state: what waits first.
TABS = (
    ("", "全部"),
    ("open", "未办结"),
    (OrderState.ASSIGNED.value, "待签收"),
    (OrderState.IN_WORK.value, "办理中"),
    (OrderState.ANSWERED.value, "待审核"),
    (OrderState.SENT_BACK.value, "退回重办"),
    (OrderState.CLOSED.value, "已销号"),
    (OrderState.DRAFT.value, "拟办"),
    (OrderState.WITHDRAWN.value, "已撤销"),
)
STATE_COLOURS = {
    OrderState.DRAFT: "secondary",
    OrderState.ASSIGNED: "yellow",
    OrderState.IN_WORK: "blue",
    OrderState.ANSWERED: "purple",
    OrderState.SENT_BACK: "orange",
    OrderState.CLOSED: "green",
    OrderState.WITHDRAWN: "secondary",
}


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What is not closed, and what waits for me today?"""
    now = timezone.now()
    gives = authority(request.user).holds(*policies.ASSIGNERS)
    context = {
        "day": queries.today(request.user, now),
        "now": now,
        "gives": gives,
        "works": authority(request.user).holds(*policies.WORKERS),
        "reads": authority(request.user).holds(*policies.READERS),
    }
    return render(request, "supervision/today.html", context)


@require_safe
@login_required
def order_list(request: HttpRequest) -> HttpResponse:
    """All orders that the person sees."""
    now = timezone.now()
    asked = order_filter(request.GET)
    page = paged(request, queries.order_list(request.user, asked, now))
    counts = queries.order_counts(request.user, asked, now)
    numbers = counts.states | {"": counts.total, "open": counts.open}
    query = request.GET.copy()
    for name in ("state", "page"):
        query.pop(name, None)
    gives = authority(request.user).holds(*policies.ASSIGNERS)
    tabs = [
        {"key": key, "label": label, "count": numbers[key], "active": key == asked.state}
        for key, label in TABS
        if key != OrderState.DRAFT or gives
    ]
    context = {
        "rows": [row_of(order, now) for order in page],
        "asked": asked,
        "tabs": tabs,
        "tab_address": f"{query.urlencode()}&" if query else "",
        "overdue": counts.overdue,
        "origins": Origin.choices,
        "dues": DUES.items(),
        "plans": _plans(request.user),
        "gives": gives,
        **page_links(request, page),
    }
    return render(request, "supervision/orders.html", context)


def _plans(user: Any) -> list[Plan]:
    """The plans that orders of the person belong to."""
    ids = policies.visible_orders(user).filter(plan__isnull=False).order_by().values("plan_id")
    return list(Plan.objects.filter(pk__in=ids).order_by("-year", "-pk")[:200])


@require_safe
@login_required
def order_export(request: HttpRequest) -> HttpResponse:
    """The same rows, all pages, as a workbook."""
    now = timezone.now()
    asked = order_filter(request.GET)
    columns = [
        ("编号", 18),
        ("事项", 40),
        ("来源", 14),
        ("交办单位", 18),
        ("承办单位", 18),
        ("承办人", 12),
        ("状态", 10),
        ("交办时间", 17),
        ("期限", 17),
        ("剩余时间", 12),
        ("销号时间", 17),
    ]
    rows = (
        (
            order.number,
            order.title,
            order.get_origin_display(),
            order.owner.name,
            order.unit.name,
            order.handler,
            order.get_state_display(),
            order.assigned_at,
            order.due_at,
            row_of(order, now).left,
            order.closed_at,
        )
        for order in queries.order_list(request.user, asked, now).iterator(chunk_size=500)
    )
    return list_file(
        "xlsx", "督办事项", columns, rows, told=_told(asked), person=str(request.user), at=timezone.localtime(now)
    )


def _told(asked: queries.OrderFilter) -> list[tuple[str, str]]:
    labels = dict(TABS)
    said = [
        ("状态", labels.get(asked.state, "") if asked.state else ""),
        ("来源", dict(Origin.choices).get(asked.origin, "")),
        ("期限", DUES.get(asked.due, "")),
        ("承办单位", asked.unit),
        ("交办单位", asked.owner),
        ("文字", asked.text),
    ]
    return [(name, value) for name, value in said if value]


@require_safe
@login_required
def order_detail(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: what is asked, how far it is, what I must do."""
    return order_view(request, order_or_404(request, order_id))


def order_view(
    request: HttpRequest, order: Order, *, panel: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    """The page of an order; ``panel`` is the act that was refused: it stays open, with what was typed."""
    now = timezone.now()
    page = queries.order_page(request.user, order, now)
    may = page.may
    primary = next(
        (act for act in ("assign", "accept", "close", "pass", "answer", "report", "reopen") if act in may), ""
    )
    if "close" in may:  # which of the two it is depends on the stage
        primary = "close" if page.is_last_stage else "pass"
    context = {
        "page": page,
        "order": order,
        "may": may,
        "primary": panel or primary,
        "panel": panel,
        "problem": problem,
        "typed": request.POST if panel else {},
        "state_colour": STATE_COLOURS[OrderState(order.state)],
        "due": moment_in_words(order.due_at) if order.due_at else "",
        "accept_by": moment_in_words(order.accept_by) if order.accept_by else "",
        "review": _review(page),
        "today": timezone.localdate(now),
        "sees_parent": order.parent_id is not None
        and policies.visible_orders(request.user).filter(pk=order.parent_id).exists(),
    }
    return render(request, "supervision/order.html", context, status=status)


def _review(page: queries.pages.OrderPage) -> Any:
    """The answer that is to be reviewed."""
    if page.order.state != OrderState.ANSWERED:
        return None
    return next((line for line in reversed(page.lines) if line.step.action == OrderAction.ANSWER), None)


@require_safe
@login_required
def order_document(request: HttpRequest, order_id: int) -> HttpResponse:
    """The order as an official document."""
    order = order_or_404(request, order_id)
    if not order.number:
        raise Http404
    page = queries.order_page(request.user, order)
    name = f"督办单{order.year}-{order.serial}.docx"
    response = HttpResponse(order_file(page), content_type=DOCX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_safe
@login_required
def evidence_file(request: HttpRequest, order_id: int, evidence_id: int) -> HttpResponse:
    """A file that goes with a step."""
    order = order_or_404(request, order_id)
    found = get_object_or_404(OrderEvidence, pk=evidence_id, step__order=order)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name)


@require_safe
@login_required
def orders_about(request: HttpRequest) -> HttpResponse:
    """A part of other pages: the orders about a plan, a measure, a target, a warning or a decision."""
    names = ("warning", "decision", "target", "measure", "plan")
    subject = {name: number for name in names if (number := number_of(request.GET.get(name, "")))}
    if not subject:
        raise Http404
    name, number = next(iter(subject.items()))
    rows = queries.orders_about(request.user, **{name: number})
    found = list(rows[:6])
    now = timezone.now()
    gives = authority(request.user).holds(*policies.ASSIGNERS)
    context = {
        "rows": [row_of(order, now) for order in found[:5]],
        "hidden": rows.count() - 5 if len(found) > 5 else 0,
        "all_url": f"{reverse('supervision:orders')}?plan={number}" if name == "plan" else "",
        "new_url": f"{reverse('supervision:order-new')}?{name}={number}" if gives else "",
        "instructions": _instructions(request.user, name, number) if gives else (),
        "ladder_url": _ladder_url(request, number) if name == "plan" and gives else "",
    }
    return render(request, "supervision/_about.html", context)


def _instructions(user: Any, name: str, number: int) -> list[Instruction]:
    """The leaders' remarks on a plan or a measure that no order has been made of."""
    if name not in ("plan", "measure"):
        return []
    rows = visible_instructions(user).filter(
        ~Exists(Order.objects.filter(instruction=OuterRef("pk"))), **{name: number}
    )
    return list(rows.select_related("author").order_by("-created_at", "-pk")[:3])


def _ladder_url(request: HttpRequest, plan_id: int) -> str:
    plan = visible_plans(request.user).select_related("owner").filter(pk=plan_id).first()
    if plan is None or not policies.may_assign(request.user, plan.owner):
        return ""
    return reverse("supervision:plan-ladder", args=[plan_id])


@require_safe
@login_required
def bench(request: HttpRequest) -> HttpResponse:
    """A part of the workbench: what waits for this person."""
    context = {"bench": queries.bench_part(request.user), "reads": authority(request.user).holds(Role.LEADER)}
    return render(request, "supervision/_bench.html", context)
