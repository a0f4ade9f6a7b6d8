"""Filling in a downloaded workbook as Excel would leave it."""

from __future__ import annotations

from xml.sax.saxutils import escape

from luoshi.documents.excel import read_all_sheets
from luoshi.documents.limits import Limits
from tests.forms.workbook.test_workbook import edited, put


def texts_of(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """What stands in the cells of each sheet."""
    return {name: sheet.texts for name, sheet in read_all_sheets(data, Limits())}


def filled(data: bytes, column: str, **rows: int | str) -> bytes:
    """The workbook with cells of the first sheet filled in: ``filled(data, "累计", 企业=10)``."""
    texts = next(iter(texts_of(data).values()))
    head, across = next(place for place, text in texts.items() if text.startswith(column))
    for label, value in rows.items():
        down = next(row for (row, _), text in texts.items() if text == label and row > head)
        reference = f"{chr(ord('A') + across)}{down + 1}"
        text = (
            f"><v>{value}</v></c>" if isinstance(value, int) else f' t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        )
        data = edited(data, put(1, reference, text))
    return data
