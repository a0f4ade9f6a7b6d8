"""What a definition must look like at the least, so that it can be kept and shown while it is still being worked on.

A draft keeps what was typed, faults included; ``luoshi.forms.from_json`` tells the faults. Here only the skeleton is
asked for: lists of objects whose values are plain.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from django.core.exceptions import ValidationError

MOST_BYTES = 1_000_000
MOST_SECTIONS, MOST_FIELDS, MOST_ROWS, MOST_RULES = 30, 100, 1000, 200
_PLAIN = (str, int, float, bool, type(None))


def blank_definition() -> dict[str, Any]:
    """What a new form begins with: a section with one row and no columns yet."""
    section = {
        "key": "s1",
        "title": "基本情况",
        "kind": "fixed",
        "fields": [],
        "rows": [{"key": "r1", "label": "本期"}],
    }
    return {"sections": [section], "rules": [], "notes": ""}


def checked(definition: Any) -> dict[str, Any]:
    """The definition, copied; ``ValidationError`` where it is not one at all, or too large."""
    try:
        text = json.dumps(definition, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValidationError({"definition": "表式的内容无法读取。"}) from error
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise ValidationError({"definition": "表式过大，请拆成几张报表。"})
    if "\\u0000" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValidationError({"definition": "表式含有不能保存的字符。"})
    if not isinstance(definition, dict):
        raise ValidationError({"definition": "表式应为一个对象。"})
    _objects(definition.get("sections", []), "表的各节", MOST_SECTIONS)
    for number, section in enumerate(definition.get("sections", []), start=1):
        _objects(section.get("fields", []), f"第{number}节的列", MOST_FIELDS)
        _objects(section.get("rows", []), f"第{number}节的行", MOST_ROWS)
        for field in section.get("fields", []):
            _objects(field.get("choices", []), f"第{number}节的选项", MOST_ROWS)
    _objects(definition.get("rules", []), "审核关系", MOST_RULES)
    if not isinstance(definition.get("notes", ""), str):
        raise ValidationError({"definition": "填表说明应为文字。"})
    found: dict[str, Any] = copy.deepcopy(definition)
    for name, empty in (("sections", []), ("rules", []), ("notes", "")):
        found.setdefault(name, copy.copy(empty))
    return found


def _objects(values: Any, place: str, most: int) -> None:
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise ValidationError({"definition": f"{place}应为一列对象。"})
    if len(values) > most:
        raise ValidationError({"definition": f"{place}至多{most}个。"})
    for value in values:
        for name, inner in value.items():
            if name in ("fields", "rows", "choices"):
                continue
            plain = isinstance(inner, _PLAIN) or (
                isinstance(inner, list) and all(isinstance(one, _PLAIN) for one in inner)
            )
            if not plain:
                raise ValidationError({"definition": f"{place}里“{name}”的内容无法读取。"})
