"""What was given to the units of a person, and whether they have shared it out further."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, within
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Plan, Target
from luoshi.apps.plans.policies import visible_plans, visible_targets
from luoshi.apps.targets.models import Allocation, AllocationVersion, Share
from luoshi.apps.targets.policies import SHARERS
from luoshi.apps.targets.queries.in_force import given_shares, versions_in_force
from luoshi.apps.targets.queries.totals import adds_up, row_totals
from luoshi.apps.targets.values import shown
from luoshi.periods import Period

STATES = {"open": "未分解", "draft": "草稿", "done": "已下达", "changed": "上级已调整"}
#: At the top nobody is above: it is the target that was changed.
OWN_STATES = STATES | {"changed": "目标已调整"}


@dataclass(frozen=True, slots=True)
class GivenFilter:
    """What the address asks for; what cannot be read is left out and named in ``errors``."""

    plan: int = 0
    unit: str = ""
    year: int = 0
    text: str = ""
    state: str = ""
    errors: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_address(cls, query: Mapping[str, str]) -> GivenFilter:
        """The filter of an address."""
        errors: list[str] = []

        def number(name: str, label: str) -> int:
            text = query.get(name, "").strip()
            found = number_of(text)
            if text and found is None:
                errors.append(f"{label}“{text[:20]}”无法识别，未按此筛选。")
            return found or 0

        state = query.get("state", "").strip()
        if state and state not in STATES:
            errors.append(f"分解情况“{state[:20]}”无法识别，未按此筛选。")
            state = ""
        plan, year = number("plan", "方案"), number("year", "年度")
        text = " ".join(query.get("text", "").replace("\x00", "").split())[:60]
        unit = query.get("unit", "").replace("\x00", "").strip()[:200]
        return cls(plan, unit, year, text, state, tuple(errors))

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.plan or self.unit or self.year or self.text or self.state)


@dataclass(slots=True)
class Given:
    """A target that a unit was given a share of."""

    target: Target
    unit: Unit
    version: AllocationVersion
    periods: list[tuple[str, str]] = field(default_factory=list)
    value: Decimal | None = None
    joint: bool = False
    state: str = "open"
    may_share: bool = False
    #: The unit whose gift counts, where that is another's: a county's counts before what the owner gave past it.
    overruled_by: Unit | None = None
    #: Who gave the unit something of the same target as well.
    beside: list[Unit] = field(default_factory=list)

    @property
    def giver(self) -> Unit:
        """Who gave it."""
        return self.version.allocation.unit

    @property
    def shown(self) -> str:
        """The year's figure with its unit."""
        return f"{shown(self.value)}{self.target.unit_of_measure}" if self.value is not None else "空白"

    @property
    def state_words(self) -> str:
        """How far it has been shared out further."""
        return STATES[self.state]


def given_targets(user: Any) -> QuerySet[Share, Any]:
    """The keys of the targets of which a unit in the person's reach carries a share in force; a blank is none."""
    units = Unit.objects.filter(within("", authority(user).paths())).order_by().values("pk")
    shares = Share.objects.filter(version__in=versions_in_force().values("pk"), unit__in=units)
    filled = shares.filter(_given_by_right()).exclude(value=None, joint="")
    return filled.order_by().values("version__allocation__target_id")


def given_pairs(user: Any, asked: GivenFilter) -> QuerySet[Share]:
    """One row for each (target, unit) with a share in force, of units in the person's reach and not their own gift."""
    paths = authority(user).paths()
    units = Unit.objects.filter(within("", paths))
    if asked.unit:
        units = units.filter(key=asked.unit)
    rows = (
        Share.objects.filter(version__in=versions_in_force().values("pk"), unit__in=units.order_by().values("pk"))
        .filter(_given_by_right())
        .filter(version__allocation__target__in=visible_targets(user).order_by().values("pk"))
    )
    if asked.plan:
        rows = rows.filter(version__allocation__target__plan_id=asked.plan)
    if asked.year:
        rows = rows.filter(period__startswith=str(asked.year))
    if asked.text:
        rows = rows.filter(version__allocation__target__indicator__contains=asked.text)
    return (
        rows.order_by(
            "-version__allocation__target__plan__year",
            "version__allocation__target__plan_id",
            "version__allocation__target__line",
            "version__allocation__target_id",
            "unit__path",
        )
        .values("version_id", "unit_id")
        .distinct()
    )


