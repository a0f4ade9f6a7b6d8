"""What is wrong with a return's values: types, rules, evidence, and what others say of the same numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.apps.reporting.definitions import Asked
from luoshi.apps.reporting.models import Evidence, Return
from luoshi.apps.reporting.queries.context import Comparison
from luoshi.apps.reporting.queries.given import differing
from luoshi.apps.reporting.register import register
from luoshi.forms import cells as cells_of
from luoshi.forms import check, compute, following, take
from luoshi.forms.model import FieldType, Problem, Severity, Values
from luoshi.forms.numbers import canonical_number, number_text

EARLY = "本期还没有结束，所报数可能不是期末数，请核对；确需提前报的，请说明原因"


@dataclass(frozen=True, slots=True)
class Examined:
    """``typed`` is what is stored, ``full`` has the computed cells besides."""

    typed: Values
    full: Values
    problems: tuple[Problem, ...]

    def computed(self) -> dict[str, str]:
        """The computed cells."""
        return {address: text for address, text in self.full.cells.items() if address not in self.typed.cells}

    def unexplained(self, reasons: Mapping[str, str]) -> list[Problem]:
        """What stops a submission: hard problems, and soft ones without a reason."""
        return [
            problem for problem in self.problems if problem.severity is Severity.HARD or not reason_of(problem, reasons)
        ]


def reason_of(problem: Problem, reasons: Mapping[str, str]) -> str:
    """The reason given to a soft problem: its own, else those of the cells that it follows from; empty without one."""
    own = (reasons.get(problem.address) or "").strip()
    if own or not problem.follows:
        return own
    theirs = [(reasons.get(address) or "").strip() for address in problem.follows]
    return "；".join(dict.fromkeys(theirs)) if all(theirs) else ""


def examine(
    answer: Return,
    asked: Asked,
    cells: Mapping[str, Any],
    rows: Mapping[str, Sequence[str]],
    compared: Comparison,
    *,
    complete: bool,
    on: dt.date | None = None,
) -> Examined:
    """Take, compute and check the values; ``complete`` also asks for what must be filled in.

    ``on`` is the day on which they are submitted: before the period's last one its figures cannot be final.
    """
    definition = asked.definition
    typed, problems = take(definition, cells, rows, units=register().names if asked.takes_units else None)
    full = compute(definition, typed, compared.context)
    problems += check(definition, full, compared.context, complete=complete)
    if on is not None and on < answer.round.last_day and asked.indicators:
        problems.append(Problem("", Severity.SOFT, "early", EARLY))
    numbers = {
        address: number
        for address in compared.places
        if (number := canonical_number(full.cells.get(address, ""))) is not None
    }
    problems += differing(numbers, compared.given)
    problems += _twice(asked, numbers, compared)
    if asked.takes_files:
        problems += _evidence(answer, asked, typed)
    once = {(problem.address, problem.code, problem.message): problem for problem in problems}
    # Where a cell cannot be read, what rules say of it is of no help.
    unread = {problem.address for problem in problems if problem.code == "type" and problem.address}
    kept = [problem for problem in once.values() if problem.address not in unread or problem.code == "type"]
    return Examined(typed, full, tuple(following(definition, full, kept)))


def _twice(asked: Asked, numbers: Mapping[str, Decimal], compared: Comparison) -> list[Problem]:
    """Cells of this very form that give one number twice, differently."""
    first: dict[Any, str] = {}
    found = []
    for address, number in numbers.items():
        before = first.setdefault(compared.places[address], address)
        if numbers[before] != number:
            message = f"与本表另一处同一指标的 {number_text(numbers[before])} 不一致，请改为一致"
            found.append(Problem(address, Severity.HARD, "twice", message))
    return found


def _evidence(answer: Return, asked: Asked, typed: Values) -> list[Problem]:
    """Cells that name a file which the return does not have."""
    files = {
        cell.address: typed.cells[cell.address]
        for cell in cells_of(asked.definition, typed)
        if cell.field.type is FieldType.FILE and cell.address in typed.cells
    }
    if not files:
        return []
    there = Evidence.objects.filter(answer=answer.pk, removed_at=None).values_list("pk", flat=True)
    known = {str(pk) for pk in there}
    message = "所附文件不存在或已移除，请重新上传"
    return [Problem(address, Severity.HARD, "type", message) for address, text in files.items() if text not in known]
