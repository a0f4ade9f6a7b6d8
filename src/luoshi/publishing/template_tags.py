"""The tags of a template, read paragraph by paragraph and judged against the fields that it may name.

Only this much of Jinja is allowed: ``{{ 字段 }}``, ``{{ 行.列 }}``, ``{% for 行 in 清单 %}``, ``{% if 字段 %}`` with
``and or not``, ``loop.index``, comments; ``{%p … %}`` for whole paragraphs and ``{%tr … %}`` for whole rows.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, nodes

from luoshi.publishing.fields import BLOCKS, KIND_WORDS, Field, FieldKind, Problem
from luoshi.publishing.ooxml import Element, local, qn

_OPENER = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_SHAPE = re.compile(r"(p|tr|tc|r)(?=\s)")
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_LOOP = ("index", "first", "last")
DEEPEST = 3  # loops and conditions within one another
AROUND = 12  # characters of context on either side


@dataclass(slots=True)
class _Open:
    """A loop or condition that waits for its end."""

    word: str
    shape: str
    paragraph: Element
    holder: Element | None
    variable: str = ""
    rows: Field | None = None
    tag: str = ""
    place: str = ""


def own_text(paragraph: Element) -> str:
    """A paragraph's text without that of text boxes within it."""

    def pieces(node: Element) -> Iterator[str]:
        for child in node:
            name = local(child)
            if name == "t":
                yield child.text or ""
            elif name in ("tab", "br", "cr"):
                yield " "
            elif name not in ("p", "pPr", "rPr", "instrText"):
                yield from pieces(child)

    return "".join(pieces(paragraph))


