"""Once only (一数一源): what is known already of the numbers that a return asks, whoever gave them.

Looked at are observations (accepted, statistical, verified) and what stands in other forms' returns of the same period,
submitted or still being typed; each person is shown what they may see anyway.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from luoshi.apps.indicators.models import Observation, ObservationSource
from luoshi.apps.indicators.policies import observed as may_see
from luoshi.apps.indicators.policies import reach_of, seen_from
from luoshi.apps.indicators.queries import PRECEDENCE, known_at
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.definitions import Asked, asked_by
from luoshi.apps.reporting.models import Return, ReturnState, Round
from luoshi.apps.reporting.policies import sees_return
from luoshi.apps.reporting.queries.places import Place, indicator_ids
from luoshi.forms import compute, observed
from luoshi.forms.model import Problem, Severity, Values
from luoshi.forms.numbers import number_text
from luoshi.site.prepared import Prepared

#: Where a value of a return stands; an observation's source otherwise.
ACCEPTED, SUBMITTED, TYPED = "accepted", "submitted", "typed"
LABELS = {ACCEPTED: "已通过", SUBMITTED: "已报送", TYPED: "填报中"}
_RETURN = "return"


@dataclass(frozen=True, slots=True)
class Given:
    """A value that somebody gave for the same indicator, unit and period.

    ``state``: ``statistics``, ``verified``, ``accepted``, ``submitted`` or ``typed``; ``form`` its form's title (empty
    for statistics and verified values), ``unit`` who reported it, ``return_id`` and ``cell`` where it stands.
    """

    value: Decimal
    state: str
    form: str = ""
    unit: str = ""
    who: str = ""
    at: dt.datetime | None = None
    return_id: int | None = None
    cell: str = ""

    @property
    def text(self) -> str:
        """The value as a cell holds it."""
        return number_text(self.value)

    @property
    def label(self) -> str:
        """Where the value stands, in Chinese."""
        return LABELS.get(self.state) or ObservationSource(self.state).label

    @property
    def told(self) -> str:
        """Whence the value comes, in Chinese: ``《市场主体月报》（青石县，已通过）``."""
        if not self.form:
            return f"{self.label}数"
        return f"《{self.form}》（{self.unit}，{self.label}）"


#: The more certain first.
_RANK = {state: rank for rank, state in enumerate(("verified", "statistics", ACCEPTED, SUBMITTED, TYPED))}


def given_values(
    answer: Return, asked: Asked, places: Mapping[str, Place], as_of: dt.datetime | None = None, *, user: Any
) -> dict[str, Given]:
    """For each observing cell the most certain value given elsewhere, as far as ``user`` sees it (``None``: all).

    Three queries at most."""
    if not places:
        return {}
    best: dict[Place, Given] = {}

    def offer(place: Place, given: Given) -> None:
        if place not in best or _RANK[given.state] < _RANK[best[place].state]:
            best[place] = given

    wanted = set(places.values())
    observations = _observations(user, answer, wanted, as_of)
    others, own = _returns(
        user, answer, asked, wanted, [row.origin_id for row in observations if row.origin == _RETURN], as_of
    )
    for place, row in ((_place(row), row) for row in observations):
        source = others.get(row.origin_id or 0) if row.origin == _RETURN else None
        if row.source == ObservationSource.SELF_REPORTED:
            if row.origin == _RETURN and row.origin_id == answer.pk:
                continue
            title, unit = (source.round.form.title, str(source.unit)) if source else ("", "")
            state = ACCEPTED
        else:
            title, unit, state = "", "", row.source
        who = str(row.recorded_by) if row.recorded_by else ""
        pk, cell = (row.origin_id, row.origin_cell) if row.origin == _RETURN else (None, "")
        offer(place, Given(row.value, state, title, unit, who, row.recorded_at, pk, cell))
    for place, given in own:
        offer(place, given)
    return {address: best[place] for address, place in places.items() if place in best}


def _place(row: Observation) -> Place:
    return Place(row.indicator_id, row.unit_id)


def _observations(user: Any, answer: Return, wanted: set[Place], as_of: dt.datetime | None) -> list[Observation]:
    """Current observations of the cells of the period: one query.

    All of the units' are read: naming hundreds of indicators takes longer than reading what is not wanted.
    """
    units, period = tuple(sorted({place.unit_id for place in wanted})), answer.round.period
    if as_of is None and user is not None and len(units) == 1:
        rows: Iterable[Observation] = _seen.rows(*units, period, *reach_of(user))
    else:
        found = _observed(units, period).filter(known_at(as_of))
        rows = found if user is None else found.filter(may_see(user))
    return [row for row in rows if _place(row) in wanted]


def _observed(units: Collection[int], period: str) -> QuerySet[Observation]:
    rows = Observation.objects.filter(unit__in=units, period=period, source__in=PRECEDENCE)
    return rows.select_related("recorded_by").order_by("pk")


_seen = Prepared(
    lambda unit, period, paths, reading: _observed([unit], period).filter(known_at(None), seen_from(paths, reading))
)
_rounds = Prepared(
    lambda period, form: (
        Round.objects.filter(period=period, form__is_active=True)
        .exclude(form=form)
        .select_related("version")
        .defer("version__definition")
        .order_by()
    )
)


def _returns(
    user: Any,
    answer: Return,
    asked: Asked,
    wanted: set[Place],
    origins: list[int | None],
    as_of: dt.datetime | None,
) -> tuple[dict[int, Return], list[tuple[Place, Given]]]:
    """Other forms' returns of the period that ask for the same: those that observations name, and what stands in those
    not accepted yet. Past moments know observations only: what was being typed then is not kept."""
    rounds: list[Round] = []
    if as_of is None:
        found = _rounds.rows(answer.round.period, answer.round.form_id)
        rounds = [item for item in found if asked_by(item.version).indicators & asked.indicators]
    units = {place.unit_id for place in wanted}
    about_others = [item.pk for item in rounds if asked_by(item.version).row_units]
    chosen = Q(pk__in=[pk for pk in origins if pk is not None])
    if rounds:
        chosen |= Q(round__in=[item.pk for item in rounds], unit__in=units)
        chosen |= Q(round__in=about_others)
    if not rounds and not any(origins):
        return {}, []
    rows = Return.objects.filter(chosen).select_related("round__form__owner", "round__version", "unit", "updated_by")
    by_id = {row.pk: row for row in rows.defer("round__version__definition").exclude(pk=answer.pk)}
    open_rounds = {item.pk for item in rounds}
    said: list[tuple[Place, Given]] = []
    ids: dict[str, int] | None = None
    keys: dict[str, int] | None = None
    for row in by_id.values():
        if row.round_id not in open_rounds or not row.cells or row.state in (ReturnState.ACCEPTED, ReturnState.EXEMPT):
            continue
        if not sees_return(user, row):
            continue
        theirs = asked_by(row.round.version)
        ids = indicator_ids(asked.indicators) if ids is None else ids
        state = SUBMITTED if row.state == ReturnState.IN_REVIEW else TYPED
        values = compute(theirs.definition, Values(row.cells, row.rows))
        for cell in observed(theirs.definition, values):
            if cell.indicator not in ids:
                continue
            if cell.unit and keys is None:
                keys = dict(Unit.objects.filter(pk__in=units).order_by().values_list("key", "pk"))
            unit = (keys or {}).get(cell.unit) if cell.unit else row.unit_id
            if unit is None or Place(ids[cell.indicator], unit) not in wanted:
                continue
            who = str(row.updated_by) if row.updated_by else ""
            title = row.round.form.title
            given = Given(cell.value, state, title, str(row.unit), who, row.updated_at, row.pk, cell.address)
            said.append((Place(ids[cell.indicator], unit), given))
    return by_id, said


def differing(cells: Mapping[str, Decimal], given: Mapping[str, Given]) -> list[Problem]:
    """A soft problem for each cell that says otherwise than another source does."""
    return [
        Problem(
            address,
            Severity.SOFT,
            "given",
            f"与{given[address].told}的 {given[address].text} 不一致，请核对；确有不同的，请说明原因",
        )
        for address, value in cells.items()
        if address in given and given[address].value != value
    ]
