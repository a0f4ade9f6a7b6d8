"""Opening rounds when their moment has come, and freezing them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.reporting.actions.locking import moment
from luoshi.apps.reporting.actions.prefilling import fill
from luoshi.apps.reporting.models import (
    Exemption,
    Form,
    FormVersion,
    Return,
    ReturnState,
    ReturnStep,
    Round,
    StepAction,
)
from luoshi.apps.reporting.policies import may_collect
from luoshi.apps.reporting.prefilling import reader_of
from luoshi.apps.reporting.schedule import rule_of
from luoshi.apps.reporting.telling import tell_opened
from luoshi.periods import SHANGHAI, Due, Period, due_date, end_of_day, local_date

#: A form is never opened so many periods ahead, however early it opens.
_FARTHEST = 60
#: So many days at least has a unit for a round that was opened after its due day.
_LEAST_DAYS = 3


def opening(version: FormVersion, due: Due) -> dt.datetime:
    """When a round opens: at the beginning of the day ``open_days`` before the due day."""
    day = due.date - dt.timedelta(days=version.open_days)
    return dt.datetime.combine(day, dt.time.min, tzinfo=SHANGHAI)


def times(version: FormVersion, due: Due, opened: dt.datetime) -> tuple[dt.datetime, dt.datetime, str]:
    """(due moment, end of the late window, assumption) of a round opened at a moment.

    A round opened after its due moment (a first period in the past, a pause of the program) is nobody's fault but the
    program's: it is due at the end of a late window counted from its opening, at least ``_LEAST_DAYS`` days; that
    moment alone decides who is on time, late or missing.
    """
    late_until = end_of_day(due.date + dt.timedelta(days=version.late_days))
    if opened <= due.moment:
        return due.moment, late_until, due.assumption
    moment = end_of_day(local_date(opened) + dt.timedelta(days=max(version.late_days, _LEAST_DAYS)))
    told = f"开放晚于规定的截止日（{due.date:%Y-%m-%d}），截止顺延"
    return moment, max(moment, late_until), "；".join(filter(None, (due.assumption, told)))[:200]


@dataclass(frozen=True, slots=True)
class Opening:
    """A round that is to be opened."""

    version: FormVersion
    period: Period
    due: Due


def due_openings(now: dt.datetime, form_id: int | None = None) -> Iterator[Opening]:
    """The rounds whose moment has come and that are not open yet: of every form in use, or of one."""
    versions = FormVersion.objects.filter(published_at__isnull=False, form__is_active=True).defer("definition")
    if form_id is not None:
        versions = versions.filter(form_id=form_id)
    by_form: dict[int, list[FormVersion]] = {}
    for version in versions.order_by("form_id", "first_day", "ordinal"):
        by_form.setdefault(version.form_id, []).append(version)
    opened = set(Round.objects.filter(form__in=by_form).order_by().values_list("form_id", "period"))
    for form, in_order in by_form.items():
        for number, version in enumerate(in_order):
            # A version is in force until the next one begins; of two that begin together the later one counts.
            until = in_order[number + 1].first_day if number + 1 < len(in_order) else None
            for period, due in _begun(version, until, now):
                if (form, str(period)) not in opened:
                    yield Opening(version, period, due)


def _begun(version: FormVersion, until: dt.date | None, now: dt.datetime) -> Iterator[tuple[Period, Due]]:
    rule = rule_of(version)
    assert version.first_day is not None  # a constraint of published versions
    period = Period.containing(version.first_day, rule.cadence)
    ahead = 0
    while (until is None or period.first_day < until) and ahead < _FARTHEST:
        due = due_date(period, rule)
        if opening(version, due) > now:
            return
        yield period, due
        ahead += period.first_day > local_date(now)
        period = period.next()


def openings_at_once(version: FormVersion, first: Period, now: dt.datetime) -> int:
    """How many rounds open at once where a draft is put in force from a period on; counted up to ``_FARTHEST``."""
    rule, count = rule_of(version), 0
    while count < _FARTHEST and opening(version, due_date(first, rule)) <= now:
        count, first = count + 1, first.next()
    return count


def open_rounds(*, now: dt.datetime | None = None) -> list[Round]:
    """Open every round whose moment has come: one return for each reporter, exempt units' as such.

    Safe to repeat and to run twice at once; catches up after a pause. Each round is a transaction of its own.
    """
    at = moment(now)
    opened = (_open(item, at) for item in list(due_openings(at)))
    return [found for found in opened if found is not None]


def _open(item: Opening, now: dt.datetime) -> Round | None:
    version, period = item.version, item.period
    with transaction.atomic():
        # The form's row makes two ticks take turns; whoever comes second finds the round there.
        form = Form.objects.select_for_update(of=("self",)).get(pk=version.form_id)
        if Round.objects.filter(form=form, period=str(period)).exists():
            return None
        due_at, late_until, assumption = times(version, item.due, now)
        found = Round.objects.create(
            form=form,
            version=version,
            period=str(period),
            first_day=period.first_day,
            last_day=period.last_day,
            opened_at=now,
            due_at=due_at,
            late_until=late_until,
            assumption=assumption,
        )
        units = _reporters(version, period)
        exempt = _exempt(form, period)
        answers = Return.objects.bulk_create(
            [
                Return(round=found, unit=unit, state=ReturnState.EXEMPT if unit.pk in exempt else ReturnState.OPEN)
                for unit in units
            ]
        )
        ReturnStep.objects.bulk_create(
            ReturnStep(
                answer=answer,
                action=StepAction.EXEMPT,
                from_state=ReturnState.OPEN,
                to_state=ReturnState.EXEMPT,
                reason=exempt[answer.unit_id].reason,
                by_id=exempt[answer.unit_id].granted_by_id,
                at=now,
            )
            for answer in answers
            if answer.unit_id in exempt
        )
        _prefill(found, answers)
        after = {
            "期别": str(period),
            "截止": found.due_at,
            "填报单位": len(units),
            "免报": len(exempt.keys() & {u.pk for u in units}),
        }
        tell_opened(found, now=now)
        record(acting_user=None, acts=[Act(action="开放报期", target=found, after=after)])
    return found


def _prefill(found: Round, answers: Sequence[Return]) -> None:
    """Fill in what the system holds already, where an app offers it for this form."""
    reader = reader_of(found.form.key)
    if reader is None:
        return
    filled = [answer for answer in answers if answer.state == ReturnState.OPEN and fill(answer, reader)]
    Return.objects.bulk_update(filled, ("cells", "rows", "reasons", "marks", "revision"), batch_size=100)


def _reporters(version: FormVersion, period: Period) -> Sequence[Unit]:
    """The units that are asked, without those that did not exist in the period."""
    there = Q(valid_from=None) | Q(valid_from__lte=period.last_day)
    still = Q(valid_to=None) | Q(valid_to__gte=period.first_day)
    return list(version.reporters.filter(there, still).order_by("path"))


def _exempt(form: Form, period: Period) -> dict[int, Exemption]:
    """The exemptions in force for the period, by unit."""
    found = Exemption.objects.filter(form=form, ended_at=None, first_day__lte=period.first_day).filter(
        Q(last_day=None) | Q(last_day__gte=period.last_day)
    )
    return {item.unit_id: item for item in found.order_by("pk")}


def freeze_round(*, acting_user: Any, round_id: int, now: dt.datetime | None = None) -> Round:
    """Freeze a round: from now on its returns take nothing unless one is opened again. A frozen one stays as it is.

    Waits for whoever is submitting, so that nothing comes in after the moment of freezing.
    """
    with transaction.atomic():
        found = Round.objects.select_for_update(of=("self",)).filter(pk=round_id).first()
        if found is None:
            raise Http404
        require(may_collect(acting_user, found.form), "只有收表单位可以封存。")
        if found.frozen_at is not None:
            return found
        # Every writer of a return holds its row and reads the round after that.
        list(Return.objects.select_for_update().filter(round=found).order_by("pk").values_list("pk", flat=True))
        found.frozen_at = moment(now)
        found.save(update_fields=("frozen_at",))
        counts = dict.fromkeys(ReturnState.values, 0)
        for state in Return.objects.filter(round=found).order_by().values_list("state", flat=True):
            counts[state] += 1
        after = {ReturnState(state).label: count for state, count in counts.items() if count}
        record(acting_user=acting_user, acts=[Act(action="封存报期", target=found, after=after)])
    return found


def unfreeze_round(*, acting_user: Any, round_id: int, reason: str) -> Round:
    """Undo the freezing of a round, with a reason: its returns are taken again as far as their time allows.

    One that is not frozen stays as it is.
    """
    reason = reason.strip()
    if not reason or len(reason) > 300 or not is_storable(reason):
        raise ValidationError("请写明撤销封存的理由，不超过300字。")
    with transaction.atomic():
        found = Round.objects.select_for_update(of=("self",)).filter(pk=round_id).first()
        if found is None:
            raise Http404
        require(may_collect(acting_user, found.form), "只有收表单位可以撤销封存。")
        if found.frozen_at is None:
            return found
        before = {"封存时间": found.frozen_at.isoformat()}
        found.frozen_at = None
        found.save(update_fields=("frozen_at",))
        record(
            acting_user=acting_user,
            acts=[Act(action="撤销封存", target=found, before=before, after={"理由": reason})],
        )
    return found
