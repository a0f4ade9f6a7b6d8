"""How targets stand with units: for progress, commentary and ranking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from luoshi.apps.bulletins.errors import NothingToTell
from luoshi.apps.bulletins.models import BulletinKind
from luoshi.apps.bulletins.snapshot import text_of
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, Target
from luoshi.apps.targets.queries import LIGHT_WORDS, Standing, forecasts, standings
from luoshi.periods import Period

MOST_TARGETS = 60
_PLACES = Decimal("0.000001")


def draw_targets(
    owner: Unit, plans: Sequence[Plan], period: Period, as_of: dt.datetime, kind: BulletinKind
) -> dict[str, Any]:
    """``targets``: each with the whole and its units at the period's end and a period before; ``silent``: the names of
    those of which nobody has reported anything this year (they would put every unit among the late ones)."""
    if not plans:
        raise NothingToTell("请选择要通报的方案。")
    rows = (
        Target.objects.filter(plan__in=list(plans), retired_in=None)
        .select_related("plan")
        .order_by("plan", "line", "pk")
    )
    before = period.previous()
    found = standings(list(rows), periods=[period, before], as_of=as_of, history=True)
    told = forecasts(found, [(pk, one.owner_id) for pk, one in found.measured.items()]) if kind == "commentary" else {}
    targets: list[dict[str, Any]] = []
    silent: list[str] = []
    for target_id, measured in found.measured.items():
        if measured.indicator is None:
            continue
        whole = found.whole(target_id, period)
        units = [one for one in found.of_target(target_id, period) if one.goal is not None]
        # Of what nobody was asked for by this period nothing is told.
        if whole is None or (whole.goal is None and not units):
            continue
        if not any(figures for figures in measured.figures.values()):
            silent.append(measured.target.indicator)
            continue
        earlier = found.whole(target_id, before)
        shown = [_row(one, found.get(target_id, one.unit_id, before)) for one in units]
        forecast = told.get((target_id, measured.owner_id))
        targets.append(
            {
                "id": target_id,
                "plan": measured.target.plan_id,
                "indicator": measured.target.indicator,
                "tier": whole.tier,
                "measure": measured.target.unit_of_measure,
                "decimals": measured.decimals,
                "growing": bool(measured.growing),
                "capped": bool(whole.aim.capped) if whole.aim else bool(units and units[0].aim and units[0].aim.capped),
                "whole": _row(whole, earlier)
                | (
                    {}
                    if forecast is None
                    else {
                        "forecast": {
                            "value": _kept(forecast.value),
                            "low": _kept(forecast.low),
                            "high": _kept(forecast.high),
                            "words": forecast.outlook_words,
                            "basis": forecast.basis,
                        }
                    }
                ),
                "units": shown,
            }
        )
    if not targets:
        why = "还没有单位报数" if silent else "所选方案的目标没有对应指标，或这一期不在目标年度内"
        raise NothingToTell(f"{period.label}没有可通报的目标：{why}。")
    if len(targets) > MOST_TARGETS:
        raise NothingToTell(f"所选方案有{len(targets)}项目标，一份通报最多{MOST_TARGETS}项，请分方案通报。")
    return {"targets": targets, "silent": silent}


def _kept(value: Decimal | None) -> str | None:
    """Worked-out figures are kept to 6 places: more tell nothing, and both engines agree on them."""
    return None if value is None else text_of(value.quantize(_PLACES, ROUND_HALF_UP))


def _row(one: Standing, before: Standing | None) -> dict[str, Any]:
    return {
        "key": one.unit.key,
        "name": str(one.unit),
        "full": one.unit.name,
        "kind": one.unit.kind,
        "goal": text_of(one.goal),
        "expected": _kept(one.expected),
        "actual": text_of(one.actual),
        "source": one.source,
        "ids": list(one.observation_ids),
        "completion": _kept(one.completion),
        "ratio": _kept(one.ratio),
        "gap": _kept(one.gap_to_schedule),
        "light": str(one.light) if one.light else "",
        "words": LIGHT_WORDS[one.light],
        "joint": one.joint,
        "before": None
        if before is None
        else {
            "period": str(before.period) if before.period else "",
            "actual": text_of(before.actual),
            "completion": _kept(before.completion),
            "light": str(before.light) if before.light else "",
        },
    }
