"""Who sees which forms and returns, and who may fill, review and collect them.

* Fill: reporters whose role reaches the unit.
* Review: by stage. ``unit``: reviewers whose role reaches the unit and is held below the prefecture (or in the unit
  itself); ``county``: reviewers and coordinators of the county above the unit; ``lead``: leads, coordinators and
  reviewers whose role reaches the form's owner. Who submitted never reviews the same submission.
* Collect (open again, freeze, exempt, design): leads, coordinators and administrators whose role reaches the owner.
* See: every return of the units in one's reach; all returns of the forms whose owner is in reach of one who collects,
  reviews or leads.

Sets are querysets without joins that could repeat rows; ``None`` is the system itself and may do everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from luoshi.apps.organisations.models import Role, Unit, UnitKind
from luoshi.apps.organisations.policies import OVERSEERS, authority, covered, within
from luoshi.apps.reporting.models import Form, FormVersion, Return, ReturnState, ReviewStage, Submission

COLLECTORS = (Role.LEAD, Role.COORDINATOR, Role.ADMINISTRATOR)
#: Roles that see what all units returned, where the form's owner is in their reach.
READERS = (*OVERSEERS, Role.LEAD, Role.REVIEWER)
#: Who reviews at each stage.
REVIEWERS: dict[str, tuple[Role, ...]] = {
    ReviewStage.UNIT: (Role.REVIEWER,),
    ReviewStage.COUNTY: (Role.REVIEWER, Role.COORDINATOR),
    ReviewStage.LEAD: (Role.LEAD, Role.COORDINATOR, Role.REVIEWER),
}
#: Units between a township (or a county's department) and the prefecture.
COUNTIES = (UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE)


def visible_forms(user: Any) -> QuerySet[Form]:
    """The forms that the person collects or reads, and those that a unit in reach is asked to fill in."""
    if user is None:
        return Form.objects.all()
    reporters = FormVersion.reporters.through.objects.filter(
        within("unit__", authority(user).paths()), formversion__published_at__isnull=False
    )
    asked = FormVersion.objects.filter(pk__in=reporters.values("formversion_id")).order_by()
    owned = within("owner__", authority(user).paths(*READERS))
    return Form.objects.filter(owned | Q(pk__in=asked.values("form_id")))


def visible_returns(user: Any) -> QuerySet[Return]:
    """The returns that the person sees, drafts included."""
    if user is None:
        return Return.objects.all()
    known = authority(user)
    return Return.objects.filter(
        within("unit__", known.paths()) | within("round__form__owner__", known.paths(*READERS))
    )


def sees_return(user: Any, answer: Return) -> bool:
    """Whether a return (with its round's form, owner and unit) is one of ``visible_returns``: no query."""
    if user is None:
        return True
    known = authority(user)
    return covered(answer.unit.path, known.paths()) or covered(answer.round.form.owner.path, known.paths(*READERS))


def fillable_returns(user: Any) -> QuerySet[Return]:
    """The returns that the person may fill in, in whatever state."""
    if user is None:
        return Return.objects.all()
    return Return.objects.filter(within("unit__", authority(user).paths(Role.REPORTER)))


def reviewable_returns(user: Any) -> QuerySet[Return]:
    """The returns in review that wait for this person."""
    waiting = Return.objects.filter(state=ReturnState.IN_REVIEW)
    if user is None:
        return waiting
    latest = Submission.objects.filter(answer=OuterRef("pk")).order_by("-ordinal")
    waiting = waiting.annotate(last_by=Subquery(latest.values("submitted_by")[:1]))
    return waiting.filter(_desk(user).condition()).exclude(last_by=user.pk)


def collected_forms(user: Any) -> QuerySet[Form]:
    """The forms whose rounds the person runs."""
    if user is None:
        return Form.objects.all()
    return Form.objects.filter(within("owner__", authority(user).paths(*COLLECTORS)))


def may_fill(user: Any, answer: Return) -> bool:
    """Whether the person reports for the unit, whatever the state."""
    return user is None or authority(user).covers(answer.unit, Role.REPORTER)


def may_review(user: Any, answer: Return) -> bool:
    """Whether the return waits for this person: the stage is theirs, and they did not submit it themselves."""
    if answer.state != ReturnState.IN_REVIEW:
        return False
    return user is None or (sits_at(user, answer) and last_submitter(answer) != user.pk)


def sits_at(user: Any, answer: Return) -> bool:
    """Whether the person reviews at the return's stage (and may yet be the one who submitted it)."""
    return user is None or _desk(user).covers(answer)


def last_submitter(answer: Return) -> int | None:
    """Who submitted the return the last time."""
    found = Submission.objects.filter(answer=answer).order_by("-ordinal")
    return found.values_list("submitted_by_id", flat=True).first()


def may_collect(user: Any, form: Form) -> bool:
    """Whether the person runs the form's rounds: opens again, freezes, exempts, designs."""
    return user is None or authority(user).covers(form.owner, *COLLECTORS)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where a person reviews: units (exactly), subtrees for the unit's stage, counties, subtrees of owners."""

    units: tuple[int, ...] = ()
    subtrees: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()

    def condition(self) -> Q:
        """A condition on returns in review."""
        below = within("unit__", self.counties)
        return (
            Q(stage=ReviewStage.UNIT) & (Q(unit_id__in=self.units) | within("unit__", self.subtrees))
            | Q(stage=ReviewStage.COUNTY) & below & ~Q(unit__path__in=self.counties)
            | Q(stage=ReviewStage.LEAD) & within("round__form__owner__", self.owners)
        )

    def covers(self, answer: Return) -> bool:
        """Whether the return's stage is theirs."""
        path = answer.unit.path
        if answer.stage == ReviewStage.UNIT:
            return answer.unit_id in self.units or covered(path, self.subtrees)
        if answer.stage == ReviewStage.COUNTY:
            return covered(path, self.counties) and path not in self.counties
        return answer.stage == ReviewStage.LEAD and covered(answer.round.form.owner.path, self.owners)


def _desk(user: Any) -> _Desk:
    """Where the person reviews: one query, remembered on the user object for the request."""
    known: _Desk | None = getattr(user, "_reporting_desk", None)
    if known is not None:
        return known
    grants = authority(user).grants
    reviewing = [grant for grant in grants if grant.role in REVIEWERS[ReviewStage.COUNTY]]
    desk = _Desk(owners=authority(user).paths(*REVIEWERS[ReviewStage.LEAD]))
    if reviewing:
        found = Unit.objects.filter(Q(pk__in=[grant.unit_id for grant in reviewing]) | Q(kind=UnitKind.PREFECTURE))
        kinds = dict(found.order_by().values_list("path", "kind"))
        prefectures = [path for path, kind in kinds.items() if kind == UnitKind.PREFECTURE]
        own = [grant for grant in reviewing if grant.role in REVIEWERS[ReviewStage.UNIT]]
        desk = _Desk(
            units=tuple(grant.unit_id for grant in own),
            subtrees=tuple(grant.path for grant in own if not above_any(grant.path, prefectures)),
            counties=tuple(sorted({grant.path for grant in reviewing if kinds.get(grant.path) in COUNTIES})),
            owners=desk.owners,
        )
    if user is not None:
        user._reporting_desk = desk
    return desk


def above_any(path: str, others: Iterable[str]) -> bool:
    """Whether a unit is one of the others or stands above one."""
    return any(other.startswith(path) for other in others)
