"""Files of official statistics as tables: .xlsx, and .csv in UTF-8 or GB18030."""

from __future__ import annotations

from luoshi.apps.indicators.errors import IndicatorError
from luoshi.documents import table_file
from luoshi.documents.limits import MIB
from luoshi.documents.table_file import TableFile, TableLimits, UnreadableTable

MAX_BYTES = 16 * MIB
_LIMITS = TableLimits(file_bytes=MAX_BYTES, rows=200_000, columns=300, unpacked=256 * MIB, cells=2_000_000)


def read_table(data: bytes, sheet: str = "") -> TableFile:
    """The first sheet of a file that holds anything, or the one named; ``IndicatorError`` says what is wrong."""
    try:
        table = table_file.read_table(data, _LIMITS, sheet=sheet)
    except UnreadableTable as error:
        raise IndicatorError(str(error)) from error
    if not table.rows:
        raise IndicatorError("文件里没有内容。")
    return table
