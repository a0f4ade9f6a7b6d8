"""What apps above intake do with a file that was read, while the reading is still at hand.

They register a function when the site starts. It runs after the drafts are stored: whatever goes wrong in it is logged
and never undoes the reading.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from luoshi.apps.intake.models import Draft
from luoshi.documents import Document
from luoshi.extraction.model import Extraction

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read: its stored drafts in order, and what they came from."""

    drafts: Sequence[Draft]
    document: Document
    extraction: Extraction


Hook = Callable[[Reading], None]
_hooks: list[Hook] = []


def register(hook: Hook) -> None:
    """Have ``hook`` run after each reading; registering it again changes nothing."""
    if hook not in _hooks:
        _hooks.append(hook)


def run(reading: Reading) -> None:
    """Run every hook; one that fails stops neither the others nor the upload."""
    for hook in _hooks:
        try:
            hook(reading)
        except Exception:
            logger.exception("%s failed after document %r was read", hook, reading.document.name)
