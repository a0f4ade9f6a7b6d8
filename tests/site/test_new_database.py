"""A database made in one go is the one to which all migrations lead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

WAYS = ("steps", "at-once")


@pytest.fixture
def addresses(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Two empty databases of the kind under test."""
    if connection.vendor == "sqlite":
        yield {way: f"sqlite:///{quote(str(tmp_path / way))}.sqlite3" for way in WAYS}
        return
    given = connection.settings_dict
    server = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    names = {way: f"made_{way.replace('-', '_')}_{os.getpid()}" for way in WAYS}
    with psycopg.connect(**server, dbname="postgres", autocommit=True) as keeper:
        for name in names.values():
            keeper.execute(f"CREATE DATABASE {name}")
        place = f"{quote(given['USER'])}:{quote(given['PASSWORD'] or '')}@{given['HOST']}:{given['PORT']}"
        yield {way: f"postgresql://{place}/{name}" for way, name in names.items()}
        for name in names.values():
            keeper.execute(f"DROP DATABASE {name} WITH (FORCE)")


def made(way: str, address: str, home: Path) -> Any:
    """What is in a database made in that way, by a process of its own."""
    environment = os.environ | {
        "DATABASE_URL": address,
        "LUOSHI_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "luoshi.site.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.site.schema_dump", way],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_both_ways_lead_to_the_same(addresses: dict[str, str], tmp_path: Path) -> None:
    steps, at_once = (made(way, addresses[way], tmp_path / way) for way in WAYS)
    for what in ("schema", "rows"):
        assert sorted(at_once[what]) == sorted(steps[what])
        for name, expected in steps[what].items():
            assert at_once[what][name] == expected, name
    assert any(at_once["rows"].values())
