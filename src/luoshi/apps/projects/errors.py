"""What can stop an act; each message is Chinese and says what to do."""

from __future__ import annotations

from collections.abc import Sequence


class ProjectError(Exception):
    """An act that cannot be done as things stand; ``str(error)`` is for people."""


class NotNow(ProjectError):
    """The state of a project or import does not allow the act, or somebody changed it meanwhile."""


class ImportRefused(ProjectError):
    """An import of which nothing was taken over; ``problems`` names every row and what is wrong with it."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"有 {len(problems)} 处问题，一个项目也没有入库。")
        self.problems = tuple(problems)
