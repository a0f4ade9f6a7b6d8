"""The burden meter: forms, cells and hours asked of each unit in a month, and what is asked twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, within
from luoshi.apps.reporting.definitions import definition_of
from luoshi.apps.reporting.models import Form, FormVersion, Return, ReturnState, Round
from luoshi.apps.reporting.policies import visible_forms
from luoshi.forms.model import NUMERIC, FormDefinition, SectionKind
from luoshi.periods import SHANGHAI, Cadence, Period

PAGE = 100


@dataclass(frozen=True, slots=True)
class CellsAsked:
    """How many cells a version asks to be typed: ``fixed`` printed ones, and ``per_row`` by section of those to add."""

    fixed: int
    per_row: Mapping[str, tuple[int, int]]  # section → (cells in a row, least rows)

    def total(self, rows: Mapping[str, Sequence[str]]) -> int:
        """The cells of a return with these rows; an empty table counts as its least rows, at least one."""
        return self.fixed + sum(
            cells * max(len(rows.get(section) or ()), least, 1) for section, (cells, least) in self.per_row.items()
        )


def cells_asked(definition: FormDefinition) -> CellsAsked:
    """The cells that somebody must type: computed ones and those that do not apply are none."""
    fixed, per_row = 0, {}
    for section in definition.sections:
        typed = {field.key for field in section.fields if not field.formula}
        if section.kind is SectionKind.FIXED:
            fixed += sum(len(typed - row.blocked) for row in section.rows)
        else:
            per_row[section.key] = (len(typed), section.least_rows)
    return CellsAsked(fixed, per_row)


@dataclass(frozen=True, slots=True)
class UnitBurden:
    """What one unit is asked in a month."""

    unit: Unit
    forms: int
    cells: int
    hours: Decimal


@dataclass(frozen=True, slots=True)
class MonthBurden:
    """What all units together are asked in a month."""

    month: Period
    returns: int
    cells: int
    hours: Decimal


@dataclass(frozen=True, slots=True)
class FormBurden:
    """What one form asks in a month."""

    form: Form
    units: int
    cells: int
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Burden:
    """The month's units (one page, the most burdened first), its forms, and the months before."""

    units: Sequence[UnitBurden]
    forms: Sequence[FormBurden]
    trend: Sequence[MonthBurden]
    total: int
    number: int
    pages: int


def burden(
    user: Any, month: Period, *, months: int = 12, unit: Unit | None = None, number: int = 1, whole: bool = False
) -> Burden:
    """What is asked of the units in the person's reach: a few queries. A round counts in the month it falls due in.

    ``whole`` gives all units at once (for the workbook).
    """
    span = [month]
    while len(span) < months:
        span.insert(0, span[0].previous())
    rounds = list(
        Round.objects.filter(due_at__gte=_moment(span[0].first_day), due_at__lt=_moment(month.next().first_day))
    )
    versions = FormVersion.objects.in_bulk({one.version_id for one in rounds})
    asked = {pk: cells_asked(definition_of(version)) for pk, version in versions.items()}
    found = _asked_of(user, unit).filter(round__in=rounds).order_by()
    # Of each: returns, cells, minutes.
    by_month: dict[Period, list[Decimal]] = {one: [Decimal(0)] * 3 for one in span}
    by_unit: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    by_form: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    forms_of: defaultdict[int, set[int]] = defaultdict(set)
    known = {one.pk: one for one in rounds}
    months_of = {one.pk: Period.containing(one.due_at.astimezone(SHANGHAI).date(), Cadence.MONTHLY) for one in rounds}
    for round_id, unit_id, returns, rows in _counts(found, known, asked, months_of, month):
        version = versions[known[round_id].version_id]
        cells = asked[version.pk].total(rows) if rows is not None else asked[version.pk].fixed
        figures = (Decimal(returns), Decimal(cells * returns), Decimal(cells * returns) * version.minutes_a_cell)
        places = [by_month[months_of[round_id]]]
        if months_of[round_id] == month:
            places.append(by_form[known[round_id].form_id])
            if unit_id is not None:
                places.append(by_unit[unit_id])
                forms_of[unit_id].add(known[round_id].form_id)
        for place in places:
            for at, figure in enumerate(figures):
                place[at] += figure
    total = len(by_unit)
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    ordered = sorted(by_unit.items(), key=lambda item: (-item[1][2], -item[1][1], item[0]))
    page = ordered if whole else ordered[(number - 1) * PAGE : number * PAGE]
    units = Unit.objects.in_bulk([pk for pk, _ in page])
    forms = Form.objects.select_related("owner").in_bulk(by_form)
    return Burden(
        [UnitBurden(units[pk], len(forms_of[pk]), int(f[1]), f[2] / 60) for pk, f in page],
        sorted(
            (FormBurden(forms[pk], int(f[0]), int(f[1]), f[2] / 60) for pk, f in by_form.items()),
            key=lambda row: (-row.hours, row.form.title),
        ),
        [MonthBurden(one, int(f[0]), int(f[1]), f[2] / 60) for one, f in by_month.items()],
        total,
        number,
        pages,
    )


