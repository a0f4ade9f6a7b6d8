"""What a publication would do to a plan in force: pairs, additions, retirements, and the changes in words.

Nothing is written here; ``publishing`` carries a revision out, the pages show it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.kinds import BY_HAND, KINDS, MEASURE, PARTS, Kind, published_of
from luoshi.apps.plans.matching import Matching, Record, match_measures, match_parts
from luoshi.apps.plans.models import Measure, Origin, Plan, PlanVersion, Provenance, Responsibility, SourceDocument
from luoshi.apps.plans.publication import Change, Publication
from luoshi.apps.plans.searching import LineSearch


@dataclass(slots=True)
class KindRevision:
    """One kind's share of a revision. ``found`` holds rows added by hand that the new text still has, and where."""

    kind: Kind
    pairs: list[tuple[Record, Record]] = field(default_factory=list)
    added: list[Record] = field(default_factory=list)
    retired: list[Record] = field(default_factory=list)
    found: list[tuple[Record, tuple[tuple[int, int, int], ...]]] = field(default_factory=list)


@dataclass(slots=True)
class Revision:
    """All of it. ``row_of_key`` leads an outline key of the publication to the row of a measure found again."""

    kinds: dict[str, KindRevision]
    row_of_key: dict[str, Measure]
    changes: list[Change]
    # The published record of each change, by position in ``changes``; ``None`` where nothing is published.
    records: list[Record | None] = field(default_factory=list)

    def summary(self) -> dict[str, int]:
        """The counts of what was added, changed, kept and retired."""
        counts = {"added": 0, "changed": 0, "kept": 0, "retired": 0}
        for change in self.changes:
            counts[change.what] += 1
        return counts


def nearest_key(key: str, known: Iterable[str] | dict[str, Any]) -> str:
    """The key itself or the nearest one above it that is known (a heading may have been rejected); ``""`` if none."""
    while key and key not in known:
        key = key.rpartition(".")[0]
    return key


@dataclass(frozen=True, slots=True)
class InForce:
    """What of a plan is in force: its latest version, the rows of each kind, the units of each responsibility."""

    latest: PlanVersion | None
    rows: dict[str, list[Any]]
    units: dict[int, tuple[int, ...]]


def in_force(plan: Plan | None) -> InForce:
    """Read it: one query a kind and two more; nothing of a new plan (``None``)."""
    if plan is None:
        return InForce(None, {name: [] for name in KINDS}, {})
    return InForce(
        PlanVersion.objects.filter(plan=plan).order_by("-ordinal").first(),
        {name: list(kind.model._default_manager.filter(plan=plan, retired_in=None)) for name, kind in KINDS.items()},
        _units_of_rows(plan),
    )


def revise(plan: Plan | None, publication: Publication, state: InForce | None = None) -> Revision:
    """Compare the plan in force (``None``: a new plan) with the publication; ``state`` where it was read before."""
    state = state or in_force(plan)
    same_document = state.latest is not None and state.latest.document_id == publication.document_id
    units, rows = state.units, state.rows
    old_measures = [_record_of_row(MEASURE, row) for row in rows["measure"]]
    new_measures = [_record_of_published(MEASURE, item) for item in publication.measures]
    matched = match_measures(old_measures, new_measures, same_document=same_document)
    revision = Revision({"measure": _share(MEASURE, matched)}, {}, [])
    for old, new in matched.pairs:
        revision.row_of_key[new.source.key] = old.source
    keys = {item.key for item in publication.measures}
    for kind in PARTS:
        old_parts = [
            _record_of_row(kind, row, units.get(row.pk, ()) if kind.name == "responsibility" else ())
            for row in rows[kind.name]
        ]
        new_parts = []
        for item in published_of(kind, publication):
            record = _record_of_published(kind, item)
            key = nearest_key(item.measure_key, keys)
            row = revision.row_of_key.get(key)
            record.place = row.pk if row is not None else (("new", key) if key else None)
            new_parts.append(record)
        revision.kinds[kind.name] = _share(
            kind, match_parts(kind.name, old_parts, new_parts, same_document=same_document)
        )
    _find_manual(revision, publication)
    worded = _Wording(revision, publication, rows["measure"]).changes()
    revision.changes = [change for change, _ in worded]
    revision.records = [new for _, new in worded]
    return revision


def _share(kind: Kind, matching: Matching) -> KindRevision:
    return KindRevision(kind, matching.pairs, matching.new, matching.old)


def _units_of_rows(plan: Plan) -> dict[int, tuple[int, ...]]:
    """The unit keys of each responsibility in force."""
    found: dict[int, list[int]] = {}
    pairs = Responsibility.units.through.objects.filter(
        responsibility__plan=plan, responsibility__retired_in=None
    ).values_list("responsibility_id", "unit_id")
    for responsibility, unit in pairs:
        found.setdefault(responsibility, []).append(unit)
    return {responsibility: tuple(sorted(ids)) for responsibility, ids in found.items()}


