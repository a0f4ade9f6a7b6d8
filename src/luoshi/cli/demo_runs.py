"""The demo's assessment runs: three quarters, of which one was corrected after an objection, and one is on show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luoshi.apps.assessment.models import Adoption, Objection, Run

#: Who objects, to which item, and by how much the county finds itself short.
OBJECTS, COUNTY, ITEM, MORE = "baixi", "baixi-xian", "2", 3
QUARTERS = 3


def fill_runs(people: Mapping[str, Any], adoption: Adoption, now: dt.datetime) -> None:
    """Run by the office with the figures that the counties reported. 白溪县 objects twice: upheld and corrected in the
    quarter before the last, waiting for its answer in the last one, which is on show."""
    from luoshi.apps.assessment import actions
    from luoshi.apps.assessment.models import RunFact
    from luoshi.periods import Cadence, Period, end_of_day

    office = people["tongchou"]
    periods = [Period.containing(now.date(), Cadence.QUARTERLY).previous()]
    while len(periods) < QUARTERS and str(periods[0]) > adoption.first_period:
        periods.insert(0, periods[0].previous())
    for left, period in zip(range(len(periods) - 1, -1, -1), periods, strict=True):
        known = min(end_of_day(period.last_day) + dt.timedelta(days=8), now - dt.timedelta(days=3))
        run = actions.create_run(acting_user=office, adoption_id=adoption.pk, period=str(period), now=known)
        if not RunFact.objects.filter(run=run, value__isnull=False).exists():
            continue  # stays a draft: nobody has reported this quarter yet
        shown = known + dt.timedelta(hours=2) if left else now - dt.timedelta(days=2)
        run = actions.preview_run(acting_user=office, run_id=run.pk, days=None if left else 10, now=shown)
        objection = _object(run, people, shown + dt.timedelta(hours=20)) if left < 2 else None
        if not left:
            continue
        if objection is not None:
            answer, at = "经核对登记数据，情况属实。", shown + dt.timedelta(days=1)
            actions.answer_objection(acting_user=office, objection_id=objection.pk, uphold=True, answer=answer, now=at)
            reason = f"更正白溪县第{ITEM}项"
            again = actions.correct_run(acting_user=office, run_id=run.pk, reason=reason, now=at)
            run = actions.preview_run(acting_user=office, run_id=again.pk, now=at)
        end = known + dt.timedelta(days=2)
        actions.finalise_run(acting_user=office, run_id=run.pk, reason="各单位均已书面确认", now=end)


def _object(run: Run, people: Mapping[str, Any], at: dt.datetime) -> Objection | None:
    """白溪县 finds its figure too low; ``None`` where nobody speaks for it or it has none."""
    from luoshi.apps.assessment import actions
    from luoshi.apps.assessment.models import RunFact

    fact = RunFact.objects.filter(run=run, unit__key=COUNTY, item=ITEM, value__isnull=False).first()
    speaker = people.get(OBJECTS)
    if fact is None or fact.value is None or speaker is None:
        return None
    text = f"有{MORE}户月底当天登记的没有计入，登记表已报州市场监管局。"
    return actions.file_objection(
        acting_user=speaker,
        run_id=run.pk,
        unit_id=fact.unit_id,
        item=ITEM,
        wanted=fact.value + MORE,
        text=text,
        now=at,
    )
