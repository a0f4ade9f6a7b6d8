"""A return as an Excel workbook: written pre-filled and guarded, read back by its own map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from luoshi.forms.model import Context, FormDefinition, Problem, Values
from luoshi.forms.workbook.layout import Filled, Stamp

__all__ = ["Filled", "Stamp", "read_workbook", "write_workbook"]


def write_workbook(
    definition: FormDefinition,
    stamp: Stamp,
    values: Values,
    context: Context | None = None,
    *,
    choices: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    problems: Sequence[Problem] = (),
    reasons: Mapping[str, str] | None = None,
) -> bytes:
    """The .xlsx file of a return, the same bytes for the same return.

    ``choices["unit"]`` are (key, name) of the units that unit cells offer, the first name of a key being shown.
    ``problems`` mark their cells and stand in a list of their own, where soft ones take a reason (``reasons`` by
    address are put there).
    """
    from luoshi.forms.workbook.writing import Writer  # XlsxWriter is slow to import

    return Writer(definition, stamp, values, context or Context(), choices or {}, problems, reasons or {}).bytes()


def read_workbook(data: bytes, definition: FormDefinition, stamp: Stamp) -> Filled:
    """What a workbook that ``write_workbook`` made holds by now; raises ``WrongWorkbook`` (Chinese, says why).

    Cells come back as they were typed, to be taken by ``take``. Rows may be added to repeated sections and empty rows
    put in anywhere; columns must stay where they are. Evidence (``file`` cells) is not in workbooks: the caller keeps
    what the return has.
    """
    from luoshi.forms.workbook.reading import read

    return read(data, definition, stamp)
