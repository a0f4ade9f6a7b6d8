"""The plan of the targets' tests, shared out and reported on."""

from __future__ import annotations

import pytest

from luoshi.apps.indicators.models import Indicator
from tests.apps.targets.conftest import Scene, scene
from tests.apps.targets.test_actions import measured, observe
from tests.apps.targets.test_pages import give

__all__ = ["scene"]


@pytest.fixture
def burning(scene: Scene) -> Indicator:
    """700 and 800 of the 1500 by March: the north is behind since March, the south ahead."""
    give(scene)
    indicator = measured(scene)
    for number, value in ((1, "70"), (2, "120"), (3, "150")):
        observe(indicator, scene.units.north, f"2026-0{number}", value)
    for number, value in ((1, "70"), (2, "140"), (3, "240")):
        observe(indicator, scene.units.south, f"2026-0{number}", value)
    return indicator
