"""Leads: list, board, one with its course, entering, moving, papers, claiming."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.investment import actions, policies, queries
from luoshi.apps.investment.forms import LeadForm, initial_of
from luoshi.apps.investment.models import (
    Activity,
    Enterprise,
    EvidenceKind,
    Lead,
    LeadEvidence,
    LeadMode,
    LeadSource,
    LeadState,
)
from luoshi.apps.investment.projecting import linkable_projects
from luoshi.apps.investment.queries.leads import GROUPS, SORTS, WAITS, LeadFilter
from luoshi.apps.investment.states import choices_from, next_of
from luoshi.apps.investment.views.shared import REFUSALS, decimal_in, done, revision_of, text_in, told
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import memberships, require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.projects.models import Chain, Project
from luoshi.apps.supervision.views.common import page_links, paged, posted_day
from luoshi.site.workbooks import list_file

TABS = (("", "全部"), ("open", "跟进中"), *((str(one.value), str(one.label)) for one in LeadState))
#: Cards of a column of the board.
CARDS = 30


def lead_filter(request: HttpRequest) -> LeadFilter:
    """What an address asks for; what it cannot mean narrows nothing."""
    query = request.GET
    state, source, mode = query.get("state", ""), query.get("source", ""), query.get("mode", "")
    wait, sort = query.get("wait", ""), query.get("sort", "")
    try:
        least = decimal_in(query.get("least", ""), "投资额")
    except ValidationError:
        least = None
    return LeadFilter(
        state=state if state in LeadState.values or state in GROUPS else "",
        unit=text_in(request, "unit"),
        place=text_in(request, "place"),
        source=source if source in LeadSource.values else "",
        mode=mode if mode in LeadMode.values else "",
        chain=number_of(query.get("chain", "")) or 0,
        least=least if least is None or 0 <= least < Decimal(10) ** 6 else None,
        wait=wait if wait in WAITS else "",
        text=text_in(request, "text"),
        sort=sort if sort in SORTS else "",
    )


@require_safe
@login_required
def lead_list(request: HttpRequest) -> HttpResponse:
    """All leads that the person sees."""
    asked, today = lead_filter(request), timezone.localdate()
    page = paged(request, queries.lead_list(request.user, asked, today))
    stocks = queries.pipeline(request.user, asked, today)
    numbers = {stock.state: stock.count for stock in stocks}
    numbers |= {"": sum(numbers.values()), "open": sum(numbers[state] for state in GROUPS["open"])}
    query = request.GET.copy()
    for name in ("state", "page"):
        query.pop(name, None)
    mine = policies.visible_leads(request.user).order_by()
    units = Unit.objects.filter(Q(pk__in=mine.values("unit")) | Q(pk__in=mine.values("place"))).order_by("path")
    context = {
        "rows": page.object_list,
        "asked": asked,
        "tabs": [(key, label, numbers[key], key == asked.state) for key, label in TABS],
        "tab_address": f"{query.urlencode()}&" if query else "",
        "sources": LeadSource.choices,
        "modes": LeadMode.choices,
        "waits": WAITS.items(),
        "sorts": SORTS.items(),
        "units": list(units[:300]),
        "chains": list(Chain.objects.filter(links__leads__in=mine.values("pk")).distinct()[:100]),
        "amount": sum((stock.amount for stock in stocks if _shown(stock.state, asked.state)), Decimal(0)),
        "today": today,
        "enters": policies.follows_any(request.user),
        **page_links(request, page),
    }
    return render(request, "investment/leads.html", context)


def _shown(state: str, asked: str) -> bool:
    return not asked or state == asked or state in GROUPS.get(asked, ())


@require_safe
@login_required
def lead_export(request: HttpRequest) -> HttpResponse:
    """The same rows, all pages, as a workbook."""
    asked, now = lead_filter(request), timezone.now()
    columns = [
        *(("项目名称", 36), ("投资方", 30), ("来自", 10), ("状态", 10), ("状态日期", 12), ("投资额（亿元）", 12)),
        *(("意向地点", 16), ("跟进单位", 20), ("跟进人", 10), ("线索来源", 14), ("引进方式", 14)),
        *(("产业链环节", 22), ("最新进展", 40), ("存在问题", 30), ("下次联系", 12)),
    ]
    rows = (
        (
            lead.title,
            lead.enterprise.name,
            lead.enterprise.get_where_display(),
            lead.get_state_display(),
            lead.state_on,
            None if lead.amount is None else (lead.amount / 100_000_000).normalize(),
            str(lead.place or ""),
            str(lead.unit),
            lead.handler,
            lead.get_source_display(),
            lead.get_mode_display(),
            str(lead.link or ""),
            lead.progress,
            lead.problem,
            lead.next_on,
        )
        for lead in queries.lead_list(request.user, asked, timezone.localdate(now)).iterator(chunk_size=500)
    )
    said = [("状态", dict(TABS).get(asked.state, "")), ("单位", asked.unit), ("地点", asked.place),
            ("来源", dict(LeadSource.choices).get(asked.source, "")), ("条件", WAITS.get(asked.wait, "")),
            ("文字", asked.text)]  # fmt: skip
    conditions = [(name, value) for name, value in said if value]
    return list_file("xlsx", "招商线索", columns, rows, told=conditions, person=str(request.user), at=now)


@require_safe
@login_required
def lead_board(request: HttpRequest) -> HttpResponse:
    """The leads by state, in columns."""
    asked, today = lead_filter(request), timezone.localdate()
    stocks = queries.pipeline(request.user, asked, today)
    rows = queries.lead_list(request.user, LeadFilter(**_without_state(asked)), today)
    columns = []
    for stock in stocks:
        if stock.state == LeadState.LOST:
            continue
        cards = list(rows.filter(state=stock.state)[:CARDS]) if stock.count else []
        columns.append({"stock": stock, "cards": cards, "more": max(0, stock.count - CARDS)})
    lost = next(stock for stock in stocks if stock.state == LeadState.LOST)
    query = request.GET.copy()
    query.pop("state", None)
    context = {
        "columns": columns,
        "lost": lost,
        "asked": asked,
        "address": query.urlencode(),
        "today": today,
        "total": sum(stock.count for stock in stocks),
        "enters": policies.follows_any(request.user),
    }
    return render(request, "investment/board.html", context)


def _without_state(asked: LeadFilter) -> dict[str, Any]:
    names = ("unit", "place", "source", "mode", "chain", "least", "wait", "text", "sort")
    return {name: getattr(asked, name) for name in names}


def investor(request: HttpRequest, typed: dict[str, Any]) -> Enterprise:
    """The enterprise that was typed: one known by this name or another one of its, else a new one."""
    name = " ".join(typed["enterprise"].split())
    found = Enterprise.objects.filter(name=name).first()
    if found is None:
        near = Enterprise.objects.filter(aliases__icontains=name).order_by("pk")[:20]
        found = next((one for one in near if name in one.aliases), None)
    return found or actions.save_enterprise(acting_user=request.user, name=name, where=typed["where"])


def _form_page(request: HttpRequest, form: LeadForm, lead: Lead | None, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "lead": lead,
        "enterprises": list(Enterprise.objects.order_by("-pk").values_list("name", flat=True)[:500]),
        "activity": form.initial.get("activity"),
    }
    return render(request, "investment/lead_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def lead_new(request: HttpRequest) -> HttpResponse:
    """Enter a lead."""
    require(policies.follows_any(request.user), "您不是任何单位的工作人员，不能登记线索。")
    own = [row.unit for row in memberships(request.user) if row.role in policies.WORKERS]
    activity = _activity(request)
    initial: dict[str, Any] = {"found_on": timezone.localdate(), "unit": own[0] if own else None, "activity": activity}
    if activity is not None:
        initial |= {"source": LeadSource.OWN, "unit": activity.unit}
    form = LeadForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            with transaction.atomic():
                facts = form.facts(investor(request, typed))
                if activity is not None:
                    facts = replace(facts, activity=activity)
                lead = actions.create_lead(
                    acting_user=request.user, unit=typed["unit"], facts=facts, found_on=typed["found_on"]
                )
        except REFUSALS as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "已登记。见面、通话后在这里记对接情况。")
            return redirect("investment:lead", lead.pk)
    return _form_page(request, form, None, 422 if form.errors else 200)


def _activity(request: HttpRequest) -> Activity | None:
    number = number_of(request.GET.get("activity", ""))
    if number is None:
        return None
    return policies.visible_activities(request.user).select_related("unit").filter(pk=number).first()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def lead_edit(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Change what a lead says."""
    rows = policies.visible_leads(request.user).select_related("enterprise", "place", "problem_unit", "unit")
    lead = get_object_or_404(rows, pk=lead_id)
    require(policies.may_follow(request.user, lead), "只有跟进、认领这条线索的单位可以修改。")
    form = LeadForm(request.POST or None, user=request.user, lead=lead)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                facts = replace(form.facts(investor(request, form.cleaned_data)), activity=lead.activity)
                actions.edit_lead(acting_user=request.user, lead_id=lead.pk, facts=facts, revision=revision_of(request))
        except REFUSALS as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "已保存。")
            return redirect("investment:lead", lead.pk)
    return _form_page(request, form, lead, 422 if form.errors else 200)


