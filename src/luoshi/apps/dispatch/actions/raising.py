"""What the site does by itself about warnings: raises them, follows them, closes them, calls who has not answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from luoshi.apps.dispatch.actions.locking import moment
from luoshi.apps.dispatch.models import (
    EarlyWarning,
    WarningAction,
    WarningRule,
    WarningState,
    WarningStep,
)
from luoshi.apps.dispatch.states import WARNINGS
from luoshi.apps.dispatch.telling import CLOSED, OVERDUE, settle_warned, tell_owner, tell_unit, tell_warned
from luoshi.apps.dispatch.watching import Finding, Look, lookers
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.plans.models import Plan
from luoshi.periods import Period
from luoshi.periods.due import days_after

STANDING = (WarningState.OPEN, WarningState.ANSWERED)


def _active_rules(plans: Iterable[Plan] | None) -> list[WarningRule]:
    rules = WarningRule.objects.filter(is_active=True).select_related("owner", "plan__owner")
    if plans is not None:
        plans = list(plans)
        owners = {plan.owner_id for plan in plans}
        rules = rules.filter(plan__in=plans) | rules.filter(plan=None, owner__in=owners)
    return list(rules.order_by("pk"))


def raise_warnings(*, now: dt.datetime | None = None, plans: Iterable[Plan] | None = None) -> list[EarlyWarning]:
    """Raise what the rules in use find, each warning once: safe to repeat, and to run twice at once.

    While a warning stands, no second one is raised for the same rule, unit and subject; nor ever one for the same
    period. ``now`` given looks at what was known then. Each rule is a transaction of its own.
    """
    at = moment(now)
    rules = _active_rules(plans)
    looking = lookers(rules, now=at, as_of=now)
    raised = []
    for rule in rules:
        if rule.pk in looking:
            raised += _raise(rule, list(looking[rule.pk].findings()), at)
    return raised


def _raise(rule: WarningRule, findings: Sequence[Finding], at: dt.datetime) -> list[EarlyWarning]:
    if not findings:
        return []
    with transaction.atomic():
        # The rule's row makes two that look at once take turns; whoever comes second finds the warnings there.
        turn = WarningRule.objects.select_for_update().filter(pk=rule.pk, is_active=True).order_by("pk").first()
        if turn is None:
            return []
        fresh = _fresh(rule, findings)
        if not fresh:
            return []
        due = days_after(timezone.localtime(at).date(), rule.answer_days, working=rule.working)
        raised = []
        for finding in fresh:
            warning = EarlyWarning(
                rule=rule,
                unit=finding.unit,
                plan_id=finding.plan_id,
                target_id=finding.target_id,
                form_id=finding.form_id,
                subject=finding.subject,
                period=finding.period,
                sentence=finding.sentence,
                snapshot=finding.snapshot | ({"assumption": due.assumption} if due.assumption else {}),
                raised_at=at,
                due_at=due.moment,
                light=finding.light,
            )
            raised.append(warning)
        EarlyWarning.objects.bulk_create(raised)
        WarningStep.objects.bulk_create(
            WarningStep(
                warning=warning,
                action=WarningAction.RAISE,
                text=warning.sentence,
                period=warning.period,
                snapshot=warning.snapshot,
                at=at,
            )
            for warning in raised
        )
        tell_warned(raised, now=at)
        record(
            acting_user=None,
            acts=[
                Act(action="预警", target=warning, after={"期别": warning.period, "应策期限": warning.due_at})
                for warning in raised
            ],
        )
    return raised


def _fresh(rule: WarningRule, findings: Sequence[Finding]) -> list[Finding]:
    """What no warning that stands, and none of the same period, says already: one query."""
    known = EarlyWarning.objects.filter(rule=rule, subject__in={finding.subject for finding in findings})
    standing, periods = set(), set()
    for unit, subject, period, state in known.order_by().values_list("unit_id", "subject", "period", "state"):
        periods.add((unit, subject, period))
        if state in STANDING:
            standing.add((unit, subject))
    return [
        finding
        for finding in findings
        if (finding.unit.pk, finding.subject) not in standing
        and (finding.unit.pk, finding.subject, finding.period) not in periods
    ]


def follow_warnings(*, now: dt.datetime | None = None) -> list[EarlyWarning]:
    """Look how what was warned of stands in each later period (问效); close what is right again. Those closed.

    Safe to repeat: a period is looked at once. A warning whose rule was stopped is followed to its end all the same.
    """
    at = moment(now)
    standing = EarlyWarning.objects.filter(state__in=STANDING, raised_at__lte=at)
    warnings = list(standing.select_related("rule__owner", "rule__plan__owner", "unit").order_by("rule_id", "pk"))
    looking = lookers({warning.rule_id: warning.rule for warning in warnings}.values(), now=at, as_of=now)
    closed = []
    for warning in warnings:
        looker = looking.get(warning.rule_id)
        looks = looker.looks(warning) if looker else []
        if looks and (after := _follow(warning.pk, looks, at)) is not None and after.state == WarningState.CLOSED:
            closed.append(after)
    return closed


def _follow(warning_id: int, looks: Sequence[Look], at: dt.datetime) -> EarlyWarning | None:
    """Write down what was seen, and close the warning if the last look is good."""
    with transaction.atomic():
        warning = EarlyWarning.objects.select_for_update().filter(pk=warning_id).order_by("pk").first()
        if warning is None or warning.state not in STANDING:
            return None
        after = Period.parse(warning.followed_period or warning.period)
        # What another tick has seen meanwhile is not seen twice; a late report of the period warned of may be.
        looks = [
            look
            for look in looks
            if Period.parse(look.period).last_day > after.last_day or (look.good and look is looks[-1])
        ]
        if not looks:
            return None
        last = looks[-1]
        state = WARNINGS.next(warning.state, WarningAction.CLOSE if last.good else WarningAction.FOLLOW)
        steps = [
            WarningStep(
                warning=warning,
                action=WarningAction.FOLLOW,
                text=look.sentence,
                period=look.period,
                snapshot=look.snapshot,
                at=at,
            )
            for look in looks
        ]
        warning.followed_period, warning.light = last.period, last.light
        if last.good:
            warning.closed_at, warning.turned_green = at, last.period
            steps.append(
                WarningStep(warning=warning, action=WarningAction.CLOSE, text=last.sentence, period=last.period, at=at)
            )
        warning.state = state
        warning.revision += 1
        fields = ("followed_period", "light", "closed_at", "turned_green", "state", "revision")
        warning.save(update_fields=fields)
        WarningStep.objects.bulk_create(steps)
        acts = [Act(action="跟踪预警", target=warning, after={"期别": last.period, "情况": last.sentence})]
        if last.good:
            settle_warned(warning, now=at)
            key = f"warning:{warning.pk}:closed"
            title = f"{warning.unit}预警已销警"
            tell_unit(warning, CLOSED, key, title, last.sentence, now=at)
            tell_owner(warning, CLOSED, key, title, last.sentence, now=at)
            acts = [Act(action="销警", target=warning, after={"期别": last.period, "情况": last.sentence})]
        record(acting_user=None, acts=acts)
    return warning


def chase_answers(*, now: dt.datetime | None = None) -> int:
    """Tell units, and who keeps the rule, that a warning was not answered in time: once a warning; how many."""
    at = moment(now)
    late = EarlyWarning.objects.filter(state=WarningState.OPEN, due_at__lt=at).select_related("rule__owner", "unit")
    told = 0
    for warning in late.order_by("due_at", "pk"):
        key = f"warning:{warning.pk}:overdue:{warning.due_at:%Y%m%d}"
        title = f"{warning.unit}逾期未应策"
        with transaction.atomic():
            new = tell_unit(warning, OVERDUE, key, title, warning.sentence, now=at)
            new += tell_owner(warning, OVERDUE, key, title, warning.sentence, now=at)
        told += bool(new)
    return told
