"""The five libraries (五库) of projects, their order, and what must be there before a project enters one.

Conditions are data (``conditions.json``); that no project starts without its environmental approval is 000a L310, that
the project code comes before the start 000a L308–L310. The order of the libraries is the natural life of a project; the
sources name them (S4 L577–586) and leave their order and conditions open, so that all of them can be overridden, with
a reason.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files


class State(StrEnum):
    """A library; ``LEFT`` is outside all of them."""

    RESERVE = "reserve"
    PREPARATION = "preparation"
    STARTED = "started"
    CONSTRUCTION = "construction"
    COMPLETED = "completed"
    LEFT = "left"


class Mark(StrEnum):
    """What a project passes on its way, in the usual order."""

    IDEA = "idea"
    SIGNED = "signed"
    PERFORMED = "performed"
    FEASIBILITY = "feasibility"
    ENVIRONMENT = "environment"
    LAND = "land"
    FOREST = "forest"
    ENERGY = "energy"
    PERMIT = "permit"
    START = "start"
    FINISH = "finish"
    PRODUCTION = "production"
    CAPACITY = "capacity"


#: The libraries in the order of a project's life.
ORDER = (State.RESERVE, State.PREPARATION, State.STARTED, State.CONSTRUCTION, State.COMPLETED)
LABELS: Mapping[State, str] = {
    State.RESERVE: "谋划储备库",
    State.PREPARATION: "前期项目库",
    State.STARTED: "新开工项目库",
    State.CONSTRUCTION: "在建项目库",
    State.COMPLETED: "竣工投产项目库",
    State.LEFT: "已退出",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions ask of a project: ``passed`` marks (done or not needed), ``listed`` marks, code, total, ladder.

    ``ladder`` is ``None`` for a project without linkage funds, else whether the county has approved it.
    """

    passed: Collection[Mark] = ()
    listed: Collection[Mark] = ()
    code: str = ""
    total: Decimal = Decimal(0)
    ladder: bool | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must be there before a project enters one of the libraries ``to``; ``text`` says what lacks."""

    key: str
    to: tuple[State, ...]
    text: str
    mark: Mark | None = None
    fact: str = ""
    if_listed: bool = False

    def met(self, facts: Facts) -> bool:
        """Whether the project has it."""
        if self.mark is not None:
            return self.mark in facts.passed or (self.if_listed and self.mark not in facts.listed)
        if self.fact == "code":
            return bool(facts.code)
        if self.fact == "total":
            return facts.total > 0
        if self.fact == "ladder":
            return facts.ladder is not False
        raise ValueError(f"unknown fact: {self.fact}")


def read_conditions(data: Sequence[Mapping[str, object]]) -> tuple[Condition, ...]:
    """Conditions from plain JSON; raises ``ValueError``, ``KeyError`` or ``TypeError`` where it is none."""
    found = []
    for row in data:
        need, to = row["need"], row["to"]
        if not isinstance(need, Mapping) or not isinstance(to, Sequence):
            raise TypeError("need is an object, to a list")
        condition = Condition(
            key=str(row["key"]),
            to=tuple(State(state) for state in to),
            text=str(row["text"]),
            mark=Mark(need["mark"]) if "mark" in need else None,
            fact=str(need.get("fact", "")),
            if_listed=bool(need.get("if_listed", False)),
        )
        condition.met(Facts())  # an unknown fact is refused when read, not when asked
        found.append(condition)
    return tuple(found)


@cache
def shipped_conditions() -> tuple[Condition, ...]:
    """The conditions that come with Luoshi."""
    return read_conditions(json.loads(files("luoshi.pipeline").joinpath("conditions.json").read_text("utf-8")))


def unmet(facts: Facts, to: State, conditions: Sequence[Condition] | None = None) -> tuple[Condition, ...]:
    """The conditions of a library that a project does not meet, in the order of the data."""
    rows = shipped_conditions() if conditions is None else conditions
    return tuple(row for row in rows if to in row.to and not row.met(facts))


def passed_over(source: State | None, to: State) -> tuple[State, ...]:
    """The libraries between two that a move leaves out; entering the pipeline (``None``) may begin anywhere."""
    if source is None or source not in ORDER or to not in ORDER:
        return ()
    return ORDER[ORDER.index(source) + 1 : ORDER.index(to)]


def is_back(source: State | None, to: State) -> bool:
    """Whether a move goes back to an earlier library."""
    return source in ORDER and to in ORDER and ORDER.index(to) < ORDER.index(State(source))


def needs_reason(source: State | None, to: State, lacking: Sequence[Condition]) -> str:
    """Why a move needs a reason, in words; empty where it needs none."""
    if to is State.LEFT:
        return "项目退出要写明理由"
    if source is State.LEFT:
        return "退出的项目重新入库要写明理由"
    if is_back(source, to):
        return f"退回{LABELS[to]}要写明理由"
    if over := passed_over(source, to):
        return f"越过{'、'.join(LABELS[one] for one in over)}要写明理由"
    if lacking:
        return f"还有条件没有满足：{'；'.join(row.text for row in lacking)}。确需入库的要写明理由"
    return ""