def _given_by_right() -> Q:
    """A condition on shares: the plan's owner gave them, or a unit above that was given the target itself."""
    giver, owner = F("version__allocation__unit"), F("version__allocation__target__plan__owner")
    filled = Share.objects.filter(Q(value__isnull=False) | ~Q(joint=""), version__in=versions_in_force().values("pk"))
    had = filled.filter(
        unit=OuterRef("version__allocation__unit"),
        version__allocation__target=OuterRef("version__allocation__target"),
    ).exclude(version__allocation__unit=F("unit"))
    below = Q(unit__path__startswith=F("version__allocation__unit__path")) & Exists(had.order_by())
    return ~Q(unit=giver) & (Q(version__allocation__unit=owner) | below)


def given_rows_of(user: Any, pairs: Sequence[dict[str, int]]) -> list[Given]:
    """The rows of one page, in order: four queries."""
    versions = {
        version.pk: version
        for version in AllocationVersion.objects.filter(pk__in={pair["version_id"] for pair in pairs}).select_related(
            "allocation__target__plan__owner", "allocation__unit"
        )
    }
    wanted = {(pair["version_id"], pair["unit_id"]) for pair in pairs}
    shares: dict[tuple[int, int], list[Share]] = defaultdict(list)
    joints: dict[tuple[int, str, str], Decimal] = {}
    for share in Share.objects.filter(version_id__in=versions).select_related("unit").order_by("pk"):
        if share.joint and share.value is not None:
            joints[share.version_id, share.joint, share.period] = share.value
        if (share.version_id, share.unit_id) in wanted:
            shares[share.version_id, share.unit_id].append(share)
    rows = []
    for pair in pairs:
        own = shares[pair["version_id"], pair["unit_id"]]
        version = versions[pair["version_id"]]
        rows.append(_given(user, version, own, joints))
    _add_states(rows)
    _add_givers(rows)
    return rows


def _add_givers(rows: list[Given]) -> None:
    """Where several gave one unit a part of one target: whose counts (``in_force.given_shares``)."""
    by_pair: dict[tuple[int, int], list[Given]] = defaultdict(list)
    for row in rows:
        by_pair[row.target.pk, row.unit.pk].append(row)
    several = {pair: own for pair, own in by_pair.items() if len(own) > 1}
    if not several:
        return
    found = given_shares(target_ids={target for target, _ in several}, unit_ids={unit for _, unit in several})
    for pair, own in several.items():
        counts = {share.version_id for share in found.get(pair, ())}
        for row in own:
            row.beside = [other.giver for other in own if other is not row]
            if counts and row.version.pk not in counts:
                row.overruled_by = next((other.giver for other in own if other.version.pk in counts), None)


def _given(
    user: Any, version: AllocationVersion, own: list[Share], joints: dict[tuple[int, str, str], Decimal]
) -> Given:
    target, unit = version.allocation.target, own[0].unit
    joint = any(share.joint for share in own)
    for share in own:
        if share.joint and share.value is None:
            share.value = joints.get((version.pk, share.joint, share.period))
    value = row_totals(own, version.cumulative or not adds_up(target))[unit.pk]
    periods = sorted((Period.parse(share.period), share.value) for share in own) if len(own) > 1 else []
    listed = [
        (period.label.split("年", 1)[1] or period.label, shown(figure) if figure is not None else "空白")
        for period, figure in periods
    ]
    may = authority(user).covers(unit, *SHARERS)
    return Given(target, unit, version, listed, value, joint, may_share=may)


