"""The rule about returns: a form that a unit does not report, several rounds running."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from luoshi.apps.dispatch.models import EarlyWarning, WarningRule
from luoshi.apps.dispatch.rules import Parameters
from luoshi.apps.dispatch.watching.found import Finding, Look
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.models import Return, ReturnState, Round
from luoshi.periods import Period

#: Rounds longer ago say nothing of now.
_RECENT = dt.timedelta(days=800)


@dataclass(slots=True)
class MissingAgain:
    """Not reported ``periods`` rounds running, by the due moment of each. Exempt rounds are not counted.

    What was submitted after the moment of looking is not known yet, so that the past can be looked at as it was.
    """

    rule: WarningRule
    parameters: Parameters
    now: dt.datetime
    _rounds: dict[int, list[Round]] = field(default_factory=dict)

    def _due(self) -> dict[int, list[Round]]:
        """The rounds of the forms watched that were due, by form, the latest first: one query."""
        if not self._rounds:
            about = Q(form__plan=self.rule.plan_id) if self.rule.plan_id else Q(form__owner=self.rule.owner_id)
            if not self.rule.plan_id:
                about |= Q(form__plan__owner=self.rule.owner_id)
            rows = Round.objects.filter(about, form__is_active=True, due_at__lt=self.now)
            rows = rows.filter(due_at__gt=self.now - _RECENT).select_related("form")
            found: dict[int, list[Round]] = defaultdict(list)
            for row in rows.order_by("form_id", "-first_day"):
                found[row.form_id].append(row)
            self._rounds = dict(found)
        return self._rounds

    def findings(self) -> Iterator[Finding]:
        """Every unit that reported none of a form's last rounds: two queries."""
        wanted = self.parameters.periods
        last = {form: rounds[:wanted] for form, rounds in self._due().items() if len(rounds) >= wanted}
        late = Q(submitted_at=None) | Q(submitted_at__gt=self.now)
        rows = (
            Return.objects.filter(late, round__in=[one.pk for rounds in last.values() for one in rounds])
            .exclude(state=ReturnState.EXEMPT)
            .select_related("unit")
            .only("round_id", "unit__id", "unit__name", "unit__short_name", "unit__path", "unit__key")
        )
        missing: dict[tuple[int, int], set[int]] = defaultdict(set)
        units: dict[int, Unit] = {}
        form_of = {one.pk: form for form, rounds in last.items() for one in rounds}
        for row in rows.order_by("unit__path"):
            missing[form_of[row.round_id], row.unit_id].add(row.round_id)
            units[row.unit_id] = row.unit
        for (form, unit), rounds in missing.items():
            if len(rounds) == wanted:
                yield self._finding(units[unit], last[form])

    def _finding(self, unit: Unit, rounds: list[Round]) -> Finding:
        form, labels = rounds[0].form, [Period.parse(one.period).label for one in reversed(rounds)]
        running = f"连续{len(rounds)}期未报" if len(rounds) > 1 else "未报"
        snapshot = {
            "unit": str(unit),
            "form": form.title,
            "form_key": form.key,
            "rounds": [{"period": one.period, "due": one.due_at.isoformat()} for one in reversed(rounds)],
        }
        return Finding(
            unit=unit,
            subject=f"form:{form.pk}",
            period=rounds[0].period,
            sentence=f"{unit}{running}《{form.title}》（{'、'.join(labels)}）。"[:400],
            snapshot=snapshot,
            plan_id=form.plan_id,
            form_id=form.pk,
            light="grey",
        )

    def looks(self, warning: EarlyWarning) -> list[Look]:
        """How the form's later rounds were reported; good once the last one due is there, late or not."""
        rounds = self._due().get(warning.form_id or 0, [])
        since = Period.parse(warning.period)
        later = [one for one in rounds if Period.parse(one.period).last_day >= since.last_day]
        answers = Return.objects.filter(round__in=[one.pk for one in later], unit=warning.unit_id)
        states = {one.round_id: one for one in answers.only("round_id", "submitted_at", "state")}
        found = []
        for row in reversed(later):
            answer, period = states.get(row.pk), Period.parse(row.period)
            there = answer is not None and (
                answer.state == ReturnState.EXEMPT
                or (answer.submitted_at is not None and answer.submitted_at <= self.now)
            )
            after = warning.followed_period or warning.period
            if not there and period.last_day <= Period.parse(after).last_day:
                continue
            words = "已报" if there else "仍未报"
            snapshot = {"form": row.form.title, "period": row.period, "reported": there}
            sentence = f"{period.label}《{row.form.title}》{words}。"
            found.append(Look(row.period, there, sentence, snapshot, "" if there else "grey"))
        # Only the last round decides; a gap in the past that is followed by a report is over.
        return found[-1:] if found and found[-1].good else [look for look in found if not look.good]
