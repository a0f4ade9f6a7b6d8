"""A plan's list of projects as it is printed: headings of industries and chains between numbered rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from luoshi.apps.projects.importing.columns import NEEDED, guess

INDUSTRY, CHAIN, IGNORED = "industry", "chain", ""


@dataclass(frozen=True, slots=True)
class Group:
    """A heading within a table: the body row where it stands, its text, whether it names an industry or a chain."""

    row: int
    text: str
    kind: str


def is_project_table(header: Sequence[str]) -> bool:
    """Whether a table lists projects: it says what they are called, where they are, and how much they cost."""
    facts = set(guess(header).values())
    return {*NEEDED, "total"} <= facts


def _filled(cells: Sequence[str]) -> list[str]:
    return [text for text in dict.fromkeys(cell.strip() for cell in cells) if text]


def guess_groups(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Group]:
    """What each heading row names. Two headings in a row: the first an industry, the second its first chain.

    A single heading after those is one more chain as long as the same department leads it, or the industry's own name
    names it; else an industry of its own. It is a guess: the person who imports sees and changes it.
    """
    mapping = guess(header)
    lead_at = next((at for at, heading in enumerate(header) if mapping.get(heading) == "lead"), None)
    heads = {at: _filled(cells)[0] for at, cells in enumerate(rows) if len(_filled(cells)) == 1}
    found: list[Group] = []
    parent, parent_lead = "", ""
    for at, text in heads.items():
        lead = _leading(rows, at, heads, lead_at)
        if at + 1 in heads:
            parent, parent_lead = text, _leading(rows, at + 1, heads, lead_at)
            kind = INDUSTRY
        elif parent and (at - 1 in heads or (lead and lead == parent_lead) or text in parent):
            kind = CHAIN
        else:
            kind, parent = INDUSTRY, ""
        found.append(Group(at, text, kind))
    return found


def _leading(rows: Sequence[Sequence[str]], at: int, heads: Mapping[int, str], column: int | None) -> str:
    """Who leads most of the rows under a heading."""
    if column is None:
        return ""
    counted: Counter[str] = Counter()
    for number in range(at + 1, len(rows)):
        if number in heads:
            break
        if column < len(rows[number]):
            counted[rows[number][column]] += 1
    return counted.most_common(1)[0][0] if counted else ""


def table_rows(
    header: Sequence[str], rows: Sequence[Sequence[str]], groups: Sequence[Group]
) -> list[tuple[int, dict[str, str]]]:
    """The numbered rows: (body row, heading → cell, with ``产业`` and ``产业链`` from the headings above)."""
    kinds = {group.row: group for group in groups}
    industry = chain = ""
    found = []
    for at, cells in enumerate(rows):
        if (group := kinds.get(at)) is not None:
            if group.kind == INDUSTRY:
                industry, chain = group.text, ""
            elif group.kind == CHAIN:
                chain = group.text
            continue
        values = {heading: cells[number].strip() for number, heading in enumerate(header) if number < len(cells)}
        if any(values.values()):
            found.append((at, values | {"产业": industry, "产业链": chain}))
    return found
