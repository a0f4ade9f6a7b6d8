"""What the tests of the check-up share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apps.checkup.factories import PLAN
from tests.apps.intake.factories import make_draft
from tests.apps.intake.real_database import transactional_db

__all__ = ["transactional_db"]  # a fixture

from luoshi.apps.checkup.models import Finding
from luoshi.apps.intake.models import Draft
from luoshi.apps.organisations.models import Unit


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Any, settings: Any) -> None:
    """Each test keeps its files in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def draft(coordinator: Any, prefecture: dict[str, Unit]) -> Draft:
    """A plan with slips, just read."""
    return make_draft(coordinator, prefecture["ylz"], PLAN, "茶产业.txt")


@pytest.fixture
def two_values(draft: Draft) -> Finding:
    """12万亩 against 15万亩."""
    return draft.findings.get(kind="two-values")
