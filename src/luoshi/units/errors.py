"""What is wrong with a unit file, row by row, in words an administrator can act on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: ``source`` is the file's name, ``line`` the 1-based line of the file (``None``: the whole file)."""

    source: str
    line: int | None
    message: str

    def __str__(self) -> str:
        where = self.source if self.line is None else f"{self.source} 第{self.line}行"
        return f"{where}：{self.message}"


class DirectoryError(ValueError):
    """A unit directory cannot be built; ``problems`` holds every fault of every row, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
