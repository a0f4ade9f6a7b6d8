"""What a version of a form asks, as the library's definition: read once, kept in the process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.apps.reporting.models import FormVersion
from luoshi.forms import cells, from_json
from luoshi.forms.model import NUMERIC, FieldType, FormDefinition, Values
from luoshi.forms.numbers import canonical_number

_MOST = 200
_lock = threading.Lock()
_known: OrderedDict[tuple[Any, ...], Asked] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Asked:
    """A definition and what is often asked of it."""

    definition: FormDefinition
    #: Keys of the indicators that its cells observe.
    indicators: frozenset[str]
    #: Keys of the units that its rows are about, where these are not the reporting unit.
    row_units: frozenset[str]
    #: Whether a field takes the key of a unit.
    takes_units: bool
    #: Whether a field takes a file.
    takes_files: bool
    #: (section, field) of the computed columns.
    computed: frozenset[tuple[str, str]]
    #: (address, indicator, unit of the row) of the observing cells of printed rows, in reading order.
    observing: tuple[tuple[str, str, str], ...]

    def stated(self, cells: Mapping[str, str]) -> list[tuple[str, str, str, Decimal]]:
        """(address, indicator, unit of the row, number) of the observing cells that hold one: what
        ``luoshi.forms.observed`` finds, from cells that are known already. Rows that are added observe nothing.
        """
        numbers = ((place, canonical_number(cells.get(place[0], ""))) for place in self.observing)
        return [(*place, number) for place, number in numbers if number is not None]

    def typed(self, cells: Mapping[str, str]) -> dict[str, str]:
        """The cells without the computed ones."""
        if not self.computed:
            return dict(cells)
        return {address: text for address, text in cells.items() if not self.is_computed(address)}

    def is_computed(self, address: str) -> bool:
        """Whether the cell is computed, never typed."""
        section, _, rest = address.partition(".")
        return (section, rest.rpartition(".")[2]) in self.computed


def asked_by(version: FormVersion) -> Asked:
    """What the version asks. Give versions with ``definition`` deferred: known ones are not read again."""
    # A draft changes under its number, and a test's rolled-back rows give numbers anew.
    key = (version.pk, version.revision, version.created_at)
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    made = _summary(from_json(version.definition))
    with _lock:
        _known[key] = made
        while len(_known) > _MOST:
            _known.popitem(last=False)
    return made


def definition_of(version: FormVersion) -> FormDefinition:
    """The definition alone."""
    return asked_by(version).definition


def _summary(definition: FormDefinition) -> Asked:
    types: set[FieldType] = set()
    computed: set[tuple[str, str]] = set()
    observing: list[tuple[str, str, str]] = []
    for section in definition.sections:
        types |= {field.type for field in section.fields}
        computed |= {(section.key, field.key) for field in section.fields if field.formula}
    for cell in cells(definition, Values()):
        row, field = cell.row, cell.field
        indicator = field.indicator or (row.indicator if row and field.observed else "")
        if indicator and field.type in NUMERIC and not cell.blocked:
            observing.append((cell.address, indicator, row.unit if row else ""))
    return Asked(
        definition=definition,
        indicators=frozenset(key for _, key, _ in observing),
        row_units=frozenset(unit for _, _, unit in observing if unit),
        takes_units=FieldType.UNIT in types,
        takes_files=FieldType.FILE in types,
        computed=frozenset(computed),
        observing=tuple(observing),
    )
