"""The values of an item by kind: checked and brought into the one form in which they are stored.

``clean`` takes what a form sends and gives the ``data`` that ``DraftItem`` describes, or raises ``Invalid`` with a
message for each field.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Container, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from luoshi.apps.intake.errors import Invalid
from luoshi.apps.intake.models import ItemKind
from luoshi.apps.plans.models import ComparatorChoice, DeadlineRuleChoice, Tier

ROLES = ("lead", "responsible", "supporting")
_SCALES = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
           "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12}  # fmt: skip
_NUMBER = re.compile(r"([-−]?\d+(?:\.\d+)?)([十百千]?[万亿]{0,2}|[十百千])")
_MAX = Decimal(10) ** 18
_PLACES = 6


def parse_number(text: str) -> Decimal:
    """A number as people type it (``1.5万``, ``12,000``, ``２１亿``) in base units; ``ValueError`` if it is none."""
    plain = text.translate(str.maketrans("０１２３４５６７８９．", "0123456789."))
    plain = re.sub(r"[,，\s]", "", plain)
    match = _NUMBER.fullmatch(plain)
    if not match or match[2] not in _SCALES:
        raise ValueError(text)
    value = Decimal(match[1].replace("−", "-")) * _SCALES[match[2]]
    exponent = value.normalize().as_tuple().exponent
    if abs(value) >= _MAX or (isinstance(exponent, int) and exponent < -_PLACES):
        raise ValueError(text)
    return value


def plain(value: Decimal) -> str:
    """A decimal as stored: no exponent, no trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unknown_names(kind: str, data: Mapping[str, Any]) -> int:
    """How many printed names mean no known unit; groups that are left open on purpose are known."""
    if kind != ItemKind.RESPONSIBILITY:
        return 0
    return min(sum(is_unknown(entry) for role in ROLES for entry in data.get(role, ())), 32767)


def is_unknown(entry: Mapping[str, Any]) -> bool:
    """Whether a printed name means neither a unit nor a group that the plans leave open."""
    return not entry["units"] and not entry.get("open")


def with_known_units(data: Mapping[str, Any], known: Container[str]) -> dict[str, Any]:
    """A responsibility's values without the keys of units that the register no longer (or never) held."""
    return {
        role: [{**entry, "units": [key for key in entry["units"] if key in known]} for entry in data.get(role, ())]
        for role in ROLES
    }


