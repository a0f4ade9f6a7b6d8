"""Units that an item was given and that the register has lost since: items name units by key, and no foreign key holds
a unit that only a draft names."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from luoshi.apps.intake import values
from luoshi.apps.intake.models import Draft, ItemKind, ItemState
from luoshi.apps.organisations.queries import directory


def departed_names(data: Mapping[str, Any], known: Container[str]) -> list[str]:
    """The printed names in a responsibility's values of which at least one unit is gone."""
    return [
        entry["name"]
        for role in values.ROLES
        for entry in data.get(role, ())
        if any(key not in known for key in entry["units"])
    ]


def departed_items(draft: Draft) -> list[int]:
    """The pending items whose units are no longer all known: they wait for a person; one query, beside the register."""
    known = directory()
    rows = draft.items.filter(kind=ItemKind.RESPONSIBILITY, state=ItemState.PENDING)
    return [pk for pk, data in rows.values_list("pk", "data") if departed_names(data, known)]
