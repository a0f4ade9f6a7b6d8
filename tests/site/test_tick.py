"""One step that fails keeps back no other, and the worker takes the steps by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from luoshi.apps.notices.models import Delivery
from luoshi.apps.reporting.models import Form, Round
from luoshi.cli.server import Ticker
from luoshi.site import tick as module
from tests.site.world import build


def _fails() -> Iterator[str]:
    yield "做了一半。"
    raise RuntimeError("broken")


@pytest.mark.django_db
def test_a_failing_step_keeps_back_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    build()
    Round.objects.all().update(frozen_at=None)
    before = Round.objects.count()
    Form.objects.filter(key="shifan-yuebao").update(is_active=True)
    monkeypatch.setattr(module, "STEPS", (("坏了的一步", _fails), *module.STEPS))
    lines = list(module.tick())
    assert lines[:2] == ["做了一半。", "“坏了的一步”没有做完，原因已记入日志；下次再试。"]
    assert Round.objects.count() > before
    assert not Delivery.objects.filter(next_attempt_at__isnull=False, attempts=0).exists()


def test_the_ticker_goes_on_until_it_is_stopped() -> None:
    ticks: list[int] = []
    ticker = Ticker(lambda: ticks.append(1), seconds=0.01)
    while len(ticks) < 3:
        pass
    ticker.stop()
    count = len(ticks)
    ticker.join(5)
    assert len(ticks) in (count, count + 1)
