"""Keeping what is typed: cell by cell, brought together with what others type at the same time.

Typing is no act: it leaves the figures that others see as they are, so that it makes neither a step nor a journal
entry. The submission does, with all that was typed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.reporting.actions.locking import locked_return, moment, require_fill, require_open
from luoshi.apps.reporting.definitions import Asked, asked_by
from luoshi.apps.reporting.errors import Conflict, NotNow, Overlap
from luoshi.apps.reporting.examining import examine
from luoshi.apps.reporting.models import Return
from luoshi.apps.reporting.policies import may_fill
from luoshi.apps.reporting.queries.context import comparison
from luoshi.apps.reporting.register import register
from luoshi.apps.reporting.states import EDITABLE, not_editable
from luoshi.forms import cells as cells_of
from luoshi.forms import take
from luoshi.forms.model import Problem, SectionKind, Values
from luoshi.periods import local_date

#: What one cell, one reason and one return may hold at most.
CELL_LENGTH, REASON_LENGTH, MOST_CELLS, MOST_ROWS = 4000, 500, 50_000, 5_000


@dataclass(frozen=True, slots=True)
class Saved:
    """``computed`` are the computed cells; ``merged`` says that somebody else's changes came in between."""

    revision: int
    problems: tuple[Problem, ...]
    computed: dict[str, str]
    merged: bool = False


def save_cells(
    *,
    acting_user: Any,
    answer_id: int,
    cells: Mapping[str, Any],
    rows: Mapping[str, Sequence[str]] | None = None,
    reasons: Mapping[str, str | None] | None = None,
    revision: int | None = None,
    reuse: Collection[str] = (),
    now: dt.datetime | None = None,
) -> Saved:
    """Change some cells (``None`` or blank text empties one), the rows of some sections, some reasons.

    What does not fit a column is kept as typed, with a problem. ``revision`` is the one that the caller has seen: what
    others changed since is kept, unless it is the same cell with another value (``Overlap``: nothing is stored, and
    the error holds both values). ``reuse`` names cells that take over what was given elsewhere.
    """
    at = moment(now)
    check_size(cells, rows, reasons)
    with transaction.atomic():
        answer = locked_return(acting_user, answer_id)
        require_fill(may_fill(acting_user, answer))
        if answer.state not in EDITABLE:
            raise NotNow(not_editable(answer.state))
        require_open(answer, at, submitting=False)
        asked = asked_by(answer.round.version)
        wanted = dict(cells)
        if reuse:
            compared = comparison(answer, answer.cells, answer.rows, user=acting_user)
            wanted |= {address: compared.given[address].text for address in reuse if address in compared.given}
        merged = answer.revision != revision if revision is not None else False
        done = change(answer, asked, wanted, rows or {}, reasons or {}, revision)
        if done.changed:
            answer.updated_by, answer.updated_at = acting_user, at
            answer.save(update_fields=("cells", "rows", "reasons", "marks", "revision", "updated_by", "updated_at"))
    compared = comparison(answer, answer.cells, answer.rows, user=acting_user)
    found = examine(answer, asked, answer.cells, answer.rows, compared, complete=False, on=local_date(at))
    known = {problem.address for problem in found.problems}
    left_out = [problem for problem in done.problems if problem.address not in known]
    return Saved(answer.revision, (*left_out, *found.problems), found.computed(), merged)


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a change: whether anything differs now, and what was not taken."""

    changed: bool
    problems: tuple[Problem, ...]


def change(
    answer: Return,
    asked: Asked,
    cells: Mapping[str, Any],
    rows: Mapping[str, Sequence[str]],
    reasons: Mapping[str, str | None],
    revision: int | None,
) -> Changed:
    """Write changes into a locked return (without saving it); raises ``Overlap``."""
    definition = asked.definition
    repeated = {section.key for section in definition.sections if section.kind is SectionKind.REPEATED}
    new_rows = {key: list(answer.rows.get(key, ())) for key in repeated if answer.rows.get(key)}
    new_rows |= {key: list(keys) for key, keys in rows.items()}
    filled = {address: text for address, text in cells.items() if text is not None and str(text).strip()}
    for address in filled:  # a cell of a row that is not there yet adds the row
        section, _, rest = address.partition(".")
        row = rest.partition(".")[0]
        if section in repeated and section not in rows and row not in new_rows.setdefault(section, []):
            new_rows[section].append(row)
    units = register().names if asked.takes_units else None
    taken, problems = take(definition, filled, new_rows, units=units)
    emptied = [address for address in cells if address not in filled]
    wanted: dict[str, str | None] = {**dict.fromkeys(emptied), **taken.cells}
    _refuse_overlap(answer, wanted, rows, revision)

    result = dict(answer.cells)
    for address, text in wanted.items():
        if text is None:
            result.pop(address, None)
        else:
            result[address] = text
    kept_rows = {key: list(keys) for key, keys in taken.rows.items()}
    there = {(key, row) for key, keys in kept_rows.items() for row in keys}
    result = {address: text for address, text in result.items() if _stands(address, repeated, there)}
    new_reasons = dict(answer.reasons)
    for address, reason in reasons.items():
        if reason and reason.strip():
            new_reasons[address] = reason.strip()
        else:
            new_reasons.pop(address, None)
    new_reasons = reasons_at_cells(asked, Values(result, kept_rows), new_reasons)
    touched = [address for address in {*result, *answer.cells} if result.get(address) != answer.cells.get(address)]
    touched += [key for key in repeated if kept_rows.get(key, []) != list(answer.rows.get(key, ()))]
    if not touched and new_reasons == answer.reasons:
        return Changed(False, tuple(problems))
    answer.revision += 1
    answer.cells, answer.rows, answer.reasons = result, kept_rows, new_reasons
    answer.marks = answer.marks | dict.fromkeys(touched, answer.revision)
    return Changed(True, tuple(problems))


def reasons_at_cells(asked: Asked, values: Values, reasons: Mapping[str, str | None]) -> dict[str, str]:
    """The reasons given at cells of the form, or (with an empty address) for the whole of it; others are dropped."""
    if not reasons:
        return {}
    known = {"", *(cell.address for cell in cells_of(asked.definition, values))}
    return {address: text for address, text in reasons.items() if text and address in known}


def _stands(address: str, repeated: Collection[str], there: Collection[tuple[str, str]]) -> bool:
    """Whether a cell's row is still there."""
    section, _, rest = address.partition(".")
    return section not in repeated or (section, rest.partition(".")[0]) in there


