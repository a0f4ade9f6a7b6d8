"""What the reading pages share: numbers and choices in addresses."""

from __future__ import annotations

from collections.abc import Mapping

from luoshi.apps.plans.addresses import number_of


def number_in(query: Mapping[str, str], name: str, default: int = 1) -> int:
    """A positive number of the address; ``default`` where there is none."""
    return number_of(query.get(name, "")) or default


def choice_in(query: Mapping[str, str], name: str, choices: Mapping[str, str]) -> str:
    """A value of the address if it is one of the choices, else nothing."""
    value = query.get(name, "")
    return value if value in choices else ""
