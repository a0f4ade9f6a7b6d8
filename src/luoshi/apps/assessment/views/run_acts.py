"""What is done with a run: opened, drawn, shown, extended, corrected, made final, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.actions.common import NOT_KEEPER
from luoshi.apps.assessment.errors import AssessmentError
from luoshi.apps.assessment.gathering import members_of
from luoshi.apps.assessment.models import Objection, ObjectionState, Run, RunAction, RunState
from luoshi.apps.assessment.policies import KEEPERS, may_keep, visible_adoptions
from luoshi.apps.assessment.queries.home import periods_offered
from luoshi.apps.assessment.queries.runs import objection_counts, read_run, visible_run
from luoshi.apps.assessment.states import RUNS
from luoshi.apps.assessment.telling_ranks import about_of
from luoshi.apps.assessment.views.run_shared import head, revision_of, told
from luoshi.apps.bulletins.actions import draw_bulletin
from luoshi.apps.bulletins.errors import BulletinError
from luoshi.apps.organisations.policies import authority, require, within
from luoshi.apps.organisations.queries import full_name
from luoshi.apps.plans.addresses import day_of, number_of
from luoshi.periods import Period
from luoshi.site.moments import moment_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Which ranking, which period?"""
    known = authority(request.user)
    require(known.holds(*KEEPERS), NOT_KEEPER)
    kept = visible_adoptions(request.user).filter(within("owner__", known.paths(*KEEPERS)), is_active=True)
    adoptions = list(kept.select_related("owner").order_by("owner__path", "name", "pk"))
    source = request.POST if request.method == "POST" else request.GET
    wanted = number_of(source.get("adoption", ""))
    chosen = next((one for one in adoptions if one.pk == wanted), None) or (
        adoptions[0] if len(adoptions) == 1 else None
    )
    problem = ""
    if request.method == "POST":
        if chosen is None:
            problem = "请选择考核安排。"
        else:
            try:
                as_of = moment_of(source["as_of"]) if source.get("as_of") else None
                if source.get("as_of") and as_of is None:
                    raise ValidationError("数据时点不对，请重新选择。")
                run = actions.create_run(
                    acting_user=request.user, adoption_id=chosen.pk, period=source.get("period", "")[:10], as_of=as_of
                )
            except (AssessmentError, ValidationError) as error:
                problem = told(error)
            else:
                messages.success(request, "已按台账取数，请核对数据后公示。")
                return redirect("assessment:run", run.pk)
    taken = set()
    if chosen is not None:
        standing = Run.objects.filter(adoption=chosen, state__in=(RunState.DRAFT, RunState.PREVIEW, RunState.FINAL))
        taken = set(standing.order_by().values_list("period", flat=True))
    context = {
        "adoptions": adoptions,
        "chosen": chosen,
        "periods": periods_offered(chosen, timezone.localdate(), taken) if chosen else [],
        "period": source.get("period", ""),
        "as_of": source.get("as_of", ""),
        "problem": problem,
    }
    return render(request, "assessment/run_new.html", context, status=422 if problem else 200)


#: act → (title, what it says it will do, the button, danger).
_PAGES = {
    RunAction.DRAW: "重新取数",
    RunAction.PREVIEW: "公示",
    RunAction.EXTEND: "延长异议期",
    RunAction.CORRECT: "更正",
    RunAction.FINALISE: "定稿",
    RunAction.WITHDRAW: "撤回",
}


