"""One project: its sheet, what is entered about it, how it moves."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.organisations.policies import memberships, require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.projects import actions
from luoshi.apps.projects.drawing import curve
from luoshi.apps.projects.forms import ProblemForm
from luoshi.apps.projects.models import FundSource, HoldKind, MilestoneKind, ProjectFile
from luoshi.apps.projects.queries import ProjectSheet, project_sheet
from luoshi.apps.projects.views.shared import amount_in, day_in, done, project_of
from luoshi.apps.supervision.policies import may_assign


def sheet_of(request: HttpRequest, project_id: int, *, whole: bool = True) -> ProjectSheet:
    """The sheet of an address; 404 for what the person does not see."""
    found = project_sheet(request.user, project_id, timezone.localdate(), whole=whole)
    if found is None:
        raise Http404
    return found


def shown(
    request: HttpRequest, project_id: int, *, which: str = "", wrong: list[str] | None = None, form: Any = None
) -> HttpResponse:
    """The project's page; after a refusal with what was typed."""
    sheet = sheet_of(request, project_id)
    total = sheet.project.total
    rows = [
        (row.last_day, None if row.so_far is None or not total else 100 * row.so_far / total, row.image)
        for row in sheet.progress
    ]
    funds = {row.source: row for row in sheet.project.funds.all()}
    context = {
        "sheet": sheet,
        "project": sheet.project,
        "which": which,
        "wrong": wrong or [],
        "typed": request.POST if wrong else {},
        "chart": curve(rows),
        "kinds": HoldKind.choices,
        "funds": [(source, label, funds.get(source)) for source, label in FundSource.choices],
        "problem_form": form or ProblemForm(user=request.user),
        "today": timezone.localdate(),
        "month": f"{timezone.localdate():%Y-%m}",
        "may_supervise": any(may_assign(request.user, row.unit) for row in memberships(request.user)),
    }
    return render(request, "projects/project.html", context, status=422 if wrong else 200)


@require_safe
@login_required
def project(request: HttpRequest, project_id: int) -> HttpResponse:
    """One project with all that is known of it."""
    return shown(request, project_id)


