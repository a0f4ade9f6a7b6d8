"""What a form asks and what a return answers.

A form is made of sections; a section has columns (fields) and rows, and every cell has an address
``section.row.field``. A ``fixed`` section prints its rows; a ``repeated`` one takes a row for each project, activity, …
whose row keys are made when rows are added. Cells hold canonical text: a decimal (``"-12.5"``), an ISO date, a period
(``2026-03``), the key of a choice or unit, the number of a file, or plain text. A blank cell is absent, and is no zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class FieldType(StrEnum):
    """What a cell of a column takes."""

    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    PERIOD = "period"
    CHOICE = "choice"
    TEXT = "text"
    UNIT = "unit"  # a key of the unit register
    PROJECT = "project"  # a project's name, or its key where the project is known
    ENTERPRISE = "enterprise"  # an enterprise's name, or its key where it is known
    FILE = "file"  # evidence: the number of an uploaded file
    PROJECT_CODE = "project-code"  # 4-6-2-2-6 digits, 全国投资项目在线审批监管平台


NUMERIC = frozenset({FieldType.NUMBER, FieldType.INTEGER})


class Meaning(StrEnum):
    """What a column says beyond its label, for those who read returns: 需协同事项 become problems to be settled."""

    NONE = ""
    PROBLEM = "problem"  # what the unit cannot solve alone
    PROBLEM_UNIT = "problem-unit"  # whom it asks for help
    PROBLEM_DUE = "problem-due"  # by when


#: The types of a column that may carry each meaning.
MEANING_TYPES = {
    Meaning.PROBLEM: (FieldType.TEXT,),
    Meaning.PROBLEM_UNIT: (FieldType.UNIT, FieldType.TEXT),
    Meaning.PROBLEM_DUE: (FieldType.DATE,),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a choice field offers."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """A column.

    ``indicator`` is the key of the indicator that the column's cells observe; ``observed`` says instead that each row's
    own indicator is observed here; neither in a repeated section, whose rows would give one number many values.
    ``cumulative`` figures (1—N月累计) must not fall within a year. A ``formula`` makes the column computed: it is never
    typed. ``meaning`` tells that the column asks for a problem, the unit asked for help, or the day.
    """

    key: str
    label: str
    type: FieldType
    unit_of_measure: str = ""
    decimals: int = 2
    required: bool = False
    choices: tuple[Choice, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    formula: str = ""
    help: str = ""
    indicator: str = ""
    observed: bool = False
    cumulative: bool = False
    meaning: Meaning = Meaning.NONE


@dataclass(frozen=True, slots=True)
class Row:
    """A printed row of a fixed section.

    ``indicator``: key of the indicator that the row's observed cells observe; ``unit``: key of the unit that they are
    about, where it is not the reporting unit (a department reports for every county); ``total_of``: the rows whose sum
    it must be; ``blocked``: fields that do not apply to it.
    """

    key: str
    label: str
    indicator: str = ""
    unit: str = ""
    total_of: tuple[str, ...] = ()
    blocked: frozenset[str] = frozenset()


class SectionKind(StrEnum):
    """Whether the rows are printed or added."""

    FIXED = "fixed"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the form. ``identified_by`` names the field of a repeated section that must not occur twice."""

    key: str
    title: str
    kind: SectionKind
    fields: tuple[Field, ...]
    rows: tuple[Row, ...] = ()
    least_rows: int = 0
    most_rows: int = 500
    identified_by: str = ""
    help: str = ""


class Severity(StrEnum):
    """Whether a broken rule stops the return (``hard``) or asks for a reason (``soft``)."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition over cells: ``s.total.n == s.a.n + s.b.n``; ``previous(s.a.n)``, ``target(s.a.n)`` may be used.

    Without a row (``s.n``) the condition is asked of every row of the section. It holds where a cell in it is blank.
    """

    key: str
    expression: str
    message: str
    severity: Severity = Severity.HARD


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """All that a version of a form asks. ``notes`` are printed below it (填表说明)."""

    sections: tuple[Section, ...]
    rules: tuple[Rule, ...] = ()
    notes: str = ""

    def __hash__(self) -> int:
        """Of the outline only: a definition is looked up with every return, and has hundreds of rows."""
        return hash((len(self.rules), self.notes, *((section.key, len(section.rows)) for section in self.sections)))

    def section(self, key: str) -> Section:
        """The section of that key; ``KeyError``."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)


class Address(NamedTuple):
    """Where a cell stands; as text ``section.row.field``."""

    section: str
    row: str
    field: str

    def __str__(self) -> str:
        return ".".join(self)

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address of a text; ``ValueError`` when it has not three parts."""
        section, row, field_key = text.split(".")
        return cls(section, row, field_key)


@dataclass(frozen=True, slots=True)
class Values:
    """What a return holds: ``cells`` by address as text, and the row keys of each repeated section in order."""

    cells: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    rows: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule broken at a cell (``address`` empty: of the whole form); ``message`` is Chinese and says what to do.

    ``code``: ``required``, ``type``, ``range``, ``choice``, ``rows``, ``twice``, ``blocked``, ``unknown-cell``,
    ``computed``, ``falls``, ``total``, ``rule``, ``jump``, ``unchanged``, ``deviation``.
    ``follows``: cells from whose oddity this one follows (``following``); their reasons explain it too.
    """

    address: str
    severity: Severity
    code: str
    message: str
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a return is compared with, by cell address: the last period's values, what was expected, the targets.

    ``period_starts_year`` says that cumulative figures begin anew: what is compared with lies in another year.
    """

    previous: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    expected: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    targets: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    units: frozenset[str] | None = None
    period_starts_year: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that differs between two returns; ``None`` is blank."""

    address: str
    before: str | None
    after: str | None
