"""Reading ``units.csv`` and ``unit-names.csv``, and finding everything that is wrong with them.

``units.csv``: ``key,name,short_name,kind,parent,valid_from,valid_to,succeeded_by,note``.
``unit-names.csv``: ``name_as_printed,key,kind,valid_from,valid_to`` and, if wished, ``note`` and further columns.
Several keys in one cell are separated by ``;``. Dates may be ``2019``, ``2018-02`` or ``2018-02-05``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from luoshi.units.dates import parse_partial_date
from luoshi.units.errors import Problem
from luoshi.units.folding import fold
from luoshi.units.model import NameKind, Unit, UnitName

UNIT_COLUMNS = ("key", "name", "short_name", "kind", "parent", "valid_from", "valid_to", "succeeded_by")
NAME_COLUMNS = ("name_as_printed", "key", "kind", "valid_from", "valid_to")

Lines = Sequence[int | None]


def _decode(data: bytes, source: str, problems: list[Problem]) -> str:
    """UTF-8 with or without a mark, else GB18030, which office programs here still write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    problems.append(Problem(source, None, "无法识别文字编码，请另存为 UTF-8 编码的 CSV 文件"))
    return ""


def _rows(
    text: str, columns: Iterable[str], source: str, problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the header that hold anything, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in columns if column not in header]
        if missing:
            problems.append(Problem(source, 1, f"缺少列：{'、'.join(missing)}"))
            return
        begins = reader.line_num + 1
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                problems.append(
                    Problem(source, line, f"有{len(cells)}列，表头只有{len(header)}列；含逗号的内容请加英文双引号")
                )
                continue
            cells = cells + [""] * (len(header) - len(cells))
            yield line, {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    except csv.Error as error:
        problems.append(Problem(source, reader.line_num, f"不是合格的 CSV 内容（{error}）"))


def _keys(cell: str) -> tuple[str, ...]:
    return tuple(key for part in cell.split(";") if (key := part.strip()))


def _validity(
    row: Mapping[str, str], source: str, line: int, problems: list[Problem]
) -> tuple[dt.date | None, dt.date | None]:
    dates: list[dt.date | None] = []
    for column in ("valid_from", "valid_to"):
        try:
            dates.append(parse_partial_date(row[column], last=column == "valid_to"))
        except ValueError:
            problems.append(
                Problem(source, line, f"{column} 日期“{row[column]}”有误，应写作 2019、2019-02 或 2019-02-05")
            )
            dates.append(None)
    return dates[0], dates[1]


def read_units(data: bytes, source: str, problems: list[Problem]) -> tuple[list[Unit], list[int]]:
    """The units of a file and the line of each; faults of single cells go to ``problems``."""
    units: list[Unit] = []
    lines: list[int] = []
    for line, row in _rows(_decode(data, source, problems), UNIT_COLUMNS, source, problems):
        valid_from, valid_to = _validity(row, source, line, problems)
        for column in ("key", "name", "kind"):
            if not row[column]:
                problems.append(Problem(source, line, f"{column} 不能为空"))
        units.append(
            Unit(
                key=row["key"],
                name=row["name"],
                short_name=row["short_name"] or row["name"],
                kind=row["kind"],
                parent=row["parent"] or None,
                valid_from=valid_from,
                valid_to=valid_to,
                succeeded_by=_keys(row["succeeded_by"]),
                note=row.get("note", ""),
            )
        )
        lines.append(line)
    return units, lines


def read_names(data: bytes, source: str, problems: list[Problem]) -> tuple[list[UnitName], list[int]]:
    """The names of a file and the line of each; faults of single cells go to ``problems``."""
    kinds = {kind.value for kind in NameKind}
    names: list[UnitName] = []
    lines: list[int] = []
    for line, row in _rows(_decode(data, source, problems), NAME_COLUMNS, source, problems):
        valid_from, valid_to = _validity(row, source, line, problems)
        kind = row["kind"]
        if kind not in kinds:
            problems.append(
                Problem(source, line, f"名称类别“{kind}”有误，应为 {'、'.join(k.value for k in NameKind)} 之一")
            )
        names.append(
            UnitName(
                name=row["name_as_printed"],
                keys=_keys(row["key"]),
                kind=NameKind(kind) if kind in kinds else NameKind.ALIAS,
                valid_from=valid_from,
                valid_to=valid_to,
                note=row.get("note", ""),
            )
        )
        lines.append(line)
    return names, lines


def check_units(units: Sequence[Unit], lines: Lines, source: str) -> Iterator[Problem]:
    """What the units contradict among themselves: keys twice, parents unknown or in a circle, dates turned round."""
    first: dict[str, int] = {}
    for index, unit in enumerate(units):
        if unit.key and unit.key in first:
            before = lines[first[unit.key]]
            yield Problem(
                source, lines[index], f"单位标识“{unit.key}”重复" + (f"，已见于第{before}行" if before else "")
            )
        else:
            first[unit.key] = index
    for index, unit in enumerate(units):
        if unit.parent is not None and unit.parent not in first:
            yield Problem(source, lines[index], f"上级单位“{unit.parent}”不存在")
        for key in unit.succeeded_by:
            if key not in first:
                yield Problem(source, lines[index], f"承接单位“{key}”不存在")
        if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
            yield Problem(source, lines[index], "valid_from 晚于 valid_to")
    yield from _circles({unit.key: unit.parent for unit in units}, first, units, lines, source)


def _circles(
    parents: Mapping[str, str | None], first: Mapping[str, int], units: Sequence[Unit], lines: Lines, source: str
) -> Iterator[Problem]:
    """Each circle of parents once, told at the unit that comes first in the file."""
    done: set[str] = set()
    for unit in units:
        path: list[str] = []
        key: str | None = unit.key
        while key is not None and key in parents and key not in done and key not in path:
            path.append(key)
            key = parents[key]
        if key is not None and key in path:
            circle = path[path.index(key) :]
            start = min(circle, key=lambda k: first[k])
            turn = circle.index(start)
            chain = " → ".join([*circle[turn:], *circle[:turn], start])
            yield Problem(source, lines[first[start]], f"上下级关系成环：{chain}")
        done.update(path)


def check_names(names: Sequence[UnitName], lines: Lines, source: str, keys: Iterable[str]) -> Iterator[Problem]:
    """Names without text, with unknown keys, twice the same, or with dates turned round."""
    known = set(keys)
    seen: dict[tuple[object, ...], int] = {}
    for index, name in enumerate(names):
        if not fold(name.name):
            yield Problem(source, lines[index], "name_as_printed 不能为空")
        for key in name.keys:
            if key not in known:
                yield Problem(source, lines[index], f"名称“{name.name}”所指单位“{key}”不存在")
        if name.valid_from and name.valid_to and name.valid_from > name.valid_to:
            yield Problem(source, lines[index], "valid_from 晚于 valid_to")
        identity = (name.name, name.keys, name.valid_from, name.valid_to)
        if identity in seen:
            before = lines[seen[identity]]
            yield Problem(source, lines[index], f"名称“{name.name}”重复" + (f"，已见于第{before}行" if before else ""))
        else:
            seen[identity] = index
