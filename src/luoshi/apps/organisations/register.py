"""The unit register as stored, as the library's values, and as the two CSV files: forms, no decisions."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict

from luoshi import units as library
from luoshi.apps.organisations.models import Unit, UnitKind, UnitName
from luoshi.units import reading

Problem = library.Problem

UNIT_HEADER = (*reading.UNIT_COLUMNS, "note")
NAME_HEADER = (*reading.NAME_COLUMNS, "note")


def stored_units() -> list[library.Unit]:
    """All units, parents before children and siblings in their order; two queries."""
    rows = list(Unit.objects.order_by("path"))
    keys = {row.pk: row.key for row in rows}
    key_of_path = {row.path: row.key for row in rows}
    successors: dict[int, list[str]] = defaultdict(list)
    links = Unit.successors.through.objects.order_by("pk").values_list("from_unit_id", "to_unit_id")
    for before, after in links:
        successors[before].append(keys[after])
    return [
        library.Unit(
            key=row.key,
            name=row.name,
            short_name=row.short_name,
            kind=row.kind,
            parent=key_of_path.get(row.path[: -Unit.steplen]),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            succeeded_by=tuple(successors[row.pk]),
            note=row.note,
        )
        for row in rows
    ]


def stored_names() -> list[library.UnitName]:
    """All names in the order in which they came; two queries. What stands twice is given once."""
    keys: dict[int, list[str]] = defaultdict(list)
    links = UnitName.units.through.objects.order_by("pk").values_list("unitname_id", "unit__key")
    for name_id, key in links:
        keys[name_id].append(key)
    names = {
        (row.name, tuple(keys[row.pk]), row.valid_from, row.valid_to): library.UnitName(
            name=row.name,
            keys=tuple(keys[row.pk]),
            kind=library.NameKind(row.kind),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            note=row.note,
        )
        for row in UnitName.objects.order_by("-pk")
    }
    return list(reversed(names.values()))


def _date(date: dt.date | None) -> str:
    return "" if date is None else date.isoformat()


def _csv(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    """UTF-8 with a mark, by which office programs know the encoding."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def units_csv(units: list[library.Unit] | tuple[library.Unit, ...]) -> bytes:
    """The file ``units.csv`` that reads back to the same units."""
    return _csv(
        UNIT_HEADER,
        [
            (
                unit.key,
                unit.name,
                unit.short_name,
                unit.kind,
                unit.parent or "",
                _date(unit.valid_from),
                _date(unit.valid_to),
                ";".join(unit.succeeded_by),
                unit.note,
            )
            for unit in units
        ],
    )


def names_csv(names: list[library.UnitName] | tuple[library.UnitName, ...]) -> bytes:
    """The file ``unit-names.csv`` that reads back to the same names."""
    return _csv(
        NAME_HEADER,
        [
            (name.name, ";".join(name.keys), name.kind.value, _date(name.valid_from), _date(name.valid_to), name.note)
            for name in names
        ],
    )


def read_files(units_csv: bytes, names_csv: bytes, sources: tuple[str, str]) -> library.UnitDirectory:
    """The directory of two files; raises ``DirectoryError`` with the faults of all rows, also those of storing them."""
    directory = library.UnitDirectory.from_bytes(units_csv, names_csv, sources)
    _, unit_lines = reading.read_units(units_csv, sources[0], [])
    _, name_lines = reading.read_names(names_csv, sources[1], [])
    check_storable(directory, sources, (unit_lines, name_lines))
    return directory


def check_storable(
    directory: library.UnitDirectory,
    sources: tuple[str, str] = ("units.csv", "unit-names.csv"),
    lines: tuple[reading.Lines, reading.Lines] | None = None,
) -> None:
    """Raise ``DirectoryError`` for what the library allows but the tables cannot hold: long texts, unknown kinds."""
    unit_lines, name_lines = lines or ([None] * len(directory.units), [None] * len(directory.names))
    problems: list[Problem] = []
    deepest = Unit._meta.get_field("path").max_length // Unit.steplen
    for unit, line in zip(directory.units, unit_lines, strict=True):
        if unit.kind not in UnitKind.values:
            known = "、".join(UnitKind.values)
            problems.append(Problem(sources[0], line, f"单位类别“{unit.kind}”有误，应为 {known} 之一"))
        for field in ("key", "name", "short_name", "note"):
            problems += _too_long(Unit, field, getattr(unit, field), sources[0], line)
        if len(directory.ancestors(unit.key)) >= deepest:
            problems.append(Problem(sources[0], line, f"层级过深，最多 {deepest} 级"))
    for name, line in zip(directory.names, name_lines, strict=True):
        for field in ("name", "note"):
            problems += _too_long(UnitName, field, getattr(name, field), sources[1], line)
    if problems:
        raise library.DirectoryError(tuple(problems))


def _too_long(model: type, field: str, value: str, source: str, line: int | None) -> list[Problem]:
    description = model._meta.get_field(field)  # type: ignore[attr-defined]
    if len(value) <= description.max_length:
        return []
    return [Problem(source, line, f"{description.verbose_name}“{value[:20]}…”过长，最多 {description.max_length} 个字")]
