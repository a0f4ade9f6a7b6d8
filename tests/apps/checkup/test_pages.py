"""The check-up's pages and operations: who sees what, what stands on them, answers to errors, query budgets."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from luoshi.apps.checkup.actions import decide
from luoshi.apps.checkup.models import CheckUp, Finding
from luoshi.apps.intake import actions as intake
from luoshi.apps.intake.models import Draft, ItemState
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan
from tests.apps.checkup.factories import PLAN, SOUND
from tests.apps.intake.factories import make_draft

pytestmark = pytest.mark.django_db
BUDGET = 15


@pytest.fixture
def browser(client: Client, coordinator: Any) -> Client:
    """Signed in as coordinator."""
    client.force_login(coordinator)
    return client


@pytest.fixture
def plan(coordinator: Any, draft: Draft) -> Plan:
    """The plan that the draft became."""
    intake.accept_sure(acting_user=coordinator, draft=draft, threshold=0.5)
    return intake.publish(acting_user=coordinator, draft=draft).plan


def _text(browser: Client, name: str, *args: int, **query: str) -> str:
    response = browser.get(reverse(f"checkup:{name}", args=args), query)
    assert response.status_code == 200
    return str(response.content.decode())


def test_both_places_are_quoted_with_the_sum(browser: Client, draft: Draft) -> None:
    page = _text(browser, "draft", draft.pk)
    assert "<mark class='found'>全州新建标准茶园12万亩以上</mark>" in page
    assert "<mark class='found'>16</mark>" in page
    assert "10 + 5 = 15万亩，表中合计为 16万亩，差 1" in page
    assert f'href="/drafts/{draft.pk}?line=24"' in page
    assert "全年</th>" in page
    assert "剔除乙处的目标" in page
    assert page.index("矛盾<small>") < page.index("存疑<small>")


def test_filters_stand_in_the_address(browser: Client, draft: Draft, coordinator: Any, two_values: Finding) -> None:
    decide(acting_user=coordinator, finding=two_values, decision="verified", revision=0, note="已去函")
    page = _text(browser, "draft", draft.pk, state="open")
    assert "茶园”前后两个数值" not in page
    page = _text(browser, "draft", draft.pk, state="decided")
    assert "茶园”前后两个数值" in page
    assert "已去函" in page
    assert 'id="finding-' in _text(browser, "draft", draft.pk, kind="unit-misprint", severity="warning")
    assert "没有符合条件的所见" in _text(browser, "draft", draft.pk, kind="unit-misprint", severity="error")
    assert "共 <b>3</b> 处" in _text(browser, "draft", draft.pk, kind="burn", severity="x", state="'", page="999")


def test_a_sound_plan_says_so(browser: Client, coordinator: Any, prefecture: dict[str, Unit]) -> None:
    draft = make_draft(coordinator, prefecture["ylz"], SOUND, "茶.txt")
    assert "没有发现矛盾" in _text(browser, "draft", draft.pk)


def test_a_draft_from_before_is_checked_when_opened(browser: Client, draft: Draft) -> None:
    Finding.objects.all().delete()
    CheckUp.objects.all().delete()
    assert "前后两个数值" in _text(browser, "draft", draft.pk)
    assert draft.findings.count() == 3


def test_a_check_up_that_fails_does_not_take_the_page_away(
    browser: Client, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    CheckUp.objects.all().delete()
    monkeypatch.setattr("luoshi.apps.checkup.checking.document_of", lambda source: 1 / 0)
    assert "体检没有完成" in _text(browser, "draft", draft.pk)


def test_text_of_a_file_is_escaped(browser: Client, coordinator: Any, prefecture: dict[str, Unit]) -> None:
    text = PLAN.replace("青石县\t", "<script>x</script>\t").replace("6月底前完成", "<b onload=x>6月底前完成")
    draft = make_draft(coordinator, prefecture["ylz"], text, "茶.txt")
    assert draft.findings.filter(kind="two-values").exists()
    page = _text(browser, "draft", draft.pk)
    assert "<script>x" not in page
    assert "<b onload" not in page
    assert "&lt;b onload=x&gt;" in page


def test_deciding_without_scripts_and_with(browser: Client, draft: Draft, two_values: Finding) -> None:
    address = reverse("checkup:draft-decide", args=(draft.pk, two_values.pk))
    answer = browser.post(address, {"decision": "keep_first", "revision": "0", "other": "reject"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/drafts/{draft.pk}/checks#finding-{two_values.pk}"
    assert draft.items.filter(state=ItemState.REJECTED).count() == 1
    card = browser.post(address, {"decision": "open", "revision": "1"}, headers={"HX-Request": "true"})
    assert card.status_code == 200
    assert 'id="check-counts" hx-swap-oob="true"' in card.content.decode()
    stale = browser.post(
        address, {"decision": "verified", "revision": "0", "note": "打过电话"}, headers={"HX-Request": "true"}
    )
    assert stale.status_code == 409
    assert "打过电话" in stale.content.decode()
    refused = browser.post(address, {"decision": "dismissed", "revision": "2"})
    assert refused.status_code == 422
    assert "请说明为什么不是问题" in refused.content.decode()
    for broken in ({}, {"decision": "keep_first"}, {"decision": "x", "revision": "9" * 30}):
        assert browser.post(address, broken).status_code in (409, 422)


def test_the_confirm_and_publish_pages_lead_here(browser: Client, draft: Draft, coordinator: Any) -> None:
    page = browser.get(reverse("intake:draft", args=(draft.pk,))).content.decode()
    assert f'href="/drafts/{draft.pk}/checks"' in page
    assert "矛盾 2" in page
    page = browser.get(reverse("intake:publish", args=(draft.pk,))).content.decode()
    assert "体检发现 2 处矛盾还没有处理" in page
    for finding in draft.findings.all():
        decide(acting_user=coordinator, finding=finding, decision="verified", revision=0)
    page = browser.get(reverse("intake:publish", args=(draft.pk,))).content.decode()
    assert "没有未处理的矛盾" in page


def test_a_plan_shows_what_was_decided(browser: Client, plan: Plan, coordinator: Any, two_values: Finding) -> None:
    address = reverse("checkup:plan-decide", args=(plan.pk, two_values.pk))
    answer = browser.post(address, {"decision": "verified", "revision": "0", "note": "复函第3号"})
    assert answer["Location"] == f"/plans/{plan.pk}/checks#finding-{two_values.pk}"
    page = _text(browser, "plan", plan.pk)
    assert "复函第3号" in page
    assert f"/plans/{plan.pk}/source?version=1&amp;line=24#L24" in page
    assert "只作记录，目标不动" not in page
    assert "没有体检" in _text(browser, "plan", plan.pk, version="7")
    assert 'aria-current="page">体检</a>' in page


def test_who_sees_a_plans_findings(plan: Plan, person: Callable[..., Any], draft: Draft, two_values: Finding) -> None:
    addresses = [
        reverse("checkup:plan", args=(plan.pk,)),
        reverse("checkup:plan-export", args=(plan.pk,)),
        f"/api/v1/plans/{plan.pk}/findings",
    ]
    people = {
        "leader": (person("ling", ylz="leader"), 200),
        "lead": (person("nong", ylz_nyncj="lead"), 404),
        "county": (person("xian", qsx="coordinator"), 404),
    }
    for user, status in people.values():
        client = Client()
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses] == [status] * 3
        assert client.get(reverse("checkup:draft", args=(draft.pk,))).status_code in (403, 404)
        sent = {"decision": "verified", "revision": "0"}
        act = client.post(reverse("checkup:plan-decide", args=(plan.pk, two_values.pk)), sent)
        assert act.status_code == (403 if status == 200 else 404)
        page = client.get(reverse("plans:detail", args=(plan.pk,)))
        assert (f"/plans/{plan.pk}/checks" in page.content.decode()) == (status == 200)
    leader = Client()
    leader.force_login(people["leader"][0])
    assert "已向发文单位核实<kbd>" not in leader.get(addresses[0]).content.decode()
    assert "/account/login" in Client().get(addresses[0])["Location"]
    two_values.refresh_from_db()
    assert two_values.decision == "open"


def test_a_finding_of_another_plan_is_not_found(browser: Client, plan: Plan, coordinator: Any, draft: Draft) -> None:
    other = make_draft(coordinator, draft.owner, PLAN.replace("茶", "菌"), "菌产业.txt")
    finding = other.findings.first()
    assert browser.post(reverse("checkup:plan-decide", args=(plan.pk, finding.pk))).status_code == 404
    assert browser.post(reverse("checkup:draft-decide", args=(draft.pk, finding.pk))).status_code == 404
    assert browser.post(reverse("checkup:plan-decide", args=(plan.pk, 10**23))).status_code == 404
    assert browser.post(reverse("checkup:draft-decide", args=(draft.pk, 10**23))).status_code == 404


def test_another_owners_document_of_the_file_is_not_named(
    person: Callable[..., Any], browser: Client, draft: Draft, two_values: Finding
) -> None:
    line = draft.last_line
    other = Draft.objects.create(
        upload=draft.upload, document=draft.document, ordinal=2, title="青石县的另一份方案", first_line=line,
        last_line=line, owner=Unit.objects.get(key="qsx"),
    )  # fmt: skip
    Draft.objects.filter(pk=draft.pk).update(last_line=line - 1)
    two_values.places = [{**two_values.places[0], "line": line, "spans": [[line, 0, 2]]}, *two_values.places[1:]]
    two_values.save()
    assert other.title in _text(browser, "draft", draft.pk)
    Draft.objects.filter(pk=other.pk).update(owner=draft.owner)
    Draft.objects.filter(pk=draft.pk).update(owner=other.owner)
    county = Client()
    county.force_login(person("xianban", qsx="coordinator"))
    page = _text(county, "draft", draft.pk)
    assert other.title not in page
    assert "方案以外的部分" in page


@pytest.mark.parametrize("name", ["draft", "plan"])
def test_the_export_holds_every_row(name: str, browser: Client, plan: Plan, draft: Draft) -> None:
    draft.findings.filter(kind="two-values").update(message="=1+1")
    key = plan.pk if name == "plan" else draft.pk
    response = browser.get(reverse(f"checkup:{name}-export", args=(key,)), {"severity": "error"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    rows = book.get_sheet_by_name("体检").to_python()
    assert [row[2] for row in rows[1:]] == ["同一指标两个数值", "列合计不符"]
    assert rows[1][3] == "=1+1"
    assert rows[2][4] == "【16】\n第24行：16"
    assert rows[2][5].startswith("【15】\n第22行：10")
    assert ["程度", "矛盾"] in book.get_sheet_by_name("筛选条件").to_python()


def test_the_api(browser: Client, draft: Draft, two_values: Finding) -> None:
    found = browser.get(f"/api/v1/drafts/{draft.pk}/findings", {"severity": "error"}).json()
    assert (found["total"], found["items"][0]["kind"]) == (2, "two-values")
    assert found["items"][0]["advice"].startswith("保留其中一个")
    address = f"/api/v1/drafts/{draft.pk}/findings/{two_values.pk}/decision"

    def post(**sent: Any) -> Any:
        return browser.post(address, json.dumps(sent), content_type="application/json")

    assert post(decision="keep_first", revision=0, other="correct").json()["decision"] == "keep_first"
    assert draft.items.get(kind="target", original__value="150000").data["value"] == "120000"
    assert post(decision="verified", revision=0).status_code == 409
    refused = post(decision="dismissed", revision=1)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "note"
    assert browser.get(f"/api/v1/drafts/{draft.pk}/findings", {"state": "decided"}).json()["total"] == 1


@pytest.mark.parametrize("name", ["draft", "plan"])
def test_query_budget_does_not_grow(name: str, browser: Client, plan: Plan, draft: Draft) -> None:
    first = draft.findings.get(kind="total-column")
    rows = [
        Finding(
            draft=draft, position=100 + n, kind=first.kind, severity="error", message=f"第{n}处", places=first.places,
            readings=first.readings, fingerprint=f"n{n}",
        )
        for n in range(250)
    ]  # fmt: skip
    address = reverse(f"checkup:{name}", args=(plan.pk if name == "plan" else draft.pk,))
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get(address)
    Finding.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as many:
        page = browser.get(address).content.decode()
    assert "本页第 1—100 处" in page
    assert len(many) == len(few) <= BUDGET, [query["sql"] for query in many]
