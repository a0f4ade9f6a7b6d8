"""The demo's targets: measured by indicators, shared out to the counties, signed for.

What the form collects each month measures the plan's own targets, so that whoever fills it in sees the target beside
the cell; one more target is shared out as the plan's annex prints it, which does not add up to the target itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.plans.models import Plan, Target
    from luoshi.periods import Period

PLAN = "四大攻坚行动"
#: The plan's wording → the key of the indicator that the monthly form collects.
COLLECTED = {"净增各类经营主体": "market-net-total", "净增企业": "market-net-enterprise"}
#: A target that the plan's annex 1 shares out, the words of its column there, and who keeps its indicator.
PRINTED, COLUMN, KEEPER = "新增规模以上工业企业", "新增企业", "zhou-gongxin"
WEIGHT = "market-stock-total"
#: Letters are drawn up for these; those before the last are sent out, the first is signed.
LETTERS = ("yunjiang-shi", "qingling-shi", "baixi-xian")
SIGNATORY = "云江市市长 何敏"


def fill_targets(
    people: Mapping[str, Any], counties: Sequence[Unit], weighed: Sequence[Period], now: dt.datetime
) -> None:
    """Indicators, allocations, trajectories and letters of the plan; ``weighed`` are periods with official figures."""
    from luoshi.apps.plans.models import Plan, Target

    plan = Plan.objects.filter(title__contains=PLAN).order_by("pk").first()
    if plan is None or plan.year is None:
        return
    targets = {
        target.indicator: target
        for target in Target.objects.filter(plan=plan, retired_in=None, indicator__in=(*COLLECTED, PRINTED))
    }
    clerk = people["tongchou"]
    _measure(clerk, plan, targets)
    # Shared out in the first weeks of the year, or just now where the demo is set up before.
    moment = min(now, _moment(plan.year, 2, 10))
    for wording in COLLECTED:
        if wording in targets and weighed:
            _by_stock(clerk, targets[wording], counties, str(weighed[0]), moment)
    if PRINTED in targets:
        _from_annex(clerk, targets[PRINTED], moment)
    _letters(clerk, plan, [unit for unit in counties if unit.key in LETTERS], moment)


def _moment(year: int, month: int, day: int) -> dt.datetime:
    from luoshi.periods import SHANGHAI

    return dt.datetime(year, month, day, 10, tzinfo=SHANGHAI)


def _measure(clerk: Any, plan: Plan, targets: Mapping[str, Target]) -> None:
    """Say which indicators measure the targets; what the catalogue lacks is made as its page proposes."""
    from luoshi.apps.indicators.actions import Wanted, create_from_plan
    from luoshi.apps.indicators.models import Indicator
    from luoshi.apps.indicators.queries import proposals
    from luoshi.apps.organisations.models import Unit

    collected = {row.key: row for row in Indicator.objects.filter(key__in=COLLECTED.values())}
    wanted = [
        Wanted((targets[wording].pk,), existing=collected[key])
        for wording, key in COLLECTED.items()
        if wording in targets and key in collected
    ]
    if PRINTED in targets:
        target = targets[PRINTED]
        proposed = next(
            one for one in proposals(clerk, plan) if target.pk in [other.target.pk for other in one.targets]
        )
        guess = proposed.guess
        fields = {
            "name": proposed.name,
            "unit_of_measure": proposed.unit_of_measure,
            "kind": guess.kind,
            "direction": guess.direction,
            "unit_aggregation": guess.unit_aggregation,
            "time_aggregation": guess.time_aggregation,
            "decimals": guess.decimals,
            "owner": Unit.objects.get(key=KEEPER),
        }
        wanted.append(Wanted(tuple(one.target.pk for one in proposed.targets), fields=fields))
    create_from_plan(acting_user=clerk, plan=plan, wanted=wanted)


def _by_stock(clerk: Any, target: Target, counties: Sequence[Unit], period: str, moment: dt.datetime) -> None:
    """Share a target out by how many entities each county had, expected evenly over the months."""
    from luoshi import progress
    from luoshi.apps.indicators.models import Indicator
    from luoshi.apps.targets import actions
    from luoshi.periods import Cadence

    place = {"acting_user": clerk, "target": target, "unit": target.plan.owner}
    how = actions.Computation("weights", weight_indicator=Indicator.objects.get(key=WEIGHT).pk, weight_period=period)
    saved = actions.save_shares(**place, revision=0, add_units=[unit.pk for unit in counties])
    saved = actions.compute_shares(**place, revision=saved.revision, how=how)
    actions.adopt_allocation(**place, revision=saved.revision, now=moment)
    even = progress.linear(target.year or moment.year, Cadence.MONTHLY)
    actions.set_trajectory(
        acting_user=clerk, target=target, kind="linear", cadence="monthly", points=even.points, now=moment
    )


def _from_annex(clerk: Any, target: Target, moment: dt.datetime) -> None:
    """Share a target out as the plan's annex prints it, expected as the plan says: a fifth in the first quarter."""
    from luoshi.apps.targets import actions
    from luoshi.apps.targets.queries.annexes import proposals, tables_of
    from luoshi.periods import Cadence, Period

    year = target.year or moment.year
    for found in proposals(target, year, tables_of(target)):
        column = next((n for n, name in enumerate(found.table.header) if COLUMN in name), None)
        if column is None:
            continue
        place = {"acting_user": clerk, "target": target, "unit": target.plan.owner}
        saved = actions.import_annex(
            **place,
            revision=0,
            table=found.table,
            columns={column: str(Period(Cadence.YEARLY, year))},
            units={match.row.index: match.unit.pk for match in found.rows if match.unit is not None},
            cadence="yearly",
            cumulative=True,
        )
        actions.adopt_allocation(**place, revision=saved.revision, now=moment)
        break
    parts = [Decimal(part) for part in ("0.2", "0.5", "0.8", "1")]
    points = [(Period(Cadence.QUARTERLY, year, number), part) for number, part in enumerate(parts, 1)]
    actions.set_trajectory(
        acting_user=clerk, target=target, kind="printed", cadence="quarterly", points=points, now=moment
    )


def _letters(clerk: Any, plan: Plan, units: Sequence[Unit], moment: dt.datetime) -> None:
    """目标责任书 of some counties: drawn up, sent out, one signed."""
    from luoshi.apps.targets import actions
    from luoshi.apps.targets.models import CommitmentLetter

    assert plan.year is not None
    actions.draw_up_letters(acting_user=clerk, plan=plan, units=units, year=plan.year)
    letters = list(CommitmentLetter.objects.filter(plan=plan, year=plan.year).order_by("unit__path"))
    # They are drawn up now, but belong to the weeks in which the targets were shared out.
    CommitmentLetter.objects.filter(pk__in=[letter.pk for letter in letters]).update(drawn_up_at=moment)
    actions.issue_letters(acting_user=clerk, letters=[letter.pk for letter in letters[:-1]], now=moment)
    if letters:
        first = letters[0]
        first.refresh_from_db()
        actions.sign_letter(
            acting_user=clerk,
            letter=first,
            signed_on=moment.date(),
            signatory=SIGNATORY,
            revision=first.revision,
        )
