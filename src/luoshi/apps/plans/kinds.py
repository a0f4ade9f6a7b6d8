"""The kinds of object that a plan holds: which model, which values, and how a published object becomes a row's values.

Values are what people confirm and what a difference shows; where an object stands (line, spans, version) is not one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import CharField

from luoshi.apps.plans.models import Deadline, Measure, PlanTable, Provenance, Responsibility, Target
from luoshi.apps.plans.publication import (
    Publication,
    PublishedDeadline,
    PublishedMeasure,
    PublishedObject,
    PublishedResponsibility,
    PublishedTable,
    PublishedTarget,
)

_PLACES = Decimal("0.000001")

#: Levels of an outline at most: printed numbers know seven (一、（一）1.（1）①——·), and every page may count on an end.
MOST_LEVELS = 10

#: The values by hand of an object (``plans.models.Origin``).
BY_HAND = frozenset({"corrected", "manual"})
#: The reason (依据) of a responsibility whose name means nobody in particular (有关部门): known, though without units.
LEFT_OPEN = "泛指，不派单位"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: ``values`` are the fields that people confirm; ``shows_text`` whether another wording is a change."""

    name: str
    label: str
    model: type[Provenance]
    values: tuple[str, ...]
    read: Callable[[Any], dict[str, Any]]
    shows_text: bool = True

    def row_values(self, published: PublishedObject) -> dict[str, Any]:
        """The values of a published object as the columns hold them: clipped to their width, six decimal places."""
        return {name: self._fit(name, value) for name, value in self.read(published).items()}

    def _fit(self, name: str, value: Any) -> Any:
        field = self.model._meta.get_field(name)
        if isinstance(field, CharField) and isinstance(value, str) and field.max_length:
            return value[: field.max_length]
        if isinstance(value, Decimal):
            return value.quantize(_PLACES, rounding=ROUND_HALF_UP)
        return value


def _measure(measure: PublishedMeasure) -> dict[str, Any]:
    return {"label": "".join(measure.labels), "title": measure.title, "is_task": measure.is_task}


def _target(target: PublishedTarget) -> dict[str, Any]:
    return {name: getattr(target, name) for name in TARGET.values}


def _responsibility(responsibility: PublishedResponsibility) -> dict[str, Any]:
    return {"role": responsibility.role, "name": responsibility.name}


def _deadline(deadline: PublishedDeadline) -> dict[str, Any]:
    return {name: getattr(deadline, name) for name in DEADLINE.values}


def _table(table: PublishedTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "header": list(table.header),
        "rows": [list(row) for row in table.rows],
    }


MEASURE = Kind("measure", "措施", Measure, ("label", "title", "is_task"), _measure)
TARGET = Kind(
    "target",
    "目标",
    Target,
    (
        "indicator",
        "comparator",
        "value",
        "value_max",
        "unit_of_measure",
        "change",
        "falling",
        "year",
        "tier",
    ),
    _target,
)
# The text of a responsibility is the whole clause: it changes for every unit in it when one is added.
RESPONSIBILITY = Kind("responsibility", "责任", Responsibility, ("role", "name"), _responsibility, shows_text=False)
DEADLINE = Kind("deadline", "时限", Deadline, ("rule_kind", "date", "day", "days", "working"), _deadline)
TABLE = Kind("table", "附表", PlanTable, ("title", "header", "rows"), _table, shows_text=False)

#: What stands under a measure.
PARTS = (TARGET, RESPONSIBILITY, DEADLINE, TABLE)
KINDS = {kind.name: kind for kind in (MEASURE, *PARTS)}


def published_of(kind: Kind, publication: Publication) -> Iterable[PublishedObject]:
    """The publication's objects of one kind."""
    parts: dict[str, tuple[PublishedObject, ...]] = {
        "measure": publication.measures,
        "target": publication.targets,
        "responsibility": publication.responsibilities,
        "deadline": publication.deadlines,
        "table": publication.tables,
    }
    return parts[kind.name]
