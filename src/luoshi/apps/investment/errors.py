"""What can stop an act of investment promotion; each message is Chinese and says what to do."""

from __future__ import annotations


class InvestmentError(Exception):
    """An act that cannot be done as things stand; ``str(error)`` is for people."""


class NotNow(InvestmentError):
    """The state of the lead, claim or amount does not allow the act."""


class Stale(InvestmentError):
    """Somebody has changed it since it was shown."""

    def __init__(self) -> None:
        super().__init__("他人刚刚改过，请刷新后再办；您写的内容没有丢失。")
