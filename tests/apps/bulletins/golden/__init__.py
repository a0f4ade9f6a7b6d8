"""Bulletins of the sample prefecture: what was drawn (``*.json``), and what the paper must then say (``*.txt``).

    LUOSHI_GOLDEN=write pytest tests/apps/bulletins/test_golden.py

writes the papers anew after a change of wording that was wanted; the difference is then read before it is committed.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from luoshi.apps.bulletins.composing import FIELDS, Head, compose
from luoshi.apps.bulletins.defaults import default_template
from luoshi.apps.bulletins.models import BulletinKind
from luoshi.apps.bulletins.snapshot import digest_of, moment_of
from luoshi.publishing import Contents, Origin, digest, render
from luoshi.publishing.reading import Drawing, Grid, Line

FOLDER = Path(__file__).parent
KINDS = tuple(BulletinKind)


def snapshot_of(kind: BulletinKind) -> dict[str, Any]:
    """The frozen figures."""
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    return found


def document_of(kind: BulletinKind, texts: dict[str, str] | None = None) -> bytes:
    """The document, signed."""
    snapshot = snapshot_of(kind)
    head = Head(
        title=f"云岭州人民政府关于{kind.label}的试印",
        number="云政通〔2026〕7号",
        dated=dt.date(2026, 10, 9),
        signatory="高远",
        main=("各县市人民政府", "云岭高新技术产业开发区"),
        copies=("云岭州财政局",),
    )
    template = default_template(kind)
    origin = Origin(
        "bulletin:1", digest_of(snapshot), digest(template), moment_of(snapshot), "云岭州人民政府", head.title
    )
    return render(template, FIELDS[kind], compose(snapshot, texts or {}, head), origin)


def paper_of(found: Contents) -> str:
    """What stands on the paper: a line for a paragraph, a table's row, a chart's series."""
    lines = []
    for block in found.blocks:
        if isinstance(block, Line) and block.text.strip():
            lines.append(block.text.replace("\n", "↵"))
        elif isinstance(block, Grid):
            lines += ["| " + " | ".join(cell.text for cell in row) + " |" for row in block.rows]
        elif isinstance(block, Drawing):
            lines.append(f"[图] {block.title}")
            lines += [f"[图] {one.name}：" + "；".join(f"{c} {v}" for c, v in one.points) for one in block.series]
    return "\n".join(lines) + "\n"
