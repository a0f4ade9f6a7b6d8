"""The pages of runs that are read: entry, league table, item, unit, comparison, sensitivity, workbook."""

from __future__ import annotations

import io
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.assessment.actions.common import label_of
from luoshi.apps.assessment.computing import facts_of, options_of, result_of, verify
from luoshi.apps.assessment.errors import Invalid
from luoshi.apps.assessment.facts_file import number_in
from luoshi.apps.assessment.models import Adoption, Objection, ObjectionState, Run, RunStep
from luoshi.apps.assessment.policies import (
    may_check,
    may_keep,
    may_object,
    may_oversee,
    may_speak_for,
    visible_adoptions,
    visible_runs,
)
from luoshi.apps.assessment.queries import home as home_queries
from luoshi.apps.assessment.queries import runs as queries
from luoshi.apps.assessment.views.run_shared import head, own_keys, told
from luoshi.apps.assessment.workbook import write_workbook
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority
from luoshi.apps.plans.addresses import number_of
from luoshi.periods import Period
from luoshi.scoring import Dispute, ScoringError, assumption_effects, dispute_effects, score, with_choices
from luoshi.scoring import compare as compare_results
from luoshi.scoring.sensitivity import with_values
from luoshi.site.workbooks import download

PAGE = 100
#: Beyond so many units and items a page does not score under every other reading.
MOST_CELLS = 60_000


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, and how do the rankings stand?"""
    now = timezone.now()
    waiting = home_queries.waiting(request.user, now)
    smalls = home_queries.small_multiples(request.user, now)
    context = {
        "waiting": waiting,
        "smalls": smalls,
        "missing": [one for one in smalls if one.missing is not None],
        "keeps": any(one.kept for one in smalls),
        "may_begin": authority(request.user).holds("coordinator", "lead"),  # type: ignore[arg-type]
    }
    return render(request, "assessment/home.html", context)


@require_safe
@login_required
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Who stands where, and why?"""
    found = queries.visible_run(request.user, run_id)
    read = queries.read_run(found)
    before = queries.run_before(request.user, found)
    mine = own_keys(request.user, read)
    rows = queries.league(read, queries.standing_in(before), mine)
    rankings = sorted({row.ranking for row in rows if row.ranking})
    wanted = request.GET.get("group", "")
    if wanted in rankings:
        rows = [row for row in rows if row.ranking == wanted]
    sort = request.GET.get("sort", "")
    groups = [(str(number), group.title) for number, group in enumerate(read.scheme.groups)]
    if sort.isdigit() and int(sort) < (len(groups) or len(read.scheme.parts)):
        place = int(sort)
        rows.sort(key=lambda row: -float(row.groups[place]))
    elif sort == "name":
        rows.sort(key=lambda row: row.name)
    page = Paginator(rows, PAGE).get_page(number_of(request.GET.get("page", "")) or 1)
    query = request.GET.copy()
    query.pop("page", None)
    address = query.urlencode()
    context = head(request, found, "run") | {
        "read": read,
        "rows": page.object_list,
        "total": len(rows),
        "page": {"number": page.number, "pages": page.paginator.num_pages},
        "page_address": f"?{address}&page=" if address else "?page=",
        "before": before,
        "heads": [(str(at), part.title, None) for at, part in enumerate(read.scheme.parts)]
        or [
            (key, title, sum((item.points for item in group.items), 0))
            for (key, title), group in zip(groups, read.scheme.groups, strict=True)
        ],
        "rankings": rankings,
        "wanted": wanted,
        "sort": sort,
        "mine": mine,
        "has_consequences": any(row.consequences for row in rows),
        "objections": queries.objection_counts(found),
        "steps": list(RunStep.objects.filter(run=found).select_related("by").order_by("pk")[:200]),
        "corrections": list(found.corrections.defer("snapshot").order_by("ordinal")),
        "verified": verify(found.snapshot, found.digest) if request.GET.get("verify") and found.snapshot else None,
        "readings": [(one.text, read.scheme.reading(one)) for one in _chosen(read).assumptions],
    }
    return render(request, "assessment/run.html", context)


def _chosen(read: queries.Read) -> Any:
    """The scheme under the readings that the run took."""
    try:
        return with_choices(read.scheme, read.core["choices"]) if read.core["choices"] else read.scheme
    except ScoringError:
        return read.scheme


@require_safe
@login_required
def item(request: HttpRequest, run_id: int, item: str) -> HttpResponse:
    """How did all units come to their points on one item?"""
    found = queries.visible_run(request.user, run_id)
    read = queries.read_run(found)
    scheme = _chosen(read)
    known = next((one for one in scheme.items if one.key == item), None)
    if known is None:
        raise Http404
    cells = queries.item_cells(read, item)
    page = Paginator(cells, PAGE).get_page(number_of(request.GET.get("page", "")) or 1)
    keys = [one.key for one in scheme.items]
    at = keys.index(item)
    context = head(request, found, "items") | {
        "read": read,
        "item": known,
        "rule": known.method.rule(known.points, known.basis, known.better, known.unit),
        "cells": page.object_list,
        "page": {"number": page.number, "pages": page.paginator.num_pages},
        "page_address": "?page=",
        "assumptions": [words for _, words in scheme.assumptions_of(item)],
        "mine": own_keys(request.user, read),
        "items": scheme.items,
        "previous_item": keys[at - 1] if at else "",
        "next_item": keys[at + 1] if at + 1 < len(keys) else "",
    }
    return render(request, "assessment/run_item.html", context)