@require_safe
@login_required
def lead(request: HttpRequest, lead_id: int) -> HttpResponse:
    """One lead: who, what, how far, whose, what next."""
    return lead_view(request, lead_id)


def lead_view(
    request: HttpRequest, lead_id: int, *, panel: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    """The page of a lead; ``panel`` is the act that was refused: it stays open, with what was typed."""
    page = queries.lead_page(request.user, lead_id)
    if page is None:
        raise Http404
    found, today = page.lead, timezone.localdate()
    following = next_of(found.state)
    needs_project = page.may_follow and found.project_id is None and following in (LeadState.SIGNED, LeadState.STARTED)
    signing = list(linkable_projects(request.user).filter(unit=found.place_id).order_by("name")[:100]) \
        if needs_project and found.place_id else []  # fmt: skip
    context = {
        "page": page,
        "lead": found,
        "following": following,
        "choices": choices_from(found.state),
        "kinds": EvidenceKind.choices,
        "wanted_kind": {"negotiating": "intent", "signed": "agreement", "started": "start",
                        "producing": "production"}.get(str(following or ""), "other"),
        "projects": signing,
        "panel": panel,
        "problem": problem,
        "typed": request.POST if panel else {},
        "today": today,
        "initial": initial_of(found),
    }  # fmt: skip
    return render(request, "investment/lead.html", context, status=status)


def _acted(request: HttpRequest, lead_id: int, panel: str, said: str, act: Any) -> HttpResponse:
    get_object_or_404(policies.visible_leads(request.user), pk=lead_id)
    return done(
        request,
        act,
        said,
        reverse("investment:lead", args=[lead_id]),
        lambda problem, status: lead_view(request, lead_id, panel=panel, problem=problem, status=status),
    )


@require_POST
@login_required
def lead_move(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Move a lead, with the paper that shows it."""

    def act() -> None:
        number = number_of(request.POST.get("project", ""))
        project = None if number is None else Project.objects.filter(pk=number).first()
        if number is not None and project is None:
            raise ValidationError("没有这个项目。")
        actions.move_lead(
            acting_user=request.user,
            lead_id=lead_id,
            to=request.POST.get("to", ""),
            on=posted_day(request, "on"),
            reason=request.POST.get("reason", ""),
            files=request.FILES.getlist("files"),
            kind=request.POST.get("kind", ""),
            override=request.POST.get("override", ""),
            project=project,
            revision=revision_of(request),
        )

    return _acted(request, lead_id, "move", "已更新状态。", act)


@require_POST
@login_required
def lead_visit(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Write down a talk."""
    sent = request.POST

    def act() -> None:
        actions.add_visit(
            acting_user=request.user,
            lead_id=lead_id,
            on=posted_day(request, "on"),
            text=sent.get("text", ""),
            where=sent.get("where", ""),
            people=sent.get("people", ""),
            next_step=sent.get("next_step", ""),
            next_on=posted_day(request, "next_on"),
        )

    return _acted(request, lead_id, "visit", "已记下。", act)


@require_POST
@login_required
def lead_evidence(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Add papers."""

    def act() -> None:
        actions.attach_evidence(
            acting_user=request.user,
            lead_id=lead_id,
            kind=request.POST.get("kind", ""),
            files=request.FILES.getlist("files"),
        )

    return _acted(request, lead_id, "evidence", "已上传。", act)


@require_safe
@login_required
def lead_evidence_file(request: HttpRequest, lead_id: int, paper_id: int) -> HttpResponse:
    """A paper, as a download."""
    get_object_or_404(policies.visible_leads(request.user), pk=lead_id)
    found = get_object_or_404(LeadEvidence, pk=paper_id, lead=lead_id)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name)


@require_POST
@login_required
def lead_claim(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Claim a lead for one's unit, or give a claim up (``claim``: its number)."""
    number = number_of(request.POST.get("claim", ""))
    if number is not None:
        return _acted(
            request,
            lead_id,
            "claim",
            "已放弃认领。",
            lambda: actions.withdraw_claim(acting_user=request.user, lead_id=lead_id, claim_id=number),
        )

    def act() -> None:
        unit = policies.claiming_units(request.user).filter(key=request.POST.get("unit", "")[:64]).first()
        if unit is None:
            require(policies.claiming_units(request.user).exists(), "您不是县市、园区或招商组的人员，不能认领。")
            raise ValidationError("请选择认领单位。")
        actions.claim_lead(acting_user=request.user, lead_id=lead_id, unit=unit, text=request.POST.get("text", ""))

    return _acted(request, lead_id, "claim", "已认领。", act)
