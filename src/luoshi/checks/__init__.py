"""Checks on a plan (方案体检): where it contradicts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from luoshi.checks.kinds import FAMILY_NAMES, KINDS, Family, Kind
from luoshi.checks.model import Finding, Place, Severity
from luoshi.checks.options import Options

if TYPE_CHECKING:
    from luoshi.checks.running import CHECKS, check

__all__ = ["CHECKS", "FAMILY_NAMES", "KINDS", "Family", "Finding", "Kind", "Options", "Place", "Severity", "check"]


def __getattr__(name: str) -> Any:
    """Load the checks only when a plan is checked: a page that names the kinds needs none of them."""
    if name in ("CHECKS", "check"):
        from luoshi.checks import running

        return getattr(running, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
