"""What the library raises; messages are Chinese."""

from __future__ import annotations

from collections.abc import Sequence


class DefinitionError(ValueError):
    """A form's definition contradicts itself; ``problems`` are Chinese, each with its place."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = list(problems)


class ValueProblem(ValueError):
    """What was typed does not fit the column; ``message`` is Chinese, ``code`` as in ``Problem.code``."""

    def __init__(self, message: str, code: str = "type") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class WrongWorkbook(ValueError):
    """A workbook that cannot be taken: of another unit, period, version or form, not ours, damaged; says why."""
