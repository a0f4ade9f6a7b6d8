"""Objections and evidence: what units bring forward, what is answered."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.errors import Invalid
from luoshi.apps.assessment.gathering import members_of, scheme_for, sources_of
from luoshi.apps.assessment.models import Evidence, Objection, Run
from luoshi.apps.assessment.policies import may_check, may_object, may_oversee, may_speak_for, visible_runs
from luoshi.apps.assessment.queries.runs import seen_objections, visible_run
from luoshi.apps.assessment.views.run_shared import done, head, posted_number, revision_of
from luoshi.apps.assessment.views.runs import unit_page
from luoshi.apps.organisations.models import Unit


def _page(request: HttpRequest, run: Run, problem: str = "", which: str = "") -> HttpResponse:
    members = members_of(run)
    owner = run.adoption.owner
    sources = {source.item: source for source in sources_of(run)}
    mine = [one for one in members if may_object(request.user, one.unit, owner)]
    rows = seen_objections(request.user, run, members)
    titles = {item.key: item.title for item in scheme_for(run).items}
    shown = [
        {
            "objection": one,
            "title": f"第{one.item}项 {titles.get(one.item, '')}" if one.item else "整体",
            "answers": one.state == "open"
            and may_check(request.user, sources.get(one.item) if one.item else None, owner)
            and one.filed_by_id != request.user.pk,
            "withdraws": one.state == "open" and may_object(request.user, one.unit, owner),
        }
        for one in rows[:300]
    ]
    context = head(request, run, "objections") | {
        "shown": shown,
        "mine": mine,
        "members": members,
        "items": scheme_for(run).items,
        "problem": problem,
        "which": which,
        "typed": request.POST if problem else request.GET,
    }
    return render(request, "assessment/run_objections.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def objection_rows(request: HttpRequest, run_id: int) -> HttpResponse:
    """What is disputed, and what was answered? Posted: a new objection."""
    run = visible_run(request.user, run_id)
    if request.method != "POST":
        return _page(request, run)

    def file() -> Objection:
        units = Unit.objects.filter(assessed_in__adoption=run.adoption_id)
        unit = get_object_or_404(units, key=request.POST.get("unit", ""))
        about = units.filter(key=request.POST["about"]).first() if request.POST.get("about") else None
        return actions.file_objection(
            acting_user=request.user,
            run_id=run_id,
            unit_id=unit.pk,
            about_id=about.pk if about else None,
            item=request.POST.get("item", ""),
            wanted=posted_number(request, "wanted"),
            text=request.POST.get("text", ""),
            file=request.FILES.get("file"),
        )

    return done(
        request,
        file,
        "异议已提出，答复后您会收到通知。",
        reverse("assessment:objections", args=[run_id]),
        lambda why: _page(request, run, why, "file"),
    )


def _objection(request: HttpRequest, objection_id: int) -> Objection:
    rows = Objection.objects.filter(run__in=visible_runs(request.user).order_by().values("pk"))
    return get_object_or_404(rows, pk=objection_id)


@require_POST
@login_required
def answer(request: HttpRequest, objection_id: int) -> HttpResponse:
    """采纳或不采纳."""
    found = _objection(request, objection_id)
    return done(
        request,
        lambda: actions.answer_objection(
            acting_user=request.user,
            objection_id=objection_id,
            uphold=request.POST.get("outcome") == "uphold",
            answer=request.POST.get("answer", ""),
            revision=revision_of(request),
        ),
        "已答复，提出单位会收到通知。",
        reverse("assessment:objections", args=[found.run_id]),
        lambda why: _page(request, visible_run(request.user, found.run_id), why, f"answer-{objection_id}"),
    )


@require_POST
@login_required
def withdraw(request: HttpRequest, objection_id: int) -> HttpResponse:
    """撤回."""
    found = _objection(request, objection_id)
    return done(
        request,
        lambda: actions.withdraw_objection(
            acting_user=request.user, objection_id=objection_id, revision=revision_of(request)
        ),
        "异议已撤回。",
        reverse("assessment:objections", args=[found.run_id]),
        lambda why: _page(request, visible_run(request.user, found.run_id), why),
    )


def _sent(file: object, name: str) -> HttpResponse:
    try:
        handle = file.open("rb")  # type: ignore[attr-defined]
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    # Never shown inside the site: what was uploaded is not trusted.
    return FileResponse(handle, as_attachment=True, filename=name, content_type="application/octet-stream")


@require_safe
@login_required
def objection_file(request: HttpRequest, objection_id: int) -> HttpResponse:
    """The file that came with an objection: for the two sides and who answers."""
    found = _objection(request, objection_id)
    owner = found.run.adoption.owner
    source = next((one for one in sources_of(found.run) if found.item and one.item == found.item), None)
    sides = may_object(request.user, found.unit, owner) or may_object(request.user, found.about, owner)
    if not (sides or may_check(request.user, source, owner)) or not found.file:
        raise Http404
    return _sent(found.file, found.name)


@require_POST
@login_required
def evidence_offer(request: HttpRequest, run_id: int, unit_key: str) -> HttpResponse:
    """A file for an item."""
    run = visible_run(request.user, run_id)
    unit = get_object_or_404(Unit.objects.filter(assessed_in__adoption=run.adoption_id), key=unit_key)
    item = request.POST.get("item", "")

    def offer() -> Evidence:
        file = request.FILES.get("file")
        if file is None:
            raise Invalid("请选择文件。")
        return actions.offer_evidence(
            acting_user=request.user,
            run_id=run_id,
            unit_id=unit.pk,
            item=item,
            file=file,
            note=request.POST.get("note", ""),
        )

    return done(
        request,
        offer,
        "佐证已报送，审核单位会收到通知。",
        f"{reverse('assessment:run-unit', args=[run_id, unit_key])}#item-{item}",
        lambda why: unit_page(request, run_id, unit_key, why, f"evidence-{item}"),
    )


def _evidence(request: HttpRequest, evidence_id: int) -> Evidence:
    rows = Evidence.objects.filter(run__in=visible_runs(request.user).order_by().values("pk"))
    return get_object_or_404(rows.select_related("unit", "run__adoption__owner"), pk=evidence_id)


@require_POST
@login_required
def evidence_check(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """认可或不认可."""
    found = _evidence(request, evidence_id)
    return done(
        request,
        lambda: actions.check_evidence(
            acting_user=request.user,
            evidence_id=evidence_id,
            accept=request.POST.get("outcome") == "accept",
            answer=request.POST.get("answer", ""),
        ),
        "已审核。",
        f"{reverse('assessment:run-unit', args=[found.run_id, found.unit.key])}#item-{found.item}",
        lambda why: unit_page(request, found.run_id, found.unit.key, why, f"evidence-{found.item}"),
    )


@require_safe
@login_required
def evidence_file(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """The file: for the unit's own people, who checks it, and who keeps the ranking."""
    found = _evidence(request, evidence_id)
    owner = found.run.adoption.owner
    source = next((one for one in sources_of(found.run) if one.item == found.item), None)
    if not (
        may_speak_for(request.user, found.unit)
        or may_check(request.user, source, owner)
        or may_oversee(request.user, owner)
    ):
        raise Http404
    return _sent(found.file, found.name)
