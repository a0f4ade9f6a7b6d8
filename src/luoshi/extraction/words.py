"""Word lists for rules: written as plain text, compiled to patterns that try the longest word first."""

from __future__ import annotations

import re
from collections.abc import Iterable


def words(text: str) -> tuple[str, ...]:
    """The words of a list that is parted by blanks."""
    return tuple(text.split())


def any_of(vocabulary: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(vocabulary, key=len, reverse=True)) + ")"
