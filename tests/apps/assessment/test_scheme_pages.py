"""The pages of schemes and adoptions: what an official reads, types and is told; how often they ask the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.models import Adoption, ItemSource, Scheme, SchemeVersion, VersionState
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import forget_directory
from luoshi.scoring import SHIPPED, load
from tests.apps.assessment.making_runs import World, make_world
from tests.apps.assessment.making_schemes import make_table

BUDGET = 15


@pytest.fixture
def world(db: None, tmp_path: Any, settings: Any) -> World:
    """Five counties and an adoption."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return make_world()


def client(world: World, who: str = "office") -> Client:
    browser = Client()
    browser.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
    return browser


def page(browser: Client, address: str, status: int = 200) -> str:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = browser.get(address)
    assert answer.status_code == status, address
    inner = [query["sql"] for query in asked.captured_queries if "django_session" not in query["sql"]]
    assert len(inner) <= BUDGET, f"{address}: {len(inner)}\n" + "\n".join(inner)
    return answer.content.decode()


def send(browser: Client, address: str, **values: Any) -> Any:
    return browser.post(address, values)


def of(name: str, *args: Any) -> str:
    return reverse(f"assessment:{name}", args=args)


def test_from_a_plans_table_to_an_adoption(world: World) -> None:
    table = make_table(world.units.state)
    browser = client(world)
    tables = page(browser, reverse("plans:tables", args=(table.plan_id,)))
    assert tables.count("起草评分办法") == 1
    asked = page(browser, f"{of('scheme-new')}?table={table.pk}")
    assert "2项，共100分" in asked and "1项待确认" in asked
    made = send(browser, of("scheme-new"), origin="table", table=table.pk, part="year", owner="yunling", title="")
    version = SchemeVersion.objects.exclude(scheme=world.adoption.version.scheme).get()
    assert made.url == of("scheme-edit", version.scheme_id)
    editor = page(browser, made.url)
    assert "待确认" in editor and "综合研判" in editor and "试算" in editor
    read = page(browser, of("scheme", version.scheme_id))
    assert "第3项" in read and f"?line={10}#L{10}" in read and "没有读出计分方法" in read
    answer = send(browser, of("scheme-issue", version.scheme_id), revision=0)
    assert answer.status_code == 302
    form = page(browser, of("scheme-adopt", version.scheme_id))
    assert "原文没有写明目标管理法怎样计分" in form and 'value="yearly"' in form and 'value="monthly"' not in form
    terms = {"owner": "yunling", "name": "年度竞赛", "cadence": "yearly", "first_period": "2026", "objection_days": "5"}
    wrong = send(browser, of("scheme-adopt", version.scheme_id), **(terms | {"units": "没有的县", "reason": "按方案"}))
    assert wrong.status_code == 422 and "没有的县" in wrong.content.decode() and "按方案" in wrong.content.decode()
    good = {"units": ["north；south"], "choice-target-management": "all-or-nothing", "choice-no-target": "exclude"}
    answer = send(browser, of("scheme-adopt", version.scheme_id), **(terms | good))
    adoption = Adoption.objects.get(name="年度竞赛")
    assert answer.url == of("adoption-sources", adoption.pk)
    assert adoption.choices == {"target-management": "all-or-nothing"} and adoption.units.count() == 2
    assert "完成得满分，未完成不得分" in page(browser, of("adoption", adoption.pk))
    assert "起草评分办法" in page(browser, reverse("plans:tables", args=(table.plan_id,)))


