"""Replacing the whole unit register by a directory read from files."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from luoshi import units as library
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations import register
from luoshi.apps.organisations.models import RegisterState, Unit, UnitName
from luoshi.apps.organisations.policies import EVERYWHERE, administered, require

_FIELDS = ("name", "short_name", "kind", "parent", "valid_from", "valid_to", "succeeded_by", "note")
_COLUMNS = ("name", "short_name", "kind", "valid_from", "valid_to", "note")
_BATCH = 400


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A unit that stays but differs: ``fields`` maps each field to (before, after)."""

    key: str
    name: str
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterChanges:
    """What a directory changes in the register.

    ``kept`` are units that it no longer has but that plans, people or drafts still use, with the units above them.
    """

    added: tuple[library.Unit, ...] = ()
    changed: tuple[FieldChange, ...] = ()
    removed: tuple[library.Unit, ...] = ()
    kept: tuple[library.Unit, ...] = ()
    names_added: tuple[library.UnitName, ...] = ()
    names_removed: tuple[library.UnitName, ...] = ()
    units: int = 0
    names: int = 0

    @property
    def any(self) -> bool:
        """Whether anything changes."""
        return any(getattr(self, f.name) for f in fields(self) if f.name not in ("units", "names", "kept"))


@dataclass(frozen=True, slots=True)
class _Goal:
    """The register as it shall be: units parents before children, names in order, and what differs from now."""

    units: tuple[library.Unit, ...]
    names: tuple[library.UnitName, ...]
    changes: RegisterChanges
    reordered: bool


def _used(pks: set[int]) -> set[int]:
    """The units among ``pks`` to which rows outside the register itself point."""
    own = {Unit.successors.through, UnitName.units.through}
    used: set[int] = set()
    for relation in Unit._meta.get_fields(include_hidden=True):
        if not (relation.one_to_many or relation.one_to_one) or relation.concrete or relation.related_model in own:
            continue
        column = relation.field.attname
        rest = sorted(pks - used)
        for start in range(0, len(rest), _BATCH):
            chosen = {f"{column}__in": rest[start : start + _BATCH]}
            used.update(relation.related_model._base_manager.filter(**chosen).values_list(column, flat=True))
    return used


def _goal(directory: library.UnitDirectory) -> _Goal:
    before = {unit.key: unit for unit in register.stored_units()}
    pks = dict(Unit.objects.values_list("key", "pk"))
    missing = {key for key in before if key not in directory}
    in_use = _used({pks[key] for key in missing})
    kept: set[str] = set()
    for key in (key for key in missing if pks[key] in in_use):
        above: str | None = key
        while above is not None and above in missing and above not in kept:
            kept.add(above)
            above = before[above].parent
    gone = missing - kept

    units: list[library.Unit] = []
    for root in (unit for unit in directory.units if unit.parent is None):
        units.extend(directory.subtree(root.key))
    for key, unit in before.items():
        if key in kept:
            after = tuple(k for k in unit.succeeded_by if k not in gone)
            units.append(replace(unit, succeeded_by=after))
    if kept:  # after their siblings, yet inside their parent's subtree
        whole = library.UnitDirectory(units, ())
        units = [u for root in units if root.parent is None for u in whole.subtree(root.key)]

    stored = register.stored_names()
    names = list(directory.names)
    names += [name for name in stored if name.keys and set(name.keys) <= kept]
    had, has = set(stored), set(names)
    changes = RegisterChanges(
        added=tuple(unit for unit in units if unit.key not in before),
        changed=tuple(
            FieldChange(unit.key, unit.name, difference)
            for unit in units
            if unit.key in before and (difference := _difference(before[unit.key], unit))
        ),
        removed=tuple(before[key] for key in before if key in gone),
        kept=tuple(unit for unit in units if unit.key in kept),
        names_added=tuple(name for name in names if name not in had),
        names_removed=tuple(name for name in stored if name not in has),
        units=len(units),
        names=len(names),
    )
    reordered = [unit.key for unit in units] != list(before) or stored != names
    return _Goal(tuple(units), tuple(names), changes, reordered)


def _difference(before: library.Unit, after: library.Unit) -> dict[str, tuple[Any, Any]]:
    return {
        field: (getattr(before, field), getattr(after, field))
        for field in _FIELDS
        if getattr(before, field) != getattr(after, field)
    }


def compare_units(directory: library.UnitDirectory) -> RegisterChanges:
    """What ``load_units`` would change, without changing it; raises ``DirectoryError`` where it could not be stored."""
    register.check_storable(directory)
    return _goal(directory).changes


@transaction.atomic
def load_units(*, acting_user: Any, directory: library.UnitDirectory) -> RegisterChanges:
    """Make the register what the directory says: units by their keys, names, successors, the order of siblings.

    Only who administers the whole register may. Names that the directory lacks go; units that it lacks go too unless
    something uses them (``RegisterChanges.kept``). Raises ``DirectoryError`` where it cannot be stored.
    """
    require(administered(acting_user) == EVERYWHERE, "只有全局系统管理员可以替换单位库。")
    register.check_storable(directory)
    state = RegisterState.objects.select_for_update().get(pk=1)
    goal = _goal(directory)
    if not (goal.changes.any or goal.reordered):
        return goal.changes
    _store_units(goal)
    if goal.changes.names_added or goal.changes.names_removed or goal.reordered:
        _store_names(goal)
    touch(state)
    record(acting_user=acting_user, acts=[_act(state, goal.changes)])
    return goal.changes


