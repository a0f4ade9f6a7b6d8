"""Counted duties: the list, one with its board and log, entering."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.organisations.policies import authority, require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.reporting.views.answers import bounded_upload, too_large
from luoshi.apps.supervision import actions, policies, queries
from luoshi.apps.supervision.errors import SupervisionError
from luoshi.apps.supervision.forms import DutyForm, EntryForm, HolderForm
from luoshi.apps.supervision.models import Duty, DutyEntry, DutyHolder
from luoshi.apps.supervision.queries.duties import DutyBoard
from luoshi.apps.supervision.shipping import shipped, shipped_duty
from luoshi.apps.supervision.views.common import page_links, paged, posted_day, revision_of
from luoshi.site.workbooks import list_file

#: Rows of the log beside the board.
LOG = 30
NOT_ALLOWED = "只有统筹办和牵头人员可以设履职事项。"


@require_safe
@login_required
def duty_list(request: HttpRequest) -> HttpResponse:
    """Which duties are counted, of how many people; and what may be taken over ready-made."""
    gives = authority(request.user).holds(*policies.ASSIGNERS)
    page = paged(request, queries.duty_list(request.user))
    context = {
        "rows": list(page),
        "gives": gives,
        "ready_made": shipped("duties") if gives else (),
        "may_enter": queries.own_holders(request.user).exists(),
        **page_links(request, page),
    }
    return render(request, "supervision/duties.html", context)


def _duty(request: HttpRequest, duty_id: int) -> Duty:
    found = policies.visible_duties(request.user).select_related("owner", "plan").filter(pk=duty_id).first()
    if found is None:
        raise Http404
    return found


def _year(request: HttpRequest) -> int:
    year = number_of(request.GET.get("year", "")) or timezone.localdate().year
    return min(max(year, 2000), 2998)


@require_safe
@login_required
def duty_detail(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Who has done it how often this year, who is behind, and the log."""
    return _page(request, _duty(request, duty_id))


