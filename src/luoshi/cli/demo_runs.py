"""The demo's assessment runs: three quarters, of which one was corrected after an objection, and one is on show."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luoshi.apps.assessment.models import Adoption, Run

SCHEME = "zhaoshang-2023-county-quarter"
OWNER = "yunling-zhou"
#: Those that are scored: the counties, cities and the zone of the prefecture.
KINDS = ("county", "county-city", "zone")
QUARTERS = 3
_HEAD = ["单位", "项目", "实际", "目标"]


def is_filled() -> bool:
    """Whether the demo has runs already."""
    from luoshi.apps.assessment.models import Run

    return Run.objects.exists()


def fill_runs(people: Mapping[str, Any], now: dt.datetime) -> None:
    """Run by the office; 白溪县 objects, its objection is upheld in one quarter and waits in the last.

    ``people`` by user name: ``tongchou`` and ``baixi`` of the demo.
    """
    from luoshi.apps.assessment import actions
    from luoshi.apps.organisations.models import Unit
    from luoshi.periods import Cadence, Period, end_of_day

    office, county = people["tongchou"], Unit.objects.get(key="baixi-xian")
    adoption = _adoption(office)
    last = Period.containing(now.date(), Cadence.QUARTERLY).previous()
    periods = [last]
    while len(periods) < QUARTERS:
        periods.insert(0, periods[0].previous())
    for place, period in enumerate(periods):
        known = end_of_day(period.last_day) + dt.timedelta(days=8)
        known = min(known, now - dt.timedelta(days=3))
        run = _scored(adoption, office, period, place, known)
        if place == QUARTERS - 1:
            # On show since two days: the objection waits for its answer.
            run = actions.preview_run(acting_user=office, run_id=run.pk, days=10, now=now - dt.timedelta(days=2))
            _object(
                run, people, county, Decimal(9), "漏计外出招商3次，报备表已补送。", now - dt.timedelta(days=1)
            )
            continue
        run = actions.preview_run(acting_user=office, run_id=run.pk, now=known + dt.timedelta(hours=2))
        if place == 1:
            said = "新签约项目少计1个，协议文本已报州商务局。"
            objection = _object(run, people, county, Decimal(8), said, known + dt.timedelta(days=1), item="5")
            if objection is not None:
                actions.answer_objection(
                    acting_user=office,
                    objection_id=objection.pk,
                    uphold=True,
                    answer="经核对协议文本，情况属实。",
                    now=known + dt.timedelta(days=2),
                )
                corrected = actions.correct_run(
                    acting_user=office, run_id=run.pk, reason="更正白溪县新签约项目数", now=known + dt.timedelta(days=2)
                )
                run = actions.preview_run(acting_user=office, run_id=corrected.pk, now=known + dt.timedelta(days=2))
        actions.finalise_run(
            acting_user=office, run_id=run.pk, reason="各单位均已书面确认", now=known + dt.timedelta(days=3)
        )


def _adoption(office: Any) -> Adoption:
    """The adoption of the counties' quarters: the one that stands, else a new one."""
    from luoshi.apps.assessment import actions
    from luoshi.apps.assessment.models import Adoption
    from luoshi.apps.organisations.models import Unit

    rows = Adoption.objects.filter(
        owner__key=OWNER, cadence="quarterly", is_active=True, version__scheme__key__startswith=SCHEME
    )
    found = rows.select_related("version").order_by("pk").first()
    if found is not None:
        return found
    owner = Unit.objects.get(key=OWNER)
    made = actions.create_scheme(acting_user=office, owner=owner, origin="shipped", shipped_key=SCHEME)
    version = actions.issue_version(acting_user=office, version_id=made.pk)
    units = Unit.objects.filter(path__startswith=owner.path, kind__in=KINDS, depth=owner.depth + 1).order_by("path")
    return actions.adopt_scheme(
        acting_user=office,
        version=version,
        owner=owner,
        cadence="quarterly",
        first_period="2025Q1",
        terms=actions.Terms(name="招商引资比学赶超", units=[(unit, "") for unit in units]),
    )


def _scored(adoption: Adoption, office: Any, period: Any, place: int, known: dt.datetime) -> Run:
    """A draft with the figures of the quarter typed: the same on every machine, better from quarter to quarter."""
    from luoshi.apps.assessment import actions
    from luoshi.apps.assessment.gathering import members_of

    run = actions.create_run(acting_user=office, adoption_id=adoption.pk, period=str(period), now=known)
    chance = random.Random(f"{adoption.version.scheme.key}-{place}")
    rows: list[tuple[int, list[str]]] = [(1, _HEAD)]
    for number, member in enumerate(members_of(run)):
        base = number * 2 % 7
        figures = {
            "1": (f"{chance.uniform(-4, 26):.1f}", ""),
            "2": (f"{chance.uniform(-2, 30):.1f}", ""),
            "3": (str(0 if base == 3 else chance.randint(20, 180)), "" if base == 6 else str(100 + 20 * base)),
            "4": (str(chance.randint(1, 8)), ""),
            "5": ("" if number == 4 and place == 0 else str(chance.randint(0, 9)), ""),
        }
        for item, (value, target) in figures.items():
            rows.append((len(rows) + 1, [member.unit.key, item, value, target]))
    actions.enter_rows(acting_user=office, run_id=run.pk, rows=rows, reason="州商务局、州投资促进局统计", now=known)
    run.refresh_from_db()
    return run


def _object(
    run: Run, people: Mapping[str, Any], county: Any, wanted: Decimal, text: str, at: dt.datetime, item: str = "4"
) -> Any:
    """白溪县 objects; the demo's person speaks for it."""
    from luoshi.apps.assessment import actions

    speaker = people.get("baixi")
    if speaker is None:
        return None
    return actions.file_objection(
        acting_user=speaker, run_id=run.pk, unit_id=county.pk, item=item, wanted=wanted, text=text, now=at
    )