def _counts(
    found: QuerySet[Return],
    known: Mapping[int, Round],
    asked: Mapping[int, CellsAsked],
    months_of: Mapping[int, Period],
    month: Period,
) -> Iterable[tuple[int, int | None, int, Mapping[str, Sequence[str]] | None]]:
    """(round, unit or none, how many returns, their rows): one by one where units or rows matter, else counted."""
    rowed = {pk for pk, one in known.items() if asked[one.version_id].per_row}
    now = {pk for pk in known if months_of[pk] == month}
    plain = [pk for pk in known if pk not in rowed and pk not in now]
    for round_id, count in found.filter(round__in=plain).values_list("round_id").annotate(n=Count("pk")):
        yield round_id, None, count, None
    for round_id, unit_id in found.filter(round__in=now - rowed).values_list("round_id", "unit_id"):
        yield round_id, unit_id, 1, None
    for round_id, unit_id, rows in found.filter(round__in=rowed).values_list("round_id", "unit_id", "rows").iterator():
        yield round_id, unit_id, 1, rows


def _asked_of(user: Any, unit: Unit | None) -> QuerySet[Return]:
    """Returns of the units in the person's reach: what they are asked by everybody, not only by this person."""
    found = Return.objects.exclude(state=ReturnState.EXEMPT)
    if user is not None:
        found = found.filter(within("unit__", authority(user).paths()))
    return found.filter(unit=unit) if unit is not None else found


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An indicator that two forms ask of the same units for the same periods."""

    indicator: Indicator
    first: Form
    second: Form
    cadence: str
    units: Sequence[Unit]


def duplicates(user: Any, today: dt.date, *, form: Form | None = None, most_units: int = 60) -> list[Duplicate]:
    """What is asked twice by the forms in force, of units in the person's reach (or by one form): six queries.

    An indicator that was merged into another is the other.
    """
    versions = _in_force(today)
    known = {row.key: row for row in Indicator.objects.select_related("merged_into")}
    asked: dict[int, list[tuple[str, set[str]]]] = {}
    by_indicator: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for version in versions:
        about = _observed(definition_of(version), known)
        asked[version.pk] = list(about.items())
        for key in about:
            by_indicator[key, version.cadence].add(version.pk)
    shared = {pair: numbers for pair, numbers in by_indicator.items() if len(numbers) > 1}
    if not shared:
        return []
    needed = set().union(*shared.values())
    found = FormVersion.objects.filter(pk__in=needed).defer("definition").select_related("form__owner")
    full = {
        version.pk: version
        for version in found.prefetch_related(Prefetch("reporters", Unit.objects.order_by("path"), to_attr="asked"))
    }
    named = {key for pk in needed for _, units in asked[pk] for key in units if key}
    rows = {unit.key: unit for unit in Unit.objects.filter(key__in=named)} if named else {}
    paths = None if user is None else authority(user).paths()
    result = []
    for (key, cadence), numbers in sorted(shared.items()):
        ordered = sorted(numbers, key=lambda pk: full[pk].form_id)
        about = {pk: _subjects(full[pk], dict(asked[pk])[key], rows) for pk in ordered}
        for at, one in enumerate(ordered):
            for other in ordered[at + 1 :]:
                if form is not None and form.pk not in (full[one].form_id, full[other].form_id):
                    continue
                both = [unit for pk, unit in about[one].items() if pk in about[other]]
                if paths is not None:
                    both = [unit for unit in both if any(unit.path.startswith(path) for path in paths)]
                if both:
                    result.append(Duplicate(known[key], full[one].form, full[other].form, cadence, both[:most_units]))
    return result


def _in_force(today: dt.date) -> list[FormVersion]:
    """The version in force (or next to be) of every form in use."""
    found: dict[int, FormVersion] = {}
    rows = FormVersion.objects.filter(published_at__isnull=False, form__is_active=True)
    for version in rows.order_by("form_id", "first_day", "ordinal"):
        if version.form_id not in found or (version.first_day and version.first_day <= today):
            found[version.form_id] = version
    return list(found.values())


def _observed(definition: FormDefinition, known: Mapping[str, Indicator]) -> dict[str, set[str]]:
    """Indicator → the keys of the units that it is asked about, ``""`` for the reporting unit."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for section in definition.sections:
        fixed = section.kind is SectionKind.FIXED
        for column in section.fields:
            if column.type not in NUMERIC:
                continue
            for row in section.rows if fixed else (None,):
                if row is not None and column.key in row.blocked:
                    continue
                key = column.indicator or (row.indicator if row is not None and column.observed else "")
                indicator = known.get(key)
                if indicator is not None:
                    final = indicator.merged_into or indicator
                    found[final.key].add(row.unit if row is not None else "")
    return found


def _subjects(version: FormVersion, keys: set[str], rows: Mapping[str, Unit]) -> dict[int, Unit]:
    """The units that a version asks about."""
    units = {unit.pk: unit for unit in version.asked} if "" in keys else {}  # type: ignore[attr-defined]
    return units | {rows[key].pk: rows[key] for key in keys if key in rows}


def seen_forms(user: Any, forms: Iterable[Form]) -> set[int]:
    """Which of the forms the person may open."""
    numbers = [form.pk for form in forms]
    return set(visible_forms(user).filter(pk__in=numbers).order_by().values_list("pk", flat=True))
