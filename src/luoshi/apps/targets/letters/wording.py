"""Words of a letter that the ledger does not hold ready: full names, a target's own deadline, its parts by period."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from luoshi import progress
from luoshi.apps.plans import words
from luoshi.apps.plans.models import Deadline, DeadlineRuleChoice, PlanVersion, Target
from luoshi.apps.targets.values import kept_to, shown

_SENTENCE_ENDS = re.compile("[。；;！？]")


def own_dates(targets: Collection[Target], deadlines: Collection[Deadline]) -> dict[int, dt.date]:
    """The date by which a target is due by its own sentence, where that gives one: one query.

    It is a date printed within the target's words, else the last one before them in the same sentence of the same
    measure (6月底前新增……). A date that follows belongs to what follows; recurring deadlines are no target's.
    """
    dated: dict[tuple[int | None, int], list[Deadline]] = defaultdict(list)
    for deadline in deadlines:
        if deadline.rule_kind == DeadlineRuleChoice.DATE and deadline.date and deadline.spans:
            dated[deadline.measure_id, deadline.version_id].append(deadline)
    wanted = [target for target in targets if target.spans and dated.get((target.measure_id, target.version_id))]
    versions = PlanVersion.objects.select_related("document").in_bulk({target.version_id for target in wanted})
    lines = {pk: version.document.lines() for pk, version in versions.items()}
    found = {}
    for target in wanted:
        line, start, _ = target.spans[0]
        _, _, end = next(span for span in reversed(target.spans) if span[0] == line)
        text = lines[target.version_id][line - 1] if line <= len(lines[target.version_id]) else ""
        before: list[tuple[int, dt.date]] = []
        for deadline in dated[target.measure_id, target.version_id]:
            place, begins, ends = deadline.spans[0]
            same = place == line and begins < end and not _SENTENCE_ENDS.search(text[ends:start])
            if same and deadline.date is not None:
                before.append((begins, deadline.date))
        if before:
            found[target.pk] = max(before)[1]
    return found


def deadline_words(target: Target, dates: dict[int, dt.date], year: int) -> str:
    """By when a target is due in the year: its own date, else the year's last day."""
    own = dates.get(target.pk)
    return words.date_words(own if own is not None and own.year == year else dt.date(target.year or year, 12, 31))


def parts(value: Decimal, shaped: progress.Trajectory, unit_of_measure: str, decimals: int) -> list[list[str]]:
    """(period, what is due by its end) of a year's figure by the trajectory in force."""
    rows = []
    for period, share in shaped.points:
        label = period.label.removeprefix(f"{period.year}年") or period.label
        rows.append([label, f"累计{shown(kept_to(value * share, decimals))}{unit_of_measure}"])
    return rows
