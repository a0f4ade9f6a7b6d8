"""The acts on one order: thin, each a form of the order's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from luoshi.apps.plans.addresses import number_of
from luoshi.apps.reporting.views.answers import bounded_upload, too_large
from luoshi.apps.supervision import actions
from luoshi.apps.supervision.models import Extension, OrderStep
from luoshi.apps.supervision.views.common import done, order_or_404, posted_day, revision_of
from luoshi.apps.supervision.views.orders import order_view

Act = Callable[[HttpRequest, int], Any]


def _view(panel: str, said: str, act: Act) -> Callable[..., HttpResponse]:
    """A view of one act: 404 for what is not seen, the page again with the reason where it is refused."""

    @require_POST
    @login_required
    def view(request: HttpRequest, order_id: int) -> HttpResponse:
        order = order_or_404(request, order_id)
        return done(
            request,
            lambda: act(request, order_id),
            said,
            reverse("supervision:order", args=[order_id]),
            # What somebody else did meanwhile is shown.
            lambda problem, status: order_view(
                request, order_or_404(request, order.pk), panel=panel, problem=problem, status=status
            ),
        )

    view.__doc__ = f"POST: {said}"
    return view


def _files(request: HttpRequest) -> list[Any]:
    if why := too_large(request):
        raise ValidationError(why)
    return request.FILES.getlist("files")


def _text(request: HttpRequest, name: str = "text") -> str:
    return request.POST.get(name, "")


def _answer(request: HttpRequest, order_id: int) -> Any:
    return actions.answer_order(
        acting_user=request.user,
        order_id=order_id,
        text=_text(request),
        stage=number_of(_text(request, "stage")),
        files=_files(request),
    )


def _reopen(request: HttpRequest, order_id: int) -> Any:
    until = posted_day(request, "until")
    if until is None:
        raise ValidationError("请写明重新交办的期限。")
    return actions.reopen_order(
        acting_user=request.user,
        order_id=order_id,
        reason=_text(request),
        until=until,
        revision=revision_of(request),
    )


def _ask(request: HttpRequest, order_id: int) -> Any:
    until = posted_day(request, "until")
    if until is None:
        raise ValidationError("请写明延至哪一天。")
    return actions.ask_extension(acting_user=request.user, order_id=order_id, until=until, reason=_text(request))


def _decide(request: HttpRequest, order_id: int) -> Any:
    rows = Extension.objects.filter(stage__order=order_id)
    seen = number_of(_text(request, "extension"))
    found = (rows.filter(granted=None) if seen is None else rows.filter(pk=seen)).first()
    if found is None:
        raise Http404
    if request.POST.get("grant") == "yes":
        return actions.extend(
            acting_user=request.user,
            extension_id=found.pk,
            until=posted_day(request, "until"),
            remark=_text(request),
        )
    return actions.refuse_extension(acting_user=request.user, extension_id=found.pk, remark=_text(request))


def _evidence(request: HttpRequest, order_id: int) -> Any:
    number = number_of(_text(request, "step"))
    if number is None:
        raise ValidationError("请刷新页面后再传。")
    if not OrderStep.objects.filter(pk=number, order=order_id).exists():
        raise Http404
    files = _files(request)
    if not files:
        raise ValidationError("请选择文件。")
    for file in files:
        actions.attach_order_evidence(acting_user=request.user, step_id=number, file=file)


assign = _view(
    "assign",
    "已交办，承办单位会收到通知。",
    lambda request, pk: actions.assign_order(acting_user=request.user, order_id=pk, revision=revision_of(request)),
)
accept = _view(
    "accept",
    "已签收。",
    lambda request, pk: actions.accept_order(
        acting_user=request.user, order_id=pk, handler=_text(request, "handler"), revision=revision_of(request)
    ),
)
report = bounded_upload(
    _view(
        "report",
        "已报告进展。",
        lambda request, pk: actions.report_on_order(
            acting_user=request.user, order_id=pk, text=_text(request), files=_files(request)
        ),
    )
)
answer = bounded_upload(_view("answer", "已报结，等待交办单位审核。", _answer))
pass_stage = _view(
    "pass",
    "本环节已通过。",
    lambda request, pk: actions.pass_stage(
        acting_user=request.user, order_id=pk, text=_text(request), revision=revision_of(request)
    ),
)
close = _view(
    "close",
    "已销号。",
    lambda request, pk: actions.close_order(
        acting_user=request.user, order_id=pk, text=_text(request), revision=revision_of(request)
    ),
)
send_back = _view(
    "send_back",
    "已退回，承办单位会收到通知。",
    lambda request, pk: actions.send_order_back(
        acting_user=request.user,
        order_id=pk,
        reason=_text(request),
        until=posted_day(request, "until"),
        revision=revision_of(request),
    ),
)
reopen = _view("reopen", "已重新交办。", _reopen)
chase = _view(
    "chase",
    "已催办。",
    lambda request, pk: actions.chase_order(acting_user=request.user, order_id=pk, text=_text(request)),
)
withdraw = _view(
    "withdraw",
    "已撤销。",
    lambda request, pk: actions.withdraw_order(
        acting_user=request.user, order_id=pk, reason=_text(request), revision=revision_of(request)
    ),
)
extension = _view("ask_extension", "已提出延期申请。", _ask)
decide_extension = _view("extend", "已办理延期申请。", _decide)
evidence = bounded_upload(_view("evidence", "已补传材料。", _evidence))
