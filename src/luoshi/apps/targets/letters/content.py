"""What the commitment letters of a plan say, by unit: plain JSON, so that a letter can be made again alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from luoshi.apps.indicators.models import TargetIndicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import full_name
from luoshi.apps.plans import words
from luoshi.apps.plans.models import Deadline, Plan, Responsibility, ResponsibilityRole, Target
from luoshi.apps.targets.letters.wording import deadline_words, own_dates, parts
from luoshi.apps.targets.models import Share
from luoshi.apps.targets.queries.in_force import GROWING, ShareRow, given_shares, trajectories_in_force, year_value
from luoshi.apps.targets.queries.totals import adds_up
from luoshi.apps.targets.values import places, shown
from luoshi.apps.targets.years import plan_year
from luoshi.periods import Period

_ROLE_ORDER = {ResponsibilityRole.LEAD: 0, ResponsibilityRole.RESPONSIBLE: 1, ResponsibilityRole.SUPPORTING: 2}
MOST_DUTIES = 200


def contents(plan: Plan, units: Collection[Unit], year: int) -> dict[int, dict[str, Any]]:
    """The content of each unit's letter, by unit: at most twelve queries for any number of units.

    Targets of the year of which the unit was given a share, and those of measures that it leads; and every measure for
    which it is responsible. A unit with nothing to do has no entry.
    """
    ids = {unit.pk for unit in units}
    targets = {
        target.pk: target
        for target in Target.objects.filter(plan=plan, retired_in=None).select_related("plan", "measure")
        if plan_year(target) in (year, None)
    }
    shares: dict[int, dict[int, list[ShareRow]]] = defaultdict(dict)
    for (target_id, unit_id), own in given_shares(target_ids=targets, unit_ids=ids).items():
        if of_year := [row for row in own if Period.parse(row.period).year == year]:
            shares[unit_id][target_id] = of_year
    partners = _partners([row for own in shares.values() for rows in own.values() for row in rows if row.joint])
    duties = _duties(plan, ids)
    measures = {measure for rows in duties.values() for measure, _ in rows}
    measures |= {target.measure_id for target in targets.values() if target.measure_id}
    due: dict[int, list[str]] = defaultdict(list)
    deadlines = list(Deadline.objects.filter(measure_id__in=measures, retired_in=None).order_by("line", "pk"))
    for deadline in deadlines:
        if deadline.measure_id is not None:
            due[deadline.measure_id].append(words.due_words(deadline))
    dates = own_dates(targets.values(), deadlines)
    shapes = trajectories_in_force(targets)
    links = {
        link.target_id: link.indicator
        for link in TargetIndicator.objects.filter(target__in=targets).select_related("indicator")
    }
    found = {}
    for unit in units:
        rows = _rows(unit, targets, shares, partners, duties.get(unit.pk, []))
        for row in rows:
            target, value = targets[row["target"]], row.pop("amount", None)
            row["deadline"] = deadline_words(target, dates, year)
            link, shaped = links.get(target.pk), shapes.get(target.pk)
            # Without an indicator nobody says what grows over the year; a trajectory was then set for a sum.
            grows = link.kind in GROWING if link else adds_up(target)
            of_year = shaped is not None and all(period.year == year for period, _ in shaped.points)
            if value is not None and shaped is not None and of_year and grows and not row["periods"]:
                decimals = places(target.unit_of_measure, link.decimals if link else None)
                row["periods"] = parts(value, shaped, target.unit_of_measure, decimals)
        listed = _listed(duties.get(unit.pk, []), due)
        if rows or listed:
            found[unit.pk] = {
                "plan": plan.title,
                "number": plan.number,
                "year": year,
                "giver": full_name(plan.owner),
                "taker": full_name(unit),
                "targets": rows,
                "duties": listed,
            }
    return found


def _duties(plan: Plan, unit_ids: set[int]) -> dict[int, list[tuple[int, Responsibility]]]:
    """(measure, responsibility) of each unit, in the order of the plan."""
    through = Responsibility.units.through
    pairs = (
        through.objects.filter(
            unit_id__in=unit_ids,
            responsibility__plan=plan,
            responsibility__retired_in=None,
            responsibility__measure__retired_in=None,
            responsibility__measure__isnull=False,
        )
        .select_related("responsibility__measure")
        .order_by("responsibility__measure__position", "responsibility_id")
    )
    found: dict[int, list[tuple[int, Responsibility]]] = defaultdict(list)
    for pair in pairs:
        found[pair.unit_id].append((pair.responsibility.measure_id, pair.responsibility))
    return found


def _rows(
    unit: Unit,
    targets: dict[int, Target],
    shares: dict[int, dict[int, list[ShareRow]]],
    partners: dict[tuple[int, str], list[Unit]],
    duties: list[tuple[int, Responsibility]],
) -> list[dict[str, Any]]:
    led = {measure for measure, duty in duties if duty.role == ResponsibilityRole.LEAD}
    rows = []
    for target in sorted(targets.values(), key=lambda target: (target.line, target.pk)):
        own = shares[unit.pk].get(target.pk)
        if own:
            row = _share_row(target, own, partners)
            if row is None:
                continue
        elif target.measure_id in led and target.plan.owner_id != unit.pk:
            row = {"value": words.commitment_words(target), "amount": target.value}
            row |= {"periods": [], "joint": False, "led": True}
        else:
            continue
        row |= {
            "target": target.pk,
            "indicator": target.indicator,
            "tier": target.get_tier_display(),
        }
        rows.append(row)
    return rows


def _partners(rows: Collection[ShareRow]) -> dict[tuple[int, str], list[Unit]]:
    """The units that carry a number together, by (version, joint), in the order of the tree: one query, or none."""
    if not rows:
        return {}
    found: dict[tuple[int, str], list[Unit]] = defaultdict(list)
    joint = Share.objects.filter(version__in={row.version_id for row in rows}).exclude(joint="").select_related("unit")
    for share in joint.order_by("unit__path", "period"):
        group = found[share.version_id, share.joint]
        if share.unit not in group:
            group.append(share.unit)
    return found


def _share_row(
    target: Target, own: list[ShareRow], partners: dict[tuple[int, str], list[Unit]]
) -> dict[str, Any] | None:
    periods = [(Period.parse(row.period), row.value) for row in own]
    cumulative = own[0].cumulative or not adds_up(target)
    value = year_value(periods, cumulative=cumulative)
    if value is None and not any(figure is not None for _, figure in periods):
        return None
    unit = target.unit_of_measure
    sign = words.COMPARATOR_WORDS.get(target.comparator, "")
    sign = "" if target.comparator == "=" else sign
    head = "累计" if own[0].cumulative else ""
    together = {
        str(other): None
        for row in own
        if row.joint
        for other in partners[row.version_id, row.joint]
        if other.pk != row.unit_id
    }
    with_whom = {"partners": "、".join(together)} if together else {}
    return with_whom | {
        "amount": value,
        "value": f"{words.motion(target)}{sign}{shown(value)}{unit}" if value is not None else "—",
        "periods": [
            [
                period.label.removeprefix(f"{period.year}年"),
                f"{head}{shown(figure)}{unit}" if figure is not None else "—",
            ]
            for period, figure in periods
        ]
        if len(periods) > 1
        else [],
        "joint": any(row.joint for row in own),
        "led": False,
    }


def _listed(duties: list[tuple[int, Responsibility]], due: dict[int, list[str]]) -> list[dict[str, str]]:
    """Each measure once, with the weightiest role."""
    best: dict[int, Responsibility] = {}
    for measure, duty in duties:
        if (
            measure not in best
            or _ROLE_ORDER[ResponsibilityRole(duty.role)] < _ROLE_ORDER[ResponsibilityRole(best[measure].role)]
        ):
            best[measure] = duty
    rows = []
    for measure, duty in list(best.items())[:MOST_DUTIES]:
        node = duty.measure
        assert node is not None
        rows.append(
            {
                "role": duty.get_role_display(),
                "label": node.label,
                "title": node.title or node.text.strip().removeprefix(node.label)[:60],
                "deadline": "；".join(dict.fromkeys(due.get(measure, ()))),
            }
        )
    return rows
