"""Returns: 120,000 cells written, 500 cells over HTTP, and the rush before the deadline; on SQLite and PostgreSQL.

To reach (calibrated 2026-11-22, two cores, quiet; the load generator is a process of its own):

* a month's return of 240 units × 500 indicators validated, stored, accepted and rolled up in ≤ 10 s, beside the bare
  writing of the same cells (``COPY`` on PostgreSQL, ``executemany`` on SQLite). Where the machine has other work, the
  processor time of this process tells how much of the clock's was its own (PostgreSQL's own is not in it);
* a submission of 500 cells over HTTP by 4 clients: p95 ≤ 200 ms (saving 500 cells beside it);
* 1,880 units submit within 3 minutes to two server processes on PostgreSQL, more and more of them towards the end:
  nothing lost, no error, p95 ≤ 500 ms.

``returns.py [cells|http|rush] [--engine sqlite|postgresql]`` runs a part; without arguments all. Prints a table, writes
``var/benchmarks/returns.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "src"), str(PROJECT / "tools")]
UNITS, INDICATORS, CLIENTS = 240, 500, 4
RUSH_UNITS, RUSH_CELLS, RUSH_SECONDS = 1_880, 40, 180
SECONDS, P95_HTTP, P95_RUSH = 10, 200, 500


# What runs in a process with a database of its own


def build(units: int, indicators: int) -> dict[str, Any]:
    """Store units, indicators, a form of one cell an indicator, its open round; the token of one who fills for all."""
    import datetime as dt

    from django.core.management import call_command
    from django.utils import timezone

    from luoshi.apps.accounts.actions import create_user, issue_token
    from luoshi.apps.indicators.models import Indicator
    from luoshi.apps.organisations.models import Membership, Role, Unit, UnitKind
    from luoshi.apps.reporting.actions import open_rounds
    from luoshi.apps.reporting.models import Form, FormVersion, Return

    call_command("migrate", verbosity=0)
    root = Unit.objects.add_root({"key": "ylz", "name": "云岭州", "short_name": "云岭州", "kind": UnitKind.PREFECTURE})
    # Children are appended as rows: asking the tree 1,880 times for its last child is not what is measured.
    step = Unit.steplen
    Unit.objects.bulk_create(
        Unit(
            key=f"x{number}",
            name=f"第{number}县",
            short_name=f"第{number}县",
            kind=UnitKind.COUNTY,
            depth=2,
            path=root.path + Unit._int2str(number).rjust(step, "0"),
        )
        for number in range(1, units + 1)
    )
    Unit.objects.filter(pk=root.pk).update(numchild=units)
    users = [
        create_user(acting_user=None, username=name, display_name=name, password="qingshan-lvshui-7")
        for name in ("filler", "lead")
    ]
    Membership.objects.create(user=users[0], unit=root, role=Role.REPORTER)
    Membership.objects.create(user=users[1], unit=root, role=Role.LEAD)
    Indicator.objects.bulk_create(
        Indicator(
            key=f"i{number}",
            name=f"指标{number}",
            unit_of_measure="万元",
            kind="flow",
            unit_aggregation="sum",
            time_aggregation="sum",
            owner=root,
        )
        for number in range(indicators)
    )
    fields = [{"key": "n", "label": "数", "type": "number", "observed": True, "required": True, "minimum": "0"}]
    rows = [{"key": f"r{number}", "label": f"指标{number}", "indicator": f"i{number}"} for number in range(indicators)]
    # A month that is over and not due yet: figures of one that is not over want a reason.
    over = timezone.localdate().replace(day=1) - dt.timedelta(days=1)
    version = FormVersion.objects.create(
        form=Form.objects.create(key="yuebao", title="月报", owner=root),
        ordinal=1,
        definition={"sections": [{"key": "s", "title": "表", "kind": "fixed", "fields": fields, "rows": rows}]},
        cadence="monthly",
        due_kind="days-after",
        due_day=45,
        open_days=40,
        first_period=f"{over:%Y-%m}",
        first_day=over.replace(day=1),
        published_at=timezone.now(),
        review_stages=["lead"],
    )
    version.reporters.set(Unit.objects.filter(depth=2))
    found = min(open_rounds(), key=lambda one: one.first_day)
    ids = list(Return.objects.filter(round=found).order_by("pk").values_list("pk", flat=True))
    return {"token": issue_token(acting_user=users[0], user=users[0], name="试验"), "ids": ids}


def cells_of(number: int, cells: int) -> dict[str, str]:
    """What a unit fills in."""
    return {f"s.r{index}.n": f"{(number * 7919 + index * 104_729) % 1_000_000 / 100:.2f}" for index in range(cells)}


def write_cells() -> dict[str, float]:
    """Seconds of each step of 240 × 500 cells, of this process's processor time in them, and of their bare writing."""
    from decimal import Decimal

    from django.urls import reverse

    from luoshi.apps.accounts.models import User
    from luoshi.apps.indicators.models import Indicator, Observation
    from luoshi.apps.indicators.queries.rolling import rolled_up
    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.reporting.actions import accept_many, submit_return
    from luoshi.apps.reporting.models import Return
    from luoshi.forms.model import Values

    built = build(UNITS, INDICATORS)
    filler, lead = User.objects.get(username="filler"), User.objects.get(username="lead")
    ids, period = built["ids"], Return.objects.get(pk=built["ids"][0]).round.period
    everything = [Values(cells_of(pk, INDICATORS)) for pk in ids]
    steps: dict[str, float] = {}
    reverse("reporting:returns")  # a server has read its addresses long before

    def timed(name: str, act: Callable[[], Any]) -> Any:
        began, spent = time.perf_counter(), time.process_time()
        given = act()
        steps[name] = time.perf_counter() - began
        steps[f"{name} (processor)"] = time.process_time() - spent
        return given

    def submit() -> None:
        for pk, values in zip(ids, everything, strict=True):
            submit_return(acting_user=filler, answer_id=pk, channel="api", values=values)

    timed("validated and stored", submit)
    done = timed("accepted", lambda: accept_many(acting_user=lead, returns=[(pk, 1) for pk in ids]))
    assert len(done.done) == UNITS, done.refused[:3]
    assert Observation.objects.count() == UNITS * INDICATORS
    indicators, top = list(Indicator.objects.all()), Unit.objects.get(key="ylz")
    sums = timed("rolled up", lambda: rolled_up(indicators=indicators, unit=top, periods=[period]))
    expected = sum(Decimal(text) for values in everything for text in values.cells.values())
    assert sum(found.value or 0 for found in sums.values()) == expected, "not added up exactly"
    for kind in ("", " (processor)"):
        steps[f"together{kind}"] = sum(
            steps[f"{name}{kind}"] for name in ("validated and stored", "accepted", "rolled up")
        )
    steps["bare writing"] = write_bare(everything)
    return steps


