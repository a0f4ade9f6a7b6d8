"""Shares that look wrong, who gave what where two gave, lists by state, units typed by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from luoshi.apps.journal.models import Entry
from luoshi.apps.plans.models import Target
from luoshi.apps.targets import actions
from luoshi.apps.targets.actions import CellChange
from luoshi.apps.targets.models import AllocationVersion, Share
from luoshi.apps.targets.queries.given import GivenFilter, own_rows, own_targets
from luoshi.apps.targets.values import oddity
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_givers import gift
from tests.apps.targets.test_pages import client, give, patch

D = Decimal


@pytest.mark.parametrize(
    ("value", "measure", "total", "why"),
    [
        ("-1", "万元", "100", "是负数"),
        ("-1", "万元", None, "是负数"),
        ("-1", "万元", "-100", ""),  # a fall that is shared out
        ("1.5", "户", "100", "“户”没有小数"),
        ("1.50", "万元", "100", ""),
        ("2.000", "个", "100", ""),
        ("0", "家", "100", ""),
        ("1.5", "", "100", ""),
    ],
)
def test_what_is_odd(value: str, measure: str, total: str | None, why: str) -> None:
    assert oddity(D(value), measure, None if total is None else D(total)) == why


def test_a_blank_is_not_odd() -> None:
    assert oddity(None, "户", D(5)) == ""


def test_odd_shares_ask_for_a_reason(scene: Scene) -> None:
    office, url = client(scene, "office"), f"/targets/{scene.target.pk}/allocation"
    north, south = scene.units.north.pk, scene.units.south.pk
    office.post(f"{url}/rows", {"units": [north, south], "revision": 0})
    saved = patch(office, scene, 1, (north, "2026", "-0.5"), (south, "2026", "1500.5"))
    assert saved.status_code == 200, "it is kept, and asked about"
    assert 'data-whole="1"' in office.get(url).content.decode()
    panel = office.get(f"{url}/adopt").content.decode()
    assert "有 2 格看来有误" in panel
    assert "北川县 2026年 -0.5（是负数）" in panel and "南屏县 2026年 1,500.5（“户”没有小数）" in panel
    refused = office.post(f"{url}/adopt", {"revision": 2})
    assert refused.status_code == 422
    assert refused.content.decode() == "有2格是负数，或不该有小数，请核对；确实如此的，请写明原因。"
    assert office.post(f"{url}/adopt", {"revision": 2, "reason": "上年多分，今年扣回"}).status_code == 204
    assert Entry.objects.filter(action="下达目标分解").latest("pk").after["odd"] == 2
    patch(office, scene, 3, (north, "2026", "0"), (south, "2026", "1500"))
    assert "odd-shares" not in office.get(f"{url}/adopt").content.decode()


def test_who_gave_what_where_two_gave(scene: Scene) -> None:
    units, township = scene.units, scene.townships[0]
    give(scene)
    saved = actions.save_shares(
        acting_user=scene.user("office"), target=scene.target, unit=units.state, revision=3, add_units=[township.pk]
    )
    saved = actions.save_shares(
        acting_user=scene.user("office"), target=scene.target, unit=units.state, revision=saved.revision,
        changes=[CellChange(township.pk, "2026", "90")],
    )  # fmt: skip
    actions.adopt_allocation(
        acting_user=scene.user("office"), target=scene.target, unit=units.state, revision=saved.revision, reason="补下"
    )
    gift(scene, units.north, (township, "300"))
    page = client(scene, "north").get("/allocations").content.decode()
    assert "北川县 · 石桥乡" in page
    assert "北川县也已下达，以它的为准" in page and "云岭州也有下达，以本行为准" in page
    assert page.count("is-overruled") == 1
    # Only one gave the other townships and the county itself: nothing is said there.
    assert page.count("为准") == 2


def _versions(scene: Scene, target: Target, *totals: str | None, draft: bool = False) -> None:
    """Versions adopted with these totals, and a draft."""
    allocation, _ = target.allocations.get_or_create(unit=scene.units.state)
    for ordinal, total in enumerate(totals, 1):
        AllocationVersion.objects.create(
            allocation=allocation, ordinal=ordinal, method="typed", adopted_at="2026-03-01T00:00Z",
            total=None if total is None else D(total),
        )  # fmt: skip
    if draft:
        AllocationVersion.objects.create(allocation=allocation, ordinal=len(totals) + 1, method="typed")


def test_own_targets_by_state(scene: Scene) -> None:
    first = scene.target
    copies = []
    for number in range(6):
        copy = Target.objects.get(pk=first.pk)
        copy.pk, copy.line = None, 150 + number
        copy.save()
        copies.append(copy)
    _versions(scene, copies[0], draft=True)
    _versions(scene, copies[1], "1500")
    _versions(scene, copies[2], "1400", "1500", draft=True)
    _versions(scene, copies[3], "1500", "1400")
    _versions(scene, copies[4], "1400", draft=True)
    _versions(scene, copies[5], None)
    office = scene.user("office")
    said: dict[str, set[int]] = {}
    for row in own_rows(list(own_targets(office, GivenFilter()))):
        said.setdefault(row.state, set()).add(row.target.pk)
    assert {state: len(found) for state, found in said.items() if state != "open"} == {
        "draft": 2,
        "done": 1,
        "changed": 3,
    }
    for state in ("open", "draft", "done", "changed"):
        found = {target.pk for target in own_targets(office, GivenFilter(state=state))}
        assert found == said[state], state
    page = client(scene, "office").get("/allocations", {"view": "own", "state": "changed"}).content.decode()
    assert "共 <b>3</b> 项" in page and '<option value="changed" selected>目标已调整</option>' in page
    nothing = client(scene, "office").get("/allocations", {"view": "own", "state": "done", "text": "没有的"})
    assert "没有符合条件的目标" in nothing.content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"view": "mine"}, "视图“mine”无法识别"),
        ({"view": "own", "state": "odd"}, "分解情况“odd”无法识别"),
        ({"plan": "x"}, "方案“x”无法识别"),
        ({"year": "今年"}, "年度“今年”无法识别"),
        ({"unit": "无此县"}, "没有找到单位“无此县”"),
        ({"unit": "南屏县"}, "“南屏县”（南屏县）不在可选的范围内"),
    ],
)
def test_a_filter_that_nobody_knows_is_told(scene: Scene, query: dict[str, str], said: str) -> None:
    assert said in client(scene, "north").get("/allocations", query).content.decode()


def test_given_targets_of_a_unit_typed_by_name(scene: Scene) -> None:
    give(scene)
    for text in ("north", "北川县"):
        page = client(scene, "office").get("/allocations", {"view": "given", "unit": text}).content.decode()
        assert "共 <b>1</b> 项" in page and 'value="北川县"' in page


def test_units_that_the_panel_does_not_list(scene: Scene) -> None:
    office, url = client(scene, "office"), f"/targets/{scene.target.pk}/allocation"
    panel = office.get(f"{url}/rows").content.decode()
    assert "石桥乡" not in panel and f'data-of="{scene.target.pk}:{scene.units.state.key}"' in panel
    wrong = office.post(f"{url}/rows", {"more": "无此乡", "revision": 0})
    assert (wrong.status_code, "没有找到单位“无此乡”" in wrong.content.decode()) == (422, True)
    done = office.post(f"{url}/rows", {"units": [scene.units.south.pk], "more": ["n-hill", "镜湖镇"], "revision": 0})
    assert done.status_code == 204
    keys = set(Share.objects.values_list("unit__key", flat=True))
    assert keys == {"south", "n-hill", "n-lake"}


def test_what_may_be_chosen_is_asked_of_the_policies(scene: Scene) -> None:
    query = {"scope": "targets.receivers", "q": "乡", "of": f"{scene.target.pk}:{scene.units.state.key}"}

    def offered(name: str, **more: Any) -> list[str]:
        answer = client(scene, name).get("/units/options", query | more)
        return [unit["label"] for unit in answer.json()["units"]]

    assert offered("office") == ["北川县 · 石桥乡"]
    assert offered("south") == []
    assert offered("office", of="x:y") == offered("office", of="") == []


def test_a_row_of_the_annex_that_was_not_recognised_is_typed(scene: Scene) -> None:
    office, url = client(scene, "office"), f"/targets/{scene.target.pk}/allocation/annex"
    table = scene.plan.plantables.get()
    form = {"revision": 0, "table": table.pk, "cadence": "yearly", "cumulative": "1", "column-1": "2026"}
    refused = office.post(url, form | {"row-0": "无此县"})
    assert (refused.status_code, "没有找到单位“无此县”" in refused.content.decode()) == (422, True)
    assert office.post(url, form | {"row-0": "北川县", "row-1": scene.units.south.pk}).status_code == 204
    assert set(Share.objects.values_list("unit__key", flat=True)) == {"north", "south"}
