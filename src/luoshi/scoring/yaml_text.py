"""YAML into plain data with the line of every part: texts, whole numbers, decimals, yes/no, null; lists and mappings.

Read event by event, so that size, depth and number of parts are bounded before anything is built. Anchors and aliases
(a few lines can stand for gigabytes), tags and merge keys are refused: a scheme must read as it stands.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml

from luoshi.scoring.errors import Problem, SchemeError
from luoshi.scoring.node import Path
from luoshi.scoring.numbers import read_decimal

MOST_BYTES = 200_000
MOST_PARTS = 20_000
MOST_DEPTH = 20
MOST_CHARACTERS = 4_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
#: What PyYAML says, and what that means to who wrote the file.
_MEANINGS = (
    (r"'\t'", "缩进只用空格，不用制表符"),
    ("tab", "缩进只用空格，不用制表符"),
    ("cannot start any token", "有不能这样开头的符号，含特殊符号的文字请加引号"),
    ("mapping values are not allowed", "冒号的位置不对，或缩进没有对齐"),
    ("mapping values are not", "冒号的位置不对，或缩进没有对齐"),
    ("expected ':'", "缺少冒号"),
    ("block", "缩进没有对齐，或引号没有配对"),
    ("indent", "缩进没有对齐，或引号没有配对"),
    ("end of stream", "引号或括号没有配对"),
    ("',' or", "括号里缺少逗号，或括号没有配对"),
    ("flow", "括号里缺少逗号，或括号没有配对"),
    ("escape", "双引号里的反斜杠用法不对，可改用单引号"),
    ("control characters", "有不能用的字符"),
    ("special characters", "有不能用的字符"),
)


def decode(data: bytes) -> str | None:
    """UTF-8 (with or without a mark), else GB18030 as Chinese office programs write; ``None`` for neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def read_yaml(data: bytes | str) -> tuple[Any, dict[Path, int]]:
    """The data and the line (from 1) of every part by its path; raises ``SchemeError``."""
    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise SchemeError([Problem(0, f"文件超过{MOST_BYTES // 1000}KB，评分办法不会有这么长")])
    text = decode(data) if isinstance(data, bytes) else data
    if text is None:
        raise SchemeError([Problem(0, "文件不是 UTF-8 编码的文字")])
    try:
        return _Builder(text).read()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 0
        raise SchemeError([Problem(line, "有不能用的字符")]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = f"{error.context or ''} {error.problem or ''}"
        meaning = next((words for part, words in _MEANINGS if part in said), "YAML 写法有误，请检查缩进、冒号和引号")
        raise SchemeError([Problem(mark.line + 1 if mark else 0, meaning)]) from error
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        if isinstance(error, SchemeError):
            raise
        raise SchemeError([Problem(0, "YAML 写法有误，请检查缩进、冒号和引号")]) from error


class _Builder:
    """Builds the data from events, with a stack of its own instead of recursion."""

    def __init__(self, text: str) -> None:
        self._loader = _Loader(text)
        self._resolver: Any = yaml.SafeLoader("")  # the C loader resolves too, but only while it composes
        self.lines: dict[Path, int] = {}
        self._parts = 0

    def read(self) -> tuple[Any, dict[Path, int]]:
        """The only document of the text."""
        documents = 0
        root: Any = None
        stack: list[tuple[Any, Path, list[str]]] = []  # container, its path, the key that waits for its value
        while True:
            event: Any = self._loader.get_event()
            line = event.start_mark.line + 1
            if isinstance(event, yaml.StreamEndEvent):
                break
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise SchemeError([Problem(line, "一个文件只写一份评分办法（多了一个 ---）")])
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise SchemeError([Problem(line, "不能用 & 和 * 引用，请写全")])
            if isinstance(event, yaml.CollectionEndEvent):
                stack.pop()
                continue
            if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
                continue
            self._parts += 1
            if self._parts > MOST_PARTS:
                raise SchemeError([Problem(line, f"内容超过{MOST_PARTS}处")])
            if event.tag is not None and event.tag != "!":
                raise SchemeError([Problem(line, "不能用 ! 类型标记")])
            if stack and isinstance(stack[-1][0], dict) and not stack[-1][2]:
                self._key(event, stack[-1], line)
                continue
            value = self._value(event, line)
            path = self._put(value, stack, line) if stack else ()
            if not stack:
                root = value
                self.lines[()] = line
            if isinstance(value, dict | list):
                if len(stack) >= MOST_DEPTH:
                    raise SchemeError([Problem(line, f"层数超过{MOST_DEPTH}层")])
                stack.append((value, path, []))
        return root, self.lines

    def _key(self, event: Any, top: tuple[Any, Path, list[str]], line: int) -> None:
        container, path, waiting = top
        if not isinstance(event, yaml.ScalarEvent):
            raise SchemeError([Problem(line, "冒号前面只能是名称")])
        if event.value == "<<" and not event.style:
            raise SchemeError([Problem(line, "不能用 << 合并，请写全")])
        if event.value in container:
            raise SchemeError([Problem(line, f"“{event.value[:40]}”写了两次")])
        waiting.append(event.value)
        self.lines[(*path, event.value)] = line

    def _put(self, value: Any, stack: list[tuple[Any, Path, list[str]]], line: int) -> Path:
        container, path, waiting = stack[-1]
        if isinstance(container, dict):
            key = waiting.pop()
            container[key] = value
            return (*path, key)
        container.append(value)
        inner: Path = (*path, len(container) - 1)
        self.lines[inner] = line
        return inner

    def _value(self, event: Any, line: int) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return {}
        if isinstance(event, yaml.SequenceStartEvent):
            return []
        text: str = event.value
        if len(text) > MOST_CHARACTERS:
            raise SchemeError([Problem(line, f"一处文字超过{MOST_CHARACTERS}字")])
        if event.style or not event.implicit[0]:  # quoted, or a block of text
            return text
        tag = self._resolver.resolve(yaml.ScalarNode, text, (True, False))
        match tag:
            case "tag:yaml.org,2002:null":
                return None
            case "tag:yaml.org,2002:bool":
                return _BOOLEANS.get(text.lower(), text)
            case "tag:yaml.org,2002:int" | "tag:yaml.org,2002:float":
                number = read_decimal(text)
                return text if number is None else _plain(number, text)
        return text


def _plain(number: Decimal, text: str) -> int | Decimal:
    return number if "." in text else int(number)
