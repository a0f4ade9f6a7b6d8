"""Links that apps above put beside a plan's annex tables: what can be made of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from luoshi.apps.plans.models import PlanTable

#: (label, address) by table, for the tables of one plan that the person sees; asked once a page.
Links = Callable[[Any, Sequence[PlanTable]], Mapping[int, Sequence[tuple[str, str]]]]
_offered: list[Links] = []


def offer_links(links: Links) -> None:
    """Offer links; called when Django starts."""
    if links not in _offered:
        _offered.append(links)


def links_of(user: Any, tables: Sequence[PlanTable]) -> dict[int, list[tuple[str, str]]]:
    """The links of each table, in the order in which apps offered them."""
    found: dict[int, list[tuple[str, str]]] = {}
    for links in _offered:
        for table, offered in links(user, tables).items():
            found.setdefault(table, []).extend(offered)
    return found
