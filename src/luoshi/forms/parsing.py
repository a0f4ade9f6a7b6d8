"""From what a person typed, pasted or sent into a cell to its canonical text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from luoshi.forms.days import parse_day, parse_period
from luoshi.forms.errors import ValueProblem
from luoshi.forms.model import NUMERIC, Field, FieldType
from luoshi.forms.numbers import is_nothing, parse_number
from luoshi.units import fold

MOST_TEXT = 2000

UnitNames = Mapping[str, str | None]

_DASHES = re.compile(r"[-－—–‐‑−﹣―_~～]+")
_CODE = re.compile(r"(\d{4})-?(\d{6})-?(\d{2})-?(\d{2})-?(\d{6})")
_CODE_GROUPS = (4, 6, 2, 2, 6)
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_YES, _NO = frozenset({"y", "yes", "true", "√", "✓", "✔", "对", "有"}), frozenset({"n", "no", "false", "×", "✗", "无"})


def unit_names(pairs: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """How unit cells are understood, from (key, name) pairs: folded names and keys lead to the key.

    A name that several units bear leads to ``None``; a unit may come several times with its other names.
    """
    found: dict[str, str | None] = {}
    keys = []
    for key, name in pairs:
        keys.append(key)
        folded = fold(name)
        found[folded] = key if found.get(folded, key) == key else None
    found.update((key, key) for key in keys)
    return found


def clean(text: str) -> str:
    """Text without control characters and lone surrogates, which neither databases nor workbooks keep."""
    if text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
    return "".join(kept).strip()


def parse_cell(field: Field, text: str, *, units: UnitNames | None = None) -> str:
    """The canonical text of what was typed, empty for a blank; raises ``ValueProblem`` (Chinese, with the way out).

    ``units`` (see ``unit_names``) says which units there are; without it a unit is kept as it was typed. Decimals
    beyond the column's are refused, never rounded away; so are dashes and 无, which may mean zero or not known.
    """
    printed = clean(text)
    if not printed:
        return ""
    if len(printed) > MOST_TEXT:
        raise ValueProblem(f"超过{MOST_TEXT}字，请精简")
    if field.type in NUMERIC:
        return parse_number(field, printed)
    if field.type is FieldType.TEXT:
        return printed
    folded = unicodedata.normalize("NFKC", printed).strip()
    if field.type in (FieldType.DATE, FieldType.PERIOD):
        if is_nothing(folded):
            raise ValueProblem(f"“{printed}”不是日期，没有请留空")
        return (parse_day if field.type is FieldType.DATE else parse_period)(folded, printed)
    match field.type:
        case FieldType.CHOICE:
            return _choice(field, printed)
        case FieldType.UNIT:
            return _unit(printed, units)
        case FieldType.PROJECT_CODE:
            return _project_code(folded, printed)
        case FieldType.FILE:
            if not _NUMBER.fullmatch(folded):
                raise ValueProblem("请上传佐证材料，不要在此填写文字")
            return folded
        case _:  # projects and enterprises by name or key
            return " ".join(printed.split())


def _choice(field: Field, printed: str) -> str:
    folded = fold(printed)
    if any(choice.key == printed for choice in field.choices):
        return printed
    for choice in field.choices:
        if folded == fold(choice.label):
            return choice.key
    by_label = {choice.label: choice.key for choice in field.choices}
    if by_label.keys() == {"是", "否"}:
        if folded.lower() in _YES:
            return by_label["是"]
        if folded.lower() in _NO:
            return by_label["否"]
    labels = "、".join(choice.label for choice in field.choices[:8]) + ("……" if len(field.choices) > 8 else "")
    raise ValueProblem(f"“{printed[:40]}”不在选项之内，可选：{labels}", "choice")


def _unit(printed: str, units: UnitNames | None) -> str:
    if units is None:
        return printed
    for name in (printed, fold(printed)):
        if name in units:
            key = units[name]
            if key is None:
                raise ValueProblem(f"不止一个单位叫“{printed[:40]}”，请填全称", "choice")
            return key
    raise ValueProblem(f"没有名为“{printed[:40]}”的单位，请从列表中选择或填全称", "choice")


def _project_code(folded: str, printed: str) -> str:
    text = _DASHES.sub("-", "".join(folded.split()))
    match = _CODE.fullmatch(text)
    if match is not None and text.isascii():
        return "-".join(match.groups())
    groups = text.split("-")
    if len(groups) == len(_CODE_GROUPS) and text.replace("-", "").isdigit():
        for number, (group, size) in enumerate(zip(groups, _CODE_GROUPS, strict=True), 1):
            if len(group) != size:
                raise ValueProblem(f"“{printed[:40]}”第{number}段应为{size}位数字，现为{len(group)}位，请核对项目代码")
    raise ValueProblem(f"“{printed[:40]}”不是项目代码，应如 2026-532300-04-01-123456（4-6-2-2-6 位数字）")