def test_items_are_changed_in_a_form_and_the_text_follows(world: World) -> None:
    browser = client(world)
    scheme_id = world.adoption.version.scheme_id
    assert send(browser, of("scheme-draft", scheme_id)).url == of("scheme-edit", scheme_id)
    address = of("scheme-edit", scheme_id)
    draft = SchemeVersion.objects.get(scheme=scheme_id, state=VersionState.DRAFT)
    form = {"act": "item", "item": "3", "revision": 0, "method": "target", "title": "外出招商", "item_points": "20"}
    form |= {"target.start": "60", "target.bonus_points": "0.5", "target.bonus_per": "10", "unit": "次"}
    form |= {"gates": "实际 == 0：没有外出不得分"}
    assert send(browser, address, **form).status_code == 302
    draft.refresh_from_db()
    item = next(item for item in load(draft.text).items if item.key == "3")
    assert (item.title, item.gates[0].because) == ("外出招商", "没有外出不得分")
    assert "start: 60" in draft.text and "per: 10" in draft.text
    shown = page(browser, f"{address}?item=3")
    assert 'value="60"' in shown and "实际 == 0：没有外出不得分" in shown
    wrong = form | {"revision": 1, "item_points": "二十"}
    assert send(browser, address, **wrong).status_code == 302, "a draft may be wrong"
    answer = browser.get(f"{address}?item=3").content.decode()
    assert "二十" in answer and "1 处问题" in answer
    late = send(browser, address, **(form | {"title": "我改的"}))
    assert late.status_code == 409 and "刚刚有人改过" in late.content.decode() and "我改的" in late.content.decode()
    assert "二十" in late.content.decode(), "what the other one saved is shown beside"

    send(browser, address, **(form | {"revision": 2}))
    added = send(browser, address, act="add", group="1", revision=3)
    assert added.url.endswith("?item=6")
    draft.refresh_from_db()
    assert "新的项目" in draft.text
    send(browser, address, act="remove", item="6", revision=4)
    draft.refresh_from_db()
    assert [item.key for item in load(draft.text).items] == ["1", "2", "3", "4", "5"]
    changes = page(browser, f"{of('scheme', scheme_id)}?version=2&against=1")
    assert "第2版与第1版逐项比较" in changes and "没有外出不得分" in changes


def test_the_text_is_checked_while_it_is_typed_and_tried_out(world: World) -> None:
    browser = client(world)
    scheme_id = world.adoption.version.scheme_id
    send(browser, of("scheme-draft", scheme_id))
    draft = SchemeVersion.objects.get(scheme=scheme_id, state=VersionState.DRAFT)
    wrong = draft.text.replace("points: 30", "points: 31")
    told = send(browser, of("scheme-check", scheme_id), text=wrong).content.decode()
    assert "data-problem-line" in told and "不符" in told
    assert "没有问题，5 项" in send(browser, of("scheme-check", scheme_id), text=draft.text).content.decode()
    tried = send(browser, of("scheme-check", scheme_id), text=draft.text, trial="1", facts="")
    assert "甲县" in tried.content.decode() and "title=" in tried.content.decode()
    tried = send(browser, of("scheme-check", scheme_id), text=draft.text, trial="1", facts="单位,项目\n甲县,99")
    assert "alert" in tried.content.decode()
    broken = send(browser, of("scheme-edit", scheme_id), act="text", text="key: [\n中文：", revision=0)
    assert broken.status_code == 302
    editor = browser.get(of("scheme-edit", scheme_id)).content.decode()
    assert "key: [" in editor and "写法错误" in editor
    refused = send(browser, of("scheme-edit", scheme_id), act="item", item="1", title="x", revision=1)
    assert refused.status_code == 422 and "先在文本里改好" in refused.content.decode()
    assert "key: [" in browser.get(f"{of('scheme', scheme_id)}?version=2").content.decode()


def test_files_copies_and_what_ships(world: World) -> None:
    browser = client(world)
    for key in SHIPPED:
        page(browser, of("scheme-shipped", key))
    exported = browser.get(f"{of('scheme-text', world.adoption.version.scheme_id)}?version=1")
    assert exported["Content-Type"].startswith("application/yaml")
    for encoding in ("utf-8", "gb18030"):
        file = SimpleUploadedFile("x.yaml", exported.content.decode().encode(encoding))
        answer = send(browser, of("scheme-new"), origin="file", owner="yunling", file=file)
        assert answer.status_code == 302
    assert [scheme.key for scheme in Scheme.objects.order_by("pk")] == ["valley-race", "valley-race-2", "valley-race-3"]
    empty = send(browser, of("scheme-new"), origin="file", owner="yunling", text="")
    assert empty.status_code == 422 and "内容是空的" in empty.content.decode()
    copied = send(browser, of("scheme-new"), origin="copy", owner="yunling", copy=world.adoption.version_id)
    assert copied.status_code == 302


