"""The kinds of messages, in words: apps above name theirs when the site starts."""

from __future__ import annotations

_kinds: dict[str, str] = {}


def register(kind: str, label: str) -> None:
    """Make a kind known; its label stands in lists and settings."""
    _kinds[kind] = label


def label_of(kind: str) -> str:
    """The label, ``其他`` for a kind whose app is gone."""
    return _kinds.get(kind, "其他")


def choices() -> list[tuple[str, str]]:
    """All kinds with their labels, in the order of registration."""
    return list(_kinds.items())
