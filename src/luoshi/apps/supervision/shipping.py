"""What ships with Luoshi as data: clocks and ladders, stored once, and duties that an office may take over.

Sources: congress opinions, 15 days and 3 months (seed 003a L662); rectification and then accountability (000b L1119);
spending laggards, 约谈、通报 (000b L856); front-line work 3 or 4 times a month, research 60 or 90 days a year, petition
reception, upward reporting (S4 L661–665, L2063–2065, L2102–2127). The clocks of ordinary, urgent, petition and audit
matters are usual practice, not taken from a source. They are rows of the program itself: no journal entry tells of
them.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from luoshi.apps.supervision.models import Clock, Ladder

_FOLDER = Path(__file__).with_name("shipped")


@cache
def shipped(name: str) -> tuple[dict[str, Any], ...]:
    """The rows of a file: ``clocks``, ``ladders`` or ``duties``."""
    return tuple(json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def shipped_duty(key: str) -> dict[str, Any] | None:
    """A duty that ships, by its key."""
    return next((row for row in shipped("duties") if row["key"] == key), None)


def install_shipped() -> int:
    """Store the clocks and ladders that are not there yet; what has been switched off stays off. How many are new."""
    made = 0
    for model, name in ((Clock, "clocks"), (Ladder, "ladders")):
        known = set(model._default_manager.values_list("key", flat=True))
        fresh = [model(**row) for row in shipped(name) if row["key"] not in known]
        model._default_manager.bulk_create(fresh, ignore_conflicts=True)
        made += len(fresh)
    return made
