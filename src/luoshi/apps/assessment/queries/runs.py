"""A run as its pages show it: league table, items, units; drafts scored from what stands now, shown ones as frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.http import Http404
from django.urls import reverse

from luoshi.apps.assessment.computing import Json, result_of, scheme_of, standing_of
from luoshi.apps.assessment.errors import AssessmentError
from luoshi.apps.assessment.gathering import Member, chain_of, core_of, sources_of
from luoshi.apps.assessment.models import Evidence, Objection, Run, RunState
from luoshi.apps.assessment.policies import may_check, may_object, may_oversee, visible_runs
from luoshi.apps.organisations.models import Unit
from luoshi.scoring import Result, Scheme, ScoringError, records

#: Runs whose results stand: what is compared and shown as a history.
STANDING = (RunState.FINAL, RunState.PREVIEW)
#: How a unit may stand to an item other than scored, and the words and shape for it.
ASIDE = {"未报": "未报", "不适用": "不适用", "按规定不得分": "不得分", "不属于本项范围": "不属本项"}


def visible_run(user: Any, run_id: int) -> Run:
    """A run that the person sees, with its adoption and version; ``Http404``."""
    run = (
        visible_runs(user)
        .select_related("adoption__owner", "version__scheme", "corrects")
        .defer("corrects__snapshot")
        .filter(pk=run_id)
        .first()
    )
    if run is None:
        raise Http404
    return run


@dataclass
class Read:
    """A run with what was scored. ``problem``: why a draft cannot be scored yet (then there are no rows)."""

    run: Run
    core: Json
    rows: Sequence[Json]
    problem: str = ""
    frozen: bool = False

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme as it was read."""
        return scheme_of(self.core["scheme"])

    @cached_property
    def columns(self) -> list[tuple[str, str]]:
        """(key, title) of the items, or of the parts of a combination."""
        if self.scheme.parts:
            return [(part.key, part.title) for part in self.scheme.parts]
        return [(item.key, item.title) for item in self.scheme.items]

    @cached_property
    def keys(self) -> dict[str, str]:
        """Units' keys by the names that they have here."""
        return {unit["name"]: unit["key"] for unit in self.core["units"]}

    @cached_property
    def names(self) -> dict[str, str]:
        """The names by key."""
        return {unit["key"]: unit["name"] for unit in self.core["units"]}

    @cached_property
    def by_key(self) -> dict[str, Json]:
        """Rows of the result by the unit's key."""
        return {self.keys[row["unit"]]: row for row in self.rows if row["unit"] in self.keys}

    @cached_property
    def standing(self) -> Json:
        """Rank and total by the unit's key."""
        return dict(self.core["standing"]) if self.frozen else standing_of(self.core, self.rows)

    @cached_property
    def facts(self) -> Mapping[tuple[str, str], list[Json]]:
        """What was scored, by unit key and item."""
        found: dict[tuple[str, str], list[Json]] = {}
        for fact in self.core["facts"]:
            found.setdefault((fact["key"], fact["item"]), []).append(fact)
        return found

    @cached_property
    def result(self) -> Result:
        """Scored anew, for comparing; raises ``ScoringError``."""
        return result_of(self.core)


def read_run(run: Run) -> Read:
    """What a run's pages need: nothing is asked for a frozen one, a handful of queries for a draft."""
    if run.snapshot is not None:
        return Read(run, run.snapshot, run.snapshot["result"], frozen=True)
    try:
        core = core_of(run)
    except AssessmentError as error:
        units = [{"key": unit.key, "name": str(unit), "group": ""} for unit in _units(run)]
        bare: Json = {"scheme": run.version.text, "choices": run.choices, "units": units, "facts": [], "parts": {}}
        return Read(run, bare, (), str(error))
    try:
        return Read(run, core, records(result_of(core), details=True))
    except ScoringError as error:
        return Read(run, core, (), str(error))


def _units(run: Run) -> list[Unit]:
    return list(Unit.objects.filter(assessed_in__adoption=run.adoption_id).order_by("path"))


def run_before(user: Any, run: Run) -> Run | None:
    """The run to compare with: the last final one of an earlier period, else the last shown one; without its data."""
    rows = visible_runs(user).filter(adoption=run.adoption_id, period__lt=run.period, state__in=STANDING)
    return rows.order_by("-period", "-ordinal").defer("snapshot").first()


