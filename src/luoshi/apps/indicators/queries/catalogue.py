"""The catalogue: lists, one indicator with all that hangs on it, what may be the same twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from luoshi.apps.indicators.fields import formula_inputs, formula_words, told
from luoshi.apps.indicators.guessing import ALIKE, alike, plain
from luoshi.apps.indicators.models import (
    Indicator,
    IndicatorKind,
    IndicatorVersion,
    Observation,
    TargetIndicator,
)
from luoshi.apps.indicators.policies import editable_indicators, visible_indicators
from luoshi.apps.indicators.queries.merging import with_merged
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.policies import visible_targets
from luoshi.apps.plans.words import commitment

#: Of which standing an indicator may be asked for.
STANDINGS = {"": "使用中", "stopped": "已停用", "merged": "已并入", "all": "全部"}
DERIVED = {"": "全部", "yes": "由公式算出", "no": "直接填报"}


@dataclass(frozen=True, slots=True)
class IndicatorFilter:
    """What is asked of the catalogue; all of it stands in the address."""

    text: str = ""
    kind: str = ""
    owner: str = ""
    standing: str = ""
    derived: str = ""
    errors: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_address(cls, query: Mapping[str, str]) -> IndicatorFilter:
        """The filter of an address; what no choice knows is left out and named in ``errors``."""
        errors: list[str] = []

        def choice(name: str, label: str, choices: Container[str]) -> str:
            value = query.get(name, "").strip()
            if value and value not in choices:
                errors.append(f"{label}“{value[:20]}”无法识别，未按此筛选。")
                return ""
            return value

        owner = query.get("owner", "").strip()[:64]
        if owner and not Unit.objects.filter(key=owner).exists():
            errors.append(f"没有找到单位“{owner[:20]}”，未按此筛选。")
            owner = ""
        return cls(
            text=query.get("text", "").strip()[:60],
            kind=choice("kind", "性质", IndicatorKind.values),
            owner=owner,
            standing=choice("standing", "状态", STANDINGS),
            derived=choice("derived", "来历", DERIVED),
            errors=tuple(errors),
        )

    def address(self) -> str:
        """The part of an address that gives this filter again."""
        names = ("text", "kind", "owner", "standing", "derived")
        return urlencode({name: getattr(self, name) for name in names if getattr(self, name)})


def indicator_list(user: Any, asked: IndicatorFilter) -> QuerySet[Indicator]:
    """The indicators asked for, by name, with ``target_count`` and whether they have values (``has_values``)."""
    rows = visible_indicators(user).select_related("owner", "merged_into").order_by("name", "pk")
    for word in asked.text.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(definition__icontains=word) | Q(unit_of_measure=word))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.owner:
        rows = rows.filter(owner__key=asked.owner)
    if asked.derived:
        rows = rows.filter(formula__isnull=asked.derived == "no")
    match asked.standing:
        case "":
            rows = rows.filter(merged_into=None, is_active=True)
        case "stopped":
            rows = rows.filter(merged_into=None, is_active=False)
        case "merged":
            rows = rows.exclude(merged_into=None)
    values = Observation.objects.order_by().filter(indicator=OuterRef("pk"))
    return rows.annotate(target_count=Count("measures_targets"), has_values=Exists(values))


def owning_units() -> QuerySet[Unit]:
    """The units that own an indicator."""
    return Unit.objects.filter(pk__in=Indicator.objects.order_by().values("owner_id")).order_by("path")


@dataclass(frozen=True, slots=True)
class MeasuredTarget:
    """A target that an indicator measures, as the person may see it."""

    link: TargetIndicator
    commitment: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One state of an indicator: who, when, why, and what changed since the one before (label, before, after)."""

    version: IndicatorVersion
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """One indicator with all that hangs on it."""

    indicator: Indicator
    formula: str
    inputs: tuple[Indicator, ...]
    used_by: tuple[Indicator, ...]
    targets: tuple[MeasuredTarget, ...]
    hidden_targets: int
    versions: tuple[VersionRow, ...]
    merged: tuple[Indicator, ...]


def names_by_key() -> dict[str, str]:
    """The names of all indicators by key: a few hundred, read at once."""
    return dict(Indicator.objects.order_by().values_list("key", "name"))


