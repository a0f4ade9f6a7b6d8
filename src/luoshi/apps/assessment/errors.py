"""What can stop an act of assessment; each message is Chinese and says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from luoshi.scoring import Problem


class AssessmentError(Exception):
    """An act that cannot be done as things stand; ``str(error)`` is for people."""


class NotNow(AssessmentError):
    """The state of the thing does not allow the act."""


class Stale(AssessmentError):
    """Somebody has changed it since it was shown."""

    def __init__(self, what: str = "此内容") -> None:
        super().__init__(f"{what}刚刚有人改过，请看过新的情况再办；您写的内容没有丢失。")


class Invalid(AssessmentError):
    """What was typed does not fit."""


class BadScheme(Invalid):
    """A text that is no scheme; ``problems`` say where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        more = f"，另有{len(self.problems) - 3}处" if len(self.problems) > 3 else ""
        super().__init__("评分办法还有问题：" + "；".join(map(str, self.problems[:3])) + more + "。")
