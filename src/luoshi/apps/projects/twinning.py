"""Finding projects that may be one, among those that stand in the same place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations

from django.db.models import Q

from luoshi.apps.projects.models import Project, Twin
from luoshi.pipeline import Likeness, Sketch, folded, likeness

#: A place with more projects than this is compared by money and by the beginning of the name only.
MANY = 3000


def sketch(name: str, total: object, unit: int) -> Sketch:
    """What of a project is compared."""
    return Sketch(name, Decimal(str(total)), str(unit))


def near(sketches: Sequence[Sketch], exclude: Iterable[int] = ()) -> dict[int, list[tuple[int, str, Likeness]]]:
    """For each sketch (by its place in the sequence) the stored projects that may be the same: (id, name, why).

    One query, whatever the number of sketches.
    """
    units = {int(one.unit) for one in sketches}
    left = set(exclude)
    rows = Project.objects.filter(merged_into=None, unit__in=units).order_by("pk")
    if len(sketches) < 20 and rows.count() > MANY:
        starts = {one.name[:2] for one in sketches}
        rows = rows.filter(_alike(starts, sketches))
    stored: dict[int, list[tuple[int, str, Sketch]]] = {}
    for pk, name, total, unit in rows.values_list("pk", "name", "total", "unit_id"):
        if pk not in left:
            stored.setdefault(unit, []).append((pk, name, sketch(name, total, unit)))
    found: dict[int, list[tuple[int, str, Likeness]]] = {}
    for at, one in enumerate(sketches):
        for pk, name, other in stored.get(int(one.unit), ()):
            if (why := likeness(one, other)) is not None:
                found.setdefault(at, []).append((pk, name, why))
    return found


def _alike(starts: set[str], sketches: Sequence[Sketch]) -> Q:
    wanted = Q(total__in={one.total for one in sketches})
    for start in starts:
        wanted |= Q(name__startswith=start)
    return wanted


def among(sketches: Sequence[Sketch]) -> list[tuple[int, int, Likeness]]:
    """The pairs of a sequence that may be one: (earlier, later, why); within one place, or of the very same name."""
    places: dict[str, list[int]] = {}
    names: dict[str, list[int]] = {}
    for at, one in enumerate(sketches):
        places.setdefault(one.unit, []).append(at)
        names.setdefault(folded(one.name), []).append(at)
    pairs = {pair for group in (*places.values(), *names.values()) for pair in combinations(group, 2)}
    found = []
    for first, second in sorted(pairs):
        if (why := likeness(sketches[first], sketches[second])) is not None:
            found.append((first, second, why))
    return found


def note_twins(projects: Sequence[Project]) -> int:
    """Write down which of new or renamed projects may be others: once for each pair; how many are new."""
    sketches = [sketch(one.name, one.total, one.unit_id) for one in projects]
    found = near(sketches)
    wanted: dict[tuple[int, int], Likeness] = {}
    for at, rows in found.items():
        for other, _, why in rows:
            if other != projects[at].pk:
                first, second = sorted((projects[at].pk, other))
                wanted.setdefault((first, second), why)
    if not wanted:
        return 0
    known = set(Twin.objects.filter(first__in={first for first, _ in wanted}).values_list("first_id", "second_id"))
    fresh = [
        Twin(first_id=first, second_id=second, score=why.score, reason=why.reason)
        for (first, second), why in wanted.items()
        if (first, second) not in known
    ]
    Twin.objects.bulk_create(fresh, batch_size=500)
    return len(fresh)
