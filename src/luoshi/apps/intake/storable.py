"""What a program may send and no database can keep: PostgreSQL stores no NUL, and half a surrogate pair is no text."""

from __future__ import annotations

import re
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(value: Any) -> bool:
    """Whether every text in a JSON value, keys included and however deep, can be stored."""
    waiting: list[Any] = [value]
    texts: list[str] = []
    while waiting:  # no recursion: how deep it goes is the sender's choice
        one = waiting.pop()
        if isinstance(one, str):
            texts.append(one)
        elif isinstance(one, dict):
            waiting += one.keys()
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return not _UNSTORABLE.search("".join(texts))  # at once: a form has hundreds of texts
