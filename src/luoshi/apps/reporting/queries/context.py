"""What a return is compared with: the last period's values, what was expected, the targets, what others gave already.

All of it is read at once, in a number of queries that does not grow with the cells.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from luoshi.apps.indicators.models import TargetIndicator
from luoshi.apps.reporting.definitions import Asked, asked_by
from luoshi.apps.reporting.models import Return, ReturnState, ReturnStep, StepAction, Submission
from luoshi.apps.reporting.queries.given import Given, given_values
from luoshi.apps.reporting.queries.places import Place, places_of
from luoshi.apps.reporting.register import register
from luoshi.apps.targets.queries import TargetShare, unit_targets
from luoshi.forms.model import Address, Context, FormDefinition, SectionKind, Values
from luoshi.forms.numbers import canonical_number
from luoshi.periods import Period, PeriodError
from luoshi.site.prepared import Prepared

#: States in which the latest submission of a return counts as what the unit said.
SUBMITTED = (ReturnState.IN_REVIEW, ReturnState.ACCEPTED, ReturnState.SENT_BACK)
#: An expectation is rounded to so many places: it is compared, not reported.
_PLACES = Decimal("0.0001")
#: How many earlier rounds are looked through: more than two years of weeks.
_FARTHEST = 110


@dataclass(frozen=True, slots=True)
class Comparison:
    """A context for the library, and what people see of it.

    ``previous_period`` and ``previous`` are those of the last return (rows and cells as they were, under their own
    addresses); ``targets`` holds every tier beside a cell; ``given`` what is known of a cell already, by address.
    """

    context: Context
    previous_period: str = ""
    previous: Values = field(default_factory=Values)
    targets: Mapping[str, tuple[TargetShare, ...]] = field(default_factory=dict)
    given: Mapping[str, Given] = field(default_factory=dict)
    #: The cells that observe, and the kept indicators' numbers by the keys that the form uses.
    places: Mapping[str, Place] = field(default_factory=dict)
    submissions: tuple[Submission, ...] = ()


def comparison(
    answer: Return,
    cells: Mapping[str, str],
    rows: Mapping[str, Sequence[str]],
    as_of: dt.datetime | None = None,
    *,
    user: Any,
) -> Comparison:
    """What the cells of a return are compared with, as far as ``user`` sees it (``None``: the system, all).

    Give the answer with its round, version (``definition`` deferred), form and unit; ``cells`` and ``rows`` are those
    to be compared (rows of repeated sections are found by content)."""
    asked = asked_by(answer.round.version)
    values = Values(cells, rows)
    period = Period.parse(answer.round.period)
    own, earlier, period_before = _submissions(answer, period, as_of)
    previous = earlier.get("last")
    before = _values(previous)
    places = places_of(answer, asked)
    targets = _targets(answer, places, as_of)
    expected = {
        address: due.quantize(_PLACES)
        for address, shares in targets.items()
        if (due := _due(asked, address, shares[0])) is not None
    }
    matched = matched_cells(asked.definition, values, before)
    # Of a number that several carry together nothing is the unit's own: no formula and no expectation may take it so.
    alone = {address: [share for share in shares if not share.is_of_all] for address, shares in targets.items()}
    grown = {
        address: value for address, value in _grown(asked, values, matched, earlier).items() if alone.get(address, True)
    }
    context = Context(
        previous=matched,
        expected=grown | expected,
        targets={address: shares[0].value for address, shares in alone.items() if shares},
        units=register().keys if asked.takes_units else None,
        period_starts_year=begins_anew(answer.round.period, period_before if previous else ""),
    )
    return Comparison(
        context=context,
        previous_period=period_before if previous else "",
        previous=before,
        targets=targets,
        given=given_values(answer, asked, places, as_of, user=user),
        places=places,
        submissions=own,
    )


def not_recalled(as_of: dt.datetime | None = None) -> Exists:
    """A condition on submissions: the unit has not taken them back (by a moment)."""
    recalls = ReturnStep.objects.filter(submission=OuterRef("pk"), action=StepAction.RECALL)
    return ~Exists(recalls if as_of is None else recalls.filter(at__lte=as_of))


def _values(submission: Submission | None) -> Values:
    return Values(submission.cells, submission.rows) if submission else Values()


def begins_anew(period: str, last: str) -> bool:
    """Whether cumulative figures begin anew in a period: the last period returned, or the one before it where nothing
    was, lies in another year."""
    this = Period.parse(period)
    try:
        before = Period.parse(last) if last else this.previous()
    except PeriodError:
        return True
    return before.year != this.year


def _year_before(period: Period) -> Period | None:
    try:
        return Period(period.cadence, period.year - 1, period.number)
    except PeriodError:
        return None


def _before(unit: int, form: int, day: dt.date) -> QuerySet[Return, tuple[int, str]]:
    """Number and period of what a unit returned of a form before a day, the latest first."""
    rows = Return.objects.filter(unit=unit, round__form=form, round__first_day__lt=day, state__in=SUBMITTED)
    return rows.order_by("-round__first_day").values_list("pk", "round__period")


_earlier = Prepared(lambda unit, form, day: _before(unit, form, day)[:_FARTHEST])
_measured = Prepared(
    lambda: (
        TargetIndicator.objects.filter(target__retired_in=None)
        .order_by()
        .values_list("indicator_id", flat=True)
        .distinct()
    )
)


def _submissions(
    answer: Return, period: Period, as_of: dt.datetime | None
) -> tuple[tuple[Submission, ...], dict[str, Submission], str]:
    """The return's own submissions, in order, the latest ones of earlier rounds, and the period of the last of these.

    By name: ``last``, and of the year before ``then`` (the same period) and ``before-then`` (the one before that). Two
    plain queries: one that says all this at once takes longer to put together than both take to run.
    """
    this = answer.round
    then = _year_before(period)
    names = {str(then): "then", str(then.previous()): "before-then"} if then else {}
    if as_of is None:
        known = _earlier.rows(answer.unit_id, this.form_id, this.first_day)
    else:
        known = list(_before(answer.unit_id, this.form_id, this.first_day).filter(submitted_at__lte=as_of)[:_FARTHEST])
    periods = {pk: found for place, (pk, found) in enumerate(known) if place == 0 or found in names}
    if answer.submitted_at is not None or as_of is not None:
        periods[answer.pk] = this.period
    own: list[Submission] = []
    earlier: dict[str, Submission] = {}
    if not periods:
        return (), {}, ""
    rows = Submission.objects.filter(not_recalled(as_of), answer__in=list(periods)).select_related("submitted_by")
    if as_of is not None:
        rows = rows.filter(submitted_at__lte=as_of)
    for row in rows.order_by("ordinal"):
        if row.answer_id == answer.pk:
            own.append(row)
            continue
        if row.answer_id == known[0][0]:
            earlier["last"] = row
        if name := names.get(periods[row.answer_id]):
            earlier[name] = row
    return tuple(own), earlier, known[0][1] if known else ""


def matched_cells(definition: FormDefinition, values: Values, before: Values) -> dict[str, str]:
    """The cells of an earlier return under the addresses of this one: rows of repeated sections by what identifies
    them (the same project), all others by address."""
    repeated = {section.key: section for section in definition.sections if section.kind is SectionKind.REPEATED}
    found = {address: text for address, text in before.cells.items() if address.partition(".")[0] not in repeated}
    by_row: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for address, text in before.cells.items():
        section_key, _, rest = address.partition(".")
        if section_key in repeated:
            row, _, name = rest.partition(".")
            by_row[section_key, row][name] = text
    for section_key, section in repeated.items():
        by_name = section.identified_by
        if not by_name:
            continue
        earlier = {row[by_name]: row for (key, _), row in by_row.items() if key == section_key and row.get(by_name)}
        for row_key in values.rows.get(section_key, ()):
            said = values.cells.get(f"{section_key}.{row_key}.{by_name}")
            for name, text in earlier.get(said or "", {}).items():
                found[f"{section_key}.{row_key}.{name}"] = text
    return found


def _targets(
    answer: Return, places: Mapping[str, Place], as_of: dt.datetime | None
) -> dict[str, tuple[TargetShare, ...]]:
    """Every tier that the unit carries, beside the cells of its own indicators."""
    mine = {place.indicator_id for place in places.values() if place.unit_id == answer.unit_id}
    # Of a form's many indicators few have a target.
    mine &= set(_measured.rows()) if mine else set()
    if not mine:
        return {}
    shares = unit_targets(answer.unit_id, mine, answer.round.period, as_of)
    return {
        address: tuple(shares[place.indicator_id])
        for address, place in places.items()
        if place.unit_id == answer.unit_id and place.indicator_id in shares
    }


def _due(asked: Asked, address: str, share: TargetShare) -> Decimal | None:
    """What a cell should hold by now: of a flow what is due in the period alone, unless the column adds it up."""
    section, _, field_key = Address.parse(address)
    column = next(one for one in asked.definition.section(section).fields if one.key == field_key)
    return share.expected if share.within is None or column.cumulative else share.within


def _grown(
    asked: Asked, values: Values, matched: Mapping[str, str], earlier: Mapping[str, Submission]
) -> dict[str, Decimal]:
    """What is expected where no target says so: the last value, grown as it grew a year ago."""
    if "then" not in earlier or "before-then" not in earlier:
        return {}
    then = matched_cells(asked.definition, values, _values(earlier["then"]))
    before_then = matched_cells(asked.definition, values, _values(earlier["before-then"]))
    found: dict[str, Decimal] = {}
    for address in matched:
        last, new, old = (canonical_number(cells.get(address, "")) for cells in (matched, then, before_then))
        if last is None or new is None or old is None or old <= 0 or new <= 0:
            continue
        found[address] = (last * new / old).quantize(_PLACES)
    return found
