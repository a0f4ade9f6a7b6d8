"""Changing one unit and its names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.accounts.actions import mark_of, require_unchanged
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.actions.loading import touch
from luoshi.apps.organisations.models import NameKind, RegisterState, Role, Unit, UnitKind, UnitName
from luoshi.apps.organisations.policies import EVERYWHERE, administered, covered, reach, require
from luoshi.apps.organisations.queries import directory
from luoshi.units import fold

_EDITABLE = ("name", "short_name", "kind", "valid_from", "valid_to", "note")


def _locked() -> RegisterState:
    """The register's state, locked: two acts at once would otherwise give two units one place in the tree."""
    return RegisterState.objects.select_for_update().get(pk=1)


def _snapshot(unit: Unit) -> dict[str, Any]:
    return {field: getattr(unit, field) for field in _EDITABLE} | {
        "successors": list(unit.successors.order_by("key").values_list("key", flat=True))
    }


def mark_of_unit(unit: Unit) -> str:
    """A mark of what a form of the unit changes; see ``change_unit``."""
    return mark_of(_snapshot(unit))


def _check_kind(paths: tuple[str, ...], *kinds: str) -> None:
    """Which unit is the prefecture decides who looks after all, and what “各县市” means to everybody."""
    if UnitKind.PREFECTURE in kinds and paths != EVERYWHERE:
        raise ValidationError({"kind": f"“{UnitKind.PREFECTURE.label}”类别的单位只能由管理全部单位的人员设置。"})


def _check_free(paths: tuple[str, ...], **texts: str) -> None:
    """Refuse a name (by field) that means something outside ``paths`` at any date.

    A second meaning would make it unclear, or another unit's, in every plan of the prefecture.
    """
    if paths == EVERYWHERE:
        return
    register = directory()
    for field, text in texts.items():
        folded, meaning = fold(text), register.resolve(text)
        keys, nobodys = set(meaning.keys), meaning.kind is not None and not meaning.keys
        for unit in register.units:
            if folded in (fold(unit.name), fold(unit.short_name)):
                keys.add(unit.key)
        for name in register.names:
            if fold(name.name) == folded:
                keys.update(name.keys)
                nobodys = nobodys or not name.keys
        units = Unit.objects.filter(key__in=keys).order_by("path")
        outside = next((unit for unit in units if not covered(unit.path, paths)), None)
        if outside is not None:
            whose = f"“{outside.name}”" + ("等单位" if len(keys) > 1 else "")
            raise ValidationError({field: f"“{text}”已指{whose}，不在您的管理范围内，请换一个名称。"})
        if nobodys and not keys:
            raise ValidationError({field: f"“{text}”是全库通用的名称，不能另作他用，请换一个名称。"})


@transaction.atomic
def add_unit(
    *,
    acting_user: Any,
    key: str,
    name: str,
    short_name: str = "",
    kind: str,
    parent: Unit | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    note: str = "",
) -> Unit:
    """Put a new unit below ``parent`` (``None``: at the top), after its siblings.

    An administrator or coordinator may below units in reach; the top, a prefecture, and a name that means a unit out
    of reach are for who looks after all. Raises ``ValidationError`` by field.
    """
    paths = reach(acting_user, Role.ADMINISTRATOR, Role.COORDINATOR)
    require(covered(parent.path if parent else "", paths), "您只能在所管范围内增加单位。")
    state = _locked()
    values = {
        "key": key.strip(),
        "name": name.strip(),
        "short_name": short_name.strip() or name.strip(),
        "kind": kind,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "note": note.strip(),
    }
    Unit(**values).clean_fields(exclude=("path", "depth", "numchild"))
    if Unit.objects.filter(key=values["key"]).exists():
        raise ValidationError({"key": f"代码“{values['key']}”已被使用。"})
    _check_order(valid_from, valid_to)
    _check_kind(paths, kind)
    _check_free(paths, name=values["name"], short_name=values["short_name"])
    if parent is None:
        unit: Unit = Unit.objects.add_root(create_kwargs=values)
    else:
        unit = Unit.objects.add_child(Unit.objects.get(pk=parent.pk), create_kwargs=values)
    touch(state)
    after = values | {"parent": parent.key if parent else None}
    record(acting_user=acting_user, acts=[Act(action="增加单位", target=unit, after=after)])
    return unit