def _page(
    request: HttpRequest,
    duty: Duty,
    *,
    entry: Any = None,
    holder: Any = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    year = _year(request)
    board = queries.duty_board(request.user, duty, year, today, request.GET.get("only", ""))
    chosen = number_of(request.GET.get("holder", "")) or 0
    log = paged(request, queries.duty_log(request.user, duty, chosen), LOG)
    keeps = policies.may_keep(request.user, duty)
    mine = [(row.pk, f"{row.unit}　{row.name}") for row in queries.own_holders(request.user) if row.duty_id == duty.pk]
    entries = list(log)
    context = {
        "duty": duty,
        "board": board,
        "keeps": keeps,
        "entries": [(row, policies.may_withdraw_entry(request.user, row)) for row in entries],
        "entry_form": entry or EntryForm(holders=mine, initial={"day": today, "holder": chosen or None}),
        "holder_form": (holder or HolderForm(user=request.user, initial={"first_day": board.periods[0].first_day}))
        if keeps
        else None,
        "may_enter": bool(mine) and duty.is_active,
        "only": request.GET.get("only", ""),
        "chosen": chosen,
        "problem": problem,
        "adding": holder is not None,
        "years": range(today.year + 1, today.year - 4, -1),
        **page_links(request, log),
    }
    return render(request, "supervision/duty.html", context, status=status)


@require_safe
@login_required
def duty_export(request: HttpRequest, duty_id: int) -> HttpResponse:
    """The board as a workbook."""
    duty = _duty(request, duty_id)
    board = queries.duty_board(request.user, duty, _year(request))
    columns = [("单位", 18), ("姓名", 10), ("职务", 20), ("每期至少", 10)]
    columns += [(period.label, 12) for period in board.periods] + [("全年", 8), ("未达到的期数", 12)]
    at = timezone.localtime()
    told = [("事项", duty.name), ("年度", str(board.year)), ("主管单位", duty.owner.name)]
    return list_file("xlsx", duty.name[:20], columns, _cells(board), told=told, person=str(request.user), at=at)


def _cells(board: DutyBoard) -> Any:
    for row in board.rows:
        done = [None if cell.least is None and not cell.done else cell.done for cell in row.cells]
        yield (row.holder.unit.name, row.holder.name, row.holder.post, row.least, *done, row.total, row.behind)


@require_safe
@login_required
def duties_board(request: HttpRequest) -> HttpResponse:
    """All duties at a glance: who is behind in the period that runs, or in the one that ended."""
    today = timezone.localdate()
    duties = list(queries.duty_list(request.user).filter(is_active=True)[:BOARDS])
    boards = [queries.duty_board(request.user, duty, today.year, today) for duty in duties]
    return render(request, "supervision/duty_board.html", {"boards": boards, "today": today})


#: Two queries a board: so many fit into a page's budget.
BOARDS = 5


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def duty_new(request: HttpRequest) -> HttpResponse:
    """A duty from scratch, or with the words of one that ships."""
    require(authority(request.user).holds(*policies.ASSIGNERS), NOT_ALLOWED)
    ready = shipped_duty(request.GET.get("from", ""))
    names = ("name", "cadence", "count", "measure_word", "rule")
    held = [grant for grant in authority(request.user).grants if grant.role in policies.ASSIGNERS]
    held.sort(key=lambda grant: (len(grant.path), grant.path))
    owner = policies.assigning_units(request.user).filter(pk=held[0].unit_id).first()
    initial = {"owner": owner} | ({name: ready[name] for name in names} if ready else {})
    form = DutyForm(request.POST if request.method == "POST" else None, user=request.user, initial=initial)
    return _form(request, form, None, lambda data: actions.create_duty(acting_user=request.user, **data))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def duty_edit(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Change a duty."""
    duty = _duty(request, duty_id)
    require(policies.may_keep(request.user, duty), NOT_ALLOWED)
    names = ("owner", "name", "cadence", "count", "measure_word", "rule")
    form = DutyForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        initial={name: getattr(duty, name) for name in names},
    )

    def save(data: dict[str, Any]) -> Duty:
        data.pop("owner")
        return actions.edit_duty(acting_user=request.user, duty_id=duty.pk, revision=revision_of(request), **data)

    return _form(request, form, duty, save)


def _form(request: HttpRequest, form: DutyForm, duty: Duty | None, save: Any) -> HttpResponse:
    problem, status = "", 200
    if request.method == "POST":
        if form.is_valid():
            try:
                saved = save(dict(form.cleaned_data))
            except ValidationError as error:
                problem, status = "；".join(error.messages), 422
            except SupervisionError as error:
                problem, status = str(error), 409
            else:
                messages.success(request, f"已保存“{saved.name}”。")
                return redirect("supervision:duty", saved.pk)
        else:
            status = 422
    context = {"form": form, "duty": duty, "problem": problem}
    return render(request, "supervision/duty_form.html", context, status=status)


@require_POST
@login_required
def duty_stop(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Stop a duty, or take it up again."""
    duty = _duty(request, duty_id)
    active = request.POST.get("active") == "yes"
    actions.stop_duty(acting_user=request.user, duty_id=duty.pk, active=active)
    messages.success(request, "已启用。" if active else "已停用，记录保留。")
    return redirect("supervision:duty", duty.pk)


@require_POST
@login_required
def duty_holders(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Give the duty to people."""
    duty = _duty(request, duty_id)
    require(policies.may_keep(request.user, duty), NOT_ALLOWED)
    form = HolderForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, duty, holder=form, status=422)
    data = form.cleaned_data
    people = [
        actions.Person(unit=data["unit"], name=name, post=post, count=count) for name, post, count in data["people"]
    ]
    try:
        actions.add_holders(acting_user=request.user, duty_id=duty.pk, people=people, first_day=data["first_day"])
    except ValidationError as error:
        return _page(request, duty, holder=form, problem="；".join(error.messages), status=422)
    messages.success(request, f"已增加 {len(people)} 人。")
    return redirect("supervision:duty", duty.pk)


@require_POST
@login_required
def holder_end(request: HttpRequest, holder_id: int) -> HttpResponse:
    """Somebody owes the duty no longer."""
    holder = policies.visible_holders(request.user).select_related("duty").filter(pk=holder_id).first()
    if holder is None:
        raise Http404
    try:
        day = posted_day(request, "last_day") or timezone.localdate()
        actions.end_holder(acting_user=request.user, holder_id=holder.pk, last_day=day)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(request, f"{holder.name}自{day:%Y-%m-%d}后不再承担。")
    return redirect("supervision:duty", holder.duty_id)


@bounded_upload
@require_POST
@login_required
def duty_enter(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Enter what a holder did."""
    duty = _duty(request, duty_id)
    rows: list[DutyHolder] = [row for row in queries.own_holders(request.user) if row.duty_id == duty.pk]
    require(bool(rows), "只有履职人所在单位的人员和主管单位可以登记。")
    form = EntryForm(request.POST, request.FILES, holders=[(row.pk, f"{row.unit}　{row.name}") for row in rows])
    if not form.is_valid():
        return _page(request, duty, entry=form, status=422)
    data = dict(form.cleaned_data)
    try:
        if why := too_large(request):
            raise ValidationError(why)
        entry = actions.enter_duty(acting_user=request.user, holder_id=data.pop("holder"), **data)
    except ValidationError as error:
        return _page(request, duty, entry=form, problem="；".join(error.messages), status=422)
    except SupervisionError as error:
        return _page(request, duty, entry=form, problem=str(error), status=409)
    messages.success(request, f"已登记{entry.holder.name}{entry.day:%m月%d日}的记录。")
    return redirect("supervision:duty", duty.pk)


def _entry(request: HttpRequest, entry_id: int) -> DutyEntry:
    holders = policies.visible_holders(request.user).order_by().values("pk")
    return get_object_or_404(DutyEntry.objects.select_related("holder__duty"), pk=entry_id, holder__in=holders)


@require_POST
@login_required
def entry_withdraw(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take an entry back."""
    entry = _entry(request, entry_id)
    try:
        actions.withdraw_entry(acting_user=request.user, entry_id=entry.pk, reason=request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    except SupervisionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已撤销，记录保留，不再计数。")
    return redirect(f"{reverse('supervision:duty', args=[entry.holder.duty_id])}#log")


@require_safe
@login_required
def entry_file(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The evidence of an entry."""
    entry = _entry(request, entry_id)
    if not entry.file:
        raise Http404
    return FileResponse(entry.file.open("rb"), as_attachment=True, filename=entry.file_name or "佐证")
