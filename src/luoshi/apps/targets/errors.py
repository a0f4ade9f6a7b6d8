"""What can stop an act on targets; each message is Chinese and says what to do."""

from __future__ import annotations

from collections.abc import Mapping


class TargetsError(Exception):
    """An act that cannot be done as things stand; ``str(error)`` is for people."""


class Stale(TargetsError):
    """Someone else changed it meanwhile; ``revision`` is how it stands now."""

    def __init__(self, revision: int, who: str = "") -> None:
        super().__init__(f"{who or '他人'}刚刚改动了此项，您填的内容没有丢失，请载入最新内容后核对再办。")
        self.revision = revision


class Closed(TargetsError):
    """There is nothing (any more) that could be done so: no draft, a letter that was withdrawn."""


class Invalid(TargetsError):
    """The values do not fit; ``errors`` maps a field or cell to its message."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("；".join(dict.fromkeys(errors.values())))
        self.errors = dict(errors)
