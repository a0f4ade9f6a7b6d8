"""Pages of this app."""

from luoshi.apps.targets.views import acts, allocation, given, letters, trajectory

__all__ = ("acts", "allocation", "given", "letters", "trajectory")
