"""NUL in addresses and forms is refused before a page sees it; everything else passes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from luoshi.apps.accounts.models import ApiToken
from tests.apps.conftest import _fresh_directory, person, prefecture

__all__ = ["_fresh_directory", "person", "prefecture"]  # fixtures

pytestmark = pytest.mark.django_db


def _refused(response: Any) -> bool:
    return response.status_code == 400 and "空字符" in response.content.decode()


@pytest.mark.parametrize(
    "address", ["/public?text=a%00b", "/public?a%00b=x", "/public?text=%00&text=x", "/nowhere?%00"]
)
def test_a_visitor_with_nul_in_the_address(client: Client, address: str) -> None:
    assert _refused(client.get(address))
    assert not _refused(client.get(address.replace("%00", "%2500")))


@pytest.mark.parametrize("path", ["/plans?text", "/ledger?text", "/units?text", "/uploads?q", "/units/register?q"])
def test_someone_signed_in_with_nul_in_the_address(client: Client, person: Callable[..., Any], path: str) -> None:
    client.force_login(person("zhao", ylz="administrator"))
    assert _refused(client.get(f"{path}=a%00b"))
    assert client.get(f"{path}=a").status_code == 200


@pytest.mark.parametrize("form", [{"name": "取\0数", "days": "30"}, {"name": "取数", "days": "30", "x\0": "1"}])
def test_nul_in_a_form(client: Client, person: Callable[..., Any], form: dict[str, str]) -> None:
    client.force_login(person("zhao"))
    url = reverse("accounts:issue-token")
    urlencoded = "&".join(f"{name}={value}" for name, value in form.items()).replace("\0", "%00")
    assert _refused(client.post(url, urlencoded, content_type="application/x-www-form-urlencoded"))
    assert not ApiToken.objects.exists()
    clean = {name.replace("\0", ""): value.replace("\0", "") for name, value in form.items()}
    assert client.post(url, clean).status_code == 200
    assert ApiToken.objects.count() == 1


def test_files_may_hold_any_byte(client: Client) -> None:
    file = SimpleUploadedFile("方案.pdf", b"%PDF-1.7\0\0")
    assert not _refused(client.post("/account/login/", {"login": "x", "password": "y", "file": file}))


def test_a_body_that_is_no_form_is_left_alone(client: Client) -> None:
    body = json.dumps({"text": "\0"})
    assert not _refused(client.post("/account/login/", body, content_type="application/json"))
