"""审核: what waits for me, the most doubtful first; one return compared; pass, send back, many at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.views.reading import number_in
from luoshi.apps.reporting import actions
from luoshi.apps.reporting.models import Return, ReturnState, ReviewStage
from luoshi.apps.reporting.policies import had_part, may_review, passers, reviewable_returns, sits_at
from luoshi.apps.reporting.queries.returns import return_sheet
from luoshi.apps.reporting.queries.reviews import ToReview, returns_to_review, waiting_returns
from luoshi.apps.reporting.views.answers import (
    ahead_of_passing,
    answer_or_404,
    body_of,
    narrowed,
    revision_of,
    script_view,
    stage_words,
    text_map,
)
from luoshi.apps.reporting.views.returns import page_context
from luoshi.apps.reporting.views.sheets import changes_in_words, moment_text
from luoshi.forms import place_of
from luoshi.forms.model import Severity
from luoshi.periods import Period

PAGE = 100


def _doubts(item: ToReview) -> list[str]:
    """What speaks against accepting at sight, in words, the worst first."""
    early = sum(problem.code == "early" for problem in item.explained)
    others = len(item.explained) - item.jumps - early
    words = [
        (early, "本期未结束就报"),
        (item.remarks, f"{item.remarks} 条意见未改"),
        (item.jumps, f"{item.jumps} 处与上期或预计相差大"),
        (others, f"{others} 处有说明"),
        (item.changes, f"比上次改了 {item.changes} 格"),
        (item.late, "迟报"),
    ]
    return [text for there, text in words if there]


def _row(item: ToReview) -> dict[str, Any]:
    answer = item.answer
    return {
        "pk": answer.pk,
        "submission": item.submission.ordinal,
        "unit": str(answer.unit),
        "form": answer.round.form.title,
        "period": Period.parse(answer.round.period).label,
        "doubts": _doubts(item),
        "late": item.late,
        "submitted": f"{moment_text(item.submission.submitted_at)}　{item.submission.submitted_by}",
        "stage": ReviewStage(answer.stage).label,
        "then": _then(item),
    }


def _then(item: ToReview) -> str:
    """What passing leads to, as far as the form says so (a stage without people is passed over)."""
    stages = list(item.answer.round.version.review_stages)
    left = stages[stages.index(item.answer.stage) + 1 :] if item.answer.stage in stages else []
    return f"转{stage_words(item.answer, left[-1])}审核" if left else "计入汇总"


@require_GET
@login_required
def review_list(request: HttpRequest) -> HttpResponse:
    """The returns that wait for me, by trust."""
    user = request.user
    asked = narrowed(request.GET, "form", "unit", "period")
    waiting = reviewable_returns(user).order_by()
    narrowing = {"round__form__key": asked["form"], "unit__key": asked["unit"], "round__period": asked["period"]}
    rows = waiting_returns(user).filter(**{name: value for name, value in narrowing.items() if value})
    total = rows.count()
    found = returns_to_review(user, rows=rows)
    pages = max(1, -(-len(found) // PAGE))
    page = min(number_in(request.GET, "page"), pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    offered = list(
        waiting.order_by("round__form__title", "unit__path").values_list(
            "round__form__key", "round__form__title", "unit__key", "unit__short_name", "round__period"
        )[:2000]
    )
    periods = sorted({Period.parse(row[4]) for row in offered}, reverse=True)
    filters = {name: asked[name] for name in ("form", "unit", "period") if asked[name]}
    context = {
        "rows": [_row(item) for item in shown],
        "clean": sum(item.trusted for item in shown),
        "asked": asked,
        "choices": {
            "forms": list(dict.fromkeys((row[0], row[1]) for row in offered)),
            "units": list(dict.fromkeys((row[2], row[3]) for row in offered)),
            "periods": [(str(period), period.label) for period in periods],
        }
        if offered
        else None,
        "total": total,
        "page": page,
        "pages": pages,
        "address": urlencode(filters),
        "page_address": f"{urlencode(filters)}&",
        "results": request.session.pop("review-results", None),
    }
    return render(request, "reporting/reviews.html", context)


@require_POST
@login_required
def review_accept(request: HttpRequest) -> HttpResponse:
    """Pass many at once; each for itself: what cannot be done leaves the others alone.

    A return that was submitted anew since the list was shown is not passed: nobody has seen it.
    """
    wanted = [part.partition(":") for part in request.POST.getlist("return")][:500]
    seen = {number_of(pk) or 0: number_of(submission) or 0 for pk, _, submission in wanted}
    seen.pop(0, None)
    results: list[dict[str, Any]] = []
    if not seen:
        messages.warning(request, "没有选择报表。")
    else:
        names = _names(request, list(seen))
        done = actions.accept_many(acting_user=request.user, returns=seen.items())
        results = [{"name": names.get(pk, "报表"), "words": why, "failed": True} for pk, why in done.refused]
        after = {row.pk: row for row in Return.objects.filter(pk__in=done.done).select_related("round__form__owner")}
        for pk in done.done:
            answer = after[pk]
            accepted = answer.state == ReturnState.ACCEPTED
            words = "已通过，计入汇总。" if accepted else f"已通过，转{stage_words(answer, answer.stage)}审核。"
            results.append({"name": names.get(pk, "报表"), "words": words, "failed": False})
        request.session["review-results"] = results
        failed = sum(row["failed"] for row in results)
        words = f"通过 {len(done.done)} 份" + (f"，{failed} 份没有办成，原因见下。" if failed else "。")
        (messages.warning if failed else messages.success)(request, words)
    back = request.POST.get("back", "")[:300]
    return redirect(f"{reverse('reporting:reviews')}{f'?{back}' if back else ''}")


def _names(request: HttpRequest, ids: list[int]) -> dict[int, str]:
    rows = reviewable_returns(request.user).filter(pk__in=ids).select_related("unit", "round__form").order_by()
    return {
        row.pk: f"{row.unit}　{row.round.form.title}　{Period.parse(row.round.period).label}"
        for row in rows.only("unit__name", "unit__short_name", "round__period", "round__form__title")
    }


@require_GET
@login_required
def review_page(request: HttpRequest, answer_id: int) -> HttpResponse:
    """One return to review: what was submitted, compared with the last period and the last submission."""
    answer = answer_or_404(request, answer_id)
    sheet = return_sheet(answer, user=request.user)
    allowed, next_url = _desk(request, answer)
    context = page_context(request, answer, sheet, editable=False)
    submission = sheet.submission
    if answer.state == ReturnState.IN_REVIEW and submission is not None:
        passed = passers([submission.pk]).get(submission.pk, frozenset())
        ahead = ahead_of_passing(answer, submission.submitted_by_id, passed | {request.user.pk})
        context["pass_label"] = ahead.label
        context["sheet"] |= {"pass_title": f"通过{answer.unit}的报表", "pass_words": ahead.words}
        context["sheet"]["send_back_words"] = f"退回后，{answer.unit}会收到通知，改正后重新报送，仍从头审核。"
    context |= {
        "may_review": allowed,
        "why_not": "" if allowed else _why_not(request.user, answer),
        "resubmitted": submission is not None and submission.ordinal > 1,
        "changes": changes_in_words(sheet.definition, sheet.values, sheet.changes),
        "explained": [
            {
                "address": problem.address,
                "place": place_of(sheet.definition, sheet.values, problem.address) if problem.address else "整张表",
                "message": problem.message,
                "reason": sheet.reasons.get(problem.address, ""),
            }
            for problem in sheet.problems
            if problem.severity == Severity.SOFT and not problem.follows and sheet.reasons.get(problem.address)
        ],
        "next_url": next_url,
    }
    return render(request, "reporting/review.html", context)


def _why_not(user: Any, answer: Return) -> str:
    if answer.state == ReturnState.IN_REVIEW:
        if sits_at(user, answer):
            return had_part(user, answer)
        return f"这份报表正等{stage_words(answer, answer.stage)}审核，不用您办理。"
    return "这份报表现在不用审核。"


def _desk(request: HttpRequest, answer: Return) -> tuple[bool, str]:
    """Whether the return waits for this person, and where the next one that does is: one query."""
    waiting = reviewable_returns(request.user).order_by("submitted_at", "pk").values_list("pk", flat=True)
    ids = list(waiting[:500])
    others = [pk for pk in ids if pk != answer.pk]
    if len(others) == len(ids):  # not among the first ones: asked by itself
        return may_review(request.user, answer), ""
    return True, reverse("reporting:review", args=(others[0],)) if others else ""


def _ordinal(sent: dict[str, Any]) -> int | None:
    """The submission that the reviewer saw: nobody judges what they have not seen."""
    return revision_of(sent["submission"]) if sent.get("submission") is not None else None


@require_POST
@script_view
def review_pass(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Pass one return on, or accept it at the last stage."""
    sent = body_of(request)
    answer = answer_or_404(request, answer_id)
    actions.pass_stage(acting_user=request.user, answer_id=answer_id, ordinal=_ordinal(sent))
    after = answer_or_404(request, answer_id)
    to = "已计入汇总" if after.state == ReturnState.ACCEPTED else f"转{stage_words(after, after.stage)}审核"
    messages.success(request, f"已通过{answer.unit}的《{answer.round.form.title}》，{to}。")
    return JsonResponse({"url": reverse("reporting:reviews")})


@require_POST
@script_view
def review_send_back(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Send a return back with a reason, and remarks on cells."""
    sent = body_of(request)
    answer = answer_or_404(request, answer_id)
    reason = sent.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise ValidationError("请写明退回理由。")
    remarks = {address: text for address, text in text_map(sent.get("remarks")).items() if text and text.strip()}
    actions.send_back(
        acting_user=request.user, answer_id=answer_id, reason=reason.strip(), remarks=remarks, ordinal=_ordinal(sent)
    )
    messages.success(request, f"已退回{answer.unit}，对方会收到通知。")
    return JsonResponse({"url": reverse("reporting:reviews")})
