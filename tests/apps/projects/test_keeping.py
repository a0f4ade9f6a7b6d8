"""Entering, changing, merging; codes; months typed and read from returns; problems; the race's meetings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.apps.dispatch.models import MeetingKind, Problem
from luoshi.apps.journal.actions import verify
from luoshi.apps.projects import actions
from luoshi.apps.projects.errors import NotNow
from luoshi.apps.projects.models import Progress, Project, Twin, TwinState
from luoshi.apps.projects.queries import as_of_states, holds, twins
from luoshi.apps.supervision.models import Order
from tests.apps.projects.making import NOW, approve, enter, move, unit

pytestmark = pytest.mark.django_db
CODE, SLIP = "2026-532300-04-01-123456", "2026-532300-04-01-123465"


def test_codes_are_read_compared_and_kept_once(prefecture: Any) -> None:
    project = enter("青石县硅材料基地", code="2026－532300－04－01－123456")
    assert project.code == CODE
    with pytest.raises(ValidationError, match="与“青石县硅材料基地”相同"):
        enter("另一个硅材料基地", "bsx", code=CODE)
    with pytest.raises(ValidationError, match="第3段应为2位数字"):
        enter("代码不全的项目", code="2026-532300-4-01-123456")
    other = enter("白水县制药厂", "bsx", code=SLIP)
    assert actions.code_slips(other.code, other.pk) == [project]
    assert not Twin.objects.exists()


def test_all_that_is_wrong_is_said_at_once(prefecture: Any) -> None:
    with pytest.raises(ValidationError) as wrong:
        enter(" ", wan="-1", longitude=Decimal(200), code="12", nature="people")
    assert len(wrong.value.messages) == 5 and not Project.objects.exists()


def test_twins_are_found_and_merged_with_their_history(prefecture: Any, coordinator: Any, person: Any) -> None:
    first = enter("姚河国际花卉交易中心建设项目", wan="121430", on="2026-01-05", lead=unit("ylz-nyncj"))
    second = enter("姚河国际花卉交易中心", wan="121430", on="2026-02-05", lead=unit("ylz-czj"), code=CODE)
    (twin,) = twins(coordinator)
    assert (twin.first, twin.second, "总投资相同" in twin.reason) == (first, second, True)
    actions.record_progress(
        acting_user=None, project_id=second.pk, period="2026-03", said=actions.Month(month=Decimal(5))
    )
    approve(second)
    reporter = person("tian", qsx="reporter")
    with pytest.raises(PermissionDenied):
        actions.merge_projects(acting_user=reporter, keep_id=first.pk, merge_id=second.pk, reason="同一项目")
    kept = actions.merge_projects(
        acting_user=coordinator, keep_id=first.pk, merge_id=second.pk, reason="两部门重复上报", now=NOW
    )
    kept.refresh_from_db()
    second.refresh_from_db()
    assert (kept.code, kept.done, kept.milestones.count()) == (CODE, Decimal(5), 4)
    assert {row.name for row in kept.names.all()} == {first.name, second.name}
    assert unit("ylz-czj") in kept.serving.all()
    assert (second.merged_into, second.state) == (kept, "left")

    # On the days before, both stood; since, one does.
    def standing(day: str) -> int:
        return as_of_states(Project.objects.all(), dt.date.fromisoformat(day)).filter(stood="reserve").count()

    assert (standing("2026-01-10"), standing("2026-03-01"), standing("2026-09-20")) == (1, 2, 1)
    assert Twin.objects.get().state == TwinState.SAME
    with pytest.raises(NotNow, match="已并入"):
        move(second, "preparation", "2026-09-20", user=coordinator)
    assert verify().ok


def test_two_that_look_alike_may_be_two(prefecture: Any, coordinator: Any) -> None:
    first = enter("青石县城乡物流基地产业园", wan="35622")
    enter("青石县城乡物流基地产业园二期", wan="21300")
    assert not Twin.objects.exists()
    enter("青石县城乡物流基地产业园", wan="40000")
    (twin,) = twins(coordinator)
    actions.keep_apart(acting_user=coordinator, twin_id=twin.pk, note="一南一北")
    assert not twins(coordinator)
    fields = actions.ProjectFields(name="青石县智慧物流园", unit=first.unit, total=first.total)
    actions.edit_project(acting_user=coordinator, project_id=first.pk, fields=fields, reason="企业改名", now=NOW)
    assert [(row.name, row.until) for row in first.names.order_by("id")] == [
        ("青石县城乡物流基地产业园", dt.date(2026, 9, 19)),
        ("青石县智慧物流园", None),
    ]


def test_months_add_up_and_never_fall(prefecture: Any, person: Any) -> None:
    reporter = person("tian", qsx="reporter")
    project = enter("青石县风电项目", wan="30000")

    def say(period: str, **said: Any) -> Progress:
        return actions.record_progress(
            acting_user=reporter, project_id=project.pk, period=period, said=actions.Month(**said), now=NOW
        )

    say("2026-03", month=Decimal(1_000_000), image=Decimal(5))
    assert say("2026-04", month=Decimal(2_000_000)).so_far == 3_000_000
    with pytest.raises(ValidationError, match="还少"):
        say("2026-05", so_far=Decimal(1))
    with pytest.raises(ValidationError, match="还没有到"):
        say("2026-11", so_far=Decimal(1))
    with pytest.raises(ValidationError, match="后面月份"):
        say("2026-03", so_far=Decimal(9_000_000))
    again = say("2026-03", month=Decimal(1_500_000), so_far=Decimal(1_500_000))
    assert Progress.objects.filter(project=project, period="2026-03").count() == 2 and again.is_current
    project.refresh_from_db()
    assert (project.done, project.image, project.progress_period) == (Decimal(3_000_000), None, "2026-04")


def test_problems_hold_up_investment_and_become_orders(prefecture: Any, person: Any, coordinator: Any) -> None:
    reporter, served = person("tian", qsx="reporter"), person("cai", ylz_czj="reporter")
    project = enter("青石县铜冶炼项目", wan="50000", serving=(unit("ylz-czj"),))

    def raise_one(user: Any, kind: str, held: int, due: str) -> Any:
        return actions.raise_project_problem(
            acting_user=user,
            project_id=project.pk,
            kind=kind,
            text="用地指标没有落实",
            asked=unit("ylz-czj"),
            due_on=dt.date.fromisoformat(due),
            held=Decimal(held) * 10_000,
            now=NOW,
        )

    land = raise_one(reporter, "land", 20_000, "2026-09-10")
    raise_one(served, "power", 30_000, "2026-10-10")
    with pytest.raises(ValidationError):
        raise_one(reporter, "weather", 1, "2026-10-10")
    found = holds(coordinator, dt.date(2026, 9, 20))
    # Two problems of one project hold its investment up once.
    assert (found.problems, found.projects, found.held) == (2, 1, Decimal(300_000_000))
    assert [(one.kind, one.overdue) for one in found.kinds] == [("power", 0), ("land", 1)]
    assert Problem.objects.filter(asked=unit("ylz-czj")).count() == 2
    order = actions.supervise_problem(acting_user=coordinator, project_problem_id=land.pk, owner=unit("ylz"), now=NOW)
    assert isinstance(order, Order) and order.unit == unit("ylz-czj") and "影响投资20,000.00万元" in order.text
    with pytest.raises(NotNow, match="没有到期"):
        other = project.problems.get(kind="power")
        actions.supervise_problem(acting_user=coordinator, project_problem_id=other.pk, owner=unit("ylz"), now=NOW)


def test_files_of_a_project(prefecture: Any, person: Any) -> None:
    reporter = person("tian", qsx="reporter")
    project = enter("青石县水厂")
    picture = SimpleUploadedFile("工地.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    paper = SimpleUploadedFile("批复.pdf", b"%PDF-1.4 x")
    found = actions.add_files(acting_user=reporter, project_id=project.pk, files=[picture, paper], caption="九月")
    assert [one.kind for one in found] == ["photo", "document"]
    with pytest.raises(ValidationError, match="不收"):
        actions.add_files(acting_user=reporter, project_id=project.pk, files=[SimpleUploadedFile("a.exe", b"MZ")])
    actions.remove_file(acting_user=reporter, project_id=project.pk, file_id=found[0].pk)
    assert project.files.filter(removed_at=None).count() == 1


def test_a_quarters_meeting_has_the_route_as_its_agenda(prefecture: Any, coordinator: Any, person: Any) -> None:
    first, second = enter("青石县面板厂", major=True), enter("白水县果蔬园", "bsx", major=True)
    held_at = dt.datetime(2026, 12, 1, 1, 0, tzinfo=dt.UTC)

    def call(user: Any, quarter: int, route: list[int]) -> Any:
        return actions.create_race_meeting(
            acting_user=user, owner=unit("ylz"), year=2026, quarter=quarter, held_at=held_at, route=route, now=NOW
        )

    with pytest.raises(PermissionDenied):
        call(person("tian", qsx="lead"), 4, [])
    race = call(coordinator, 4, [second.pk, first.pk])
    meeting = race.meeting
    assert meeting.kind == MeetingKind.VISIT and "现场观摩" in meeting.title
    items = list(meeting.items.filter(kind="topic").order_by("ordinal"))
    assert [one.title for one in items] == ["第1站　白水县果蔬园", "第2站　青石县面板厂"]
    assert "总投资：10,000万元" in items[0].text and items[0].unit == unit("bsx")
    assert {row.unit.key for row in meeting.attendance.all()} == {"qsx", "bsx"}
    with pytest.raises(NotNow, match="已经排了"):
        call(coordinator, 4, [])
    assert call(coordinator, 3, []).meeting.kind == MeetingKind.STOCKTAKE
