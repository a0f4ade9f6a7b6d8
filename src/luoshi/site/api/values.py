"""Values that several parts of the API take or give."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, Field

from luoshi.site.moments import moment_of

LARGEST_ID = 2**63 - 1


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("含有不能保存的字符")
    return text


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    moment = moment_of(value)
    if moment is None:
        raise ValueError("应为时点，如 2026-03-04T12:00，或日期（当日终了）")
    return moment


#: Text that every database takes.
Text = Annotated[str, AfterValidator(_without_nul)]
#: A moment as pages read it: a bare day means its end, one without a zone is local.
Moment = Annotated[dt.datetime, BeforeValidator(_moment)]
Key = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Year = Annotated[int, Field(ge=1900, le=2999)]


class UnitRef(Schema):
    """A unit where it is mentioned."""

    id: int
    key: str = Field(description="代码")
    name: str = Field(description="全称")
    short_name: str = Field(description="简称")


def unit_ref(unit: Any) -> dict[str, Any]:
    """The values of a ``UnitRef``."""
    return {"id": unit.pk, "key": unit.key, "name": unit.name, "short_name": unit.short_name}


def figure(value: Decimal | None) -> str | None:
    """A decimal as a string without exponent and trailing zeros: programs must not read it as a binary fraction."""
    return None if value is None else f"{value.normalize():f}"