def _refuse_overlap(
    answer: Return, wanted: Mapping[str, str | None], rows: Mapping[str, Sequence[str]], revision: int | None
) -> None:
    if revision is None or revision >= answer.revision:
        return
    conflicts = [
        Conflict(address, text, answer.cells.get(address))
        for address, text in wanted.items()
        if answer.marks.get(address, 0) > revision and answer.cells.get(address) != text
    ]
    for key, keys in rows.items():
        theirs = list(answer.rows.get(key, ()))
        if answer.marks.get(key, 0) > revision and theirs != list(keys):
            conflicts.append(Conflict(key, ",".join(keys), ",".join(theirs)))
    if conflicts:
        raise Overlap(conflicts, answer.revision, str(answer.updated_by) if answer.updated_by else "")


def check_size(
    cells: Mapping[str, Any], rows: Mapping[str, Sequence[str]] | None, reasons: Mapping[str, str | None] | None
) -> None:
    """Stop what no form could hold, before anything is locked: ``ValidationError``."""
    if len(cells) > MOST_CELLS or sum(map(len, (rows or {}).values())) > MOST_ROWS:
        raise ValidationError("内容过多，请分批保存。")
    if max(map(len, map(str, cells.values())), default=0) > CELL_LENGTH:
        raise ValidationError(f"一格不能超过{CELL_LENGTH}字。")
    if any(len(text or "") > REASON_LENGTH for text in (reasons or {}).values()):
        raise ValidationError(f"说明不能超过{REASON_LENGTH}字。")
    if not is_storable([dict(cells), {key: list(keys) for key, keys in (rows or {}).items()}, dict(reasons or {})]):
        raise ValidationError("含有不能保存的字符。")
