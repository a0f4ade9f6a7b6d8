"""Definitions as JSON, for the database, the designer and files."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from luoshi.forms.consistency import KEY, MOST_DECIMALS, definition_problems
from luoshi.forms.errors import DefinitionError
from luoshi.forms.model import (
    Choice,
    Field,
    FieldType,
    FormDefinition,
    Meaning,
    Row,
    Rule,
    Section,
    SectionKind,
    Severity,
)

__all__ = ["definition_problems", "from_json", "schema", "to_json"]

_Enum = TypeVar("_Enum", bound=StrEnum)
_Made = TypeVar("_Made")


def to_json(definition: FormDefinition) -> dict[str, Any]:
    """The definition as plain JSON values: decimals as text, everything that has its default left out."""
    return _without_blanks(
        {
            "sections": [_section_json(section) for section in definition.sections],
            "rules": [
                _without_blanks(
                    {
                        "key": rule.key,
                        "expression": rule.expression,
                        "message": rule.message,
                        "severity": "" if rule.severity is Severity.HARD else str(rule.severity),
                    },
                    keep=("key", "expression", "message"),
                )
                for rule in definition.rules
            ],
            "notes": definition.notes,
        },
        keep=("sections",),
    )


def _section_json(section: Section) -> dict[str, Any]:
    made = {
        "key": section.key,
        "title": section.title,
        "kind": str(section.kind),
        "fields": [_field_json(field) for field in section.fields],
        "rows": [_row_json(row) for row in section.rows],
        "least_rows": section.least_rows or None,
        "most_rows": None if section.most_rows == 500 else section.most_rows,
        "identified_by": section.identified_by,
        "help": section.help,
    }
    return _without_blanks(made, keep=("key", "title", "kind", "fields"))


def _field_json(field: Field) -> dict[str, Any]:
    made = {
        "key": field.key,
        "label": field.label,
        "type": str(field.type),
        "unit_of_measure": field.unit_of_measure,
        "decimals": None if field.decimals == 2 else field.decimals,
        "required": field.required,
        "choices": [{"key": choice.key, "label": choice.label} for choice in field.choices],
        "minimum": None if field.minimum is None else f"{field.minimum:f}",
        "maximum": None if field.maximum is None else f"{field.maximum:f}",
        "formula": field.formula,
        "help": field.help,
        "indicator": field.indicator,
        "observed": field.observed,
        "cumulative": field.cumulative,
        "meaning": str(field.meaning),
    }
    return _without_blanks(made, keep=("key", "label", "type"))


def _row_json(row: Row) -> dict[str, Any]:
    made = {
        "key": row.key,
        "label": row.label,
        "indicator": row.indicator,
        "unit": row.unit,
        "total_of": list(row.total_of),
        "blocked": sorted(row.blocked),
    }
    return _without_blanks(made, keep=("key", "label"))


def _without_blanks(made: dict[str, Any], keep: tuple[str, ...]) -> dict[str, Any]:
    # 0 decimals are no default: only what is empty goes.
    return {key: value for key, value in made.items() if key in keep or value or type(value) is int}


def from_json(data: object) -> FormDefinition:
    """The definition of what ``to_json`` gives; raises ``DefinitionError`` with every problem at once."""
    reader = _Reader()
    definition = reader.definition(data)
    # Contradictions are looked for in what could be read, so that nothing waits for a second try.
    problems = reader.problems + definition_problems(definition)
    if problems:
        raise DefinitionError(list(dict.fromkeys(problems)))
    return definition


class _Object:
    """A JSON object being read: every getter notes what is wrong and gives the default."""

    def __init__(self, data: object, where: str, problems: list[str], known: str) -> None:
        self.where, self.problems = where, problems
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.wrong("内容格式不对")
        for key in self.data:
            if key not in known.split():
                self.wrong(f"不认识的项目“{str(key)[:40]}”")

    def wrong(self, message: str) -> None:
        self.problems.append(f"{self.where}：{message}" if self.where else message)

    def text(self, key: str, name: str) -> str:
        value = self.data.get(key, "")
        if isinstance(value, str):
            return value
        self.wrong(f"{name}应为文字")
        return ""

    def flag(self, key: str, name: str) -> bool:
        value = self.data.get(key, False)
        if isinstance(value, bool):
            return value
        self.wrong(f"{name}应为是或否")
        return False

    def whole(self, key: str, name: str, default: int) -> int:
        value = self.data.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1_000_000:
            return value
        self.wrong(f"{name}应为整数")
        return default

    def number(self, key: str, name: str) -> Decimal | None:
        value = self.data.get(key)
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value)) if isinstance(value, str | int | float) else None
        except InvalidOperation:
            number = None
        if number is None or isinstance(value, bool) or not number.is_finite() or abs(number.adjusted()) > 30:
            self.wrong(f"{name}应为数字")
            return None
        return number

    def one_of(self, key: str, name: str, kind: type[_Enum], default: _Enum) -> _Enum:
        value = self.data.get(key, default if default is Severity.HARD else "")
        if isinstance(value, str) and value in list(kind):
            return kind(value)
        self.wrong(f"{name}“{str(value)[:40]}”不认识，可用：{'、'.join(kind)}")
        return default

    def entries(self, key: str, name: str) -> list[Any]:
        value = self.data.get(key, [])
        if isinstance(value, list | tuple):
            return list(value)
        self.wrong(f"{name}应为列表")
        return []

    def texts(self, key: str, name: str) -> tuple[str, ...]:
        entries = self.entries(key, name)
        if not all(isinstance(entry, str) for entry in entries):
            self.wrong(f"{name}应为文字列表")
        return tuple(entry for entry in entries if isinstance(entry, str))


class _Reader:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def _open(self, data: object, where: str, known: str) -> _Object:
        return _Object(data, where, self.problems, known)

    def _each(self, entries: list[Any], make: Callable[[Any, int], _Made]) -> tuple[_Made, ...]:
        return tuple(make(entry, number) for number, entry in enumerate(entries, 1))

    def definition(self, data: object) -> FormDefinition:
        top = self._open(data, "", "sections rules notes")
        return FormDefinition(
            self._each(top.entries("sections", "各节"), self.section),
            self._each(top.entries("rules", "校验规则"), self.rule),
            top.text("notes", "填表说明"),
        )

    def rule(self, data: object, number: int) -> Rule:
        entry = self._open(data, f"第{number}条校验规则", "key expression message severity")
        return Rule(
            entry.text("key", "编号"),
            entry.text("expression", "条件"),
            entry.text("message", "提示语"),
            entry.one_of("severity", "性质", Severity, Severity.HARD),
        )

    def section(self, data: object, number: int) -> Section:
        title = data.get("title") if isinstance(data, dict) else ""
        where = f"第{number}节“{title if isinstance(title, str) else ''}”"
        known = "key title kind fields rows least_rows most_rows identified_by help"
        entry = self._open(data, where, known)
        return Section(
            entry.text("key", "编号"),
            entry.text("title", "名称"),
            entry.one_of("kind", "类别", SectionKind, SectionKind.FIXED),
            self._each(entry.entries("fields", "各列"), lambda one, at: self.field(one, f"{where}第{at}列")),
            self._each(entry.entries("rows", "各行"), lambda one, at: self.row(one, f"{where}第{at}行")),
            entry.whole("least_rows", "最少行数", 0),
            entry.whole("most_rows", "最多行数", 500),
            entry.text("identified_by", "不得重复的列"),
            entry.text("help", "说明"),
        )

    def field(self, data: object, where: str) -> Field:
        label = data.get("label") if isinstance(data, dict) else ""
        known = (
            "key label type unit_of_measure decimals required choices minimum maximum formula help indicator observed "
            "cumulative meaning"
        )
        entry = self._open(data, f"{where}“{label if isinstance(label, str) else ''}”", known)
        return Field(
            entry.text("key", "编号"),
            entry.text("label", "名称"),
            entry.one_of("type", "类型", FieldType, FieldType.TEXT),
            entry.text("unit_of_measure", "计量单位"),
            entry.whole("decimals", "小数位数", 2),
            entry.flag("required", "必填"),
            self._each(
                entry.entries("choices", "选项"), lambda one, at: self.choice(one, f"{entry.where}第{at}个选项")
            ),
            entry.number("minimum", "下限"),
            entry.number("maximum", "上限"),
            entry.text("formula", "公式"),
            entry.text("help", "说明"),
            entry.text("indicator", "指标"),
            entry.flag("observed", "逐行指标"),
            entry.flag("cumulative", "累计数"),
            entry.one_of("meaning", "用途", Meaning, Meaning.NONE),
        )

    def choice(self, data: object, where: str) -> Choice:
        entry = self._open(data, where, "key label")
        return Choice(entry.text("key", "编号"), entry.text("label", "名称"))

    def row(self, data: object, where: str) -> Row:
        label = data.get("label") if isinstance(data, dict) else ""
        entry = self._open(data, f"{where}“{label if isinstance(label, str) else ''}”", _ROW)
        return Row(
            entry.text("key", "编号"),
            entry.text("label", "名称"),
            entry.text("indicator", "指标"),
            entry.text("unit", "单位"),
            entry.texts("total_of", "合计的分项"),
            frozenset(entry.texts("blocked", "不填的列")),
        )


_ROW = "key label indicator unit total_of blocked"


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of what ``from_json`` takes; contradictions beyond it are found by ``from_json`` only."""
    key = {"type": "string", "pattern": f"^{KEY.pattern}$"}
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    flag = {"type": "boolean", "default": False}
    number = {"type": ["string", "number", "null"], "description": "十进制数，建议写成文字"}

    def record(needed: str, /, **properties: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "required": needed.split(),
            "properties": properties,
        }

    field = record(
        "key label type",
        key=key,
        label=text,
        type={"enum": [str(kind) for kind in FieldType]},
        unit_of_measure=text,
        decimals={"type": "integer", "minimum": 0, "maximum": MOST_DECIMALS, "default": 2},
        required=flag,
        choices={"type": "array", "items": record("key label", key=key, label=text)},
        minimum=number,
        maximum=number,
        formula=text,
        help=text,
        indicator=text,
        observed=flag,
        cumulative=flag,
        meaning={"enum": [str(meaning) for meaning in Meaning], "default": ""},
    )
    row = record("key label", key=key, label=text, indicator=text, unit=text, total_of=texts, blocked=texts)
    section = record(
        "key title kind fields",
        key=key,
        title=text,
        kind={"enum": [str(kind) for kind in SectionKind]},
        fields={"type": "array", "minItems": 1, "items": field},
        rows={"type": "array", "items": row},
        least_rows={"type": "integer", "minimum": 0, "default": 0},
        most_rows={"type": "integer", "minimum": 1, "default": 500},
        identified_by=text,
        help=text,
    )
    severities = {"enum": [str(severity) for severity in Severity], "default": str(Severity.HARD)}
    rule = record("key expression message", key=key, expression=text, message=text, severity=severities)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "报表",
        **record(
            "sections",
            sections={"type": "array", "minItems": 1, "items": section},
            rules={"type": "array", "items": rule},
            notes=text,
        ),
    }
