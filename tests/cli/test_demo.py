"""``luoshi demo``: what it holds, made once for all these tests; made twice, and reset."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from luoshi.cli.demo_history import COUNTIES, DEPARTMENTS, READ_AFTER

UNITS = len(COUNTIES) + len(DEPARTMENTS)


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``luoshi …`` in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return subprocess.run(
        [sys.executable, "-m", "luoshi", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment | {"LUOSHI_HOME": str(home), "PYTHONUTF8": "1"},
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo."""
    folder = tmp_path_factory.mktemp("demo")
    made = run(folder, "demo", "--no-serve")
    assert made.returncode == 0, made.stderr
    assert "tongchou" in made.stdout
    assert "yunling-2026" in made.stdout
    return folder


@pytest.fixture
def database(home: Path) -> Iterator[sqlite3.Connection]:
    """The demo's database, to be read."""
    connection = sqlite3.connect(f"file:{home / 'luoshi.sqlite3'}?mode=ro", uri=True)
    yield connection
    connection.close()


def numbers(database: sqlite3.Connection, query: str) -> dict[str, int]:
    """What a query of (name, count) gives."""
    return dict(database.execute(query).fetchall())


def test_twelve_months_with_all_that_happens(database: sqlite3.Connection) -> None:
    closed = "SELECT id FROM reporting_round WHERE frozen_at IS NOT NULL"
    [(rounds,)] = database.execute(f"SELECT count(*) FROM ({closed})")
    assert rounds >= 11  # the present month, and perhaps the last one, still take returns
    rows = f"FROM reporting_return a JOIN reporting_round r ON r.id = a.round_id WHERE r.id IN ({closed})"
    [(all_of_them,)] = database.execute(f"SELECT count(*) {rows}")
    assert all_of_them == rounds * UNITS
    late, missing = (
        database.execute(f"SELECT count(*) {rows} AND {condition}").fetchone()[0]
        for condition in ("a.submitted_at > r.due_at", "a.submitted_at IS NULL")
    )
    assert 8 <= late <= all_of_them // 5
    assert 4 <= missing <= all_of_them // 8
    [(corrected,)] = database.execute(
        f"SELECT count(*) {rows} AND a.state = 'accepted' AND "
        "(SELECT count(*) FROM reporting_submission s WHERE s.answer_id = a.id) > 1"
    )
    assert corrected >= 5


def test_official_figures_differ_a_little_and_are_decided_on(database: sqlite3.Connection) -> None:
    current = "FROM indicators_observation WHERE superseded_at IS NULL"
    sources = numbers(database, f"SELECT source, count(*) {current} GROUP BY source")
    assert set(sources) == {"self-reported", "statistics", "verified"}
    assert 0 < sources["verified"] < sources["statistics"], "of the last quarter some are still to be decided"
    pairs = database.execute(
        "SELECT period, s.value - r.value FROM indicators_observation s JOIN indicators_observation r "
        "USING (indicator_id, unit_id, period) WHERE s.source = 'statistics' AND r.source = 'self-reported' "
        "AND s.superseded_at IS NULL AND r.superseded_at IS NULL"
    ).fetchall()
    off = [gap for _, gap in pairs if gap]
    assert 0 < len(off) < len(pairs) / 2
    assert max(map(abs, off)) <= 5
    bases = numbers(database, f"SELECT substr(note, 1, 6), count(*) {current} AND source = 'verified' GROUP BY 1")
    assert set(bases) == {"以统计数为准", "以自报数为准"}


def test_targets_are_measured_shared_out_and_signed_for(database: sqlite3.Connection) -> None:
    given = database.execute(
        "SELECT t.indicator, v.method, v.total, v.printed_total, sum(s.value), count(*) FROM targets_share s "
        "JOIN targets_allocationversion v ON v.id = s.version_id JOIN targets_allocation a ON a.id = v.allocation_id "
        "JOIN plans_target t ON t.id = a.target_id JOIN plans_plan p ON p.id = t.plan_id "
        "WHERE v.adopted_at IS NOT NULL AND p.title LIKE '%四大攻坚行动%' GROUP BY v.id ORDER BY t.id"
    ).fetchall()
    assert given == [
        ("新增规模以上工业企业", "annex", 50, 46, 46, len(COUNTIES)),  # as the annex prints it, short of the target
        ("净增各类经营主体", "weights", 21000, None, 21000, len(COUNTIES)),
        ("净增企业", "weights", 5200, None, 5200, len(COUNTIES)),
    ]
    measured = numbers(
        database,
        "SELECT t.indicator, (SELECT count(*) FROM indicators_observation o WHERE o.indicator_id = m.indicator_id) "
        "FROM indicators_targetindicator m JOIN plans_target t ON t.id = m.target_id",
    )
    assert set(measured) == {row[0] for row in given}
    assert min(measured["净增各类经营主体"], measured["净增企业"]) > 0
    letters = numbers(database, "SELECT state, count(*) FROM targets_commitmentletter GROUP BY state")
    assert letters == {"signed": 1, "issued": 1, "drawn-up": 1}


def test_what_was_told_long_ago_has_been_read(database: sqlite3.Connection) -> None:
    # One day of room: the demo was made this morning, or late yesterday.
    long_ago = dt.datetime.now(dt.UTC) - READ_AFTER - dt.timedelta(days=1)
    [(old, unread)] = database.execute(
        "SELECT count(*), sum(read_at IS NULL) FROM notices_notice WHERE created_at < ?", [f"{long_ago:%Y-%m-%d %X}"]
    )
    assert old > 100
    assert unread == 0


def test_the_demo_can_be_made_twice_and_reset(home: Path) -> None:
    verified = run(home, "journal", "verify")
    assert verified.returncode == 0, verified.stderr
    second = run(home, "demo", "--no-serve")
    assert second.returncode == 0
    assert "正在读取" not in second.stdout
    assert "正在生成" not in second.stdout
    assert run(home, "demo", "--no-serve", "--reset").returncode == 0
    assert run(home, "user", "add", "real", "--name", "真人").returncode == 0
    refused = run(home, "demo", "--no-serve", "--reset")
    assert refused.returncode == 1
    assert "不能清空" in refused.stderr


def test_warnings_answered_and_meetings_held(database: sqlite3.Connection) -> None:
    states = numbers(database, "SELECT state, count(*) FROM dispatch_meeting GROUP BY state")
    assert states.pop("planned") == 1, "the next one is being prepared"
    assert set(states) <= {"closed"}
    held = "SELECT m.id, count(d.id) FROM dispatch_meeting m LEFT JOIN dispatch_decision d ON d.meeting_id = m.id "
    decided = numbers(database, held + "WHERE m.state = 'closed' GROUP BY m.id")
    assert all(count > 0 for count in decided.values())
    warned = "SELECT count(*) FROM dispatch_earlywarning w WHERE state = ? AND {} EXISTS "
    answered = "(SELECT 1 FROM dispatch_warningstep s WHERE s.warning_id = w.id AND s.action = 'answer')"
    [(silent,)] = database.execute(warned.format("NOT") + answered, ("answered",))
    assert silent == 0, "what is being pushed was answered"
    [(rules,)] = database.execute("SELECT count(*) FROM dispatch_warningrule")
    assert rules == 3


def test_the_meeting_room_has_its_screen(database: sqlite3.Connection) -> None:
    [(name, pages)] = database.execute("SELECT name, pages FROM boards_display").fetchall()
    assert name == "月度调度会大屏" and pages.count("/board") == 4, "map, heat table, what changed, one indicator"
