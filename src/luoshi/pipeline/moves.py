"""Moves of projects between libraries, and what follows from them: where each stood on a day, flows, conversion."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from luoshi.pipeline.states import ORDER, State


@dataclass(frozen=True, slots=True)
class Move:
    """One move of one project; ``source`` ``None``: it enters the pipeline. ``on`` is the day from which it counts."""

    project: int
    source: State | None
    to: State
    on: dt.date
    reason: str = ""


class BrokenMoves(ValueError):
    """Moves that do not follow one another; the message is Chinese."""


def replay(moves: Iterable[Move], on: dt.date | None = None) -> dict[int, State]:
    """The library of each project after all moves up to a day (all of them without one), in the order given.

    Raises ``BrokenMoves`` where a move begins in another library than the last one ended in, or lies before it.
    """
    stands: dict[int, State] = {}
    last: dict[int, dt.date] = {}
    for move in moves:
        if on is not None and move.on > on:
            continue
        if stands.get(move.project) != move.source:
            raise BrokenMoves(f"项目{move.project}的出入库记录不相接")
        if move.on < last.get(move.project, dt.date.min):
            raise BrokenMoves(f"项目{move.project}的出入库日期倒置")
        stands[move.project], last[move.project] = move.to, move.on
    return stands


@dataclass(frozen=True, slots=True)
class Flow:
    """One library over a span of days: how many stood there before, came, went, stand there after."""

    before: int
    came: int
    went: int
    after: int


def flows(moves: Sequence[Move], first: dt.date, last: dt.date) -> dict[State, Flow]:
    """The flow of each library from the day ``first`` to ``last``, both included.

    ``before + came - went == after`` for each; what comes into one library goes out of another or of nowhere.
    """
    before = Counter(replay(moves, first - dt.timedelta(days=1)).values())
    after = Counter(replay(moves, last).values())
    came: Counter[State] = Counter()
    went: Counter[State] = Counter()
    for move in moves:
        if first <= move.on <= last:
            came[move.to] += 1
            if move.source is not None:
                went[move.source] += 1
    return {state: Flow(before[state], came[state], went[state], after[state]) for state in State}


def conversion(moves: Sequence[Move], source: State, to: State, first: dt.date, last: dt.date) -> Decimal | None:
    """转化率: the share (%) of projects that stood in ``source`` on or after ``first`` and reached ``to`` by ``last``.

    A project counts once; a later library than ``to`` counts as reached, one that fell back or left meanwhile does not
    unless it stood in ``source`` again. ``None`` where none stood in ``source``.
    """
    if source not in ORDER or to not in ORDER:
        raise ValueError("conversion is between libraries")
    stood = {project for project, state in replay(moves, first - dt.timedelta(days=1)).items() if state is source}
    goals, behind = set(ORDER[ORDER.index(to) :]), {State.LEFT, *ORDER[: ORDER.index(source)]}
    on_the_way = set(stood)
    reached: set[int] = set()
    for move in moves:
        if not first <= move.on <= last:
            continue
        if move.to is source:
            stood.add(move.project)
            on_the_way.add(move.project)
        elif move.to in behind:
            on_the_way.discard(move.project)
        elif move.to in goals and move.project in on_the_way:
            reached.add(move.project)
    return None if not stood else Decimal(100 * len(reached)) / len(stood)


def counts(stands: Mapping[int, State]) -> dict[State, int]:
    """How many projects stand in each library, zeros included."""
    found = Counter(stands.values())
    return {state: found[state] for state in State}
