"""Boards as plain figures: the JSON that charts are drawn from, and the rows of their tables as files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse

from luoshi.apps.boards.queries import Grid, IndicatorBoard, PlaceRow, PrefectureBoard, UnitBoard, Worse, tiles
from luoshi.apps.organisations.models import Unit
from luoshi.apps.targets.queries import Standing
from luoshi.site.workbooks import Cell, Columns

Rows = list[list[Cell]]


def number(value: Decimal | None) -> str | None:
    """A figure as the API writes it."""
    return None if value is None else f"{value.normalize():f}"


def standing_figure(one: Standing | None) -> dict[str, Any] | None:
    """A standing: figures as text, the light with its sentence, and where it comes from."""
    if one is None:
        return None
    return {
        "target": one.target_id,
        "indicator": one.target.indicator,
        "unit": one.unit.key,
        "unit_name": str(one.unit),
        "tier": one.tier,
        "period": str(one.period) if one.period else None,
        "unit_of_measure": one.target.unit_of_measure,
        "goal": number(one.goal),
        "expected": number(one.expected),
        "actual": number(one.actual),
        "source": one.source or None,
        "completion": number(one.completion),
        "ratio": number(one.ratio),
        "light": one.light,
        "words": one.light_words,
        "reason": one.reason,
        "observations": list(one.observation_ids),
    }


def _place(row: PlaceRow) -> dict[str, Any]:
    return {
        "unit": row.unit.key,
        "name": str(row.unit),
        "light": row.light,
        "lights": row.lights,
        "good": row.good,
        "judged": row.judged,
        "place": row.place,
        "sentence": row.sentence,
        "url": reverse("boards:unit", args=[row.unit.key]),
    }


def map_figures(board: PrefectureBoard, boundaries: dict[str, Any] | None) -> dict[str, Any]:
    """What the map is drawn from: boundaries, or the place of every tile."""
    shown: list[Unit] = [row.unit for row in board.places]
    laid = [] if boundaries else [[unit.key, column, row] for unit, column, row in tiles(shown)]
    return {"boundaries": boundaries, "tiles": laid, "places": [_place(row) for row in board.places]}


def prefecture_figures(board: PrefectureBoard) -> dict[str, Any]:
    """The prefecture for the API."""
    return {
        "period": board.read.period_words,
        "targets": board.targets,
        "wholes": board.wholes,
        "places": [_place(row) for row in board.places],
        "offices": [_place(row) for row in board.offices],
        "worst": [standing_figure(one) for one in board.worst],
    }


def grid_figures(grid: Grid) -> dict[str, Any]:
    """The heat table for the API."""
    return {
        "period": grid.read.period_words,
        "units": [{"unit": unit.key, "name": str(unit)} for unit in grid.units],
        "rows": [
            {
                "target": row.target.pk,
                "indicator": row.target.indicator,
                "whole": standing_figure(row.head),
                "cells": [standing_figure(one) for one in row.cells],
            }
            for row in grid.rows
        ],
    }


def indicator_figures(board: IndicatorBoard) -> dict[str, Any]:
    """An indicator for the API and its charts: a row a unit, a cell a period."""
    every = ([board.whole] if board.whole else []) + board.rows
    return {
        "indicator": board.indicator.key,
        "name": board.indicator.name,
        "unit_of_measure": board.indicator.unit_of_measure,
        "target": board.target.pk if board.target else None,
        "periods": [{"period": str(one), "label": one.label} for one in board.periods],
        "rows": [
            {
                "unit": row.unit.key,
                "name": str(row.unit),
                "place": row.place,
                "whole": row is board.whole,
                "cells": [standing_figure(one) for one in row.cells],
            }
            for row in every
        ],
    }


def unit_figures(board: UnitBoard) -> dict[str, Any]:
    """A unit for the API and its chart."""
    return {
        "unit": board.unit.key,
        "name": str(board.unit),
        "period": board.read.period_words,
        "lights": board.lights,
        "rows": [
            {
                **(standing_figure(row.standing) or {}),
                "since": str(row.since) if row.since else None,
                "place": row.place,
                "of": row.of,
                "needed": number(row.standing.needed_speed()),
                "forecast": number(row.forecast.value) if row.forecast else None,
                "forecast_low": number(row.forecast.low) if row.forecast else None,
                "forecast_high": number(row.forecast.high) if row.forecast else None,
                "months": [{"period": str(period), "light": light} for period, light in row.lights],
            }
            for row in board.rows
        ],
    }


def worse_figures(board: Worse) -> dict[str, Any]:
    """What turned, for the API."""

    def pairs(found: list[tuple[Standing, Standing]]) -> list[dict[str, Any]]:
        return [{"before": standing_figure(before), "now": standing_figure(now)} for before, now in found]

    return {
        "period": board.read.period_words,
        "worse": pairs(board.worse),
        "better": pairs(board.better),
        "silent": pairs(board.silent),
    }


PLACE_COLUMNS: Columns = [
    ("单位", 22),
    ("滞后", 8),
    ("略慢", 8),
    ("达到进度", 10),
    ("已完成", 10),
    ("未报", 8),
    ("达到进度的占比（%）", 20),
    ("位次", 8),
    ("最慢的一项", 60),
]


def place_rows(board: PrefectureBoard) -> Rows:
    """The prefecture's table."""
    return [
        [
            str(row.unit),
            *row.lights_in_order,
            row.share,
            row.place,
            "" if row.worst is None else f"{row.worst.target.indicator}：{row.worst.reason}",
        ]
        for row in [*board.places, *board.offices]
    ]


STANDING_COLUMNS: Columns = [
    ("方案", 40),
    ("目标", 40),
    ("档次", 12),
    ("单位", 18),
    ("期别", 12),
    ("目标值", 14),
    ("应达", 14),
    ("完成", 14),
    ("计量单位", 10),
    ("灯", 10),
    ("原因", 70),
]


def standing_row(one: Standing) -> list[Cell]:
    """A standing as a row of a file."""
    return [
        one.target.plan.title,
        one.target.indicator,
        one.tier,
        str(one.unit),
        one.period.label if one.period else "",
        one.goal,
        one.expected,
        "未报" if one.actual is None else one.actual,
        one.target.unit_of_measure,
        one.light_words,
        one.reason,
    ]


def grid_rows(grid: Grid) -> Rows:
    """Every cell of the heat table as a row."""
    return [standing_row(one) for row in grid.rows for one in (row.head, *row.cells) if one is not None]


def indicator_rows(board: IndicatorBoard) -> Rows:
    """Every unit in every period as a row."""
    every = ([board.whole] if board.whole else []) + board.rows
    return [standing_row(one) for row in every for one in row.cells if one is not None]


def unit_rows(board: UnitBoard) -> Rows:
    """Every target of the unit as a row."""
    return [standing_row(row.standing) for row in board.rows]


def worse_rows(board: Worse) -> Rows:
    """What turned as rows: the standing now, with the light before at the end."""
    turned = (("变差", board.worse), ("变好", board.better), ("转为未报", board.silent))
    return [[*standing_row(now), before.light_words, kind] for kind, found in turned for before, now in found]


WORSE_COLUMNS: Columns = [*STANDING_COLUMNS, ("上期的灯", 10), ("变化", 10)]
