"""The scene, and a place for files."""

from __future__ import annotations

import pytest

from tests.apps.investment.making import Scene, make_scene


@pytest.fixture
def scene(db, tmp_path, settings) -> Scene:
    settings.MEDIA_ROOT = tmp_path / "files"
    return make_scene()
