"""What the tests of indicators share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from tests.apps.indicators.factories import make_indicator
from tests.apps.intake.real_database import transactional_db

__all__ = ["transactional_db"]  # a fixture


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Any, settings: Any) -> None:
    """Each test keeps its files in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def lead(person: Callable[..., Any]) -> Any:
    """Someone of the department that owns the indicators."""
    return person("qiantou", ylz_czj="lead")


@pytest.fixture
def indicator(prefecture: dict[str, Unit]) -> Indicator:
    """A stock owned by the prefecture's finance bureau."""
    return make_indicator(prefecture["ylz-czj"], "市场主体总量", unit_of_measure="户", decimals=0)