def _act(
    request: HttpRequest,
    run_id: int,
    act: RunAction,
    perform: Callable[[Run], Any],
    said: str,
    to: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """The page that says what will happen and to whom; posted, it is done."""
    run = visible_run(request.user, run_id)
    if not may_keep(request.user, run.adoption.owner):
        require(False, NOT_KEEPER)
    problem, status = "", 200
    if request.method == "POST":
        try:
            made = perform(run)
        except (AssessmentError, ValidationError) as error:
            problem, status = told(error), 409 if isinstance(error, AssessmentError) else 422
        else:
            messages.success(request, said)
            return redirect(to(made) if to else reverse("assessment:run", args=[made.pk]))
    elif not RUNS.allows(run.state, act):
        messages.error(request, RUNS.refusal(run.state, act))
        return redirect("assessment:run", run.pk)
    context = head(request, run, "act") | {
        "act": act.value,
        "title": _PAGES[act],
        "problem": problem,
        "typed": request.POST,
        "objections": objection_counts(run),
        "people": len(members_of(run)),
    }
    if act is RunAction.PREVIEW:
        read = read_run(run)
        context["read"] = read
        context["unscored"] = read.problem
        context["missing"] = _missing(read)
    if act is RunAction.CORRECT:
        upheld = Objection.objects.filter(run=run, state=ObjectionState.UPHELD).select_related("unit", "about")
        context["upheld"] = list(upheld)
    return render(request, "assessment/run_act.html", context, status=status)


def _missing(read: Any) -> list[tuple[str, int]]:
    """Items with how many units that did not report."""
    counts: dict[str, int] = {}
    for row in read.rows:
        for one in row["items"]:
            if one.get("status") == "未报":
                counts[one["item"]] = counts.get(one["item"], 0) + 1
    titles = dict(read.columns)
    return [(f"第{key}项 {titles.get(key, '')}", count) for key, count in counts.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draw(request: HttpRequest, run_id: int) -> HttpResponse:
    """取数."""

    def perform(run: Run) -> Run:
        text = request.POST.get("as_of", "")
        as_of = moment_of(text) if text else None
        if text and as_of is None:
            raise ValidationError("数据时点不对，请重新选择。")
        return actions.draw_facts(acting_user=request.user, run_id=run_id, revision=revision_of(request), as_of=as_of)

    return _act(
        request,
        run_id,
        RunAction.DRAW,
        perform,
        "已重新取数，手工录入的数保留。",
        lambda made: reverse("assessment:run-facts", args=[made.pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preview(request: HttpRequest, run_id: int) -> HttpResponse:
    """公示."""

    def perform(run: Run) -> Run:
        text = request.POST.get("days", "").strip()
        days = number_of(text) if text else None
        if text and not days:
            raise ValidationError("公示工作日应为数字。")
        return actions.preview_run(acting_user=request.user, run_id=run_id, revision=revision_of(request), days=days)

    return _act(request, run_id, RunAction.PREVIEW, perform, "已公示，各单位会收到通知。")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def extend(request: HttpRequest, run_id: int) -> HttpResponse:
    """延长异议期."""

    def perform(run: Run) -> Run:
        until = day_of(request.POST.get("until", "").strip())
        if until is None:
            raise ValidationError("请选择新的截止日期。")
        return actions.extend_objections(
            acting_user=request.user,
            run_id=run_id,
            until=until,
            reason=request.POST.get("reason", ""),
            revision=revision_of(request),
        )

    return _act(request, run_id, RunAction.EXTEND, perform, "已延长，各单位会收到通知。")


def _reasoned(request: HttpRequest, run_id: int, act: RunAction, verb: Callable[..., Run], said: str) -> HttpResponse:
    return _act(
        request,
        run_id,
        act,
        lambda run: verb(
            acting_user=request.user,
            run_id=run_id,
            reason=request.POST.get("reason", ""),
            revision=revision_of(request),
        ),
        said,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def correct(request: HttpRequest, run_id: int) -> HttpResponse:
    """更正."""
    said = "已建立更正，采纳的异议已改入数据；核对后公示，原来的一次即被替代。"
    return _reasoned(request, run_id, RunAction.CORRECT, actions.correct_run, said)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def finalise(request: HttpRequest, run_id: int) -> HttpResponse:
    """定稿."""
    return _reasoned(request, run_id, RunAction.FINALISE, actions.finalise_run, "已定稿，各单位会收到通知。")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: HttpRequest, run_id: int) -> HttpResponse:
    """撤回."""
    return _reasoned(request, run_id, RunAction.WITHDRAW, actions.withdraw_run, "已撤回，记录保留。")


@require_POST
@login_required
def bulletin(request: HttpRequest, run_id: int) -> HttpResponse:
    """A ranking bulletin drawn from a final run."""
    run = visible_run(request.user, run_id)
    owner = run.adoption.owner
    require(may_keep(request.user, owner), NOT_KEEPER)
    period = Period.parse(run.period)
    try:
        made = draw_bulletin(
            acting_user=request.user,
            kind="ranking",
            owner=owner,
            plans=[],
            period=period,
            title=f"{full_name(owner)}关于{period.label}{run.adoption.name}排名情况的通报"[:200],
            about=about_of(run),
        )
    except BulletinError as error:
        messages.error(request, str(error))
        return redirect("assessment:run", run_id)
    messages.success(request, "已生成排名通报的草稿，请核对数字和文字。")
    return redirect("bulletins:detail", made.pk)
