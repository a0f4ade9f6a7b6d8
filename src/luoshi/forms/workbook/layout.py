"""What writing and reading agree upon."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

from luoshi.forms.model import Field, FieldType, Problem, Section, Values

MAP_SHEET = "_luoshi"
LISTS_SHEET = "_lists"
PROBLEM_SHEET = "需更正"
NOTES_SHEET = "填表说明"
MAGIC = "luoshi-form-1"
MARKER = "luoshi:"  # with a section's key, in the hidden column of row keys beside the header
REASONS = "#reasons"
BLOCKED = "／"
EVIDENCE = "请在网上上传"
MAP_START = 3  # rows of the map sheet before the columns' list


@dataclass(frozen=True, slots=True)
class Stamp:
    """Whose return a workbook is; ``period`` as ``str(Period)``, ``due`` as it is printed."""

    form_key: str
    form_title: str
    version: int
    unit_key: str
    unit_name: str
    period: str
    due: str

    def to_text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Stamp:
        """From ``to_text``; ``ValueError`` for anything else."""
        data = json.loads(text)
        if not isinstance(data, dict) or data.keys() != cls.__dataclass_fields__.keys():
            raise ValueError(text)
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was read from a workbook: cells as typed, the reasons given, and what had no place."""

    values: Values
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[Problem, ...] = ()


def header(one: Field) -> str:
    """A column's head: label, unit, a star where it must be filled."""
    unit = f"（{one.unit_of_measure}）" if one.unit_of_measure else ""
    star = "*" if one.required and not one.formula else ""
    return f"{one.label}{unit}{star}"


def is_typed(one: Field) -> bool:
    """Whether a column's cells are filled in the workbook."""
    return not one.formula and one.type is not FieldType.FILE


def sheet_names(sections: tuple[Section, ...]) -> list[str]:
    """A name for each section's sheet, as Excel allows: at most 31 characters, none of ``[]:*?/\\``, no two alike."""
    names: list[str] = []
    taken = {MAP_SHEET, LISTS_SHEET, PROBLEM_SHEET, NOTES_SHEET, "history"}
    for number, section in enumerate(sections, 1):
        plain = "".join(" " if c in "[]:*?/\\" or not c.isprintable() or ord(c) > 0xFFFF else c for c in section.title)
        base = " ".join(plain.split()).strip("'")[:24].strip("' ") or f"第{number}节"
        name, again = base, 2
        while name.lower() in taken:
            name, again = f"{base}（{again}）", again + 1
        taken.add(name.lower())
        names.append(name)
    return names
