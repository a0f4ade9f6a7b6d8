"""What the tests of all apps share."""

from __future__ import annotations

import pytest

from luoshi.apps.organisations.queries import forget_directory


@pytest.fixture(autouse=True)
def _fresh_directory() -> None:
    """The register kept in the process outlives a test's rolled-back rows: begin without it."""
    forget_directory()
