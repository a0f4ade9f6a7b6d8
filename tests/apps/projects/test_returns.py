"""Months of projects read from accepted returns: once, again after a correction; what is not known is left out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.projects import actions
from luoshi.apps.projects.models import Progress, Project
from luoshi.apps.reporting.actions import pass_stage, reopen_return, submit_return
from luoshi.apps.reporting.models import Return
from luoshi.forms.model import Values
from tests.apps.projects.making import enter
from tests.apps.reporting.making import World, at

pytestmark = pytest.mark.django_db
CODE = "2026-532300-04-01-123456"
FORM = {
    "sections": [
        {
            "key": "p",
            "title": "重点项目",
            "kind": "repeated",
            "identified_by": "name",
            "fields": [
                {"key": "name", "label": "项目名称", "type": "project", "required": True},
                {"key": "code", "label": "项目代码", "type": "project-code"},
                {"key": "year", "label": "1—本月完成投资", "type": "number", "unit_of_measure": "万元"},
                {"key": "rate", "label": "投资完成率", "type": "number", "unit_of_measure": "%"},
                {"key": "image", "label": "形象进度", "type": "number", "unit_of_measure": "%"},
                {"key": "need", "label": "需要协调的事项", "type": "text"},
            ],
        }
    ]
}


@pytest.fixture
def world(db: None) -> World:
    forget_directory()
    found = World()
    found.form(definition=FORM, stages=("unit",))
    return found


def send(world: World, answer: Return, *rows: dict[str, str], day: int = 2) -> None:
    """Submit these rows, and let the unit's reviewer accept them."""
    cells = {f"p.r{number}.{key}": value for number, row in enumerate(rows) for key, value in row.items()}
    values = Values(cells, {"p": [f"r{number}" for number in range(len(rows))]})
    answer.refresh_from_db()
    submit_return(acting_user=world.filler, answer_id=answer.pk, channel="web", values=values, now=at(day))
    pass_stage(acting_user=world.reviewer, answer_id=answer.pk, now=at(day, 10))


def known(project: Project) -> list[tuple[Any, ...]]:
    rows = project.progress.order_by("pk")
    return list(rows.values_list("period", "month", "so_far", "image", "need", "is_current"))


def test_accepted_returns_become_months_of_projects(world: World) -> None:
    coded = enter("青石县硅材料基地", code=CODE)
    renamed = enter("青石县果蔬冷链物流园")
    other = enter("白水县制药厂", "bsx")
    typed = actions.Month(so_far=Decimal(3_000_000))
    actions.record_progress(acting_user=None, project_id=coded.pk, period="2025-12", said=typed)
    fields = actions.ProjectFields(name="青石县冷链物流园", unit=world.county, total=renamed.total)
    actions.edit_project(acting_user=None, project_id=renamed.pk, fields=fields)
    answer = world.opened()
    assert actions.read_returns(now=at(2)) == 0
    send(
        world,
        answer,
        {"name": "硅材料", "code": CODE, "year": "1,250.5", "rate": "40", "image": "12.5", "need": "缺用地指标"},
        {"name": "青石县果蔬冷链物流园", "year": "0"},
        {"name": "没有登记的项目", "year": "900"},
        {"name": "白水县制药厂", "year": "700"},
    )
    assert actions.read_returns(now=at(3)) == 2
    # The code tells which project, a former name too; the year's sum comes on top of what stood in December.
    august = ("2026-08", None, Decimal(15_505_000), Decimal("12.5"), "缺用地指标", True)
    assert known(coded)[1:] == [august] and known(renamed) == [("2026-08", None, 0, None, "", True)]
    coded.refresh_from_db()
    assert (coded.done, coded.image, coded.progress_period) == (Decimal(15_505_000), Decimal("12.5"), "2026-08")
    row = coded.progress.get(period="2026-08")
    assert (row.source, row.answer_id, row.by, row.place) == ("return", answer.pk, world.filler, "p.r0")
    # Neither a project that nobody entered nor another county's is touched.
    assert not other.progress.exists() and Project.objects.count() == 3
    assert Entry.objects.filter(action="从报表读入2026年8月进展").count() == 2
    # Reading the same again changes nothing, neither by the tick nor by hand.
    stored, entries = Progress.objects.count(), Entry.objects.count()
    assert actions.read_returns(now=at(4)) == 0 and actions.take_progress(answer_id=answer.pk, now=at(4)) == []
    assert (Progress.objects.count(), Entry.objects.count()) == (stored, entries)


def test_a_correction_supersedes_and_what_falls_is_left_out(world: World) -> None:
    project = enter("青石县硅材料基地", code=CODE)
    typed = actions.Month(so_far=Decimal(8_000_000))
    actions.record_progress(acting_user=None, project_id=project.pk, period="2026-07", said=typed)
    answer = world.opened()
    send(world, answer, {"name": project.name, "year": "900"})
    assert actions.read_returns(now=at(3)) == 1
    # What is being corrected stays in force until the correction is accepted.
    reopen_return(acting_user=world.lead, answer_id=answer.pk, reason="少报一笔", now=at(4))
    assert actions.take_progress(answer_id=answer.pk, now=at(4)) == []
    send(world, answer, {"name": project.name, "year": "950"}, day=5)
    assert actions.read_returns(now=at(6)) == 1
    assert [(row[1], row[2], row[5]) for row in known(project)[1:]] == [
        (Decimal(1_000_000), Decimal(9_000_000), False),
        (Decimal(1_500_000), Decimal(9_500_000), True),
    ]
    # Less than stood in July: not taken, and the project stays as it is.
    reopen_return(acting_user=world.lead, answer_id=answer.pk, reason="再核", now=at(7))
    send(world, answer, {"name": project.name, "year": "100"}, day=8)
    assert actions.read_returns(now=at(9)) == 0
    project.refresh_from_db()
    assert project.done == Decimal(9_500_000)
