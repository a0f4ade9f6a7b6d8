"""What can stop an act on a return; each message is Chinese and says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from luoshi.forms.model import Problem


class ReportingError(Exception):
    """An act that cannot be done as things stand; ``str(error)`` is for people."""


class NotNow(ReportingError):
    """The state of the return or its round does not allow the act."""


class KeyReused(ReportingError):
    """The same idempotency key came with other content."""

    def __init__(self) -> None:
        super().__init__("这个幂等键（Idempotency-Key）已用于另一份内容，没有收下；内容确有变动的，请换一个键再报。")


class KeyRecalled(ReportingError):
    """The submission that came with the same idempotency key was taken back."""

    def __init__(self) -> None:
        super().__init__("用这个幂等键（Idempotency-Key）报送的内容已经撤回，没有收下；要重新报送，请换一个键。")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that two people changed: what the caller wants (``None`` blank) and what stands now.

    ``address`` of a section's list of rows is the section's key alone, its values the row keys joined by commas.
    """

    address: str
    mine: str | None
    theirs: str | None


class Overlap(ReportingError):
    """Somebody changed the same cells meanwhile; nothing was stored."""

    def __init__(self, conflicts: Sequence[Conflict], revision: int, by: str) -> None:
        who = by or "他人"
        super().__init__(f"{who}刚刚改了同样的{len(conflicts)}处，您填的没有丢失，请核对后选用其一。")
        self.conflicts = tuple(conflicts)
        self.revision = revision
        self.by = by


class ReturnRefused(ReportingError):
    """What was to be submitted breaks rules: every hard problem, and every soft one without a reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        hard = sum(problem.severity == "hard" for problem in problems)
        soft = len(problems) - hard
        parts = [f"{hard}处有错须改正" if hard else "", f"{soft}处须说明原因" if soft else ""]
        super().__init__(f"没有报出：{'，'.join(part for part in parts if part)}。")
        self.problems = tuple(problems)
