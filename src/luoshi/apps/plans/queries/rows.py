"""A measure with all that hangs on it, as the ledger prints it: five columns and where each stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from luoshi.apps.plans import words
from luoshi.apps.plans.kinds import LEFT_OPEN
from luoshi.apps.plans.models import Deadline, Measure, Plan, Responsibility, ResponsibilityRole, Target
from luoshi.apps.plans.queries.due import RECURRING, next_due

Through = Responsibility.units.through
ROLE_ORDER = {role.value: number for number, role in enumerate(ResponsibilityRole)}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading above a measure; ``label`` is its own number only (``（一）``)."""

    id: int
    label: str
    title: str

    @property
    def words(self) -> str:
        """``（一）壮大市场主体``."""
        return f"{self.label}{self.title}"


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target as a line: the indicator, what must be reached, and where it stands."""

    id: int
    plan_id: int
    indicator: str
    commitment: str
    year: int | None
    printed: str
    line: int
    tier: str = ""

    @property
    def url(self) -> str:
        """The target's own page."""
        return words.page_url("plans:target", self.id)

    @property
    def source_url(self) -> str:
        """Its sentence."""
        return words.source_url(self.plan_id, "target", self.id, self.line)


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """A deadline in words; ``due`` is the date, or of a cadence the next one."""

    id: int
    plan_id: int
    words: str
    printed: str
    line: int
    due: dt.date | None
    recurring: bool
    overdue: bool

    @property
    def source_url(self) -> str:
        """Its sentence."""
        return words.source_url(self.plan_id, "deadline", self.id, self.line)


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit as far as a row names it."""

    pk: int
    name: str
    short_name: str

    def __str__(self) -> str:
        return self.short_name or self.name


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A printed name in its role, and the units that it means (none while unknown)."""

    id: int
    plan_id: int
    role: str
    role_words: str
    name: str
    units: tuple[UnitRef, ...]
    line: int
    left_open: bool = False  # the name means nobody in particular

    @property
    def source_url(self) -> str:
        """Its sentence."""
        return words.source_url(self.plan_id, "responsibility", self.id, self.line)


@dataclass(frozen=True, slots=True)
class Parties:
    """Everyone in one role."""

    role: str
    role_words: str
    members: tuple[PartyRow, ...]

    @property
    def words(self) -> str:
        """``州发展改革委、州财政局``."""
        return "、".join(member.name for member in self.members)


@dataclass(slots=True)
class MeasureRow:
    """One row of the ledger."""

    measure: Measure
    plan: Plan
    headings: tuple[Heading, ...] = ()
    targets: list[TargetRow] = field(default_factory=list)
    deadlines: list[DeadlineRow] = field(default_factory=list)
    parties: list[PartyRow] = field(default_factory=list)
    own_label: str = ""
    unit: UnitRef | None = None  # the unit under which the row stands, when grouped by unit

    @property
    def id(self) -> int:
        """The measure's key."""
        return self.measure.pk

    @property
    def url(self) -> str:
        """The measure's own page."""
        return words.page_url("plans:measure", self.measure.pk)

    @property
    def source_url(self) -> str:
        """Its sentence."""
        return words.source_url(self.plan.pk, "measure", self.measure.pk, self.measure.line)

    @property
    def place(self) -> str:
        """``第24行``."""
        return words.place_words(self.measure.spans, self.measure.line)

    @property
    def title(self) -> str:
        """The heading sentence, or the beginning of the text where it has none."""
        return self.measure.title or shortened(self.body)

    @property
    def body(self) -> str:
        """What the measure says beyond its number and heading."""
        text = self.measure.text.strip().removeprefix(self.own_label).lstrip(" 　")
        return text.removeprefix(self.measure.title).lstrip("。．. 　：:")

    @property
    def task(self) -> str:
        """The headings above, as one phrase."""
        return " › ".join(heading.words for heading in self.headings)

    @property
    def by_role(self) -> list[Parties]:
        """The parties, lead first."""
        found: dict[str, list[PartyRow]] = {}
        for party in sorted(self.parties, key=lambda row: ROLE_ORDER[row.role]):
            found.setdefault(party.role, []).append(party)
        return [Parties(role, rows[0].role_words, tuple(rows)) for role, rows in found.items()]


def shortened(text: str, length: int = 48) -> str:
    """The text up to its first full stop, at most ``length`` characters."""
    head = text.strip().split("。", 1)[0]
    return head if len(head) <= length else head[:length] + "…"


