"""What got worse since the period before, and what got better: so that nobody has to compare two prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from luoshi.apps.boards.asking import Asked
from luoshi.apps.boards.queries.read import Read, read
from luoshi.apps.targets.queries import Standing
from luoshi.progress import is_worse, severity

Turn = tuple[Standing, Standing]


@dataclass(frozen=True, slots=True)
class Worse:
    """(before, now) of what turned; ``silent`` are those that had a light before and are not reported now."""

    read: Read
    worse: list[Turn]
    better: list[Turn]
    silent: list[Turn]


def worse_board(user: Any, ask: Asked) -> Worse:
    """All turns from the period before to the latest (or the asked) one: one reading."""
    got = read(user, ask, history=True)
    found = got.found
    better, silent = [], []
    for now in found:
        before = found.before(now)
        if before is None or severity(before.light) is None:
            continue
        if severity(now.light) is None:
            if now.goal is not None and now.actual is None:
                silent.append((before, now))
        elif is_worse(now.light, before.light):
            better.append((before, now))
    return Worse(got, found.worse(), better, silent)
