"""From a confirmed draft to a plan in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from luoshi.apps.intake import values
from luoshi.apps.intake.actions.items import set_state
from luoshi.apps.intake.actions.keeping import undecided
from luoshi.apps.intake.actions.locking import locked_draft, open_draft
from luoshi.apps.intake.counting import CONFIRMED
from luoshi.apps.intake.departed import departed_names
from luoshi.apps.intake.errors import Invalid
from luoshi.apps.intake.models import Draft, DraftItem, DraftState, ItemKind, ItemState
from luoshi.apps.intake.policies import require_keeper
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.queries import directory, unit_ids
from luoshi.apps.plans import actions as plans
from luoshi.apps.plans.kinds import LEFT_OPEN
from luoshi.apps.plans.models import Origin, PlanVersion
from luoshi.apps.plans.publication import (
    Publication,
    PublishedDeadline,
    PublishedMeasure,
    PublishedResponsibility,
    PublishedTable,
    PublishedTarget,
)

UNCONFIRMED = (
    "还没有确认任何一项，不能发布。请先逐项确认，或将把握大的各项一并发布；没有任务的文件，请先剔除其中的措施。"
)
CHANGED = (
    "还有 {count} 项与现行版本不同、没有确认（{lines}），现在发布会使现行版本里的相应内容失效。"
    "请先回到确认页，逐项确认或剔除。"
)
_ORIGINS = {
    ItemState.CORRECTED: Origin.CORRECTED,
    ItemState.ADDED: Origin.MANUAL,
}


@dataclass(frozen=True, slots=True)
class Outline:
    """The measures that are published: new keys by old ones, and which confirmed items they are."""

    measures: tuple[DraftItem, ...]
    keys: dict[str, str]

    def place(self, key: str) -> str:
        """The new key of a measure, or of the nearest one above it that is published (empty: none)."""
        while key and key not in self.keys:
            key = key.rpartition(".")[0]
        return self.keys.get(key, "")


def included(items: list[DraftItem], include_from: float | None) -> list[DraftItem]:
    """What is published: the confirmed items, and with ``include_from`` pending ones that are at least so sure
    and name no unknown unit: the same that ``accept_sure`` takes."""
    known = directory()
    return [
        item
        for item in items
        if item.state in CONFIRMED
        or (
            include_from is not None
            and item.state == ItemState.PENDING
            and item.certainty is not None
            and item.certainty >= include_from
            and not item.unknown_names
            and not (item.kind == ItemKind.RESPONSIBILITY and departed_names(item.data, known))
        )
    ]


def outline_for_publication(items: list[DraftItem], chosen: list[DraftItem]) -> Outline:
    """The chosen measures, and unrejected ones above anything chosen, numbered anew in document order.

    What hangs below a rejected measure moves up to the nearest one that is left.
    """
    known = {item.data["key"]: item for item in items if item.kind == ItemKind.MEASURE}
    wanted = {item.data["key"] for item in chosen if item.kind == ItemKind.MEASURE}
    for item in chosen:
        key = item.data["key"] if item.kind == ItemKind.MEASURE else item.measure_key
        while key:
            above = known.get(key)
            if above is not None and above.state != ItemState.REJECTED:
                wanted.add(key)
            key = key.rpartition(".")[0]
    keys: dict[str, str] = {}
    children: dict[str, int] = {}
    for old in sorted(wanted):
        parent = old.rpartition(".")[0]
        while parent and parent not in keys:
            parent = parent.rpartition(".")[0]
        above_key = keys.get(parent, "")
        children[above_key] = number = children.get(above_key, 0) + 1
        keys[old] = f"{above_key}.{number:04d}" if above_key else f"{number:04d}"
    return Outline(tuple(known[old] for old in sorted(wanted)), keys)


def _published_at(draft: Draft) -> dt.datetime | None:
    """When the plan's version in force was published, if it was from this very text: the draft was taken up again."""
    if draft.supersedes is None:
        return None
    latest = draft.supersedes.versions.order_by("-ordinal").first()
    same = latest and (latest.document_id, latest.first_line) == (draft.document_id, draft.first_line)
    return latest.published_at if latest and same else None


