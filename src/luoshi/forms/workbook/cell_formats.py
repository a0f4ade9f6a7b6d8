"""How the cells of a column look, and what Excel lets people type into them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from luoshi.forms.model import Field, FieldType

EXACT_DIGITS = 15  # what Excel keeps of a number; longer ones are written as text
HINTS = {
    FieldType.DATE: "日期，如 2026-03-05",
    FieldType.PERIOD: "期别，如 2026年3月、2026年一季度",
    FieldType.PROJECT_CODE: "项目代码，如 2026-532300-04-01-123456",
    FieldType.UNIT: "单位全称或通用简称",
}


def shape(field: Field) -> dict[str, Any]:
    """Number format and alignment of a column's cells, as XlsxWriter's properties."""
    match field.type:
        case FieldType.NUMBER:
            places = "." + "0" * field.decimals if field.decimals else ""
            return {"num_format": "#,##0" + places, "align": "right"}
        case FieldType.INTEGER:
            return {"num_format": "#,##0", "align": "right"}
        case FieldType.DATE:
            return {"num_format": "yyyy-mm-dd", "align": "center"}
        case FieldType.TEXT:
            return {"num_format": "@", "text_wrap": True}
        case _:
            return {"num_format": "@", "align": "left"}


def number_rule(field: Field) -> dict[str, Any]:
    """The validation of a numeric column, as XlsxWriter's options."""
    low = field.minimum if field.minimum is not None else Decimal("-1e18")
    high = field.maximum if field.maximum is not None else Decimal("1e18")
    whole = field.type is FieldType.INTEGER and low == low.to_integral() and high == high.to_integral()
    bounds = [f"不小于{field.minimum:f}"] if field.minimum is not None else []
    bounds += [f"不大于{field.maximum:f}"] if field.maximum is not None else []
    message = f"应填{'整数' if whole else '数字'}" + "".join("，" + bound for bound in bounds)
    return {
        "validate": "integer" if whole else "decimal",
        "criteria": "between",
        "minimum": float(low),
        "maximum": float(high),
        "error_type": "warning",  # 12万户 is understood too
        "error_title": "请核对",
        "error_message": message[:255],
    }


def write_number(sheet: Any, row: int, column: int, number: Decimal, form: Any) -> None:
    """A number, or its text where Excel would lose digits."""
    if len(number.normalize().as_tuple().digits) <= EXACT_DIGITS:
        sheet.write_number(row, column, number, form)
    else:
        sheet.write_string(row, column, f"{number:f}", form)


def day_of(text: str) -> dt.date | None:
    """The day of an ISO date, else ``None``."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def letters(index: int) -> str:
    """The name of the column with that index from 0: ``A``, ``AA``."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
