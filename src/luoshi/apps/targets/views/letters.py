"""目标责任书: the list, drawing up, one letter with its steps, files."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.addresses import day_of
from luoshi.apps.plans.models import Plan, Responsibility
from luoshi.apps.targets import actions, policies, queries
from luoshi.apps.targets.actions.letters import NOT_ALLOWED
from luoshi.apps.targets.errors import TargetsError
from luoshi.apps.targets.models import CommitmentLetter, LetterJob, LetterJobState, LetterState
from luoshi.apps.targets.queries import LetterFilter
from luoshi.apps.targets.queries.given import plans_with_targets
from luoshi.apps.targets.queries.in_force import shares_in_force
from luoshi.apps.targets.views.common import number_of, page_address, paged, revision_of
from luoshi.site.workbooks import download, spool

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_ARCHIVED = 500
FAILED_SHOWN = dt.timedelta(days=7)


def _filter(request: HttpRequest) -> LetterFilter:
    state = request.GET.get("state", "")
    return LetterFilter(
        plan=number_of(request.GET.get("plan", "")) or 0,
        year=number_of(request.GET.get("year", "")) or 0,
        state=state if state in LetterState.values else "",
        text=" ".join(request.GET.get("text", "").replace("\x00", "").split())[:60],
    )


def _letter(request: HttpRequest, letter_id: int) -> CommitmentLetter:
    rows = policies.visible_letters(request.user).select_related("plan__owner", "unit", "drawn_up_by")
    return get_object_or_404(rows, pk=letter_id)


@require_safe
@login_required
def letters(request: HttpRequest) -> HttpResponse:
    """Who has signed?"""
    asked = _filter(request)
    page = paged(queries.letter_list(request.user, asked), request)
    may_draw_up = policies.plans_to_draw_up(request.user).exists()
    jobs = LetterJob.objects.filter(created_by=request.user).exclude(state=LetterJobState.DONE)
    # Whoever lost the right to draw letters up is told why theirs stopped.
    jobs = jobs.exclude(state=LetterJobState.FAILED, created_at__lt=timezone.now() - FAILED_SHOWN)
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "targets/letters.html",
        {
            "asked": asked,
            "rows": list(page),
            "total": page.paginator.count,
            "counts": queries.letter_counts(request.user, asked),
            "states": LetterState.choices,
            "plans": plans_with_targets(request.user)[:300],
            "page": {"number": page.number, "pages": page.paginator.num_pages},
            "page_address": page_address(request),
            "filtered": bool(asked.plan or asked.year or asked.state or asked.text),
            "may_draw_up": may_draw_up,
            "jobs": list(jobs[:5]),
            "address": query.urlencode(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draw_up(request: HttpRequest) -> HttpResponse:
    """Choose a plan, a year and the units."""
    plans = policies.plans_to_draw_up(request.user).select_related("owner").order_by("-year", "-pk")
    require(plans.exists(), NOT_ALLOWED)
    data = request.POST if request.method == "POST" else request.GET
    plan = plans.filter(pk=number_of(data.get("plan", "")) or 0).first()
    problem = ""
    chosen = {number for number in map(number_of, data.getlist("units")) if number is not None}
    year = number_of(data.get("year", "")) or (plan.year if plan else None) or timezone.localdate().year
    if request.method == "POST":
        if plan is None:
            raise Http404
        try:
            job = actions.draw_up_letters(
                acting_user=request.user,
                plan=plan,
                units=list(Unit.objects.filter(pk__in=chosen).order_by("path")),
                year=min(max(year, 1900), 2999),
            )
        except TargetsError as error:
            problem = str(error)
        else:
            if job.state == LetterJobState.DONE:
                kept = len(job.unit_ids) - job.drawn_up
                more = f"；{kept} 个单位没有任务，或内容没有变化" if kept else ""
                messages.success(request, f"已生成 {job.drawn_up} 份责任书{more}。")
            return redirect(f"{_list_url()}?plan={plan.pk}")
    return render(
        request,
        "targets/draw_up.html",
        {
            "plans": plans[:300],
            "plan": plan,
            "year": year,
            "units": _units_with_tasks(plan) if plan else [],
            "chosen": chosen,
            "problem": problem,
        },
        status=422 if problem else 200,
    )


def _list_url() -> str:
    return reverse("targets:letters")


def _units_with_tasks(plan: Plan) -> list[tuple[Unit, int, int]]:
    """(unit, shares, measures) of everybody who has something to do in a plan: three queries."""
    targets = plan.targets.filter(retired_in=None).values_list("pk", flat=True)
    shares: dict[int, set[int]] = {}
    for row in shares_in_force(target_ids=targets):
        shares.setdefault(row.unit_id, set()).add(row.target_id)
    duties: dict[int, set[int]] = {}
    pairs = Responsibility.units.through.objects.filter(
        responsibility__plan=plan, responsibility__retired_in=None, responsibility__measure__retired_in=None
    )
    for unit, measure in pairs.values_list("unit_id", "responsibility__measure_id"):
        if measure is not None:
            duties.setdefault(unit, set()).add(measure)
    units = Unit.objects.filter(pk__in={*shares, *duties}).exclude(pk=plan.owner_id).order_by("path")
    return [(unit, len(shares.get(unit.pk, ())), len(duties.get(unit.pk, ()))) for unit in units]


@require_safe
@login_required
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far drawing up has come; the part of the page asks again until it is done."""
    found = get_object_or_404(LetterJob.objects.filter(created_by=request.user).select_related("plan"), pk=job_id)
    return render(request, "targets/_job.html", {"job": found})


