"""How a unit is shown where it is chosen, and how it is found by typing: from the register in memory, no database.

A short name alone does not tell one unit from another (every county has a 农业农村局), so its place stands before it:
``云江市 · 农业农村局``. The prefecture's own name is left out while the register has but one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass

from luoshi.units import NameKind, Unit, UnitDirectory, fold

_ENDED = re.compile(r"（\d{4}年撤销）$")
BETWEEN = " · "
_TERRITORIES = frozenset(("county", "county-city", "district", "zone", "township"))
#: Units above that say nothing about where a unit is: its own name tells (州委办公室, 省商务厅).
_UNSAID = frozenset(("prefecture-party-organ", "other"))
_NO_HIT = 9
_KINDS = {NameKind.OLD_NAME: "旧称", NameKind.ALIAS: "别称", NameKind.MISPRINT: "误写"}


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it is offered. ``others`` are its further names: as printed, folded, and what kind of name that is."""

    key: str
    label: str
    name: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    depth: int
    order: int
    own: tuple[str, ...]
    others: tuple[tuple[str, str, str], ...]

    def exists(self, day: dt.date) -> bool:
        """Whether the unit exists on a day."""
        return (self.valid_from is None or self.valid_from <= day) and not self.ended(day)

    def ended(self, day: dt.date) -> bool:
        """Whether the unit had ended before a day."""
        return self.valid_to is not None and self.valid_to < day

    def shown(self, day: dt.date) -> str:
        """The label; an ended unit says so."""
        ended = self.valid_to if self.ended(day) else None
        return f"{self.label}（{ended.year}年撤销）" if ended else self.label


@dataclass(frozen=True, slots=True)
class Found:
    """A unit that a text may mean; the lower ``rank``, the nearer. ``by`` is the other name that was hit, if any."""

    place: Place
    rank: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A name for several units, such as 各县市人民政府."""

    name: str
    keys: tuple[str, ...]


class Places:
    """All units of a register with their labels; built once for each state of the register."""

    def __init__(self, directory: UnitDirectory) -> None:
        self.directory = directory
        several = sum(unit.kind == "prefecture" for unit in directory.units) > 1
        labels = {unit.key: _label(directory, unit, several) for unit in directory.units}
        labels = _told_apart(directory, labels)
        self._places = {
            unit.key: _place(directory, unit, labels[unit.key], order) for order, unit in enumerate(directory.units)
        }
        self._by_label: dict[str, list[Place]] = {}
        for place in self._places.values():
            self._by_label.setdefault(_folded(place.label), []).append(place)
        members: dict[str, set[str]] = {}
        for name in directory.names:
            if name.kind is NameKind.GROUP and len(name.keys) > 1:
                members.setdefault(name.name, set()).update(name.keys)
        order = {key: place.order for key, place in self._places.items()}
        self._groups = [Group(name, tuple(sorted(keys, key=order.__getitem__))) for name, keys in members.items()]

    def get(self, key: str) -> Place | None:
        """The place of a unit's key."""
        return self._places.get(key)

    def living(self, day: dt.date) -> list[Place]:
        """The units that exist on a day, in the order of the tree."""
        return [place for place in self._places.values() if place.exists(day)]

    def labelled(self, text: str) -> list[Place]:
        """The units with this very label, the mark of an ended one or not."""
        return self._by_label.get(_folded(_ENDED.sub("", text.strip())), [])

    def called(self, text: str) -> list[Place]:
        """The units with this very short or full name, whatever their place."""
        folded = _folded(text)
        return [place for place in self._places.values() if folded in place.own]

    def search(self, text: str) -> list[Found]:
        """The units that every word of a text hits, the nearest first; all in the order of the tree for no word."""
        words = [_folded(word) for word in text.split()[:5]]
        found = []
        for place in self._places.values():
            hits = [_hit(place, word) for word in words]
            if all(rank < _NO_HIT for rank, _ in hits):
                rank = max((rank for rank, _ in hits), default=0)
                found.append(Found(place, rank, next((by for _, by in hits if by), "")))
        return sorted(found, key=lambda one: (one.rank, one.place.depth if words else 0, one.place.order))

    def groups(self, text: str) -> list[Group]:
        """The names of several units that hold a text, the shortest first, the same units once."""
        folded = _folded(text)
        found = [group for group in self._groups if folded and folded in _folded(group.name)]
        shortest: dict[tuple[str, ...], Group] = {}
        for group in sorted(found, key=lambda group: (len(group.name), group.name)):
            shortest.setdefault(group.keys, group)
        return list(shortest.values())


