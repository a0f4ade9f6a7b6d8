"""The sample prefecture: built from its sources, whole, and invented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from samples.build import SAMPLES, build
from samples.markup import Grid, parse, source

from luoshi.documents import read
from luoshi.extraction import Extraction, extract
from luoshi.units import UnitDirectory

ACTION, REVISED, INVESTMENT, QUALITY = SAMPLES
# One name that the unit file does not know, and one that is outdated: the confirm screen shows what it does then.
UNKNOWN, OUTDATED = {"州产投集团"}, {"州大数据中心"}


@pytest.fixture(scope="module")
def folder(project: Path) -> Path:
    return project / "samples"


@pytest.fixture(scope="module")
def directory(folder: Path) -> UnitDirectory:
    return UnitDirectory.from_csv(folder / "units.csv", folder / "unit-names.csv")


@pytest.fixture(scope="module")
def extractions(folder: Path) -> dict[str, Extraction]:
    return {name: extract(read(folder / name)) for name in SAMPLES}


def test_rebuilding_gives_the_same_texts_and_tables(folder: Path, tmp_path: Path) -> None:
    for path in build(tmp_path):
        stored, built = read(folder / path.name), read(path)
        assert built.lines == stored.lines, path.name
        assert built.tables == stored.tables, path.name
        assert path.stat().st_size < 200_000


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in build(tmp_path)]
    assert [path.read_bytes() for path in build(tmp_path)] == first


def test_the_prefecture_is_whole(directory: UnitDirectory) -> None:
    below = directory.children("yunling-zhou")
    kinds = [unit.kind for unit in below if unit.valid_to is None]
    assert kinds.count("county") + kinds.count("county-city") == 10
    assert kinds.count("zone") == 1
    assert kinds.count("prefecture-department") >= 30
    wrong = [
        name
        for name in directory.names
        if (directory.resolve(name.name, name.valid_from or name.valid_to).keys != name.keys)
    ]
    assert wrong == []


def test_every_responsible_unit_is_known(directory: UnitDirectory, extractions: dict[str, Extraction]) -> None:
    names: set[str] = set()
    unknown: set[str] = set()
    outdated: set[str] = set()
    for extraction in extractions.values():
        for plan in extraction.plans:
            for clause in plan.responsibilities:
                for name in (*clause.lead, *clause.co):
                    found = directory.resolve(name, plan.issued_on)
                    names.add(name)
                    if found.kind is None:
                        unknown.add(name)
                    if found.outdated:
                        outdated.add(name)
    assert len(names) > 50
    assert unknown == UNKNOWN
    assert outdated == OUTDATED


def test_each_sample_fills_every_page(extractions: dict[str, Extraction]) -> None:
    plans = {name: extraction.plans[-1] for name, extraction in extractions.items()}
    action = plans[ACTION]
    assert len(action.measures) >= 40
    assert len(action.targets) >= 40
    assert len(action.responsibilities) >= 25
    assert len(action.deadlines) >= 25
    assert [len(table.rows) for table in action.tables] == [12, 13, 20, 11]
    assert len(plans[INVESTMENT].tables) == 4
    assert plans[QUALITY].context.last_year == 2030
    assert all(plan.targets and plan.responsibilities and plan.deadlines for plan in plans.values())


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_the_totals_are_right_but_for_the_one_slip() -> None:
    for revision, wrong in ((None, ["474.8"]), ("action-plan-2026-revision", [])):
        grids = [block for block in parse(source("action-plan-2026", revision)) if isinstance(block, Grid)]
        slips = []
        for grid in grids[:2]:
            units = [row for row in grid.rows[grid.header :] if row[0][-1] in "市县区"]
            total = next(row for row in grid.rows if row[0] == "合计")
            assert len(units) == 11
            for column in range(1, grid.width):
                title = grid.rows[grid.header - 1][column]
                added = round(sum(number(row[column]) for row in units), 1)
                if "%" not in title and added != number(total[column]):
                    slips.append(total[column])
        assert slips == wrong


@pytest.mark.shared
def test_no_sentence_is_taken_from_the_sources(shared: Path) -> None:
    seeds = "".join(
        re.sub(r"\s", "", path.read_text(encoding="utf-8")) for path in sorted((shared / "seeds").glob("*.txt"))
    )
    for name, revision in SAMPLES.values():
        text = re.sub(r"（(?:牵头|责任)单位：[^）]*）", "", source(name, revision))
        sentences = [re.sub(r"\s", "", part) for part in re.split(r"[。；\n]", text) if "|" not in part]
        assert [part for part in sentences if len(part) >= 20 and part in seeds] == []
