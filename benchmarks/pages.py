"""Every reading page with 100,000 measures stored on SQLite: queries and milliseconds.

To reach: ≤ 15 queries a page (also counted by the tests), ≤ 150 ms of server time on a quiet machine with two cores
(calibrated 2026-11-22; the median of some runs in one process, template included, for the busiest kind of user and for
a department's reporter). The export of the whole ledger is told in seconds, and is no page. Prints a table, writes
``var/benchmarks/pages.json``. ``--keep FOLDER`` stores the database there and uses it again.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]
MEASURES = 100_000
PLANS = 100
LARGE_PLAN = 300  # tasks of the plan whose matrix is drawn
QUERIES = 15
MILLISECONDS = 150
RUNS = 5


def store() -> None:
    """100 plans with 1,000 tasks each, 240 units; and one plan of usual size."""
    from django.core.management import call_command

    from luoshi.apps.accounts.models import User
    from luoshi.apps.organisations.models import Membership, Role
    from luoshi.apps.plans.models import Measure
    from tests.apps.plans.bulk import make_plan, make_units

    call_command("migrate", verbosity=0)
    if Measure.objects.exists():
        return
    units = make_units(departments=60, counties=10, county_departments=17)
    state = units[0]
    for number in range(1, PLANS + 1):
        make_plan(number, MEASURES // PLANS, units, state, year=2020 + number % 7)
    make_plan(PLANS + 1, LARGE_PLAN, units[:101], state)
    people = (("coordinator", Role.COORDINATOR, state), ("reporter", Role.REPORTER, units[1]))
    for name, role, unit in people:
        user = User.objects.create_user(username=name, password="not-used-here-1", display_name=name)
        Membership.objects.create(user=user, role=role, unit=unit)


def addresses() -> dict[str, str]:
    """The pages by name."""
    from luoshi.apps.plans.models import Measure, Plan, Target

    plan = Plan.objects.order_by("pk").last()
    assert plan is not None
    thousand = Plan.objects.order_by("pk").first()
    assert thousand is not None
    mine = Measure.objects.filter(responsibilities__units__key="bulk-d0").order_by("pk").first()
    target = Target.objects.filter(measure__responsibilities__units__key="bulk-d0").order_by("pk").first()
    assert mine is not None and target is not None
    unit = mine.responsibilities.first().units.model.objects.get(key="bulk-d0").pk  # type: ignore[union-attr]
    return {
        "workbench": "/",
        "plans": "/plans",
        "plan of 300 tasks": f"/plans/{plan.pk}",
        "plan of 1,000 tasks": f"/plans/{thousand.pk}",
        "source of 300 tasks": f"/plans/{plan.pk}/source",
        "source of 1,000 tasks": f"/plans/{thousand.pk}/source",
        "matrix 300 × 100": f"/plans/{plan.pk}/matrix",
        "tables": f"/plans/{plan.pk}/tables",
        "ledger": "/ledger",
        "ledger, page 500": "/ledger?page=500",
        "ledger, one unit": f"/ledger?unit={unit}",
        "ledger, this month": "/ledger?due=month",
        "ledger, overdue by date": "/ledger?due=overdue&sort=due",
        "ledger, sorted by date": "/ledger?sort=due",
        "ledger, without unit": "/ledger?kind=no-unit",
        "ledger, with text": "/ledger?text=%E5%86%9C%E6%9D%91+%E5%85%AC%E8%B7%AF",
        "ledger by plan": "/ledger?group=plan",
        "ledger by unit": "/ledger?group=unit",
        "measure": f"/measures/{mine.pk}",
        "target": f"/targets/{target.pk}",
        "units": "/units",
        "unit": f"/units/{unit}",
        "unit by plan": f"/units/{unit}?tab=plans",
        "unit targets": f"/units/{unit}?tab=targets",
        "public": "/public",
    }


def measure(user_name: str) -> list[dict[str, Any]]:
    """Queries and milliseconds of every page for one person."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from luoshi.apps.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=user_name), backend="django.contrib.auth.backends.ModelBackend")
    rows = []
    for name, address in addresses().items():
        status = client.get(address).status_code
        with CaptureQueriesContext(connection) as capture:
            size = len(client.get(address).content)
        queries = list(capture.captured_queries)  # the log is emptied by the next request
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            client.get(address)
            times.append((time.perf_counter() - began) * 1000)
        slowest = max(queries, key=lambda query: float(query["time"]))
        rows.append(
            {
                "user": user_name,
                "page": name,
                "status": status,
                "queries": len(queries),
                "milliseconds": round(statistics.median(times), 1),
                "slowest query": round(float(slowest["time"]) * 1000),
                "kilobytes": round(size / 1024),
                "slowest": slowest["sql"],
            }
        )
    return rows


def export() -> dict[str, Any]:
    """Seconds and bytes of the whole ledger as a workbook, and the peak of memory of this process."""
    import django.utils.timezone as timezone

    from luoshi.apps.accounts.models import User
    from luoshi.apps.plans.export import write_ledger
    from luoshi.apps.plans.queries.ledger import ledger_rows
    from luoshi.apps.plans.queries.ledger_filter import LedgerFilter

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    asked, now = LedgerFilter(), timezone.localtime()
    began = time.perf_counter()
    with tempfile.TemporaryFile() as file:
        rows = ledger_rows(User.objects.get(username="coordinator"), asked, now.date())
        count = write_ledger(file, rows, told=asked.told(), person="测试", at=now, with_unit=False)
        size = file.tell()
    return {
        "rows": count,
        "seconds": round(time.perf_counter() - began, 1),
        "megabytes": round(size / 2**20, 1),
        "peak before": round(before),
        "peak after": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> int:
    """Store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", help="folder of a database to keep")
    parser.add_argument("--sql", action="store_true", help="print the slowest query of each page")
    parser.add_argument("--no-export", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="luoshi-pages-") as folder:
        home = asked.keep or folder
        Path(home).mkdir(parents=True, exist_ok=True)
        os.environ |= {"LUOSHI_HOME": home, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "luoshi.site.settings"}
        import django

        django.setup()
        began = time.perf_counter()
        store()
        print(f"stored in {time.perf_counter() - began:.0f} s", flush=True)
        rows = []
        print(f"{'user':<12}{'page':<26}{'queries':>8}{'ms':>9}{'slowest':>9}{'kB':>7}")
        for user in ("coordinator", "reporter"):
            for row in measure(user):
                rows.append(row)
                over = row["queries"] > QUERIES or row["milliseconds"] > MILLISECONDS
                mark = " !" if over else ""
                status = "" if row["status"] == 200 else f"  {row['status']}"
                print(
                    f"{row['user']:<12}{row['page']:<26}{row['queries']:>8}{row['milliseconds']:>9}"
                    f"{row['slowest query']:>9}{row['kilobytes']:>7}{mark}{status}",
                    flush=True,
                )
                if asked.sql:
                    print("    ", row["slowest"][:1500])
        workbook = {} if asked.no_export else export()
        if workbook:
            print("export of the whole ledger:", ", ".join(f"{name} {value}" for name, value in workbook.items()))
    result = PROJECT / "var" / "benchmarks" / "pages.json"
    result.parent.mkdir(parents=True, exist_ok=True)
    result.write_text(json.dumps({"pages": rows, "export": workbook}, ensure_ascii=False, indent=1), encoding="utf-8")
    return 1 if any(row["queries"] > QUERIES for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
