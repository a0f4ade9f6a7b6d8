"""The plan's annex tables as possible allocations of one target: which, how read, how matched to units."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from luoshi.allocation.conservation import exact_sum
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import directory
from luoshi.apps.plans.models import PlanTable, Target
from luoshi.apps.targets.policies import receivers
from luoshi.apps.targets.queries.totals import adds_up
from luoshi.apps.targets.reading import Reading, figures, is_total, label_column, readings

MOST_READINGS = 3


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """A row of a table: where it stands, and for cells that span several rows (by column) the row where they begin."""

    index: int
    line: int
    cells: tuple[str, ...]
    merged: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowMatch:
    """A row and the unit that it means; ``nearest`` are likely ones where the name is unknown."""

    row: AnnexRow
    name: str
    unit: Unit | None
    nearest: tuple[Unit, ...]
    total: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A table with the likeliest ways to read it, and its rows matched to units."""

    table: PlanTable
    readings: tuple[Reading, ...]
    rows: tuple[RowMatch, ...]

    @property
    def score(self) -> float:
        """How likely it shares the target out."""
        matched = [row for row in self.rows if not row.total]
        share = sum(row.unit is not None for row in matched) / len(matched) if matched else 0.0
        return (self.readings[0].score if self.readings else 0.0) + 4.0 * share


def annex_rows(table: PlanTable) -> list[AnnexRow]:
    """The rows of a table with the lines on which they stand."""
    lines = table.version.document.lines(table.line, table.line_end)
    merged = _merged(table)
    found, at = [], 0
    for index, cells in enumerate(table.rows):
        first = next((cell.split("\n")[0] for cell in cells if cell.strip()), "")
        place = next((n for n in range(at, len(lines)) if first and lines[n].lstrip().startswith(first)), None)
        place = place if place is not None else next((n for n in range(at, len(lines)) if first in lines[n]), None)
        at = at if place is None else place
        found.append(AnnexRow(index, table.line + at, tuple(cells), merged.get(index, {})))
        at += place is not None
    return found


def _merged(table: PlanTable) -> dict[int, dict[int, int]]:
    """Which cells belong to one that spans several rows, where the file says so: row → {column: first row}."""
    for stored in table.version.document.tables:
        if not (table.line <= stored["first_line"] and stored["last_line"] <= table.line_end):
            continue
        height = max((row + span for row, _, _, span, _ in stored["cells"]), default=0)
        offset = height - len(table.rows)
        found: dict[int, dict[int, int]] = {}
        for row, column, _, span, _ in stored["cells"]:
            if span > 1 and row >= offset >= 0:
                for below in range(row, row + span):
                    found.setdefault(below - offset, {})[column] = row - offset
        return found
    return {}


def printed_total(table: PlanTable, columns: list[int], cumulative: bool) -> Decimal | None:
    """What the table's own total row says of some columns: the last one of cumulative ones, else their sum."""
    label = label_column(table.header, table.rows)
    totals = [row for row in table.rows if len(row) > label and is_total(row[label])][:1]
    values = [(figures(totals, column) or [None])[0] if totals else None for column in columns]
    if not values or any(value is None for value in values):
        return None
    return values[-1] if cumulative else exact_sum(values)


def tables_of(target: Target) -> list[PlanTable]:
    """The annexes of the target's plan in force."""
    return list(
        PlanTable.objects.filter(plan_id=target.plan_id, retired_in=None)
        .select_related("version__document")
        .order_by("line", "pk")
    )


def proposals(target: Target, year: int, tables: list[PlanTable], giver: Unit | None = None) -> list[Proposal]:
    """The tables that may share the target out, the likeliest first: those with figures and units in their rows.

    Names are read as of the plan's date, and matched to units to which the giver (the plan's owner by default) may
    give. Three queries beyond those for the tables.
    """
    known, date = directory(), target.plan.issued_on
    read = []
    keys: set[str] = set()
    for table in tables:
        ways = readings(
            table.header,
            table.rows,
            year=year,
            value=target.value,
            indicator=target.indicator,
            tier=target.tier,
            adds_up=adds_up(target),
        )
        if not ways:
            continue
        names = []
        for row in annex_rows(table):
            name = row.cells[ways[0].label] if ways[0].label < len(row.cells) else ""
            found = known.resolve(name, date) if name else None
            own = found.keys if found is not None and len(found.keys) == 1 else ()
            near = tuple(k for _, ks, _ in (found.nearest if found else ()) if len(ks) == 1 for k in ks)[:4]
            names.append((row, name, own, near))
            keys |= {*own, *near}
        read.append((table, ways, names))
    units: dict[str, Any] = {
        unit.key: unit for unit in receivers(target, giver or target.plan.owner).filter(key__in=keys)
    }
    found_all = []
    for table, ways, names in read:
        rows = tuple(
            RowMatch(
                row,
                name,
                None if is_total(name) else next((units[key] for key in own if key in units), None),
                tuple(units[key] for key in near if key in units),
                is_total(name),
            )
            for row, name, own, near in names
        )
        if any(row.unit for row in rows):
            found_all.append(Proposal(table, tuple(ways[:MOST_READINGS]), rows))
    return sorted(found_all, key=lambda proposal: (-proposal.score, proposal.table.line))