def _add_states(rows: list[Given]) -> None:
    """How far each was shared out further, by the unit that was given it."""
    found = {
        (allocation.target_id, allocation.unit_id): allocation
        for allocation in Allocation.objects.filter(
            target__in={row.target.pk for row in rows}, unit__in={row.unit.pk for row in rows}
        ).prefetch_related("versions")
    }
    for row in rows:
        allocation = found.get((row.target.pk, row.unit.pk))
        if allocation is None:
            continue
        versions = list(allocation.versions.all())
        adopted = [version for version in versions if version.adopted_at is not None]
        if adopted:
            row.state = "done" if max(adopted, key=lambda v: v.ordinal).total == row.value else "changed"
        elif versions:
            row.state = "draft"


@dataclass(frozen=True, slots=True)
class Own:
    """A target that the person may share out at the top, and how far that is."""

    target: Target
    state: str
    adopted: AllocationVersion | None
    draft: AllocationVersion | None = None

    @property
    def state_words(self) -> str:
        """How far it is."""
        if self.draft is not None and self.adopted is not None:
            return f"已下达 第{self.adopted.ordinal}版，另有第{self.draft.ordinal}版草稿"
        return STATES[self.state]


def own_targets(user: Any, asked: GivenFilter) -> QuerySet[Target]:
    """The targets in force that the person may share out for the unit that issued the plan."""
    paths = authority(user).paths
    managed = within("plan__owner__", paths(*SHARERS[:2]))
    leads = Unit.objects.filter(within("", paths(SHARERS[2])))
    led = Target.objects.filter(
        measure__responsibilities__role="lead",
        measure__responsibilities__retired_in=None,
        measure__responsibilities__units__in=leads.order_by().values("pk"),
    )
    rows = visible_targets(user).filter(managed) | visible_targets(user).filter(pk__in=led.values("pk"))
    if asked.plan:
        rows = rows.filter(plan_id=asked.plan)
    if asked.text:
        rows = rows.filter(indicator__contains=asked.text)
    if asked.state:
        rows = _in_state(rows, asked.state)
    return rows.select_related("plan__owner").order_by("-plan__year", "plan_id", "line", "pk")


def _in_state(rows: QuerySet[Target], state: str) -> QuerySet[Target]:
    """Those of which the sharing out at the top is so far; the same as ``own_rows`` says of each."""
    versions = AllocationVersion.objects.filter(
        allocation__target=OuterRef("pk"), allocation__unit=OuterRef("plan__owner")
    ).order_by("-ordinal")
    adopted = versions.filter(adopted_at__isnull=False)
    rows = rows.annotate(
        has_draft=Exists(versions.filter(adopted_at=None)),
        has_adopted=Exists(adopted),
        adopted_total=Subquery(adopted.values("total")[:1]),
    )
    as_it_is = Q(adopted_total=F("value"))
    # Written out: the contrary of a comparison with nothing is nothing, too.
    differs = Q(adopted_total__lt=F("value")) | Q(adopted_total__gt=F("value")) | Q(adopted_total=None)
    match state:
        case "open":
            return rows.filter(has_adopted=False, has_draft=False)
        case "draft":
            return rows.filter(Q(has_adopted=False) | as_it_is, has_draft=True)
        case "changed":
            return rows.filter(differs, has_adopted=True)
    return rows.filter(as_it_is, has_adopted=True, has_draft=False)


def own_rows(targets: Sequence[Target]) -> list[Own]:
    """The rows of one page: two queries."""
    found = {
        allocation.target_id: allocation
        for allocation in Allocation.objects.filter(
            target__in=[target.pk for target in targets], unit_id=F("target__plan__owner_id")
        ).prefetch_related("versions")
    }
    rows = []
    for target in targets:
        allocation = found.get(target.pk)
        versions = list(allocation.versions.all()) if allocation else []
        adopted = max((v for v in versions if v.adopted_at), key=lambda v: v.ordinal, default=None)
        state = "open"
        if adopted is not None:
            state = "done" if adopted.total == target.value else "changed"
        draft = next((version for version in versions if version.adopted_at is None), None)
        if draft is not None and state in ("open", "done"):
            state = "draft"
        rows.append(Own(target, state, adopted, draft))
    return rows


def plans_with_targets(user: Any) -> QuerySet[Plan]:
    """The plans that the person sees, for the filter."""
    return visible_plans(user).order_by("-year", "-pk").only("id", "title", "year")
