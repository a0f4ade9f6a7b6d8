"""What is wrong with a draft, each problem with the place to jump to; and which units a form may be sent to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.reporting import schedule
from luoshi.apps.reporting.models import FormVersion
from luoshi.forms import DefinitionError, from_json

_TERRITORIES = (UnitKind.PREFECTURE, UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE, UnitKind.TOWNSHIP)
_SECTION = re.compile(r"第(\d+)节")
_FIELD = re.compile(r"第(\d+)列")
_ROW = re.compile(r"第(\d+)行")
_RULE = re.compile(r"第(\d+)条")


@dataclass(frozen=True, slots=True)
class DesignProblem:
    """A fault of a draft. ``place`` is the id of the part of the designer: ``s1``, ``s1-f3``, ``s1-r2``, ``rule-1``,
    ``schedule``, ``reporters``, or empty."""

    message: str
    place: str = ""


def place_in(message: str) -> str:
    """Where a message of the library points: it names section, column, row or rule by number, from 1."""
    if (rule := _RULE.search(message)) and "节" not in message[: rule.start()]:
        return f"rule-{rule[1]}"
    section = _SECTION.search(message)
    if section is None:
        return ""
    for pattern, letter in ((_FIELD, "f"), (_ROW, "r")):
        if match := pattern.search(message, section.end()):
            return f"s{section[1]}-{letter}{match[1]}"
    return f"s{section[1]}"


def problems_of(version: FormVersion) -> list[DesignProblem]:
    """Everything that keeps a draft from being published, in the order of the page."""
    found = definition_problems(version.definition)
    found += _refused_keys(version)
    try:
        schedule.rule_of(version)
    except ValueError as error:
        found.append(DesignProblem(f"报送时间：{error}。", "schedule"))
    if version.pk is None or not version.reporters.exists():
        found.append(DesignProblem("填报单位：还没有选择由谁填报。", "reporters"))
    return found


def definition_problems(definition: Mapping[str, Any]) -> list[DesignProblem]:
    """What the library finds wrong with a definition."""
    try:
        made = from_json(dict(definition))
    except DefinitionError as error:
        return [DesignProblem(message, place_in(message)) for message in error.problems]
    if not any(section.fields for section in made.sections):
        return [DesignProblem("第1节：还没有列。", "s1")]
    return []


def _refused_keys(version: FormVersion) -> list[DesignProblem]:
    """Indicators and units that the definition names but nobody knows, or that are not the owner's to ask about."""
    indicators: dict[str, str] = {}
    units: dict[str, str] = {}
    for s, section in enumerate(version.definition.get("sections", []), start=1):
        for f, column in enumerate(section.get("fields", []), start=1):
            if key := column.get("indicator"):
                indicators.setdefault(str(key), f"s{s}-f{f}")
        for r, row in enumerate(section.get("rows", []), start=1):
            if key := row.get("indicator"):
                indicators.setdefault(str(key), f"s{s}-r{r}")
            if key := row.get("unit"):
                units.setdefault(str(key), f"s{s}-r{r}")
    return [*_refused_indicators(version, indicators), *_refused_units(version.form.owner, units)]


def _refused_indicators(version: FormVersion, places: Mapping[str, str]) -> Iterable[DesignProblem]:
    """A form observes the indicators of its owner, of a unit above it or in its subtree; with a stage of review also
    those of other units of the same prefecture. Else a county could put values into the figures that others keep
    without anybody else having looked at them."""
    if not places:
        return
    rows = Indicator.objects.filter(key__in=places, merged_into=None, is_active=True).select_related("owner")
    known = {row.key: row for row in rows}
    owner = version.form.owner.path
    prefectures: list[str] | None = None
    for key, place in places.items():
        if key not in known:
            yield DesignProblem(f"{_where(place)}：指标已停用、已并入别的指标，或不在目录中，请重新选择。", place)
            continue
        keeper = known[key].owner
        if keeper.path.startswith(owner) or owner.startswith(keeper.path):
            continue
        if prefectures is None:
            found = Unit.objects.filter(kind=UnitKind.PREFECTURE).order_by("depth", "path")
            prefectures = list(found.values_list("path", flat=True))
        here, there = (_top(path, prefectures) for path in (owner, keeper.path))
        # Party organs and vertical agencies stand beside the prefecture's tree, and belong to it all the same.
        named = f"{_where(place)}：指标“{known[key]}”由“{keeper}”主管"
        if here and there and here != there:
            yield DesignProblem(f"{named}，不属本州（市），不能由本表记数。", place)
        elif not version.review_stages:
            yield DesignProblem(f"{named}，本表须至少设一个审核环节，或不记这个指标。", place)


def _top(path: str, prefectures: Iterable[str]) -> str:
    """The uppermost prefecture that a unit is or stands in, empty for one beside them all."""
    return next((top for top in prefectures if path.startswith(top)), "")


def _refused_units(owner: Unit, places: Mapping[str, str]) -> Iterable[DesignProblem]:
    """A row is about a unit that the owner may ask: nobody speaks for the units of another county."""
    if not places:
        return
    known = set(Unit.objects.filter(key__in=places).values_list("key", flat=True))
    own = set(units_in_reach(owner).filter(key__in=places).values_list("key", flat=True))
    for key, place in places.items():
        if key not in known:
            yield DesignProblem(f"{_where(place)}：单位“{key}”不在单位库中，请重新选择。", place)
        elif key not in own:
            yield DesignProblem(f"{_where(place)}：单位“{key}”不归收表单位管，不能替它填报，请重新选择。", place)


def _where(place: str) -> str:
    section, _, part = place.partition("-")
    word = {"f": "列", "r": "行"}.get(part[:1], "")
    return f"第{section[1:]}节第{part[1:]}{word}" if word else f"第{section[1:]}节"


def askable_units(owner: Unit) -> QuerySet[Unit]:
    """The units that may be asked to fill in a form of ``owner``: those in its reach that exist today."""
    today = timezone.localdate()
    return units_in_reach(owner).filter(Q(valid_to=None) | Q(valid_to__gte=today)).order_by("path")


def units_in_reach(owner: Unit) -> QuerySet[Unit]:
    """The units, past ones too, that a form of ``owner`` may be about.

    A body of a county (or the county itself) asks units of that county; one of the prefecture may ask all: party
    organs and vertical agencies stand beside the prefecture's tree, not in it.
    """
    steps = [owner.path[:end] for end in range(Unit.steplen, len(owner.path) + 1, Unit.steplen)]
    above = list(Unit.objects.filter(path__in=steps, kind__in=_TERRITORIES).order_by("-path"))
    if not above or above[0].kind == UnitKind.PREFECTURE:
        return Unit.objects.all()
    return Unit.objects.filter(path__startswith=above[0].path)


def units_named(names: Iterable[str], owner: Unit) -> tuple[list[Unit], list[str]]:
    """The units that printed names or keys mean and the form may be sent to, and the names that mean none."""
    from luoshi.apps.organisations.queries import directory

    known, today = directory(), timezone.localdate()
    keys: list[str] = []
    unknown: list[str] = []
    for name in names:
        meant = (name,) if name in known else known.resolve(name, today).keys
        if meant:
            keys += meant
        else:
            unknown.append(name)
    return list(askable_units(owner).filter(key__in=set(keys))), unknown