def ancestor_positions(position: str) -> list[str]:
    """``0002.0001.0003`` → ``0002``, ``0002.0001``."""
    parts = position.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def own_label(label: str, parent_label: str) -> str:
    """A node's own number: the part of its label that its parent's does not have."""
    return label.removeprefix(parent_label) if parent_label else label


def headings_of(measures: Sequence[Measure]) -> dict[int, tuple[Heading, ...]]:
    """For each measure (by key) the headings above it, from the top down: one query."""
    wanted = {(measure.plan_id, position) for measure in measures for position in ancestor_positions(measure.position)}
    found: dict[tuple[int, str], Measure] = {}
    if wanted:
        above = Measure.objects.filter(
            plan_id__in={plan for plan, _ in wanted}, position__in={position for _, position in wanted}, retired_in=None
        ).only("id", "plan_id", "position", "label", "title", "text")
        found = {(row.plan_id, row.position): row for row in above}
    result = {}
    for measure in measures:
        headings, parent_label = [], ""
        for position in ancestor_positions(measure.position):
            if (node := found.get((measure.plan_id, position))) is not None:
                label = own_label(node.label, parent_label)
                title = node.title or shortened(node.text.strip().removeprefix(label))
                headings.append(Heading(node.pk, label, title))
                parent_label = node.label
        result[measure.pk] = tuple(headings)
    return result


def target_row(target: Target) -> TargetRow:
    """A target as a line."""
    return TargetRow(
        target.pk,
        target.plan_id,
        target.indicator,
        words.commitment(target),
        target.year,
        target.text,
        target.line,
        target.get_tier_display(),
    )


def deadline_row(deadline: Deadline, plan: Plan, today: dt.date) -> DeadlineRow:
    """A deadline in words, with its next day."""
    due = next_due(deadline, plan, today)
    recurring = deadline.rule_kind in RECURRING
    return DeadlineRow(
        deadline.pk,
        deadline.plan_id,
        words.due_words(deadline),
        deadline.text,
        deadline.line,
        due,
        recurring,
        due is not None and not recurring and due < today,
    )


def _units_of(keys: set[int]) -> dict[int, list[UnitRef]]:
    """The units meant by the responsibilities of some measures, by responsibility: one query, no model per pair."""
    known: dict[int, UnitRef] = {}
    found: dict[int, list[UnitRef]] = {}
    pairs = Through.objects.filter(responsibility__measure_id__in=keys, responsibility__retired_in=None)
    columns = ("responsibility_id", "unit_id", "unit__name", "unit__short_name")
    for responsibility, pk, name, short in pairs.order_by("unit__path").values_list(*columns):
        unit = known.setdefault(pk, UnitRef(pk, name, short))
        found.setdefault(responsibility, []).append(unit)
    return found


def party_row(party: Responsibility, units: Iterable[UnitRef]) -> PartyRow:
    """A responsibility as a line."""
    return PartyRow(
        party.pk,
        party.plan_id,
        party.role,
        ResponsibilityRole(party.role).label,
        party.name,
        tuple(units),
        party.line,
        party.reason == LEFT_OPEN,
    )


def measure_rows(measures: Iterable[Measure], today: dt.date) -> list[MeasureRow]:
    """Rows in the given order: five queries for any number of measures; ``plan`` must have been selected."""
    measures = list(measures)
    keys = {measure.pk for measure in measures}
    headings = headings_of(measures)
    rows: dict[int, MeasureRow] = {}
    for measure in measures:
        above = headings[measure.pk]
        parent_label = "".join(heading.label for heading in above)
        rows[measure.pk] = MeasureRow(measure, measure.plan, above, own_label=own_label(measure.label, parent_label))
    for target in Target.objects.filter(measure_id__in=keys, retired_in=None).order_by("line", "id"):
        rows[target.measure_id].targets.append(target_row(target))
    for deadline in Deadline.objects.filter(measure_id__in=keys, retired_in=None).order_by("line", "id"):
        row = rows[deadline.measure_id]
        row.deadlines.append(deadline_row(deadline, row.plan, today))
    units = _units_of(keys)
    for party in Responsibility.objects.filter(measure_id__in=keys, retired_in=None).order_by("line", "id"):
        rows[party.measure_id].parties.append(party_row(party, units.get(party.pk, ())))
    return [rows[measure.pk] for measure in measures]
