"""What a confirmed draft hands over to be published: plain values, no database rows.

``key`` and ``measure_key`` are the outline keys of the draft (``0002.0001``); spans are ``(line, start, end)``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedObject:
    """What all objects carry; ``origin`` is a value of ``plans.models.Origin``."""

    text: str
    line: int
    spans: tuple[tuple[int, int, int], ...]
    origin: str
    rule: str = ""
    certainty: float | None = None
    reason: str = ""
    measure_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedMeasure(PublishedObject):
    """A node of the outline; ``measure_key`` is not used, the parent follows from ``key``."""

    key: str
    labels: tuple[str, ...]
    title: str
    is_task: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTarget(PublishedObject):
    """A quantified commitment."""

    indicator: str
    comparator: str
    value: Decimal
    value_max: Decimal | None
    unit_of_measure: str
    change: bool
    falling: bool
    year: int | None
    tier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedResponsibility(PublishedObject):
    """One printed name in one role; ``unit_ids`` are the units meant (none while unknown)."""

    role: str
    name: str
    unit_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDeadline(PublishedObject):
    """When something is due."""

    rule_kind: str
    date: dt.date | None
    day: int | None
    days: int | None
    working: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTable(PublishedObject):
    """An annex table."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A whole plan, ready to be published as a version of a new or an existing plan."""

    title: str
    number: str
    issued_on: dt.date | None
    year: int | None
    last_year: int | None
    owner_id: int
    document_id: int
    first_line: int
    last_line: int
    measures: tuple[PublishedMeasure, ...]
    targets: tuple[PublishedTarget, ...]
    responsibilities: tuple[PublishedResponsibility, ...]
    deadlines: tuple[PublishedDeadline, ...]
    tables: tuple[PublishedTable, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a plan in force and a publication.

    ``what`` is ``added``, ``changed``, ``kept`` or ``retired``; ``kind`` the model's name; ``existing_id`` the row in
    force (``None`` when added); ``fields`` maps a changed field to (before, after); ``by_hand`` tells that the row in
    force was confirmed by hand against the reading, so that its values stay.
    """

    what: str
    kind: str
    text: str
    line: int
    existing_id: int | None = None
    fields: dict[str, tuple[Any, Any]] | None = None
    by_hand: bool = False
