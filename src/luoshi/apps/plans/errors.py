"""What can be wrong with what is handed over; the message is meant for the user."""

from __future__ import annotations


class InvalidPublication(ValueError):
    """A publication that cannot be stored as it is."""


class RewardChanged(ValueError):
    """Somebody has changed a rule of reward since it was shown."""

    def __init__(self, text: str) -> None:
        super().__init__(f"“{text[:40]}”刚刚有人改过，请看过新的内容再办。")