@require_safe
@login_required
def unit(request: HttpRequest, run_id: int, unit_key: str) -> HttpResponse:
    """In words: how did this unit get its points?"""
    return unit_page(request, run_id, unit_key)


def unit_page(request: HttpRequest, run_id: int, unit_key: str, refused: str = "", which: str = "") -> HttpResponse:
    """The page, also where an act on it was refused."""
    found = queries.visible_run(request.user, run_id)
    read = queries.read_run(found)
    sheet = queries.unit_sheet(request.user, read, unit_key)
    known = get_object_or_404(Unit, key=unit_key)
    owner = found.adoption.owner
    sources = {source.item: source for source in found.adoption.sources.select_related("checked_by")}
    context = head(request, found, "unit") | {
        "read": read,
        "sheet": sheet,
        "unit": known,
        "sources": sources,
        "speaks": may_speak_for(request.user, known) and found.state in ("draft", "preview"),
        "objects": may_object(request.user, known, owner),
        "full": may_oversee(request.user, owner) or may_speak_for(request.user, known),
        "checkable": _checkable(request.user, found, sources, [cell.record["item"] for cell in sheet.cells]),
        "figures": _history_figures(sheet),
        "groups": _grouped(read, sheet),
        "refused": refused,
        "which": which,
        "typed": request.POST if refused else {},
    }
    return render(request, "assessment/run_unit.html", context, status=422 if refused else 200)


def _checkable(user: Any, run: Run, sources: dict[str, Any], items: list[str]) -> set[str]:
    return {item for item in items if may_check(user, sources.get(item), run.adoption.owner)}


def _grouped(read: queries.Read, sheet: queries.UnitSheet) -> list[tuple[str, list[queries.ItemCell]]]:
    """The unit's items under their headings; parts of a combination under none."""
    by_item = {cell.record["item"]: cell for cell in sheet.cells}
    if read.scheme.parts:
        return [("", list(sheet.cells))]
    found = [
        (group.title, [by_item[item.key] for item in group.items if item.key in by_item])
        for group in read.scheme.groups
    ]
    return [(title, cells) for title, cells in found if cells]


def _history_figures(sheet: queries.UnitSheet) -> dict[str, Any]:
    return {
        "rows": [
            {
                "name": sheet.name,
                "cells": [
                    {"label": Period.parse(run.period).label, "rank": rank, "total": total}
                    for run, rank, total in sheet.history
                ],
            }
        ]
    }


@require_safe
@login_required
def compare(request: HttpRequest, run_id: int) -> HttpResponse:
    """Why did it fall from 3 to 7?"""
    found = queries.visible_run(request.user, run_id)
    read = queries.read_run(found)
    others = visible_runs(request.user).filter(adoption=found.adoption_id, snapshot__isnull=False).exclude(pk=found.pk)
    others = list(others.defer("snapshot").order_by("-period", "-ordinal")[:40])
    wanted = number_of(request.GET.get("with", ""))
    chosen = next((one for one in others if one.pk == wanted), None) or queries.run_before(request.user, found)
    if chosen is None and others:
        chosen = others[0]
    changes, problem = [], read.problem
    if chosen is not None and not problem:
        try:
            former = queries.visible_run(request.user, chosen.pk)
            changes = list(compare_results(result_of(former.snapshot), read.result))
        except ScoringError as error:
            problem = str(error)
    focus = request.GET.get("unit", "")
    context = head(request, found, "compare") | {
        "read": read,
        "others": others,
        "chosen": chosen,
        "chosen_label": label_of(_with_adoption(chosen, found)) if chosen else "",
        "changes": [(read.keys.get(one.unit, ""), one) for one in changes][:500],
        "focus": focus,
        "problem": problem,
        "moved": sum(one.moved for one in changes),
    }
    return render(request, "assessment/run_compare.html", context)


def _with_adoption(run: Run, other: Run) -> Run:
    run.adoption = other.adoption
    return run


@require_safe
@login_required
def sensitivity(request: HttpRequest, run_id: int) -> HttpResponse:
    """What does a rank hang on? Assumptions, disputed figures, and what would be if: nothing is stored."""
    found = queries.visible_run(request.user, run_id)
    read = queries.read_run(found)
    context = head(request, found, "sensitivity") | {"read": read, "problem": read.problem, "items": read.scheme.items}
    if read.scheme.parts:
        context["problem"] = "由几部分合成的考核，请在各部分的页面上看。"
    if not context["problem"]:
        size = len(read.core["units"]) * len(read.columns)
        facts, options = facts_of(read.core), options_of(read.core)
        disputes = _disputes(found, read)
        context |= {
            "effects": assumption_effects(read.scheme, facts, options) if size <= MOST_CELLS else (),
            "too_many": size > MOST_CELLS,
            "disputes": dispute_effects(read.scheme, facts, disputes, options) if size <= MOST_CELLS else (),
            "units": read.core["units"],
            "assumptions": [
                (one, read.core["choices"].get(one.key, one.default)) for one in read.scheme.assumptions if one.choices
            ],
        }
        context |= _what_if(request, read)
    return render(request, "assessment/run_sensitivity.html", context)


