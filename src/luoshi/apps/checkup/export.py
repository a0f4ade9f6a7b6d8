"""Findings as an Excel workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import IO

from luoshi.apps.checkup.items import sides_of
from luoshi.apps.checkup.models import Decision, Finding
from luoshi.site.workbooks import write_list

#: (heading, width in characters)
COLUMNS = (
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
    rows = (
        [
            *_cells(finding),
            f"{finding.decided_at.astimezone(at.tzinfo):%Y-%m-%d %H:%M}" if finding.decided_at else "",
        ]
        for finding in findings
    )
    return write_list(file, "体检", COLUMNS, rows, told=told, person=person, at=at, numbered=True)
