"""From strokes to grids."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from luoshi.documents.ruled import Grid, Rule, find_grids


def rules(columns: int, rows: int, width: float, height: float) -> list[Rule]:
    across = [Rule(True, 50 + i * height, 50, 50 + columns * width) for i in range(rows + 1)]
    down = [Rule(False, 50 + j * width, 50, 50 + rows * height) for j in range(columns + 1)]
    return across + down


def spans(grid: Grid) -> set[tuple[int, int, int, int]]:
    return {(box.row, box.column, box.row_span, box.column_span) for box in grid.boxes}


@given(st.integers(2, 8), st.integers(1, 8), st.floats(12, 90), st.floats(12, 90), st.randoms())
def test_full_grids(columns: int, rows: int, width: float, height: float, random: object) -> None:
    drawn = rules(columns, rows, width, height)
    random.shuffle(drawn)  # type: ignore[attr-defined]
    (grid,) = find_grids(drawn)
    assert spans(grid) == {(row, column, 1, 1) for row in range(rows) for column in range(columns)}


def test_missing_sides_merge_cells() -> None:
    drawn = [rule for rule in rules(3, 3, 40, 20) if rule != Rule(False, 90, 50, 110)]
    drawn += [Rule(False, 90, 70, 110)]  # the first row's first two cells have no line between them
    (grid,) = find_grids(drawn)
    assert (0, 0, 1, 2) in spans(grid)
    assert len(grid.boxes) == 8


def test_open_sides_still_make_columns() -> None:
    drawn = [Rule(True, y, 50, 290) for y in (50, 70, 90)] + [Rule(False, x, 50, 90) for x in (130, 210)]
    (grid,) = find_grids(drawn)
    assert len(grid.boxes) == 6


def test_strokes_drawn_cell_by_cell_and_twice() -> None:
    drawn = []
    for row in range(3):
        for column in range(3):
            left, top = 50 + 40 * column, 50 + 20 * row
            for edge in (0, 0.7):
                drawn += [Rule(True, top + edge, left, left + 40), Rule(True, top + 20 + edge, left, left + 40)]
                drawn += [Rule(False, left + edge, top, top + 20), Rule(False, left + 40 + edge, top, top + 20)]
    (grid,) = find_grids(drawn)
    assert len(grid.boxes) == 9


def test_no_table_without_two_columns() -> None:
    assert find_grids(rules(1, 5, 100, 20)) == []
    assert find_grids([Rule(True, 100, 50, 500), Rule(True, 120, 50, 500)]) == []
    assert find_grids([]) == []
