"""What boards show: each from one set of standings, read once."""

from luoshi.apps.boards.queries.grid import Grid, plan_grid
from luoshi.apps.boards.queries.indicator import IndicatorBoard, indicator_board
from luoshi.apps.boards.queries.places import boundaries_of, tiles, units_drawn
from luoshi.apps.boards.queries.prefecture import PlaceRow, PrefectureBoard, prefecture_board
from luoshi.apps.boards.queries.unit import UnitBoard, unit_board
from luoshi.apps.boards.queries.worse import Worse, worse_board

__all__ = [
    "Grid",
    "IndicatorBoard",
    "PlaceRow",
    "PrefectureBoard",
    "UnitBoard",
    "Worse",
    "boundaries_of",
    "indicator_board",
    "plan_grid",
    "prefecture_board",
    "tiles",
    "unit_board",
    "units_drawn",
    "worse_board",
]
