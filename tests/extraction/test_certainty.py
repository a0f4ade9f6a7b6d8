"""What is shown as sure is right: certainties against the gold annotations."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from luoshi.documents.reader import read
from luoshi.extraction import extract, records

SURE = 0.9
RIGHT = 0.95


@pytest.mark.shared
def test_of_what_is_shown_as_sure_nearly_all_is_right(shared: Path) -> None:
    sure = right = unsure = 0
    tool = _tool(shared)
    for gold in sorted((shared / "gold").glob("*.jsonl")):
        expected = tool.load(gold)
        (seed,) = (shared / "seeds").glob(f"{expected[0]['doc']}.*")
        runs = tool.ranges(expected)
        found = [json.loads(json.dumps(record)) for record in records(extract(read(seed)))]
        found = [item for item in found if any(low <= item["line"] <= high for low, high in runs)]
        for kind in ("target", "responsibility", "deadline"):
            theirs = [item for item in expected if item["kind"] == kind]
            ours = [item for item in found if item["kind"] == kind and item["certainty"] >= SURE]
            unsure += sum(item["kind"] == kind and item["certainty"] < SURE for item in found)
            sure += len(ours)
            right += len(tool.pair(theirs, ours, lambda g, f, k=kind: _same(tool, k, g, f), lambda g, f: 1))
    assert sure > 300
    assert right / sure >= RIGHT, f"{right} of {sure}"
    assert unsure < sure / 10  # nor is everything called unsure


def _tool(shared: Path) -> ModuleType:
    """The evaluation tool of the shared folder."""
    spec = importlib.util.spec_from_file_location("evaluate_extraction", shared / "tools" / "evaluate_extraction.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _same(tool: ModuleType, kind: str, gold: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether an object agrees in everything that the evaluation calls exact."""
    if kind == "responsibility":
        return all({tool.fold(u) for u in gold[role]} == {tool.fold(u) for u in found[role]} for role in ("lead", "co"))
    if kind == "deadline":
        return all(gold.get(field) == found.get(field) for field in ("rule", "date", "day", "days"))
    return (
        tool.close(gold["value"], found["value"])
        and tool.close(gold.get("value_max"), found.get("value_max"))
        and all(gold[field] == found[field] for field in ("unit", "comparator", "change", "year"))
        and gold.get("direction", "up") == found["direction"]
        and tool.similar(gold["indicator"], found["indicator"])
    )
