"""What the tests of intake share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apps.intake.factories import make_draft
from tests.apps.intake.real_database import transactional_db

__all__ = ["transactional_db"]  # a fixture

from luoshi.apps.intake.models import Draft
from luoshi.apps.organisations.models import Unit


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Any, settings: Any) -> None:
    """Each test keeps its files in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def draft(coordinator: Any, prefecture: dict[str, Unit]) -> Draft:
    """A plan that was read, nothing decided yet."""
    return make_draft(coordinator, prefecture["ylz"])
