"""补确认: what was not confirmed when a plan was published is confirmed afterwards, as the plan's next version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from luoshi.apps.checkup.checking import ensure_checked
from luoshi.apps.checkup.queries import draft_of
from luoshi.apps.intake.actions import decide, publish, resume, set_details
from luoshi.apps.intake.counting import unknown_names, waiting, with_counts
from luoshi.apps.intake.errors import Closed
from luoshi.apps.intake.models import Draft, DraftItem, DraftState, ItemKind, ItemState
from luoshi.apps.intake.queries import unsettled_names
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans import actions as plans
from luoshi.apps.plans.models import Plan, Target
from tests.apps.intake.factories import NOTICE, PLAN, first, make_draft

pytestmark = pytest.mark.django_db


def _decide(user: Any, item: DraftItem, decision: str, **more: Any) -> DraftItem:
    return decide(acting_user=user, item=item, decision=decision, revision=item.revision, **more)


@pytest.fixture
def published(coordinator: Any, draft: Draft) -> tuple[Plan, Draft]:
    """A plan of which two targets are in force, one of them corrected; all other items wait."""
    grain = first(draft, ItemKind.TARGET, data__indicator__icontains="播种面积")
    _decide(coordinator, grain, "correct", data={**grain.data, "value": "385万"})
    _decide(coordinator, first(draft, ItemKind.TARGET, data__indicator__icontains="仓房"), "accept")
    plan = publish(acting_user=coordinator, draft=draft).plan
    draft.refresh_from_db()
    return plan, draft


def test_the_rest_is_confirmed_afterwards(client: Client, coordinator: Any, published: tuple[Plan, Draft]) -> None:
    plan, draft = published
    before = {target.indicator: target.pk for target in plan.targets.all()}
    assert len(before) == 2
    client.force_login(coordinator)
    page = client.get(reverse("intake:draft", args=(draft.pk,))).content.decode()
    assert "项没有确认，没有进入台账" in page
    assert "补确认" in client.get(reverse("intake:uploads")).content.decode()
    answer = client.post(reverse("intake:resume", args=(draft.pk,)))
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.version, draft.supersedes) == (DraftState.OPEN, None, plan)
    # The headings of what is in force are in force too, and do not wait.
    assert first(draft, ItemKind.MEASURE, data__title="重点任务").state == ItemState.ACCEPTED
    # Meanwhile the ledger is corrected: that word is the later one.
    grain = plan.targets.get(indicator__contains="播种面积")
    plans.edit_target(acting_user=coordinator, target=grain, values={"value": 3900000})
    _decide(coordinator, first(draft, ItemKind.TARGET, data__indicator__icontains="高标准农田"), "accept")
    version = publish(acting_user=coordinator, draft=draft)
    assert (version.plan, version.ordinal, version.summary["retired"]) == (plan, 2, 0)
    after = {target.indicator: target.pk for target in Target.objects.filter(plan=plan, retired_in=None)}
    assert before.items() <= after.items()
    assert len(after) == 3
    grain.refresh_from_db()
    assert grain.value == 3900000


def test_decisions_on_what_was_published_before_still_count(coordinator: Any, published: tuple[Plan, Draft]) -> None:
    plan, draft = published
    draft = resume(acting_user=coordinator, draft=draft)
    grain = first(draft, ItemKind.TARGET, data__indicator__icontains="播种面积")
    _decide(coordinator, grain, "correct", data={**grain.data, "value": "386万"})
    _decide(coordinator, first(draft, ItemKind.TARGET, data__indicator__icontains="仓房"), "reject")
    publish(acting_user=coordinator, draft=draft)
    assert [target.value for target in Target.objects.filter(plan=plan, retired_in=None)] == [3860000]


def test_checks_of_the_plan_are_found_while_its_draft_is_taken_up_again(
    client: Client, coordinator: Any, published: tuple[Plan, Draft]
) -> None:
    plan, draft = published
    ensure_checked(draft)
    resume(acting_user=coordinator, draft=draft)
    assert draft_of(plan) == draft
    client.force_login(coordinator)
    assert client.get(reverse("checkup:plan", args=(plan.pk,))).status_code == 200
    draft.refresh_from_db()
    publish(acting_user=coordinator, draft=draft)
    assert draft_of(plan) == draft_of(plan, 1) == draft_of(plan, 2) == draft


def test_who_may_and_when(
    person: Callable[..., Any], coordinator: Any, prefecture: dict[str, Unit], published: tuple[Plan, Draft]
) -> None:
    plan, draft = published
    with pytest.raises(PermissionDenied):
        resume(acting_user=person("county", qsx="coordinator"), draft=draft)
    later = make_draft(coordinator, prefecture["ylz"], PLAN.replace("15万亩", "16万亩"), "修订.txt")
    assert later.supersedes == plan
    for item in later.items.filter(state=ItemState.PENDING):
        _decide(coordinator, item, "accept")
    publish(acting_user=coordinator, draft=later)
    with pytest.raises(Closed, match="已有更新的一版"):
        resume(acting_user=coordinator, draft=draft)


def test_what_is_the_same_waits_again_when_it_is_no_new_version_after_all(
    coordinator: Any, prefecture: dict[str, Unit], published: tuple[Plan, Draft]
) -> None:
    plan, _ = published
    later = make_draft(coordinator, prefecture["ylz"], PLAN.replace("15万亩", "16万亩"), "修订.txt")
    same = first(later, ItemKind.TARGET, data__indicator__icontains="仓房")
    assert (same.state, same.decided_by) == (ItemState.ACCEPTED, None)
    details = {"title": later.title, "year": later.year, "owner": later.owner}
    set_details(acting_user=coordinator, draft=later, **details, supersedes=None)
    same.refresh_from_db()
    assert same.state == ItemState.PENDING
    set_details(acting_user=coordinator, draft=later, **details, supersedes=plan)
    same.refresh_from_db()
    assert same.state == ItemState.ACCEPTED


def test_counts_are_the_same_everywhere(
    client: Client, coordinator: Any, prefecture: dict[str, Unit], draft: Draft
) -> None:
    _decide(coordinator, first(draft, ItemKind.TARGET), "reject")
    _decide(coordinator, first(draft, ItemKind.DEADLINE), "accept")
    assert sum(item.unknown_names for item in draft.items.all()) > 1  # one name, printed more than once
    counted = with_counts(Draft.objects.filter(pk=draft.pk)).get()
    assert (counted.rejected, counted.confirmed, counted.unknown) == (1, 1, 1)
    assert counted.total == counted.pending + counted.confirmed + counted.rejected
    assert unknown_names([draft.pk])[draft.pk] == unsettled_names(draft).unknown == ["州粮储局"]
    client.force_login(coordinator)
    assert client.get(f"/api/v1/drafts/{draft.pk}").json()["unknown"] == 1
    notice = make_draft(coordinator, prefecture["ylz"], NOTICE, "批复.txt")
    notice.items.all().delete()
    assert list(waiting(Draft.objects.all())) == [draft]
    assert notice.title not in client.get(reverse("intake:uploads"), {"state": "open"}).content.decode()


def test_each_version_is_listed_with_its_own_title(
    client: Client, coordinator: Any, prefecture: dict[str, Unit], published: tuple[Plan, Draft]
) -> None:
    plan, draft = published
    for title in ("云岭州2026年粮食安全保障行动方案（修订）", "云岭州2026年粮食安全保障行动方案（再修订）", None):
        draft = resume(acting_user=coordinator, draft=draft)
        if title:
            details = {"title": title, "year": draft.year, "owner": draft.owner, "supersedes": plan}
            draft = set_details(acting_user=coordinator, draft=draft, **details)
        publish(acting_user=coordinator, draft=draft)
        draft.refresh_from_db()
    client.force_login(coordinator)
    page = client.get(reverse("plans:versions", args=(plan.pk,)))
    titles = [version.title.removeprefix("云岭州2026年粮食安全保障行动方案") for version in page.context["versions"]]
    assert titles == ["（再修订）", "（再修订）", "（修订）", ""]
