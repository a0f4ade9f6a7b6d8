"""The journal's page names objects and units; it shows neither codes nor the numbers of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan

pytestmark = pytest.mark.django_db


def test_numbers_and_codes_are_told_as_names(
    client: Client, person: Callable[..., Any], prefecture: dict[str, Unit]
) -> None:
    chief = person("zhouguan", ylz="administrator")
    plan = Plan.objects.create(title="云岭州2026年示范方案", year=2026, owner=prefecture["ylz"])
    values = {
        "plan": plan.pk,
        "owner_id": prefecture["qsx"].pk,
        "units": ["ylz-czj", "gone"],
        "items": [90001, 90002, 90003],
        "document": 70007,
    }
    with transaction.atomic():
        record(acting_user=chief, acts=[Act(action="试写", target=plan, after=values) for _ in range(60)])
    client.force_login(chief)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("administration:journal")).content.decode()
    assert len(queries) <= 15
    for told in ("云岭州2026年示范方案", "青石县", "云岭州财政局、gone", "3 项", "第 70007 号"):
        assert told in page, told
    assert "90001" not in page
