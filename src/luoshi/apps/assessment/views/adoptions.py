"""Adoptions: who is scored by what, since when, under which readings, and where each item's figures come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.assessment import actions, policies, queries
from luoshi.apps.assessment.actions.adoptions import CADENCES
from luoshi.apps.assessment.actions.usual import usual_left
from luoshi.apps.assessment.computing import scheme_of
from luoshi.apps.assessment.errors import Invalid
from luoshi.apps.assessment.models import Adoption, AdoptionUnit, ItemSource, SchemeVersion, SourceKind, VersionState
from luoshi.apps.assessment.sources import figure_choices, usual_figures
from luoshi.apps.assessment.views.shared import (
    REFUSALS,
    adoption_or_404,
    revision_of,
    scheme_or_404,
    status_of,
    told,
    version_or_404,
)
from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.indicators.policies import visible_indicators
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit, find_units
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Tier
from luoshi.periods import Cadence, Period
from luoshi.scoring import Scheme

NOT_KEEPER = "只有考核单位的统筹办、牵头处室可以安排考核。"
MOST_SHOWN = 300


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def adopt(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Put the issued version in force."""
    scheme = scheme_or_404(request, scheme_id)
    owners = policies.keeping_units(request.user)
    require(owners.exists(), NOT_KEEPER)
    version = version_or_404(request, scheme, request.GET.get("version", ""))
    problem, status = "", 200
    if version.state != VersionState.ISSUED:
        problem = "此办法还没有发布，请先发布再启用。"
    elif request.method == "POST":
        try:
            made = actions.adopt_scheme(
                acting_user=request.user,
                version=version,
                owner=find_unit(request.POST.get("owner", ""), owners),
                cadence=request.POST.get("cadence", ""),
                first_period=request.POST.get("first_period", ""),
                terms=_terms(request, scheme_of(version.text)),
                usual_sources=bool(request.POST.get("usual_sources")),
            )
        except (*REFUSALS, UnknownUnit) as error:
            problem, status = told(error), status_of(error) if not isinstance(error, UnknownUnit) else 422
        else:
            whole = made.sources.count() == len(actions.item_keys(scheme_of(version.text)))
            messages.success(request, "已启用，各项都按台账取数。" if whole else "已启用。请逐项说明数据从哪里来。")
            return redirect("assessment:adoption-sources", made.pk)
    loaded = scheme_of(version.text) if version.state == VersionState.ISSUED else None
    usual = scheme.owner if owners.filter(pk=scheme.owner_id).exists() else owners.order_by("path").first()
    asked = CADENCES.get(loaded.period) if loaded is not None else None
    context = _form(request, loaded, None) | {
        "scheme": scheme,
        "version": version,
        "owner": request.POST.get("owner") or usual,
        "name": request.POST.get("name", scheme.title),
        "cadence": request.POST.get("cadence", asked or CadenceChoice.QUARTERLY),
        "cadences": [one for one in CadenceChoice.choices if asked is None or one[0] == asked],
        "first_period": request.POST.get(
            "first_period", str(Period.containing(timezone.localdate(), asked or Cadence.QUARTERLY))
        ),
        "usual": usual_figures(loaded) if loaded is not None else {},
        "takes_usual": request.method != "POST" or bool(request.POST.get("usual_sources")),
        "problem": problem,
    }
    return render(request, "assessment/adopt.html", context, status=status)


