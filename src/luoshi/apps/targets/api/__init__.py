"""Allocations, progress and commitment letters over HTTP."""

from luoshi.apps.targets.api.allocations import AllocationQuery, add_allocations
from luoshi.apps.targets.api.letters import letters
from luoshi.apps.targets.api.progress import add_lights, add_progress

__all__ = ("AllocationQuery", "add_allocations", "add_lights", "add_progress", "letters")
