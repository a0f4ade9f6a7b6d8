"""Parts of a scheme's data while it is read: values by key, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from luoshi.scoring.errors import Problem
from luoshi.scoring.numbers import read_fraction

Path = tuple[str | int, ...]
E = TypeVar("E")


class Document:
    """A scheme's data, the line of every part of it, and what was found wrong so far."""

    def __init__(self, data: Any, lines: Mapping[Path, int] | None = None) -> None:
        self.data = data
        self.lines = lines or {}
        self.problems: list[Problem] = []

    def line(self, path: Path) -> int:
        """The line of a part, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)

    def root(self) -> Node:
        """The whole."""
        return Node(self, (), self.data)


class Node:
    """A mapping within the data. The shape has been checked against the schema before; defaults fill what is absent."""

    def __init__(self, document: Document, path: Path, value: Any) -> None:
        self._document = document
        self._path = path
        self._value: Mapping[str, Any] = value

    def __contains__(self, key: str) -> bool:
        return key in self._value

    @property
    def line(self) -> int:
        """Where it begins."""
        return self._document.line(self._path)

    def problem(self, message: str, key: str = "") -> None:
        """Something is wrong here, or with the value of ``key``."""
        path = (*self._path, key) if key else self._path
        self._document.problems.append(Problem(self._document.line(path), message))

    def text(self, key: str, default: str = "") -> str:
        """A text, without blanks around it."""
        value = self._value.get(key)
        return default if value is None else str(value).strip()

    def number(self, key: str, default: Fraction) -> Fraction:
        """A number."""
        return self.optional(key, default) or Fraction(0)

    def optional(self, key: str, default: Fraction | None = None) -> Fraction | None:
        """A number, or ``None`` where ``null`` is written."""
        if key not in self._value:
            return default
        value = self._value[key]
        return read_fraction(value) if isinstance(value, str) else _fraction(value)

    def whole(self, key: str, default: int | None = None) -> int | None:
        """A whole number."""
        value = self._value.get(key, default)
        return None if value is None else int(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """Yes or no."""
        return bool(self._value.get(key, default))

    def choice(self, key: str, default: E) -> E:
        """One of an enumeration."""
        value = self._value.get(key)
        kind: type[E] = type(default)
        return default if value is None else kind(value)  # type: ignore[call-arg]

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(str(one).strip() for one in self._value.get(key) or ())

    def node(self, key: str) -> Node | None:
        """A mapping."""
        value = self._value.get(key)
        return None if value is None else Node(self._document, (*self._path, key), value)

    def nodes(self, key: str) -> Iterator[Node]:
        """A list of mappings."""
        for at, value in enumerate(self._value.get(key) or ()):
            yield Node(self._document, (*self._path, key, at), value)

    def named(self, key: str) -> Iterator[tuple[str, Node]]:
        """A mapping of names to mappings."""
        for name, value in (self._value.get(key) or {}).items():
            yield name, Node(self._document, (*self._path, key, name), value or {})

    def plain(self, key: str) -> Any:
        """The data themselves."""
        return self._value.get(key)


def _fraction(value: Decimal | int | None) -> Fraction | None:
    return None if value is None else Fraction(value)
