"""分解: the grid, and the panels in which it is prepared (which units, computing, pasting, the annex)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.apps.indicators.models import CadenceChoice, Indicator, TargetIndicator
from luoshi.apps.organisations.choosing import existing
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.organisations.policies import require
from luoshi.apps.organisations.queries import directory
from luoshi.apps.plans import words
from luoshi.apps.plans.models import Target
from luoshi.apps.targets import policies
from luoshi.apps.targets.queries import allocation_grid, differences
from luoshi.apps.targets.queries.annexes import proposals, tables_of
from luoshi.apps.targets.queries.grid import Grid, label_of
from luoshi.apps.targets.queries.in_force import trajectories_in_force
from luoshi.apps.targets.queries.totals import adds_up
from luoshi.apps.targets.values import needed_decimals, plain, shown
from luoshi.apps.targets.views.common import as_of, number_of, page_url, place
from luoshi.apps.targets.years import periods_of, plan_year

MOST_UNITS = 600


@require_safe
@login_required
def page(request: HttpRequest, target_id: int) -> HttpResponse:
    """Who carries how much, when?"""
    target, unit = place(request, target_id)
    moment = as_of(request.GET)
    ordinal = number_of(request.GET.get("version", ""))
    grid = allocation_grid(request.user, target, unit, as_of=moment, ordinal=ordinal)
    if ordinal is not None and grid.version is None:
        raise Http404
    older = ordinal is not None and grid.version is not None and grid.version != grid.versions[0]
    context = {
        "target": target,
        "unit": unit,
        "plan": target.plan,
        "grid": grid,
        "editable": grid.may_edit and not older and bool(grid.columns),
        "older": older,
        "as_of": request.GET.get("as_of", "") if moment else "",
        "commitment": words.commitment(target),
        "adds_up": adds_up(target),
        "url": page_url(target, unit),
        "differences": differences(grid.version) if grid.version is not None and not grid.partial else [],
        "cadences": CadenceChoice.choices,
        "source_url": words.source_url(target.plan_id, "target", target.pk, target.line),
        "joined": any(cell.joint for row in grid.rows for cell in row.cells),
        "sums": _sums(grid),
    }
    return render(request, "targets/allocation.html", context)


def _sums(grid: Grid) -> dict[str, Any]:
    """What stands above the grid, in words."""
    measure = grid.target.unit_of_measure
    found: dict[str, Any] = {"total": f"{shown(grid.total)}{measure}" if grid.total is not None else "未知"}
    if grid.sums is not None:
        found |= {
            "given_out": f"{shown(grid.sums.given_out)}{measure}",
            "left_over": shown(grid.sums.left_over),
            "over": shown(grid.sums.over),
        }
    if grid.printed_total is not None:
        found["printed"] = f"{shown(grid.printed_total)}{measure}"
        if grid.sums is not None:
            found["printed_gap"] = shown(grid.sums.given_out - grid.printed_total)
    return found


def editor(request: HttpRequest, target_id: int, query: Mapping[str, str] | None = None) -> tuple[Target, Unit]:
    """The target and the unit that shares it out, for someone who may do that."""
    target, unit = place(request, target_id, query)
    top = unit.pk == target.plan.owner_id
    allowed = policies.may_allocate(request.user, target, unit)
    require(allowed, policies.NOT_ALLOWED if top else policies.NOT_ALLOWED_BELOW)
    return target, unit


def rows_panel(request: HttpRequest, target_id: int) -> HttpResponse:
    """Choose units: by group, by kind, one by one."""
    target, unit = editor(request, target_id)
    grid = allocation_grid(request.user, target, unit)
    depth = len(policies.territory(target, unit)) // Unit.steplen + 1
    units = list(policies.receivers(target, unit).filter(existing(), depth__lte=depth).order_by("path")[:MOST_UNITS])
    taken = {row.unit.pk for row in grid.rows}
    others = [row.unit for row in grid.rows if row.unit.pk not in {other.pk for other in units}]
    groups = _groups(target, units)
    return render(
        request,
        "targets/_rows.html",
        {
            "target": target,
            "unit": unit,
            "grid": grid,
            "units": [*units, *others],
            "taken": taken,
            "groups": groups,
            "cadences": CadenceChoice.choices,
        },
    )


def _groups(target: Target, units: list[Unit]) -> list[tuple[str, str]]:
    """(words, unit numbers joined by commas): kinds, and the group names known at the plan's date."""
    ids = {unit.key: unit.pk for unit in units}
    found: dict[str, list[int]] = {}
    for kind, label in UnitKind.choices:
        members = [unit.pk for unit in units if unit.kind == kind]
        if len(members) > 1:
            found[f"全部{label}"] = members
    known = directory()
    names = [name.name for name in known.names if name.kind == "group"]
    for name in ("各县市人民政府", "各县市区", *names):
        keys = known.resolve(name, target.plan.issued_on).keys
        members = [ids[key] for key in keys if key in ids]
        if (
            len(members) > 1
            and len(members) == len(keys)
            and sorted(members) not in [sorted(m) for m in found.values()]
        ):
            found[name] = members
    return [(name, ",".join(map(str, members))) for name, members in list(found.items())[:12]]


