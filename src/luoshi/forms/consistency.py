"""What is wrong with a definition, all at once, in Chinese with the place."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence

from luoshi.forms.compiled import in_order, parse_all, place
from luoshi.forms.model import (
    MEANING_TYPES,
    NUMERIC,
    Field,
    FieldType,
    FormDefinition,
    Meaning,
    Row,
    Section,
    SectionKind,
)
from luoshi.units import fold

KEY = re.compile(r"[a-z][a-z0-9_]{0,35}")
MOST_SECTIONS, MOST_FIELDS, MOST_ROWS, MOST_CHOICES, MOST_RULES = 30, 80, 1000, 300, 300
MOST_CELLS = 20_000
MOST_DECIMALS = 6
MOST_LABEL, MOST_HELP = 200, 5000


def definition_problems(definition: FormDefinition) -> list[str]:
    """All problems of a definition, empty for a sound one."""
    problems = list(_too_large(definition))
    if problems:  # the rest would take long, and say little
        return problems
    if not definition.sections:
        problems.append("表还没有内容，请至少增加一节")
    problems.extend(_keys("各节", [section.key for section in definition.sections]))
    for number, section in enumerate(definition.sections, 1):
        _check_section(definition, section, f"第{number}节“{section.title}”", problems)
    problems.extend(_keys("校验规则", [rule.key for rule in definition.rules]))
    for number, rule in enumerate(definition.rules, 1):
        if not rule.message.strip() or len(rule.message) > MOST_LABEL:
            problems.append(f"第{number}条校验规则：应有提示语，不超过{MOST_LABEL}字")
    if len(definition.notes) > MOST_HELP:
        problems.append(f"填表说明超过{MOST_HELP}字")
    formulas, _ = parse_all(definition, problems)
    in_order(formulas, problems)
    return problems


def _too_large(definition: FormDefinition) -> Iterable[str]:
    if len(definition.sections) > MOST_SECTIONS:
        yield f"一张表最多{MOST_SECTIONS}节"
    if len(definition.rules) > MOST_RULES:
        yield f"校验规则最多{MOST_RULES}条"
    for number, section in enumerate(definition.sections, 1):
        where = f"第{number}节“{section.title[:MOST_LABEL]}”"
        if len(section.fields) > MOST_FIELDS:
            yield f"{where}：最多{MOST_FIELDS}列"
        if len(section.rows) > MOST_ROWS:
            yield f"{where}：最多{MOST_ROWS}行"
    if sum(len(section.rows) * len(section.fields) for section in definition.sections) > MOST_CELLS:
        yield f"固定行的格数超过{MOST_CELLS}，请拆成几张表"


def _keys(where: str, keys: Sequence[str]) -> Iterable[str]:
    seen: set[str] = set()
    for key in keys:
        if not KEY.fullmatch(key) or keyword.iskeyword(key):
            yield f"{where}：编号“{key[:40]}”应以小写字母开头，只含小写字母、数字和下划线，不超过36个字符，且不是保留字"
        elif key in seen:
            yield f"{where}：编号“{key}”重复"
        seen.add(key)


def _label(where: str, label: str, problems: list[str]) -> None:
    if not label.strip():
        problems.append(f"{where}：没有名称")
    elif len(label) > MOST_LABEL:
        problems.append(f"{where}：名称超过{MOST_LABEL}字")


def _check_section(definition: FormDefinition, section: Section, where: str, problems: list[str]) -> None:
    _label(where, section.title, problems)
    if len(section.help) > MOST_HELP:
        problems.append(f"{where}：说明超过{MOST_HELP}字")
    if not section.fields:
        problems.append(f"{where}：还没有列")
    meant = [field.meaning for field in section.fields if field.meaning]
    if len(set(meant)) < len(meant):
        problems.append(f"{where}：写问题、协同单位、时限的列各只能有一列")
    if meant and Meaning.PROBLEM not in meant:
        problems.append(f"{where}：有协同单位或时限的列，没有写问题的列")
    problems.extend(_keys(f"{where}的列", [field.key for field in section.fields]))
    for field in section.fields:
        _check_field(section, field, place(definition, section, field), problems)
    if section.kind is SectionKind.FIXED:
        _check_rows(section, where, problems)
        if section.identified_by:
            problems.append(f"{where}：固定行的表不需要指定不得重复的列")
        return
    if section.rows:
        problems.append(f"{where}：由填报单位增加行的表不能有固定行")
    if not 0 <= section.least_rows <= section.most_rows <= MOST_ROWS * 5 or section.most_rows < 1:
        problems.append(f"{where}：行数应为最少不超过最多，最多在1至{MOST_ROWS * 5}之间")
    if section.identified_by and section.identified_by not in {field.key for field in section.fields}:
        problems.append(f"{where}：指定不得重复的列“{section.identified_by[:40]}”不存在")


def _check_field(section: Section, field: Field, where: str, problems: list[str]) -> None:
    _label(where, field.label, problems)
    if len(field.help) > MOST_HELP or len(field.unit_of_measure) > 20:
        problems.append(f"{where}：说明或计量单位太长")
    if not 0 <= field.decimals <= MOST_DECIMALS:
        problems.append(f"{where}：小数位数应为0至{MOST_DECIMALS}")
    numeric = field.type in NUMERIC
    if not numeric:
        for given, name in (
            (field.minimum is not None or field.maximum is not None, "上下限"),
            (bool(field.indicator) or field.observed, "指标"),
            (field.cumulative, "累计数"),
        ):
            if given:
                problems.append(f"{where}：只有数字列可以设{name}")
    if field.meaning and field.type not in MEANING_TYPES[field.meaning]:
        problems.append(f"{where}：写问题的列应为文字，协同单位应为单位或文字，时限应为日期")
    if not all(bound is None or bound.is_finite() for bound in (field.minimum, field.maximum)):
        problems.append(f"{where}：上下限应为数字")
    elif field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        problems.append(f"{where}：下限{field.minimum}大于上限{field.maximum}")
    if (field.observed or field.indicator) and section.kind is SectionKind.REPEATED:
        # Each of the added rows would state its own number for the one indicator of the unit and period.
        problems.append(f"{where}：由填报单位增加行的表不能记指标，请另设固定行的一节，用公式合计后再记")
    if field.type is FieldType.CHOICE:
        if not field.choices:
            problems.append(f"{where}：还没有选项")
        if len(field.choices) > MOST_CHOICES:
            problems.append(f"{where}：选项最多{MOST_CHOICES}个")
        problems.extend(_keys(f"{where}的选项", [choice.key for choice in field.choices]))
        keys = {choice.key: choice for choice in field.choices}
        seen: set[str] = set()
        for choice in field.choices:  # what is typed is understood by label or key, in any width
            label = fold(choice.label)
            if not label or len(choice.label) > MOST_LABEL:
                problems.append(f"{where}：选项“{choice.label[:40]}”没有名称或名称太长")
            elif label in seen or keys.get(choice.label, choice) is not choice:
                problems.append(f"{where}：选项“{choice.label[:40]}”重复")
            seen.add(label)
    elif field.choices:
        problems.append(f"{where}：只有选择列可以有选项")


def _check_rows(section: Section, where: str, problems: list[str]) -> None:
    if not section.rows:
        problems.append(f"{where}：还没有行")
    problems.extend(_keys(f"{where}的行", [row.key for row in section.rows]))
    keys = {row.key for row in section.rows}
    fields = {field.key for field in section.fields}
    totals = {row.key: set(row.total_of) for row in section.rows}
    for number, row in enumerate(section.rows, 1):
        there = f"{where}第{number}行“{row.label}”"
        _label(there, row.label, problems)
        for part in row.total_of:
            if part not in keys:
                problems.append(f"{there}：合计的分项“{part[:40]}”不存在")
        if len(set(row.total_of)) < len(row.total_of):
            problems.append(f"{there}：合计的分项有重复")
        if _reaches_itself(row, totals):
            problems.append(f"{there}：合计的分项里又包含它自己")
        for key in sorted(row.blocked - fields):
            problems.append(f"{there}：不填的列“{key[:40]}”不存在")


def _reaches_itself(row: Row, totals: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    waiting = list(row.total_of)
    while waiting:
        key = waiting.pop()
        if key == row.key:
            return True
        if key not in seen:
            seen.add(key)
            waiting.extend(totals.get(key, ()))
    return False
