"""What is counted: activities with their places, leaders and hosts.

Source of the terms: annexes 2 and 5 of the plan of 2023 for investment promotion (目标说明, 活动情况月报表).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """The two tables in which units are compared; one project or trip may count in both."""

    TERRITORY = "territory"  # counties, county-level cities, development zones
    GROUP = "group"  # investment groups and the market platform


SCOPES = (Scope.TERRITORY, Scope.GROUP)


class Where(StrEnum):
    """How far away a place is."""

    PREFECTURE = "prefecture"
    PROVINCE = "province"  # outside the prefecture, within the province
    COUNTRY = "country"  # outside the province
    ABROAD = "abroad"

    @property
    def distance(self) -> int:
        """0 within the prefecture, more the farther away."""
        return list(Where).index(self)

    @property
    def label(self) -> str:
        """In Chinese."""
        return _WHERE[self]


_WHERE = {Where.PREFECTURE: "州内", Where.PROVINCE: "州外省内", Where.COUNTRY: "省外", Where.ABROAD: "境外"}


class Rank(StrEnum):
    """The rank of a leader; the highest of an activity counts."""

    OTHER = "other"
    HEAD = "head"  # 县市党政“一把手”
    STATE = "state"  # 州级领导
    TOP = "top"  # 州级党政“一把手”

    @property
    def height(self) -> int:
        """0 for others, more the higher."""
        return list(Rank).index(self)

    @property
    def label(self) -> str:
        """In Chinese."""
        return _RANK[self]


_RANK = {Rank.OTHER: "其他", Rank.HEAD: "县市党政“一把手”", Rank.STATE: "州级领导", Rank.TOP: "州级党政“一把手”"}


class ActivityKind(StrEnum):
    """The place decides: 请进来 within the prefecture, 走出去 outside it."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"

    @property
    def label(self) -> str:
        """In Chinese."""
        return "请进来" if self is ActivityKind.INBOUND else "走出去"


@dataclass(frozen=True, slots=True)
class Place:
    """A city that the activity touched."""

    name: str
    where: Where


@dataclass(frozen=True, slots=True)
class Leader:
    """Somebody who took part; ``unit`` is whose head a head is (empty for prefecture leaders)."""

    name: str
    rank: Rank
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """A unit or group that held the activity; ``leads`` marks the first among several."""

    unit: str
    scope: Scope
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity. ``outside_firms``: enterprises from outside the prefecture that took part, ``None``: not said.

    ``evidence``: kinds of the papers that are there. ``order``: rank in time of recording; of the same trip entered
    twice the first recorded counts.
    """

    key: str
    title: str
    begin: dt.date
    end: dt.date
    places: tuple[Place, ...]
    hosts: tuple[Host, ...]
    leaders: tuple[Leader, ...] = ()
    outside_firms: int | None = None
    evidence: frozenset[str] = frozenset()
    own: bool = True
    order: int = 0


def kind_of(activity: Activity) -> ActivityKind | None:
    """走出去 where any place lies outside the prefecture, 请进来 where none does; ``None`` without a place."""
    far = farthest(activity)
    if far is None:
        return None
    return ActivityKind.INBOUND if far is Where.PREFECTURE else ActivityKind.OUTBOUND


def farthest(activity: Activity) -> Where | None:
    """How far the activity went."""
    return max((place.where for place in activity.places), key=lambda where: where.distance, default=None)


def rank_of(activity: Activity) -> Rank:
    """The highest rank that took part."""
    return max((leader.rank for leader in activity.leaders), key=lambda rank: rank.height, default=Rank.OTHER)
