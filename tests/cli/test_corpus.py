"""``luoshi extract-corpus``: all files of a folder, whatever some of them do."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from luoshi.cli.main import luoshi
from luoshi.cli.pool import Outcome, run

_PLAN = "云岭州就业行动方案\n\n一、目标\n\n全年城镇新增就业{}万人。（责任单位：州人力资源社会保障局）\n"


def _corpus(folder: Path) -> Path:
    (folder / "甲" / "乙").mkdir(parents=True)
    (folder / "甲" / "一.txt").write_text(_PLAN.format(2), "utf-8")
    (folder / "甲" / "乙" / "二.txt").write_text(_PLAN.format(3), "utf-8")
    (folder / "坏.docx").write_bytes(b"PK\x03\x04 no package")
    (folder / "图.png").write_bytes(b"\x89PNG")
    return folder


def _run(*arguments: object) -> Result:
    result = CliRunner().invoke(luoshi, ["extract-corpus", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_bad_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    _run(_corpus(tmp_path / "corpus"), "--out", out, "--workers", 2)
    targets = {item["file"]: item["value"] for item in _records(out) if item["kind"] == "target"}
    assert targets == {"甲/一.txt": 20_000, "甲/乙/二.txt": 30_000}
    (failed,) = _records(tmp_path / "out.jsonl.errors.jsonl")
    assert failed["file"] == "坏.docx"
    assert failed["error"]


def test_a_second_run_reads_only_what_is_new_or_changed(tmp_path: Path) -> None:
    corpus, out = _corpus(tmp_path / "corpus"), tmp_path / "out.jsonl"
    _run(corpus, "--out", out, "--workers", 1)
    parts = {path: path.stat().st_mtime_ns for path in (tmp_path / "out.jsonl.parts").glob("*.jsonl")}
    (corpus / "甲" / "一.txt").write_text(_PLAN.format("4.5"), "utf-8")
    result = _run(corpus, "--out", out, "--workers", 1)
    assert "已完成 2 份" in result.output
    assert {path: path.stat().st_mtime_ns for path in parts} == parts
    assert sorted(item["value"] for item in _records(out) if item["kind"] == "target") == [30_000, 45_000]


def test_the_output_names_its_format(tmp_path: Path) -> None:
    result = CliRunner().invoke(luoshi, ["extract-corpus", str(tmp_path), "--out", str(tmp_path / "out.csv")])
    assert result.exit_code == 2
    empty = CliRunner().invoke(luoshi, ["extract-corpus", str(tmp_path), "--out", str(tmp_path / "out.jsonl")])
    assert empty.exit_code == 1


def test_parquet_holds_every_record(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is optional")
    out = tmp_path / "out.parquet"
    _run(_corpus(tmp_path / "corpus"), "--out", out, "--workers", 1)
    rows = parquet.read_table(out).to_pylist()
    assert {row["kind"] for row in rows} >= {"plan", "target", "responsibility"}
    for row in rows:
        record = json.loads(row.pop("record"))
        assert row == {name: record.get(name) for name in row}
    lines = tmp_path / "out.jsonl"
    _run(tmp_path / "corpus", "--out", lines, "--workers", 1)
    assert [json.loads(row) for row in parquet.read_table(out)["record"].to_pylist()] == _records(lines)


def _work(job: str) -> str:
    if job == "crash":
        os._exit(3)
    if job == "hang":
        time.sleep(600)
    if job == "raise":
        raise ValueError("读不懂")
    return job.upper()


def test_a_crash_and_a_hang_cost_one_job_each() -> None:
    jobs = ["a", "crash", "b", "hang", "c", "raise", "d", "crash", "e"]
    began = time.monotonic()
    outcomes: list[Outcome] = list(run(_work, jobs, workers=2, seconds=4, megabytes=2048))
    assert time.monotonic() - began < 60
    assert sorted(outcome.job for outcome in outcomes) == sorted(jobs)
    assert sorted(outcome.result for outcome in outcomes if not outcome.error) == ["A", "B", "C", "D", "E"]
    errors = {outcome.job: outcome.error for outcome in outcomes if outcome.error}
    assert "超过 4 秒" in errors["hang"]
    assert "代码 3" in errors["crash"]
    assert errors["raise"] == "读不懂"
