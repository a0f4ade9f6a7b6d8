"""A definition prepared for many returns: expressions parsed, computed columns in the order of their needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from luoshi.forms.errors import DefinitionError
from luoshi.forms.expressions import Expression, ExpressionError, Kind, parse_expression
from luoshi.forms.model import NUMERIC, Field, FormDefinition, Row, Rule, Section, SectionKind
from luoshi.forms.numbers import places_of

Column = tuple[str, str]


class Cell(NamedTuple):
    """A place of a return. ``row_label``: the printed one, or ``第3行``; ``row``: ``None`` in a repeated section."""

    address: str
    section: Section
    row_key: str
    row_label: str
    row: Row | None
    field: Field
    computed: bool
    blocked: bool


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """``computed`` are (section, column, formula), each after the columns that it needs."""

    sections: Mapping[str, Section]
    fields: Mapping[Column, Field]
    rows: Mapping[tuple[str, str], Row]
    fixed_cells: Mapping[str, tuple[Cell, ...]]
    #: Decimals of the numeric cells of printed rows that are typed, by address.
    places: Mapping[str, int]
    computed: tuple[tuple[Section, Field, Expression], ...]
    rules: tuple[tuple[Rule, Expression], ...]


def row_cells(section: Section, row_key: str, label: str, row: Row | None) -> list[Cell]:
    """The cells of one row, in the order of the columns."""
    blocked = row.blocked if row else frozenset()
    return [
        Cell(
            f"{section.key}.{row_key}.{field.key}",
            section,
            row_key,
            label,
            row,
            field,
            bool(field.formula),
            field.key in blocked,
        )
        for field in section.fields
    ]


@lru_cache(maxsize=256)
def compiled(definition: FormDefinition) -> Compiled:
    """Prepare a definition; raises ``DefinitionError`` for formulas and rules that cannot be understood."""
    problems: list[str] = []
    formulas, rules = parse_all(definition, problems)
    order = in_order(formulas, problems)
    if problems:
        raise DefinitionError(problems)
    sections = {section.key: section for section in definition.sections}
    fields = {(section.key, field.key): field for section in definition.sections for field in section.fields}
    fixed_cells = {
        section.key: tuple(cell for row in section.rows for cell in row_cells(section, row.key, row.label, row))
        for section in definition.sections
        if section.kind is SectionKind.FIXED
    }
    return Compiled(
        sections,
        fields,
        {(section.key, row.key): row for section in definition.sections for row in section.rows},
        fixed_cells,
        {
            cell.address: places_of(cell.field)
            for cells in fixed_cells.values()
            for cell in cells
            if cell.field.type in NUMERIC and not (cell.computed or cell.blocked)
        },
        tuple((sections[column[0]], fields[column], formulas[column]) for column in order),
        rules,
    )


def place(definition: FormDefinition, section: Section, field: Field) -> str:
    """Where a column stands, for messages about the definition: ``第2节“项目情况”第3列“投资额”``."""
    number = next(at for at, one in enumerate(definition.sections, 1) if one is section)
    column = next(at for at, one in enumerate(section.fields, 1) if one is field)
    return f"第{number}节“{section.title}”第{column}列“{field.label}”"


def parse_all(
    definition: FormDefinition, problems: list[str]
) -> tuple[dict[Column, Expression], tuple[tuple[Rule, Expression], ...]]:
    """All formulas by column and all rules; what cannot be understood goes to ``problems``."""
    formulas: dict[Column, Expression] = {}
    rules: list[tuple[Rule, Expression]] = []
    for section in definition.sections:
        for field in section.fields:
            if not field.formula:
                continue
            where = place(definition, section, field)
            if field.type not in NUMERIC:
                problems.append(f"{where}：只有数字列可以写计算公式")
                continue
            try:
                expression = parse_expression(field.formula, definition, section)
                if expression.kind is not Kind.NUMBER:
                    raise ExpressionError(f"算出来是{expression.kind}，应是数字")
                formulas[section.key, field.key] = expression
            except ExpressionError as error:
                problems.append(f"{where}：公式“{field.formula[:60]}”{error}")
    for number, rule in enumerate(definition.rules, 1):
        try:
            expression = parse_expression(rule.expression, definition)
            if expression.kind is not Kind.TRUTH:
                raise ExpressionError("不是条件，应写成比较，如 表.甲.数 <= 表.乙.数")
            rules.append((rule, expression))
        except ExpressionError as error:
            problems.append(f"第{number}条校验规则“{rule.message[:40]}”：{error}")
    return formulas, tuple(rules)


def in_order(formulas: Mapping[Column, Expression], problems: list[str]) -> list[Column]:
    """The computed columns, each after those that it reads.

    A formula holds in every row of its column, so that a circle of columns is a circle of cells.
    """
    needs = {column: {one for one in _read(expression) if one in formulas} for column, expression in formulas.items()}
    order: list[Column] = []
    waiting = dict(needs)
    while waiting:
        ready = [column for column, needed in waiting.items() if not needed & waiting.keys()]
        if not ready:
            names = "、".join(".".join(column) for column in waiting)
            problems.append(f"计算列互相引用，无法算出：{names}")
            break
        order.extend(ready)
        for column in ready:
            del waiting[column]
    return order


def _read(expression: Expression) -> set[Column]:
    return {(section, field) for section, _, field in expression.cells} | set(expression.sums)
