"""What can stop an act on bulletins; each message is Chinese and says what to do."""

from __future__ import annotations


class BulletinError(Exception):
    """An act that cannot be done as things stand; ``str(error)`` is for people."""


class NotNow(BulletinError):
    """The state of the bulletin does not allow the act."""


class Stale(BulletinError):
    """Somebody has changed it since it was shown."""

    def __init__(self) -> None:
        super().__init__("此通报刚刚有人办理过，请看过新的情况再办；您写的内容没有丢失。")


class NothingToTell(BulletinError):
    """No figures from which a bulletin could be drawn."""


class Invalid(BulletinError):
    """What was typed does not fit."""


class BadTemplate(BulletinError):
    """A template that cannot be used; ``problems`` say why, each a sentence."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("模板不能使用：" + "；".join(problems[:3]))
        self.problems = problems
