"""Values as a grid, and the history of one of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.indicators import queries
from luoshi.apps.indicators.links import origin_names, origin_url
from luoshi.apps.indicators.models import ObservationSource
from luoshi.apps.indicators.policies import reads_all, units_seen, visible_indicators
from luoshi.apps.indicators.queries.grid import SOURCES, Cell, Grid, GridFilter, grid, spread
from luoshi.apps.indicators.queries.rolling import TERRITORIES, RolledUp
from luoshi.apps.indicators.views.common import as_of_context, indicator_or_404, number_in, year_in
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.periods import Period, PeriodError
from luoshi.site.workbooks import list_file


def _asked(request: HttpRequest) -> tuple[GridFilter, dict[str, object]]:
    as_of, context = as_of_context(request)
    return spread(request.GET, year_in(request.GET), as_of), context


#: So many units without a figure are named.
NAMED = 12


def _top(owner: Unit) -> Unit:
    """The unit whose total stands above the grid: the one above the owner (a bureau's figures are the prefecture's)."""
    if owner.depth == 1 or owner.kind in (UnitKind.PREFECTURE, UnitKind.OTHER, *TERRITORIES):
        return owner
    return Unit.objects.filter(path=owner.path[: -Unit.steplen]).first() or owner


@require_safe
@login_required
def observation_grid(request: HttpRequest) -> HttpResponse:
    """Units × periods of one indicator, or the choice of one."""
    asked, context = _asked(request)
    if not asked.indicator:
        choices = visible_indicators(request.user).filter(merged_into=None).order_by("name", "pk")
        return render(request, "indicators/observations.html", context | {"choices": choices, "asked": asked})
    indicator = indicator_or_404(request, asked.indicator)
    if indicator.merged_into is not None:
        indicator = indicator_or_404(request, indicator.merged_into.key)
        asked = replace(asked, indicator=indicator.key)
    found = grid(request.user, indicator, asked, timezone.localdate(), number_in(request.GET, "page"))
    totals: list[RolledUp] = []
    top = None
    if reads_all(request.user, indicator) and found.rows:
        top = _top(indicator.owner)
        rolled = queries.rolled_up(
            indicators=[indicator],
            unit=top,
            periods=[str(period) for period in found.periods],
            sources=[asked.source] if asked.source else None,
            as_of=asked.as_of,
            kept=found.kept,
        )
        totals = [rolled[indicator.pk, str(period)] for period in found.periods]
    lacking = {pk for total in totals for pk in total.missing[:NAMED]}
    missing = {row.unit.pk: row.unit for row in found.rows}
    if elsewhere := lacking - set(missing):
        missing |= Unit.objects.in_bulk(elsewhere)
    address = asked.address()
    return render(
        request,
        "indicators/observations.html",
        context
        | {
            "asked": asked,
            "indicator": indicator,
            "grid": found,
            "totals": [
                (total, "、".join(str(missing[pk]) for pk in total.missing[:NAMED] if pk in missing))
                for total in totals
            ],
            "top": top,
            "sources": SOURCES,
            "address": address,
            "page": found,
            "page_address": f"?{address}&page=",
            "choices": visible_indicators(request.user).filter(merged_into=None).order_by("name", "pk"),
        },
    )


def _file_cell(cell: Cell) -> Decimal | str:
    if cell.value is not None:
        return cell.value.value
    if cell.computed is not None:
        return round(cell.computed, 6)
    return {"missing": "未报", "exempt": "免报", "not-asked": "不要求报"}.get(cell.blank, "")


def _file_rows(found: Grid) -> list[list[object]]:
    return [[row.unit.name, *(_file_cell(cell) for cell in row.cells)] for row in found.rows]


@require_safe
@login_required
def observation_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same grid, all units, as a file."""
    asked, context = _asked(request)
    indicator = indicator_or_404(request, asked.indicator)
    found = grid(request.user, indicator, asked, timezone.localdate(), everything=True)
    told = [
        ("指标", indicator.name),
        ("计量单位", indicator.unit_of_measure or "—"),
        ("取数", SOURCES[asked.source]),
        ("时点", f"按{context['as_of_told']}所知" if asked.as_of else "现在"),
    ]
    columns = [("单位", 24), *((period.label, 14) for period in found.periods)]
    rows = _file_rows(found)
    name = f"数据-{indicator.name}"[:40].replace("/", "／")
    return list_file(kind, name, columns, rows, told=told, person=str(request.user), at=timezone.localtime())  # type: ignore[arg-type]


@require_safe
@login_required
def value_history(request: HttpRequest, indicator_key: str) -> HttpResponse:
    """Every value that was ever given for a unit and a period: source, who, when, and where it was typed."""
    indicator = indicator_or_404(request, indicator_key)
    try:
        period = Period.parse(request.GET.get("period", ""))
    except PeriodError as error:
        raise Http404 from error
    unit = get_object_or_404(units_seen(request.user, indicator), key=request.GET.get("unit", ""))
    as_of, context = as_of_context(request)
    rows = queries.history(indicator, unit, str(period), as_of)
    value = queries.effective(indicators=[indicator.pk], unit_ids=[unit.pk], periods=[str(period)], as_of=as_of)
    chosen = next(iter(value.values()), None)
    names = origin_names((row.origin, row.origin_id) for row in rows)
    return render(
        request,
        "indicators/history.html",
        context
        | {
            "indicator": indicator,
            "unit": unit,
            "period": period,
            "rows": [
                (
                    row,
                    origin_url(row.origin, row.origin_id, row.origin_cell),
                    chosen is not None and row.pk == chosen.observation_id,
                    row.superseded_at is not None and (as_of is None or row.superseded_at <= as_of),
                    names.get((row.origin, row.origin_id or 0), ""),
                )
                for row in rows
            ],
            "chosen": chosen,
            "precedence": "、".join(ObservationSource(source).label for source in queries.PRECEDENCE),
        },
    )
