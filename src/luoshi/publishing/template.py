"""Templates that an office edits in Word: checked with the names they may use, filled without running anything.

The wall has three courses: only tags of ``template_tags`` pass the check, which ``render`` makes too; the engine is
Jinja's immutable sandbox; and what may be written is bounded in rows and characters.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from luoshi.publishing.charts import Chart
from luoshi.publishing.fields import BLOCKS, Field, FieldKind, Problem, Row, TemplateRefused, Value
from luoshi.publishing.finishing import CORE, Finisher, Paragraphs
from luoshi.publishing.manifest import Origin
from luoshi.publishing.marks import Register
from luoshi.publishing.measuring import departures
from luoshi.publishing.ooxml import serialised
from luoshi.publishing.package import MAIN, Parts
from luoshi.publishing.tables import Table
from luoshi.publishing.template_package import FILLED, opened
from luoshi.publishing.template_tags import TagReader
from luoshi.publishing.words import Figure

MOST_ROWS = 2000  # of one list
MOST_TURNS = 20_000  # of all loops together
MOST_CHARACTERS = 12_000_000  # of XML


class _Bounded(Template):
    """A template whose output is counted while it is made."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        pieces, length = [], 0
        for piece in self.generate(*args, **kwargs):
            length += len(piece)
            if length > MOST_CHARACTERS:
                raise TemplateRefused([Problem("按模板生成的文件过大，请减少循环里的内容。")])
            pieces.append(piece)
        return "".join(pieces)


class _Rows:
    """A list's rows for a loop; every turn of any loop is counted."""

    def __init__(self, rows: Sequence[dict[str, str]], turns: list[int]) -> None:
        self._rows, self._turns = rows, turns

    def __iter__(self) -> Iterator[dict[str, str]]:
        for row in self._rows:
            self._turns[0] += 1
            if self._turns[0] > MOST_TURNS:
                raise TemplateRefused([Problem("模板里的循环套得太多，请减少嵌套。")])
            yield row

    def __bool__(self) -> bool:
        return bool(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class _Filled(DocxTemplate):  # type: ignore[misc]
    """docxtpl without its ways into the file's properties and footnotes (it rewrites footnotes' namespaces)."""

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        pass

    def render_footnotes(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        pass


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made.template_class = _Bounded
    made.globals.clear()
    made.filters.clear()
    made.tests.clear()
    return made


def check_template(data: bytes, fields: Sequence[Field]) -> list[Problem]:
    """What is wrong with an uploaded template; fatal problems keep it from being used, the others tell where its page
    departs from GB/T 9704-2012. Never raises for bad files."""
    parts, problems = opened(data)
    if parts is None:
        return problems
    problems = problems + tag_problems(parts, fields)
    if any(problem.fatal for problem in problems):
        return problems
    try:
        _fill(data, fields, {field.name: _sample(field) for field in fields}, Register())
    except (TemplateRefused, TemplateError, ValueError, KeyError, AttributeError) as error:
        found = error.problems if isinstance(error, TemplateRefused) else (Problem("试填没有成功，请检查标签的位置。"),)
        return problems + list(found)
    return problems + [Problem(message, fatal=False) for message in departures(parts)]


def tag_problems(parts: Parts, fields: Sequence[Field]) -> list[Problem]:
    """What is wrong with the tags."""
    reader = TagReader({field.name: field for field in fields}, _environment())
    names = {"document": "正文", "header": "页眉", "footer": "页脚"}
    for name in sorted(parts.members, key=lambda name: (name != MAIN, name)):
        if FILLED.fullmatch(name):
            kind = next(kind for kind in names if name.startswith(f"word/{kind}"))
            reader.read(parts.xml(name), names[kind], aside=name != MAIN)
    return reader.problems


def used_fields(data: bytes, fields: Sequence[Field]) -> list[str]:
    """Which fields a sound template names, in their order."""
    parts, problems = opened(data)
    if parts is None:
        raise TemplateRefused(problems)
    reader = TagReader({field.name: field for field in fields}, _environment())
    for name in sorted(parts.members, key=lambda name: (name != MAIN, name)):
        if FILLED.fullmatch(name):
            reader.read(parts.xml(name), "", aside=name != MAIN)
    return list(reader.used)


def render(data: bytes, fields: Sequence[Field], values: Mapping[str, Value], origin: Origin) -> bytes:
    """The document: the same template, values and origin give the same bytes, on any machine.

    ``values`` must hold every field. Raises ``TemplateRefused`` for templates that ``check_template`` refuses,
    ``ValueError`` for values that do not suit their field.
    """
    parts, problems = opened(data)
    if parts is None:
        raise TemplateRefused(problems)
    problems = [problem for problem in problems + tag_problems(parts, fields) if problem.fatal]
    if problems:
        raise TemplateRefused(problems)
    register = Register()
    filled = _fill(data, fields, values, register)
    finisher = Finisher(filled, register)
    root = filled.xml(MAIN)
    finisher.place_blocks(root)
    return finisher.finish(root, origin)


def _fill(data: bytes, fields: Sequence[Field], values: Mapping[str, Value], register: Register) -> Parts:
    # The file's own properties are written anew at the end; a title with a tag in it must not be read as one.
    parts = Parts.read(data)
    parts.members.pop(CORE, None)
    _drop_relation(parts)
    turns = [0]
    context = {field.name: _prepared(field, values, register, turns) for field in fields}
    document = _Filled(io.BytesIO(parts.to_bytes()))
    document.render(context, _environment(), autoescape=True)
    out = io.BytesIO()
    document.save(out)
    return Parts.read(out.getvalue())


def _drop_relation(parts: Parts) -> None:
    """Takes the properties' relationship away together with their part."""
    name = "_rels/.rels"
    root = parts.xml(name)
    for entry in list(root):
        if (entry.get("Type") or "").endswith("/core-properties"):
            root.remove(entry)
    parts.members[name] = serialised(root)


def _prepared(field: Field, values: Mapping[str, Value], register: Register, turns: list[int]) -> object:
    """A value as the engine sees it: strings, truth values, counted rows."""
    if field.name not in values:
        raise ValueError(f"没有给出字段“{field.name}”的内容")
    value = values[field.name]
    if field.kind is FieldKind.FLAG:
        return bool(value)
    if field.kind in BLOCKS:
        if not isinstance(value, Table | Chart | Paragraphs):
            raise ValueError(f"字段“{field.name}”应为表格、图或段落")
        return register.block(value)
    if field.kind is FieldKind.LIST:
        assert isinstance(value, Sequence) and not isinstance(value, str)
        if len(value) > MOST_ROWS:
            raise ValueError(f"清单“{field.name}”超过{MOST_ROWS}行")
        return _Rows([_row(field, row, register) for row in value if isinstance(row, Mapping)], turns)
    if isinstance(value, str | Figure | tuple):
        return register.marked(value)
    raise ValueError(f"字段“{field.name}”应为文字")


def _row(field: Field, row: Row, register: Register) -> dict[str, str]:
    return {name: register.marked(row[name]) for name, _ in field.columns}


def _sample(field: Field) -> Value:
    """Something to fill a field with on trial."""
    if field.kind is FieldKind.FLAG:
        return True
    if field.kind in BLOCKS:
        return Paragraphs(((field.meaning,),))
    if field.kind is FieldKind.LIST:
        return [dict(field.columns)] * 2
    return field.meaning
