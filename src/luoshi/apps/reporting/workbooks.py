"""A return as a workbook, for the pages and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils import timezone

from luoshi.apps.organisations.choosing import places
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.models import Return
from luoshi.apps.reporting.queries.returns import Sheet
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.forms import Filled, Stamp, read_workbook, write_workbook
from luoshi.forms.model import FieldType, Problem, Values


def stamp_of(answer: Return) -> Stamp:
    """Whose return a workbook is."""
    found = answer.round
    return Stamp(
        form_key=found.form.key,
        form_title=found.form.title,
        version=found.version.ordinal,
        unit_key=answer.unit.key,
        unit_name=str(answer.unit),
        period=found.period,
        due=moment_in_words(found.due_at),
    )


def workbook_of(
    sheet: Sheet,
    values: Values | None = None,
    *,
    problems: Sequence[Problem] = (),
    reasons: Mapping[str, str] | None = None,
) -> bytes:
    """The workbook of a return, with what it holds (or other ``values``), problems marked."""
    held = sheet.values if values is None else values
    choices = {"unit": _offered(held)} if asked_by(sheet.answer.round.version).takes_units else {}
    return write_workbook(
        sheet.definition,
        stamp_of(sheet.answer),
        held,
        sheet.context,
        choices=choices,
        problems=problems,
        reasons=sheet.reasons if reasons is None else reasons,
    )


def _offered(values: Values) -> list[tuple[str, str]]:
    """The units that exist, with their place before the name; of ended ones those that the return names already."""
    known, named = places(), set(values.cells.values())
    living = known.living(timezone.localdate())
    rest = named - {place.key for place in living}
    ended = [place for key in sorted(rest) if (place := known.get(key))]
    return [(place.key, place.label) for place in [*living, *ended]]


def read_for(answer: Return, data: bytes) -> Filled:
    """What a workbook holds for a return; evidence, which no workbook holds, stays as the return has it.

    Raises ``WrongWorkbook``.
    """
    asked = asked_by(answer.round.version)
    filled = read_workbook(data, asked.definition, stamp_of(answer))
    columns = {
        (section.key, field.key)
        for section in asked.definition.sections
        for field in section.fields
        if field.type is FieldType.FILE
    }
    kept: dict[str, str] = {}
    for address, text in answer.cells.items() if columns else ():
        section, row, field = address.split(".")
        if (section, field) in columns and (section not in filled.values.rows or row in filled.values.rows[section]):
            kept[address] = text
    return Filled(Values({**filled.values.cells, **kept}, filled.values.rows), filled.reasons, filled.problems)
