"""What the tests of supervision share."""

from __future__ import annotations

import pytest

from luoshi.apps.organisations.queries import forget_directory
from tests.apps.supervision.making import World


@pytest.fixture
def world(db) -> World:
    """The small prefecture that gives out orders."""
    forget_directory()
    return World()


@pytest.fixture(autouse=True)
def _files(tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
