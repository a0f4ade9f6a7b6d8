"""What people are told about runs, objections and evidence; inside the transaction of the act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from luoshi.apps.assessment.models import Evidence, Objection, Run
from luoshi.apps.assessment.policies import CHECKERS, KEEPERS, SPEAKERS
from luoshi.apps.notices.actions import Message, notify, notify_each, settle
from luoshi.apps.organisations.holders import nearest_holders
from luoshi.apps.organisations.models import Role, Unit

PREVIEWED, OBJECTED, ANSWERED, FINAL, EVIDENCE, WITHDRAWN = (
    "assessment-previewed",
    "assessment-objected",
    "assessment-answered",
    "assessment-final",
    "assessment-evidence",
    "assessment-withdrawn",
)
LABELS = {
    PREVIEWED: "考核公示",
    OBJECTED: "考核异议",
    ANSWERED: "异议答复",
    FINAL: "考核定稿",
    EVIDENCE: "考核佐证",
    WITHDRAWN: "考核撤回",
}


def unit_url(run: Run, unit: Unit) -> str:
    """The page of a unit in a run."""
    return reverse("assessment:run-unit", args=[run.pk, unit.key])


def _day(at: dt.datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日"


def tell_units(run: Run, units: Iterable[Unit], kind: str, title: str, text: str, *, now: dt.datetime) -> int:
    """Tell the units that are scored, each with the address of its own page: two or three queries for all."""
    units = list(units)
    holders = nearest_holders(units, *SPEAKERS, Role.LEADER)
    told: dict[int, Message] = {}
    for unit in units:
        for user in holders[unit.pk]:
            # Who answers for several units is told once, of the whole.
            many = user.pk in told
            url = reverse("assessment:run", args=[run.pk]) if many else unit_url(run, unit)
            told[user.pk] = Message(
                recipient=user, key=f"run:{run.pk}:{kind}:{run.revision}", kind=kind, title=title, text=text, url=url
            )
    return notify_each(told.values(), now=now)


def tell_previewed(run: Run, label: str, units: Iterable[Unit], *, now: dt.datetime) -> int:
    """The ranking is shown; until when may it be disputed?"""
    assert run.objections_until is not None
    until = _day(run.objections_until)
    text = f"请核对本单位得分，有异议的请于{until}前提出。"
    return tell_units(run, units, PREVIEWED, f"{label}公示，{until}前可提异议", text, now=now)


def settle_previewed(run: Run, *, now: dt.datetime) -> None:
    """The run is not open any more."""
    settle(prefix=f"run:{run.pk}:{PREVIEWED}:", now=now)


def tell_objected(objection: Objection, label: str, checkers: Iterable[Unit], *, now: dt.datetime) -> int:
    """Tell those who answer: the owner's people, and the unit that checks the item."""
    owner = objection.run.adoption.owner
    units = [owner, *checkers]
    held = nearest_holders(units, *KEEPERS)
    people = {user.pk: user for unit in units for user in held[unit.pk]}
    return notify(
        people=people.values(),
        kind=OBJECTED,
        key=f"objection:{objection.pk}:open",
        title=f"{objection.unit}对{label}提出异议",
        text=objection.text[:300],
        url=f"{reverse('assessment:objections', args=[objection.run_id])}#objection-{objection.pk}",
        now=now,
    )


def tell_answered(objection: Objection, label: str, *, now: dt.datetime) -> int:
    """Tell the unit what came of it."""
    settle(prefix=f"objection:{objection.pk}:open", now=now)
    people = nearest_holders([objection.unit], *SPEAKERS)[objection.unit_id]
    return notify(
        people=people,
        kind=ANSWERED,
        key=f"objection:{objection.pk}:answered",
        title=f"异议{objection.get_state_display()}：{label}",
        text=objection.answer[:300],
        url=f"{reverse('assessment:objections', args=[objection.run_id])}#objection-{objection.pk}",
        now=now,
    )


def tell_evidence(evidence: Evidence, label: str, checker: Unit, *, now: dt.datetime) -> int:
    """Tell the unit that checks the item that there is something to look at: once a run, unit and item."""
    people = nearest_holders([checker], *CHECKERS)[checker.pk]
    return notify(
        people=people,
        kind=EVIDENCE,
        key=f"evidence:{evidence.run_id}:{evidence.unit_id}:{evidence.item}",
        title=f"{evidence.unit}报送第{evidence.item}项佐证",
        text=f"{label}：{evidence.name}",
        url=unit_url(evidence.run, evidence.unit),
        again=True,
        now=now,
    )


def settle_evidence(evidence: Evidence, *, now: dt.datetime) -> None:
    """Everything of this unit and item has been looked at."""
    settle(keys=[f"evidence:{evidence.run_id}:{evidence.unit_id}:{evidence.item}"], now=now)