@transaction.atomic
def change_unit(
    *,
    acting_user: Any,
    unit: Unit,
    fields: Mapping[str, Any],
    successors: Sequence[Unit] | None = None,
    seen: str | None = None,
) -> Unit:
    """Change what a unit is called, what it is, when it existed, and who carries its duties on.

    ``fields`` may hold ``name short_name kind valid_from valid_to note``. Raises ``ValidationError`` by field, or
    where the unit was changed after the form was opened (``seen``: ``mark_of_unit`` of that time).
    """
    paths = administered(acting_user)
    require(covered(unit.path, paths), "该单位不在您的管理范围内。")
    state = _locked()
    unit = Unit.objects.get(pk=unit.pk)
    before = _snapshot(unit)
    require_unchanged(seen, before)
    for field in _EDITABLE:
        if field in fields:
            setattr(unit, field, fields[field])
    unit.short_name = unit.short_name or unit.name
    unit.clean_fields(exclude=("path", "depth", "numchild", "key"))
    _check_order(unit.valid_from, unit.valid_to)
    if unit.kind != before["kind"]:
        _check_kind(paths, before["kind"], unit.kind)
    names = {field: getattr(unit, field) for field in ("name", "short_name")}
    _check_free(paths, **{field: text for field, text in names.items() if text != before[field]})
    if successors is not None:
        if any(after.pk == unit.pk for after in successors):
            raise ValidationError({"successors": "单位不能承接自己的职责。"})
        unit.successors.set(successors)
    unit.save(update_fields=_EDITABLE)
    after = _snapshot(unit)
    changed = [field for field in after if after[field] != before[field]]
    if changed:
        touch(state)
        act = Act(
            action="修改单位",
            target=unit,
            before={field: before[field] for field in changed},
            after={field: after[field] for field in changed},
        )
        record(acting_user=acting_user, acts=[act])
    return unit


def _check_order(valid_from: dt.date | None, valid_to: dt.date | None) -> None:
    if valid_from and valid_to and valid_from > valid_to:
        raise ValidationError({"valid_to": "结束日期早于开始日期。"})


@transaction.atomic
def add_unit_name(
    *,
    acting_user: Any,
    name: str,
    units: Sequence[Unit],
    kind: str = NameKind.ALIAS,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    note: str = "",
) -> UnitName:
    """Let a name as printed mean a unit, or several together (kind ``group``), from now on.

    An administrator or coordinator may for units in reach; who looks after the whole prefecture also for the units
    beside and above it, and only they a name that means a unit elsewhere already. The same name for the same units
    and days is not added twice: the one there is is given. Raises
    ``ValidationError`` by field.
    """
    paths = reach(acting_user, Role.ADMINISTRATOR, Role.COORDINATOR)
    require(bool(paths) and all(covered(unit.path, paths) for unit in units), "您只能为所管范围内的单位登记名称。")
    state = _locked()
    name = name.strip()
    if not fold(name):
        raise ValidationError({"name": "请填写名称。"})
    if len(units) > 1:
        kind = NameKind.GROUP
    _check_order(valid_from, valid_to)
    pks = [unit.pk for unit in units]
    same = UnitName.objects.filter(name=name, valid_from=valid_from, valid_to=valid_to).prefetch_related("units")
    for known in same:
        if {unit.pk for unit in known.units.all()} == set(pks):
            return known
    _check_free(paths, name=name)
    row = UnitName(name=name, kind=kind, valid_from=valid_from, valid_to=valid_to, note=note.strip())
    row.clean_fields()
    row.save()
    row.units.set(pks)
    touch(state)
    record(acting_user=acting_user, acts=[Act(action="登记单位名称", target=row, after=_described(row, units))])
    return row


def _described(row: UnitName, units: Sequence[Unit]) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "units": [unit.key for unit in units],
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "note": row.note,
    }


@transaction.atomic
def end_unit_name(*, acting_user: Any, unit_name: UnitName, valid_to: dt.date | None) -> UnitName:
    """Say until which day (the last) a name meant its units; ``None``: it still does. Raises ``ValidationError``."""
    state = _locked()
    row = UnitName.objects.get(pk=unit_name.pk)
    units = list(row.units.all())
    paths = administered(acting_user)
    require(bool(paths) and all(covered(unit.path, paths) for unit in units), "该名称不在您的管理范围内。")
    _check_order(row.valid_from, valid_to)
    twin = UnitName.objects.filter(name=row.name, valid_from=row.valid_from, valid_to=valid_to).exclude(pk=row.pk)
    for known in twin.prefetch_related("units"):
        if {unit.pk for unit in known.units.all()} == {unit.pk for unit in units}:
            raise ValidationError({"valid_to": "已有一条起止日期相同的同一名称。"})
    before, row.valid_to = row.valid_to, valid_to
    if before != valid_to:
        row.save(update_fields=("valid_to",))
        touch(state)
        act = Act(action="停用单位名称", target=row, before={"valid_to": before}, after={"valid_to": valid_to})
        record(acting_user=acting_user, acts=[act])
    return row


@transaction.atomic
def remove_unit_name(*, acting_user: Any, unit_name: UnitName) -> None:
    """Take back a name that never meant its units (a slip); one that no longer does is ended, not removed."""
    state = _locked()
    row = UnitName.objects.get(pk=unit_name.pk)
    units = list(row.units.all())
    paths = administered(acting_user)
    require(bool(paths) and all(covered(unit.path, paths) for unit in units), "该名称不在您的管理范围内。")
    act = Act(action="删除单位名称", target=row, before=_described(row, units))
    touch(state)
    record(acting_user=acting_user, acts=[act])
    row.delete()
