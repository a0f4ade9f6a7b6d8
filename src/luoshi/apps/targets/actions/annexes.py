"""Taking the shares of a target over from the plan's own annex."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import PlanTable, Target
from luoshi.apps.targets.actions.drafting import Saved, change_rows, finish, open_draft
from luoshi.apps.targets.errors import Invalid
from luoshi.apps.targets.models import AllocationMethod, Share
from luoshi.apps.targets.queries.annexes import annex_rows, printed_total
from luoshi.apps.targets.values import ValueProblem, parse_value, plain
from luoshi.apps.targets.years import periods_of


@transaction.atomic
def import_annex(
    *,
    acting_user: Any,
    target: Target,
    unit: Unit,
    revision: int,
    table: PlanTable,
    columns: Mapping[int, str],
    units: Mapping[int, int],
    cadence: str,
    cumulative: bool,
    scale: int = 1,
) -> Saved:
    """Replace the draft by figures of an annex table.

    ``columns`` maps a column of the table to a period, ``units`` a row to a unit (rows left out are not taken);
    ``scale`` multiplies the figures (a table in 万 for a target in base units). Numbers whose cell spans several rows
    are carried by their units together. The printed total is kept though the rows may not add up to it. Raises
    ``Invalid`` by cell, ``Stale``.
    """
    if table.plan_id != target.plan_id or table.retired_in_id is not None:
        raise Invalid({"table": "附表不在本方案的现行版本中。"})
    known = [str(period) for period in periods_of(target, cadence)]
    if not columns or not set(columns.values()) <= set(known) or len(set(columns.values())) != len(columns):
        raise Invalid({"columns": "请为每一期选定一列，一期只能用一列。"})
    if not units:
        raise Invalid({"units": "请至少取一行。"})
    if len(set(units.values())) != len(units):
        raise Invalid({"units": "有两行对应同一个单位，请核对。"})
    draft = open_draft(acting_user, target, unit, revision)
    before = {"cells": {f"{key[0]} {key[1]}": plain(share.value) for key, share in draft.shares.items()}}
    version = draft.version
    version.cadence, version.cumulative, version.method = cadence, cumulative, AllocationMethod.ANNEX
    draft.shares = {}
    change_rows(draft, units.values(), ())
    if missing := set(units.values()) - draft.unit_ids:
        raise Invalid({"units": f"有{len(missing)}个单位不在单位库中。"})
    errors, rows = {}, annex_rows(table)
    joints: dict[tuple[str, int], list[Share]] = {}
    for row in rows:
        if row.index not in units:
            continue
        for column, period in columns.items():
            share = draft.shares[units[row.index], period]
            try:
                value = parse_value(row.cells[column] if column < len(row.cells) else "")
            except ValueProblem as error:
                errors[f"{row.index}:{column}"] = f"第{row.line}行{error}"
                continue
            share.value = None if value is None else value * scale
            share.cell = [row.line, row.index, column]
            start = row.merged.get(column)
            if start is not None:
                joints.setdefault((period, start), []).append(share)
    if errors:
        raise Invalid(errors)
    _join(joints)
    version.table = table
    printed = printed_total(table, list(columns), cumulative)
    version.printed_total = None if printed is None else printed * scale
    return finish(acting_user, draft, "取用附表分解", before)


def _join(joints: Mapping[tuple[str, int], list[Share]]) -> None:
    """Make one number of what one printed cell gives to several units; the first of them in the tree holds it."""
    ids = {share.unit_id for group in joints.values() for share in group}
    paths = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "path")) if ids else {}
    for (period, start), group in joints.items():
        if len(group) < 2:
            continue
        values = [share.value for share in group if share.value is not None]
        group.sort(key=lambda share: paths[share.unit_id])
        for share in group:
            share.joint, share.value = f"{period}/{start}", None
        group[0].value = values[0] if values else None