def _record_of_row(kind: Kind, row: Provenance, units: tuple[int, ...] = ()) -> Record:
    return Record(
        text=row.text,
        line=row.line,
        spans=tuple(tuple(span) for span in row.spans),
        values={name: getattr(row, name) for name in kind.values},
        by_hand=row.origin in BY_HAND,
        source=row,
        place=getattr(row, "measure_id", None),
        units=units,
    )


def _record_of_published(kind: Kind, item: Any) -> Record:
    return Record(
        text=item.text,
        line=item.line,
        spans=tuple(tuple(span) for span in item.spans),
        values=kind.row_values(item),
        by_hand=item.origin in BY_HAND,
        source=item,
        units=tuple(sorted(set(getattr(item, "unit_ids", ())))),
    )


def _find_manual(revision: Revision, publication: Publication) -> None:
    """Keep what people added by hand where its words still stand in the new text: no reading will find it again."""
    waiting = [
        (share, record)
        for share in revision.kinds.values()
        for record in share.retired
        if record.source.origin == Origin.MANUAL
    ]
    if not waiting:
        return
    document = SourceDocument.objects.only("text").get(pk=publication.document_id)
    search = LineSearch(document.lines(publication.first_line, publication.last_line), publication.first_line)
    moved = {old.source.pk: new.line - old.line for old, new in revision.kinds["measure"].pairs}
    for share, record in waiting:
        place = record.source.parent_id if share.kind is MEASURE else record.place
        spans = search.nearest(record.text, record.line + moved.get(place, 0))
        if spans:
            share.retired.remove(record)
            share.found.append((record, spans))


def takes_values(old: Record, new: Record) -> bool:
    """Whether the row takes the published values: what a person said stands, unless a person says otherwise."""
    return new.by_hand or not old.by_hand


class _Wording:
    """Puts a revision into changes; names units and measures instead of keys."""

    def __init__(self, revision: Revision, publication: Publication, measures: list[Measure]) -> None:
        self.revision = revision
        self.measures: dict[Any, str] = {row.pk: str(row) for row in measures}
        for item in publication.measures:
            row = revision.row_of_key.get(item.key)
            if row is None:
                self.measures["new", item.key] = f"{''.join(item.labels)}{item.title or item.text[:40]}"
        ids = {
            unit
            for old, new in revision.kinds["responsibility"].pairs
            if old.units != new.units
            for unit in (*old.units, *new.units)
        }
        self.units = {unit.pk: str(unit) for unit in Unit.objects.filter(pk__in=ids)} if ids else {}

    def changes(self) -> list[tuple[Change, Record | None]]:
        """All changes in the order of the lines, each with its published record."""
        found: list[tuple[Change, Record | None]] = []
        for share in self.revision.kinds.values():
            name = share.kind.name
            found += [(self._pair(share.kind, old, new), new) for old, new in share.pairs]
            found += [(Change("added", name, self._text(share.kind, new), new.line), new) for new in share.added]
            found += [
                (
                    Change("retired", name, self._text(share.kind, old), old.line, old.source.pk, by_hand=old.by_hand),
                    None,
                )
                for old in share.retired
            ]
            found += [
                (Change("kept", name, self._text(share.kind, old), spans[0][0], old.source.pk, by_hand=True), None)
                for old, spans in share.found
            ]
        order = {name: position for position, name in enumerate(KINDS)}
        return sorted(found, key=lambda row: (row[0].line, order[row[0].kind], row[0].existing_id or 0))

    @staticmethod
    def _text(kind: Kind, record: Record) -> str:
        if kind.name == "responsibility":
            return str(record.values["name"])
        if kind.name == "table":
            return str(record.values["title"])
        if kind.name == "target" and record.values["indicator"] not in record.text:
            return f"{record.values['indicator']}：{record.text}"
        return record.text

    def _pair(self, kind: Kind, old: Record, new: Record) -> Change:
        fields: dict[str, tuple[Any, Any]] = {}
        if kind.shows_text and old.text != new.text:
            fields["text"] = (old.text, new.text)
        for name in kind.values:
            if old.values[name] != new.values[name]:
                fields[name] = (old.values[name], new.values[name])
        if old.units != new.units:
            fields["units"] = (self._names(old.units), self._names(new.units))
        if kind is not MEASURE and old.place != new.place:
            fields["measure"] = (self.measures.get(old.place, ""), self.measures.get(new.place, ""))
        stays = not takes_values(old, new)
        # Values that stay are no change of the ledger, though the reading differs; wording and place always follow.
        applied = [name for name in fields if not stays or name in ("text", "measure")]
        return Change(
            "changed" if applied else "kept",
            kind.name,
            self._text(kind, new),
            new.line,
            old.source.pk,
            fields or None,
            by_hand=stays,
        )

    def _names(self, ids: tuple[int, ...]) -> list[str]:
        return [self.units.get(unit, f"单位{unit}") for unit in ids]
