"""The scene of the targets' tests, in which dispatch plays."""

from tests.apps.targets.conftest import scene

__all__ = ["scene"]
