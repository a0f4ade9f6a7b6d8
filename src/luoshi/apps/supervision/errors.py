"""What can stop an act of supervision; each message is Chinese and says what to do."""

from __future__ import annotations


class SupervisionError(Exception):
    """An act that cannot be done as things stand; ``str(error)`` is for people."""


class NotNow(SupervisionError):
    """The state of the order, the proposal or the interview does not allow the act."""


class Stale(SupervisionError):
    """Somebody has changed it since it was shown."""

    def __init__(self, what: str = "此件") -> None:
        super().__init__(f"{what}刚刚有人办理过，请看过新的情况再办；您写的内容没有丢失。")
