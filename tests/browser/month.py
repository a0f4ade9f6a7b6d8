"""What the month's test needs beside the browser: a clock, what the units say, a filled workbook, a unit's program."""

from __future__ import annotations

import datetime as dt
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.utils import timezone

from luoshi.periods import SHANGHAI
from tests.apps.reporting.workbooks import texts_of
from tests.forms.workbook.test_workbook import edited, put

KINDS = ("enterprise", "individual", "cooperative")
LABELS = {"enterprise": "企业", "individual": "个体工商户", "cooperative": "农民专业合作社", "total": "合计"}
#: Where each column of the form stands in its workbook: (sheet, beginning of its heading).
COLUMNS = {
    "progress.added": ("净增进度", "1—本月新登记"),
    "progress.closed": ("净增进度", "1—本月注销"),
    "stock.stock": ("期末实有", "期末实有"),
    "work.done": ("重点工作", "本月进展"),
}


class Clock:
    """The server's clock, set to a day of the story; it goes on from there."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.real = timezone.now
        self.ahead = dt.timedelta(0)
        patch.setattr(timezone, "now", lambda: self.real() + self.ahead)

    def set(self, month: int, day: int, hour: int, minute: int = 0) -> None:
        """It is that moment of 2026 now."""
        self.ahead = dt.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI) - self.real()


def figures(net: int, size: int) -> dict[str, str]:
    """The cells of a unit that has ``net`` enterprises more; everything agrees."""
    added = {"enterprise": net + 12, "individual": 3 * net + 40, "cooperative": 5}
    closed = {"enterprise": 12, "individual": 40, "cooperative": 1}
    stock = {"enterprise": size, "individual": 5 * size, "cooperative": 60}
    cells = {"work.month.done": "开展“进万企”走访，帮助办理登记。"}
    for column, values in (("progress.{}.added", added), ("progress.{}.closed", closed), ("stock.{}.stock", stock)):
        for kind in KINDS:
            cells[column.format(kind)] = str(values[kind])
        cells[column.format("total")] = str(sum(values.values()))
    return cells


def observed(cells: Mapping[str, str]) -> dict[str, int]:
    """What the indicators of the form are to know of these cells, by key."""
    found = {}
    for row in LABELS:
        found[f"market-net-{row}"] = int(cells[f"progress.{row}.added"]) - int(cells[f"progress.{row}.closed"])
        found[f"market-stock-{row}"] = int(cells[f"stock.{row}.stock"])
    return found


def block(cells: Mapping[str, str], *columns: str) -> str:
    """Rows of the form as a spreadsheet copies them: ``block(cells, "progress.added", "progress.closed")``."""
    lines = []
    for row in LABELS:
        parts = (column.split(".") for column in columns)
        lines.append("\t".join(cells[f"{section}.{row}.{field}"] for section, field in parts))
    return "\n".join(lines)


def fill_workbook(data: bytes, cells: Mapping[str, str]) -> bytes:
    """A downloaded workbook with these cells typed in, as Excel leaves it."""
    sheets = texts_of(data)
    numbers = {name: number for number, name in enumerate(sheets, 1)}
    for address, text in cells.items():
        section, row, column = address.split(".")
        sheet, heading = COLUMNS[f"{section}.{column}"]
        texts = sheets[sheet]
        head, across = next(place for place, value in texts.items() if value.startswith(heading) and place[1] > 0)
        label = LABELS.get(row, "本月")
        down = next(at for (at, _), value in texts.items() if value == label and at > head)
        typed = f"><v>{text}</v></c>" if text.isdigit() else f' t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        data = edited(data, put(numbers[sheet], f"{chr(ord('A') + across)}{down + 1}", typed))
    return data


class Program:
    """A unit's own system: it knows its token and nothing else."""

    def __init__(self, site: str, token: str) -> None:
        self.address, self.token = f"{site}/api/v1/returns", token

    def __call__(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