def write_bare(everything: list[Any]) -> float:
    """Seconds to write the same cells as rows of a plain table, in one transaction."""
    from django.db import connection, transaction

    rows = [
        (number, address, text) for number, values in enumerate(everything) for address, text in values.cells.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_cells (unit integer, cell varchar(40), value varchar(40))")
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy("COPY bare_cells FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany("INSERT INTO bare_cells VALUES (%s, %s, %s)", rows)
    return time.perf_counter() - began


def stored() -> dict[str, Any]:
    """What was submitted, and whether the journal is whole."""
    from luoshi.apps.journal.actions import verify
    from luoshi.apps.reporting.models import Submission

    return {"returns": list(Submission.objects.values_list("answer", flat=True)), "journal": verify().ok}


# The load generator


@contextmanager
def served(environment: dict[str, str], processes: int = 1) -> Iterator[int]:
    """The port of a running ``luoshi serve``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = ["-m", "luoshi", "serve", "--port", str(port), "--no-worker", "--processes", str(processes)]
    server = subprocess.Popen([sys.executable, *command], env=environment, start_new_session=True)
    try:
        for _ in range(600):
            try:
                if Client(port, "").ask("GET", "/api/v1/openapi.json")[0] == 200:
                    break
            except (OSError, HTTPException):
                time.sleep(0.1)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


class Client:
    """One program with a token and a connection that it keeps."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, float]:
        """(status, milliseconds) of a request; the body is written before the clock starts."""
        content = json.dumps(body) if body is not None else None
        began = time.perf_counter()
        self._connection.request(method, path, content, self._headers | headers)
        response = self._connection.getresponse()
        response.read()
        return response.status, (time.perf_counter() - began) * 1000


def told(times: list[float]) -> dict[str, float]:
    """Median, p95 and the slowest, in milliseconds."""
    ordered = sorted(times)
    return {
        "requests": len(ordered),
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[max(0, round(len(ordered) * 0.95) - 1)], 1),
        "slowest": round(ordered[-1], 1),
    }


def over_http(environment: dict[str, str]) -> dict[str, Any]:
    """Saving and submitting 500 cells, 4 clients at once."""
    built = child(environment, "build", UNITS, INDICATORS)
    ids, found = built["ids"], {}
    with served(environment) as port:
        parts = [ids[number::CLIENTS] for number in range(CLIENTS)]

        def each(act: Callable[[Client, int], tuple[int, float]]) -> dict[str, float]:
            def work(part: list[int]) -> list[tuple[int, float]]:
                client = Client(port, built["token"])
                return [act(client, pk) for pk in part]

            with ThreadPoolExecutor(CLIENTS) as pool:
                answers = [answer for part in pool.map(work, parts) for answer in part]
            wrong = [status for status, _ in answers if status not in (200, 201)]
            assert not wrong, wrong[:5]
            return told([milliseconds for _, milliseconds in answers])

        # Each process reads the definition once.
        Client(port, built["token"]).ask("GET", f"/api/v1/returns/{ids[0]}")
        found["save 500 cells"] = each(
            lambda client, pk: client.ask(
                "PATCH", f"/api/v1/returns/{pk}/cells", {"cells": cells_of(pk, INDICATORS), "revision": 0}
            )
        )
        found["submit 500 cells"] = each(
            lambda client, pk: client.ask(
                "POST", f"/api/v1/returns/{pk}/submissions", {"cells": cells_of(pk, INDICATORS)}
            )
        )
    return found


def rush(environment: dict[str, str], seconds: int) -> dict[str, Any]:
    """1,880 units submit before the deadline, more and more of them towards its end, to two server processes."""
    built = child(environment, "build", RUSH_UNITS, RUSH_CELLS)
    lot = random.Random(20260903)
    # As many a second in the end as would be at three quarters of an even spread and half more.
    plan = sorted((lot.triangular(0, seconds, seconds * 0.9), pk) for pk in built["ids"])
    times: list[float] = []
    wrong: list[Any] = []
    acknowledged: set[int] = set()
    lock, here = threading.Lock(), threading.local()
    with served(environment, processes=2) as port:
        began = time.perf_counter()

        def submit(due: float, pk: int) -> None:
            time.sleep(max(0.0, due - (time.perf_counter() - began)))
            if not hasattr(here, "client"):
                here.client = Client(port, built["token"])
            try:
                status, _ = here.client.ask(
                    "POST",
                    f"/api/v1/returns/{pk}/submissions",
                    {"cells": cells_of(pk, RUSH_CELLS)},
                    **{"Idempotency-Key": f"k-{pk}"},
                )
            except (OSError, HTTPException) as error:
                del here.client
                with lock:
                    wrong.append(repr(error))
                return
            with lock:
                # Whoever had to wait for a free thread of this program waited too.
                times.append((time.perf_counter() - began - due) * 1000)
                if status == 201:
                    acknowledged.add(pk)
                else:
                    wrong.append(status)

        with ThreadPoolExecutor(64) as pool:
            for due, pk in plan:
                pool.submit(submit, due, pk)
    after = child(environment, "stored")
    assert acknowledged <= set(after["returns"]), "acknowledged and lost"
    assert after["journal"]
    assert len(after["returns"]) == len(set(after["returns"]))
    return {f"{RUSH_UNITS} units in {seconds} s": told(times) | {"errors": len(wrong)}}


def child(environment: dict[str, str], *arguments: object) -> Any:
    """What a part that needs the database gives, run in a process of its own."""
    command = [sys.executable, __file__, "child", *map(str, arguments)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def run_child(arguments: list[str]) -> None:
    """The other side of ``child``."""
    from luoshi.site import wsgi  # set up as a server process is

    assert wsgi.application
    name, *numbers = arguments
    acts: dict[str, Callable[..., Any]] = {"build": build, "cells": write_cells, "stored": stored}
    print(json.dumps(acts[name](*map(int, numbers))))


@contextmanager
def database(engine: str) -> Iterator[dict[str, str]]:
    """The environment of processes with a home and an empty database of their own."""
    with tempfile.TemporaryDirectory(prefix="luoshi-returns-") as home:
        found = os.environ | {"LUOSHI_HOME": home, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "luoshi.site.settings"}
        found["PYTHONPATH"] = os.pathsep.join(sys.path[:3])
        if engine == "sqlite":
            yield found
            return
        from temporary_postgresql import temporary_postgresql

        with temporary_postgresql() as url:
            yield found | {"DATABASE_URL": url}


def main() -> int:
    """Measure, print, write; 1 where a figure is not reached."""
    if sys.argv[1:2] == ["child"]:
        run_child(sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["cells", "http", "rush", []], help="without any: all")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--seconds", type=int, default=RUSH_SECONDS, help="length of the rush")
    asked = parser.parse_args()
    result: dict[str, Any] = {}
    missed = False
    for engine in asked.engine or ["sqlite", "postgresql"]:
        for part in asked.parts or ["cells", "http", "rush"]:
            if part == "rush" and engine == "sqlite" and not asked.engine:
                continue  # several processes want PostgreSQL
            with database(engine) as environment:
                if part == "cells":
                    found = child(environment, "cells")
                    result[f"{engine} cells"] = found
                    line = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in found.items())
                    print(f"{engine:<11} {UNITS} × {INDICATORS} cells: {line}", flush=True)
                    missed |= found["together"] > SECONDS
                    continue
                found = over_http(environment) if part == "http" else rush(environment, asked.seconds)
                limit = P95_HTTP if part == "http" else P95_RUSH
                for name, figures in found.items():
                    result[f"{engine} {name}"] = figures
                    line = ", ".join(f"{key} {value}" for key, value in figures.items())
                    over = figures["p95"] > limit or bool(figures.get("errors"))
                    print(f"{engine:<11} {name}: {line}{' !' if over else ''}", flush=True)
                    missed |= over
    file = PROJECT / "var" / "benchmarks" / "returns.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
