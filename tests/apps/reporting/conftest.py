"""What the tests of returns share."""

from __future__ import annotations

import pytest

from luoshi.apps.organisations.queries import forget_directory
from tests.apps.reporting.making import World


@pytest.fixture
def world(db) -> World:
    """The small prefecture that reports."""
    forget_directory()
    return World()
