"""What can be wrong with what is handed over; the messages are meant for the user."""

from __future__ import annotations

from collections.abc import Iterable


class IndicatorError(ValueError):
    """An act on an indicator or its values that cannot be done; the message is Chinese and says why."""


class StaleIndicator(IndicatorError):
    """Somebody else changed the indicator meanwhile."""

    def __init__(self) -> None:
        super().__init__("此指标刚被他人修改，请核对最新内容后重新保存。")


class FactsRefused(IndicatorError):
    """Values that cannot be recorded: ``problems`` holds every one, as (place in the sequence of facts, message)."""

    #: How many problems the message itself repeats.
    TOLD = 5

    def __init__(self, problems: Iterable[tuple[int, str]]) -> None:
        self.problems = tuple(problems)
        told = list(dict.fromkeys(message for _, message in self.problems))
        more = f"等 {len(told)} 个问题" if len(told) > self.TOLD else ""
        super().__init__("；".join(told[: self.TOLD]) + more + "。")
