"""What the pages of intake show."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from luoshi.apps.intake import drafting, values
from luoshi.apps.intake.actions.items import SURE
from luoshi.apps.intake.counting import CONFIRMED, unknown_in, unknown_names, waiting, with_counts
from luoshi.apps.intake.departed import departed_items, departed_names
from luoshi.apps.intake.models import Draft, DraftItem, ItemKind, ItemState, Upload
from luoshi.apps.organisations.choosing import options
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import directory

NEAREST = 4

__all__ = (
    "DraftCounts",
    "Unsettled",
    "certainty_words",
    "counts_by_kind",
    "draft_items",
    "item_row",
    "item_rows",
    "nearest_names",
    "search_units",
    "unknown_names",
    "unsettled_names",
    "upload_list",
    "waiting",
    "with_counts",
)


def certainty_words(certainty: float | None) -> str:
    """How sure, in words."""
    if certainty is None:
        return "人工添加"
    for edge, words in ((0.95, "很有把握"), (SURE, "有把握"), (0.75, "较有把握"), (0.5, "把握不大")):
        if certainty >= edge:
            return words
    return "没有把握"


def upload_list(uploads: QuerySet[Upload], drafts: QuerySet[Draft]) -> QuerySet[Upload]:
    """Uploads with those of their drafts that the person may see, and the drafts' counts: three queries."""
    drafts = with_counts(drafts.select_related("version")).order_by("ordinal")
    return uploads.select_related("owner", "created_by").prefetch_related(
        Prefetch("drafts", queryset=drafts, to_attr="counted_drafts")
    )


@dataclass(frozen=True, slots=True)
class DraftCounts:
    """What publishing a draft would take and leave, by kind; ``pending_sure`` is what ``accept_sure`` takes."""

    kind: str
    label: str
    confirmed: int
    pending: int
    pending_sure: int
    rejected: int


def counts_by_kind(draft: Draft, threshold: float = SURE) -> list[DraftCounts]:
    """One row a kind, in the kinds' own order: two queries."""
    sure = Q(state=ItemState.PENDING, certainty__gte=threshold, unknown_names=0) & ~Q(pk__in=departed_items(draft))
    rows = {
        row["kind"]: row
        for row in draft.items.order_by()
        .values("kind")
        .annotate(
            confirmed=Count("pk", filter=Q(state__in=CONFIRMED)),
            pending=Count("pk", filter=Q(state=ItemState.PENDING)),
            pending_sure=Count("pk", filter=sure),
            rejected=Count("pk", filter=Q(state=ItemState.REJECTED)),
        )
    }
    empty = {"confirmed": 0, "pending": 0, "pending_sure": 0, "rejected": 0}
    return [
        DraftCounts(label=label, **{"kind": kind, **empty, **rows.get(kind, {})}) for kind, label in ItemKind.choices
    ]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Printed names that do not lead to all the units they should, each once: ``unknown`` mean no unit,
    ``departed`` were given units of which at least one is no longer in the register, ``left_open`` are groups that
    the plan itself leaves open."""

    unknown: list[str]
    departed: list[str]
    left_open: list[str]


def unsettled_names(draft: Draft) -> Unsettled:
    """The names of what may be published that need attention; one query, beside the register."""
    departed: dict[str, None] = {}
    left_open: dict[str, None] = {}
    known = directory()
    rows = draft.items.filter(kind=ItemKind.RESPONSIBILITY).exclude(state=ItemState.REJECTED)
    clauses = list(rows.order_by("position", "pk").values_list("data", flat=True))
    for data in clauses:
        departed.update(dict.fromkeys(departed_names(data, known)))
        for role in values.ROLES:
            for entry in data.get(role, ()):
                if entry.get("open") and not entry["units"]:
                    left_open[entry["name"]] = None
    return Unsettled(unknown_in(clauses), list(departed), list(left_open))


def item_row(item: DraftItem, known: Container[str]) -> dict[str, Any]:
    """An item as the confirm screen takes it; a table without its body, which is fetched when it is looked at, and
    names without units that are no longer among the ``known``: so the screen asks again what such a name means."""
    data, unknown = item.data, item.unknown_names
    if item.kind == ItemKind.RESPONSIBILITY and departed_names(data, known):
        data = values.with_known_units(data, known)
        unknown = values.unknown_names(item.kind, data)
    if item.kind == ItemKind.TABLE:
        data = {
            "title": data["title"],
            "columns": len(data["header"]),
            "row_count": len(data["rows"]),
            "line_end": data["line_end"],
        }
    return {
        "id": item.pk,
        "kind": item.kind,
        "position": item.position,
        "measure": item.measure_key,
        "line": item.line,
        "text": item.text if item.kind != ItemKind.TABLE else "",
        "spans": item.spans if item.kind != ItemKind.TABLE else item.spans[:1],
        "data": data,
        "certainty": item.certainty,
        "sure": certainty_words(item.certainty),
        "reason": item.reason,
        "unknown": unknown,
        "state": item.state,
        "added": item.original is None,
        "by": str(item.decided_by) if item.decided_by else _by_itself(item),
        "revision": item.revision,
    }


def _by_itself(item: DraftItem) -> str:
    """Who confirmed what no person did: see ``actions.resuming``."""
    same = item.state == ItemState.ACCEPTED and item.decided_at and item.draft.supersedes_id
    return "与现行版本相同" if same else ""


def item_rows(items: Iterable[DraftItem]) -> dict[str, Any]:
    """``{"items", "units", "unknown"}``: the items, the short names of all units in them, and for each unknown name
    the nearest known ones."""
    rows = []
    keys: set[str] = set()
    unknown: dict[str, Any] = {}
    known = directory()
    for item in items:
        row = item_row(item, known)
        rows.append(row)
        if item.kind == ItemKind.RESPONSIBILITY:
            for role in values.ROLES:
                for entry in row["data"].get(role, ()):
                    keys.update(entry["units"])
                    if values.is_unknown(entry):
                        unknown[entry["name"]] = None
    return {
        "items": rows,
        "units": {key: known.unit(key).short_name or known.unit(key).name for key in keys if key in known},
        "unknown": list(unknown),
    }


def draft_items(draft: Draft) -> dict[str, Any]:
    """All items of a draft with what is needed to show them."""
    found = item_rows(draft.items.select_related("decided_by").order_by("position", "pk"))
    return {**found, "unknown": nearest_names(draft, found["unknown"])}


def nearest_names(draft: Draft, names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """For each unknown name the known ones like it, best first, each unit once: ``{"name", "keys", "likeness"}``."""
    known = directory()
    date = drafting.resolution_date(draft.issued_on, draft.year)
    found: dict[str, list[dict[str, Any]]] = {}
    for name in names:
        by_keys: dict[tuple[str, ...], dict[str, Any]] = {}
        for near, keys, likeness in known.resolve(name, date).nearest:
            if keys and keys not in by_keys:
                by_keys[keys] = {"name": near, "keys": list(keys), "likeness": round(likeness)}
        found[name] = list(by_keys.values())[:NEAREST]
    return found


def search_units(text: str) -> list[dict[str, str]]:
    """Units that a text may mean, the nearest first, ended ones too: ``{"key", "name", "note"}``."""
    found = options(text, Unit.objects.all(), ended=True) if text.strip() else []
    return [{"key": one.key, "name": one.label, "note": one.note} for one in found]
