"""From confirmed items to a plan: what is published, what is left out, and two people who publish at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from luoshi.apps.accounts.actions import create_user
from luoshi.apps.intake.actions import (
    accept_sure,
    decide,
    discard,
    publication_of,
    publish,
    resolve_name,
    set_details,
    suggested_plan,
)
from luoshi.apps.intake.actions.items import sure_items
from luoshi.apps.intake.errors import Closed, Invalid
from luoshi.apps.intake.models import Draft, DraftState, ItemKind, ItemState
from luoshi.apps.intake.queries import counts_by_kind, unsettled_names
from luoshi.apps.organisations.actions import grant_membership, load_units
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans import actions as plans
from luoshi.apps.plans.models import Measure, Origin, Plan, Responsibility, Target
from tests.apps.conftest import prefecture_directory
from tests.apps.intake.factories import NOTICE, PLAN, first, make_draft


def _accept_all(user: Any, draft: Draft) -> None:
    draft.items.update(certainty=1.0)
    accept_sure(acting_user=user, draft=draft)
    for item in draft.items.filter(state=ItemState.PENDING):
        decide(acting_user=user, item=item, decision="accept", revision=item.revision)


@pytest.mark.django_db
def test_a_confirmed_draft_becomes_a_plan(coordinator: Any, draft: Draft) -> None:
    target = first(draft, ItemKind.TARGET, data__indicator__icontains="播种面积")
    decide(
        acting_user=coordinator,
        item=target,
        decision="correct",
        revision=0,
        data={**target.data, "value": "385万"},
    )
    dropped = first(draft, ItemKind.DEADLINE)
    decide(acting_user=coordinator, item=dropped, decision="reject", revision=0)
    _accept_all(coordinator, draft)
    version = publish(acting_user=coordinator, draft=draft)
    draft.refresh_from_db()
    assert (draft.state, draft.version) == (DraftState.PUBLISHED, version)
    plan = version.plan
    assert (plan.title, plan.year, plan.owner) == (draft.title, 2026, draft.owner)
    assert plan.targets.get(indicator__contains="播种面积").value == 3850000
    assert plan.targets.get(indicator__contains="播种面积").origin == Origin.CORRECTED
    assert not plan.deadlines.filter(text=dropped.text, line=dropped.line).exists()
    names = set(Responsibility.objects.values_list("name", flat=True))
    assert {"州农业农村局", "各县人民政府", "州粮储局"} <= names
    assert Responsibility.objects.get(name="各县人民政府").units.count() == 2
    for responsibility in plan.responsibilitys.all():
        assert responsibility.measure is not None
    with pytest.raises(Closed):
        decide(acting_user=coordinator, item=dropped, decision="restore", revision=1)


@pytest.mark.django_db
def test_pending_items_are_left_out_unless_asked_for(coordinator: Any, draft: Draft) -> None:
    draft.items.update(certainty=0.5)
    target = first(draft, ItemKind.TARGET, data__indicator__icontains="播种面积")
    deadline = first(draft, ItemKind.DEADLINE, line=target.line)
    draft.items.filter(pk=deadline.pk).update(certainty=0.95)
    decide(acting_user=coordinator, item=target, decision="accept", revision=0)
    bare = publication_of(draft)
    assert [one.text for one in bare.targets] == [target.text]
    assert bare.deadlines == ()
    # The headings above what is confirmed go with it, so that it has its place.
    assert [measure.title for measure in bare.measures] == ["重点任务", "稳定播种面积"]
    assert bare.targets[0].measure_key == bare.measures[1].key == "0001.0001"
    wider = publication_of(draft, include_from=0.9)
    assert [one.text for one in wider.deadlines] == [deadline.text]
    assert wider.responsibilities == ()


@pytest.mark.django_db
def test_what_hangs_below_a_rejected_measure_moves_up(coordinator: Any, draft: Draft) -> None:
    _accept_all(coordinator, draft)
    heading = first(draft, ItemKind.MEASURE, data__title__startswith="稳定播种面积")
    below = draft.items.filter(measure_key=heading.data["key"]).count()
    assert below
    decide(acting_user=coordinator, item=heading, decision="reject", revision=heading.revision)
    publication = publication_of(draft)
    keys = {measure.title: measure.key for measure in publication.measures}
    assert "稳定播种面积" not in keys
    moved = [one for one in publication.targets if one.line == heading.line]
    assert moved
    assert {one.measure_key for one in moved} == {keys["重点任务"]}
    assert sorted(keys.values()) == list(keys.values())
    version = publish(acting_user=coordinator, draft=draft)
    assert Measure.objects.filter(plan=version.plan).count() == len(publication.measures)


@pytest.mark.django_db
def test_publishing_twice_gives_the_same_version(coordinator: Any, draft: Draft) -> None:
    _accept_all(coordinator, draft)
    assert publish(acting_user=coordinator, draft=draft) == publish(acting_user=coordinator, draft=draft)
    assert Plan.objects.count() == 1


@pytest.mark.django_db
def test_who_may_publish(person: Callable[..., Any], coordinator: Any, draft: Draft) -> None:
    for number, roles in enumerate(({"ylz": "lead"}, {"ylz": "leader"}, {"qsx": "administrator"})):
        with pytest.raises(PermissionDenied):
            publish(acting_user=person(f"user{number}", **roles), draft=draft)
    discard(acting_user=coordinator, draft=draft)
    with pytest.raises(Closed):
        publish(acting_user=coordinator, draft=draft)


@pytest.mark.django_db
def test_a_later_version_keeps_what_was_corrected_by_hand(
    client: Client, coordinator: Any, prefecture: dict[str, Unit], draft: Draft
) -> None:
    target = first(draft, ItemKind.TARGET, data__indicator__icontains="播种面积")
    decide(acting_user=coordinator, item=target, decision="correct", revision=0, data={**target.data, "value": "385万"})
    _accept_all(coordinator, draft)
    plan = publish(acting_user=coordinator, draft=draft).plan
    later = make_draft(coordinator, prefecture["ylz"], PLAN.replace("仓房12座", "仓房16座"), "修订.txt")
    assert later.supersedes == plan
    assert suggested_plan(later) == plan
    _accept_all(coordinator, later)
    client.force_login(coordinator)
    page = client.get(reverse("intake:publish", args=(later.pk,))).content.decode()
    assert "与现行版本的不同" in page
    assert "<del>12" in page
    assert "<ins>16" in page
    version = publish(acting_user=coordinator, draft=later)
    assert (version.plan, version.ordinal) == (plan, 2)
    in_force = Target.objects.filter(plan=plan, retired_in=None)
    assert in_force.get(indicator__contains="播种面积").value == 3850000
    assert in_force.get(indicator__contains="仓房").value == 16
    assert Plan.objects.count() == 1


@pytest.mark.django_db
def test_plans_of_one_notice_share_a_number_and_are_not_confused(coordinator: Any, draft: Draft) -> None:
    for title in ("云岭州2026年耕地保护行动方案", draft.title):
        draft = Draft.objects.get(pk=draft.pk)
        set_details(
            acting_user=coordinator, draft=draft, title=title, number="云政发〔2026〕3号", year=2026, owner=draft.owner
        )
        draft.refresh_from_db()
        assert suggested_plan(draft) is None
        Plan.objects.create(title="云岭州2026年招商行动方案", number="云政发〔2026〕3号", year=2026, owner=draft.owner)


@pytest.mark.django_db
def test_the_page_says_what_will_happen(client: Client, coordinator: Any, draft: Draft) -> None:
    client.force_login(coordinator)
    address = reverse("intake:publish", args=(draft.pk,))
    draft.items.update(certainty=0.95)
    page = client.get(address).content.decode()
    assert f"还有 <b>{draft.items.count()}</b> 项没有确认" in page
    assert "州粮储局" in page
    answer = client.post(address, {"include": "sure"})
    plan = Plan.objects.get()
    assert answer.url == reverse("plans:detail", args=(plan.pk,))
    assert plan.targets.count() == draft.items.filter(kind=ItemKind.TARGET).count()
    assert client.get(address).url == answer.url


@pytest.mark.django_db
def test_a_draft_without_tasks_can_be_published(client: Client, coordinator: Any, draft: Draft) -> None:
    for item in draft.items.all():
        decide(acting_user=coordinator, item=item, decision="reject", revision=0)
    client.force_login(coordinator)
    assert "没有确认任何措施" in client.get(reverse("intake:publish", args=(draft.pk,))).content.decode()
    assert publish(acting_user=coordinator, draft=draft).plan.measures.count() == 0


@pytest.mark.django_db
def test_nothing_confirmed_is_not_published(client: Client, coordinator: Any, draft: Draft) -> None:
    with pytest.raises(Invalid, match="还没有确认任何一项"):
        publish(acting_user=coordinator, draft=draft)
    client.force_login(coordinator)
    address = reverse("intake:publish", args=(draft.pk,))
    assert "还没有确认任何一项" in client.get(address).content.decode()
    refused = client.post(address)
    assert refused.status_code == 409
    assert refused.content.decode().count("还没有确认任何一项") == 1
    answer = client.post(f"/api/v1/drafts/{draft.pk}/publish", {}, content_type="application/json")
    assert answer.status_code == 422
    assert "还没有确认任何一项" in str(answer.json())
    draft.refresh_from_db()
    assert (draft.state, Plan.objects.count()) == (DraftState.OPEN, 0)
    decide(acting_user=coordinator, item=first(draft, ItemKind.TARGET), decision="accept", revision=0)
    assert "还没有确认任何一项" not in client.get(address).content.decode()
    assert publish(acting_user=coordinator, draft=draft).plan == Plan.objects.get()


@pytest.mark.django_db
def test_a_later_version_retires_nothing_that_merely_waits(
    client: Client, coordinator: Any, prefecture: dict[str, Unit], draft: Draft
) -> None:
    _accept_all(coordinator, draft)
    plan = publish(acting_user=coordinator, draft=draft).plan
    in_force = {
        model: set(model.objects.filter(plan=plan, retired_in=None).values_list("pk", flat=True))
        for model in (Measure, Target, Responsibility)
    }
    later = make_draft(coordinator, prefecture["ylz"], PLAN.replace("仓房12座", "仓房16座"), "修订.txt")
    assert later.supersedes == plan
    later.items.update(certainty=0.6)

    # What the version in force reads otherwise has to be decided on first; the page leads back to it.
    with pytest.raises(Invalid, match="与现行版本不同、没有确认"):
        publish(acting_user=coordinator, draft=later)
    client.force_login(coordinator)
    page = client.get(reverse("intake:publish", args=(later.pk,))).content.decode()
    assert "与现行版本不同、没有确认" in page

    # All else reads as before: nobody confirms it again, and it stays in force, the same rows.
    waiting = later.items.filter(state=ItemState.PENDING)
    assert {item.pk for item in waiting} == {item.pk for item in later.items.all() if "16座" in item.text}
    rows = client.get(reverse("intake:items", args=(later.pk,))).json()["items"]
    assert {row["by"] for row in rows if row["state"] == "accepted"} == {"与现行版本相同"}
    changed = [item for item in later.items.all() if "16座" in item.text]
    assert changed
    for item in changed:
        decide(acting_user=coordinator, item=item, decision="accept", revision=0)
    version = publish(acting_user=coordinator, draft=later)
    assert (version.plan, version.ordinal, version.summary["retired"]) == (plan, 2, 0)
    for model, before in in_force.items():
        assert set(model.objects.filter(plan=plan, retired_in=None).values_list("pk", flat=True)) == before
    assert Target.objects.get(plan=plan, retired_in=None, indicator__contains="仓房").value == 16


@pytest.mark.django_db
def test_a_mere_notice_is_published_without_confirming(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    notice = make_draft(coordinator, prefecture["ylz"], NOTICE, "批复.txt")
    notice.items.filter(kind=ItemKind.MEASURE).delete()
    assert publish(acting_user=coordinator, draft=notice).plan.measures.count() == 0


@pytest.mark.django_db
def test_a_unit_that_left_the_register_is_named_before_publishing(
    client: Client, coordinator: Any, draft: Draft
) -> None:
    draft.items.update(certainty=1.0)
    parts = draft.items.filter(kind=ItemKind.RESPONSIBILITY)
    touched = [item.pk for item in parts if any(e["name"] == "州财政局" for r in item.data for e in item.data[r])]
    assert touched
    Unit.objects.get(key="ylz-czj").delete()
    client.force_login(coordinator)
    page = client.get(reverse("intake:publish", args=(draft.pk,)), {"include": "sure"}).content.decode()
    assert "已从单位名册中删除，责任会登记，但删除了的单位不会收到：州财政局" in page
    assert unsettled_names(draft).departed == ["州财政局"]
    assert "州财政局" not in {party.name for party in publication_of(draft, include_from=0.9).responsibilities}
    rows = {row["id"]: row for row in client.get(reverse("intake:items", args=(draft.pk,))).json()["items"]}
    assert all(rows[pk]["unknown"] for pk in touched)
    taken = accept_sure(acting_user=coordinator, draft=draft)
    assert taken
    assert not set(taken) & set(touched)


@pytest.fixture
def confirmed(transactional_db: None) -> tuple[Any, Draft]:
    """A coordinator and a confirmed draft, really stored, so that several connections see them."""
    load_units(acting_user=None, directory=prefecture_directory())
    owner = Unit.objects.get(key="ylz")
    user = create_user(acting_user=None, username="tongchou", display_name="统筹", password="qingshan-lvshui-7")
    grant_membership(acting_user=None, user=user, unit=owner, role="coordinator")
    draft = make_draft(user, owner)
    resolve_name(acting_user=user, draft=draft, name="州粮储局", units=[Unit.objects.get(key="ylz-czj")])
    _accept_all(user, draft)
    return user, draft


def _at_once(act: Callable[[], Any], people: int = 2) -> list[Any]:
    """What each of several threads got, or the error that it met."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(act())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_without_the_lock_two_would_publish_twice(confirmed: tuple[Any, Draft]) -> None:
    user, draft = confirmed
    both_have_looked = threading.Barrier(2, timeout=30)

    def unlocked() -> Any:
        seen = Draft.objects.get(pk=draft.pk)
        assert seen.state == DraftState.OPEN
        both_have_looked.wait()
        with transaction.atomic():
            return plans.publish(acting_user=user, publication=publication_of(seen), plan=None)

    found = _at_once(unlocked)
    assert len({version.plan_id for version in found}) == 2  # so the lock is what prevents it


