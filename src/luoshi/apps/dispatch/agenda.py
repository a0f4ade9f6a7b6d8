"""The agenda that writes itself: what is carried over, who is behind, warnings, problems, who did not report."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q

from luoshi.apps.dispatch.figures import figures_of
from luoshi.apps.dispatch.models import (
    AgendaItem,
    AgendaKind,
    Decision,
    DecisionState,
    DecisionStep,
    EarlyWarning,
    Meeting,
    Problem,
    ProblemState,
    WarningAction,
    WarningState,
    WarningStep,
)
from luoshi.apps.dispatch.texts import canonical
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, Target
from luoshi.apps.reporting.models import Return, ReturnState, Round
from luoshi.apps.targets.queries.standings import standings, worst_first
from luoshi.periods import Period, local_date
from luoshi.progress import Light

#: The order of an agenda: what was promised first, then who is behind, what was warned of, asked for, not reported.
ORDER = (
    AgendaKind.CARRIED,
    AgendaKind.BEHIND,
    AgendaKind.WARNING,
    AgendaKind.PROBLEM,
    AgendaKind.MISSING,
    AgendaKind.TOPIC,
)
_RANK = {kind.value: rank for rank, kind in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class Proposed:
    """An item that the agenda should have."""

    kind: AgendaKind
    key: str
    title: str
    snapshot: dict[str, Any] = field(default_factory=dict)
    unit: Unit | None = None
    target_id: int | None = None
    warning_id: int | None = None
    problem_id: int | None = None
    decision_id: int | None = None


def plans_of(meeting: Meeting) -> list[Plan]:
    """What the meeting is about: the plans named, else all that its owner issued."""
    named = list(meeting.plans.all())
    return named or list(Plan.objects.filter(owner=meeting.owner_id))


def agenda_for(meeting: Meeting, *, now: dt.datetime, as_of: dt.datetime | None = None) -> list[Proposed]:
    """What should stand on the agenda by what is known: some twenty queries at any size; nothing is written."""
    plans = plans_of(meeting)
    found = [*_carried(meeting, now)]
    found += _behind(plans, as_of)
    found += _warnings(meeting, plans, now)
    found += _problems(meeting, plans)
    found += _missing(meeting, plans, now)
    return found


def _carried(meeting: Meeting, now: dt.datetime) -> Iterable[Proposed]:
    """What earlier meetings of the series (or of the same unit, where there is none) decided and is not closed."""
    earlier = Q(meeting__series=meeting.series_id) if meeting.series_id else Q(meeting__owner=meeting.owner_id)
    rows = (
        Decision.objects.filter(earlier, state__in=(DecisionState.OPEN, DecisionState.REPORTED))
        .exclude(meeting=meeting)
        .filter(meeting__held_at__lt=meeting.held_at)
        .select_related("unit", "meeting")
        .prefetch_related("supporting", Prefetch("steps", queryset=DecisionStep.objects.order_by("pk")))
    )
    for row in rows.order_by("due_on", "meeting__held_at", "ordinal", "pk"):
        steps = list(row.steps.all())
        last = steps[-1] if len(steps) > 1 else None
        late = (local_date(now) - row.due_on).days if row.due_on else 0
        yield Proposed(
            kind=AgendaKind.CARRIED,
            key=f"decision:{row.pk}",
            title=row.text.replace("\n", " ")[:200],
            unit=row.unit,
            decision_id=row.pk,
            snapshot={
                "text": row.text,
                "unit": str(row.unit),
                "supporting": [str(unit) for unit in row.supporting.all()],
                "due": row.due_on.isoformat() if row.due_on else "",
                "late_days": max(late, 0),
                "state": row.state,
                "state_words": row.get_state_display(),
                "meeting": row.meeting.title,
                "last": {"action": last.get_action_display(), "text": last.text, "at": last.at.isoformat()}
                if last
                else None,
            },
        )


def _behind(plans: Sequence[Plan], as_of: dt.datetime | None) -> Iterable[Proposed]:
    """Every measured target with units behind, the one with most of them first; the units worst first."""
    targets = Target.objects.filter(plan__in=plans, retired_in=None, measured_by__isnull=False)
    standing = standings(targets.select_related("plan__owner").order_by("plan_id", "pk"), as_of=as_of)
    found = []
    for pk, measured in standing.measured.items():
        rows, whole = standing.of_target(pk), standing.whole(pk)
        counts = Counter(str(row.light) for row in rows if row.light)
        behind = [row for row in rows if row.light in (Light.RED, Light.YELLOW)]
        red = counts[str(Light.RED)]
        if not red and not (whole is not None and whole.light is Light.RED):
            continue
        behind.sort(key=worst_first)
        label = period.label if (period := standing.period_of(pk)) else ""
        told = f"{red}个单位滞后" if red else "全州（市）滞后"
        title = f"{measured.target.indicator}：{told}"[:200]
        snapshot = {
            "name": measured.target.indicator,
            "tier": measured.target.get_tier_display() or "未分档",
            "period_label": label,
            "whole": figures_of(whole) if whole is not None else None,
            "rows": [figures_of(row) for row in behind],
            "counts": dict(counts),
            "units": len(rows),
        }
        found.append((-red, pk, Proposed(AgendaKind.BEHIND, f"target:{pk}", title, snapshot, target_id=pk)))
    return [proposed for _, _, proposed in sorted(found, key=lambda one: one[:2])]


def _warnings(meeting: Meeting, plans: Sequence[Plan], now: dt.datetime) -> Iterable[Proposed]:
    """Warnings that stand: those whose answer is overdue first, then by unit."""
    about = Q(plan__in=plans) | Q(rule__owner=meeting.owner_id, rule__plan=None)
    answers = WarningStep.objects.filter(action=WarningAction.ANSWER).order_by("pk")
    rows = (
        EarlyWarning.objects.filter(about, state__in=(WarningState.OPEN, WarningState.ANSWERED))
        .select_related("unit", "rule", "target")
        .prefetch_related(Prefetch("steps", queryset=answers, to_attr="answers"))
        .order_by("unit__path", "raised_at", "pk")
    )
    found = []
    for row in rows:
        late = row.state == WarningState.OPEN and row.due_at < now
        answer = row.answers[-1] if row.answers else None
        snapshot = {
            "sentence": row.sentence,
            "rule": row.rule.name,
            "unit": str(row.unit),
            "state": row.state,
            "state_words": row.get_state_display(),
            "raised": local_date(row.raised_at).isoformat(),
            "due": local_date(row.due_at).isoformat(),
            "late": late,
            "light": row.light,
            "followed": row.followed_period,
            "answer": {"text": answer.text, "until": answer.until.isoformat() if answer.until else ""}
            if answer
            else None,
        }
        subject = f"“{row.target.indicator}”" if row.target else ""
        title = f"{row.unit}{subject}{row.rule.name}"[:200]
        proposed = Proposed(AgendaKind.WARNING, f"warning:{row.pk}", title, snapshot, unit=row.unit, warning_id=row.pk)
        found.append((not late, proposed))
    return [proposed for _, proposed in sorted(found, key=lambda one: one[0])]


def _problems(meeting: Meeting, plans: Sequence[Plan]) -> Iterable[Proposed]:
    """Problems that wait to be settled: of the plans, and those below the owner that are about no plan."""
    about = Q(plan__in=plans) | Q(plan=None, unit__path__startswith=meeting.owner.path)
    rows = Problem.objects.filter(about, state__in=(ProblemState.OPEN, ProblemState.IN_HAND))
    for row in rows.select_related("unit", "asked").order_by("due_on", "unit__path", "pk"):
        asked = str(row.asked) if row.asked else row.asked_text
        snapshot = {
            "text": row.text,
            "unit": str(row.unit),
            "asked": asked,
            "due": row.due_on.isoformat() if row.due_on else "",
            "state": row.state,
            "state_words": row.get_state_display(),
            "raised": local_date(row.raised_at).isoformat(),
        }
        title = f"{row.unit}：{row.text}".replace("\n", " ")[:200]
        yield Proposed(AgendaKind.PROBLEM, f"problem:{row.pk}", title, snapshot, unit=row.unit, problem_id=row.pk)


def _missing(meeting: Meeting, plans: Sequence[Plan], now: dt.datetime) -> Iterable[Proposed]:
    """Of every form of the plans (or collected by the owner) who did not report the last round that was due."""
    rounds = Round.objects.filter(Q(form__plan__in=plans) | Q(form__owner=meeting.owner_id), form__is_active=True)
    rounds = rounds.filter(due_at__lt=now, due_at__gt=now - dt.timedelta(days=400)).select_related("form")
    last: dict[int, Round] = {}
    for row in rounds.order_by("form_id", "first_day"):
        last[row.form_id] = row
    silent = Return.objects.filter(round__in=[row.pk for row in last.values()], state=ReturnState.OPEN)
    by_round: dict[int, list[str]] = defaultdict(list)
    for answer in silent.filter(submitted_at=None).select_related("unit").order_by("unit__path"):
        by_round[answer.round_id].append(str(answer.unit))
    for row in last.values():
        if units := by_round.get(row.pk):
            label = Period.parse(row.period).label
            yield Proposed(
                AgendaKind.MISSING,
                f"form:{row.form_id}:{row.period}",
                f"《{row.form.title}》{label}：{len(units)}个单位未报"[:200],
                {"form": row.form.title, "period_label": label, "units": units, "due": row.due_at.isoformat()},
            )


def digest_of(items: Iterable[AgendaItem]) -> str:
    """SHA-256 over the items as they were fixed: what the meeting saw."""
    rows = [
        {
            "ordinal": item.ordinal,
            "kind": item.kind,
            "title": item.title,
            "text": item.text,
            "unit": item.unit_id,
            "key": item.key,
            "snapshot": item.snapshot,
            "removed_for": item.removed_for,
        }
        for item in sorted(items, key=lambda one: (one.ordinal, one.pk))
    ]
    return hashlib.sha256(canonical(rows).encode()).hexdigest()


def place_for(kinds: Sequence[str], kind: str) -> int:
    """Where a new item goes among items of these kinds: after the last of its own kind or of one that comes before."""
    rank = _RANK[kind]
    places = [number for number, other in enumerate(kinds, 1) if _RANK[other] <= rank]
    return max(places, default=0)
