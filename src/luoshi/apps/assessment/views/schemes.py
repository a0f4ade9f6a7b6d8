"""Schemes: the list, one of them as an official reads it, its text, and the acts on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.assessment import actions, policies, queries
from luoshi.apps.assessment.errors import BadScheme
from luoshi.apps.assessment.models import Scheme, SchemeOrigin, SchemeVersion, VersionState
from luoshi.apps.assessment.queries import SchemeFilter
from luoshi.apps.assessment.tables import TableDraft, drafts_of
from luoshi.apps.assessment.texts import read
from luoshi.apps.assessment.trial import try_out
from luoshi.apps.assessment.views.shared import (
    REFUSALS,
    draft_or_404,
    paged,
    plain,
    revision_of,
    scheme_or_404,
    status_of,
    told,
    version_or_404,
)
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import PlanTable
from luoshi.apps.plans.policies import visible_tables
from luoshi.scoring import SHIPPED, shipped, show
from luoshi.scoring.yaml_text import decode

PERIODS = {"year": "年度", "half-year": "半年", "quarter": "季度", "month": "月度", "any": "不限", "": "不限"}
MOST_FILE = 200_000


@require_safe
@login_required
def schemes(request: HttpRequest) -> HttpResponse:
    """Which schemes are there, who uses them, and what ships?"""
    state = request.GET.get("state", "")
    asked = SchemeFilter(
        state=state if state in dict(queries.STATES) else "",
        text=plain(request.GET.get("text", "")),
        plan=number_of(request.GET.get("plan", "")) or 0,
    )
    page, links = paged(request, queries.scheme_list(request.user, asked))
    writes = policies.keeping_units(request.user).exists()
    return render(
        request,
        "assessment/schemes.html",
        {
            "asked": asked,
            "rows": list(page),
            "states": queries.STATES,
            "filtered": bool(asked.state or asked.text or asked.plan),
            "writes": writes,
            "shipped": [(key, shipped(key)) for key in SHIPPED] if writes else [],
            "adoptions": list(queries.adoption_list(request.user, active=True)[:50]),
            **links,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_scheme(request: HttpRequest) -> HttpResponse:
    """A new scheme: shipped, from a plan's table, from a file, a copy, or by hand."""
    owners = policies.keeping_units(request.user)
    require(owners.exists(), "只有统筹办、牵头处室可以编写评分办法。")
    given = request.POST if request.method == "POST" else request.GET
    table = _table(request, given.get("table", ""))
    drafts = drafts_of(table) if table is not None else []
    copied = _copied(request, given.get("copy", ""))
    problem, status, problems = "", 200, []
    if request.method == "POST":
        try:
            version = _create(request, table, copied)
        except REFUSALS as error:
            problem, status = told(error), status_of(error)
            problems = error.problems if isinstance(error, BadScheme) else []
        except UnknownUnit as error:
            problem, status = f"考核单位：{error}。", 422
        else:
            messages.success(request, "草稿已建好。请逐项核对，再发布。")
            return redirect("assessment:scheme-edit", version.scheme_id)
    usual = table.plan.owner if table is not None else copied.scheme.owner if copied is not None else None
    if usual is None or not owners.filter(pk=usual.pk).exists():
        usual = owners.order_by("path").first()
    origin = given.get("origin") or ("table" if table else "copy" if copied else "shipped")
    context = {
        "origin": origin,
        "origins": [value for value in SchemeOrigin.choices if _offered(value[0], table, copied)],
        "owner": given.get("owner") or usual,
        "title": given.get("title", ""),
        "shipped": [(key, shipped(key)) for key in SHIPPED],
        "shipped_key": given.get("shipped", ""),
        "table": table,
        "drafts": [(one, _summary(one)) for one in drafts],
        "part": given.get("part", ""),
        "copied": copied,
        "text": given.get("text", ""),
        "problem": problem,
        "problems": problems,
    }
    return render(request, "assessment/scheme_new.html", context, status=status)


def _offered(origin: str, table: PlanTable | None, copied: SchemeVersion | None) -> bool:
    return (origin != SchemeOrigin.TABLE or table is not None) and (origin != SchemeOrigin.COPY or copied is not None)


def _summary(draft: TableDraft) -> str:
    count = len(draft.scheme.items)
    if draft.scheme.parts:
        return f"合成：{draft.scheme.combination.formula.text if draft.scheme.combination else ''}"
    doubtful = f"，{draft.doubtful}项待确认" if draft.doubtful else ""
    return f"{count}项，共{show(draft.scheme.total, 6)}分{doubtful}"


def _table(request: HttpRequest, text: str) -> PlanTable | None:
    number = number_of(text)
    rows = visible_tables(request.user).select_related("plan__owner", "version__document")
    return rows.filter(pk=number).first() if number is not None else None


def _copied(request: HttpRequest, text: str) -> SchemeVersion | None:
    number = number_of(text)
    rows = policies.visible_versions(request.user).select_related("scheme__owner")
    return rows.filter(pk=number).first() if number is not None else None


