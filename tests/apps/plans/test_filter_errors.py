"""Values of an address that mean nothing are named on the page, never ignored in silence."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from luoshi.apps.checkup.queries import FindingFilter
from luoshi.apps.plans import actions as plans
from luoshi.apps.plans.queries.ledger_filter import LedgerFilter
from tests.apps.plans.making import Role, make_document, make_prefecture, make_user, sample

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"text": "粮" * 61}, "只按前60字筛选"),
        ({"text": "一 二 三 四 五 六"}, "只按前5个词筛选"),
        ({"subtree": "maybe"}, "范围“maybe”无法识别"),
        ({"role": "chief"}, "角色“chief”无法识别"),
    ],
)
def test_the_ledger_names_what_it_cannot_read(query: dict[str, str], told: str) -> None:
    assert any(told in error for error in LedgerFilter.from_address(query).errors)


@pytest.mark.django_db
def test_a_plan_or_unit_that_is_not_there_is_named(client: Client) -> None:
    units = make_prefecture()
    client.force_login(make_user("office", (Role.COORDINATOR, units.state)), backend=BACKEND)
    page = client.get("/ledger?plan=4711&unit=4712").content.decode()
    assert "没有编号为 4711 的方案，或您无权查看" in page
    assert "没有编号为 4712 的单位" in page
    assert "没有编号为" not in client.get(f"/ledger?unit={units.farm.pk}").content.decode()


@pytest.mark.django_db
def test_the_ledger_takes_a_unit_by_name(client: Client) -> None:
    units = make_prefecture()
    client.force_login(make_user("office", (Role.COORDINATOR, units.state)), backend=BACKEND)
    assert LedgerFilter.typed({"unit": units.farm.short_name}).unit == units.farm.pk
    page = client.get("/ledger", {"unit": "无此局"}).content.decode()
    assert "没有找到单位“无此局”" in page and "未按单位筛选" in page
    chosen = client.get("/ledger", {"unit": units.farm.pk}).content.decode()
    assert f'data-values="{units.farm.pk}"' in chosen


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/plans/{plan}/matrix?role=chief", "角色“chief”无法识别"),
        ("/plans/{plan}/matrix?kind=castle", "单位类别“castle”无法识别"),
        ("/units?kind=castle", "类别“castle”无法识别"),
        ("/units?gone=yes", "含已撤销“yes”无法识别"),
        ("/units?busy=2", "只看有任务的“2”无法识别"),
        ("/units/{unit}?tab=secret", "栏目“secret”无法识别"),
        ("/units/{unit}?month=2026-13", "月份“2026-13”无法识别"),
        ("/units/{unit}?month=2026Q1", "月份“2026Q1”无法识别"),
        ("/plans/{plan}/versions/1/difference?what=odd", "变化“odd”无法识别"),
        ("/plans/{plan}/versions/1/difference?kind=odd", "类别“odd”无法识别"),
    ],
)
def test_pages_name_what_they_cannot_read(client: Client, address: str, told: str) -> None:
    units = make_prefecture()
    office = make_user("office", (Role.COORDINATOR, units.state))
    client.force_login(office, backend=BACKEND)
    document = make_document("要点.txt", "\n".join(f"第{number}行" for number in range(1, 201)))
    plan = plans.publish(acting_user=office, publication=sample(units, document)).plan
    path = address.format(plan=plan.pk, unit=units.farm.pk)
    page = client.get(path)
    assert page.status_code == 200 and told in page.content.decode()
    assert "无法识别" not in client.get(path.partition("?")[0]).content.decode()


def test_the_check_up_names_what_it_cannot_read() -> None:
    asked = FindingFilter.from_address({"severity": "fatal", "kind": "totals?", "state": "open"})
    assert (asked.severity, asked.kind, asked.state) == ("", "", "open")
    assert [error[:2] for error in asked.errors] == ["程度", "类别"]
    good: Any = FindingFilter.from_address({"severity": "error"})
    assert not good.errors
