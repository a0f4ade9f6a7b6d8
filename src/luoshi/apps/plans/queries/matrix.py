"""How the work of a plan is spread: measures × units."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.plans.models import Measure, Plan, ResponsibilityRole
from luoshi.apps.plans.policies import visible_measures
from luoshi.apps.plans.queries.ledger_filter import Through
from luoshi.apps.plans.queries.rows import ROLE_ORDER, headings_of, own_label, shortened
from luoshi.apps.plans.words import page_url

SIGNS = {"lead": "●", "responsible": "○", "supporting": "△"}
MEASURES_SHOWN = 300
UNITS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What a unit is to a measure; no role at all for an empty cell."""

    roles: tuple[str, ...]
    words: str

    @property
    def signs(self) -> str:
        """``●``."""
        return "".join(SIGNS[role] for role in self.roles)

    @property
    def html(self) -> str:
        """The cell as a table cell."""
        if not self.roles:
            return "<td></td>"
        return f'<td class="role-{self.roles[0]}" title="{escape(self.words)}">{self.signs}</td>'


@dataclass(frozen=True, slots=True)
class MatrixUnit:
    """A column: a unit and how many measures it has a part in, by role and in all."""

    unit: Unit
    count: int
    by_role: dict[str, int]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A measure and its cells, one a column; ``count`` counts the units of the whole matrix, not of the page."""

    measure: Measure
    words: str
    task: str
    cells: tuple[MatrixCell, ...]
    count: int

    @property
    def html(self) -> SafeString:
        """The cells as table cells: a page has 30,000, which a template would take a second for."""
        drawn = (cell.html for cell in self.cells)
        return mark_safe("".join(drawn))

    @property
    def url(self) -> str:
        """The measure's own page."""
        return page_url("plans:measure", self.measure.pk)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A page of the matrix, and the size of the whole."""

    rows: tuple[MatrixRow, ...]
    columns: tuple[MatrixUnit, ...]
    measures: int
    units: int
    kinds: tuple[tuple[str, str], ...]
    page: int
    unit_page: int

    role_names = tuple((role.value, role.label) for role in ResponsibilityRole)

    @property
    def pages(self) -> int:
        """How many pages of measures there are."""
        return max(1, -(-self.measures // MEASURES_SHOWN))

    @property
    def unit_pages(self) -> int:
        """How many pages of units there are."""
        return max(1, -(-self.units // UNITS_SHOWN))


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixFilter:
    """What is asked for; ``whole`` leaves the paging out (exports)."""

    role: str = ""
    unit_kind: str = ""
    page: int = 1
    unit_page: int = 1
    whole: bool = False

    def told(self) -> list[tuple[str, str]]:
        """What is asked for, in words."""
        told = []
        if self.role:
            told.append(("角色", ResponsibilityRole(self.role).label))
        if self.unit_kind:
            told.append(("单位类别", UnitKind(self.unit_kind).label))
        return told


def _page(items: list[Any], number: int, size: int, whole: bool) -> tuple[list[Any], int]:
    number = max(1, min(number, -(-len(items) // size)))
    return (items, 1) if whole else (items[(number - 1) * size : number * size], number)


def plan_matrix(user: Any, plan: Plan, asked: MatrixFilter) -> Matrix:
    """The matrix of the plan's tasks that the person sees: five queries for any size."""
    tasks = visible_measures(user).filter(plan=plan, is_task=True)
    condition = Q(responsibility__plan=plan, responsibility__retired_in=None)
    if asked.role:
        condition &= Q(responsibility__role=asked.role)
    pairs = Through.objects.filter(condition, responsibility__measure_id__isnull=False)
    roles: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for measure_id, unit_id, role in pairs.values_list("responsibility__measure_id", "unit_id", "responsibility__role"):
        roles[measure_id, unit_id].add(role)
    everyone = {unit.pk: unit for unit in Unit.objects.filter(pk__in={unit for _, unit in roles}).order_by("path")}
    shown = {pk: unit for pk, unit in everyone.items() if not asked.unit_kind or unit.kind == asked.unit_kind}

    keys = list(tasks.order_by("position").values_list("pk", flat=True))
    own = set(keys)
    kinds = {everyone[unit_id].kind for measure_id, unit_id in roles if measure_id in own}
    by_measure: defaultdict[int, set[int]] = defaultdict(set)
    by_unit: defaultdict[int, set[int]] = defaultdict(set)
    unit_roles: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (measure_id, unit_id), held in roles.items():
        if measure_id in own and unit_id in shown:
            by_measure[measure_id].add(unit_id)
            by_unit[unit_id].add(measure_id)
            for role in held:
                unit_roles[unit_id][role] += 1
    if asked.role or asked.unit_kind:
        keys = [key for key in keys if key in by_measure]
    columns = [unit for pk, unit in shown.items() if pk in by_unit]
    page_keys, page = _page(keys, asked.page, MEASURES_SHOWN, asked.whole)
    found = Measure.objects.only("id", "plan_id", "position", "label", "title", "text", "line").in_bulk(page_keys)
    page_measures = [found[key] for key in page_keys if key in found]
    page_units, unit_page = _page(columns, asked.unit_page, UNITS_SHOWN, asked.whole)
    headings = headings_of(page_measures)
    empty = MatrixCell((), "")
    rows = []
    for measure in page_measures:
        above = headings[measure.pk]
        number = own_label(measure.label, "".join(heading.label for heading in above))
        title = measure.title or shortened(measure.text.strip().removeprefix(number))
        words = f"{number}{title}"
        cells = tuple(
            _cell(roles[measure.pk, unit.pk], words, unit) if unit.pk in by_measure[measure.pk] else empty
            for unit in page_units
        )
        task = " › ".join(heading.words for heading in above)
        rows.append(MatrixRow(measure, words, task, cells, len(by_measure[measure.pk])))
    return Matrix(
        tuple(rows),
        tuple(MatrixUnit(unit, len(by_unit[unit.pk]), dict(unit_roles[unit.pk])) for unit in page_units),
        len(keys),
        len(columns),
        tuple((kind.value, kind.label) for kind in UnitKind if kind.value in kinds),
        page,
        unit_page,
    )


def _cell(roles: set[str], words: str, unit: Unit) -> MatrixCell:
    ordered = tuple(sorted(roles, key=ROLE_ORDER.__getitem__))
    return MatrixCell(ordered, f"{unit}　{'、'.join(ResponsibilityRole(role).label for role in ordered)}　{words}")
