"""Values of an address that mean nothing are named on the page, never ignored in silence."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from luoshi.apps.checkup.queries import FindingFilter
from luoshi.apps.plans.queries.ledger_filter import LedgerFilter
from tests.apps.plans.making import Role, make_prefecture, make_user

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


def test_the_check_up_names_what_it_cannot_read() -> None:
    asked = FindingFilter.from_address({"severity": "fatal", "kind": "totals?", "state": "open"})
    assert (asked.severity, asked.kind, asked.state) == ("", "", "open")
    assert [error[:2] for error in asked.errors] == ["程度", "类别"]
    good: Any = FindingFilter.from_address({"severity": "error"})
    assert not good.errors
