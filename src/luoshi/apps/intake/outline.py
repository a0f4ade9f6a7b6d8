"""The outline of a draft: where an added item belongs, keys of added measures, which measure stands before which.

Keys sort in document order (``0002`` < ``0002.0001`` < ``0003``). A measure added behind ``0002.0001`` and its children
gets ``0002.0001n``: ``.`` sorts before letters, so the order holds; publishing numbers the outline anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from luoshi.apps.intake.errors import Invalid
from luoshi.apps.intake.models import Draft, DraftItem, ItemKind, ItemState

Places = list[tuple[int, int, int]]
MOST_LINES = 400
MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where an added item goes: its position, and the measure before it (empty where there is none)."""

    position: int
    measure_key: str
    labels: tuple[str, ...]


def check_spans(draft: Draft, spans: Iterable[Sequence[Any]]) -> Places:
    """The spans in order, inside the draft's own lines; raises ``Invalid``."""
    try:
        places = sorted((int(line), int(start), int(end)) for line, start, end in spans)
    except (TypeError, ValueError, OverflowError) as error:
        raise Invalid({"spans": "请先在原文中选取文字。"}) from error
    if not places or len(places) > MOST_LINES:
        raise Invalid({"spans": "请先在原文中选取文字。" if not places else f"一次最多选取 {MOST_LINES} 行。"})
    first, last = places[0][0], places[-1][0]
    if first < draft.first_line or last > draft.last_line:
        raise Invalid({"spans": "选取的文字不在这份方案之内。"})
    lines = draft.document.lines(first, last)
    for line, start, end in places:
        if not 0 <= start < end <= len(lines[line - first]):
            raise Invalid({"spans": "选取的位置与原文不符，请重新选取。"})
    if sum(end - start for _, start, end in places) > MOST_CHARACTERS:
        raise Invalid({"spans": f"一次最多选取 {MOST_CHARACTERS} 字。"})
    return places


def text_of(draft: Draft, places: Places) -> str:
    """The characters of the spans, joined."""
    first = places[0][0]
    lines = draft.document.lines(first, places[-1][0])
    return "".join(lines[line - first][start:end] for line, start, end in places)


def measures_of(draft: Draft) -> list[DraftItem]:
    """The measures in document order, rejected ones left out."""
    return list(draft.items.filter(kind=ItemKind.MEASURE).exclude(state=ItemState.REJECTED))


def place_for(draft: Draft, line: int, start: int) -> Place:
    """Behind everything that begins before the given character."""
    position, measure = 0, None
    rows = (
        draft.items.filter(line__lte=line)
        .exclude(state=ItemState.REJECTED)
        .only("position", "kind", "line", "spans", "data")
    )
    for item in rows.order_by("position", "pk"):
        begins = (item.line, item.spans[0][1] if item.spans else 0)
        if begins > (line, start):
            continue
        position = max(position, item.position)
        if item.kind == ItemKind.MEASURE:
            measure = item
    if measure is None:
        return Place(position, "", ())
    return Place(position, measure.data["key"], tuple(measure.data["labels"]))


def require_measure(draft: Draft, key: str) -> str:
    """The key if the draft has such a measure (empty: none); raises ``Invalid``."""
    known = set(draft.items.filter(kind=ItemKind.MEASURE).values_list("data__key", flat=True))
    if key and key not in known:
        raise Invalid({"measure_key": "没有这条措施，请重新选择。"})
    return key


def new_key(draft: Draft, place: Place) -> tuple[str, list[str]]:
    """A key right behind the measure before (and all below it), on its level, and the labels above it."""
    keys = {item.data["key"] for item in draft.items.filter(kind=ItemKind.MEASURE).only("data")}
    base = place.measure_key
    if base:
        added = [key for key in keys if key.startswith(base) and len(key) > len(base) and key[len(base)].isalpha()]
        key = base + _suffix_before(min(added)[len(base) :].partition(".")[0] if added else "")
    else:
        # Before all measures: 0000, then 000, 00, 0, each before the last.
        key = next((key for key in ("0000", "000", "00", "0") if not any(other <= key for other in keys)), "")
    if not key or len(key) > 80:
        raise Invalid({"": "此处添加的措施过多。"})
    return key, list(place.labels[:-1])


def _suffix_before(upper: str) -> str:
    """Small letters that sort before ``upper`` (empty: no bound) and leave room before themselves."""
    if not upper:
        return "n"
    middle = chr((ord("a") + ord(upper[0])) // 2)
    if "a" < middle < upper[0]:
        return middle
    return "a" + _suffix_before(upper[1:] if upper[0] == "a" else "")


def take_over(draft: Draft, measure: DraftItem, place: Place) -> int:
    """Put the items between a new measure and the next one under it; gives their number."""
    following = draft.items.filter(measure_key=place.measure_key).exclude(pk=measure.pk).exclude(kind=ItemKind.MEASURE)
    begins = (measure.line, measure.spans[0][1])
    moved = [item for item in following if (item.line, item.spans[0][1] if item.spans else 0) >= begins]
    for item in moved:
        item.measure_key = measure.data["key"]
        item.revision += 1
    DraftItem.objects.bulk_update(moved, ("measure_key", "revision"), batch_size=200)
    return len(moved)


def measure_before(draft: Draft, item: DraftItem) -> DraftItem:
    """The measure before one in the outline; raises ``Invalid``."""
    key = item.data["key"]
    others = [measure for measure in measures_of(draft) if measure.pk != item.pk]
    if any(other.data["key"].startswith(f"{key}.") for other in others):
        raise Invalid({"": "其下还有措施，请先处理下级措施。"})
    before = [other for other in others if other.data["key"] < key]
    if not before:
        raise Invalid({"": "前面没有措施可以并入。"})
    return max(before, key=lambda other: other.data["key"])
