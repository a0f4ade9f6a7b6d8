"""The bar: what each role sees, and which entry an address lights up."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from luoshi.apps.accounts.models import User
from luoshi.apps.organisations.models import Membership, Role, Unit
from luoshi.site.context import NavigationEntry, navigation

pytestmark = pytest.mark.django_db


def person(role: Role | None) -> User:
    """Somebody with one role in the prefecture, or with none."""
    user = User.objects.create_user(username="luren", password="correct-horse-2026", display_name="路人")
    if role:
        unit = Unit.objects.add_root({"key": "zhou", "name": "云岭州", "short_name": "云岭州"})
        Membership.objects.create(user=user, unit=unit, role=role)
    return user


def bar(user: Any, path: str = "/") -> tuple[NavigationEntry, ...]:
    """The entries that a person sees at an address."""
    request = RequestFactory().get(path)
    request.user = user
    found: tuple[NavigationEntry, ...] = navigation(request)["navigation"]
    return found


def words(user: Any) -> set[str]:
    """The words of the bar and its menus."""
    entries = bar(user)
    return {entry.label for entry in entries} | {child.label for entry in entries for child in entry.children}


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (None, {"工作台", "方案", "台账"}, {"审核", "导入文件", "管理", "人员"}),
        (Role.REPORTER, {"填报", "报表"}, {"审核", "导入文件", "管理"}),
        (Role.REVIEWER, {"审核"}, {"导入文件", "管理"}),
        (Role.COORDINATOR, {"审核", "导入文件", "管理", "操作日志"}, {"人员", "单位库", "群机器人"}),
        (Role.ADMINISTRATOR, {"管理", "人员", "单位库", "群机器人", "操作日志", "导入文件"}, {"审核"}),
    ],
)
def test_who_sees_what(role: Role | None, shown: set[str], hidden: set[str]) -> None:
    found = words(person(role))
    assert shown <= found
    assert not hidden & found


@pytest.mark.parametrize(
    ("path", "lit"),
    [
        ("/", ["工作台"]),
        ("/plans/3/source", ["方案", "方案"]),
        ("/ledger", ["方案", "台账"]),
        ("/observations", ["方案", "指标"]),
        ("/returns/5", ["填报"]),
        ("/units/qingshi", ["方案", "单位"]),
        ("/units/register", ["管理", "单位库"]),
        ("/board/units/qingshi", ["作战图"]),
        ("/dispatch", ["调度", "调度总览"]),
        ("/meetings/3", ["调度", "会议"]),
        ("/bulletins/3", ["通报督办", "通报"]),
        ("/orders/all", ["通报督办", "今日督办"]),
        ("/ladders", ["通报督办", "升级建议"]),
        ("/projects/board", ["项目招商", "五库看板"]),
        ("/projects/7", ["项目招商", "项目清单"]),
        ("/investment/leads/4", ["项目招商", "招商线索"]),
        ("/assessment/2", ["考核", "考核排名"]),
        ("/schemes/2/edit", ["考核", "评分办法"]),
        ("/account/profile", []),
    ],
)
def test_exactly_the_part_in_which_a_page_stands_is_lit(path: str, lit: list[str]) -> None:
    entries = bar(person(Role.ADMINISTRATOR), path)
    found = [entry for entry in entries if entry.active]
    found += [child for entry in entries for child in entry.children if child.active]
    assert [entry.label for entry in found] == lit


def test_a_visitor_sees_no_bar() -> None:
    assert bar(None) == ()
