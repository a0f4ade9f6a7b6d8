"""What counts once a value was withdrawn: the number that another accepted return still states for the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from luoshi.apps.indicators.actions import Fact
from luoshi.apps.indicators.models import Indicator, Observation, ObservationSource
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.models import Return, ReturnStep, Round, StepAction
from luoshi.apps.reporting.queries.places import indicator_ids
from luoshi.forms import observed
from luoshi.forms.model import Values

NOTE = "另一份报表撤回所报的数后，以本表已通过的数为准"

#: Indicator, unit and period.
Cell = tuple[int, int, str]


def still_stated(withdrawn: Collection[Cell], told: Collection[Cell]) -> list[Fact]:
    """For cells whose value was just withdrawn (and that are not told anew), the value that was accepted last among
    those that other returns state.

    Two forms may ask for one number; what the first of them brought is recorded once. A return states what its last
    accepted submission says, also while it is corrected. Call it under the locks of the indicators: seven queries.
    """
    cells = _vacant(withdrawn).difference(told)
    if not cells:
        return []
    keys = dict(Indicator.objects.order_by().values_list("key", "pk"))
    ids = indicator_ids(keys)  # merged ones too: a form goes on asking under the old key
    asking = {key for key, pk in ids.items() if pk in {cell[0] for cell in cells}}
    rounds = Round.objects.filter(period__in={cell[2] for cell in cells}).select_related("version")
    chosen = {
        item.pk: item
        for item in rounds.defer("version__definition").order_by()
        if asked_by(item.version).indicators & asking
    }
    accepted = Return.objects.filter(round__in=list(chosen), accepted_at__isnull=False).order_by()
    units = {cell[1] for cell in cells}
    about_others = {pk for pk, item in chosen.items() if asked_by(item.version).row_units}
    returns = {
        pk: (round_id, unit_id)
        for pk, round_id, unit_id in accepted.values_list("pk", "round_id", "unit_id")
        if unit_id in units or round_id in about_others
    }
    steps = ReturnStep.objects.filter(answer__in=list(returns), action=StepAction.ACCEPT).select_related("submission")
    last = {step.answer_id: step for step in steps.order_by("pk")}
    unit_keys = dict(Unit.objects.filter(pk__in=units).order_by().values_list("key", "pk"))
    best: dict[Cell, tuple[tuple[dt.datetime, int], Fact]] = {}
    for answer, step in last.items():
        round_id, own = returns[answer]
        submission, found = step.submission, chosen[round_id]
        if submission is None:
            continue
        for said in observed(asked_by(found.version).definition, Values(submission.cells, submission.rows)):
            unit = unit_keys.get(said.unit) if said.unit else own
            if said.indicator not in asking or unit is None:
                continue
            cell = (ids[said.indicator], unit, found.period)
            rank = (step.at, step.pk)
            if cell in cells and (cell not in best or best[cell][0] < rank):
                best[cell] = (rank, Fact(*cell, said.value, said.address, NOTE, origin_id=answer))
    return [fact for _, fact in best.values()]


def _vacant(withdrawn: Collection[Cell]) -> set[Cell]:
    """The cells, under the indicator that stands for a merged one, as far as no self-reported value is current."""
    indicators = {cell[0] for cell in withdrawn}
    keys = dict(Indicator.objects.filter(pk__in=indicators).order_by().values_list("pk", "key"))
    kept = indicator_ids(keys.values())
    cells = {(kept[keys[pk]], unit, period) for pk, unit, period in withdrawn}
    current = Observation.objects.filter(
        source=ObservationSource.SELF_REPORTED,
        superseded_at=None,
        indicator__in={cell[0] for cell in cells},
        unit__in={cell[1] for cell in cells},
        period__in={cell[2] for cell in cells},
    )
    return cells - set(current.order_by().values_list("indicator_id", "unit_id", "period"))