def standing_in(run: Run | None) -> Json:
    """The standings of a frozen run, without the rest of its snapshot: one query."""
    if run is None:
        return {}
    found = Run.objects.filter(pk=run.pk).values_list(KeyTransform("standing", "snapshot"), flat=True).first()
    return found or {}


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """A unit in the league table. ``change``: places won against the last run (below 0: lost); ``None`` unknown."""

    key: str
    name: str
    rank: int | None
    before: int | None
    total: str
    groups: Sequence[str]
    aside: Sequence[tuple[str, int, str]]  # (words, how many items, which)
    reason: str
    ranking: str
    consequences: Sequence[str]
    own: bool = False

    @property
    def change(self) -> int | None:
        """Places won."""
        return None if self.rank is None or self.before is None else self.before - self.rank


def league(read: Read, before: Json, own: set[str]) -> list[LeagueRow]:
    """All units in the order of the result."""
    groups = read.scheme.groups
    found = []
    for row in read.rows:
        key = read.keys.get(row["unit"], "")
        points = {one["item"]: Decimal(one["points"]) for one in row["items"]}
        if read.scheme.parts:
            sums = [_text(points.get(part.key, Decimal(0))) for part in read.scheme.parts]
        else:
            sums = [
                _text(sum((points.get(item.key, Decimal(0)) for item in group.items), Decimal(0))) for group in groups
            ]
        aside: dict[str, list[str]] = {}
        for one in row["items"]:
            if words := ASIDE.get(one.get("status", "")):
                aside.setdefault(words, []).append(f"第{one['item']}项")
        was = before.get(key, {}).get("rank")
        found.append(
            LeagueRow(
                key,
                row["unit"],
                row["rank"],
                was,
                row["total"],
                sums,
                [(words, len(items), "、".join(items)) for words, items in aside.items()],
                row.get("reason", ""),
                row.get("group", ""),
                [f"{one['title']}：{one['effect']}" for one in row.get("consequences", ()) if one["effect"]],
                key in own,
            )
        )
    return found


def _text(number: Decimal) -> str:
    return f"{number:f}"


@dataclass(frozen=True, slots=True)
class ItemCell:
    """How one unit stands with one item, as frozen (or as it would be)."""

    key: str
    name: str
    record: Json
    facts: Sequence[Json]
    evidence: Sequence[Evidence] = ()

    @property
    def fact(self) -> Json | None:
        """The figure; of several marks the first."""
        return self.facts[0] if self.facts else None

    @property
    def aside(self) -> str:
        """The words for a status other than scored."""
        return ASIDE.get(self.record.get("status", ""), "")

    @property
    def links(self) -> list[tuple[str, str]]:
        """Where the figure came from: (words, address)."""
        return [link for fact in self.facts for link in links_of(fact["reference"])]


def links_of(reference: Json) -> list[tuple[str, str]]:
    """The addresses behind a figure's reference."""
    found = []
    if key := reference.get("indicator"):
        found.append(("指标", reverse("indicators:detail", args=[key])))
    if target := reference.get("target"):
        found.append(("目标", reverse("plans:target", args=[target])))
    if run := reference.get("run"):
        found.append(("考核结果", reverse("assessment:run", args=[run])))
    address = reference.get("url")
    if isinstance(address, str) and address.startswith("/") and not address.startswith("//"):
        found.append(("台账", address))
    return found


def item_cells(read: Read, item: str) -> list[ItemCell]:
    """All units on one item, best first: by points, then by rank. Evidence: one query."""
    evidence = evidence_of(read.run, item=item)
    cells = []
    for key, row in read.by_key.items():
        record = next((one for one in row["items"] if one["item"] == item), None)
        if record is not None:
            cells.append(
                ItemCell(key, row["unit"], record, read.facts.get((key, item), ()), evidence.get((key, item), ()))
            )
    return sorted(cells, key=lambda one: (one.record.get("rank") or 10**9, -Decimal(one.record["points"]), one.name))


