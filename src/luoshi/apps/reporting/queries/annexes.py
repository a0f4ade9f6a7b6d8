"""The forms that a plan's annexes ask for: proposals, and what was already made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import DeadlineRuleChoice, Plan, PlanTable
from luoshi.apps.plans.policies import visible_tables
from luoshi.apps.reporting.design import units_named
from luoshi.apps.reporting.drafting import DueFound, FormDraft, draft_of, due_in, is_draftable, table_notes
from luoshi.apps.reporting.form_file import FormContent, changed
from luoshi.apps.reporting.models import Form
from luoshi.apps.reporting.policies import visible_forms
from luoshi.forms import to_json

_REPORTS = re.compile(r"报|填")
_HEAD_LINES = 8


@dataclass(frozen=True, slots=True)
class FormProposal:
    """What ``draft_from_table`` would make; ``unknown`` are printed names of reporters that mean no unit."""

    title: str
    purpose: str
    content: FormContent
    reporters: Sequence[Unit]
    unknown: Sequence[str]
    draft: FormDraft

    @property
    def columns(self) -> list[str]:
        """The labels of the columns."""
        return [column.label for section in self.draft.definition.sections for column in section.fields]

    @property
    def rows(self) -> int:
        """How many printed rows."""
        return sum(len(section.rows) for section in self.draft.definition.sections)


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """A table of a plan, what it would become, and the forms that were made of it."""

    table: PlanTable
    proposal: FormProposal
    forms: Sequence[Form]


def draftable_tables(user: Any, plan: Plan) -> list[AnnexRow]:
    """The tables of the plan that the person sees and of which forms can be made, with the proposals: 5 queries."""
    tables = [
        table
        for table in visible_tables(user).filter(plan=plan).select_related("plan__owner").order_by("line", "pk")
        if is_draftable(table.title, table.header, table.rows)
    ]
    if not tables:
        return []
    texts = _texts(tables)
    due = plan_due(plan, texts)
    made: dict[int | None, list[Form]] = {}
    for form in visible_forms(user).filter(table__in=tables).select_related("owner"):
        made.setdefault(form.table_id, []).append(form)
    rows = []
    for table in tables:
        proposal = _proposal(table, plan.owner, texts[table.version_id], due)
        if proposal is not None:
            rows.append(AnnexRow(table, proposal, made.get(table.pk, ())))
    return rows


def proposal_of(table: PlanTable, owner: Unit) -> FormProposal | None:
    """The form that a table asks for, to be collected by ``owner``; ``None`` where it asks for none."""
    if not is_draftable(table.title, table.header, table.rows):
        return None
    texts = _texts([table])
    return _proposal(table, owner, texts[table.version_id], plan_due(table.plan, texts))


def _texts(tables: Sequence[PlanTable]) -> dict[int, list[str]]:
    """The lines of the documents in which the tables stand, by version."""
    versions = {table.version_id for table in tables}
    found = (
        PlanTable.objects.filter(version__in=versions).order_by().values_list("version_id", "version__document__text")
    )
    return {version: text.split("\n") for version, text in found.distinct()}


def plan_due(plan: Plan, texts: dict[int, list[str]]) -> DueFound | None:
    """The first deadline of the plan by which something is reported again and again on a day of the month."""
    rows = plan.deadlines.filter(retired_in=None, rule_kind=DeadlineRuleChoice.MONTHLY, day__isnull=False)
    for deadline in rows.order_by("line", "pk"):
        lines = texts.get(deadline.version_id)
        if lines is None or not 1 <= deadline.line <= len(lines):
            continue
        # The sentence may go on in the next lines; it says what is reported, and of which month.
        sentence = "".join(lines[deadline.line - 1 : deadline.line + 2])
        start = max(0, sentence.find(deadline.text[:6]))
        if _REPORTS.search(sentence[start : start + 60]) and (found := due_in(sentence[start:])) is not None:
            return found
    return None


def _proposal(table: PlanTable, owner: Unit, lines: Sequence[str], due: DueFound | None) -> FormProposal | None:
    try:
        draft = draft_of(
            title=table.title,
            header=table.header,
            rows=table.rows,
            head="\n".join(lines[table.line - 1 : table.line - 1 + _HEAD_LINES]),
            notes=table_notes(lines[table.line_end :]),
            due=due,
        )
    except ValueError:
        return None
    reporters, unknown = units_named(draft.reporters, owner)
    content = changed(
        FormContent(),
        {
            "definition": to_json(draft.definition),
            "cadence": str(draft.due.cadence),
            "due_kind": str(draft.due.kind),
            "due_day": draft.due.day,
        },
    )
    purpose = f"依据《{table.plan.title}》{table.title}（第{table.line}行）"[:300]
    return FormProposal(draft.title, purpose, content, reporters, unknown, draft)
