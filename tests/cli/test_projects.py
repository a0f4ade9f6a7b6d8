"""``luoshi projects``: lists come in whole or not at all, go out as lines, a workbook and the open standard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from luoshi.apps.organisations.actions import load_units
from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.projects.models import Project, ProjectImport
from luoshi.cli.main import luoshi
from luoshi.documents.table_file import TableLimits, read_table
from tests.apps.conftest import prefecture_directory

HEAD = "项目名称,建设地点,总投资（亿元）,项目代码,计划开工,所在库\n"
GOOD = "青石县甲厂,青石县,1.5,2026-532300-04-01-123456,2026年3月,前期\n白水县乙厂,白水县,0.8,,,\n"


def run(*words: Any) -> Result:
    return CliRunner().invoke(luoshi, ["projects", *map(str, words)])


@pytest.mark.django_db
def test_projects_come_in_and_go_out(tmp_path: Path) -> None:
    forget_directory()
    load_units(acting_user=None, directory=prefecture_directory())
    good, bad = tmp_path / "名单.csv", tmp_path / "错的.csv"
    good.write_text(HEAD + GOOD, encoding="utf-8-sig")
    bad.write_text(HEAD + GOOD + "青石县丙厂,青云县,很多,12,,\n", encoding="utf-8-sig")
    # Nothing of a list with a wrong row, nor of one that is only checked, stays behind.
    refused = run("import", bad, "--unit", "ylz")
    assert refused.exit_code == 1 and "青云县" in refused.output, refused.output
    checked = run("import", bad, "--unit", "ylz", "--check")
    assert checked.exit_code == 1 and "共 3 行，1 行有错。" in checked.output, checked.output
    checked = run("import", good, "--unit", "ylz", "--check")
    assert checked.exit_code == 0 and "共 2 行，0 行有错。" in checked.output, checked.output
    assert not Project.objects.exists() and not ProjectImport.objects.filter(state="waiting").exists()
    taken = run("import", good, "--unit", "ylz", "--year", 2026)
    assert taken.exit_code == 0 and "2 个项目已入库。" in taken.output, taken.output
    assert Project.objects.get(name="青石县甲厂").years.get().year == 2026
    for words in (("import", good, "--unit", "没有"), ("import", "--unit", "ylz")):
        assert run(*words).exit_code != 0
    assert "没有这张附表" in run("import", "--unit", "ylz", "--table", 9).output

    listed = run("list")
    assert "2026-532300-04-01-123456\t前期\t青石县\t青石县甲厂\t15,000万元\n" in listed.output, listed.output
    assert listed.output.index("青石县甲厂") < listed.output.index("无代码\t谋划储备\t白水县\t白水县乙厂\t8,000万元")
    assert (
        "青石县甲厂" not in run("list", "--unit", "bsx").output and "乙厂" not in run("list", "--state", "前期").output
    )
    wrong = run("list", "--state", "空中")
    assert wrong.exit_code == 1 and "没有这个库：空中" in wrong.output

    book, package = tmp_path / "项目.xlsx", tmp_path / "项目.json"
    assert "2 个项目已导出到" in run("export", book).output
    rows = read_table(book.read_bytes(), TableLimits(2**20, 100, 50, 2**22, 5000)).rows
    assert {"青石县甲厂", "白水县乙厂"} <= {cells[1] for _, cells in rows if len(cells) > 1}
    assert run("export", package, "--oc4ids", "--unit", "qsx").exit_code == 0
    found = json.loads(package.read_text(encoding="utf-8"))
    assert [one["title"] for one in found["projects"]] == ["青石县甲厂"] and found["version"] == "0.9"
    nothing = run("export", tmp_path / "无.json", "--oc4ids", "--unit", "ylz-czj")
    assert nothing.exit_code == 1 and "没有符合条件的项目" in nothing.output