def _create(request: HttpRequest, table: PlanTable | None, copied: SchemeVersion | None) -> SchemeVersion:
    owner: Unit = find_unit(request.POST.get("owner", ""), policies.keeping_units(request.user))
    origin = request.POST.get("origin", "")
    text = request.POST.get("text", "")
    uploaded: Any = request.FILES.get("file")
    if origin == SchemeOrigin.FILE and uploaded is not None:
        text = decode(uploaded.read(MOST_FILE + 1)) or ""
    return actions.create_scheme(
        acting_user=request.user,
        owner=owner,
        origin=origin if origin in SchemeOrigin.values else SchemeOrigin.HAND,
        title=request.POST.get("title", ""),
        shipped_key=request.POST.get("shipped", ""),
        text=text,
        copied=copied,
        table=table,
        part=request.POST.get("part", ""),
    )


@require_safe
@login_required
def scheme(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """What does this scheme say, where does it come from, what was changed, and who uses it?"""
    return scheme_page(request, scheme_or_404(request, scheme_id))


def scheme_page(request: HttpRequest, found: Scheme, problem: str = "", status: int = 200) -> HttpResponse:
    """The page; after an act that was refused with why."""
    user = request.user
    version = version_or_404(request, found, request.GET.get("version", ""))
    loaded, problems = read(version.text)
    versions = queries.versions_of(user, found)
    against = next((one for one in versions if str(one.ordinal) == request.GET.get("against", "")), None)
    changes = None
    if against is not None and loaded is not None:
        other, _ = read(policies.visible_versions(user).values_list("text", flat=True).get(pk=against.pk))
        changes = queries.differences(other, loaded) if other is not None else None
    keeps = policies.may_keep(user, found.owner)
    plan_source = found.plan_id if found.plan is not None else None
    context = {
        "scheme": found,
        "version": version,
        "versions": versions,
        "loaded": loaded,
        "total": show(loaded.total, 6) if loaded is not None else "",
        "period": PERIODS.get(loaded.period, "不限") if loaded is not None else "",
        "groups": queries.groups_of(loaded, version.provenance) if loaded is not None else [],
        "readings": queries.readings_of(loaded) if loaded is not None else [],
        "ladders": [(one.title, one.rule()) for one in loaded.ladders] if loaded is not None else [],
        "problems": problems,
        "remarks": version.provenance.get("remarks", ()),
        "against": against,
        "changes": changes,
        "adoptions": list(queries.adoption_list(user, found)[:100]),
        "draft": next((one for one in versions if one.state == VersionState.DRAFT), None),
        "issued": next((one for one in versions if one.state == VersionState.ISSUED), None),
        "keeps": keeps,
        "adopts": policies.keeping_units(user).exists(),
        "plan_source": plan_source,
        "problem": problem,
        "typed": request.POST if request.method == "POST" else None,
    }
    return render(request, "assessment/scheme.html", context, status=status)


@require_safe
@login_required
def text_file(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """The text of a version, to be kept or used elsewhere."""
    found = scheme_or_404(request, scheme_id)
    version = version_or_404(request, found, request.GET.get("version", ""))
    answer = HttpResponse(version.text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.key}-v{version.ordinal}.yaml"'
    return answer


def _act(request: HttpRequest, scheme_id: int, act: Any, said: str, to: str = "assessment:scheme") -> HttpResponse:
    found = scheme_or_404(request, scheme_id)
    try:
        act(found)
    except REFUSALS as error:
        return scheme_page(request, found, told(error), status_of(error))
    messages.success(request, said)
    return redirect(to, scheme_id)


@require_POST
@login_required
def issue(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Issue the draft."""
    return _act(
        request,
        scheme_id,
        lambda found: actions.issue_version(
            acting_user=request.user,
            version_id=draft_or_404(request, found).pk,
            reason=request.POST.get("reason", ""),
            revision=revision_of(request),
        ),
        "已发布，可以启用了。",
    )


@require_POST
@login_required
def drop(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Give the draft up."""
    return _act(
        request,
        scheme_id,
        lambda found: actions.drop_draft(
            acting_user=request.user, version_id=draft_or_404(request, found).pk, revision=revision_of(request)
        ),
        "草稿已放弃。",
    )


@require_POST
@login_required
def draft(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Begin the next version."""
    return _act(
        request,
        scheme_id,
        lambda found: actions.start_draft(acting_user=request.user, scheme_id=found.pk),
        "新版草稿已建好，现行版本继续有效，直到新版发布并换用。",
        "assessment:scheme-edit",
    )


@require_POST
@login_required
def stop(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Nobody may adopt it any more."""
    return _act(
        request,
        scheme_id,
        lambda found: actions.stop_scheme(
            acting_user=request.user, scheme_id=found.pk, reason=request.POST.get("reason", "")
        ),
        "已停用。",
    )


@require_POST
@login_required
def restore(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """In use again."""
    return _act(
        request,
        scheme_id,
        lambda found: actions.restore_scheme(acting_user=request.user, scheme_id=found.pk),
        "已恢复使用。",
    )


@require_safe
@login_required
def shipped_scheme(request: HttpRequest, key: str) -> HttpResponse:
    """A scheme that ships, before one takes it."""
    if key not in SHIPPED:
        raise Http404
    loaded = shipped(key)
    context = {
        "key": key,
        "loaded": loaded,
        "total": show(loaded.total, 6),
        "period": PERIODS.get(loaded.period, "不限"),
        "groups": queries.groups_of(loaded),
        "readings": queries.readings_of(loaded),
        "ladders": [(one.title, one.rule()) for one in loaded.ladders],
        "writes": policies.keeping_units(request.user).exists(),
        "trial": try_out(loaded),
    }
    return render(request, "assessment/shipped.html", context)
