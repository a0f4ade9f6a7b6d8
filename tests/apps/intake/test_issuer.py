"""The warning that a document names another prefecture or county than the one in whose name it was uploaded."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from luoshi.apps.intake.issuer import other_issuer
from luoshi.apps.intake.models import Draft
from luoshi.apps.organisations.models import Unit
from tests.apps.intake.factories import PLAN, make_draft

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("青石县2026年粮食安全行动方案", "青石县"),
        ("远山彝族自治州人民政府关于稳增长的意见", "远山彝族自治州"),
        ("中共白水县委员会关于乡村振兴的意见", "白水县"),
        ("云岭州2026年粮食安全保障行动方案", ""),
        ("全县2026年重点工作方案", ""),
        ("农贸市场2026年整治方案", ""),
        ("粮食安全保障行动方案", ""),
    ],
)
def test_the_title_says_whose(coordinator: Any, prefecture: dict[str, Unit], title: str, named: str) -> None:
    text = PLAN.replace("云岭州2026年粮食安全保障行动方案", title)
    draft = make_draft(coordinator, prefecture["ylz"], text)
    draft.title = title
    assert other_issuer(draft) == named


def test_a_county_department_uploads_its_countys_plan(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    text = PLAN.replace("云岭州2026年", "青石县2026年")
    assert other_issuer(make_draft(coordinator, prefecture["qsx-czj"], text)) == ""
    assert other_issuer(make_draft(coordinator, prefecture["bsx"], text)) == "青石县"


def test_the_pages_warn(client: Client, coordinator: Any, draft: Draft) -> None:
    client.force_login(coordinator)
    draft.title = "青石县2026年粮食安全行动方案"
    draft.save()
    for name in ("draft", "publish", "details"):
        page = client.get(reverse(f"intake:{name}", args=(draft.pk,))).content.decode()
        assert "文件上写的是<b>“青石县”</b>，发文单位选的是<b>“云岭州”</b>" in page, name
