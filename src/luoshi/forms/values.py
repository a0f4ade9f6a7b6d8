"""Taking in what came for a return, and showing what cells hold."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from luoshi.forms.compiled import Compiled, compiled
from luoshi.forms.errors import ValueProblem
from luoshi.forms.model import NUMERIC, Field, FieldType, FormDefinition, Problem, SectionKind, Severity, Values
from luoshi.forms.numbers import canonical_number, is_kept
from luoshi.forms.parsing import UnitNames, clean, parse_cell
from luoshi.periods import Period, PeriodError

__all__ = ["show", "take"]

ROW_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,35}")


def take(
    definition: FormDefinition,
    cells: Mapping[str, Any],
    rows: Mapping[str, Sequence[str]] | None = None,
    *,
    units: UnitNames | None = None,
) -> tuple[Values, list[Problem]]:
    """Values from typed cells (text, numbers, dates, ``None``) and the row keys of repeated sections.

    What does not fit a column stays as it was typed and is a ``type`` or ``choice`` problem; so that nobody's work is
    lost. Cells that the form does not have, that do not apply or that are computed are left out, each with a problem
    that repeats its text. Where ``rows`` says nothing of a repeated section, its rows are those of the cells.
    """
    prepared = compiled(definition)
    problems: list[Problem] = []
    kept_rows = _take_rows(prepared, cells, rows or {}, problems)
    known_rows = {(section, key) for section, keys in kept_rows.items() for key in keys}
    kept: dict[str, str] = {}
    places = prepared.places
    for address, given in cells.items():
        if address in places and type(given) is str and is_kept(given, places[address]):  # most are
            kept[address] = given
            continue
        text = _text(given)
        if not text:
            continue
        parts = address.split(".")
        field = prepared.fields.get((parts[0], parts[2])) if len(parts) == 3 else None
        row = prepared.rows.get((parts[0], parts[1])) if field else None
        if field is None or (row is None and (parts[0], parts[1]) not in known_rows):
            message = f"本表没有这一格，“{text[:40]}”没有收下，请核对表式"
            problems.append(Problem(clean(address)[:120], Severity.HARD, "unknown-cell", message))
        elif field.formula:
            message = f"本格由系统计算，“{text[:40]}”没有收下，请勿填写"
            problems.append(Problem(address, Severity.HARD, "computed", message))
        elif row is not None and field.key in row.blocked:
            message = f"本格不需填报，“{text[:40]}”没有收下，请填到对应的格"
            problems.append(Problem(address, Severity.HARD, "blocked", message))
        else:
            try:
                kept[address] = parse_cell(field, text, units=units)
            except ValueProblem as problem:
                kept[address] = text
                problems.append(Problem(address, Severity.HARD, problem.code, problem.message))
    return Values(kept, kept_rows), problems


def _take_rows(
    prepared: Compiled, cells: Mapping[str, Any], rows: Mapping[str, Sequence[str]], problems: list[Problem]
) -> dict[str, tuple[str, ...]]:
    kept: dict[str, tuple[str, ...]] = {}
    given: dict[str, list[str]] = {key: list(keys) for key, keys in rows.items()}
    repeated = {key for key, section in prepared.sections.items() if section.kind is SectionKind.REPEATED}
    for address in cells if repeated else ():
        section_key, _, rest = address.partition(".")
        if section_key in repeated and section_key not in rows:
            given.setdefault(section_key, []).append(rest.partition(".")[0])
    for section_key, keys in given.items():
        if section_key not in repeated:
            message = "本表没有可以增加行的这一部分，请核对表式"
            problems.append(Problem("", Severity.HARD, "unknown-cell", message))
            continue
        unique = tuple(dict.fromkeys(key for key in keys if isinstance(key, str) and ROW_KEY.fullmatch(key)))
        if len(unique) < len(keys) and section_key in rows:
            title = prepared.sections[section_key].title
            message = f"“{title}”的行编号重复或有误，请重新增加这些行"
            problems.append(Problem("", Severity.HARD, "rows", message))
        kept[section_key] = unique
    return kept


def _text(given: Any) -> str:
    """What was given as text; a number in full digits, an exact decimal where it was one."""
    if given is None:
        return ""
    if isinstance(given, str):
        return clean(given)
    if isinstance(given, bool):
        return "是" if given else "否"
    if isinstance(given, dt.datetime):
        return given.isoformat(" ")
    if isinstance(given, dt.date):
        return given.isoformat()
    if isinstance(given, float):
        given = Decimal(repr(given))  # the shortest digits that mean this float: what was typed
    if isinstance(given, Decimal):
        return f"{given:f}" if given.is_finite() and abs(given.adjusted()) < 40 else str(given)
    if isinstance(given, int):
        return str(given) if abs(given) < 10**40 else "过大的数"
    return clean(str(given)[:200])


def show(field: Field, text: str | None) -> str:
    """What a cell holds, for people: ``1,234.50``, the label of a choice, ``2026年3月``; a bad text as it is."""
    if not text:
        return ""
    if field.type in NUMERIC:
        number = canonical_number(text)
        if number is None:
            return text
        places = 0 if field.type is FieldType.INTEGER else field.decimals
        exponent = number.as_tuple().exponent
        return f"{number:,.{max(places, -exponent if isinstance(exponent, int) else 0)}f}"
    if field.type is FieldType.CHOICE:
        return next((choice.label for choice in field.choices if choice.key == text), text)
    if field.type is FieldType.PERIOD:
        try:
            return Period.parse(text).label
        except PeriodError:
            return text
    return text
