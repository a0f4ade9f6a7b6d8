"""A workbook that is one list of tasks, from the upload to the ledger."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from luoshi.apps.intake.actions import accept_sure, decide, publish
from luoshi.apps.intake.models import Draft, ItemKind, ItemState
from luoshi.apps.intake.source import _grid_rows
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Deadline, Measure, Responsibility, Target
from luoshi.apps.plans.queries.source import _table_rows
from tests.apps.intake.factories import make_upload, run_jobs
from tests.extraction.test_task_tables import workbook


@pytest.mark.django_db
def test_each_row_becomes_a_measure_with_its_units_target_and_term(
    client: Client, coordinator: Any, prefecture: dict[str, Unit]
) -> None:
    make_upload(coordinator, prefecture["ylz"], workbook(), "任务分解表.xlsx")
    run_jobs()
    draft = Draft.objects.get()
    assert draft.title == "云岭州2026年乡村建设行动重点任务分解表"
    assert draft.items.filter(kind=ItemKind.RESPONSIBILITY).count() == 3
    client.force_login(coordinator)
    page = client.get(reverse("intake:draft", args=[draft.pk]))
    assert page.status_code == 200
    assert "新改建农村公路" in page.content.decode()
    draft.items.update(certainty=1.0)
    accept_sure(acting_user=coordinator, draft=draft)
    for item in draft.items.filter(state=ItemState.PENDING):
        decide(acting_user=coordinator, item=item, decision="accept", revision=item.revision)
    publish(acting_user=coordinator, draft=draft)
    assert [measure.title for measure in Measure.objects.order_by("line", "depth")] == [
        *("道路畅通", "新改建农村公路", "实施村道安防工程", "供水保障", "更新改造管网")
    ]
    assert Target.objects.count() == 3
    assert Deadline.objects.count() == 3
    assert Responsibility.objects.filter(measure__title="实施村道安防工程").exists()


def test_cells_without_text_keep_their_place_in_the_source() -> None:
    cells = [[0, 0, "甲", 2, 1], [0, 1, "乙", 1, 1], [0, 2, "丙", 1, 1], [1, 2, "丁", 1, 1], [2, 1, "戊", 1, 2]]
    table = {"first_line": 5, "last_line": 7, "width": 3, "cells": cells}
    rows = _grid_rows(table, 5, 7, {5: "甲\t乙\t丙", 6: "\t\t丁", 7: "\t戊\t"})
    assert [[(text, span, across) for text, _, span, across in rows[line]] for line in (5, 6, 7)] == [
        [("甲", 2, 1), ("乙", 1, 1), ("丙", 1, 1)],
        [("", 1, 1), ("丁", 1, 1)],
        [("", 1, 1), ("戊", 1, 2)],
    ]


def test_and_in_the_source_of_the_published_plan() -> None:
    cells = [[0, 0, "甲", 2, 1], [0, 1, "乙", 1, 1], [0, 2, "丙", 1, 1], [1, 2, "丁", 1, 1]]
    table = {"first_line": 5, "last_line": 6, "width": 3, "cells": cells}
    rows = _table_rows(table, ["甲\t乙\t丙", "\t\t丁"], 5, lambda number, text, shift: text, 5)
    assert [[(cell.html, cell.row_span) for cell in row.cells] for row in rows] == [
        [("甲", 2), ("乙", 1), ("丙", 1)],
        [("", 1), ("丁", 1)],
    ]