class _Reader:
    """Reads fields one by one and remembers what is wrong."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.errors: dict[str, str] = {}

    def text(self, name: str, label: str, longest: int, *, needed: bool = True) -> str:
        value = str(self.data.get(name) or "").replace("\x00", "").strip()
        if needed and not value:
            self.errors[name] = f"请填写{label}。"
        elif len(value) > longest:
            self.errors[name] = f"{label}最多 {longest} 字，现有 {len(value)} 字。"
        return value

    def number(self, name: str, label: str, *, needed: bool = True) -> str | None:
        raw = str(self.data.get(name) if self.data.get(name) is not None else "").strip()
        if not raw:
            if needed:
                self.errors[name] = f"请填写{label}。"
            return None
        try:
            return plain(parse_number(raw))
        except (ValueError, InvalidOperation):
            self.errors[name] = f"{label}“{raw[:20]}”不是数字，请写成 15000 或 1.5万。"
            return None

    def integer(self, name: str, label: str, low: int, high: int, *, needed: bool = False) -> int | None:
        raw = str(self.data.get(name) if self.data.get(name) is not None else "").strip()
        if not raw:
            if needed:
                self.errors[name] = f"请填写{label}。"
            return None
        if not re.fullmatch(r"\d{1,6}", raw) or not low <= int(raw) <= high:
            self.errors[name] = f"{label}应为 {low} 至 {high} 之间的整数。"
            return None
        return int(raw)

    def choice(self, name: str, label: str, values: Any) -> str:
        value = str(self.data.get(name) or "")
        if value not in values:
            self.errors[name] = f"请选择{label}。"
        return value

    def flag(self, name: str) -> bool:
        return self.data.get(name) in (True, "true", "on", "1", 1)


def _measure(reader: _Reader) -> dict[str, Any]:
    labels = reader.data.get("labels") or []
    if not isinstance(labels, list) or not all(isinstance(label, str) and len(label) <= 40 for label in labels[:12]):
        reader.errors["labels"] = "编号有误。"
        labels = []
    return {
        "key": str(reader.data.get("key") or "")[:80],
        "labels": labels[:12],
        "title": reader.text("title", "标题", 300, needed=False),
        "is_task": reader.flag("is_task"),
        "last_line": reader.integer("last_line", "末行", 1, 999999, needed=True),
    }


def _target(reader: _Reader) -> dict[str, Any]:
    data = {
        "indicator": reader.text("indicator", "指标", 200),
        "comparator": reader.choice("comparator", "比较方式", ComparatorChoice.values),
        "value": reader.number("value", "数值"),
        "value_max": reader.number("value_max", "上限", needed=False),
        "unit": reader.text("unit", "计量单位", 20, needed=False),
        "change": reader.flag("change"),
        "direction": "down" if reader.data.get("direction") == "down" else "up",
        "year": reader.integer("year", "完成年度", 1950, 2100),
        "tier": str(reader.data.get("tier") or ""),
    }
    if data["tier"] and data["tier"] not in Tier.values:
        reader.errors["tier"] = "请选择档次。"
    if data["value"] and data["value_max"] and Decimal(data["value_max"]) < Decimal(data["value"]):
        reader.errors["value_max"] = "上限不能小于数值。"
    return data


def _responsibility(reader: _Reader) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for role in ROLES:
        entries = reader.data.get(role) or []
        if not isinstance(entries, list) or len(entries) > 300:
            reader.errors[role] = "单位有误。"
            entries = []
        data[role] = []
        for entry in entries:
            name = str((entry.get("name") if isinstance(entry, dict) else entry) or "").replace("\x00", "").strip()
            keys = entry.get("units") if isinstance(entry, dict) else []
            if not name:
                continue
            if len(name) > 120:
                reader.errors[role] = f"单位名称最多 120 字：{name[:20]}…"
            if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
                keys = []
            cleaned = {"name": name, "units": list(dict.fromkeys(keys))[:500]}
            if not keys and isinstance(entry, dict) and entry.get("open") is True:
                cleaned["open"] = True
            data[role].append(cleaned)
    if not any(data.values()) and not reader.errors:
        reader.errors["lead"] = "请至少填写一个单位。"
    return data


def _deadline(reader: _Reader) -> dict[str, Any]:
    rule = reader.choice("rule", "时限类别", DeadlineRuleChoice.values)
    raw = str(reader.data.get("date") or "").strip()
    date = None
    if raw:
        try:
            date = dt.date.fromisoformat(raw)
        except ValueError:
            reader.errors["date"] = f"日期“{raw[:20]}”有误，请写成 2026-06-30。"
    if rule == DeadlineRuleChoice.DATE and date is None and "date" not in reader.errors:
        reader.errors["date"] = "请填写日期。"
    after = rule == DeadlineRuleChoice.DAYS_AFTER
    dated = rule in (DeadlineRuleChoice.DATE, DeadlineRuleChoice.YEARLY)
    return {
        "rule": rule,
        "date": date.isoformat() if date and dated else None,
        "day": reader.integer("day", "日", 1, 31) if rule == DeadlineRuleChoice.MONTHLY else None,
        "days": reader.integer("days", "天数", 1, 3650, needed=True) if after else None,
        "working": reader.flag("working") if after else False,
    }


#: The most that a table may hold: far more than any annex, little enough for one answer.
MOST_COLUMNS, MOST_ROWS, MOST_CELLS, LONGEST_CELL = 200, 5000, 200_000, 4000


def _body(reader: _Reader) -> dict[str, Any]:
    """Header and rows as lists of texts; every row as wide as the table."""
    header, rows = reader.data.get("header") or [], reader.data.get("rows") or []
    if not isinstance(header, list) or not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        reader.errors["rows"] = "表的内容有误，请刷新页面。"
        return {"header": [], "rows": []}
    width = max([len(header), *map(len, rows)], default=0)
    if width > MOST_COLUMNS or len(rows) > MOST_ROWS or width * len(rows) > MOST_CELLS:
        reader.errors["rows"] = f"表过大，最多 {MOST_COLUMNS} 列、{MOST_ROWS} 行、{MOST_CELLS} 格。"
        return {"header": [], "rows": []}
    cleaned = []
    for number, row in enumerate([header, *rows]):
        cells = [cell.replace("\x00", "").strip() if isinstance(cell, str) else None for cell in row]
        for column, cell in enumerate(cells, 1):
            where = f"第{number}行第{column}列" if number else f"表头第{column}列"
            if cell is None:
                reader.errors.setdefault("rows", f"{where}的内容有误。")
            elif len(cell) > LONGEST_CELL:
                reader.errors.setdefault("rows", f"{where}最多 {LONGEST_CELL} 字，现有 {len(cell)} 字。")
        cleaned.append([cell or "" for cell in cells])
    return {"header": cleaned[0], "rows": cleaned[1:]}


def _table(reader: _Reader) -> dict[str, Any]:
    return {
        "title": reader.text("title", "表名", 300, needed=False),
        **_body(reader),
        "line_end": reader.integer("line_end", "末行", 1, 9999999, needed=True),
    }


_CLEANERS: dict[str, Callable[[_Reader], dict[str, Any]]] = {
    ItemKind.MEASURE: _measure,
    ItemKind.TARGET: _target,
    ItemKind.RESPONSIBILITY: _responsibility,
    ItemKind.DEADLINE: _deadline,
    ItemKind.TABLE: _table,
}


def clean(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The values as stored; raises ``Invalid``."""
    if not isinstance(data, Mapping):
        raise Invalid({"": "内容有误，请重新填写。"})
    reader = _Reader(data)
    cleaned = _CLEANERS[kind](reader)
    if reader.errors:
        raise Invalid(reader.errors)
    return cleaned


def clean_correction(kind: str, data: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a correction: what a form cannot change (a measure's key, where a table ends) is taken from before;
    so is a table's header or body that was not sent along."""
    if not isinstance(data, Mapping):
        raise Invalid({"": "内容有误，请重新填写。"})
    fixed = {ItemKind.MEASURE: ("key", "labels", "last_line"), ItemKind.TABLE: ("line_end",)}
    kept = {name: current.get(name) for name in fixed.get(ItemKind(kind), ())}
    if kind == ItemKind.TABLE:
        kept |= {name: current.get(name) for name in ("header", "rows") if name not in data}
    return clean(kind, {**data, **kept})
