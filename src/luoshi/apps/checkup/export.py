"""Findings as an Excel workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import IO

from luoshi.apps.checkup.items import sides_of
from luoshi.apps.checkup.models import Decision, Finding
from luoshi.apps.plans.workbooks import (
    cell_text,
    conditions_sheet,
    head_list,
    heading_format,
    open_book,
    wrapped_format,
)

#: (heading, width in characters)
COLUMNS = (
    ("序号", 6),
    ("程度", 8),
    ("类别", 20),
    ("所见", 50),
    ("甲", 30),
    ("乙", 30),
    ("算式", 44),
    ("可以怎样办", 36),
    ("处理", 16),
    ("说明", 30),
    ("处理人", 12),
    ("处理时间", 16),
)


def _side(finding: Finding, side: int) -> str:
    """The reading and where it stands, a line a place."""
    places = [place for own, place in zip(sides_of(finding), finding.places, strict=True) if own == side]
    told = [f"第{place['line']}行：{place['text']}" for place in places]
    if len(finding.readings) > side and finding.may_keep:
        told.insert(0, f"【{finding.readings[side]}】")
    return "\n".join(told)


def _cells(finding: Finding) -> list[str]:
    # A third and fourth reading (丙, 丁) stand with the second.
    others = "\n".join(_side(finding, side) for side in range(1, max(2, len(finding.readings))))
    return [
        finding.get_severity_display(),
        finding.kind_name,
        finding.message,
        _side(finding, 0),
        others.strip(),
        finding.detail,
        finding.advice,
        finding.get_decision_display(),
        finding.note,
        str(finding.decided_by) if finding.decision != Decision.OPEN and finding.decided_by else "",
    ]


def write_findings(
    file: IO[bytes], findings: Iterable[Finding], *, told: Sequence[tuple[str, str]], person: str, at: dt.datetime
) -> int:
    """Write the workbook, with a second sheet on what was asked for, by whom and when; gives the number of rows."""
    book = open_book(file)
    heading, wrapped = heading_format(book), wrapped_format(book)
    sheet = book.add_worksheet("体检")
    head_list(sheet, COLUMNS, heading)
    count = 0
    for count, finding in enumerate(findings, start=1):
        sheet.write_number(count, 0, count, wrapped)
        when = finding.decided_at.astimezone(at.tzinfo).strftime("%Y-%m-%d %H:%M") if finding.decided_at else ""
        for column, value in enumerate([*_cells(finding), when], start=1):
            sheet.write_string(count, column, cell_text(value), wrapped)
    sheet.autofilter(0, 0, count, len(COLUMNS) - 1)
    conditions_sheet(book, [*told, ("行数", str(count))], person, at)
    book.close()
    return count
