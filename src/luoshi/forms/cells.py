"""The cells of a return in reading order, and what they observe."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from luoshi.forms.compiled import Cell, compiled, row_cells
from luoshi.forms.model import NUMERIC, Address, FormDefinition, SectionKind, Values
from luoshi.forms.numbers import canonical_number

__all__ = ["Cell", "ObservedCell", "cells", "observed", "place_of"]


class ObservedCell(NamedTuple):
    """A number that a return gives for an indicator; ``unit`` is a unit's key, empty for the reporting unit itself."""

    address: str
    indicator: str
    unit: str
    value: Decimal


def cells(definition: FormDefinition, values: Values) -> Iterator[Cell]:
    """Every cell, section by section, row by row, blocked and computed ones included.

    Rows of repeated sections are those of ``values.rows``.
    """
    prepared = compiled(definition)
    for section in definition.sections:
        if section.kind is SectionKind.FIXED:
            yield from prepared.fixed_cells[section.key]
        else:
            for number, key in enumerate(values.rows.get(section.key, ()), 1):
                yield from row_cells(section, key, f"第{number}行", None)


def observed(definition: FormDefinition, values: Values) -> list[ObservedCell]:
    """The numbers that carry an indicator, computed ones included; blank, blocked and unreadable cells do not count.

    A column's own ``indicator`` comes before its row's; a row's ``unit`` says whom the number is about.
    """
    found: list[ObservedCell] = []
    for cell in cells(definition, values):
        field, row = cell.field, cell.row
        indicator = field.indicator or (row.indicator if row and field.observed else "")
        text = values.cells.get(cell.address)
        if not indicator or text is None or cell.blocked or field.type not in NUMERIC:
            continue
        value = canonical_number(text)
        if value is not None:
            found.append(ObservedCell(cell.address, indicator, row.unit if row else "", value))
    return found


def place_of(definition: FormDefinition, values: Values, address: str) -> str:
    """Where a cell stands, for people: ``“项目情况”第3行“投资额（万元）”``; else the address itself."""
    try:
        section_key, row_key, field_key = Address.parse(address)
        prepared = compiled(definition)
        section, field = prepared.sections[section_key], prepared.fields[section_key, field_key]
    except (KeyError, ValueError):
        return address
    if section.kind is SectionKind.FIXED:
        row = prepared.rows.get((section_key, row_key))
        label = f"“{row.label}”" if row else "已取消的行"
    else:
        keys = list(values.rows.get(section_key, ()))
        label = f"第{keys.index(row_key) + 1}行" if row_key in keys else "已删除的行"
    unit = f"（{field.unit_of_measure}）" if field.unit_of_measure else ""
    title = f"“{section.title}”" if len(definition.sections) > 1 else ""
    return f"{title}{label}“{field.label}{unit}”"
