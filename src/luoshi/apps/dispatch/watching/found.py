"""What looking gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from luoshi.apps.dispatch.models import EarlyWarning
from luoshi.apps.organisations.models import Unit


@dataclass(frozen=True, slots=True)
class Finding:
    """One unit to be warned of one subject; the figures that say so, and a sentence."""

    unit: Unit
    subject: str
    period: str
    sentence: str
    snapshot: dict[str, Any]
    plan_id: int | None = None
    target_id: int | None = None
    form_id: int | None = None
    light: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How what was warned of stands in a later period; ``good`` tells that the warning may be closed."""

    period: str
    good: bool
    sentence: str
    snapshot: dict[str, Any]
    light: str = ""


class Looker(Protocol):
    """Looks the way one rule asks."""

    def findings(self) -> Iterable[Finding]:
        """What is to be warned of now."""
        ...

    def looks(self, warning: EarlyWarning) -> list[Look]:
        """How a warning of the rule stands in each period since it was last looked at, in order."""
        ...
