"""What a template may name, and what is wrong with one that was uploaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from luoshi.publishing.charts import Chart
from luoshi.publishing.finishing import Paragraphs
from luoshi.publishing.tables import Table
from luoshi.publishing.words import Figure, Words


class FieldKind(StrEnum):
    """What stands in a field."""

    TEXT = "text"  # words within a paragraph
    PARAGRAPHS = "paragraphs"  # any number of paragraphs
    TABLE = "table"
    CHART = "chart"
    LIST = "list"  # rows for {% for %}, each with columns
    FLAG = "flag"  # only for {% if %}


#: Kinds that take the place of a whole paragraph.
BLOCKS = (FieldKind.PARAGRAPHS, FieldKind.TABLE, FieldKind.CHART)
KIND_WORDS = {
    FieldKind.TEXT: "文字",
    FieldKind.PARAGRAPHS: "段落",
    FieldKind.TABLE: "表格",
    FieldKind.CHART: "图",
    FieldKind.LIST: "清单",
    FieldKind.FLAG: "条件",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A name that a template may use; ``columns`` (name, meaning) only for lists."""

    name: str
    kind: FieldKind
    meaning: str
    columns: tuple[tuple[str, str], ...] = ()


Row = Mapping[str, Words | Figure | str]
Value = str | Figure | Words | bool | Paragraphs | Table | Chart | Sequence[Row]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a template, in Chinese: where, the text around it, what to do. ``fatal`` ones keep it from
    being used; the others are departures from the standard's layout."""

    message: str
    place: str = ""
    around: str = ""
    fatal: bool = True

    def __str__(self) -> str:
        where = f"{self.place}“{self.around}”：" if self.around else f"{self.place}：" if self.place else ""
        return where + self.message


class TemplateRefused(ValueError):
    """A template that cannot be used; ``problems`` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("；".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
