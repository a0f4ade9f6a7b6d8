"""连续未报: the rule about returns."""

from __future__ import annotations

import datetime as dt

from luoshi.apps.dispatch import actions
from luoshi.apps.dispatch.models import WarningState
from luoshi.apps.reporting.actions import open_rounds, submit_return
from luoshi.apps.reporting.actions.exempting import exempt_unit
from luoshi.apps.reporting.errors import ReturnRefused
from luoshi.apps.reporting.models import Return
from luoshi.forms.model import Values
from tests.apps.reporting.making import GOOD, World, at


def opened_until(month: int) -> None:
    for number in range(8, month + 1):
        open_rounds(now=at(1, month=number))


def submit(world: World, period: str, now: dt.datetime, unit: object = None) -> None:
    answer = Return.objects.get(round__period=period, unit=unit or world.county)
    user = world.filler if unit in (None, world.county) else world.other_filler
    given = {"acting_user": user, "answer_id": answer.pk, "channel": "web", "values": Values(GOOD), "now": now}
    try:
        submit_return(**given)
    except ReturnRefused as refused:  # the same figures as last month want a reason
        submit_return(**given, reasons={problem.address: "无变动。" for problem in refused.problems})


def watched() -> World:
    world = World()
    world.form(first_period="2026-08", late_days=60)
    actions.create_rule(acting_user=world.lead, owner=world.department, kind="missing-again")
    return world


def test_two_rounds_missing_running(db: None) -> None:
    world = watched()
    opened_until(11)
    submit(world, "2026-08", at(2), world.other)
    submit(world, "2026-09", at(2, month=10), world.other)
    assert actions.raise_warnings(now=at(4)) == [], "one round is no run"
    (warning,) = actions.raise_warnings(now=at(4, month=10))
    assert (warning.unit, warning.subject.partition(":")[0]) == (world.county, "form")
    assert warning.sentence == "青石县连续2期未报《市场主体月报》（2026年8月、2026年9月）。"
    assert actions.follow_warnings(now=at(5, month=10)) == []
    submit(world, "2026-09", at(6, month=10))
    (closed,) = actions.follow_warnings(now=at(7, month=10))
    assert (closed.state, closed.turned_green) == (WarningState.CLOSED, "2026-09"), "late, but there"
    assert actions.raise_warnings(now=at(8, month=10)) == []


def test_it_goes_on_with_the_next_round(db: None) -> None:
    world = watched()
    opened_until(12)
    actions.raise_warnings(now=at(4, month=10))
    actions.follow_warnings(now=at(4, month=11))
    warning = world.county.warnings.get()
    assert (warning.followed_period, warning.state) == ("2026-10", WarningState.OPEN)
    submit(world, "2026-10", at(9, month=11))
    (closed, *_) = actions.follow_warnings(now=at(10, month=11))
    assert closed.turned_green == "2026-10"


def test_exempt_rounds_do_not_count(db: None) -> None:
    world = watched()
    opened_until(9)
    form = Return.objects.filter(unit=world.county).first().round.form
    exempt_unit(
        acting_user=world.lead,
        form_id=form.pk,
        unit_id=world.county.pk,
        first_period="2026-08",
        reason="停业",
    )
    open_rounds(now=at(1, month=10))
    assert [warning.unit for warning in actions.raise_warnings(now=at(4, month=10))] == [world.other]
