"""A file may hold documents of several owners: who keeps one of them learns nothing of the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from luoshi.apps.intake.models import Draft
from luoshi.apps.organisations.models import Unit

pytestmark = pytest.mark.django_db
SECRET = "云岭州2026年机要事项方案"


@pytest.fixture
def neighbours(draft: Draft, prefecture: dict[str, Unit]) -> Draft:
    """The prefecture's draft; the file itself and its second draft belong to a county."""
    Draft.objects.create(
        upload=draft.upload, document=draft.document, ordinal=2, title="青石县方案", first_line=1, last_line=1,
        owner=prefecture["qsx"],
    )  # fmt: skip
    draft.upload.owner = prefecture["qsx"]
    draft.upload.save()
    draft.title = SECRET
    draft.save()
    return draft


@pytest.fixture
def county(person: Callable[..., Any], client: Client) -> Client:
    """Signed in as the county's coordinator."""
    client.force_login(person("xian", qsx="coordinator"))
    return client


def test_drafts_of_other_owners_are_not_named(county: Client, neighbours: Draft) -> None:
    own = Draft.objects.get(ordinal=2)
    assert county.get(reverse("intake:draft", args=(neighbours.pk,))).status_code == 404
    for address in (
        reverse("intake:draft", args=(own.pk,)),
        reverse("intake:uploads"),
        reverse("intake:upload", args=(own.upload_id,)),
        reverse("intake:upload-row", args=(own.upload_id,)),
        "/api/v1/uploads",
        f"/api/v1/uploads/{own.upload_id}",
    ):
        answer = county.get(address)
        page = str(answer.json()) if address.startswith("/api") else answer.content.decode()
        assert "青石县方案" in page, address
        assert SECRET not in page, address


def test_searching_does_not_tell_titles_of_other_owners(county: Client, neighbours: Draft) -> None:
    assert neighbours.upload.name in county.get(reverse("intake:uploads"), {"q": "青石县方案"}).content.decode()
    assert neighbours.upload.name not in county.get(reverse("intake:uploads"), {"q": SECRET[-6:]}).content.decode()


def test_siblings_that_may_be_seen_are_named(client: Client, coordinator: Any, neighbours: Draft) -> None:
    client.force_login(coordinator)
    own = Draft.objects.get(ordinal=2)
    assert SECRET in client.get(reverse("intake:draft", args=(own.pk,))).content.decode()
