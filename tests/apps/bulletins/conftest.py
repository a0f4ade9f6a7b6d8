"""A prefecture with a target shared out and reported, and people who draw, check, sign and read."""

from tests.apps.targets.conftest import scene
from tests.apps.targets.test_standings import shared_out

__all__ = ["scene", "shared_out"]
