"""``luoshi check``: what it prints and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from luoshi.cli.check import check_command
from tests.checks.texts import plan, table

WRONG = plan("附件", table("任务表（户）", ("县市", "企业"), ("云江市", 3), ("青岭市", 4), ("白溪县", 5), ("合计", 13)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "方案.txt"
    path.write_text(WRONG, encoding="utf-8")
    return path


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(check_command, [str(argument) for argument in arguments])


def test_json_has_the_fields_that_the_interface_promises(file: Path) -> None:
    result = _run(file, "--format", "json")
    assert result.exit_code == 0
    (finding,) = json.loads(result.stdout)
    assert set(finding) == {"kind", "severity", "message", "places", "detail"}
    assert finding["kind"] == "total-column"
    assert finding["severity"] == "error"
    assert finding["places"][0] == {"line": 13, "text": "13"}


def test_text_shows_place_arithmetic_and_advice(file: Path) -> None:
    result = _run(file)
    assert result.exit_code == 0
    assert "【矛盾】列合计不符" in result.stdout
    assert "第13行  13" in result.stdout
    assert "3 + 4 + 5 = 12" in result.stdout
    assert "共 1 处：矛盾 1 处" in result.stdout


def test_nothing_found(file: Path) -> None:
    result = _run(file, "--without", "totals")
    assert result.exit_code == 0
    assert result.stdout == "没有发现问题。\n"


def test_units_need_both_files(file: Path, project: Path) -> None:
    units, names = project / "samples/units.csv", project / "samples/unit-names.csv"
    assert _run(file, "--units", units).exit_code == 2
    assert _run(file, "--units", units, "--names", names).exit_code == 0


def test_errors_are_told_in_chinese(file: Path, tmp_path: Path) -> None:
    assert "没有这个类别" in _run(file, "--without", "nothing").output
    empty = tmp_path / "空.txt"
    empty.write_text("", encoding="utf-8")
    result = _run(empty)
    assert result.exit_code == 1
    assert "空.txt" in result.output


def test_limits_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "长文.txt"
    body = [f"{n}.扎实做好第{n}项工作，确保取得实效，不断开创工作新局面，让群众满意。" for n in range(1, 250)]
    path.write_text(plan("一、任务", *body), encoding="utf-8")
    assert "篇幅" not in _run(path).stdout
    assert "限6,000字" in _run(path, "--limits").stdout
