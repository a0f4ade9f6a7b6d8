"""``luoshi score`` as a user meets it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.test_command_line import home, run

__all__ = ["home"]

FACTS = Path(__file__).parent.parent / "scoring" / "facts"
QUARTER = "zhaoshang-2023-county-quarter"
OWN = """\
key: own
title: 自定办法
groups:
  - key: g
    title: 项目
    items:
      - {key: "1", title: 增速, points: 20, unit: "%", method: {type: ranking}}
"""


def test_json_has_the_keys_of_the_contract(home: Path) -> None:
    done = run(home, "score", QUARTER, str(FACTS / "county-q1.csv"), "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    units = json.loads(done.stdout)
    assert len(units) == 11 and [unit["rank"] for unit in units] == sorted(unit["rank"] for unit in units)
    for unit in units:
        assert list(unit) == ["unit", "total", "rank", "items"]
        assert [item["item"] for item in unit["items"]] == ["1", "2", "3", "4", "5"]
        for item in unit["items"]:
            assert list(item) == ["item", "points", "value", "target", "reason"]
            assert len(item["points"].partition(".")[2]) >= 6
        assert abs(sum(Decimal(item["points"]) for item in unit["items"]) - Decimal(unit["total"])) < Decimal("1e-18")
    by_unit = {unit["unit"]: unit for unit in units}
    missing = by_unit["红岩县"]["items"][0]
    assert (missing["points"], missing["value"], missing["target"]) == ("0.000000", None, "15")
    assert missing["reason"].startswith("未报，得0分，不排名，仍计入11个单位")
    assert by_unit["云岭高新区"]["items"][2]["reason"].startswith("不适用：没有目标")
    assert not home.exists() or not any(home.iterdir()), "score must need no data folder"


def test_halves_are_rows_of_their_own(home: Path) -> None:
    done = run(home, "score", "zhaoshang-2023-county-year", str(FACTS / "county-year.csv"), "-f", "json", "--details")
    unit = json.loads(done.stdout)[0]
    assert [item["item"] for item in unit["items"]][-2:] == ["13a", "13b"]
    assert (
        unit["items"][-1]["full"] == "9.000000" and "招大引强两项各10分按18÷20折算" in unit["items"][-1]["assumptions"]
    )
    assert unit["reason"].startswith("总分")


def test_table_and_explanation(home: Path) -> None:
    facts = str(FACTS / "county-q1.csv")
    table = run(home, "score", QUARTER, facts)
    assert table.returncode == 0
    lines = table.stdout.splitlines()
    assert lines[1].split() == ["名次", "单位", "总分", "1", "2", "3", "4", "5"]
    assert "未报" in table.stdout and "不适用" in table.stdout and "约定" in table.stdout
    said = run(home, "score", QUARTER, facts, "--explain", "白溪县")
    assert "未到位外资不得分，得0分" in said.stdout and "在11个单位中" in said.stdout
    nobody = run(home, "score", QUARTER, facts, "--explain", "无名县")
    assert nobody.returncode == 2 and "数据表里没有“无名县”" in nobody.stderr


def test_the_whole_year(home: Path) -> None:
    parts = [f"{part}={FACTS / f'county-{name}.csv'}" for part, name in
             (("Q1", "q1"), ("Q2", "q2"), ("Q3", "q3"), ("年度", "year"))]  # fmt: skip
    options = [word for part in parts for word in ("--part", part)]
    done = run(home, "score", "zhaoshang-2023-county-whole-year", *options, "-f", "json")
    assert done.returncode == 0, done.stderr
    for unit in json.loads(done.stdout):
        quarters = [Decimal(item["points"]) for item in unit["items"]]
        assert abs(sum(quarters[:3]) / 6 + quarters[3] / 2 - Decimal(unit["total"])) < Decimal("1e-18")
    missing = run(home, "score", "zhaoshang-2023-county-whole-year", *options[:4])
    assert missing.returncode == 2 and "缺少Q3、年度的数据" in missing.stderr
    without = run(home, "score", "zhaoshang-2023-county-whole-year", str(FACTS / "county-q1.csv"))
    assert without.returncode == 2 and "--part Q1=数据表.csv" in without.stderr


def test_assumptions_and_sensitivity(home: Path) -> None:
    facts = str(FACTS / "group-year.csv")
    plain = run(home, "score", "zhaoshang-2023-group-year", facts, "-f", "json")
    other = run(home, "score", "zhaoshang-2023-group-year", facts, "-f", "json", "--assume", "no-target=full")
    assert plain.returncode == other.returncode == 0 and plain.stdout != other.stdout
    effects = run(home, "score", "zhaoshang-2023-group-year", facts, "--sensitivity")
    assert "no-target=full" in effects.stdout and "变为第" in effects.stdout


def test_lists_schema_and_words(home: Path, tmp_path: Path) -> None:
    listing = run(home, "score", "--list")
    assert listing.stdout.startswith(f"{QUARTER}\t2023年")
    assert json.loads(run(home, "score", "--schema").stdout)["title"] == "评分办法"
    own = tmp_path / "办法.yaml"
    own.write_text(OWN, encoding="utf-8")
    assert "第1项 20分 增速：竞争性排名计分" in run(home, "score", str(own)).stdout
    roster = tmp_path / "名单.txt"
    roster.write_text("甲县\n乙县\n", encoding="utf-8")
    facts = tmp_path / "数据.csv"
    facts.write_text("unit,item,value,target\n甲县,1,5%,\n", encoding="utf-8")
    done = run(home, "score", str(own), str(facts), "-f", "json", "--units", str(roster))
    assert [(unit["unit"], unit["total"]) for unit in json.loads(done.stdout)] == [
        ("甲县", "20.000000"),
        ("乙县", "0.000000"),
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "请给出评分办法"),
        (["nothing.yaml"], "没有“nothing.yaml”这个评分办法文件；随软件提供的代码有：zhaoshang-2023-county-quarter"),
        ([QUARTER, "nothing.csv"], "找不到文件"),
        ([QUARTER, "{facts}", "--assume", "ranking"], "--assume 应写作 约定=做法"),
        ([QUARTER, "{facts}", "--assume", "ranking=steep"], "约定“ranking”没有“steep”这种做法"),
        ([QUARTER, "{facts}", "--assume", "ties=dense", "--assume", "ties=dense"], "给出了两次"),
        ([QUARTER, "--part", "Q1={facts}"], "不是由几部分合成的"),
        (["zhaoshang-2023-county-whole-year", "--part", "Q9={facts}"], "没有名为“Q9”的部分"),
        (["zhaoshang-2023-county-whole-year", "--part", "Q1=nothing.csv"], "找不到文件：nothing.csv"),
        (["zhaoshang-2023-county-whole-year", "--sensitivity"], "请给出数据表"),
        ([QUARTER, "{facts}", "--format", "xml"], "只能是：table、json"),
        (
            [QUARTER, "{wrong}"],
            "wrong.csv：第2行：实际“五”不是数字，没有上报请留空\n错误：wrong.csv：第3行：评分办法里没有“9z”",
        ),
        (["{scheme}", "{facts}"], "scheme.yaml：第3行：不认识“items”"),
    ],
)
def test_mistakes_are_told_in_chinese(home: Path, tmp_path: Path, arguments: list[str], expected: str) -> None:
    files = {"facts": FACTS / "county-q1.csv", "wrong": tmp_path / "wrong.csv", "scheme": tmp_path / "scheme.yaml"}
    files["wrong"].write_text("unit,item,value,target\n甲,1,五,\n甲,9z,5,\n", encoding="utf-8")
    files["scheme"].write_text("key: a\ntitle: 甲\nitems: []\n", encoding="utf-8")
    done = run(home, "score", *(one.format(**files) for one in arguments))
    assert done.returncode == 2, done.stdout
    assert expected in done.stderr and "Traceback" not in done.stderr