@require_safe
@login_required
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """What one letter says, and how far it has come."""
    return _letter_page(request, _letter(request, letter_id))


def _letter_page(request: HttpRequest, found: CommitmentLetter, problem: str = "") -> HttpResponse:
    newer = CommitmentLetter.objects.filter(
        plan=found.plan_id, unit=found.unit_id, year=found.year, ordinal__gt=found.ordinal
    ).exclude(state=LetterState.WITHDRAWN)
    return render(
        request,
        "targets/letter.html",
        {
            "letter": found,
            "content": found.content,
            "may_issue": policies.may_draw_up(request.user, found.plan),
            "may_sign": policies.may_sign(request.user, found),
            "problem": problem,
            "typed": request.POST,
            "today": timezone.localdate(),
            "newer": newer.exists(),
        },
        status=422 if problem else 200,
    )


def name_of(found: CommitmentLetter, ending: str = ".docx") -> str:
    """The name of a letter's file."""
    return f"{found.unit}{found.year}年目标责任书{ending}"


@require_safe
@login_required
def letter_file(request: HttpRequest, letter_id: int) -> FileResponse:
    """The Word file."""
    found = _letter(request, letter_id)
    return _file(found.file, name_of(found), DOCX)


@require_safe
@login_required
def letter_scan(request: HttpRequest, letter_id: int) -> FileResponse:
    """The scanned page with the signatures."""
    found = _letter(request, letter_id)
    if not found.scan:
        raise Http404
    ending = f".{found.scan.name.rpartition('.')[2]}"
    return _file(found.scan, name_of(found, f"（签字页）{ending}"), "application/octet-stream")


def _file(file: Any, name: str, kind: str) -> FileResponse:
    try:
        return FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=kind)
    except FileNotFoundError as error:
        raise Http404 from error


@require_POST
@login_required
def issue(request: HttpRequest, letter_id: int | None = None) -> HttpResponse:
    """Send one or several out."""
    keys = [letter_id] if letter_id else [n for n in map(number_of, request.POST.getlist("letters")) if n]
    seen = set(policies.visible_letters(request.user).filter(pk__in=keys).values_list("pk", flat=True))
    if letter_id is not None and letter_id not in seen:
        raise Http404
    if letter_id is None:
        require(policies.plans_to_draw_up(request.user).exists(), NOT_ALLOWED)
    done, refused = actions.issue_letters(acting_user=request.user, letters=[key for key in keys if key in seen])
    if done:
        messages.success(request, f"已发出 {done} 份，责任单位即可看到和下载。")
    for _, why in refused[:5]:
        messages.error(request, why)
    if not done and not refused:
        messages.error(request, "请先勾选要发出的责任书。")
    return redirect("targets:letter", letter_id) if letter_id else redirect(_back(request))


def _back(request: HttpRequest) -> str:
    address = request.POST.get("address", "")[:500]
    return f"{_list_url()}?{address}" if address else _list_url()


@require_POST
@login_required
def sign(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Register the signature."""
    found = _letter(request, letter_id)
    try:
        actions.sign_letter(
            acting_user=request.user,
            letter=found,
            signed_on=day_of(request.POST.get("signed_on", "")),
            signatory=request.POST.get("signatory", ""),
            scan=request.FILES.get("scan"),
            revision=revision_of(request.POST),
        )
    except TargetsError as error:
        return _letter_page(request, found, str(error))
    messages.success(request, "已登记签订。")
    return redirect("targets:letter", letter_id)


@require_POST
@login_required
def withdraw(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Withdraw a letter."""
    found = _letter(request, letter_id)
    try:
        actions.withdraw_letter(
            acting_user=request.user,
            letter=found,
            reason=request.POST.get("reason", ""),
            revision=revision_of(request.POST),
        )
    except TargetsError as error:
        return _letter_page(request, found, str(error))
    messages.success(request, "已作废。")
    return redirect("targets:letter", letter_id)


@require_safe
@login_required
def archive(request: HttpRequest) -> FileResponse:
    """The letters of the list as one archive."""
    rows = queries.letter_list(request.user, _filter(request))[:MOST_ARCHIVED]
    out = spool()
    names: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for found in rows:
            name = name_of(found)
            if name in names:
                name = f"{found.unit}{found.year}年目标责任书（{found.plan_id}-{found.ordinal}）.docx"
            names.add(name)
            try:
                with found.file.open("rb") as file:
                    packed.writestr(name, file.read())
            except FileNotFoundError:
                continue
    return download(out, "目标责任书.zip", "application/zip")
