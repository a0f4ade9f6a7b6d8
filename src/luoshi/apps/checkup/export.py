"""Findings as an Excel workbook: every cell is written as text or number, so that ``=`` and ``@`` stay text."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO

import xlsxwriter

from luoshi.apps.checkup.items import sides_of
from luoshi.apps.checkup.models import Decision, Finding

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
_CELL_LIMIT = 32_000  # Excel refuses more than 32,767 characters in a cell
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


def _text(value: str) -> str:
    value = value.translate(_UNPRINTABLE)
    return value if len(value) <= _CELL_LIMIT else value[:_CELL_LIMIT] + "…（过长，见系统）"


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
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False, "tmpdir": tempfile.gettempdir()})
    heading = book.add_format({"bold": True, "bg_color": "#E9EDF2", "border": 1, "valign": "vcenter"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sheet = book.add_worksheet("体检")
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, heading)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    count = 0
    for count, finding in enumerate(findings, start=1):
        sheet.write_number(count, 0, count, wrapped)
        when = finding.decided_at.astimezone(at.tzinfo).strftime("%Y-%m-%d %H:%M") if finding.decided_at else ""
        for column, value in enumerate([*_cells(finding), when], start=1):
            sheet.write_string(count, column, _text(value), wrapped)
    sheet.autofilter(0, 0, count, len(COLUMNS) - 1)
    conditions = book.add_worksheet("筛选条件")
    conditions.set_column(0, 0, 14)
    conditions.set_column(1, 1, 70)
    lines = [*told, ("行数", str(count)), ("导出人", person), ("导出时间", at.strftime("%Y-%m-%d %H:%M"))]
    for row, (name, value) in enumerate([("条件", "内容"), *lines]):
        conditions.write_string(row, 0, name, wrapped if row else heading)
        conditions.write_string(row, 1, _text(value), wrapped if row else heading)
    book.close()
    return count
