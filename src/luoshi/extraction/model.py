"""What reading a plan gives: drafts of everything that a person will confirm, each tied to its characters.

The four kinds ``target``, ``responsibility``, ``deadline`` and ``table`` have the fields and units that
``docs/extraction.md`` defines; ``plan`` and ``measure`` give them their place.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``start`` (included) to ``end`` (excluded) of the document's line ``line`` (1-based)."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a paragraph's text: ``length`` characters from ``offset`` on stand in ``line`` from ``start`` on."""

    offset: int
    line: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A logical paragraph: lines that a page or the line width broke apart are joined again.

    ``text`` holds the joined characters (no line breaks); ``pieces`` lead each of them back to its line.
    ``style`` is ``heading``, ``text`` or ``row``.
    """

    text: str
    pieces: tuple[Piece, ...]
    style: str = "text"

    @property
    def first_line(self) -> int:
        """The number of the line on which the paragraph begins."""
        return self.pieces[0].line

    @property
    def last_line(self) -> int:
        """The number of the line on which the paragraph ends."""
        return self.pieces[-1].line

    def spans(self, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
        """Where the characters ``start`` to ``end`` of ``text`` stand in the document, one span a line."""
        end = len(self.text) if end is None else end
        spans = []
        for piece in self.pieces:
            low, high = max(start, piece.offset), min(end, piece.offset + piece.length)
            if low < high:
                shift = piece.start - piece.offset
                spans.append(Span(piece.line, low + shift, high + shift))
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class Context:
    """What a sentence inherits from its plan: ``year`` for “今年/年内/年底”, ``last_year`` for targets without a year.

    ``issued_on`` is the document's date where known; both years are ``None`` where the plan prints none.
    """

    year: int | None = None
    last_year: int | None = None
    issued_on: dt.date | None = None


class Comparator(StrEnum):
    """How a value is to be met; ``=`` is a plain number or range, ``~`` an approximate one."""

    AT_LEAST = ">="
    MORE = ">"
    AT_MOST = "<="
    LESS = "<"
    EQUAL = "="
    ABOUT = "~"


class DeadlineRule(StrEnum):
    """When something is due."""

    DATE = "date"
    WEEKLY = "weekly"
    TEN_DAILY = "ten-daily"
    HALF_MONTHLY = "half-monthly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half-yearly"
    YEARLY = "yearly"
    DAYS_AFTER = "days-after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What all found objects share.

    ``text`` as printed (joined over line ends); ``rule`` names the rule that made it; ``certainty`` is the share of
    such findings that are right (0 to 1); ``reason`` says in Chinese why it was read so. ``measure`` is the ``key`` of
    the measure below which it stands, ``None`` outside of any.
    """

    text: str
    spans: tuple[Span, ...]
    rule: str
    certainty: float
    reason: str = ""
    measure: str | None = None

    @property
    def line(self) -> int:
        """The line on which the object begins."""
        return self.spans[0].line


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDraft(Found):
    """A node of the outline.

    ``key`` is unique in its plan and sorts in document order (``0002.0001``); ``labels`` are the printed numbers from
    the top down (``("二、", "（一）")``); ``title`` is the heading sentence without its number (may be empty);
    ``text`` is the node's own text including the heading, without that of its children.
    """

    key: str
    labels: tuple[str, ...]
    title: str
    last_line: int

    @property
    def depth(self) -> int:
        """1 for a top node."""
        return len(self.labels)

    @property
    def parent(self) -> str | None:
        """The key of the node above."""
        return self.key.rpartition(".")[0] or None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDraft(Found):
    """A quantified commitment in base units (万, 亿 multiplied out; ``15%`` is 15 ``%``)."""

    indicator: str
    comparator: Comparator
    value: Decimal
    unit: str
    value_max: Decimal | None = None
    change: bool = False
    direction: str = "up"
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibilityDraft(Found):
    """One responsibility clause; names as printed, shared heads written out, in printed order.

    ``implied`` are those whom an earlier clause names for all that follows (以下均需各县市人民政府落实，不再列出).
    """

    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()

    @property
    def co(self) -> tuple[str, ...]:
        """Everyone who does not lead."""
        return self.responsible + self.supporting


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineDraft(Found):
    """When something is due; ``days`` and ``working`` belong to ``days-after``, ``day`` to ``monthly``."""

    deadline: DeadlineRule
    date: dt.date | None = None
    day: int | None = None
    days: int | None = None
    working: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardDraft(Found):
    """A rule of reward: ``condition`` as printed, ``amount`` in base units (元, 元/亩) or a share (``%`` of ``basis``).

    ``word`` is what is given (奖励, 补助, 贴息…), ``cap`` the most that anybody gets (元), ``recurrence`` ``once``,
    ``yearly`` or empty where the text does not say. ``amount`` is ``None`` where only a cap is printed.
    """

    word: str
    condition: str
    amount: Decimal | None
    amount_max: Decimal | None
    unit: str
    basis: str = ""
    cap: Decimal | None = None
    recurrence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDraft(Found):
    """An annex table: ``header`` has one joined name a column, ``rows`` the body rows as printed.

    ``table_kind`` is one of ``table_kinds.KINDS``, or empty.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line_end: int
    table_kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDraft:
    """One titled document of a file (a gazette holds many); the lists are in document order.

    ``number`` is the document number (``云政发〔2026〕1号``), ``issued_on`` the date of signature.
    """

    title: str
    number: str | None
    issued_on: dt.date | None
    first_line: int
    last_line: int
    context: Context = field(default_factory=Context)
    measures: tuple[MeasureDraft, ...] = ()
    targets: tuple[TargetDraft, ...] = ()
    responsibilities: tuple[ResponsibilityDraft, ...] = ()
    deadlines: tuple[DeadlineDraft, ...] = ()
    rewards: tuple[RewardDraft, ...] = ()
    tables: tuple[TableDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read from one document."""

    document: str
    plans: tuple[PlanDraft, ...]
