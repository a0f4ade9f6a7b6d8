"""A table pasted from Excel, unit names in its first column."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import directory
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.actions.drafting import CellChange, Saved, save_shares
from luoshi.apps.targets.errors import Invalid
from luoshi.apps.targets.models import AllocationMethod
from luoshi.apps.targets.reading import is_total, period_of_name

MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Pasted:
    """What became of a pasted table: ``unknown`` are the names that no unit bears."""

    saved: Saved
    cells: int
    unknown: tuple[str, ...]


def table_of(text: str) -> list[list[str]]:
    """The cells of a block as Excel and WPS copy it: tabs between cells, a line a row."""
    rows = [line.split("\t") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return [[cell.strip().strip('"') for cell in row] for row in rows if any(cell.strip() for cell in row)]


def paste_shares(
    *, acting_user: Any, target: Target, unit: Unit, revision: int, text: str, periods: list[str], year: int
) -> Pasted:
    """Put a pasted table into the draft: names are matched to units at the plan's date, new ones get a row.

    A first row that names periods (一季度, 1—3月) says which columns are meant, else the columns are taken in the
    order of the grid. Total rows are left out. Raises ``Invalid`` where nothing fits, and as ``save_shares``.
    """
    rows = table_of(text)
    if not rows:
        raise Invalid({"text": "没有可粘贴的内容，请先在表格软件中复制。"})
    if len(rows) > MOST_ROWS:
        raise Invalid({"text": f"一次最多粘贴{MOST_ROWS}行。"})
    columns: dict[int, str] = {}
    named = {index: period_of_name(cell, year) for index, cell in enumerate(rows[0]) if index}
    if any(named.values()):
        columns = {index: str(period) for index, period in named.items() if period and str(period) in periods}
        rows = rows[1:]
        if not columns:
            raise Invalid({"text": "表头的期别与分解表的周期不一致，请先选择相同的周期。"})
    else:
        columns = dict(enumerate(periods, 1))
    changes, unknown, new = [], [], []
    keys = _matched([row[0] for row in rows], target.plan.issued_on)
    ids = dict(Unit.objects.filter(key__in={key for key in keys.values() if key}).values_list("key", "pk"))
    for row in rows:
        key = keys.get(row[0])
        if key is None or key not in ids:
            if row[0] and not is_total(row[0]):
                unknown.append(row[0])
            continue
        new.append(ids[key])
        changes += [CellChange(ids[key], period, row[i]) for i, period in columns.items() if i < len(row)]
    if not changes:
        names = "、".join(unknown[:5])
        raise Invalid({"text": f"第一列没有认得的单位名称{f'（{names}）' if names else ''}，请连同单位名称一起复制。"})
    saved = save_shares(
        acting_user=acting_user,
        target=target,
        unit=unit,
        revision=revision,
        changes=changes,
        add_units=new,
        method=AllocationMethod.PASTED,
    )
    return Pasted(saved, len(changes), tuple(dict.fromkeys(unknown)))


def _matched(names: list[str], date: dt.date | None) -> dict[str, str | None]:
    """Each name's unit at a date; group names and unknown ones have none."""
    known = directory()
    found: dict[str, str | None] = {}
    for name in names:
        resolution = known.resolve(name, date)
        found[name] = resolution.keys[0] if len(resolution.keys) == 1 else None
    return found
