"""A coordinating office's day: new, due today, overdue, waiting for me, escalations proposed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Window
from django.utils import timezone

from luoshi.apps.supervision.models import (
    Extension,
    Interview,
    InterviewState,
    Order,
    OrderAction,
    OrderState,
    OrderStep,
    Proposal,
    ProposalState,
)
from luoshi.apps.supervision.policies import (
    assigned_by,
    decided_by,
    visible_interviews,
    visible_orders,
    visible_proposals,
    worked_by,
)
from luoshi.apps.supervision.queries.orders import OrderRow, due_condition, row_of, with_units
from luoshi.apps.supervision.states import WITH_UNIT

SHOWN = 8
NEW_DAYS = 3


@dataclass(frozen=True, slots=True)
class Part:
    """Some orders of a kind: the first rows, and how many there are."""

    rows: tuple[OrderRow, ...]
    total: int

    @property
    def hidden(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class WaitingExtension:
    """A request for more time that waits for the person."""

    extension: Extension
    order: Order


@dataclass(frozen=True, slots=True)
class Today:
    """The parts of the day: ``to_review``, ``extensions`` wait for the owner, ``to_accept``, ``to_do`` for the unit."""

    to_review: Part
    extensions: tuple[WaitingExtension, ...]
    to_accept: Part
    to_do: Part
    new: Part
    due_today: Part
    overdue: Part
    drafts: Part
    proposals: tuple[Proposal, ...]
    proposal_total: int
    interviews: tuple[Interview, ...]

    @property
    def waiting(self) -> int:
        """How much waits for this person."""
        return self.to_review.total + len(self.extensions) + self.to_accept.total + self.proposal_total


def today(user: Any, now: dt.datetime | None = None) -> Today:
    """What stands on the page of the day."""
    now = now or timezone.now()
    given = visible_orders(user).filter(assigned_by(user))
    mine = visible_orders(user).filter(worked_by(user))
    seen = visible_orders(user)
    due = ("due_at", "pk")
    since = now - dt.timedelta(days=NEW_DAYS)
    proposals = visible_proposals(user).filter(decided_by(user), state=ProposalState.PROPOSED)
    extensions = _extensions(user)
    interviews = visible_interviews(user).filter(state__in=(InterviewState.PLANNED, InterviewState.HELD))
    proposed = proposals.select_related("plan", "office", "unit", "ladder").annotate(total=Window(Count("*")))
    first = list(proposed.order_by("-proposed_at", "-pk")[:SHOWN])
    return Today(
        to_review=_part(to_review(user), due, now),
        extensions=tuple(WaitingExtension(row, row.stage.order) for row in extensions[:SHOWN]),
        to_accept=_part(mine.filter(state=OrderState.ASSIGNED), due, now),
        to_do=_part(mine.filter(state__in=(OrderState.IN_WORK, OrderState.SENT_BACK)), due, now),
        new=_part(
            seen.filter(state=OrderState.ASSIGNED, assigned_at__gte=since).exclude(pk__in=mine.values("pk")),
            ("-assigned_at", "-pk"),
            now,
        ),
        due_today=_part(seen.filter(due_condition("today", now)), due, now),
        overdue=_part(seen.filter(due_condition("overdue", now)), due, now),
        drafts=_part(given.filter(state=OrderState.DRAFT), ("-created_at", "-pk"), now),
        proposals=tuple(first),
        proposal_total=first[0].total if first else 0,
        interviews=tuple(interviews.select_related("unit", "owner").order_by("held_at", "pk")[:SHOWN]),
    )


def to_review(user: Any) -> QuerySet[Order]:
    """The answered orders that wait for this person: not those whose answer is their own."""
    waiting = visible_orders(user).filter(assigned_by(user), state=OrderState.ANSWERED)
    if user is None:
        return waiting
    last = OrderStep.objects.filter(order=OuterRef("pk"), action=OrderAction.ANSWER).order_by("-pk")
    return waiting.alias(last_by=Subquery(last.values("by")[:1])).exclude(last_by=user.pk)


def _extensions(user: Any) -> QuerySet[Extension]:
    orders = Order.objects.filter(assigned_by(user), pk=OuterRef("stage__order"))
    rows = Extension.objects.filter(Exists(orders), granted=None)
    if user is not None:
        rows = rows.exclude(asked_by=user)
    return rows.select_related("stage__order__unit", "stage__order__owner", "asked_by").order_by("asked_at", "pk")


def _part(rows: QuerySet[Order], order: tuple[str, ...], now: dt.datetime) -> Part:
    """The first rows and the number of all: one query."""
    found = list(with_units(rows).annotate(total=Window(Count("*"))).order_by(*order)[:SHOWN])
    return Part(tuple(row_of(row, now) for row in found), found[0].total if found else 0)


@dataclass(frozen=True, slots=True)
class BenchPart:
    """What the workbench shows of supervision: what this person must do next."""

    rows: tuple[tuple[OrderRow, str], ...]
    hidden: int
    proposals: int
    overdue: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be said."""
        return not (self.rows or self.proposals or self.overdue)


def bench_part(user: Any, now: dt.datetime | None = None) -> BenchPart:
    """Orders that wait for the person, the most pressing first, with what is to be done: at most six queries."""
    now = now or timezone.now()
    mine = visible_orders(user).filter(worked_by(user), state__in=WITH_UNIT)
    rows = [
        (row_of(row, now), _VERBS[OrderState(row.state)])
        for row in with_units(mine).order_by("due_at", "pk")[: SHOWN + 1]
    ]
    reviews = with_units(to_review(user)).order_by("due_at", "pk")[: SHOWN + 1]
    rows += [(row_of(row, now), "审核") for row in reviews]
    given = visible_orders(user).filter(assigned_by(user)).filter(due_condition("overdue", now))
    proposals = visible_proposals(user).filter(decided_by(user), state=ProposalState.PROPOSED)
    return BenchPart(tuple(rows[:SHOWN]), max(0, len(rows) - SHOWN), proposals.count(), given.count())


_VERBS = {OrderState.ASSIGNED: "签收", OrderState.IN_WORK: "报结", OrderState.SENT_BACK: "改正后再报"}
