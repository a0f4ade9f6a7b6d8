"""Pages of the boards."""

from luoshi.apps.boards.views.boards import bench, grid, home, indicator, unit, unit_part, worse
from luoshi.apps.boards.views.boundaries import boundaries, boundaries_file
from luoshi.apps.boards.views.displays import display_edit, display_new, display_remove, displays, show

__all__ = [
    "bench",
    "boundaries",
    "boundaries_file",
    "display_edit",
    "display_new",
    "display_remove",
    "displays",
    "grid",
    "home",
    "indicator",
    "show",
    "unit",
    "unit_part",
    "worse",
]
