"""``luoshi scheme`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.apps.assessment.making_schemes import HEADER, LINES, ROWS
from tests.cli.test_command_line import home, run

__all__ = ["home"]

PLAN = "\n".join([*LINES.splitlines()[:5], *("\t".join(row) for row in [HEADER, *ROWS]), LINES.splitlines()[-1]])


def test_drafts_from_a_document_are_sound(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "竞赛方案.txt"
    file.write_text(PLAN, encoding="utf-8")
    done = run(home, "scheme", "draft", str(file), "--to", str(tmp_path / "办法"))
    assert done.returncode == 0, done.stderr
    assert "2项，1项待确认" in done.stderr
    written = sorted((tmp_path / "办法").glob("*.yaml"))
    assert [one.name for one in written] == ["table-1-quarter.yaml", "table-1-whole-year.yaml", "table-1-year.yaml"]
    checked = run(home, "scheme", "check", *map(str, written))
    assert (checked.returncode, checked.stdout.count("没有问题")) == (0, 3)
    assert "第1项 60分 到位资金增幅" in run(home, "scheme", "show", str(written[0])).stdout
    records = json.loads(run(home, "scheme", "draft", str(file), "-f", "json").stdout)
    assert [one["certain"] for record in records for one in record["items"]] == [True, True, True, False]


def test_what_is_wrong_is_told_line_by_line(home: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "坏.yaml"
    wrong.write_text("key: x\ntitle: 坏\ngroups: []\n", encoding="utf-8")
    done = run(home, "scheme", "check", str(wrong))
    assert done.returncode == 1 and "坏.yaml：第3行" in done.stderr
    none = tmp_path / "要点.txt"
    none.write_text("云岭州要点\n一、抓好落实。\n", encoding="utf-8")
    done = run(home, "scheme", "draft", str(none))
    assert done.returncode == 1 and "没有找到评分表" in done.stderr
    assert run(home, "scheme", "show", "nothing").returncode == 2
    assert "composite-performance" in run(home, "scheme", "list").stdout