def test_sources_item_by_item(world: World) -> None:
    browser = client(world)
    address = of("adoption-sources", world.adoption.pk)
    assert "迟报次数" in page(browser, address)
    answer = send(
        browser, address, item="5", kind="punctuality", **{"figure-punctuality": "late"}, revision=0, checked_by="trade"
    )
    assert answer.url == address
    source = ItemSource.objects.get(adoption=world.adoption, item="5")
    assert (source.parameters, source.checked_by) == ({"figure": "late"}, world.units.trade)
    wrong = send(browser, address, item="1", kind="indicator", indicator="没有的指标", revision=1)
    assert wrong.status_code == 422 and "没有的指标" in wrong.content.decode()
    assert send(browser, address, item="1", kind="hand", revision=0).status_code == 409
    assert page(client(world, "trade"), address).count("数据来源由考核单位设定") == 1
    ended = send(browser, of("adoption-end", world.adoption.pk), reason="年度结束", revision=1)
    assert ended.status_code == 302
    assert "此安排已结束" in page(browser, of("adoption", world.adoption.pk))


def test_who_gets_which_page(world: World) -> None:
    actions.start_draft(acting_user=world.office, scheme_id=world.adoption.version.scheme_id)
    scheme, adoption = of("scheme", world.adoption.version.scheme_id), of("adoption", world.adoption.pk)
    for who, status in (("leader", 200), ("north", 200), ("trade", 200), ("farm", 404), ("nobody", 404)):
        browser = client(world, who)
        text = page(browser, scheme, status)
        page(browser, adoption, status)
        page(browser, f"{scheme}/edit", 404 if who != "leader" else 403)
        if who in ("north", "trade"):
            assert "草稿" not in text
            assert browser.get(f"{scheme}?version=2").status_code == 404
        assert "还没有评分办法" in page(browser, of("schemes")) or status == 200
    assert send(client(world, "leader"), f"{scheme}/stop", reason="x").status_code == 403


def test_the_queries_do_not_grow(world: World) -> None:
    """Many schemes, adoptions, units and items: the pages ask as often as with few."""
    state = world.units.state
    for number in range(60):
        values = {"key": f"town-{number}", "name": f"{number}号镇", "short_name": f"{number}号镇", "kind": "township"}
        Unit.objects.add_child(Unit.objects.get(pk=world.units.north.pk), values)
    forget_directory()
    units = [(unit, "") for unit in Unit.objects.filter(key__startswith="town-")]
    for number in range(12):
        made = actions.create_scheme(
            acting_user=world.office, owner=state, origin="shipped", shipped_key="zhaoshang-2023-county-quarter"
        )
        version = actions.issue_version(acting_user=world.office, version_id=made.pk)
        adoption = actions.adopt_scheme(
            acting_user=world.office,
            version=version,
            owner=state,
            cadence="quarterly",
            first_period="2026Q1",
            terms=actions.Terms(name=f"第{number}项", units=units),
        )
    for item in "12345":
        actions.set_item_source(
            acting_user=world.office,
            adoption_id=adoption.pk,
            item=item,
            kind="punctuality",
            parameters={"figure": "late"},
            checked_by=world.units.trade,
        )
    browser = client(world)
    for address in (
        of("schemes"),
        of("scheme", version.scheme_id),
        of("adoption", adoption.pk),
        of("adoption-sources", adoption.pk),
        of("adoption-edit", adoption.pk),
        of("scheme-adopt", version.scheme_id),
        of("scheme-new"),
    ):
        page(browser, address)
    assert "1号镇" in page(client(world, "north"), of("adoption", adoption.pk))
