"""What all tests share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def shared_folder() -> Path:
    """The folder of source documents: ``$LUOSHI_SHARED``, else ``shared`` beside the project."""
    return Path(os.environ.get("LUOSHI_SHARED") or PROJECT.parent / "shared")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of source documents; a test that needs it is skipped by name where it is absent."""
    folder = shared_folder()
    if not (folder / "seeds").is_dir():
        pytest.skip(f"源文件目录不存在：{folder.name}")
    return folder


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's own folder."""
    return PROJECT


@pytest.fixture(scope="session", autouse=True)
def _remove_home():
    """Take the tests' own folder away at the end."""
    yield
    shutil.rmtree(os.environ["LUOSHI_HOME"], ignore_errors=True)