def test_two_who_publish_at_once_publish_once(confirmed: tuple[Any, Draft]) -> None:
    user, draft = confirmed
    start = threading.Barrier(4, timeout=30)

    def together() -> Any:
        seen = Draft.objects.get(pk=draft.pk)
        start.wait()
        return publish(acting_user=user, draft=seen)

    found = _at_once(together, people=4)
    assert len(found) == 4
    assert len({version.pk for version in found}) == 1, found
    assert Plan.objects.count() == 1
    assert Draft.objects.get(pk=draft.pk).version_id == found[0].pk


def test_of_two_who_decide_at_once_one_is_told(confirmed: tuple[Any, Draft]) -> None:
    user, draft = confirmed
    other = create_user(acting_user=None, username="yuanzhu", display_name="院主", password="qingshan-lvshui-7")
    grant_membership(acting_user=None, user=other, unit=draft.owner, role="administrator")
    item = first(draft, ItemKind.TARGET)
    people = iter([user, other])
    start = threading.Barrier(2, timeout=30)

    def together() -> Any:
        me = next(people)
        start.wait()
        return decide(acting_user=me, item=item, decision="reject", revision=item.revision)

    found = _at_once(together)
    assert sorted(type(one).__name__ for one in found) == ["DraftItem", "Stale"]
    item.refresh_from_db()
    assert item.revision == found[0].revision if not isinstance(found[0], Exception) else found[1].revision


@pytest.mark.django_db
def test_unknown_units_are_not_published_in_bulk(coordinator: Any, draft: Draft) -> None:
    draft.items.update(certainty=1.0)
    unknown = draft.items.filter(unknown_names__gt=0)
    assert unknown.exists()
    assert any(entry["name"] == "州粮储局" for item in unknown for entry in item.data["lead"])
    taken = {party.name for party in publication_of(draft, include_from=0.9).responsibilities}
    assert "州农业农村局" in taken
    assert "州粮储局" not in taken
    rows = {row.kind: row.pending_sure for row in counts_by_kind(draft)}
    assert sum(rows.values()) == sure_items(draft).count() == draft.items.count() - unknown.count()
