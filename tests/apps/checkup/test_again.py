"""Checking again: by itself after a name was made known, and by hand, also for a plan in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from luoshi.apps.checkup.actions import decide
from luoshi.apps.checkup.models import CheckUp, Decision
from luoshi.apps.intake.actions import decide as decide_item
from luoshi.apps.intake.actions import publish, resolve_name
from luoshi.apps.intake.models import Draft
from luoshi.apps.organisations.models import Unit
from tests.apps.intake.factories import make_draft, run_jobs

pytestmark = pytest.mark.django_db

PLAN = """云岭州2026年茶产业行动方案

一、重点任务

（一）扩大种植规模。年内新建标准茶园15万亩。（牵头单位：州农业农林局；责任单位：州财政局）
"""


@pytest.fixture
def misnamed(coordinator: Any, prefecture: dict[str, Unit]) -> Draft:
    """A plan with a name that the register does not know but nearly does."""
    draft = make_draft(coordinator, prefecture["ylz"], PLAN, "茶产业.txt")
    run_jobs()
    assert draft.findings.filter(message__contains="州农业农林局").exists()
    return draft


def test_names_that_were_made_known_are_found_no_more(
    coordinator: Any, prefecture: dict[str, Unit], misnamed: Draft
) -> None:
    before = CheckUp.objects.get(draft=misnamed).checked_at
    resolve_name(acting_user=coordinator, draft=misnamed, name="州农业农林局", units=[prefecture["ylz-nyncj"]])
    assert misnamed.findings.filter(message__contains="州农业农林局").exists()  # nobody waited for it
    assert run_jobs() == 1
    assert not misnamed.findings.filter(message__contains="州农业农林局").exists()
    assert CheckUp.objects.get(draft=misnamed).checked_at > before


def test_two_names_need_one_look(coordinator: Any, prefecture: dict[str, Unit], misnamed: Draft) -> None:
    for unit in ("ylz-nyncj", "ylz-czj"):
        resolve_name(acting_user=coordinator, draft=misnamed, name="州农业农林局", units=[prefecture[unit]])
    looks: list[Any] = []
    while run_jobs_once():
        looks.append(CheckUp.objects.get(draft=misnamed).checked_at)
    assert len(looks) == 2
    assert looks[0] == looks[1]


def run_jobs_once() -> bool:
    """One job of the queue."""
    from django_tasks_db.models import DBTaskResult

    job = DBTaskResult.objects.ready().first()
    if job is None:
        return False
    job.claim("tests")
    job.task.call(*job.task_result.args, **job.task_result.kwargs)
    job.set_successful(None)
    return True


def test_a_plan_in_force_is_checked_again(
    client: Client, coordinator: Any, person: Callable[..., Any], prefecture: dict[str, Unit], draft: Draft
) -> None:
    finding = draft.findings.get(kind="two-values")
    for item in draft.items.all():
        decide_item(acting_user=coordinator, item=item, decision="accept", revision=item.revision)
    plan = publish(acting_user=coordinator, draft=draft).plan
    decide(acting_user=coordinator, finding=finding, decision=Decision.VERIFIED, revision=0, note="已问")
    draft.findings.exclude(pk=finding.pk).delete()
    address = reverse("checkup:plan-again", args=(plan.pk,))
    client.force_login(person("leader", ylz="leader"))
    assert "重新体检" not in client.get(reverse("checkup:plan", args=(plan.pk,))).content.decode()
    assert client.post(address).status_code == 403
    client.force_login(coordinator)
    assert "重新体检" in client.get(reverse("checkup:plan", args=(plan.pk,))).content.decode()
    answer = client.post(address, follow=True)
    assert "已重新体检，共 3 处所见" in answer.content.decode()
    finding.refresh_from_db()
    assert (finding.decision, draft.findings.count()) == (Decision.VERIFIED, 3)
