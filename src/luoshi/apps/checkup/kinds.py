"""The kinds of finding, loaded when a page first asks: they bring the rules along, which starting a server need not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from luoshi.checks.kinds import Kind


def kinds() -> Mapping[str, Kind]:
    """All kinds by their key."""
    from luoshi.checks.kinds import KINDS

    return KINDS


def kind_name(key: str) -> str:
    """The kind in words; a kind that is no longer known keeps its key."""
    known = kinds().get(key)
    return known.name if known else key


def sets_readings_against(key: str) -> bool:
    """Whether findings of the kind have readings of which one can be kept.

    A date that has passed and the document's own are both right; of a gap in the numbers nothing can be kept.
    """
    from luoshi.checks.kinds import Family

    known = kinds().get(key)
    return known is not None and known.family not in (Family.DATES, Family.NUMBERING)


def kind_advice(key: str) -> str:
    """What a clerk can do about findings of the kind."""
    known = kinds().get(key)
    return known.advice if known else ""