@require_safe
@login_required
def sheet(request: HttpRequest, project_id: int) -> HttpResponse:
    """The same on paper."""
    return render(request, "projects/sheet.html", {"sheets": [sheet_of(request, project_id)], "title": "项目卡片"})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def move(request: HttpRequest, project_id: int) -> HttpResponse:
    """Move it into another library: what each one asks, what lacks."""
    found = sheet_of(request, project_id, whole=False)
    require(found.may_keep, "只有项目所在地和牵头单位的人员可以移库。")
    given = request.POST if request.method == "POST" else request.GET

    def again(wrong: list[str]) -> HttpResponse:
        context = {
            "sheet": found,
            "project": found.project,
            "to": given.get("to", ""),
            "wrong": wrong,
            "typed": request.POST,
            "today": timezone.localdate(),
        }
        return render(request, "projects/move.html", context, status=422 if wrong else 200)

    if request.method != "POST":
        return again([])
    return done(
        request,
        lambda: actions.move_project(
            acting_user=request.user,
            project_id=project_id,
            to=request.POST.get("to", ""),
            on=day_in(request, "on", "生效日期"),
            reason=request.POST.get("reason", ""),
            revision=number_of(request.POST.get("revision", "")),
        ),
        words="已移库，并记入出入库记录。",
        to=("projects:project", project_id),
        again=again,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def milestones(request: HttpRequest, project_id: int) -> HttpResponse:
    """All milestones in one table."""
    found = sheet_of(request, project_id, whole=False)
    require(found.may_keep, "只有项目所在地和牵头单位的人员可以填写节点。")

    def again(wrong: list[str]) -> HttpResponse:
        rows = [
            {
                "row": row,
                "planned": _typed(request, f"{row.kind}-planned", row.milestone and row.milestone.planned_on),
                "actual": _typed(request, f"{row.kind}-actual", row.milestone and row.milestone.actual_on),
                "evidence": _typed(request, f"{row.kind}-evidence", row.milestone and row.milestone.evidence),
                "waived": _typed(request, f"{row.kind}-waived", row.milestone and row.milestone.waived_for),
            }
            for row in found.marks
        ]
        context = {"sheet": found, "project": found.project, "rows": rows, "wrong": wrong}
        return render(request, "projects/milestones.html", context, status=422 if wrong else 200)

    if request.method != "POST":
        return again([])

    def perform() -> None:
        rows = tuple(
            actions.Passed(
                kind=kind,
                planned_on=day_in(request, f"{kind}-planned", f"“{label}”的计划日期"),
                actual_on=day_in(request, f"{kind}-actual", f"“{label}”的实际日期"),
                evidence=request.POST.get(f"{kind}-evidence", ""),
                waived_for=request.POST.get(f"{kind}-waived", ""),
            )
            for kind, label in MilestoneKind.choices
            if any(f"{kind}-{name}" in request.POST for name in ("planned", "actual", "evidence", "waived"))
        )
        actions.set_milestones(acting_user=request.user, project_id=project_id, rows=rows)

    return done(request, perform, words="节点已保存。", to=("projects:project", project_id), again=again)


def _typed(request: HttpRequest, name: str, stored: Any) -> str:
    if request.method == "POST":
        return request.POST.get(name, "")
    return stored.isoformat() if hasattr(stored, "isoformat") else stored or ""


def _percent(text: str) -> Decimal | None:
    text = text.replace("%", "").strip()
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValidationError("形象进度不是数，应在0至100之间。") from error
    if not number.is_finite():
        raise ValidationError("形象进度不是数，应在0至100之间。")
    return number


@require_POST
@login_required
def progress(request: HttpRequest, project_id: int) -> HttpResponse:
    """A month's progress."""
    sent = request.POST

    def perform() -> None:
        said = actions.Month(
            month=amount_in(sent.get("month_amount", ""), "本月完成投资"),
            so_far=amount_in(sent.get("so_far", ""), "累计完成投资"),
            image=_percent(sent.get("image", "")),
            image_text=sent.get("image_text", ""),
            funds=amount_in(sent.get("funds", ""), "累计到位资金"),
            problem=sent.get("problem", ""),
            need=sent.get("need", ""),
        )
        actions.record_progress(
            acting_user=request.user, project_id=project_id, period=sent.get("period", ""), said=said
        )

    project_of(request, project_id)
    return done(
        request,
        perform,
        words="进展已登记。",
        to=("projects:project", project_id),
        again=lambda wrong: shown(request, project_id, which="progress", wrong=wrong),
    )


@require_POST
@login_required
def year_plan(request: HttpRequest, project_id: int) -> HttpResponse:
    """What a year asks of it."""
    sent = request.POST

    def perform() -> None:
        actions.set_year_plan(
            acting_user=request.user,
            project_id=project_id,
            year=number_of(sent.get("year", "")) or 0,
            investment=amount_in(sent.get("investment", ""), "年度计划投资"),
            start_on=day_in(request, "start_on", "计划开工日期"),
            finish_on=day_in(request, "finish_on", "计划竣工日期"),
            listed="listed" in sent,
        )

    project_of(request, project_id)
    return done(
        request,
        perform,
        words="年度计划已保存。",
        to=("projects:project", project_id),
        again=lambda wrong: shown(request, project_id, which="year", wrong=wrong),
    )


@require_POST
@login_required
def funding(request: HttpRequest, project_id: int) -> HttpResponse:
    """Where its money comes from."""

    def perform() -> None:
        rows = {}
        for source, label in FundSource.choices:
            amount = amount_in(request.POST.get(f"{source}-amount", ""), label)
            received = amount_in(request.POST.get(f"{source}-received", ""), label)
            if amount is not None or received is not None:
                rows[str(source)] = (amount or Decimal(0), received or Decimal(0))
        actions.set_funding(acting_user=request.user, project_id=project_id, rows=rows)

    project_of(request, project_id)
    return done(
        request,
        perform,
        words="资金来源已保存。",
        to=("projects:project", project_id),
        again=lambda wrong: shown(request, project_id, which="funds", wrong=wrong),
    )


@require_POST
@login_required
def problems(request: HttpRequest, project_id: int) -> HttpResponse:
    """Raise what holds it up."""
    project_of(request, project_id)
    form = ProblemForm(request.POST, user=request.user)
    if not form.is_valid():
        wrong = [text for texts in form.errors.values() for text in texts]
        return shown(request, project_id, which="problem", wrong=wrong, form=form)
    sent = request.POST
    return done(
        request,
        lambda: actions.raise_project_problem(
            acting_user=request.user,
            project_id=project_id,
            kind=sent.get("kind", ""),
            text=sent.get("text", ""),
            asked=form.cleaned_data["asked"],
            due_on=day_in(request, "due_on", "希望解决日期"),
            held=amount_in(sent.get("held", ""), "影响投资"),
        ),
        words="已提出，对方会收到通知，并自动列入下次会议议程。",
        to=("projects:project", project_id),
        again=lambda wrong: shown(request, project_id, which="problem", wrong=wrong, form=form),
    )


@require_POST
@login_required
def supervise(request: HttpRequest, project_id: int, hold_id: int) -> HttpResponse:
    """转督办: an overdue problem becomes the draft of a supervision order."""
    project_of(request, project_id)
    owners = [row.unit for row in memberships(request.user) if may_assign(request.user, row.unit)]
    require(bool(owners), "只有交办单位的统筹办和牵头人员可以转督办。")
    return done(
        request,
        lambda: actions.supervise_problem(acting_user=request.user, project_problem_id=hold_id, owner=owners[0]),
        words="已拟督办单，请到督办里核对期限后交办。",
        to=("supervision:home",),
        again=lambda wrong: shown(request, project_id, which="problems", wrong=wrong),
    )


@require_POST
@login_required
def files(request: HttpRequest, project_id: int) -> HttpResponse:
    """Documents and photos."""
    project_of(request, project_id)
    return done(
        request,
        lambda: actions.add_files(
            acting_user=request.user,
            project_id=project_id,
            files=request.FILES.getlist("files"),
            caption=request.POST.get("caption", ""),
            milestone=request.POST.get("milestone", ""),
        ),
        words="资料已上传。",
        to=("projects:project", project_id),
        again=lambda wrong: shown(request, project_id, which="files", wrong=wrong),
    )


@require_safe
@login_required
def file(request: HttpRequest, project_id: int, file_id: int) -> FileResponse:
    """A document or photo; photos are shown in the page."""
    found = get_object_or_404(ProjectFile, pk=file_id, project=project_of(request, project_id), removed_at=None)
    return FileResponse(found.file.open("rb"), as_attachment=found.kind != "photo", filename=found.name)


@require_POST
@login_required
def file_remove(request: HttpRequest, project_id: int, file_id: int) -> HttpResponse:
    """Take a document or photo away."""
    project_of(request, project_id)
    return done(
        request,
        lambda: actions.remove_file(acting_user=request.user, project_id=project_id, file_id=file_id),
        words="已移除。",
        to=("projects:project", project_id),
        again=lambda wrong: shown(request, project_id, which="files", wrong=wrong),
    )


@require_POST
@login_required
def ladder(request: HttpRequest, project_id: int) -> HttpResponse:
    """A step of a linkage-fund project: 村申报、乡审核、县审定."""
    project_of(request, project_id)
    return done(
        request,
        lambda: actions.climb_ladder(
            acting_user=request.user,
            project_id=project_id,
            act=request.POST.get("act", ""),
            text=request.POST.get("text", ""),
        ),
        words="已办理。",
        to=("projects:project", project_id),
        again=lambda wrong: shown(request, project_id, which="ladder", wrong=wrong),
    )
