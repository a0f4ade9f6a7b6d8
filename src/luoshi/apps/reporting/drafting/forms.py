"""A form proposed from a table of a plan: its columns, its due rule, who is to report, and what was assumed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from luoshi.apps.reporting.drafting.columns import column_of, is_cumulative
from luoshi.apps.reporting.drafting.due import DueFound, cadence_of, due_in
from luoshi.extraction.table_kinds import table_kind
from luoshi.forms.model import Choice, Field, FieldType, FormDefinition, Row, Section, SectionKind
from luoshi.periods import Cadence, DueKind

FORM, TASKS = "report-form", "task-unit"
_TASK = re.compile(r"任务|措施|事项|行动内容|工作内容|重点工作")
_DUTY = re.compile(r"牵头|责任|配合|部门|单位")
_GOAL = re.compile(r"目标|指标|成效")
_TIME = re.compile(r"时限|时间|完成日期")
_FILLER = re.compile(r"填报单位[:：][ \t\u3000]*([^\s:：][^\n]*)")
_FILLED_BY = re.compile(r"本表由(?:\d+个)?([^，。；]{2,60}?)填报")
MOST_TASKS = 200
_NONE, _ALL = Decimal(0), Decimal(100)


@dataclass(frozen=True, slots=True)
class FormDraft:
    """A proposal. ``reporters`` are names as printed; ``assumptions`` say in Chinese what the plan left open."""

    title: str
    definition: FormDefinition
    due: DueFound
    reporters: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = field(default=())


def is_draftable(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a form can be drafted from the table: a blank report form, or a list of tasks with who does them."""
    kind = table_kind(title, header, rows)
    return kind == FORM or (kind == TASKS and _task_column(header) is not None)


def draft_of(
    *,
    title: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    head: str = "",
    notes: str = "",
    due: DueFound | None = None,
) -> FormDraft:
    """The form that a table asks for.

    ``head`` is what is printed between the title and the table (unit, period, 填报单位), ``notes`` the remarks below.
    ``due`` is the plan's own deadline, used where the notes say none. ``ValueError`` where no column can be drafted.
    """
    if table_kind(title, header, rows) == FORM:
        definition, assumptions = _report_form(title, header, rows, head, notes)
        own = due_in(notes)
    else:
        definition, assumptions = _progress_report(title, header, rows)
        own = None
        title = f"{_short(title)}进展月报"
    found = own or due or DueFound(cadence_of(title), DueKind.DAY_AFTER, 3, assumption="原文没有写明报送时间，请核定。")
    if found.cadence is Cadence.WEEKLY and not found.words:
        found = DueFound(Cadence.WEEKLY, DueKind.DAY_AFTER, 1, assumption="原文没有写明报送时间，请核定。")
    if found.assumption:
        assumptions.append(found.assumption)
    match = _FILLED_BY.search(notes) or _FILLER.search(head)
    names = re.split(r"[、，,或和及]", match[1]) if match else []
    reporters = tuple(name.strip() for name in names if name.strip())
    return FormDraft(_short(title), definition, found, reporters, tuple(assumptions))


def _short(title: str) -> str:
    return "".join(title.split())[:200]


def _report_form(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]], head: str, notes: str
) -> tuple[FormDefinition, list[str]]:
    cumulative = is_cumulative(title + head)
    fields: list[Field] = []
    for number, name in enumerate(header, start=1):
        hint = next((row[number - 1].strip() for row in rows if len(row) >= number and row[number - 1].strip()), "")
        fields += column_of(name, f"f{number}", notes=notes, hint="".join(hint.split()), cumulative=cumulative)
    if not fields:
        raise ValueError("表头里没有可以填报的列。")
    first = next((one for one in fields if one.type is FieldType.PROJECT), None)
    section = Section(
        key="s1",
        title=_short(title)[:60],
        kind=SectionKind.REPEATED,
        fields=tuple(fields),
        identified_by=first.key if first else "",
    )
    assumptions = ["列的类型按表头文字推定，请逐列核对。"]
    if cumulative and any(one.cumulative for one in fields):
        assumptions.append("表头写明“1—某月”，到位资金按累计数处理。")
    return FormDefinition((section,), notes=notes[:2000]), assumptions


def _task_column(header: Sequence[str]) -> int | None:
    names = ["".join(name.split()) for name in header]
    duty = any(_DUTY.search(name) for name in names)
    found = [n for n, name in enumerate(names) if _TASK.search(name)] or [
        n for n, name in enumerate(names) if _GOAL.search(name)
    ]
    return found[-1] if duty and found else None


def _progress_report(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[FormDefinition, list[str]]:
    """A row a task of the list, as printed; the unit says how far it is, what hinders, what comes next."""
    names = ["".join(name.split()) for name in header]
    goal = next(
        (n for n in range(len(names) - 1, -1, -1) if _GOAL.search(names[n]) and not _DUTY.search(names[n])), None
    )
    task = _task_column(header)
    if task is None:
        raise ValueError("表里没有任务一列。")
    label_at = goal if goal is not None and "行动" in names[goal] else task
    made: list[Row] = []
    for number, row in enumerate(rows, start=1):
        text = "".join(row[label_at].split()) if len(row) > label_at else ""
        text = text or next(("".join(cell.split()) for cell in row if cell.strip()), "")
        if text:
            made.append(Row(key=f"t{number}", label=f"{number}. {text}"[:200]))
    assumptions = ["每项任务一行；各单位只填本单位承担的任务，其余留空。"]
    if len(made) > MOST_TASKS:
        made = made[:MOST_TASKS]
        assumptions.append(f"任务较多，只取前{MOST_TASKS}项。")
    if not made:
        raise ValueError("表里没有任务。")
    return FormDefinition((Section("s1", "任务进展", SectionKind.FIXED, progress_fields(), tuple(made)),)), assumptions


def progress_fields() -> tuple[Field, ...]:
    """The columns with which the progress of a task is told."""
    states = ("尚未启动", "正在推进", "已经完成", "需要协调")
    return (
        Field(
            "state", "状态", FieldType.CHOICE, choices=tuple(Choice(f"c{n}", text) for n, text in enumerate(states, 1))
        ),
        Field("progress", "进展情况", FieldType.TEXT, help="写明本期做了什么、取得什么结果"),
        Field(
            "share",
            "完成比例",
            FieldType.NUMBER,
            "%",
            1,
            minimum=Decimal(0),
            maximum=Decimal(100),
            help="按年度任务计算",
        ),
        Field("problem", "存在问题", FieldType.TEXT, help="写明问题、需哪个单位协同、建议完成时限；没有的不填"),
        Field("plan", "下步打算", FieldType.TEXT),
    )