def _form(request: HttpRequest, loaded: Scheme | None, adoption: Adoption | None) -> dict[str, Any]:
    """What both forms of an adoption show: units by group, readings, days; what was typed first."""
    typed = request.POST if request.method == "POST" else None
    groups = [group.key for group in loaded.unit_groups] if loaded is not None else []
    known: dict[str, list[Unit]] = {}
    if adoption is not None:
        for row in AdoptionUnit.objects.filter(adoption=adoption).select_related("unit").order_by("unit__path"):
            known.setdefault(row.group if row.group in groups else "", []).append(row.unit)
    elif loaded is not None and typed is None:
        known = _named(loaded)
    boxes = [("units", "" if groups else "被考核单位", "")]
    boxes = [*((f"units-{at}", group, group) for at, group in enumerate(groups)), *boxes]
    units = [(name, label, typed.getlist(name) if typed else known.get(group, [])) for name, label, group in boxes]
    choices = dict(adoption.choices) if adoption is not None else {}
    if typed and loaded is not None:
        choices = {one.key: typed.get(f"choice-{one.key}", "") for one in loaded.assumptions}
    return {
        "loaded": loaded,
        "units": units,
        "grouped": bool(groups),
        "readings": [one for one in queries.readings_of(loaded, choices) if one.choices] if loaded is not None else [],
        "last_period": typed.get("last_period", "") if typed else adoption.last_period if adoption else "",
        "objection_days": typed.get("objection_days", "") if typed else adoption.objection_days if adoption else 5,
        "reason": typed.get("reason", "") if typed else adoption.reason if adoption else "",
    }


def _named(loaded: Scheme) -> dict[str, list[Unit]]:
    """The units that the scheme itself names, as far as the register knows them."""
    found: dict[str, list[Unit]] = {}
    for group in loaded.unit_groups:
        for name in group.units[:MOST_SHOWN]:
            try:
                found.setdefault(group.key, []).append(find_unit(name, Unit.objects.all()))
            except UnknownUnit:
                continue
    return found


def _terms(request: HttpRequest, loaded: Scheme) -> actions.Terms:
    """What the form says. Raises ``Invalid``, ``UnknownUnit``."""
    posted = request.POST
    groups = [group.key for group in loaded.unit_groups]
    units: list[tuple[Unit, str]] = []
    for name, group in [*((f"units-{at}", group) for at, group in enumerate(groups)), ("units", "")]:
        units += [(unit, group) for unit in find_units(posted.getlist(name), Unit.objects.all())]
    days = posted.get("objection_days", "").strip()
    if not days.isdecimal() or len(days) > 3:
        raise Invalid("公示期应为工作日数，如 5。")
    offered = {one.key for one in loaded.assumptions if one.choices}
    choices = {key: value for key in offered if (value := posted.get(f"choice-{key}", ""))}
    standing = {one.key: one.default for one in loaded.assumptions}
    return actions.Terms(
        name=posted.get("name", ""),
        units=units,
        last_period=posted.get("last_period", ""),
        choices={key: value for key, value in choices.items() if standing[key] != value},
        objection_days=int(days),
        reason=posted.get("reason", ""),
    )


