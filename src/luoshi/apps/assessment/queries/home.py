"""The entry page: what waits for me, and how the adopted schemes' last runs stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from luoshi.apps.assessment.computing import Json
from luoshi.apps.assessment.models import (
    Adoption,
    Evidence,
    EvidenceState,
    ItemSource,
    Objection,
    ObjectionState,
    Run,
    RunState,
)
from luoshi.apps.assessment.policies import CHECKERS, KEEPERS, visible_adoptions, visible_runs
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, within
from luoshi.periods import Cadence, Period, PeriodError

MOST_ADOPTIONS, MOST_WAITING, TOP = 60, 20, 15


@dataclass(frozen=True, slots=True)
class Small:
    """An adoption with its last run shown to units and the one in work. ``rows``: (rank, name, total, places won)."""

    adoption: Adoption
    run: Run | None
    draft: Run | None
    rows: Sequence[tuple[int | None, str, str, int | None]] = ()
    more: int = 0
    count: int = 0
    missing: Period | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the person."""

    objections: Sequence[Objection]
    evidence: Sequence[Evidence]
    overdue: Sequence[Run]  # the objections' deadline has passed: to be made final
    own: Sequence[Run]  # shown and open for objections: to be looked at by the person's unit

    def __bool__(self) -> bool:
        return bool(self.objections or self.evidence or self.overdue or self.own)


def _kept(prefix: str, user: Any) -> Q:
    return Q() if user is None else within(prefix, authority(user).paths(*KEEPERS))


def waiting(user: Any, now: dt.datetime) -> Waiting:
    """Objections to answer, evidence to check, runs to finalise, runs to look at: five queries."""
    known = authority(user)
    checked = list(
        ItemSource.objects.filter(within("checked_by__", known.paths(*CHECKERS)))
        .order_by()
        .values_list("adoption_id", "item")
    )
    mine = Q(pk__in=())
    for adoption, item in checked[:200]:
        mine |= Q(run__adoption=adoption, item=item)
    kept = _kept("run__adoption__owner__", user)
    open_runs = Q(run__state__in=(RunState.PREVIEW, RunState.FINAL))
    objections = Objection.objects.filter(kept | mine, open_runs, state=ObjectionState.OPEN)
    working = Q(run__state__in=(RunState.DRAFT, RunState.PREVIEW))
    evidence = Evidence.objects.filter(kept | mine, working, state=EvidenceState.OFFERED)
    overdue = Run.objects.filter(_kept("adoption__owner__", user), state=RunState.PREVIEW, objections_until__lt=now)
    own = Run.objects.filter(state=RunState.PREVIEW, objections_until__gte=now).exclude(
        pk__in=overdue.order_by().values("pk")
    )
    own = own.filter(adoption__units__unit__in=_spoken_for(user)).distinct()
    related = ("run__adoption", "unit")
    return Waiting(
        list(objections.select_related(*related).defer("run__snapshot").order_by("pk")[:MOST_WAITING]),
        list(evidence.select_related(*related).defer("run__snapshot").order_by("pk")[:MOST_WAITING]),
        list(overdue.select_related("adoption").defer("snapshot").order_by("objections_until")[:MOST_WAITING]),
        list(own.select_related("adoption").defer("snapshot").order_by("objections_until")[:MOST_WAITING]),
    )


def _spoken_for(user: Any) -> Any:
    """The numbers of the units in which the person holds a role that speaks, but keeps no ranking of."""
    known = authority(user)
    paths = {grant.path for grant in known.grants}
    return Unit.objects.filter(path__in=paths).order_by().values("pk")


def small_multiples(user: Any, now: dt.datetime) -> list[Small]:
    """Every adoption in force that the person sees, with its last league table: four queries."""
    adoptions = list(
        visible_adoptions(user)
        .filter(is_active=True)
        .select_related("owner", "version__scheme")
        .defer("version__text", "version__provenance")
        .order_by("owner__path", "name", "pk")[:MOST_ADOPTIONS]
    )
    runs = list(
        visible_runs(user)
        .filter(adoption__in=adoptions, state__in=(RunState.DRAFT, RunState.PREVIEW, RunState.FINAL))
        .order_by("adoption_id", "-period", "-ordinal")
        .defer("snapshot", "choices")
    )
    by_adoption: dict[int, list[Run]] = {}
    for run in runs:
        by_adoption.setdefault(run.adoption_id, []).append(run)
    shown: dict[int, tuple[Run | None, Run | None]] = {}
    for key, rows in by_adoption.items():
        standing = [run for run in rows if run.state != RunState.DRAFT]
        last = standing[0] if standing else None
        former = next((run for run in standing[1:] if last and run.period < last.period), None)
        shown[key] = (last, former)
    wanted = {run.pk for pair in shown.values() for run in pair if run is not None}
    stood: dict[int, Json] = dict(
        Run.objects.filter(pk__in=wanted).order_by().values_list("pk", KeyTransform("standing", "snapshot"))
    )
    keys = {key for standing in stood.values() for key in list(standing or {})}
    names = (
        dict(Unit.objects.filter(key__in=keys).order_by().values_list("key", "short_name")) if len(keys) < 4000 else {}
    )
    known, today = authority(user), timezone.localtime(now).date()
    found = []
    for adoption in adoptions:
        last, former = shown.get(adoption.pk, (None, None))
        rows, count = _top(stood.get(last.pk) if last else None, stood.get(former.pk) if former else None, names)
        drafts = [run for run in by_adoption.get(adoption.pk, ()) if run.state == RunState.DRAFT]
        kept = user is None or known.covers(adoption.owner, *KEEPERS)
        have = {run.period for run in by_adoption.get(adoption.pk, ())}
        found.append(
            Small(
                adoption,
                last,
                drafts[0] if drafts else None,
                rows,
                count - len(rows),
                count,
                period_to_score(adoption, today, have) if kept else None,
                kept,
            )
        )
    return found


def _top(
    standing: Json | None, before: Json | None, names: dict[str, str]
) -> tuple[list[tuple[int | None, str, str, int | None]], int]:
    rows = []
    for key, one in (standing or {}).items():
        was = (before or {}).get(key, {}).get("rank")
        change = was - one["rank"] if was and one["rank"] else None
        rows.append((one["rank"], names.get(key) or key, one["total"], change))
    rows.sort(key=lambda row: (row[0] or 10**9, row[1]))
    return rows[:TOP], len(rows)


def period_to_score(adoption: Adoption, today: dt.date, have: set[str]) -> Period | None:
    """The last period that is over and has no run yet; ``None`` where there is nothing to do."""
    try:
        period = Period.containing(today, Cadence(adoption.cadence)).previous()
        first = Period.parse(adoption.first_period)
        last = Period.parse(adoption.last_period) if adoption.last_period else None
    except PeriodError:
        return None
    if last is not None and period > last:
        period = last
    return None if str(period) in have or period < first else period


def periods_offered(adoption: Adoption, today: dt.date, have: set[str], most: int = 12) -> list[Period]:
    """The periods that may be scored: begun, within the adoption, without a run; the latest first."""
    found: list[Period] = []
    try:
        period = Period.containing(today, Cadence(adoption.cadence))
        first = Period.parse(adoption.first_period)
        last = Period.parse(adoption.last_period) if adoption.last_period else None
        while len(found) < most and period >= first:
            if str(period) not in have and (last is None or period <= last):
                found.append(period)
            period = period.previous()
    except PeriodError:
        return found
    return found
