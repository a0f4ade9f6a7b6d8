"""The command line as a user meets it: a process of its own, its output, its errors, its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAN = """云岭州2026年示范行动方案

一、重点任务

（一）培育示范户。全年净增示范户1500户以上，6月底前完成。（牵头单位：州示范局；责任单位：青石县人民政府）
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of its own for the command's data."""
    return tmp_path / "home"


def run(home: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """``luoshi …`` in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return subprocess.run(
        [sys.executable, "-m", "luoshi", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment | {"LUOSHI_HOME": str(home), "PYTHONUTF8": "1"},
        input=stdin,
        timeout=120,
        check=False,
    )


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A small plan as a text file."""
    file = tmp_path / "示范.txt"
    file.write_text(PLAN, encoding="utf-8")
    return file


def test_help_is_chinese_for_every_command(home: Path) -> None:
    listing = run(home, "--help")
    assert listing.returncode == 0
    assert "用法：" in listing.stdout
    names = [line.split()[0] for line in listing.stdout.partition("命令:")[2].splitlines() if line.strip()]
    assert {"demo", "extract", "import", "journal", "migrate", "serve", "tick", "user", "worker"} <= set(names)
    for name in names:
        page = run(home, name, "--help")
        assert page.returncode == 0, name
        assert "用法：" in page.stdout, name
        assert not {"Usage", "Options", "Commands", "Show this"} & set(page.stdout.replace(":", " ").split()), name


def test_extract_prints_objects_with_their_place(home: Path, plan: Path) -> None:
    result = run(home, "extract", str(plan))
    assert result.returncode == 0, result.stderr
    objects = [json.loads(line) for line in result.stdout.splitlines()]
    kinds = {item["kind"] for item in objects}
    assert {"plan", "measure", "target", "responsibility", "deadline"} <= kinds
    (target,) = [item for item in objects if item["kind"] == "target"]
    assert (target["doc"], target["line"], target["value"], target["unit"]) == ("示范", 5, 1500, "户")
    assert not home.exists() or not any(home.iterdir()), "extract must need no data folder"


def test_extract_as_one_json_array(home: Path, plan: Path) -> None:
    result = run(home, "extract", str(plan), "--format", "json")
    assert result.returncode == 0
    assert isinstance(json.loads(result.stdout), list)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("extract",), 2, "缺少参数"),
        (("extract", "没有.txt"), 2, "找不到文件"),
        (("extract", "--format", "xml", "x"), 2, "只能是"),
        (("nonsense",), 2, "没有“nonsense”这个命令"),
        (("extract", "--nonsense", "x"), 2, "没有选项"),
        (("serve", "--port", "abc"), 2, "须是整数"),
        (("journal", "verify", "--database", "nonsense"), 2, "数据库地址"),
        (("journal", "verify", "--database", "oracle://x/y"), 2, "数据库地址"),
        (("journal", "verify"), 1, "luoshi migrate"),
        (("journal", "verify", "--database", "postgresql://nobody@127.0.0.1:1/none"), 1, "数据库用不了"),
    ],
)
def test_mistakes_are_said_in_chinese_on_standard_error(
    home: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = run(home, *arguments)
    assert result.returncode == code, result.stderr
    assert words in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_file_that_cannot_be_read_fails_with_its_reason(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "假的.docx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    result = run(home, "extract", str(file))
    assert result.returncode == 1
    assert "假的.docx" in result.stderr
    assert "Traceback" not in result.stderr


def test_units_people_import_and_journal(home: Path, plan: Path, project: Path, tmp_path: Path) -> None:
    assert run(home, "migrate").returncode == 0
    nobody = run(home, "import", str(plan))
    assert nobody.returncode == 1
    assert "luoshi units load" in nobody.stderr
    samples = project / "samples"
    loaded = run(home, "units", "load", str(samples / "units.csv"), str(samples / "unit-names.csv"))
    assert loaded.returncode == 0, loaded.stderr
    added = run(home, "user", "add", "wang", "--name", "王某", "--role", "coordinator")
    assert added.returncode == 0, added.stderr
    assert "密码：" in added.stdout
    again = run(home, "user", "add", "wang", "--name", "王某")
    assert again.returncode == 1
    assert "已被使用" in again.stderr
    unknown = run(home, "user", "add", "li", "--name", "李某", "--role", "lead", "--unit", "州没有局")
    assert unknown.returncode == 1
    assert "没有这个单位" in unknown.stderr
    broken = tmp_path / "坏的.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    mixed = run(home, "import", str(plan), str(broken))
    assert mixed.returncode == 1
    assert "示范行动方案" in mixed.stdout, "the readable file is imported all the same"
    assert "坏的.pdf" in mixed.stderr
    assert run(home, "tick").returncode == 0
    verified = run(home, "journal", "verify")
    assert verified.returncode == 0
    assert "完好" in verified.stdout