class TagReader:
    """Goes through the parts of one template and collects problems."""

    def __init__(self, fields: Mapping[str, Field], environment: Environment) -> None:
        self._fields, self._environment = fields, environment
        self._stack: list[_Open] = []
        self.problems: list[Problem] = []
        self.used: dict[str, None] = {}

    def read(self, root: Element, part: str, *, aside: bool) -> None:
        """One part; ``aside`` for headers and footers, where no block may stand."""
        number = 0
        for paragraph in root.iter(qn("w:p")):
            text = own_text(paragraph)
            if text.strip():
                number += 1
            self._paragraph(paragraph, text, f"{part}第{number}段", aside=aside)
        for left in self._stack:
            self.problems.append(Problem(f"“{left.tag}”没有对应的结束标签。", left.place))
        self._stack.clear()

    def _paragraph(self, paragraph: Element, text: str, place: str, *, aside: bool) -> None:
        position = 0
        while match := _OPENER.search(text, position):
            sign, begin = match[0], match.start()
            around = _around(text, begin, match.end())
            if sign not in _CLOSERS:
                if sign != "#}":
                    self.problems.append(Problem(f"多了“{sign}”，前面没有对应的开头。", place, around))
                position = match.end()
                continue
            end = text.find(_CLOSERS[sign], match.end())
            if end < 0:
                self.problems.append(Problem(f"标签没有写完，缺少“{_CLOSERS[sign]}”（须在同一段内）。", place, around))
                return
            position = end + 2
            inner, whole = text[match.end() : end], text[begin:position]
            around = _around(text, begin, position)
            if "\n" in inner or "{" in inner or len(inner) > 200:
                self.problems.append(Problem("标签写法不对，请重写这个标签。", place, around))
                continue
            if sign == "{#":
                continue
            alone = text.strip() == whole
            problem = (
                self._output(inner, alone=alone, paragraph=paragraph, aside=aside)
                if sign == "{{"
                else self._statement(inner, alone=alone, paragraph=paragraph, place=place, tag=whole)
            )
            if problem:
                self.problems.append(Problem(problem, place, around))
        while self._stack and self._stack[-1].paragraph is paragraph and not self._stack[-1].shape:
            left = self._stack.pop()
            self.problems.append(
                Problem(f"“{left.tag}”没有在同一段内结束；要包住整段，请写成“{{%p … %}}”并单独成段。", place)
            )

    # what stands between the signs

    def _output(self, inner: str, *, alone: bool, paragraph: Element, aside: bool) -> str:
        if _SHAPE.match(inner):
            return "字段前不需要写 p、r、tr，直接写“{{ 字段 }}”。"
        if inner.startswith("-") or inner.endswith("-"):
            return "标签里不要写减号。"
        try:
            tree = self._environment.parse("{{" + inner.translate(_QUOTES) + "}}")
        except TemplateSyntaxError:
            return "标签写法不对，应为“{{ 字段 }}”。"
        body = tree.body[0] if tree.body else None
        expression = body.nodes[0] if isinstance(body, nodes.Output) and len(body.nodes) == 1 else None
        if isinstance(expression, nodes.Getattr):
            return self._column(expression)
        if not isinstance(expression, nodes.Name):
            return "只能写字段名，不能写运算、函数或过滤器。"
        field = self._fields.get(expression.name)
        if field is None:
            return self._unknown(expression.name)
        self.used[field.name] = None
        if field.kind is FieldKind.LIST:
            return f"“{field.name}”是清单，请用“{{%tr for 行 in {field.name} %}}”逐行列出。"
        if field.kind is FieldKind.FLAG:
            return f"“{field.name}”只能用在“{{% if {field.name} %}}”里。"
        if field.kind in BLOCKS:
            kind = KIND_WORDS[field.kind]
            if not alone:
                return f"“{field.name}”是{kind}，应单独成一段。"
            if aside:
                return f"“{field.name}”是{kind}，不能放在页眉页脚里。"
            if field.kind is not FieldKind.PARAGRAPHS and _holder(paragraph, "tc") is not None:
                return f"“{field.name}”是{kind}，不能放在表格里。"
        return ""

    def _column(self, expression: nodes.Getattr) -> str:
        owner = expression.node
        if not isinstance(owner, nodes.Name):
            return "只能写“{{ 行.列 }}”，不能再往下取。"
        if owner.name == "loop" and self._row_names():
            return "" if expression.attr in _LOOP else f"loop 后只能写 {'、'.join(_LOOP)}。"
        opened = next((one for one in reversed(self._stack) if one.variable == owner.name), None)
        if opened is None or opened.rows is None:
            if owner.name in self._fields:
                return f"“{owner.name}”下面没有可取的内容。"
            return f"“{owner.name}”不是外层“for”里的行。"
        names = [name for name, _ in opened.rows.columns]
        if expression.attr not in names:
            return f"清单“{opened.rows.name}”没有“{expression.attr}”这一列，可用的有：{'、'.join(names)}。"
        return ""

    def _row_names(self) -> list[str]:
        return [one.variable for one in self._stack if one.variable]

    def _unknown(self, name: str) -> str:
        if name in self._row_names():
            return f"“{name}”是一行，请写“{{{{ {name}.列 }}}}”。"
        if name.startswith("_"):
            return f"不允许使用“{name}”。"
        near = difflib.get_close_matches(name, self._fields, 3, 0.5)
        hint = f"是否应为“{'”或“'.join(near)}”？" if near else "请对照字段表改正。"
        return f"没有“{name}”这个字段，{hint}"

    def _statement(self, inner: str, *, alone: bool, paragraph: Element, place: str, tag: str) -> str:
        shape = ""
        if found := _SHAPE.match(inner):
            shape, inner = found[1], inner[found.end() :]
        if inner.startswith("-") or inner.endswith("-"):
            return "标签里不要写减号。"
        if shape in ("tc", "r"):
            return f"不支持“{{%{shape} %}}”，整段用“{{%p %}}”，整行用“{{%tr %}}”。"
        words = inner.translate(_QUOTES).strip()
        word = words.split(maxsplit=1)[0] if words else ""
        if shape == "p" and not alone:
            return "“{%p … %}”所在的段落会被整段去掉，里面不能有别的字。"
        row = _holder(paragraph, "tr")
        if shape == "tr":
            if row is None:
                return "“{%tr … %}”只能写在表格里。"
            if "".join(node.text or "" for node in row.iter(qn("w:t"))).strip() != tag.strip():
                return "“{%tr … %}”所在的行会被整行去掉，里面不能有别的字。"
        holder = _holder(row, "tbl") if shape == "tr" and row is not None else paragraph.getparent()
        if word in ("for", "if"):
            if len(self._stack) >= DEEPEST:
                return f"循环和条件最多套{DEEPEST}层。"
            opened = _Open(word, shape, paragraph, holder, tag=tag, place=place)
            problem = self._loop(words, opened) if word == "for" else self._condition(words)
            self._stack.append(opened)
            return problem
        if word in ("endfor", "endif", "else", "elif"):
            return self._closing(word, words, shape, paragraph, holder)
        return f"不支持“{word or '空标签'}”，只能用 for、if、elif、else、endif、endfor。"

    def _loop(self, words: str, opened: _Open) -> str:
        try:
            tree = self._environment.parse("{%" + words + "%}{%endfor%}")
        except TemplateSyntaxError:
            return "循环应写成“for 行 in 清单”。"
        loop = tree.body[0]
        if not (
            isinstance(loop, nodes.For)
            and isinstance(loop.target, nodes.Name)
            and isinstance(loop.iter, nodes.Name)
            and loop.test is None
            and not loop.recursive
        ):
            return "循环应写成“for 行 in 清单”，不能带条件或运算。"
        variable, name = loop.target.name, loop.iter.name
        opened.variable = variable
        field = self._fields.get(name)
        if field is None:
            return self._unknown(name)
        self.used[field.name] = None
        if field.kind is not FieldKind.LIST:
            return f"“{name}”不是清单，不能逐行列出。"
        if variable in self._fields or variable == "loop" or variable in self._row_names():
            return f"行的名字“{variable}”已被占用，请换一个。"
        opened.rows = field
        return ""

    def _condition(self, words: str) -> str:
        text = words.replace("elif", "if", 1) if words.startswith("elif") else words
        try:
            tree = self._environment.parse("{%" + text + "%}{%endif%}")
        except TemplateSyntaxError:
            return "条件应写成“if 字段”。"
        condition = tree.body[0]
        return self._judged(condition.test) if isinstance(condition, nodes.If) else "条件应写成“if 字段”。"

    def _judged(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.And | nodes.Or):
            return self._judged(node.left) or self._judged(node.right)
        if isinstance(node, nodes.Not):
            return self._judged(node.node)
        if isinstance(node, nodes.Getattr):
            return self._column(node)
        if not isinstance(node, nodes.Name):
            return "条件里只能写字段名和 and、or、not。"
        field = self._fields.get(node.name)
        if field is None:
            return self._unknown(node.name)
        self.used[field.name] = None
        return f"“{field.name}”是{KIND_WORDS[field.kind]}，不能作条件。" if field.kind in BLOCKS else ""

    def _closing(self, word: str, words: str, shape: str, paragraph: Element, holder: Element | None) -> str:
        wanted = "for" if word == "endfor" else "if"
        if not self._stack or self._stack[-1].word != wanted:
            return f"“{word}”前面没有对应的“{wanted}”。"
        opened = self._stack[-1]
        if opened.shape != shape or (opened.paragraph is not paragraph if not shape else opened.holder is not holder):
            if word.startswith("end"):
                self._stack.pop()
            return f"与“{opened.tag}”不在同一层，开头和结尾应写法一致、位置相当。"
        if word == "elif":
            return self._condition(words)
        if words != word:
            return f"“{word}”后面不能有别的内容。"
        if word.startswith("end"):
            self._stack.pop()
        return ""


def _around(text: str, begin: int, end: int) -> str:
    head, tail = max(0, begin - AROUND), min(len(text), end + AROUND)
    return f"{'…' if head else ''}{text[head:tail].strip()}{'…' if tail < len(text) else ''}"


def _holder(node: Element | None, name: str) -> Element | None:
    """The nearest element of a name around a node."""
    while node is not None:
        node = node.getparent()
        if node is not None and local(node) == name:
            return node
    return None