def touch(state: RegisterState) -> None:
    """Tell every process that the register changed; ``state`` was locked by the caller."""
    state.token = uuid.uuid4()
    state.save(update_fields=("token",))


def _store_units(goal: _Goal) -> None:
    rows = {row.key: row for row in Unit.objects.all()}
    gone = [rows.pop(unit.key).pk for unit in goal.changes.removed]
    paths: dict[str, str] = {}
    below: dict[str | None, int] = {}
    for unit in goal.units:
        position = below[unit.parent] = below.get(unit.parent, 0) + 1
        above = paths[unit.parent] if unit.parent is not None else ""
        paths[unit.key] = Unit._get_path(above, len(above) // Unit.steplen + 1, position)
    fresh, old = [], []
    for unit in goal.units:
        row = rows.get(unit.key)
        (fresh if row is None else old).append(row := row or Unit(key=unit.key))
        moved = row.path != paths[unit.key]
        row.path, row.numchild = paths[unit.key], below.get(unit.key, 0)
        row.depth = len(row.path) // Unit.steplen
        for column in _COLUMNS:
            setattr(row, column, getattr(unit, column))
        row.moved = moved
        rows[unit.key] = row
    _delete_links(gone)
    # Not the tree's own delete: it takes all that stands below, also what the directory moves elsewhere.
    QuerySet(Unit).filter(pk__in=gone).delete()
    # Units change places: while they do, each stands on a path that no other can have.
    moving = [row for row in old if row.moved]
    places = [row.path for row in moving]
    for row in moving:
        row.path = f"~{row.pk}"
    Unit.objects.bulk_update(moving, ("path",), batch_size=_BATCH)
    for row, path in zip(moving, places, strict=True):
        row.path = path
    changed = {change.key for change in goal.changes.changed}
    Unit.objects.bulk_update(moving, ("path", "depth", "numchild"), batch_size=_BATCH)
    Unit.objects.bulk_update([row for row in old if row.key in changed], _COLUMNS, batch_size=_BATCH)
    Unit.objects.bulk_update([row for row in old if not row.moved], ("numchild",), batch_size=_BATCH)
    Unit.objects.bulk_create(fresh, batch_size=_BATCH)
    through = Unit.successors.through
    through.objects.all().delete()
    through.objects.bulk_create(
        (
            through(from_unit_id=rows[unit.key].pk, to_unit_id=rows[key].pk)
            for unit in goal.units
            for key in unit.succeeded_by
        ),
        batch_size=_BATCH,
    )


def _delete_links(pks: list[int]) -> None:
    for start in range(0, len(pks), _BATCH):
        some = pks[start : start + _BATCH]
        Unit.successors.through.objects.filter(from_unit_id__in=some).delete()
        Unit.successors.through.objects.filter(to_unit_id__in=some).delete()
        UnitName.units.through.objects.filter(unit_id__in=some).delete()


def _store_names(goal: _Goal) -> None:
    """All names anew: nothing points to them, and their order is that of the file."""
    pks = dict(Unit.objects.values_list("key", "pk"))
    UnitName.objects.all().delete()
    rows = UnitName.objects.bulk_create(
        (
            UnitName(
                name=name.name,
                kind=name.kind.value,
                valid_from=name.valid_from,
                valid_to=name.valid_to,
                note=name.note,
            )
            for name in goal.names
        ),
        batch_size=_BATCH,
    )
    through = UnitName.units.through
    through.objects.bulk_create(
        (
            through(unitname_id=row.pk, unit_id=pks[key])
            for row, name in zip(rows, goal.names, strict=True)
            for key in name.keys
        ),
        batch_size=_BATCH,
    )


def _act(state: RegisterState, changes: RegisterChanges) -> Act:
    """The journal's entry: what went and what changed in full, what came by name."""
    before = {
        "changed": {c.key: {field: pair[0] for field, pair in c.fields.items()} for c in changes.changed},
        "removed": [f"{unit.key} {unit.name}" for unit in changes.removed],
        "names_removed": [f"{name.name} → {'、'.join(name.keys)}" for name in changes.names_removed],
    }
    after = {
        "changed": {c.key: {field: pair[1] for field, pair in c.fields.items()} for c in changes.changed},
        "added": [f"{unit.key} {unit.name}" for unit in changes.added],
        "kept": [f"{unit.key} {unit.name}" for unit in changes.kept],
        "names_added": [f"{name.name} → {'、'.join(name.keys)}" for name in changes.names_added],
        "units": changes.units,
        "names": changes.names,
    }
    return Act(
        action="替换单位库",
        target=state,
        before={field: value for field, value in before.items() if value},
        after={field: value for field, value in after.items() if value},
    )
