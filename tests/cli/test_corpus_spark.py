"""``extract-corpus --engine spark`` on a real local Spark: the same output as with worker processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from luoshi.cli import spark
from luoshi.cli.main import luoshi
from tests.documents import packages

PROJECT = Path(__file__).resolve().parents[2]
_FILES = 36
_PLAN = (
    "云岭州2026年{0}行动方案\n\n一、目标\n\n全年{0}新增{1}户，增长{1}%以上，6月底前完成一半。"
    "（牵头单位：州发展改革委；责任单位：各县市人民政府）\n\n二、调度\n\n每月{2}日前报送进度。\n"
)
_TRADES = ("粮食", "林果", "茶叶", "花卉", "中药材", "文旅")

needs_spark = pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java")


def _corpus(folder: Path) -> Path:
    """Plans as text, web pages and Word files in folders of their own, and two files that cannot be read."""
    for number in range(_FILES):
        text = _PLAN.format(_TRADES[number % len(_TRADES)], number + 3, number % 28 + 1)
        path = folder / f"{number % 4}月" / f"方案{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = text.split("\n\n")
        if number % 3 == 0:
            path.with_suffix(".txt").write_text(text, "utf-8")
        elif number % 3 == 1:
            path.with_suffix(".html").write_text("<html>" + "".join(f"<p>{line}</p>" for line in lines), "utf-8")
        else:
            path.with_suffix(".docx").write_bytes(packages.word("".join(map(packages.p, lines))))
    (folder / "坏.docx").write_bytes(b"PK\x03\x04 no package")
    (folder / "空.txt").write_bytes(b"")
    return folder


def _run(folder: Path, out: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "luoshi", "extract-corpus", str(folder), "--out", str(out), "--workers", "2"]
    return subprocess.run(
        [*command, *more], capture_output=True, text=True, check=False, timeout=300, env=os.environ | environment
    )


@needs_spark
def test_spark_gives_what_worker_processes_give(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is optional")
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is optional")
    corpus = _corpus(tmp_path / "corpus")
    one, other = tmp_path / "processes.parquet", tmp_path / "spark.parquet"
    assert _run(corpus, one).returncode == 0
    result = _run(corpus, other, "--engine", "spark")
    assert result.returncode == 0, result.stderr
    assert "WARN" not in result.stderr  # what Java prints is kept from the screen
    rows = parquet.read_table(other).to_pylist()
    assert rows == parquet.read_table(one).to_pylist()
    assert len({row["file"] for row in rows}) == _FILES
    assert {row["kind"] for row in rows} >= {"plan", "measure", "target", "responsibility", "deadline"}
    failed = [Path(f"{path}.errors.jsonl").read_text("utf-8") for path in (one, other)]
    assert failed[0] == failed[1]
    assert [json.loads(line)["file"] for line in failed[1].splitlines()] == ["坏.docx", "空.txt"]

    # a second run goes on where the first one stood, whichever engine that was
    parts = Path(f"{one}.parts")
    sorted(parts.glob("*.jsonl"))[0].unlink()
    (corpus / "0月" / "新.txt").write_text(_PLAN.format("蚕桑", 5, 8), "utf-8")
    before = {path: path.stat().st_mtime_ns for path in parts.glob("*.jsonl")}
    result = _run(corpus, one, "--engine", "spark")
    assert f"已完成 {_FILES + 1} 份，继续余下 2 份" in result.stderr
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert {row["file"] for row in parquet.read_table(one).to_pylist()} == {row["file"] for row in rows} | {
        "0月/新.txt"
    }


def _work(job: str) -> str:
    if job == "crash":
        os._exit(3)
    if job == "hang":
        time.sleep(600)
    if job == "raise":
        raise ValueError("读不懂")
    return job.upper()


@needs_spark
def test_a_crash_and_a_hang_cost_spark_one_job_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="pyspark is optional")
    monkeypatch.setenv("PYTHONPATH", f"{PROJECT}{os.pathsep}{PROJECT / 'src'}")
    jobs = ["a", "crash", "b", "hang", "c", "raise", "d"]
    outcomes = list(spark.run(_work, jobs, workers=2, seconds=3, megabytes=2048, log=tmp_path / "log"))
    assert sorted(outcome.job for outcome in outcomes) == sorted(jobs)
    errors = {outcome.job: outcome.error for outcome in outcomes if outcome.error}
    assert set(errors) == {"crash", "hang", "raise"}, errors
    assert sorted(outcome.result for outcome in outcomes if not outcome.error) == ["A", "B", "C", "D"]
    assert "超过 3 秒" in errors["hang"]
    assert "代码 3" in errors["crash"]
    assert errors["raise"] == "读不懂"


def test_what_spark_lacks_is_said_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "方案.txt").write_text(_PLAN.format("茶叶", 3, 5), "utf-8")
    arguments = ["extract-corpus", str(tmp_path), "--out", str(tmp_path / "out.jsonl"), "--engine", "spark"]
    monkeypatch.setitem(sys.modules, "pyspark", None)  # as where it is not installed
    result = CliRunner().invoke(luoshi, arguments)
    assert result.exit_code == 1
    assert "需要安装 pyspark" in result.output


def test_a_missing_or_broken_java_is_said_in_chinese(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is optional")
    (tmp_path / "方案.txt").write_text(_PLAN.format("茶叶", 3, 5), "utf-8")
    out = tmp_path / "out.jsonl"
    missing = _run(tmp_path, out, "--engine", "spark", JAVA_HOME=str(tmp_path / "none"))
    assert missing.returncode == 1
    assert "需要安装 Java" in missing.stderr
    java = tmp_path / "broken" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    java.chmod(0o755)
    broken = _run(tmp_path, out, "--engine", "spark", JAVA_HOME=str(tmp_path / "broken"))
    assert broken.returncode == 1
    assert "Spark 未能启动" in broken.stderr
    assert "Traceback" not in broken.stderr
