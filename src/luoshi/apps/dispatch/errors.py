"""What can stop an act; each message is Chinese and says what to do."""

from __future__ import annotations

from collections.abc import Sequence


class DispatchError(Exception):
    """An act that cannot be done as things stand; ``str(error)`` is for people."""


class NotNow(DispatchError):
    """The state of a warning, problem, meeting or decision does not allow the act."""


class Overlap(DispatchError):
    """Somebody changed the same text meanwhile; nothing was stored. ``theirs`` is what stands now."""

    def __init__(self, what: str, theirs: str) -> None:
        super().__init__(f"他人刚刚改了{what}，您写的没有丢失，请核对后再存。")
        self.theirs = theirs


class Unfinished(DispatchError):
    """Decisions that lack a unit, a date or words: ``missing`` says of each what."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(f"还有 {len(missing)} 条议定事项没有写全：{'；'.join(missing[:5])}。")
        self.missing = tuple(missing)
