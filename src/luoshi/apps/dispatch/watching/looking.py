"""One looker for each rule, on figures read once for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError

from luoshi.apps.dispatch.models import EarlyWarning, WarningKind, WarningRule, WarningState
from luoshi.apps.dispatch.rules import parameters_of
from luoshi.apps.dispatch.watching.foretold import ForecastShort
from luoshi.apps.dispatch.watching.found import Finding, Look, Looker
from luoshi.apps.dispatch.watching.marks import BelowMark
from luoshi.apps.dispatch.watching.missing import MissingAgain
from luoshi.apps.dispatch.watching.targets import RedAgain, ruled_targets
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries.forecasts import forecasts
from luoshi.apps.targets.queries.standings import standings
from luoshi.periods import local_date

__all__ = ["Finding", "Look", "Looker", "lookers"]


def lookers(rules: Iterable[WarningRule], *, now: dt.datetime, as_of: dt.datetime | None = None) -> dict[int, Looker]:
    """By rule, what looks the way it asks; a rule that cannot be understood has none.

    Progress is read once for the targets of all rules (and of warnings still open): some fifteen queries, at any
    number of rules about targets; two to four more for each rule about returns or marks. ``as_of`` looks at what was
    known then.
    """
    usable = []
    for rule in rules:
        try:
            usable.append((rule, parameters_of(rule)))
        except ValidationError:
            continue
    about_targets = [rule for rule, _ in usable if rule.kind in (WarningKind.RED_AGAIN, WarningKind.FORECAST)]
    targets = ruled_targets(about_targets)
    wanted = {target.pk: target for own in targets.values() for target in own}
    still = EarlyWarning.objects.filter(
        rule__in=[rule.pk for rule in about_targets],
        state__in=(WarningState.OPEN, WarningState.ANSWERED),
        target__isnull=False,
    ).exclude(target__in=wanted)
    for target in Target.objects.filter(pk__in=still.order_by().values("target_id")).select_related("plan__owner"):
        wanted[target.pk] = target
    standing = standings(list(wanted.values()), as_of=as_of, history=True)
    foretold = forecasts(standing) if any(rule.kind == WarningKind.FORECAST for rule, _ in usable) else {}
    day = local_date(now)
    found: dict[int, Looker] = {}
    for rule, parameters in usable:
        own = targets.get(rule.pk, [])
        match rule.kind:
            case WarningKind.FORECAST:
                found[rule.pk] = ForecastShort(
                    targets.get(rule.pk, []), standing, foretold, parameters, local_date(now)
                )
            case WarningKind.RED_AGAIN:
                found[rule.pk] = RedAgain(own, standing, parameters, day)
            case WarningKind.MISSING_AGAIN:
                found[rule.pk] = MissingAgain(rule, parameters, now)
            case WarningKind.BELOW_MARK:
                found[rule.pk] = BelowMark(rule, parameters, now, as_of)
    return found
