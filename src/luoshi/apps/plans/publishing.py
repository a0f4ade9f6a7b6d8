"""Publishing a confirmed reading as a new plan or as the next version of one, in one transaction.

A row keeps its identity over the versions in which it is found again; what a person confirmed by hand keeps its values
(see ``revision``); what is gone is retired, never deleted. Everything is written in bulk: a plan of ten thousand
objects takes some dozens of statements.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.checking import check
from luoshi.apps.plans.kinds import MEASURE, PARTS, Kind
from luoshi.apps.plans.matching import Record
from luoshi.apps.plans.models import Measure, Plan, PlanVersion, Provenance, Responsibility
from luoshi.apps.plans.policies import may_manage, may_publish_for
from luoshi.apps.plans.publication import Change, Publication
from luoshi.apps.plans.revision import InForce, KindRevision, Revision, nearest_key, revise, takes_values

PUBLISH = "发布方案"
PUBLISH_VERSION = "发布新版"

_BATCH = 500
_PLAN_FIELDS = ("title", "number", "issued_on", "year", "last_year", "owner_id")
_COMMON = ("version", "text", "line", "spans", "origin", "rule", "certainty", "reason")


def compare(plan: Plan, publication: Publication, state: InForce | None = None) -> list[Change]:
    """What publishing would change, in the order of the lines; nothing is written.

    ``state`` (``in_force(plan)``) saves the reading where several publications are compared with one plan.
    """
    return revise(plan, publication, state).changes


def publish(*, acting_user: Any, publication: Publication, plan: Plan | None = None) -> PlanVersion:
    """Publish as a new plan, or as the next version of ``plan``.

    Raises ``PermissionDenied`` unless the person administers or coordinates the owner (old and new), and
    ``InvalidPublication`` when the publication contradicts itself.
    """
    owner = Unit.objects.get(pk=publication.owner_id)
    require(may_publish_for(acting_user, owner), f"您没有以“{owner}”名义发布方案的权限。")
    check(publication)
    with transaction.atomic():
        before: dict[str, Any] = {}
        if plan is not None:
            plan = Plan.objects.select_for_update(of=("self",)).select_related("owner").get(pk=plan.pk)
            require(may_manage(acting_user, plan), f"您没有更新“{plan}”的权限。")
            before = {name: getattr(plan, name) for name in _PLAN_FIELDS}
        revision = revise(plan, publication)
        plan = _store_plan(plan, publication)
        version = PlanVersion.objects.create(
            plan=plan,
            ordinal=plan.versions.count() + 1,
            document_id=publication.document_id,
            first_line=publication.first_line,
            last_line=publication.last_line,
            published_by=acting_user,
            published_at=timezone.now(),
            summary=revision.summary(),
        )
        writer = _Writer(plan, version, publication, revision)
        writer.write()
        after = {name: getattr(plan, name) for name in _PLAN_FIELDS}
        record(acting_user=acting_user, acts=[_act(version, revision, writer.made, before, after)])
    return version


def _store_plan(plan: Plan | None, publication: Publication) -> Plan:
    plan = plan or Plan()
    for name in _PLAN_FIELDS:
        setattr(plan, name, getattr(publication, name))
    plan.save()
    return plan


def _act(
    version: PlanVersion, revision: Revision, made: dict[int, int], before: dict[str, Any], after: dict[str, Any]
) -> Act:
    """One entry for the whole version; of a later version it holds every change, from which its page is shown."""
    details: dict[str, Any] = {
        "version": version.ordinal,
        "document": version.document_id,
        "lines": [version.first_line, version.last_line],
        "summary": version.summary,
    }
    if not before:
        return Act(action=PUBLISH, target=version, after=after | details)
    changed = {name for name in after if after[name] != before[name]}
    details["changes"] = [
        {
            "what": change.what,
            "kind": change.kind,
            "text": change.text,
            "line": change.line,
            "id": change.existing_id or made.get(id(new)),
            "fields": change.fields,
            "by_hand": change.by_hand,
        }
        for change, new in zip(revision.changes, revision.records, strict=True)
        if change.what != "kept" or change.by_hand
    ]
    return Act(
        action=PUBLISH_VERSION,
        target=version,
        before={name: before[name] for name in _PLAN_FIELDS if name in changed},
        after={name: after[name] for name in _PLAN_FIELDS if name in changed} | details,
    )


class _Writer:
    """Carries a revision out."""

    def __init__(self, plan: Plan, version: PlanVersion, publication: Publication, revision: Revision) -> None:
        self.plan = plan
        self.version = version
        self.publication = publication
        self.revision = revision
        self.rows: dict[str, Measure] = dict(revision.row_of_key)
        self.keys = {item.key for item in publication.measures}
        # The key of each new row, by the identity of its record.
        self.made: dict[int, int] = {}

    def write(self) -> None:
        """Measures from the top down, then what stands under them, then retire what is gone."""
        self._write_measures(self.revision.kinds["measure"])
        for kind in PARTS:
            self._write_parts(self.revision.kinds[kind.name])
        for share in self.revision.kinds.values():
            manager = share.kind.model._default_manager
            gone = [record_.source.pk for record_ in share.retired]
            for start in range(0, len(gone), _BATCH):
                manager.filter(pk__in=gone[start : start + _BATCH]).update(retired_in=self.version)

    def _write_measures(self, share: KindRevision) -> None:
        levels: dict[int, list[Record]] = {}
        for new in share.added:
            levels.setdefault(new.source.key.count("."), []).append(new)
        for level in sorted(levels):
            made = []
            for new in levels[level]:
                row = self._new_row(MEASURE, new)
                self._place_measure(row, new.source.key)
                made.append(row)
                self.rows[new.source.key] = row
            Measure.objects.bulk_create(made, batch_size=_BATCH)
            self.made |= {id(new): row.pk for new, row in zip(levels[level], made, strict=True)}
        kept = []
        for old, new in share.pairs:
            self._renew(MEASURE, old, new)
            self._place_measure(old.source, new.source.key)
            kept.append(old.source)
        for old, spans in share.found:
            self._move(old.source, spans)
            self._place_found(old.source)
            kept.append(old.source)
        self._update(MEASURE, kept, ("parent", "position", "depth"))

    def _place_measure(self, row: Measure, key: str) -> None:
        above = nearest_key(key.rpartition(".")[0], self.keys)
        row.parent = self.rows[above] if above else None
        row.position, row.depth = key, key.count(".") + 1

    def _place_found(self, row: Measure) -> None:
        """A measure added by hand stands behind the printed one before it, at its old depth or as near as there is."""
        before = [item.key for item in self.publication.measures if item.line <= row.line]
        groups = (max(before) if before else "0000").split(".")[: row.depth]
        above = nearest_key(".".join(groups[:-1]) if len(groups) == row.depth else ".".join(groups), self.keys)
        row.parent = self.rows[above] if above else None
        # “0” after the last digit sorts behind the neighbour and all that stands below it.
        row.position = ".".join(groups) + ("0" if len(groups) == row.depth else ".0000")
        row.depth = row.position.count(".") + 1

    def _write_parts(self, share: KindRevision) -> None:
        kind = share.kind
        made = [self._new_part(kind, new) for new in share.added]
        kind.model._default_manager.bulk_create(made, batch_size=_BATCH)
        self.made |= {id(new): row.pk for new, row in zip(share.added, made, strict=True)}
        kept = []
        for old, new in share.pairs:
            self._renew(kind, old, new)
            self._place_part(old.source, new)
            kept.append(old.source)
        for old, spans in share.found:
            self._move(old.source, spans)
            kept.append(old.source)
        extra = () if kind.name == "table" else ("measure",)
        self._update(kind, kept, extra + (("line_end",) if kind.name == "table" else ()))
        if kind.name == "responsibility":
            self._write_units(share, made)

    def _write_units(self, share: KindRevision, made: list[Provenance]) -> None:
        through = Responsibility.units.through
        links = [(row.pk, unit) for row, new in zip(made, share.added, strict=True) for unit in new.units]
        stale = []
        for old, new in share.pairs:
            if takes_values(old, new) and old.units != new.units:
                stale.append(old.source.pk)
                links += [(old.source.pk, unit) for unit in new.units]
        for start in range(0, len(stale), _BATCH):
            through.objects.filter(responsibility_id__in=stale[start : start + _BATCH]).delete()
        through.objects.bulk_create(
            (through(responsibility_id=row, unit_id=unit) for row, unit in links), batch_size=_BATCH
        )

    def _new_row(self, kind: Kind, new: Record) -> Any:
        row = kind.model(plan=self.plan, version=self.version, **new.values)
        self._trace(row, new)
        return row

    def _new_part(self, kind: Kind, new: Record) -> Any:
        row = self._new_row(kind, new)
        self._place_part(row, new)
        return row

    def _place_part(self, row: Any, new: Record) -> None:
        if hasattr(new.source, "line_end"):
            row.line_end = new.source.line_end
        else:
            key = nearest_key(new.source.measure_key, self.keys)
            row.measure = self.rows[key] if key else None

    def _trace(self, row: Provenance, new: Record) -> None:
        """Where the object stands and how it was read, as the publication says."""
        item = new.source
        row.text, row.line, row.spans = new.text, new.line, [list(span) for span in new.spans]
        row.origin, row.certainty = item.origin, item.certainty
        row.rule, row.reason = item.rule[:60], item.reason[:300]

    def _renew(self, kind: Kind, old: Record, new: Record) -> None:
        row = old.source
        row.version = self.version
        if takes_values(old, new):
            for name, value in new.values.items():
                setattr(row, name, value)
            self._trace(row, new)
        else:
            row.text, row.line, row.spans = new.text, new.line, [list(span) for span in new.spans]

    def _move(self, row: Provenance, spans: tuple[tuple[int, int, int], ...]) -> None:
        row.version = self.version
        row.line, row.spans = spans[0][0], [list(span) for span in spans]

    def _update(self, kind: Kind, rows: list[Any], extra: tuple[str, ...]) -> None:
        """Write whole rows over those of the same key: one statement a batch, which no other bulk update is."""
        fields = [*_COMMON, *kind.values, *extra]
        kind.model._default_manager.bulk_create(
            rows, batch_size=_BATCH, update_conflicts=True, update_fields=fields, unique_fields=["id"]
        )