def compute_panel(request: HttpRequest, target_id: int) -> HttpResponse:
    """How shall it be computed?"""
    target, unit = editor(request, target_id)
    grid = allocation_grid(request.user, target, unit)
    link = TargetIndicator.objects.filter(target=target).select_related("indicator").first()
    shaped = trajectories_in_force([target.pk]).get(target.pk)
    cadence = grid.version.cadence if grid.version else CadenceChoice.YEARLY
    parts = ""
    if shaped is not None and cadence != CadenceChoice.YEARLY:
        percents = [shaped.expected(period) * 100 for period in periods_of(target, cadence)]
        parts = "、".join(plain(percent) or "0" for percent in percents)
    year = plan_year(target)
    return render(
        request,
        "targets/_compute.html",
        {
            "target": target,
            "unit": unit,
            "grid": grid,
            "adds_up": adds_up(target),
            "indicator": link.indicator if link else None,
            "indicators": Indicator.objects.filter(merged_into=None, is_active=True).order_by("name")[:500],
            "last_year": year - 1 if year else "",
            "decimals": needed_decimals([grid.total]) if grid.total is not None else 0,
            "parts": parts,
            "cadence": cadence,
            "cadences": CadenceChoice.choices,
        },
    )


def paste_panel(request: HttpRequest, target_id: int) -> HttpResponse:
    """A whole table with the units' names, from Excel."""
    target, unit = editor(request, target_id)
    grid = allocation_grid(request.user, target, unit)
    return render(request, "targets/_paste.html", {"target": target, "unit": unit, "grid": grid})


def adopt_panel(request: HttpRequest, target_id: int) -> HttpResponse:
    """What will happen, and to whom: asked before a draft comes into force."""
    target, unit = editor(request, target_id)
    grid = allocation_grid(request.user, target, unit)
    return render(
        request,
        "targets/_adopt.html",
        {
            "target": target,
            "unit": unit,
            "grid": grid,
            "sums": _sums(grid),
            "changes": differences(grid.version) if grid.version else [],
            "blank": sum(cell.value is None and not cell.joint for row in grid.rows for cell in row.cells),
        },
    )


@require_safe
@login_required
def annex(request: HttpRequest, target_id: int) -> HttpResponse:
    """The plan's annexes that may share this target out, matched to units and periods, beside the table as printed."""
    target, unit = editor(request, target_id)
    year = plan_year(target)
    grid = allocation_grid(request.user, target, unit)
    found = proposals(target, year, tables_of(target), unit) if year is not None else []
    table = number_of(request.GET.get("table", ""))
    chosen = next((p for p in found if p.table.pk == table), found[0] if found else None)
    way = number_of(request.GET.get("way", "")) or 0
    reading = chosen.readings[min(way, len(chosen.readings) - 1)] if chosen else None
    cadence = request.GET.get("cadence", "")
    if cadence not in CadenceChoice.values:
        cadence = reading.cadence.value if reading else CadenceChoice.YEARLY
    periods = periods_of(target, cadence) if year is not None else []
    taken = {index: str(period) for index, period in reading.columns} if reading else {}
    header = chosen.table.header if chosen else []
    return render(
        request,
        "targets/annex.html",
        {
            "target": target,
            "unit": unit,
            "plan": target.plan,
            "grid": grid,
            "proposals": found,
            "chosen": chosen,
            "reading": reading,
            "way": way,
            "ways": [
                (index, "、".join(header[c] for c, _ in item.columns[:1]) or "", len(item.columns), item.why)
                for index, item in enumerate(chosen.readings if chosen else ())
            ],
            "columns": [(index, name, taken.get(index, "")) for index, name in enumerate(header)],
            "periods": [(str(period), label_of(period)) for period in periods],
            "cadence": cadence,
            "cadences": CadenceChoice.choices,
            "url": page_url(target, unit),
            "commitment": words.commitment(target),
            "printed": shown(reading.printed_total) if reading and reading.printed_total is not None else "",
            "total": shown(grid.total),
            "contradicts": bool(reading and reading.printed_total is not None and reading.printed_total != grid.total),
        },
    )
