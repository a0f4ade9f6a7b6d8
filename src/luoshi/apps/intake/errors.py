"""What can stop a decision; each message is Chinese and says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from luoshi.apps.intake.models import DraftItem


class IntakeError(Exception):
    """An act that cannot be done as things stand; ``str(error)`` is for people."""


class Stale(IntakeError):
    """Someone else decided on the item meanwhile; ``item`` is how it stands now."""

    def __init__(self, item: DraftItem) -> None:
        who = str(item.decided_by) if item.decided_by else "他人"
        super().__init__(f"{who}刚刚处理了此项（现为“{item.get_state_display()}”），您的内容没有丢失，请核对后再办。")
        self.item = item


class Closed(IntakeError):
    """The draft was published or discarded, so nothing in it can change."""


class Invalid(IntakeError):
    """The values do not fit; ``errors`` maps a field to its message."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("；".join(errors.values()))
        self.errors = dict(errors)
