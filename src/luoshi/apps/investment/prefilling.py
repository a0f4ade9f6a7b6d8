"""Forms 3, 4 and 5 (附件3、4、5) filled from the leads, funds and activities: the unit only confirms.

A lead stands in form 3 of each unit that claims it, an activity in form 5 of each host. Rows are told apart by the
number of the lead or activity (``s12``), so that bringing them up to date changes rows and does not add them again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, Q

from luoshi.apps.investment.models import (
    Activity,
    ActivityHost,
    ActivityLeader,
    Checked,
    Funds,
    FundsKind,
    FundsSource,
    Lead,
    LeadClaim,
    LeadMove,
)
from luoshi.apps.reporting.models import Return
from luoshi.apps.reporting.prefilling import MARK, Prefilled, Reader
from luoshi.promotion import YI, Move, Rank, Stage, reached

_LEAST = 5 * YI
#: What a cell of a form takes at most.
_CELL = 2000


def _cells(section: str, rows: dict[str, dict[str, str]]) -> Prefilled:
    """Rows of one section with their cells; what is empty stays as it is."""
    cells = {
        f"{section}.{row}.{field}": text[:_CELL]
        for row, fields in rows.items()
        for field, text in fields.items()
        if text
    }
    return Prefilled({section: tuple(rows)}, cells)


def _claimed(answer: Return) -> Q:
    claims = LeadClaim.objects.filter(lead=OuterRef("pk"), unit=answer.unit_id, withdrawn_at=None)
    return Q(Exists(claims), same_as=None)


def _yi(amount: Decimal, places: str) -> str:
    return f"{(amount / YI).quantize(Decimal(places)).normalize():f}"


def _days(leads: list[Lead], last: dt.date) -> dict[int, dict[Stage, dt.date]]:
    """For each lead on which day it reached each rung, by the end of the period."""
    moves: defaultdict[int, list[Move]] = defaultdict(list)
    rows = LeadMove.objects.filter(lead__in=leads).order_by("pk").values_list("lead_id", "from_state", "to_state", "on")
    for lead, before, after, on in rows:
        moves[lead].append(Move(Stage(before), Stage(after), on))
    return {lead.pk: dict(reached(moves[lead.pk], last)) for lead in leads}


def projects(answer: Return) -> Prefilled:
    """Form 3: what of 5 亿元 and more was in negotiation or signed in the year, up to the end of the period."""
    last = answer.round.last_day
    found = Lead.objects.filter(_claimed(answer), amount__gte=_LEAST).exclude(enterprise__where="prefecture")
    leads = list(found.select_related("enterprise", "place", "problem_unit", "project").order_by("pk")[:300])
    days = _days(leads, last)
    rows: dict[str, dict[str, str]] = {}
    for lead in leads:
        known = days[lead.pk]
        if Stage.NEGOTIATING not in known or Stage.LOST in known or _long_done(known, last):
            continue
        assert lead.amount is not None
        rows[f"{MARK}{lead.pk}"] = {
            "name": lead.title,
            "partner": lead.enterprise.name,
            "place": lead.place.key if lead.place else "",
            "amount": _yi(lead.amount, "0.01"),
            "content": lead.content,
            "state": "signed" if Stage.SIGNED in known else "talk",
            "progress": lead.progress,
            "problem": lead.problem,
            "helper": lead.problem_unit.key if lead.problem and lead.problem_unit else "",
            "deadline": lead.problem_due.isoformat() if lead.problem and lead.problem_due else "",
            "code": lead.project.code if lead.project else "",
        }
    return _cells("projects", rows)


def _long_done(days: dict[Stage, dt.date], last: dt.date) -> bool:
    """Signed in an earlier year and started since: it is followed by the projects' own forms."""
    return Stage.STARTED in days and days[Stage.SIGNED].year < last.year


def funds(answer: Return) -> Prefilled:
    """Form 4: what arrived for the unit's projects from January to the period, as it was reported and not refused."""
    first, last = dt.date(answer.round.last_day.year, 1, 1), answer.round.last_day
    reported = Funds.objects.filter(
        unit=answer.unit_id,
        kind=FundsKind.OUTSIDE_PREFECTURE,
        source=FundsSource.SELF_REPORTED,
        superseded_at=None,
        first_day__gte=first,
        first_day__lte=last,
        lead__isnull=False,
    ).exclude(checked=Checked.REFUSED)
    total: defaultdict[int, Decimal] = defaultdict(Decimal)
    for lead, amount, recognised in reported.values_list("lead_id", "amount", "recognised"):
        total[lead or 0] += amount if recognised is None else recognised
    leads = list(
        Lead.objects.filter(pk__in=total, same_as=None)
        .select_related("enterprise", "place", "project")
        .order_by("pk")[:300]
    )
    days = _days(leads, last)
    rows: dict[str, dict[str, str]] = {}
    for lead in leads:
        begun = days[lead.pk].get(Stage.STARTED)
        rows[f"{MARK}{lead.pk}"] = {
            "name": lead.title,
            "partner": lead.enterprise.name,
            "builder": lead.project.owner if lead.project else "",
            "place": lead.place.key if lead.place else "",
            "start": f"{begun:%Y-%m}" if begun else "",
            "content": lead.content,
            "money": _yi(total[lead.pk], "0.0001"),
            "code": lead.project.code if lead.project else "",
        }
    return _cells("projects", rows)


def activities(answer: Return) -> Prefilled:
    """Form 5: what the unit held (alone or with others) and that ended in the period."""
    host = ActivityHost.objects.filter(activity=OuterRef("pk"), unit=answer.unit_id)
    found = Activity.objects.filter(
        Exists(host),
        is_own=True,
        withdrawn_for="",
        end__gte=answer.round.first_day,
        end__lte=answer.round.last_day,
    ).prefetch_related(
        Prefetch("host_rows", ActivityHost.objects.select_related("unit").order_by("ordinal")), "leaders"
    )
    rows: dict[str, dict[str, str]] = {}
    for one in found.order_by("end", "pk")[:100]:
        hosts = list(one.host_rows.all())
        rows[f"{MARK}{one.pk}"] = {
            "name": one.title,
            "begin": one.begin.isoformat(),
            "end": one.end.isoformat(),
            "kind": "outbound" if any(place["where"] != "prefecture" for place in one.places) else "inbound",
            "place": "、".join(place["name"] for place in one.places),
            "leader": _highest(list(one.leaders.all())),
            "lead": hosts[0].unit.key if hosts else "",
            "units": one.units_text or "、".join(str(row.unit) for row in hosts[1:]),
            "firms": "" if one.outside_firms is None else str(one.outside_firms),
            "list": one.firms,
            "talks": one.talks,
            "signed": one.signed_text,
        }
    return _cells("activities", rows)


def _highest(leaders: list[ActivityLeader]) -> str:
    """The prefecture leader with the highest post (note 2); empty where none took part."""
    state = [one for one in leaders if Rank(one.rank).height >= Rank.STATE.height]
    top = max(state, key=lambda one: Rank(one.rank).height, default=None)
    return "" if top is None else "，".join(filter(None, (top.name, top.post)))


#: Key of a shipped form → its reader.
READERS: dict[str, Reader] = {
    "investment-projects": projects,
    "investment-funds": funds,
    "investment-activities": activities,
}
