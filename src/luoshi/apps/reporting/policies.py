"""Who sees which forms and returns, and who may fill, review and collect them.

* Fill: reporters whose role reaches the unit.
* Review: by stage. ``unit``: reviewers whose role reaches the unit and is held below the prefecture (or in the unit
  itself); ``county``: reviewers and coordinators of the county above the unit; ``lead``: leads, coordinators and
  reviewers whose role reaches the form's owner. Who submitted never reviews the same submission, and who passed one
  stage of it passes no other. Where the form asks the county too, its people do not review the unit's own stage.
* Collect (open again, freeze, exempt, design): leads, coordinators and administrators whose role reaches the owner.
* See: every return of the units in one's reach; all returns of the forms whose owner is in reach of one who collects,
  reviews or leads. A form is seen by all whom one of its versions asked: who is asked no longer keeps the rounds in
  which they were, with the form that these belong to.

Sets are querysets without joins that could repeat rows; ``None`` is the system itself and may do everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from luoshi.apps.organisations.models import Role, Unit, UnitKind
from luoshi.apps.organisations.policies import OVERSEERS, authority, covered, within
from luoshi.apps.reporting.models import (
    Form,
    FormVersion,
    Return,
    ReturnState,
    ReturnStep,
    ReviewStage,
    StepAction,
    Submission,
)

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
    return Return.objects.all() if user is None else Return.objects.filter(seen_from(*reach_of(user)))


def reach_of(user: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The subtrees in the person's reach, and those whose forms they read: what ``seen_from`` takes."""
    known = authority(user)
    return known.paths(), known.paths(*READERS)


def seen_from(paths: tuple[str, ...], reading: tuple[str, ...]) -> Q:
    """A condition on returns: seen by who reaches over some subtrees and reads the forms of others."""
    return within("unit__", paths) | within("round__form__owner__", reading)


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
    waiting = waiting.alias(
        last=Subquery(latest.values("pk")[:1]),
        last_by=Subquery(latest.values("submitted_by")[:1]),
        stages_asked=Cast("round__version__review_stages", TextField()),
    )
    passed = ReturnStep.objects.filter(submission=OuterRef("last"), action=StepAction.PASS, by=user)
    return waiting.filter(_desk(user).condition(), ~Exists(passed)).exclude(last_by=user.pk)


def collected_forms(user: Any) -> QuerySet[Form]:
    """The forms whose rounds the person runs."""
    if user is None:
        return Form.objects.all()
    return Form.objects.filter(within("owner__", authority(user).paths(*COLLECTORS)))


def may_fill(user: Any, answer: Return) -> bool:
    """Whether the person reports for the unit, whatever the state."""
    return user is None or authority(user).covers(answer.unit, Role.REPORTER)


def may_review(user: Any, answer: Return) -> bool:
    """Whether the return waits for this person: the stage is theirs, and they had no part in it before."""
    if answer.state != ReturnState.IN_REVIEW:
        return False
    return user is None or (sits_at(user, answer) and not had_part(user, answer))


def sits_at(user: Any, answer: Return) -> bool:
    """Whether the person reviews at the return's stage (and may yet have submitted it, or passed it before)."""
    return user is None or _desk(user).covers(answer)


def had_part(user: Any, answer: Return) -> str:
    """Why somebody else must review the last submission, in Chinese; empty where the person had no part in it."""
    found = Submission.objects.filter(answer=answer).order_by("-ordinal").first()
    return part_in(user, found, passers([found.pk])) if found else ""


def part_in(user: Any, submission: Submission, passed: Mapping[int, frozenset[int]]) -> str:
    """The same for a submission, with ``passers`` of it and others."""
    if user is None:
        return ""
    if submission.submitted_by_id == user.pk:
        return "您报送的，须由他人审核。"
    return "前一环节是您审核的，这一环节须由他人审核。" if user.pk in passed.get(submission.pk, ()) else ""


def passers(submissions: Iterable[int]) -> dict[int, frozenset[int]]:
    """Who passed an earlier stage of each submission: one query."""
    rows = ReturnStep.objects.filter(submission__in=list(submissions), action=StepAction.PASS, by__isnull=False)
    found: dict[int, set[int]] = {}
    for submission, user in rows.order_by().values_list("submission_id", "by_id"):
        found.setdefault(submission, set()).add(user)
    return {submission: frozenset(users) for submission, users in found.items()}


def may_collect(user: Any, form: Form) -> bool:
    """Whether the person runs the form's rounds: opens again, freezes, exempts, designs."""
    return user is None or authority(user).covers(form.owner, *COLLECTORS)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where a person reviews: units (exactly), subtrees for the unit's stage, counties, subtrees of owners.

    ``own_counties`` are subtrees for the unit's stage too, of forms that do not ask the county.
    """

    units: tuple[int, ...] = ()
    subtrees: tuple[str, ...] = ()
    own_counties: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()

    def condition(self) -> Q:
        """A condition on returns in review, with ``stages_asked``: the text of their version's stages."""
        below = within("unit__", self.counties)
        alone = within("unit__", self.own_counties) & ~Q(stages_asked__contains=f'"{ReviewStage.COUNTY.value}"')
        return (
            Q(stage=ReviewStage.UNIT) & (Q(unit_id__in=self.units) | within("unit__", self.subtrees) | alone)
            | Q(stage=ReviewStage.COUNTY) & below & ~Q(unit__path__in=self.counties)
            | Q(stage=ReviewStage.LEAD) & within("round__form__owner__", self.owners)
        )

    def covers(self, answer: Return) -> bool:
        """Whether the return's stage is theirs."""
        path = answer.unit.path
        if answer.stage == ReviewStage.UNIT:
            alone = ReviewStage.COUNTY not in answer.round.version.review_stages
            return (
                answer.unit_id in self.units
                or covered(path, self.subtrees)
                or (alone and covered(path, self.own_counties))
            )
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
        below = [grant.path for grant in own if not above_any(grant.path, prefectures)]
        desk = _Desk(
            units=tuple(grant.unit_id for grant in own),
            subtrees=tuple(path for path in below if kinds.get(path) not in COUNTIES),
            own_counties=tuple(path for path in below if kinds.get(path) in COUNTIES),
            counties=tuple(sorted({grant.path for grant in reviewing if kinds.get(grant.path) in COUNTIES})),
            owners=desk.owners,
        )
    if user is not None:
        user._reporting_desk = desk
    return desk


def above_any(path: str, others: Iterable[str]) -> bool:
    """Whether a unit is one of the others or stands above one."""
    return any(other.startswith(path) for other in others)
