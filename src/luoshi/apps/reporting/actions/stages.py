"""Who a return goes to next: the stages of its form, without those where nobody could review it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from luoshi.apps.accounts.models import User
from luoshi.apps.organisations.holders import holders_above
from luoshi.apps.organisations.models import Membership, Role, Unit, UnitKind
from luoshi.apps.reporting.models import Return, ReviewStage
from luoshi.apps.reporting.policies import COUNTIES, REVIEWERS

SKIPPED = {
    ReviewStage.UNIT: "本单位没有其他审核员",
    ReviewStage.COUNTY: "县级没有其他审核员",
    ReviewStage.LEAD: "收表单位没有审核员",
}
#: Where only those who passed an earlier stage hold the role: nobody looks twice in another's name.
ALREADY = "只有已审过前一环节的人，不重复审核"
_STEP = Unit.steplen


@dataclass(frozen=True, slots=True)
class Next:
    """The stage that the return waits for now (empty: none is left), and those that were skipped on the way.

    ``reviewed`` are the skipped ones that only people hold who passed an earlier stage.
    """

    stage: str
    skipped: tuple[ReviewStage, ...] = ()
    reviewed: tuple[ReviewStage, ...] = ()

    def reason(self, skipped: ReviewStage) -> str:
        """Why a stage was skipped, in Chinese."""
        return ALREADY if skipped in self.reviewed else SKIPPED[skipped]


@dataclass(slots=True)
class Reviewers:
    """Who could review, asked once for many returns of the same units."""

    _above: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    _people: dict[tuple[int, tuple[Role, ...]], frozenset[int]] = field(default_factory=dict)
    _owners: dict[int, list[list[User]]] = field(default_factory=dict)

    def next_stage(
        self, answer: Return, after: str, submitter: int | None, passed: Collection[int | None] = ()
    ) -> Next:
        """The stage after one (``""``: the first) for the return; give it with round, version, form, owner and unit.

        A stage is skipped where nobody but the submitter holds its role. The last one is only skipped where nobody at
        all does: what a unit's only reviewer submits at a form's only stage waits for another person.

        ``passed`` are the people who passed an earlier stage of the submission. They pass no other; a stage that only
        they hold (the submitter aside), the last one too, is skipped: whoever else there is has seen it.
        """
        stages = [stage for stage in answer.round.version.review_stages if self._applies(stage, answer)]
        left = stages[stages.index(after) + 1 :] if after in stages else stages if not after else []
        skipped: list[ReviewStage] = []
        reviewed: list[ReviewStage] = []
        for stage in left:
            people = self._holders(stage, answer, county_too=ReviewStage.COUNTY in stages)
            others = people - {submitter}
            if others - {*passed} or (stage == left[-1] and people and not others):
                return Next(stage, tuple(skipped), tuple(reviewed))
            skipped.append(ReviewStage(stage))
            if others:
                reviewed.append(ReviewStage(stage))
        return Next("", tuple(skipped), tuple(reviewed))

    def _line(self, unit: Unit) -> list[tuple[int, str, str]]:
        """(number, kind, path) of the unit and those above it, the highest first."""
        if unit.path not in self._above:
            paths = [unit.path[:end] for end in range(_STEP, len(unit.path) + 1, _STEP)]
            rows = Unit.objects.filter(path__in=paths).order_by("path").values_list("pk", "kind", "path")
            self._above[unit.path] = list(rows)
        return self._above[unit.path]

    def _applies(self, stage: str, answer: Return) -> bool:
        """The county's stage is for units below a county only."""
        return stage != ReviewStage.COUNTY or self._county(answer.unit) is not None

    def _county(self, unit: Unit) -> int | None:
        above = [pk for pk, kind, path in self._line(unit) if kind in COUNTIES and path != unit.path]
        return above[-1] if above else None

    def _holders(self, stage: str, answer: Return, *, county_too: bool) -> frozenset[int]:
        """The people who could review at a stage (see ``policies``); where the county reviews too, its people are no
        own reviewers.
        """
        roles = REVIEWERS[stage]
        if stage == ReviewStage.LEAD:
            return frozenset(user.pk for people in self._at_owner(answer.round.form.owner) for user in people)
        if stage == ReviewStage.COUNTY:
            units = [pk for pk, kind, path in self._line(answer.unit) if kind in COUNTIES and path != answer.unit.path]
        else:
            line = self._line(answer.unit)
            top = max((n for n, (_, kind, _) in enumerate(line) if kind == UnitKind.PREFECTURE), default=-1)
            if county_too:
                county = self._county(answer.unit)
                top = max(top, next((n for n, row in enumerate(line) if row[0] == county), -1))
            units = [pk for pk, _, _ in line[top + 1 :]] or [answer.unit_id]
        return self._of_units(units, roles)

    def desk(self, owner: Unit) -> list[User]:
        """Whom the collecting unit's stage is to be told: who holds its roles in the unit or, failing that, above."""
        return next(iter(self._at_owner(owner)), [])

    def _at_owner(self, owner: Unit) -> list[list[User]]:
        """Who reviews for a collecting unit, height by height: one query."""
        if owner.pk not in self._owners:
            self._owners[owner.pk] = holders_above([owner], *REVIEWERS[ReviewStage.LEAD])[owner.pk]
        return self._owners[owner.pk]

    def _of_units(self, units: list[int], roles: tuple[Role, ...]) -> frozenset[int]:
        """Who holds one of the roles in one of the units: one query for those not known yet."""
        if unknown := [unit for unit in units if (unit, roles) not in self._people]:
            held: dict[int, set[int]] = {unit: set() for unit in unknown}
            rows = Membership.objects.filter(unit__in=unknown, role__in=roles, user__is_active=True)
            for unit, user in rows.values_list("unit_id", "user_id"):
                held[unit].add(user)
            self._people |= {(unit, roles): frozenset(people) for unit, people in held.items()}
        return frozenset().union(*(self._people[unit, roles] for unit in units))
