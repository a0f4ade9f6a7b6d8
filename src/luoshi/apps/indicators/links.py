"""Where a figure leads: to its history, and from there to the cell in which it was typed."""

from __future__ import annotations

from urllib.parse import urlencode

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


def history_url(indicator_key: str, unit_key: str, period: str, as_of: str = "") -> str:
    """The page of one value's history."""
    query = {"unit": unit_key, "period": period} | ({"as_of": as_of} if as_of else {})
    return f"{reverse('indicators:history', args=(indicator_key,))}?{urlencode(query)}"
