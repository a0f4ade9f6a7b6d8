"""Sharing a total out over units and periods so that nothing is lost."""

from luoshi.allocation.conservation import Conservation, conservation
from luoshi.allocation.sharing import AllocationError, by_trajectory, equal, share_grid, share_out

__all__ = [
    "AllocationError",
    "Conservation",
    "by_trajectory",
    "conservation",
    "equal",
    "share_grid",
    "share_out",
]
