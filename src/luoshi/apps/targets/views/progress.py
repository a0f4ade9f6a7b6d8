"""How far a target is: the part of its page that tells it, and what the year will end with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from luoshi.apps.indicators.policies import KEEPERS
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority
from luoshi.apps.plans import words
from luoshi.apps.plans.models import Target
from luoshi.apps.plans.policies import visible_targets
from luoshi.apps.targets import policies
from luoshi.apps.targets.models import AllocationVersion
from luoshi.apps.targets.queries import Standing, Standings, forecasts, target_progress
from luoshi.apps.targets.values import places
from luoshi.apps.targets.views.common import as_of, place
from luoshi.apps.targets.years import plan_year
from luoshi.periods import Period
from luoshi.progress import Forecast

MOST_TIERS = 6
MOST_GIVINGS = 12


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lies ahead of a standing: the year's end, the speed that is needed, since when the light is what it is."""

    standing: Standing
    forecast: Forecast | None
    since: Period | None

    def _amount(self, value: Decimal | None) -> str:
        return "" if value is None else self.standing.amount(value)

    @property
    def value(self) -> str:
        """``1,389户``."""
        return self._amount(self.forecast.value) if self.forecast else ""

    @property
    def interval(self) -> str:
        """``1,297户—1,482户``; blank where none can be given, or the year is over."""
        told = self.forecast
        if told is None or told.low is None or told.high is None or told.low == told.high:
            return ""
        return f"{self._amount(told.low)}—{self._amount(told.high)}"

    @property
    def needed(self) -> str:
        """What each remaining month must bring (of a cap: may); blank where there is no such figure."""
        return self._amount(self.standing.needed_speed())

    @property
    def is_capped(self) -> bool:
        """Whether the target is one not to be exceeded."""
        aim = self.standing.aim
        return aim is not None and aim.capped


def ahead_of(found: Standings, one: Standing, told: Forecast | None) -> Ahead:
    """What lies ahead of a standing."""
    return Ahead(one, told, found.turned(one.target_id, one.unit_id, one.period))


def _period_in(text: str, year: int | None) -> str | None:
    """A period of the target's year as the address gives it."""
    try:
        period = Period.parse(text)
    except ValueError:
        return None
    return text if period.last_day.year == year else None


def _givings(target: Target, unit: Unit, moment: dt.datetime | None) -> list[AllocationVersion]:
    """The versions that were adopted (up to a moment), the last first."""
    rows = AllocationVersion.objects.filter(
        allocation__target=target, allocation__unit=unit, adopted_at__isnull=False
    ).select_related("adopted_by")
    if moment is not None:
        rows = rows.filter(adopted_at__lte=moment)
    return list(rows.order_by("-ordinal")[:MOST_GIVINGS])


@require_safe
@login_required
def tiers(request: HttpRequest, target_id: int) -> HttpResponse:
    """The part of a target's page that tells how far it is shared out and reached, each tier on its own line."""
    target, unit = place(request, target_id, {})
    same = Q(measured_by__indicator__measures_targets__target=target) | Q(measured_by=None, indicator=target.indicator)
    rows = list(
        visible_targets(request.user)
        .filter(same, plan_id=target.plan_id, year=target.year)
        .select_related("plan__owner")
        .order_by("value", "pk")[:MOST_TIERS]
    )
    moment = as_of(request.GET)
    told = policies.told_units(request.user, [target])[target.pk]
    asked = _period_in(request.GET.get("period", ""), plan_year(target))
    others = [row for row in rows if row != target]
    found = target_progress(target, period=asked, unit_ids=told, as_of=moment, others=others)
    decimals = places(target.unit_of_measure, found.indicator.decimals if found.indicator else None)
    listed = [one for one in (found.whole, *found.units) if one is not None]
    foretold = forecasts(found.standings, [(target.pk, one.unit_id) for one in listed], until=found.period)
    units = [ahead_of(found.standings, one, foretold.get((target.pk, one.unit_id))) for one in found.units]
    head = found.whole
    # Who is told of one unit alone sees what lies ahead of it.
    ahead = units[0] if head is None and told is not None and len(units) == 1 else None
    if head is not None:
        ahead = ahead_of(found.standings, head, foretold.get((target.pk, head.unit_id)))
    response = render(
        request,
        "targets/_tiers.html",
        {
            "target": target,
            "progress": found,
            "tiers": [
                (
                    row,
                    words.commitment(row),
                    row.get_tier_display() or "未分档",
                    head if row == target else found.tiers.get(row.pk),
                )
                for row in rows
            ],
            "rows": units,
            "ahead": ahead if found.indicator is not None else None,
            "may_allocate": target.retired_in_id is None and policies.may_allocate(request.user, target, unit),
            "may_measure": authority(request.user).holds(*KEEPERS),
            "asked": asked,
            "moment": moment,
            "as_of": request.GET.get("as_of", "") if moment is not None else "",
            "figures": f"-{decimals}g",
            "givings": _givings(target, unit, moment),
        },
    )
    if asked and request.headers.get("HX-Trigger-Name") == "period":
        # What was chosen belongs into the address of the page around this part, so that it can be passed on.
        kept = {"period": asked} | ({"as_of": request.GET["as_of"]} if moment is not None else {})
        response["HX-Replace-Url"] = f"{reverse('plans:target', args=(target.pk,))}?{urlencode(kept)}"
    return response
