"""What the library raises; messages are Chinese and name the line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

#: So many problems are told at once.
MOST_PROBLEMS = 50


class Problem(NamedTuple):
    """Something wrong in a file; ``line`` counts from 1, 0 where there is none."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"第{self.line}行：{self.message}" if self.line else self.message


class ScoringError(ValueError):
    """What was given contradicts itself; ``problems`` say where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(set(problems))[:MOST_PROBLEMS]
        super().__init__("；".join(map(str, self.problems)))


class SchemeError(ScoringError):
    """A scheme that cannot be used."""


class FactsError(ScoringError):
    """Facts that cannot be scored."""


class ChoiceError(ScoringError):
    """An option that the scheme does not offer."""
