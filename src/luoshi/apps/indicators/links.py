"""Where a figure leads: to its history, and from there to the cell in which it was typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping

from django.urls import reverse


def origin_url(origin: str, origin_id: int | None, cell: str = "") -> str:
    """The page of what brought a value: the return at the cell, the import of a file; none for others."""
    if origin_id is None:
        return ""
    if origin == "return":
        # The app that holds the returns lies above this one: the address is agreed, not looked up.
        return f"/returns/{origin_id}" + (f"#cell-{cell}" if cell else "")
    if origin == "import":
        return reverse("indicators:statistics-result", args=(origin_id,))
    return ""


#: What brings values, named by the apps that know it: numbers → words such as ``《市场主体月报》2026年3月（青石县）``.
_named_by: dict[str, Callable[[Collection[int]], Mapping[int, str]]] = {}


def name_origins(origin: str, names: Callable[[Collection[int]], Mapping[int, str]]) -> None:
    """Let an app above say what its numbers mean; called when Django starts."""
    _named_by[origin] = names


def origin_names(origins: Iterable[tuple[str, int | None]]) -> dict[tuple[str, int], str]:
    """What is known by name of those that brought values: a query or two for each kind."""
    numbers: dict[str, set[int]] = {}
    for origin, number in origins:
        if number is not None and origin in _named_by:
            numbers.setdefault(origin, set()).add(number)
    return {(origin, pk): name for origin, pks in numbers.items() for pk, name in _named_by[origin](pks).items()}


#: Of (keys of indicators, units, periods, moment): why a unit has no value of a period: ``missing``, ``waiting``,
#: ``exempt``.
Blanks = Mapping[tuple[int, str], str]
Explanation = Callable[[Collection[str], Collection[int], Collection[str], dt.datetime], Blanks]
_explained_by: list[Explanation] = []


def explain_blanks(blanks: Explanation) -> None:
    """Let an app above say of whom a value was asked; called when Django starts."""
    _explained_by.append(blanks)


def blanks_of(
    indicators: Collection[str], units: Collection[int], periods: Collection[str], now: dt.datetime
) -> Blanks:
    """Of whom the indicators were asked for which periods, and how that stands; empty where nobody asked anybody."""
    found: dict[tuple[int, str], str] = {}
    for blanks in _explained_by:
        found |= blanks(indicators, units, periods, now)
    return found
