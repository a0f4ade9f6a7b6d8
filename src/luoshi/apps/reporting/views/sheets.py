"""A return as the grid's script takes it: plain JSON, everything a cell shows in words already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from luoshi.apps.plans.models import Tier
from luoshi.apps.reporting import evidence_kinds
from luoshi.apps.reporting.models import CellRemark, Evidence, Return, ReturnStep, ReviewStage, StepAction
from luoshi.apps.reporting.queries.returns import Sheet
from luoshi.apps.reporting.queries.timeline import SYSTEM
from luoshi.apps.reporting.register import register
from luoshi.forms import adds_up, place_of, show
from luoshi.forms.model import Field, FieldType, FormDefinition, Problem, Section, SectionKind, Values
from luoshi.forms.numbers import number_text
from luoshi.periods import Period

#: What is due by now is a part of a year's number: shares of twelfths leave digits that nobody means.
SHOWN_PLACES = 2


def moment_text(moment: Any) -> str:
    """``11月3日 10:20``, with the year where it is not this one."""
    local, now = timezone.localtime(moment), timezone.localtime()
    year = f"{local.year}年" if local.year != now.year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def _field(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "label": field.label,
        "type": field.type.value,
        "unit": field.unit_of_measure,
        "decimals": field.decimals,
        "required": field.required,
        "choices": [{"key": choice.key, "label": choice.label} for choice in field.choices],
        "minimum": None if field.minimum is None else number_text(field.minimum),
        "maximum": None if field.maximum is None else number_text(field.maximum),
        "formula": field.formula,
        "added": adds_up(field),
        "help": field.help,
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "help": section.help,
        "repeated": section.kind is SectionKind.REPEATED,
        "fields": [_field(field) for field in section.fields],
        "rows": [
            {"key": row.key, "label": row.label, "blocked": sorted(row.blocked), "parts": list(row.total_of)}
            for row in section.rows
        ],
        "least_rows": section.least_rows,
        "most_rows": section.most_rows,
    }


def problems_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems for the script."""
    return [
        {
            "address": problem.address,
            "severity": str(problem.severity),
            "code": problem.code,
            "message": problem.message,
            "follows": list(problem.follows),
        }
        for problem in problems
    ]


def remarks_json(remarks: Iterable[CellRemark]) -> list[dict[str, Any]]:
    """Reviewers' remarks for the script."""
    return [
        {
            "address": remark.address,
            "text": remark.text,
            "by": str(remark.step.by) if remark.step.by else "系统",
            "at": moment_text(remark.step.at),
            "settled": remark.settled_at is not None,
        }
        for remark in remarks
    ]


def files_json(files: Mapping[str, Evidence] | Iterable[tuple[str, Evidence]]) -> dict[str, dict[str, Any]]:
    """Evidence by number for the script."""
    return {
        number: {
            "name": item.name,
            "size": item.size,
            "url": reverse("reporting:return-evidence-file", args=(item.answer_id, item.pk)),
            "by": str(item.uploaded_by),
            "at": moment_text(item.uploaded_at),
        }
        for number, item in dict(files).items()
    }


def units_named(definition: FormDefinition, cells: Mapping[str, str]) -> dict[str, str]:
    """The names of the units that stand in cells, by key."""
    columns = {
        (section.key, field.key)
        for section in definition.sections
        for field in section.fields
        if field.type is FieldType.UNIT
    }
    if not columns:
        return {}
    parts = ((address.split("."), text) for address, text in cells.items())
    keys = {text for part, text in parts if len(part) == 3 and (part[0], part[2]) in columns}
    return {key: name for key, name in register().choices if key in keys}


def target_words(sheet: Sheet) -> dict[str, str]:
    """What the target beside a cell is, by address: its tier, its year, what is due by now, other tiers."""
    found = {}
    for address, shares in sheet.targets.items():
        lines = []
        for share in shares:
            tier = Tier(share.tier).label if share.tier else "目标"
            due = (
                f"，到本期应达 {number_text(round(share.expected, SHOWN_PLACES))}" if share.expected is not None else ""
            )
            joint = "（与其他单位合计）" if share.joint else ""
            lines.append(f"{Period.parse(share.period).label}{tier} {number_text(share.value)}{joint}{due}")
        if lines:
            found[address] = "；".join(lines)
    return found


