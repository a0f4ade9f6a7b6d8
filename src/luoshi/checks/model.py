"""What a check-up (方案体检) finds: places where a plan contradicts itself, each with its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from luoshi.extraction.model import Span


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # two places cannot both be right (矛盾)
    WARNING = "warning"  # something is missing or undefined that the plan's execution needs (存疑)
    NOTE = "note"  # worth knowing, perhaps meant so (提示)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands: characters of the document; ``text`` as printed there (joined over line ends)."""

    spans: tuple[Span, ...]
    text: str

    @property
    def line(self) -> int:
        """The line on which the place begins (1-based)."""
        return self.spans[0].line


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One contradiction or gap.

    ``kind`` names the check (stable kebab-case, e.g. ``total-row``); ``message`` says in one Chinese sentence what does
    not fit; ``detail`` shows the arithmetic in words and numbers (``各县市合计 14,990，表中合计 15,000，差 10``);
    ``readings`` are the two or more values that stand against each other, in the order of ``places``, so that a clerk
    can keep one of them; ``plan`` is the index of the plan in the extraction.
    """

    kind: str
    severity: Severity
    message: str
    places: tuple[Place, ...]
    detail: str = ""
    readings: tuple[str, ...] = ()
    plan: int = 0
    data: Mapping[str, str] = field(default_factory=dict)
