"""What can stop an act on a form; each message is Chinese and says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from luoshi.apps.reporting.errors import NotNow, ReportingError


class FormStale(ReportingError):
    """Somebody else saved the draft meanwhile; ``revision`` is how it stands now."""

    def __init__(self, revision: int) -> None:
        super().__init__("他人刚刚改动了这份草稿，您的改动还在本页，没有保存。请另开一页核对后再改，或刷新本页。")
        self.revision = revision


class FormFaults(ReportingError):
    """A draft that cannot be published; ``problems`` are Chinese, each with its place."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"还有{len(problems)}处问题，改正后才能发布：{'；'.join(problems[:5])}")
        self.problems = tuple(problems)


class FormFileError(ValueError):
    """A form file that cannot be read; says why."""


__all__ = ["FormFaults", "FormFileError", "FormStale", "NotNow"]
