"""A server killed in the middle of 200 submissions loses none that it acknowledged, and stores none by half."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

SUBMISSIONS, CLIENTS = 200, 16
#: The server is killed when so many have been acknowledged.
ENOUGH = 60
#: Seconds for a program that is slow because the machine is busy; on a quiet one the whole test takes some 20.
PATIENCE = 240
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def environment(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """A home and a database of its own, of the engine that the tests run on."""
    found = {name: text for name, text in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    found |= {"LUOSHI_HOME": str(tmp_path), "PYTHONUTF8": "1"}
    found["PYTHONPATH"] = os.pathsep.join([str(PROJECT), str(PROJECT / "src")])
    if connection.vendor != "postgresql":
        yield found
        return
    name = f"killed_{uuid.uuid4().hex[:12]}"
    with django_db_blocker.unblock():
        settings = connection.settings_dict
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        server = f"{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT'] or 5432}"
        try:
            yield found | {"DATABASE_URL": f"postgresql://{server}/{name}"}
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def world(environment: dict[str, str], *arguments: str) -> Any:
    """What ``killed_world.py`` tells, a program of its own."""
    command = [sys.executable, str(Path(__file__).with_name("killed_world.py")), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Server:
    """``luoshi serve`` in a process group of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "luoshi", "serve", "--port", str(self.port), "--no-worker"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        patience = time.monotonic() + PATIENCE
        while time.monotonic() < patience and self.process.poll() is None:
            try:
                if self.ask("GET", "/api/v1/openapi.json")[0] == 200:
                    return
            except (OSError, HTTPException):
                time.sleep(0.1)
        if self.process.poll() is None:
            self.kill()
        raise AssertionError("the server did not start")

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """One request on a connection of its own."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            client.request(
                method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"} | headers
            )
            response = client.getresponse()
            return response.status, json.loads(response.read())
        finally:
            client.close()

    def kill(self) -> None:
        """SIGKILL to the whole group: nobody gets to say goodbye."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


def submit_all(server: Server, built: Any, ids: list[int], kill_after: int | None) -> tuple[dict[int, int], int]:
    """Submit the returns at once; (acknowledged: status by return, number of calls that got no answer)."""
    acknowledged: dict[int, int] = {}
    unanswered = 0
    lock, enough = threading.Lock(), threading.Event()

    def submit(pk: int) -> None:
        nonlocal unanswered
        headers = {"Authorization": f"Bearer {built['token']}", "Idempotency-Key": f"k-{pk}"}
        body = {"cells": {"t.firm.v": str(pk)}}
        try:
            status, _ = server.ask("POST", f"/api/v1/returns/{pk}/submissions", body, **headers)
        except (OSError, HTTPException, ValueError):
            with lock:
                unanswered += 1
            return
        with lock:
            acknowledged[pk] = status
            if kill_after is not None and len(acknowledged) >= kill_after:
                enough.set()

    with ThreadPoolExecutor(CLIENTS) as pool:
        calls = [pool.submit(submit, pk) for pk in ids]
        if kill_after is not None:
            assert enough.wait(PATIENCE), f"only {len(acknowledged)} acknowledged"
            server.kill()
        for call in calls:
            call.result()
    return acknowledged, unanswered


@pytest.mark.timeout(4 * PATIENCE)
def test_no_acknowledged_submission_is_lost(environment):
    built = world(environment, "build", str(SUBMISSIONS))
    assert len(built["ids"]) == SUBMISSIONS
    server = Server(environment)
    try:
        acknowledged, unanswered = submit_all(server, built, built["ids"], ENOUGH)
    finally:
        if server.process.poll() is None:
            server.kill()
    assert set(acknowledged.values()) == {201}
    assert unanswered, "the server was killed before the last one"

    after = world(environment, "stored")
    kept = {pk: (key, cells) for pk, key, cells in after["submissions"]}
    lost = set(acknowledged) - set(kept)
    assert not lost, f"acknowledged and lost: {sorted(lost)}"
    for pk, (key, cells) in kept.items():
        assert (key, cells) == (f"k-{pk}", {"t.firm.v": str(pk)})
        assert after["states"][str(pk)] == "in-review", "stored by half"
    assert sorted(after["steps"]) == sorted(kept)
    assert after["journal"]

    # Whoever got no answer asks again with the same key: each return is submitted exactly once.
    server = Server(environment)
    try:
        again, unanswered = submit_all(server, built, built["ids"], None)
    finally:
        server.kill()
    assert unanswered == 0
    assert {pk for pk, status in again.items() if status == 200} == set(kept)
    assert set(again.values()) <= {200, 201}
    done = world(environment, "stored")
    assert Counter(pk for pk, _, _ in done["submissions"]) == Counter(built["ids"])
    assert done["journal"]
