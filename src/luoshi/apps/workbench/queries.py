"""What waits for a person, gathered from the other apps: a few queries each, the same few at any size."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone

from luoshi.apps.accounts.models import User
from luoshi.apps.intake.models import Draft
from luoshi.apps.intake.policies import may_enter, visible_drafts
from luoshi.apps.intake.queries import waiting, with_counts
from luoshi.apps.notices.models import Delivery
from luoshi.apps.organisations.models import Membership, Role, Unit
from luoshi.apps.organisations.policies import EVERYWHERE, administered, among, authority, memberships, within
from luoshi.apps.plans.models import Instruction, PlanVersion
from luoshi.apps.plans.policies import visible_instructions, visible_plans
from luoshi.apps.plans.queries.due_lists import DueList, due_and_overdue
from luoshi.apps.reporting.models import Return
from luoshi.apps.reporting.policies import reviewable_returns
from luoshi.apps.reporting.queries.returns import ToFill, listed, returns_to_fill, to_fill
from luoshi.apps.reporting.states import EDITABLE

DAYS_AHEAD = 14
DAYS_BACK = 30
SHOWN = 12
#: Roles that review returns at some stage.
REVIEWING = (Role.REVIEWER, Role.COORDINATOR, Role.LEAD)


@dataclass(frozen=True, slots=True)
class Bench:
    """All that the workbench shows; ``hidden_…`` tells that more wait than are listed."""

    returns: list[ToFill]
    hidden_returns: bool
    reviews: list[Return]
    hidden_reviews: bool
    drafts: list[Draft]
    hidden_drafts: bool
    keeps_drafts: bool
    due: DueList
    overdue: DueList
    first: dt.date
    last: dt.date
    versions: list[PlanVersion]
    instructions: list[Instruction]
    memberships: list[Membership]

    @property
    def nothing(self) -> bool:
        """Whether nothing at all waits."""
        waiting = self.returns or self.reviews or self.drafts or self.due.rows or self.overdue.rows
        return not (waiting or self.versions or self.instructions)


@dataclass(frozen=True, slots=True)
class Lacking:
    """What an administrator is to put right, each with its number; the lists name the first few."""

    people: int
    units: int
    first_units: list[Unit]
    deliveries: int
    reasons: list[str]


def lacking(user: Any) -> Lacking | None:
    """People without a role, units with a return to fill in but nobody to do so, messages that were given up.

    ``None`` for who administers nothing. Six queries.
    """
    paths = administered(user)
    if not paths:
        return None
    held = Membership.objects.order_by().values("user_id")
    people = User.objects.filter(~among("pk", held), is_active=True).order_by().count()
    asked = Return.objects.filter(state__in=EDITABLE, round__frozen_at=None).order_by().values("unit_id")
    inner = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    reporters = Membership.objects.annotate(inner=inner).filter(
        inner__startswith=F("unit__path"), role=Role.REPORTER, user__is_active=True
    )
    units = Unit.objects.filter(within("", paths) if paths != EVERYWHERE else Q(), among("pk", asked))
    units = units.filter(~Exists(reporters)).order_by("path")
    # Whose address or robot is at fault is no matter of a county; who looks after all looks after these too.
    failed = Delivery.objects.filter(delivered_at=None, next_attempt_at=None).exclude(error="").order_by()
    failed = failed if paths == EVERYWHERE else failed.none()
    recent = failed.filter(created_at__gte=timezone.now() - dt.timedelta(days=DAYS_BACK))
    reasons = recent.values_list("error").annotate(times=Count("pk")).order_by("-times")[:3]
    return Lacking(
        people,
        units.count(),
        list(units[:SHOWN]),
        recent.count(),
        [f"{reason}（{times} 条）" for reason, times in reasons],
    )


def waiting_drafts(user: Any) -> list[Draft]:
    """Open drafts that the person may confirm, the oldest first, with their counts: two queries."""
    first = waiting(visible_drafts(user)).order_by("created_at", "pk").values("pk")[: SHOWN + 1]
    drafts = with_counts(Draft.objects.filter(pk__in=first))
    return list(drafts.order_by("created_at", "pk"))


def waiting_reviews(user: Any) -> list[Return]:
    """Returns that wait for the person's review, the longest waiting first; none is looked for in vain."""
    if not authority(user).holds(*REVIEWING):
        return []
    return list(listed(reviewable_returns(user)).order_by("submitted_at", "pk")[: SHOWN + 1])


def bench(user: Any, today: dt.date) -> Bench:
    """What waits for the person: at most fifteen queries."""
    now = timezone.now()
    filling = list(returns_to_fill(user, now=now)[: SHOWN + 1]) if authority(user).holds(Role.REPORTER) else []
    reviews = waiting_reviews(user)
    keeps = may_enter(user)
    drafts = waiting_drafts(user) if keeps else []
    last = today + dt.timedelta(days=DAYS_AHEAD)
    due, overdue = due_and_overdue(user, authority(user).paths(), today, last, today, shown=SHOWN)
    back = today - dt.timedelta(days=DAYS_BACK)
    plans = visible_plans(user).order_by().values("pk")
    versions = PlanVersion.objects.filter(plan__in=plans, published_at__date__gte=back)
    instructions = visible_instructions(user).filter(created_at__date__gte=back)
    return Bench(
        [to_fill(answer, now) for answer in filling[:SHOWN]],
        len(filling) > SHOWN,
        reviews[:SHOWN],
        len(reviews) > SHOWN,
        drafts[:SHOWN],
        len(drafts) > SHOWN,
        keeps,
        due,
        overdue,
        today,
        last,
        list(versions.select_related("plan__owner", "published_by").order_by("-published_at")[:SHOWN]),
        list(instructions.select_related("plan", "measure", "author").order_by("-created_at")[:SHOWN]),
        memberships(user),
    )
