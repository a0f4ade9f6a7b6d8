"""The golden supervision bulletin is drawn from orders that went their way, not written by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from luoshi.apps.bulletins.drawing import draw
from luoshi.apps.bulletins.models import BulletinKind
from luoshi.apps.supervision import actions
from luoshi.apps.supervision.shipping import install_shipped
from luoshi.periods import Period
from tests.apps.bulletins.golden import FOLDER, snapshot_of
from tests.apps.supervision.making import World, at, day


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Any) -> World:
    """The small prefecture that supervises."""
    settings.MEDIA_ROOT = tmp_path / "files"
    install_shipped()
    return World()


def supervised(world: World) -> None:
    """A month of orders: closed in time and late, sent back, extended, overdue, not accepted, of the month before."""
    closed = world.answered(title="加快标准厂房建设", now=at(1))
    actions.close_order(acting_user=world.office, order_id=closed.pk, text="属实", now=at(8))
    back = world.answered(title="核清欠薪线索", now=at(1))
    actions.send_order_back(
        acting_user=world.office, order_id=back.pk, reason="缺凭证", until=day(20, month=10), now=at(9)
    )
    late = world.in_work(title="修复水毁道路")
    actions.answer_order(acting_user=world.worker, order_id=late.pk, text="已修复。", now=at(20))
    actions.close_order(acting_user=world.office, order_id=late.pk, now=at(21))
    waits = world.assigned(now=at(2), unit=world.other, title="完成土地征收")
    actions.accept_order(acting_user=world.other_worker, order_id=waits.pk, handler="李平", now=at(2, 10))
    asked = actions.ask_extension(
        acting_user=world.other_worker, order_id=waits.pk, until=day(28), reason="汛期", now=at(10)
    )
    actions.extend(acting_user=world.office, extension_id=asked.pk, now=at(11))
    world.assigned(now=at(28), unit=world.other, title="上报项目清单")
    before = world.assigned(now=at(24, month=8), unit=world.department, title="拟定要素保障办法")
    actions.accept_order(acting_user=world.lead, order_id=before.pk, now=at(24, 11, month=8))
    actions.answer_order(acting_user=world.lead, order_id=before.pk, text="已印发。", now=at(2))
    actions.close_order(acting_user=world.office, order_id=before.pk, now=at(3))


def test_the_golden_one_is_what_is_drawn(world: World) -> None:
    supervised(world)
    drawn = draw(BulletinKind.SUPERVISION, world.root, [], Period.parse("2026-09"), at(8, 17, month=10))
    for number, row in enumerate(drawn["orders"], start=1):
        row["id"] = number  # numbers of the database differ from run to run
    path = FOLDER / "supervision.json"
    if os.environ.get("LUOSHI_GOLDEN") == "write":
        path.write_text(json.dumps(drawn, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert drawn == snapshot_of(BulletinKind.SUPERVISION)
    states = {(row["state"], row["overdue"]) for row in drawn["orders"]}
    assert states == {("closed", False), ("sent-back", False), ("in-work", True), ("assigned", False)}
