"""Writing an order down: from an object of another page or by hand, as a draft or given out at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, require
from luoshi.apps.plans.addresses import day_of, number_of
from luoshi.apps.supervision import actions, policies
from luoshi.apps.supervision.actions.drafting import NOT_ALLOWED
from luoshi.apps.supervision.clocks import chosen_stage, due_stages, read_stages
from luoshi.apps.supervision.errors import SupervisionError
from luoshi.apps.supervision.forms import BelowForm, OrderForm, usable_clocks
from luoshi.apps.supervision.models import OrderState
from luoshi.apps.supervision.queries.origins import Beginning, beginning
from luoshi.apps.supervision.queries.pages import places_of
from luoshi.apps.supervision.views.common import order_or_404, revision_of
from luoshi.periods import local_date

_LINKS = ("warning", "decision", "instruction", "measure", "target", "proposal", "plan")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def order_new(request: HttpRequest) -> HttpResponse:
    """What must be done, by whom, by when; what it comes from stands there already."""
    require(authority(request.user).holds(*policies.ASSIGNERS), NOT_ALLOWED)
    begun = beginning(request.user, request.POST if request.method == "POST" else request.GET)
    keeping = (*begun.units, *begun.supporting)
    if request.method != "POST":
        form = OrderForm(user=request.user, keeping=keeping, initial=_initial(request, begun))
        return _new_page(request, form, begun)
    form = OrderForm(request.POST, user=request.user, keeping=keeping)
    if not form.is_valid():
        return _new_page(request, form, begun, status=422)
    data = {"acting_user": request.user, "owner": form.cleaned_data["owner"], "units": form.cleaned_data["units"]}
    give_out = request.POST.get("give") == "yes"
    act = actions.issue_orders if give_out else actions.draft_orders
    try:
        orders = act(**data, wanted=form.wanted(begun.links))
    except (ValidationError, SupervisionError) as error:
        said = "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return _new_page(request, form, begun, problem=said, status=422)
    names = "、".join(str(order.unit) for order in orders[:5]) + (f"等{len(orders)}个单位" if len(orders) > 5 else "")
    messages.success(request, f"已{'交办' if give_out else '存为拟办'}：{names}。")
    if len(orders) == 1:
        return redirect("supervision:order", orders[0].pk)
    return redirect(f"{reverse('supervision:orders')}?{'state=open&sort=new' if give_out else 'state=draft'}")


def _initial(request: HttpRequest, begun: Beginning) -> dict[str, Any]:
    units = begun.units
    if keys := [key for key in request.GET.get("units", "").replace("\x00", "").split(",") if key][:200]:
        units = tuple(Unit.objects.filter(key__in=keys).order_by("path"))
    owner = begun.owner if begun.owner is not None and policies.may_assign(request.user, begun.owner) else None
    return {
        "owner": owner or _own_owner(request.user),
        "units": list(units),
        "supporting": list(begun.supporting),
        "title": begun.title,
        "text": begun.text,
        "origin": begun.origin,
        "origin_text": begun.origin_text,
        "clock": begun.clock,
    }


def _own_owner(user: Any) -> Unit | None:
    """The unit in whose name the person mostly acts: the highest in which they give out orders."""
    held = [grant for grant in authority(user).grants if grant.role in policies.ASSIGNERS]
    held.sort(key=lambda grant: (len(grant.path), grant.path))
    return Unit.objects.filter(pk=held[0].unit_id).first() if held else None


def _new_page(
    request: HttpRequest, form: OrderForm, begun: Beginning, *, problem: str = "", status: int = 200
) -> HttpResponse:
    links = {
        name: value for name in _LINKS if (value := number_of((request.POST or request.GET).get(name, ""))) is not None
    }
    context = {
        "form": form,
        "begun": begun,
        "places": list(places_of(request.user, _pointing(begun))) if begun.links else [],
        "links": links,
        "problem": problem,
        "words": _due_words(request.user, form["clock"].value(), form["due_on"].value()),
    }
    return render(request, "supervision/order_new.html", context, status=status)


def _pointing(begun: Beginning) -> Any:
    """An order that is not stored, to tell where it would come from."""
    from luoshi.apps.supervision.models import Order

    return Order(**begun.links)


@require_safe
@login_required
def due_part(request: HttpRequest) -> HttpResponse:
    """A part of the form: when the stages would fall due if it were given out today, and what that rests on."""
    return render(
        request,
        "supervision/_due.html",
        {"words": _due_words(request.user, request.GET.get("clock", ""), request.GET.get("due_on", ""))},
    )


def _due_words(user: Any, clock: Any, due_on: Any) -> list[dict[str, Any]]:
    today = timezone.localdate()
    found = None
    if clock:
        rows: QuerySet[Any] = usable_clocks(user)
        row = rows.filter(key=str(getattr(clock, "key", clock)).replace("\x00", "")).first()
        found = due_stages(read_stages(row.stages), today) if row is not None else None
    elif due_on:
        day = due_on if isinstance(due_on, dt.date) else day_of(str(due_on))
        found = (chosen_stage(day),) if day is not None else None
    return [{"title": stage.title, "day": stage.day, "note": stage.note} for stage in found or ()]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def order_edit(request: HttpRequest, order_id: int) -> HttpResponse:
    """Change a draft."""
    order = order_or_404(request, order_id)
    require(policies.may_assign(request.user, order.owner), NOT_ALLOWED)
    if order.state != OrderState.DRAFT:
        raise Http404
    supporting = list(order.supporting.order_by("path"))
    keeping = (order.unit, order.owner, *supporting)
    initial = {
        "owner": order.owner,
        "units": [order.unit],
        "supporting": supporting,
        "title": order.title,
        "text": order.text,
        "origin": order.origin,
        "origin_text": order.origin_text,
        "clock": order.clock.key if order.clock else "",
        "due_on": local_date(order.due_at) if order.due_at else None,
        "is_urgent": order.is_urgent,
    }
    form = OrderForm(
        request.POST if request.method == "POST" else None, user=request.user, keeping=keeping, initial=initial
    )
    problem = ""
    if request.method == "POST" and form.is_valid():
        units = form.cleaned_data["units"]
        try:
            if len(units) != 1:
                raise ValidationError("修改时只能有一个承办单位；要交给多个单位，请新建。")
            actions.edit_draft(
                acting_user=request.user,
                order_id=order.pk,
                unit=units[0],
                wanted=form.wanted(),
                revision=revision_of(request),
            )
        except (ValidationError, SupervisionError) as error:
            problem = "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
        else:
            messages.success(request, "已保存。")
            return redirect("supervision:order", order.pk)
    context = {
        "form": form,
        "order": order,
        "places": list(places_of(request.user, order)),
        "problem": problem,
        "words": _due_words(request.user, form["clock"].value(), form["due_on"].value()),
    }
    status = 422 if problem or (request.method == "POST" and form.errors) else 200
    return render(request, "supervision/order_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def order_below(request: HttpRequest, order_id: int) -> HttpResponse:
    """Hand an order on, or a part of it."""
    order = order_or_404(request, order_id)
    require(policies.may_assign_below(request.user, order), "只有承办单位的统筹办和牵头人员可以分交下级。")
    initial = {
        "title": order.title,
        "text": order.text,
        "due_on": local_date(order.due_at) if order.due_at else None,
    }
    form = BelowForm(
        request.POST if request.method == "POST" else None, user=request.user, order_id=order.pk, initial=initial
    )
    problem, status = "", 200
    if request.method == "POST":
        if form.is_valid():
            wanted = actions.Wanted(
                title=form.cleaned_data["title"], text=form.cleaned_data["text"], due_on=form.cleaned_data["due_on"]
            )
            try:
                children = actions.assign_below(
                    acting_user=request.user,
                    order_id=order.pk,
                    units=form.cleaned_data["units"],
                    wanted=wanted,
                    revision=revision_of(request),
                )
            except ValidationError as error:
                problem, status = "；".join(error.messages), 422
            except SupervisionError as error:
                problem, status = str(error), 409
            else:
                messages.success(request, f"已分交给{'、'.join(str(child.unit) for child in children)}。")
                return redirect("supervision:order", order.pk)
        else:
            status = 422
    context = {"form": form, "order": order, "problem": problem}
    return render(request, "supervision/order_below.html", context, status=status)