def _shared(item: DraftItem, since: dt.datetime | None) -> dict[str, Any]:
    # What was decided before the last version is in force already, and may have been corrected in the ledger since: it
    # is no new word of a person, so it does not stand against the ledger.
    said_before = since is not None and item.decided_at is not None and item.decided_at <= since
    origin = Origin.EXTRACTED if said_before else _ORIGINS.get(ItemState(item.state), Origin.EXTRACTED)
    return {
        "text": item.text,
        "line": item.line,
        "spans": tuple((line, start, end) for line, start, end in item.spans),
        "origin": origin.value,
        "rule": item.rule,
        "certainty": item.certainty,
        "reason": item.reason,
    }


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What publishing a draft would do: ``publication`` is handed over; ``changed`` waits to be decided on first.

    ``unchanged`` counts pending items that read as what is in force and therefore stay; ``state`` is what is in force.
    """

    publication: Publication
    changed: tuple[DraftItem, ...]
    unchanged: int
    state: plans.InForce | None
    # What is published though nobody has decided on it by itself: taken along, or the same as what is in force.
    taken: tuple[int, ...] = ()
    # How many of the chosen items name units: a clause counts once, however many names stand in it.
    clauses: int = 0


def prepare(draft: Draft, *, include_from: float | None = None) -> Prepared:
    """The confirmed items, and for a new version those that read as what is in force already."""
    items = list(draft.items.order_by("position", "pk"))
    state = plans.in_force(draft.supersedes) if draft.supersedes else None
    waiting = undecided(draft, items, assemble, state)
    chosen = {item.pk for item in included(items, include_from)}
    kept = {item.pk for item in waiting.unchanged} - chosen
    published = [item for item in items if item.pk in chosen | kept]
    return Prepared(
        assemble(draft, items, published),
        tuple(item for item in waiting.changed if item.pk not in chosen),
        len(kept),
        state,
        tuple(item.pk for item in published if item.state == ItemState.PENDING),
        sum(item.kind == ItemKind.RESPONSIBILITY for item in published),
    )


def publication_of(draft: Draft, *, include_from: float | None = None) -> Publication:
    """What publishing the draft would hand over."""
    return prepare(draft, include_from=include_from).publication


def assemble(draft: Draft, items: list[DraftItem], chosen: list[DraftItem]) -> Publication:
    """The publication of the chosen items."""
    since = _published_at(draft)
    outline = outline_for_publication(items, chosen)
    ids = unit_ids(
        key
        for item in chosen
        if item.kind == ItemKind.RESPONSIBILITY
        for role in values.ROLES
        for entry in item.data.get(role, ())
        for key in entry["units"]
    )
    by_kind: dict[str, list[DraftItem]] = {kind: [] for kind in ItemKind.values}
    for item in chosen:
        by_kind[item.kind].append(item)
    return Publication(
        title=draft.title,
        number=draft.number,
        issued_on=draft.issued_on,
        year=draft.year,
        last_year=draft.last_year,
        owner_id=draft.owner_id,
        document_id=draft.document_id,
        first_line=draft.first_line,
        last_line=draft.last_line,
        measures=tuple(
            PublishedMeasure(
                **_shared(item, since),
                key=outline.keys[item.data["key"]],
                labels=tuple(item.data["labels"]),
                title=item.data["title"],
                is_task=item.data["is_task"],
            )
            for item in outline.measures
        ),
        targets=tuple(_target(item, outline, since) for item in by_kind[ItemKind.TARGET]),
        responsibilities=tuple(
            PublishedResponsibility(
                **_shared(item, since) | ({"reason": LEFT_OPEN} if entry.get("open") and not entry["units"] else {}),
                measure_key=outline.place(item.measure_key),
                role=role,
                name=entry["name"],
                unit_ids=tuple(ids[key] for key in entry["units"] if key in ids),
            )
            for item in by_kind[ItemKind.RESPONSIBILITY]
            for role in values.ROLES
            for entry in item.data.get(role, ())
        ),
        deadlines=tuple(_deadline(item, outline, since) for item in by_kind[ItemKind.DEADLINE]),
        tables=tuple(_table(item, outline, since) for item in by_kind[ItemKind.TABLE]),
    )


def _target(item: DraftItem, outline: Outline, since: dt.datetime | None) -> PublishedTarget:
    data = item.data
    return PublishedTarget(
        **_shared(item, since),
        measure_key=outline.place(item.measure_key),
        indicator=data["indicator"],
        comparator=data["comparator"],
        value=Decimal(data["value"]),
        value_max=_decimal(data.get("value_max")),
        unit_of_measure=data["unit"],
        change=data["change"],
        falling=data["direction"] == "down",
        year=data["year"],
        tier=data.get("tier", ""),
    )


def _deadline(item: DraftItem, outline: Outline, since: dt.datetime | None) -> PublishedDeadline:
    data = item.data
    return PublishedDeadline(
        **_shared(item, since),
        measure_key=outline.place(item.measure_key),
        rule_kind=data["rule"],
        date=dt.date.fromisoformat(data["date"]) if data.get("date") else None,
        day=data.get("day"),
        days=data.get("days"),
        working=bool(data.get("working")),
    )


def _table(item: DraftItem, outline: Outline, since: dt.datetime | None) -> PublishedTable:
    data = item.data
    return PublishedTable(
        **_shared(item, since),
        measure_key=outline.place(item.measure_key),
        title=data["title"],
        header=tuple(data["header"]),
        rows=tuple(tuple(row) for row in data["rows"]),
        line_end=data["line_end"],
    )


def holds_nothing(publication: Publication) -> bool:
    """Whether publishing would bring nothing but the file itself."""
    parts = (publication.measures, publication.targets, publication.responsibilities, publication.deadlines)
    return not any((*parts, publication.tables))


def is_unconfirmed(draft: Draft, publication: Publication) -> bool:
    """Whether measures wait and nothing is confirmed. Publishing that would retire all that an earlier version brought;
    a notice without measures, or with none left after people rejected them, is published as it is."""
    if not holds_nothing(publication):
        return False
    return draft.items.filter(kind=ItemKind.MEASURE).exclude(state=ItemState.REJECTED).exists()


def hindrance(draft: Draft, prepared: Prepared) -> str:
    """Why the draft must not be published yet, in words; empty when it may."""
    if is_unconfirmed(draft, prepared.publication):
        return UNCONFIRMED
    if prepared.changed:
        numbers = sorted({item.line for item in prepared.changed})
        lines = "第 " + "、".join(map(str, numbers[:5])) + (" 等行" if len(numbers) > 5 else " 行")
        return CHANGED.format(count=len(prepared.changed), lines=lines)
    return ""


def publish(*, acting_user: Any, draft: Draft, include_from: float | None = None) -> PlanVersion:
    """Publish a draft as a plan, or as the next version of the plan that it supersedes.

    The draft's row is locked first: of two who publish at once the second is given the version of the first. Raises
    ``Invalid`` while measures wait and nothing is confirmed.
    """
    with transaction.atomic():
        locked = locked_draft(draft.pk)
        require_keeper(acting_user, locked.owner)
        if locked.state == DraftState.PUBLISHED:
            return locked.version
        locked = open_draft(acting_user, draft.pk)
        prepared = prepare(locked, include_from=include_from)
        if trouble := hindrance(locked, prepared):
            raise Invalid({"": trouble})
        version = plans.publish(acting_user=acting_user, publication=prepared.publication, plan=locked.supersedes)
        # What stands in the ledger now waits no longer.
        set_state(prepared.taken, ItemState.ACCEPTED, acting_user)
        locked.state, locked.version = DraftState.PUBLISHED, version
        locked.save(update_fields=("state", "version", "updated_at"))
        after = {"state": locked.state, "plan": version.plan_id, "version": version.ordinal, "from": include_from}
        if prepared.taken:
            after["accepted"] = list(prepared.taken)
        act = Act(action="发布台账", target=locked, before={"state": DraftState.OPEN}, after=after)
        record(acting_user=acting_user, acts=[act])
    return version