def _disputes(run: Run, read: queries.Read) -> list[Dispute]:
    rows = (
        Objection.objects.filter(run=run, wanted__isnull=False).exclude(item="").exclude(state=ObjectionState.WITHDRAWN)
    )
    judged = {item.key for item in read.scheme.items if item.method.JUDGED}
    found = []
    for one in rows.select_related("about"):
        name = read.names.get(one.about.key)
        if name and one.item not in judged:
            found.append(Dispute(name, one.item, one.wanted))
    return found


def _what_if(request: HttpRequest, read: queries.Read) -> dict[str, Any]:
    """What the form asks: values (``unit``, ``item``, ``value``, several times) and readings (``assume-KEY``)."""
    query = request.GET
    units, items, values = (query.getlist(name)[:20] for name in ("unit", "item", "value"))
    typed = [
        {"unit": unit, "item": item, "value": value}
        for unit, item, value in zip(units, items, values, strict=False)
        if unit and item
    ]
    choices = {
        one.key: query[f"assume-{one.key}"]
        for one in read.scheme.assumptions
        if query.get(f"assume-{one.key}") in {choice.key for choice in one.choices}
    }
    answer: dict[str, Any] = {"typed": typed or [{}], "assumed": choices, "asked": "ask" in query, "what_if": ()}
    if "ask" not in query:
        return answer
    try:
        changes = []
        for one in typed:
            if one["unit"] not in read.names or one["item"] not in dict(read.columns):
                raise Invalid("请选择单位和项目。")
            changes.append(Dispute(read.names[one["unit"]], one["item"], number_in(one["value"])))
        facts = facts_of(read.core)
        after = score(read.scheme, with_values(facts, changes), options_of(read.core, choices))
        answer["what_if"] = [(read.keys.get(one.unit, ""), one) for one in compare_results(read.result, after)]
    except (ScoringError, Invalid, ValidationError) as error:
        answer["refused"] = told(error)
    return answer


@require_safe
@login_required
def export(request: HttpRequest, run_id: int) -> HttpResponse:
    """The workbook with live formulas."""
    found = queries.visible_run(request.user, run_id)
    read = queries.read_run(found)
    if read.problem:
        raise Http404
    file = io.BytesIO()
    write_workbook(file, read, label=label_of(found), person=str(request.user), at=timezone.now())
    return download(file, f"{label_of(found)}.xlsx".replace("/", "／"))


@require_safe
@login_required
def trend(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """Every unit's rank over the periods, as small multiples."""
    adoption: Adoption = get_object_or_404(
        visible_adoptions(request.user).select_related("owner", "version__scheme"), pk=adoption_id
    )
    runs = queries.trend(request.user, adoption.pk)
    keys = list(dict.fromkeys(key for _, standing in reversed(runs) for key in standing))
    names = dict(Unit.objects.filter(key__in=keys[:600]).values_list("key", "short_name"))
    labels = [Period.parse(run.period).label for run, _ in runs]
    rows = [
        {
            "key": key,
            "name": names.get(key, key),
            "cells": [
                {"label": label, "rank": standing[key]["rank"], "total": standing[key]["total"]}
                if key in standing
                else None
                for label, (_, standing) in zip(labels, runs, strict=True)
            ],
        }
        for key in keys[:600]
    ]
    last = runs[-1][1] if runs else {}
    rows.sort(key=lambda row: ((last.get(row["key"]) or {}).get("rank") or 10**9, row["name"]))
    context = {
        "adoption": adoption,
        "runs": [run for run, _ in runs],
        "labels": labels,
        "rows": rows,
        "figures": {"rows": rows[:60], "most": max((len(standing) for _, standing in runs), default=1)},
        "kept": may_keep(request.user, adoption.owner),
    }
    return render(request, "assessment/trend.html", context)


@require_safe
@login_required
def unit_part(request: HttpRequest, unit_key: str) -> HttpResponse:
    """A unit's scores over time, for its own page: all adoptions of which the person sees runs."""
    known = get_object_or_404(Unit, key=unit_key)
    adoptions = visible_adoptions(request.user).filter(units__unit=known).select_related("owner").order_by("name", "pk")
    histories = queries.unit_histories(request.user, [one.pk for one in adoptions[:20]], unit_key)
    found = [(one, histories[one.pk]) for one in adoptions[:20] if histories.get(one.pk)]
    return render(request, "assessment/_unit_part.html", {"unit": known, "found": found})
