"""A scheme's data against its JSON Schema (``scheme.schema.json``), told in Chinese."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from luoshi.scoring.errors import MOST_PROBLEMS, Problem
from luoshi.scoring.node import Document

_TYPES = {
    "object": "若干“名称: 内容”",
    "array": "列表（每项以 - 开头）",
    "string": "文字",
    "number": "数字",
    "integer": "整数",
    "boolean": "true 或 false",
    "null": "空",
}


def schema_text() -> str:
    """The JSON Schema of schemes, as shipped."""
    return files("luoshi.scoring").joinpath("scheme.schema.json").read_text("utf-8")


@lru_cache(maxsize=1)
def _validator() -> Any:
    return Draft202012Validator(json.loads(schema_text()))


@lru_cache(maxsize=2)
def _validator_of(part: str) -> Any:
    schema = json.loads(schema_text())
    return Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]})


def schema_problems(document: Document, part: str = "") -> Iterator[Problem]:
    """Everything in which the data differ from the schema, or from a ``part`` of it; at most fifty."""
    validator = _validator_of(part) if part else _validator()
    for told, error in enumerate(validator.iter_errors(document.data)):
        if told >= MOST_PROBLEMS:
            return
        path = tuple(error.absolute_path)
        line = document.line(path)
        if error.validator == "additionalProperties" and isinstance(error.instance, dict):
            schema: Any = error.schema
            known = "、".join(schema.get("properties", {}))
            for name in sorted(set(error.instance) - set(schema.get("properties", {}))):
                shown = str(name)[:40]
                yield Problem(document.line((*path, name)), f"{_place(path)}不认识“{shown}”，可用的有：{known}")
            continue
        yield Problem(line, f"{_place(path)}{_message(error)}")


def _place(path: tuple[str | int, ...]) -> str:
    """``groups 第1个的 items 第2个的 points``."""
    words = ""
    for part in path:
        words += f"第{part + 1}个" if isinstance(part, int) else f"{'的 ' if words else ''}{part[:40]} "
    return words.strip() + ("：" if words else "")


def _message(error: ValidationError) -> str:
    schema: Any = error.schema
    said = schema.get("x-message") if isinstance(schema, dict) else None
    if said:
        return str(said)
    wanted: Any = error.validator_value
    match error.validator:
        case "required":
            given: Any = error.instance
            missing = [name for name in wanted if name not in given]
            return f"缺少 {'、'.join(missing)}"
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"应为{'或'.join(_TYPES[kind] for kind in kinds)}"
        case "enum":
            return f"只能是：{'、'.join(map(str, wanted))}"
        case "const":
            return f"只能是 {wanted}"
        case "minLength":
            return "不能是空的"
        case "maxLength":
            return f"不能超过{wanted}字"
        case "minItems" | "minProperties":
            return f"至少要有{wanted}个"
        case "maxItems" | "maxProperties":
            return f"不能超过{wanted}个"
        case "minimum":
            return f"不能小于{wanted}"
        case "exclusiveMinimum":
            return f"须大于{wanted}"
        case "maximum":
            return f"不能大于{wanted}"
        case "uniqueItems":
            return "有重复"
    return "写法不对"
