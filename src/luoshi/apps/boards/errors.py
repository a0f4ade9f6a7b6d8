"""What a person asked of boards that cannot be done; the message is shown to them."""

from __future__ import annotations


class BoardsError(ValueError):
    """A message in Chinese."""


class Invalid(BoardsError):
    """Input that was refused, by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("；".join(errors.values()))
        self.errors = errors


class Stale(BoardsError):
    """Somebody else changed it meanwhile."""

    def __init__(self) -> None:
        super().__init__("别人刚刚改过，请刷新后再改。")
