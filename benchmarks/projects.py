"""Every reading page of the pipeline with 50,000 projects stored: queries and milliseconds.

To reach: ≤ 15 queries a page, ≤ 250 ms of server time for lists and boards, ≤ 2,000 ms for the figures of all units,
industries and chains as of a day (they sum half a million rows), on a quiet machine with two cores (calibrated
2026-11-22; the median of some runs in one process, template included). Runs on SQLite, or on the database that
``DATABASE_URL`` names, which must be empty. Prints a table, writes ``var/benchmarks/projects.json``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]
PROJECTS, RUNS, QUERIES = 50_000, 5, 15
MOST = {"figures": 2000, "race": 2000}
USUAL = 250
STATES = ("reserve", "preparation", "started", "construction", "completed")


def store(count: int) -> None:
    """Projects over 11 counties with 110 towns, each with its moves, a year plan, milestones and twelve months."""
    from django.core.management import call_command
    from django.utils import timezone

    from luoshi.apps.accounts.models import User
    from luoshi.apps.organisations.models import Membership, Role, Unit
    from luoshi.apps.projects.models import Chain, Industry, Milestone, Move, Progress, Project, YearPlan

    call_command("migrate", verbosity=0)
    root = Unit.objects.add_root({"key": "zhou", "name": "云岭州", "short_name": "云岭州", "kind": "prefecture"})
    places: list[Unit] = []

    def below(top: Unit, key: str, name: str, kind: str) -> Unit:
        values = {"key": key, "name": name, "short_name": name, "kind": kind}
        return Unit.objects.add_child(Unit.objects.get(pk=top.pk), values)

    for county in range(11):
        one = below(root, f"x{county}", f"第{county + 1}县", "county")
        places += [below(one, f"x{county}-{town}", f"{one.name}{town + 1}镇", "township") for town in range(10)]
    lead = below(root, "gx", "州工信局", "prefecture-department")
    user = User.objects.create_user(username="coordinator", password="not-used-here-1", display_name="统筹")
    Membership.objects.create(user=user, role=Role.COORDINATOR, unit=root)
    industries = [Industry.objects.create(name=f"产业{number}", ordinal=number) for number in range(8)]
    chains = [Chain.objects.create(name=f"产业链{number}", industry=industries[number % 8]) for number in range(24)]
    chance, today, now = random.Random(1), timezone.localdate(), timezone.now()
    for start in range(0, count, 2000):
        rows = []
        for number in range(start, min(start + 2000, count)):
            chain = chains[number % 24]
            rows.append(
                Project(
                    name=f"第{number}号建设项目",
                    unit=chance.choice(places),
                    lead=lead,
                    chain=chain,
                    industry=chain.industry,
                    total=Decimal(chance.randint(500, 500_000)) * 10_000,
                    state=STATES[number % 5],
                    state_since=today - dt.timedelta(days=chance.randint(0, 700)),
                    longitude=Decimal("101.5"),
                    latitude=Decimal("25.1"),
                    major=number % 100 == 0,
                )
            )
        Project.objects.bulk_create(rows)
        moves, marks, plans, months = [], [], [], []
        for row in rows:
            source, on = "", row.state_since - dt.timedelta(days=400)
            for state in STATES[: STATES.index(row.state) + 1]:
                moves.append(Move(project=row, from_state=source, to_state=state, on=on, recorded_at=now))
                source, on = state, min(row.state_since, on + dt.timedelta(days=100))
            planned = dt.date(today.year, chance.randint(1, 12), 1)
            plans.append(YearPlan(project=row, year=today.year, investment=row.total / 4, start_on=planned))
            marks += [
                Milestone(project=row, kind=kind, planned_on=planned, actual_on=row.state_since)
                for kind in ("signed", "environment", "land", "start")
            ]
            for month in range(1, 9):
                last = dt.date(today.year, month + 1, 1) - dt.timedelta(days=1)
                months.append(
                    Progress(
                        project=row,
                        period=f"{last:%Y-%m}",
                        last_day=last,
                        month=row.total / 50,
                        so_far=row.total * month / 50,
                        recorded_at=now,
                    )
                )
        for model, found in ((Move, moves), (Milestone, marks), (YearPlan, plans), (Progress, months)):
            model._default_manager.bulk_create(found, batch_size=5000)
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


ADDRESSES = {
    "list": "/projects",
    "list filtered": "/projects?unit=x3&chain=4&stuck=1",
    "list by name": "/projects?q=4999",
    "last page": "/projects?page=500",
    "kanban": "/projects/board",
    "gantt": "/projects/gantt",
    "map": "/projects/map?unit=x3",
    "figures": "/projects/figures",
    "figures by chain, earlier day": "/projects/figures?by=chain&day=2026-06-30&year=2026",
    "race": "/projects/race?month=6&year=2026",
    "holds": "/projects/holds",
    "twins": "/projects/twins",
}


def measure() -> list[dict[str, object]]:
    """Queries and the median of milliseconds for each page."""
    from django.db import connection
    from django.test import Client

    from luoshi.apps.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username="coordinator"))
    rows: list[dict[str, object]] = []
    for name, address in ADDRESSES.items():
        seen: list[str] = []

        def note(execute, sql, params, many, context, seen=seen):  # type: ignore[no-untyped-def]
            seen.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        times = []
        for _ in range(RUNS):
            begun = time.perf_counter()
            client.get(address)
            times.append(1000 * (time.perf_counter() - begun))
        most = next((limit for start, limit in MOST.items() if name.startswith(start)), USUAL)
        median = statistics.median(times)
        rows.append(
            {
                "page": name,
                "queries": len(seen),
                "milliseconds": round(median, 1),
                "to reach": most,
                "reached": median <= most and len(seen) <= QUERIES,
            }
        )
    return rows


def main() -> None:
    """Store, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=PROJECTS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["LUOSHI_HOME"] = home
        os.environ["LUOSHI_DEBUG"] = ""
        os.environ["DJANGO_SETTINGS_MODULE"] = "luoshi.site.settings"
        import django
        from django.conf import settings

        django.setup()
        settings.ALLOWED_HOSTS = ["*"]
        settings.SECURE_SSL_REDIRECT = False
        begun = time.perf_counter()
        store(asked.projects)
        stored = time.perf_counter() - begun
        rows = measure()
    print(f"{asked.projects:,} projects stored in {stored:.0f} s")
    for row in rows:
        print(
            f"{row['page']!s:<32}{row['queries']!s:>4} queries{row['milliseconds']!s:>10} ms"
            f"  (≤ {row['to reach']}){'' if row['reached'] else '  NOT REACHED'}"
        )
    folder = PROJECT / "var" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "projects.json").write_text(json.dumps({"projects": asked.projects, "pages": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