def indicator_view(user: Any, indicator: Indicator) -> IndicatorView:
    """The indicator's page: formula in words, targets of the plans that the person sees, versions, merged ones."""
    names = names_by_key()
    keys = formula_inputs(indicator.formula)
    around = list(
        Indicator.objects.filter(
            Q(key__in=keys)
            | Q(formula__numerator=indicator.key)
            | Q(formula__denominator=indicator.key)
            | Q(formula__of=indicator.key)
            | Q(merged_into=indicator)
        )
    )
    links = TargetIndicator.objects.filter(indicator=indicator, target__retired_in=None)
    visible = visible_targets(user).order_by().filter(pk=OuterRef("target_id"))
    all_links = list(
        links.annotate(is_seen=Exists(visible))
        .select_related("target__plan")
        .order_by("-target__plan__year", "target__plan_id", "target__year", "target__tier", "target__line")
    )
    seen = [link for link in all_links if link.is_seen]
    versions = list(indicator.versions.select_related("changed_by").order_by("ordinal"))
    owners = {version.data.get("owner") for version in versions}
    units = dict(Unit.objects.filter(key__in=owners).values_list("key", "name"))
    rows, before = [], None
    for version in versions:
        now = told(version.data, names, units)
        changes = () if before is None else tuple((k, before[k], v) for k, v in now.items() if before[k] != v)
        rows.append(VersionRow(version, changes))
        before = now
    return IndicatorView(
        indicator=indicator,
        formula=formula_words(indicator.formula, names),
        inputs=tuple(row for key in keys for row in around if row.key == key),
        used_by=tuple(row for row in around if indicator.key in formula_inputs(row.formula)),
        targets=tuple(MeasuredTarget(link, commitment(link.target)) for link in seen),
        hidden_targets=len(all_links) - len(seen),
        versions=tuple(reversed(rows)),
        merged=tuple(row for row in around if row.merged_into_id == indicator.pk),
    )


@dataclass(frozen=True, slots=True)
class Likely:
    """Two indicators that may be the same; ``score`` 0–100."""

    one: Indicator
    other: Indicator
    score: int


_MOST_PAIRS = 200


def likely_duplicates(user: Any) -> list[Likely]:
    """Pairs of the same unit of measure and kind with like names, the likest first; of those that the person keeps."""
    groups: dict[tuple[str, str], list[tuple[str, Indicator]]] = defaultdict(list)
    rows = editable_indicators(user).filter(merged_into=None, is_active=True, formula__isnull=True)
    for row in rows.select_related("owner").annotate(target_count=Count("measures_targets")).order_by("pk"):
        groups[row.unit_of_measure, row.kind].append((plain(row.name), row))
    found = []
    for members in groups.values():
        for place, (name, row) in enumerate(members):
            for other_name, other in members[place + 1 :]:
                # Names of very different length cannot be alike enough; most pairs end here.
                score = alike(name, other_name)
                if score >= ALIKE:
                    found.append(Likely(row, other, round(score)))
    return sorted(found, key=lambda pair: (-pair.score, pair.one.pk, pair.other.pk))[:_MOST_PAIRS]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell for which both have a current value of the same source, and the values differ."""

    unit: Unit
    period: str
    source: str
    kept: Observation
    other: Observation


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What merging would move, and where both say something else. ``conflicts`` holds the first ones only."""

    keep: Indicator
    others: tuple[Indicator, ...]
    targets: tuple[MeasuredTarget, ...]
    observations: int
    conflicts: tuple[Conflict, ...]
    conflict_count: int
    refusals: tuple[str, ...] = field(default=())


_MOST_CONFLICTS = 100


def merge_preview(user: Any, keep: Indicator, others: list[Indicator]) -> MergePreview:
    """What would come of ``merge_indicators``, before it is done."""
    mine, _ = with_merged([keep.pk])
    theirs, _ = with_merged([other.pk for other in others])
    current = Observation.objects.filter(superseded_at=None).order_by()
    kept = current.filter(
        indicator__in=mine, unit=OuterRef("unit"), period=OuterRef("period"), source=OuterRef("source")
    )
    differing = current.filter(indicator__in=theirs).filter(Exists(kept.exclude(value=OuterRef("value"))))
    first = list(differing.select_related("unit").order_by("unit__path", "first_day", "pk")[:_MOST_CONFLICTS])
    against: dict[tuple[int, str, str], Observation] = {}
    if first:
        pairs = current.filter(indicator__in=mine, unit__in={row.unit_id for row in first})
        against = {(row.unit_id, row.period, row.source): row for row in pairs}
    links = TargetIndicator.objects.filter(indicator__in=others).select_related("target__plan").order_by("target_id")
    refusals = []
    for other in others:
        if (other.unit_of_measure, other.kind) != (keep.unit_of_measure, keep.kind):
            refusals.append(f"“{other}”的计量单位或性质与“{keep}”不同，不能合并。")
        if other.formula is not None or keep.formula is not None:
            refusals.append("由公式计算的指标不能合并。")
    return MergePreview(
        keep=keep,
        others=tuple(others),
        targets=tuple(MeasuredTarget(link, commitment(link.target)) for link in links),
        observations=current.filter(indicator__in=theirs).count(),
        conflicts=tuple(
            Conflict(row.unit, row.period, row.source, against[row.unit_id, row.period, row.source], row)
            for row in first
        ),
        conflict_count=differing.count(),
        refusals=tuple(dict.fromkeys(refusals)),
    )


def history(indicator: Indicator, unit: Unit, period: str, as_of: dt.datetime | None = None) -> list[Observation]:
    """Every value that was ever recorded in a cell up to a moment, the latest first; of merged indicators too."""
    rows = Observation.objects.filter(
        indicator__in=with_merged([indicator.pk], as_of)[0], unit=unit, period=period
    ).select_related("recorded_by", "indicator")
    if as_of is not None:
        rows = rows.filter(recorded_at__lte=as_of)
    return list(rows.order_by("-recorded_at", "-pk")[:500])
