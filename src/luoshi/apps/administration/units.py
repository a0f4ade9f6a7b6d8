"""Naming a unit in a file of many people: by its code, its name, or both (“财政局（czj）”)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from luoshi.apps.organisations.queries import directory
from luoshi.units import UnitDirectory

_OFFERED = re.compile(r".*[（(]([^（）()]+)[）)]\s*")


class UnknownUnit(ValueError):
    """No unit, or not exactly one, is meant; the message says which come near."""


def unit_key(text: str, date: dt.date | None = None, *, register: UnitDirectory | None = None) -> str:
    """The code of the one unit that a text means, at a date if given. Raises ``UnknownUnit``."""
    register = register or directory()
    text = text.strip()
    if text in register:
        return text
    found = _OFFERED.fullmatch(text)
    if found and found[1].strip() in register:
        return found[1].strip()
    resolution = register.resolve(text, date)
    if len(resolution.keys) == 1:
        return resolution.keys[0]
    if resolution.keys:
        raise UnknownUnit(f"“{text}”指 {len(resolution.keys)} 个单位，请填其中一个")
    near = _distinct(name for name, _, _ in resolution.nearest[:3])
    raise UnknownUnit(f"单位“{text}”不存在" + (f"，相近的有：{'、'.join(near)}" if near else ""))


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