@require_safe
@login_required
def adoption(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """Who is scored, by what, since when, from which figures, and which runs there are."""
    return adoption_page(request, adoption_or_404(request, adoption_id))


def adoption_page(request: HttpRequest, found: Adoption, problem: str = "", status: int = 200) -> HttpResponse:
    """The page; after an act that was refused with why."""
    loaded = scheme_of(found.version.text)
    sources = queries.sources_by_item(found)
    units = AdoptionUnit.objects.filter(adoption=found).select_related("unit").order_by("group", "unit__path")
    count = units.count()
    newer = found.version.scheme.versions.filter(state=VersionState.ISSUED, ordinal__gt=found.version.ordinal)
    context = {
        "adoption": found,
        "loaded": loaded,
        "groups": [
            (group.title, group.points, [(row, sources.get(row.item.key)) for row in group.rows])
            for group in queries.groups_of(loaded)
        ],
        "parts": [(part, sources.get(part.key)) for part in loaded.parts],
        "readings": [one for one in queries.readings_of(loaded, found.choices) if one.choices],
        "units": list(units[:MOST_SHOWN]),
        "unit_count": count,
        "hidden": max(0, count - MOST_SHOWN),
        "runs": list(
            policies.visible_runs(request.user)
            .filter(adoption=found)
            .defer("snapshot")
            .order_by("-period", "-ordinal")[:24]
        ),
        "takers": list(policies.visible_adoptions(request.user).filter(sources__takes=found).distinct()[:20]),
        "newer": newer.order_by("-ordinal").first(),
        "keeps": policies.may_keep(request.user, found.owner),
        "sourced": bool(sources),
        "by_hand": sum(key not in sources for key in actions.item_keys(loaded)),
        "problem": problem,
        "typed": request.POST if request.method == "POST" else None,
    }
    return render(request, "assessment/adoption.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """Other units, readings, days or another version."""
    found = adoption_or_404(request, adoption_id)
    require(policies.may_keep(request.user, found.owner), NOT_KEEPER)
    versions = list(
        found.version.scheme.versions.filter(state=VersionState.ISSUED).defer("provenance").order_by("-ordinal")
    )
    wanted = _version(versions, (request.POST or request.GET).get("version", "")) or found.version
    loaded = scheme_of(wanted.text)
    problem, status = "", 200
    if request.method == "POST":
        try:
            actions.edit_adoption(
                acting_user=request.user,
                adoption_id=found.pk,
                terms=_terms(request, loaded),
                version=wanted,
                revision=revision_of(request),
            )
        except (*REFUSALS, UnknownUnit) as error:
            problem, status = told(error), status_of(error) if not isinstance(error, UnknownUnit) else 422
        else:
            messages.success(request, "已保存。已经开展的各期不变。")
            return redirect("assessment:adoption", found.pk)
    context = _form(request, loaded, found) | {
        "adoption": found,
        "version": wanted,
        "versions": versions,
        "name": request.POST.get("name", found.name),
        "problem": problem,
    }
    return render(request, "assessment/adoption_edit.html", context, status=status)


def _version(versions: list[SchemeVersion], text: str) -> SchemeVersion | None:
    number = number_of(text)
    return next((one for one in versions if one.pk == number), None)


@require_POST
@login_required
def end(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """No further periods."""
    found = adoption_or_404(request, adoption_id)
    try:
        actions.end_adoption(
            acting_user=request.user,
            adoption_id=found.pk,
            reason=request.POST.get("reason", ""),
            revision=revision_of(request),
        )
    except REFUSALS as error:
        return adoption_page(request, found, told(error), status_of(error))
    messages.success(request, "已结束，各期结果仍可查看。")
    return redirect("assessment:adoption", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sources(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """Where the figures of each item come from: one item's form at a time, beside the list of all."""
    found = adoption_or_404(request, adoption_id)
    keeps = policies.may_keep(request.user, found.owner)
    loaded = scheme_of(found.version.text)
    keys = [*(item.key for item in loaded.items), *(part.key for part in loaded.parts)]
    item = (request.POST or request.GET).get("item", "")
    problem, status = "", 200
    if request.method == "POST":
        require(keeps, NOT_KEEPER)
        usual = request.POST.get("act") == "usual"
        try:
            if usual:
                taken = actions.take_usual_sources(
                    acting_user=request.user, adoption_id=found.pk, revision=revision_of(request)
                )
            else:
                _set_source(request, found, item)
        except (*REFUSALS, UnknownUnit) as error:
            problem, status = told(error), status_of(error) if not isinstance(error, UnknownUnit) else 422
        else:
            if usual:
                messages.success(request, f"已设定{len(taken)}项按台账取数。")
                return redirect(request.path)
            messages.success(request, f"第{item}项的数据来源已保存。")
            after = keys[keys.index(item) + 1] if item in keys[:-1] else ""
            address = request.path
            return redirect(f"{address}?item={after}" if after else address)
    known = queries.sources_by_item(found)
    if item not in keys:
        item = next((key for key in keys if key not in known), keys[0] if keys else "")
    return render(
        request,
        "assessment/adoption_sources.html",
        _sources_context(request, found, loaded, known, item) | {"problem": problem, "keeps": keeps},
        status=status,
    )


def _sources_context(
    request: HttpRequest, found: Adoption, loaded: Scheme, known: Mapping[str, ItemSource], item: str
) -> dict[str, Any]:
    posted = request.POST if request.method == "POST" else None
    one = known.get(item)
    kept = dict(one.parameters) if one is not None else {}
    is_part = item in {part.key for part in loaded.parts}
    scored = next((row for row in loaded.items if row.key == item), None)
    usual = SourceKind.RUN if is_part or (scored is not None and scored.takes) else SourceKind.HAND

    def given(name: str, value: Any) -> Any:
        return posted.get(name, value) if posted else value

    others = queries.adoption_list(request.user, active=True).exclude(pk=found.pk)
    titles = {row.key: row.title for row in loaded.items} | {part.key: part.title for part in loaded.parts}
    return {
        "adoption": found,
        "rows": [(key, titles[key], known.get(key)) for key in titles],
        "usual_count": len(usual_left(found, loaded)),
        "item": item,
        "title": titles.get(item, ""),
        "scored": scored,
        "is_part": is_part,
        "kind": given("kind", one.kind if one is not None else usual),
        "kinds": [(SourceKind.RUN.value, SourceKind.RUN.label)] if is_part else _kinds(),
        "indicator": given("indicator", one.indicator.name if one is not None and one.indicator else ""),
        "tier": given("tier", kept.get("tier", "")),
        "tiers": Tier.choices,
        "target_share": given("target_share", kept.get("target_share", "")),
        "span": given("span", kept.get("span", "")),
        "growth": given("growth", kept.get("figure", "") if one is not None and one.kind == "indicator" else ""),
        "figures": [
            (kind, figure_choices(kind), given(f"figure-{kind}", kept.get("figure", "")))
            for kind in (SourceKind.PUNCTUALITY, SourceKind.INVESTMENT, SourceKind.PROJECTS)
        ],
        "takes": str(given("takes", one.takes_id if one is not None and one.takes_id else "")),
        "others": list(others[:200]),
        "checked_by": posted.get("checked_by", "") if posted else one.checked_by if one is not None else "",
        "indicators": _indicators(request),
    }


def _kinds() -> list[tuple[str, str]]:
    """Kinds that have something to offer."""
    empty = {kind.value for kind in (SourceKind.INVESTMENT, SourceKind.PROJECTS) if not figure_choices(kind)}
    return [choice for choice in SourceKind.choices if choice[0] not in empty]


def _indicators(request: HttpRequest) -> list[str]:
    """Names of indicators to choose from while typing."""
    return list(visible_indicators(request.user).order_by("name").values_list("name", flat=True)[:400])


def _set_source(request: HttpRequest, found: Adoption, item: str) -> None:
    posted = request.POST
    kind = posted.get("kind", "")
    indicator, takes, checked_by = None, None, None
    if kind == SourceKind.INDICATOR:
        name = posted.get("indicator", "").strip()
        rows = list(visible_indicators(request.user).filter(name=name)[:2]) if name else []
        if len(rows) != 1:
            raise Invalid("请从列表里选择指标。" if not rows else "同名的指标不止一个，请先在指标目录里改名。")
        indicator = rows[0]
    if kind == SourceKind.RUN:
        number = number_of(posted.get("takes", ""))
        takes = policies.visible_adoptions(request.user).filter(pk=number).first() if number is not None else None
    if posted.get("checked_by", "").strip():
        checked_by = find_unit(posted["checked_by"], Unit.objects.all())
    actions.set_item_source(
        acting_user=request.user,
        adoption_id=found.pk,
        item=item,
        kind=kind,
        indicator=indicator,
        takes=takes,
        parameters={
            "tier": posted.get("tier", ""),
            "target_share": posted.get("target_share", ""),
            "span": posted.get("span", ""),
            "figure": posted.get("growth", "") if kind == SourceKind.INDICATOR else posted.get(f"figure-{kind}", ""),
        },
        checked_by=checked_by,
        revision=revision_of(request),
    )
