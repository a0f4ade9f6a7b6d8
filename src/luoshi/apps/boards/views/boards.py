"""The boards: thin, each asks once, draws a chart beside its table, and gives the same rows as a file."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from luoshi.apps.boards import figures, queries
from luoshi.apps.boards.asking import Asked, asked, months
from luoshi.apps.boards.policies import may_see_unit
from luoshi.apps.boards.queries.read import Read
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Membership, Unit, UnitKind
from luoshi.apps.organisations.policies import OVERSEERS, authority, memberships
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Tier
from luoshi.site.moments import told as moment_words
from luoshi.site.workbooks import Columns, list_file

FILES = ("xlsx", "csv")


def _frame(request: HttpRequest, ask: Asked, got: Read, tab: str, **own: str) -> dict[str, Any]:
    """What all boards show around their figures; ``own`` is what only this board's address asks."""
    own = {key: value for key, value in own.items() if value}
    today = timezone.localdate()
    last = max(today, ask.period.last_day) if ask.period else today
    return {
        "ask": ask,
        "read": got,
        "tab": tab,
        "plans": ask.plans,
        "tiers": Tier.choices,
        "months": months(ask.year, last),
        "problems": ask.problems,
        "oversees": authority(request.user).holds(*OVERSEERS),
        "room": request.GET.get("room") == "1",
        "own": own,
        "file_address": ask.address(**own),
        "now_address": ask.address(**own, as_of=""),
    }


def _told(ask: Asked, got: Read) -> list[tuple[str, str]]:
    """What was asked for, for the file that is passed on."""
    return [
        ("方案", ask.plan.title if ask.plan else "全部"),
        ("档次", dict(Tier.choices).get(ask.tier, "全部")),
        ("期别", got.period_words),
        ("数据截至", moment_words(ask.as_of or timezone.now())),
    ]


def _file(
    request: HttpRequest, name: str, columns: Columns, rows: figures.Rows, ask: Asked, got: Read
) -> HttpResponse | None:
    """The board as a file, where the address asks for one."""
    kind = request.GET.get("format", "")
    if kind not in FILES:
        return None
    told = _told(ask, got)
    return list_file(kind, name, columns, rows, told=told, person=str(request.user), at=timezone.now())


@require_safe
@xframe_options_sameorigin
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Where is it burning? The prefecture as map (or tiles) and as table, with the worst list."""
    ask = asked(request.user, request.GET)
    board = queries.prefecture_board(request.user, ask)
    if file := _file(request, "作战图", figures.PLACE_COLUMNS, figures.place_rows(board), ask, board.read):
        return file
    boundaries = queries.boundaries_of([row.unit for row in board.places])
    context = {
        **_frame(request, ask, board.read, "home"),
        "board": board,
        "figures": figures.map_figures(board, boundaries),
        "drawn": boundaries is not None,
    }
    return render(request, "boards/home.html", context)


@require_safe
@xframe_options_sameorigin
@login_required
def grid(request: HttpRequest) -> HttpResponse:
    """How is this plan's work spread? Targets by units, a light in every cell."""
    ask = asked(request.user, request.GET)
    found = queries.plan_grid(request.user, ask, offices=request.GET.get("units") == "offices")
    if file := _file(request, "热力表", figures.STANDING_COLUMNS, figures.grid_rows(found), ask, found.read):
        return file
    frame = _frame(request, ask, found.read, "grid", units="offices" if found.offices else "")
    return render(request, "boards/grid.html", {**frame, "grid": found})


@require_safe
@xframe_options_sameorigin
@login_required
def indicator(request: HttpRequest, indicator_key: str) -> HttpResponse:
    """Who moves this indicator? Units by months."""
    ask = asked(request.user, request.GET)
    row = get_object_or_404(Indicator.objects.select_related("owner"), key=indicator_key)
    board = queries.indicator_board(request.user, ask, row, number_of(request.GET.get("target", "")))
    name = f"指标进度-{row.name}"[:60]
    if file := _file(request, name, figures.STANDING_COLUMNS, figures.indicator_rows(board), ask, board.read):
        return file
    context = {
        **_frame(request, ask, board.read, "indicator", target=str(board.target.pk) if board.target else ""),
        "board": board,
        "figures": figures.indicator_figures(board),
    }
    return render(request, "boards/indicator.html", context)


def _unit(request: HttpRequest, unit_key: str) -> Unit:
    unit = get_object_or_404(Unit, key=unit_key)
    if not may_see_unit(request.user, unit):
        raise Http404
    return unit


@require_safe
@xframe_options_sameorigin
@login_required
def unit(request: HttpRequest, unit_key: str) -> HttpResponse:
    """How does this unit stand with everything that it was given?"""
    ask = asked(request.user, request.GET)
    board = queries.unit_board(request.user, ask, _unit(request, unit_key))
    name = f"{board.unit}的目标"[:60]
    if file := _file(request, name, figures.STANDING_COLUMNS, figures.unit_rows(board), ask, board.read):
        return file
    context = {**_frame(request, ask, board.read, "unit"), "board": board, "figures": figures.unit_figures(board)}
    return render(request, "boards/unit.html", context)


@require_safe
@login_required
def unit_part(request: HttpRequest, unit_key: str) -> HttpResponse:
    """The lights of a unit, for its own page and the workbench."""
    ask = asked(request.user, {})
    board = queries.unit_board(request.user, ask, _unit(request, unit_key))
    return render(request, "boards/_unit.html", {"board": board, "ask": ask})


def _watches(own: Unit, held: list[Membership]) -> bool:
    """Whether the person looks after a whole territory, rather than one office or county of it."""
    return own.kind == UnitKind.PREFECTURE and any(row.role in OVERSEERS for row in held if row.unit_id == own.pk)


@require_safe
@login_required
def bench(request: HttpRequest) -> HttpResponse:
    """The workbench's part: who oversees others sees where it is burning, everybody else how their own unit stands."""
    ask = asked(request.user, {})
    held = memberships(request.user)
    own = min((row.unit for row in held), key=lambda unit: (unit.depth, unit.path), default=None)
    if own is not None and not _watches(own, held):
        board = queries.unit_board(request.user, ask, own)
        return render(request, "boards/_unit.html", {"board": board, "ask": ask})
    found = queries.prefecture_board(request.user, ask) if own is not None else None
    return render(request, "boards/_bench.html", {"board": found, "ask": ask})


@require_safe
@xframe_options_sameorigin
@login_required
def worse(request: HttpRequest) -> HttpResponse:
    """What got worse since last time?"""
    ask = asked(request.user, request.GET)
    board = queries.worse_board(request.user, ask)
    if file := _file(request, "本期变化", figures.WORSE_COLUMNS, figures.worse_rows(board), ask, board.read):
        return file
    return render(request, "boards/worse.html", {**_frame(request, ask, board.read, "worse"), "board": board})
