"""Small plans of the invented prefecture 云岭州, checked whole: read, extracted, examined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from luoshi.checks import Finding, Options, check
from luoshi.documents.model import Document
from luoshi.extraction import extract
from luoshi.units import UnitDirectory
from tests.extraction.texts import text_document

TITLE = "云岭州2026年产业提升行动方案"
PREFACE = "为做好全州产业提升工作，推动各项任务落地见效，结合工作实际，制定本方案，请认真组织实施。"


def plan(*paragraphs: str, title: str = TITLE) -> str:
    """A plan with this body."""
    return "\n\n".join((title, PREFACE, *paragraphs))


def table(title: str, *rows: Iterable[object]) -> str:
    """An annex table parted by tabs, below its title."""
    return "\n\n".join((title, "\n".join("\t".join(str(cell) for cell in row) for row in rows)))


def checked(
    source: str | Document,
    kind: str | None = None,
    *,
    directory: UnitDirectory | None = None,
    date: dt.date | None = None,
    options: Options | None = None,
) -> list[Finding]:
    """The findings of a text or document, of one kind if it is given."""
    document = text_document(source) if isinstance(source, str) else source
    found = check(extract(document, date=date), document, directory, options=options)
    return [finding for finding in found if kind is None or finding.kind == kind]