def sheet_json(sheet: Sheet, *, user: Any, editable: bool) -> dict[str, Any]:
    """Everything that the grid of a page needs."""
    answer: Return = sheet.answer
    definition, cells = sheet.definition, dict(sheet.values.cells)

    def url(name: str) -> str:
        return reverse(f"reporting:{name}", args=(answer.pk,))

    return {
        "id": answer.pk,
        "user": user.pk,
        "unit": str(answer.unit),
        "revision": answer.revision,
        "editable": editable,
        # Whether “no problems” means anything: something is being typed, or was submitted.
        "judged": editable or sheet.submission is not None,
        "submission": sheet.submission.ordinal if sheet.submission else None,
        "sections": [_section(section) for section in definition.sections],
        "cells": cells,
        "rows": {key: list(keys) for key, keys in sheet.values.rows.items()},
        "reasons": dict(sheet.reasons),
        "problems": problems_json(sheet.problems),
        "remarks": remarks_json(sheet.remarks),
        "previous": dict(sheet.context.previous),
        "targets": {address: number_text(value) for address, value in sheet.context.targets.items()},
        "target_words": target_words(sheet),
        "given": {address: {"value": given.text, "source_text": given.told} for address, given in sheet.given.items()},
        "last_cells": last_cells(sheet),
        "names": {"units": units_named(definition, cells), "files": files_json(sheet.evidence)},
        "urls": {
            "cells": url("return-cells"),
            "submit": url("return-submit"),
            "evidence": url("return-evidence"),
            "units": url("return-units"),
            "send_back": url("review-send-back"),
            "pass": url("review-pass"),
            "sign_in": f"{reverse('account_login')}?next={url('return')}",
        },
        "evidence": {
            "accept": ",".join(evidence_kinds.BEGINNINGS),
            "limit": settings.LUOSHI_UPLOAD_LIMIT,
            "kinds": evidence_kinds.KINDS,
        },
    }


def last_cells(sheet: Sheet) -> dict[str, str]:
    """The cells of the submission that ``sheet.changes`` compares with."""
    cells = dict(sheet.values.cells)
    for change in sheet.changes:
        if change.before is None:
            cells.pop(change.address, None)
        else:
            cells[change.address] = change.before
    return cells


def changes_in_words(definition: FormDefinition, values: Values, changes: Sequence[Any]) -> list[dict[str, str]]:
    """Changes with their places and values in words, for lists in pages."""
    fields = {(section.key, field.key): field for section in definition.sections for field in section.fields}
    units = units_named(definition, {change.address: change.before or "" for change in changes})
    units |= units_named(definition, {change.address: change.after or "" for change in changes})

    def said(address: str, text: str | None) -> str:
        section, _, rest = address.partition(".")
        field = fields.get((section, rest.rpartition(".")[2]))
        if field is None or not text:
            return text or ""
        if field.type is FieldType.UNIT:
            return units.get(text, text)
        return "佐证材料" if field.type is FieldType.FILE else show(field, text)

    return [
        {
            "address": change.address,
            "place": place_of(definition, values, change.address),
            "before": said(change.address, change.before),
            "after": said(change.address, change.after),
        }
        for change in changes
    ]


def steps_in_words(answer: Return, steps: Iterable[ReturnStep], remarks: Iterable[CellRemark]) -> list[dict[str, Any]]:
    """The steps of a return for its timeline."""
    said = Counter(remark.step_id for remark in remarks)
    return [
        {
            "action": step.action,
            "label": step.get_action_display(),
            "stage": ReviewStage(step.stage).label if step.stage else "",
            "by": str(step.by) if step.by else SYSTEM,
            "at": moment_text(step.at),
            "reason": step.reason,
            "submission": step.submission.ordinal if step.submission and step.action == StepAction.SUBMIT else None,
            "remarks": said[step.pk],
            # The first submission decides; what is corrected later is not late.
            "late": step.action == StepAction.SUBMIT and step.at == answer.submitted_at > answer.round.due_at,
        }
        for step in steps
    ]
