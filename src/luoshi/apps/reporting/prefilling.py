"""Forms that are filled from what the system holds already: an app above offers a reader for a form's key.

When a round opens, and again when the unit asks for it, the rows come from there; the unit checks and confirms. Rows
that people add, and cells that the reader leaves alone, stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from luoshi.apps.reporting.models import Return

#: Rows of the reader begin with this, so that they are told from rows that people add.
MARK = "s"


@dataclass(frozen=True, slots=True)
class Prefilled:
    """``rows``: by repeated section the keys of its rows, each beginning with ``MARK``; ``cells``: by address what
    stands there, as a person would type it (units by key, choices by key, days as 2026-03-04)."""

    rows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)


#: A return with its round, version and unit → what the system knows of it, ``None`` where it knows nothing.
Reader = Callable[[Return], Prefilled | None]

_readers: dict[str, Reader] = {}


def register(form_key: str, reader: Reader) -> None:
    """Offer a reader for the forms of a key and its copies (``key-2``)."""
    _readers[form_key] = reader


def reader_of(form_key: str) -> Reader | None:
    """The reader of a form's key, if there is one."""
    found = _readers.get(form_key)
    if found is None:
        head, _, number = form_key.rpartition("-")
        found = _readers.get(head) if number.isdigit() else None
    return found
