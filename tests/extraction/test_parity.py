"""The same plan as .docx, .pdf, .txt, .html and .ofd gives the same objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from luoshi.documents.reader import read
from luoshi.extraction import extract, records
from tests.extraction.renderings import html_bytes, ofd_bytes

_PLANS = ("action-plan-2026", "investment-plan-2026", "quality-plan-2026-2030")


@cache
def _objects(folder: Path, name: str, ending: str) -> Counter[Hashable]:
    build = pytest.importorskip("samples.build", reason="python-docx and reportlab write the samples")
    from samples.markup import parse, source

    writers: dict[str, Callable[..., bytes]] = {
        "docx": build.docx_bytes,
        "pdf": build.pdf_bytes,
        "txt": build.txt_bytes,
        "html": html_bytes,
        "ofd": ofd_bytes,
    }
    path = folder / f"{name}.{ending}"
    path.write_bytes(writers[ending](parse(source(name)), name))
    return Counter(_content(record) for record in records(extract(read(path))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("renderings")


def _content(record: dict[str, Any]) -> Hashable:
    """What an object says, not where it stands; what is quoted of a target or a deadline ends with its line."""
    kind = record["kind"]
    match kind:
        case "plan":
            return kind, _folded(record["title"]), record["number"], record["date"], record["year"]
        case "measure":
            return kind, tuple(record["path"]), _folded(record["title"]), _folded(record["text"])
        case "target":
            fields = ("value", "unit", "comparator", "change", "direction", "year")
            values = (record.get("value_max"), *(record[field] for field in fields))
            return kind, record["measure"], _folded(record["indicator"]), values
        case "responsibility":
            return (
                kind,
                record["measure"],
                tuple(record["lead"]),
                tuple(record["responsible"]),
                tuple(record["supporting"]),
            )
        case "reward":
            return (
                kind,
                record["measure"],
                *(record[field] for field in ("word", "amount", "unit", "cap", "recurrence")),
            )
        case "deadline":
            return kind, record["measure"], record["rule"], *(record.get(field) for field in ("date", "day", "days"))
    header, rows = record["header"], record["rows"]
    cells = tuple(tuple(map(_folded, row)) for row in rows)
    return kind, _folded(record["title"]), tuple(map(_folded, header)), cells, record["table_kind"]


def _folded(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("ending", ["pdf", "txt", "html", "ofd"])
@pytest.mark.parametrize("name", _PLANS)
def test_every_format_gives_what_word_gives(folder: Path, name: str, ending: str) -> None:
    expected, found = _objects(folder, name, "docx"), _objects(folder, name, ending)
    assert sorted(map(str, expected - found)) == []
    assert sorted(map(str, found - expected)) == []


@pytest.mark.parametrize("name", _PLANS)
def test_the_plans_hold_every_kind_of_object(folder: Path, name: str) -> None:
    kinds = {content[0] for content in _objects(folder, name, "docx")}  # type: ignore[index]
    assert kinds - {"reward"} == {"plan", "measure", "target", "responsibility", "deadline", "table"}