#: How near a word comes; ``APART``: its characters stand in the name in order, but not together (云江农业局).
_EXACT, _BEGINS, _HOLDS, _OTHER, _OTHER_HOLDS, APART = range(6)


def _folded(text: str) -> str:
    return fold(text).replace("·", "").lower()


def _hit(place: Place, word: str) -> tuple[int, str]:
    """How near a word comes to a unit, and by which other name."""
    if word in place.own or word == place.key.lower():
        return _EXACT, ""
    if any(own.startswith(word) for own in place.own):
        return _BEGINS, ""
    if any(word in own for own in place.own):
        return _HOLDS, ""
    if len(word) > 1 and place.key.lower().startswith(word):
        return _HOLDS, ""
    for printed, folded, kind in place.others:
        if folded == word:
            return _OTHER, f"{kind}：{printed}"
    for printed, folded, kind in place.others:
        if word in folded:
            return _OTHER_HOLDS, f"{kind}：{printed}"
    return (APART if len(word) > 1 and any(_in_order(word, own) for own in place.own) else _NO_HIT), ""


def _in_order(word: str, text: str) -> bool:
    """Whether the characters of a word stand in a text in this order."""
    rest = iter(text)
    return all(character in rest for character in word)


def _short(unit: Unit) -> str:
    return unit.short_name or unit.name


def _label(directory: UnitDirectory, unit: Unit, several: bool) -> str:
    return label_below(_short(unit), [(upper.kind, _short(upper)) for upper in directory.ancestors(unit.key)], several)


def label_below(short: str, above: list[tuple[str, str]], several: bool = False) -> str:
    """A short name after those of the territories above it (kind and short name, the nearest first), and of a body
    that it belongs to. ``several`` prefectures in the register: then theirs as well."""
    parts = [short]
    for index, (kind, name) in enumerate(above):
        if kind == "prefecture" and not several:
            break
        tells = kind == "prefecture" or kind in _TERRITORIES or (index == 0 and kind not in _UNSAID)
        if tells and not parts[0].startswith(name):
            parts.insert(0, name)
        if kind == "prefecture":
            break
    return BETWEEN.join(parts)


def _told_apart(directory: UnitDirectory, labels: dict[str, str]) -> dict[str, str]:
    """Labels that mean one unit: of those alike, living ones take the full name, else the key."""
    for way in (lambda unit: unit.name, lambda unit: f"{_short(unit)}（{unit.key}）"):
        alike = Counter(label for key, label in labels.items() if directory.unit(key).valid_to is None)
        labels = {
            key: label.removesuffix(_short(unit)) + way(unit)
            if alike[label] > 1 and (unit := directory.unit(key)).valid_to is None
            else label
            for key, label in labels.items()
        }
    return labels


def _place(directory: UnitDirectory, unit: Unit, label: str, order: int) -> Place:
    own = tuple(dict.fromkeys(map(_folded, (label, _short(unit), unit.name))))
    others = {}
    for name in directory.names_of(unit.key):
        folded = _folded(name.name)
        if len(name.keys) == 1 and folded not in own:
            others[folded] = (name.name, folded, _KINDS.get(name.kind, "又称"))
    return Place(
        key=unit.key,
        label=label,
        name=unit.name,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        depth=len(directory.ancestors(unit.key)),
        order=order,
        own=own,
        others=tuple(others.values()),
    )
