"""What the reading pages share: numbers and choices in addresses."""

from __future__ import annotations

from collections.abc import Mapping

from luoshi.apps.plans.addresses import number_of


def number_in(query: Mapping[str, str], name: str, default: int = 1) -> int:
    """A positive number of the address; ``default`` where there is none."""
    return number_of(query.get(name, "")) or default


def choice_told(query: Mapping[str, str], name: str, label: str, choices: Mapping[str, str], errors: list[str]) -> str:
    """The same; a value that is no choice is named in ``errors``, never ignored in silence."""
    value = query.get(name, "").strip()
    if value and value not in choices:
        errors.append(f"{label}“{value[:20]}”无法识别，未按此筛选。")
        return ""
    return value


def choice_in(query: Mapping[str, str], name: str, choices: Mapping[str, str]) -> str:
    """A value of the address if it is one of the choices, else nothing."""
    value = query.get(name, "")
    return value if value in choices else ""
