"""A value on its way into the records."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Fact(NamedTuple):
    """One value to be recorded: of which indicator, for which unit and period, and in which cell it was typed."""

    indicator_id: int
    unit_id: int
    period: str
    value: Decimal
    cell: str = ""
    note: str = ""
    #: Where several origins are recorded at once (returns accepted together): this fact's own.
    origin_id: int | None = None