def evidence_of(run: Run, *, item: str = "", unit_key: str = "") -> dict[tuple[str, str], list[Evidence]]:
    """The evidence of a run and of those that it corrects, by unit key and item: one query, and one a correction."""
    rows = Evidence.objects.filter(run__in=chain_of(run))
    if item:
        rows = rows.filter(item=item)
    if unit_key:
        rows = rows.filter(unit__key=unit_key)
    found: dict[tuple[str, str], list[Evidence]] = {}
    for one in rows.select_related("unit", "uploaded_by", "checked_by").order_by("pk"):
        found.setdefault((one.unit.key, one.item), []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """One unit in a run: its total in words, every item, its objections, its ranks over time."""

    key: str
    name: str
    row: Json | None
    cells: Sequence[ItemCell]
    objections: Sequence[Objection]
    history: Sequence[tuple[Run, int | None, str]] = field(default=())
    count: int = 0


def unit_sheet(user: Any, read: Read, unit_key: str) -> UnitSheet:
    """A unit's page: evidence, objections, history, four queries. ``Http404`` for a unit that is not scored."""
    name = read.names.get(unit_key)
    if name is None:
        raise Http404
    row = read.by_key.get(unit_key)
    evidence = evidence_of(read.run, unit_key=unit_key)
    cells = [
        ItemCell(
            unit_key, name, one, read.facts.get((unit_key, one["item"]), ()), evidence.get((unit_key, one["item"]), ())
        )
        for one in (row["items"] if row else ())
    ]
    objections = Objection.objects.filter(
        Q(unit__key=unit_key) | Q(about__key=unit_key), run__in=chain_of(read.run)
    ).select_related("unit", "about", "filed_by", "answered_by")
    history = unit_history(user, read.run.adoption_id, unit_key)
    return UnitSheet(unit_key, name, row, cells, list(objections.order_by("pk")), history, len(read.rows))


def unit_history(user: Any, adoption_id: int, unit_key: str, most: int = 24) -> list[tuple[Run, int | None, str]]:
    """A unit's ranks and totals in the runs of an adoption, the oldest first: one query, without the snapshots."""
    rows = visible_runs(user).filter(adoption=adoption_id, state__in=STANDING).defer("snapshot")
    one = KeyTransform(unit_key, KeyTransform("standing", "snapshot"))
    found = list(rows.annotate(one=one).order_by("-period", "-ordinal")[:most])
    return [(run, run.one["rank"], run.one["total"]) for run in reversed(found) if run.one]  # type: ignore[attr-defined]


def unit_histories(
    user: Any, adoption_ids: Sequence[int], unit_key: str, most: int = 120
) -> dict[int, list[tuple[Run, int | None, str]]]:
    """The same for several adoptions at once, by adoption, the newest first: one query."""
    rows = visible_runs(user).filter(adoption__in=list(adoption_ids), state__in=STANDING).defer("snapshot")
    one = KeyTransform(unit_key, KeyTransform("standing", "snapshot"))
    found: dict[int, list[tuple[Run, int | None, str]]] = {}
    for run in rows.annotate(one=one).order_by("-period", "-ordinal")[:most]:
        if run.one:  # type: ignore[attr-defined]
            found.setdefault(run.adoption_id, []).append((run, run.one["rank"], run.one["total"]))  # type: ignore[attr-defined]
    return found


def trend(user: Any, adoption_id: int, most: int = 12) -> list[tuple[Run, Json]]:
    """The standings of all units in the last runs of an adoption, the oldest first: one query."""
    rows = visible_runs(user).filter(adoption=adoption_id, state__in=STANDING).defer("snapshot")
    found = rows.annotate(stood=KeyTransform("standing", "snapshot")).order_by("-period", "-ordinal")[:most]
    return [(run, run.stood or {}) for run in reversed(list(found))]  # type: ignore[attr-defined]


def seen_objections(user: Any, run: Run, members: Sequence[Member]) -> QuerySet[Objection]:
    """The objections to a run that the person sees: all for the owner's people; a unit's what it said and what is said
    of it; who checks items what is said of these."""
    owner = run.adoption.owner
    rows = Objection.objects.filter(run=run).select_related("unit", "about", "filed_by", "answered_by").order_by("-pk")
    if may_oversee(user, owner):
        return rows
    own = [one.unit.pk for one in members if may_object(user, one.unit, owner)]
    checked = [source.item for source in sources_of(run) if may_check(user, source, owner)]
    return rows.filter(Q(unit__in=own) | Q(about__in=own) | Q(item__in=checked))


def objection_counts(run: Run) -> dict[str, int]:
    """How many objections stand how: one query."""
    rows = Objection.objects.filter(run=run).order_by().values("state").annotate(count=Count("pk"))
    return {row["state"]: row["count"] for row in rows}
