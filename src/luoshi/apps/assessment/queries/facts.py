"""The figures of a run as a grid: units down, items across, what was drawn beside what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from luoshi.apps.assessment.gathering import members_of, scheme_for, sources_of
from luoshi.apps.assessment.models import ItemSource, Run, RunFact
from luoshi.scoring import Item, show


@dataclass(frozen=True, slots=True)
class FactCell:
    """What is known of a unit and an item. ``marks``: those of judges. ``differs``: typed otherwise than drawn."""

    unit_id: int
    item: str
    drawn: RunFact | None
    typed: RunFact | None
    marks: Sequence[RunFact] = ()
    checkable: bool = False
    blank: str = ""  # what counts where nothing was reported, in words

    @property
    def fact(self) -> RunFact | None:
        """What counts."""
        return self.typed or self.drawn

    @property
    def value(self) -> Decimal | None:
        """The value that counts."""
        return self.fact.value if self.fact else None

    @property
    def differs(self) -> bool:
        """Whether a ledger says otherwise."""
        if self.typed is None or self.drawn is None:
            return False
        return (self.typed.value, self.typed.target) != (self.drawn.value, self.drawn.target)


@dataclass(frozen=True, slots=True)
class FactColumn:
    """An item and where its figures come from."""

    item: Item
    source: ItemSource | None
    known: int
    typed: int

    @property
    def source_words(self) -> str:
        """In words."""
        if self.source is None:
            return "手工录入"
        if self.source.indicator is not None:
            return f"指标：{self.source.indicator.name}"
        if self.source.takes is not None:
            return f"考核结果：{self.source.takes.name}"
        return self.source.get_kind_display()


@dataclass(frozen=True, slots=True)
class FactRow:
    """A unit."""

    unit_id: int
    key: str
    name: str
    group: str
    cells: Sequence[FactCell]


@dataclass(frozen=True, slots=True)
class FactGrid:
    """The whole; ``differing``: how many typed figures stand against a ledger."""

    columns: Sequence[FactColumn]
    rows: Sequence[FactRow]
    differing: int
    missing: int


def fact_grid(run: Run, checkable: set[str]) -> FactGrid:
    """Three queries, whatever the size. ``checkable``: items that the person may type."""
    members, scheme = members_of(run), scheme_for(run)
    sources = {source.item: source for source in sources_of(run)}
    by_cell: dict[tuple[int, str], list[RunFact]] = {}
    for row in RunFact.objects.filter(run=run).select_related("entered_by").order_by("judge", "is_typed"):
        by_cell.setdefault((row.unit_id, row.item), []).append(row)
    rows, known, typed = [], {}, {}
    differing = missing = 0
    for member in members:
        cells = []
        for item in scheme.items:
            facts = by_cell.get((member.unit.pk, item.key), [])
            marks = [row for row in facts if row.judge]
            plain = [row for row in facts if not row.judge]
            cell = FactCell(
                member.unit.pk,
                item.key,
                next((row for row in plain if not row.is_typed), None),
                next((row for row in plain if row.is_typed), None),
                marks,
                item.key in checkable,
                "" if item.when_blank is None else f"按{show(item.when_blank, 6)}计",
            )
            cells.append(cell)
            has = bool(marks) or cell.value is not None
            known[item.key] = known.get(item.key, 0) + has
            typed[item.key] = typed.get(item.key, 0) + (cell.typed is not None or bool(marks))
            differing += cell.differs
            missing += not has and item.when_blank is None
        rows.append(FactRow(member.unit.pk, member.unit.key, member.name, member.group, cells))
    columns = [
        FactColumn(item, sources.get(item.key), known.get(item.key, 0), typed.get(item.key, 0)) for item in scheme.items
    ]
    return FactGrid(columns, rows, differing, missing)
