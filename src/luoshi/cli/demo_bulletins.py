"""The demo's bulletins: one issued and read, one that waits for its signature, one that waits to be checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luoshi.apps.bulletins.models import Bulletin
    from luoshi.apps.organisations.models import Unit

PLAN = "四大攻坚行动"
OWNER = "yunling-zhou"
KNOWN_ON = 12  # the day of the month by which the month before is reported


def is_filled() -> bool:
    """Whether the demo has bulletins already."""
    from luoshi.apps.bulletins.models import Bulletin

    return Bulletin.objects.exists()


def fill_bulletins(people: Mapping[str, Any], now: dt.datetime) -> None:
    """The bulletins; what was told of them long ago has been read."""
    from luoshi.apps.notices.models import Notice
    from luoshi.cli.demo_history import READ_AFTER

    _draw_bulletins(people, now)
    Notice.objects.filter(read_at=None, created_at__lt=now - READ_AFTER).update(read_at=now - READ_AFTER)


def _draw_bulletins(people: Mapping[str, Any], now: dt.datetime) -> None:
    """Drawn by the office, checked and signed by the leader, read by the counties' people among ``people``."""
    from luoshi.apps.bulletins import actions
    from luoshi.apps.bulletins.errors import NothingToTell
    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.plans.models import Plan
    from luoshi.periods import Cadence, Period

    plan = Plan.objects.select_related("owner").filter(title__contains=PLAN).order_by("pk").first()
    owner = Unit.objects.filter(key=OWNER).first()
    if plan is None or owner is None:
        return
    day = now.date().replace(day=KNOWN_ON)
    if day >= now.date():
        day = (day.replace(day=1) - dt.timedelta(days=1)).replace(day=KNOWN_ON)
    known = now.replace(year=day.year, month=day.month, day=day.day, hour=17, minute=0, second=0, microsecond=0)
    month = Period.containing(day, Cadence.MONTHLY).previous()
    quarter = Period.containing(day, Cadence.QUARTERLY).previous()
    office, leader = people["tongchou"], people["zhouzhang"]

    def draw(kind: str, owner_: Unit, period: Period) -> Bulletin | None:
        plans = [plan] if kind in ("progress", "commentary", "ranking") else []
        try:
            return actions.draw_bulletin(
                acting_user=office, kind=kind, owner=owner_, plans=plans, period=period, as_of=known, now=known
            )
        except NothingToTell:
            return None

    if made := draw("progress", owner, month):
        actions.check_bulletin(acting_user=leader, bulletin_id=made.pk, text="数字已核对。", now=known)
        actions.sign_bulletin(
            acting_user=leader,
            bulletin_id=made.pk,
            signatory="高远",
            number=f"云政通〔{day.year}〕{day.month}号",
            dated=known.date(),
            now=known,
        )
        issued = actions.issue_bulletin(acting_user=office, bulletin_id=made.pk, now=known + dt.timedelta(hours=1))
        for person in people.values():
            actions.read_bulletin(acting_user=person, bulletin=issued, now=known + dt.timedelta(hours=2))
    if made := draw("lateness", owner, month):
        actions.check_bulletin(acting_user=leader, bulletin_id=made.pk, now=known)
    draw("commentary", owner, quarter)
