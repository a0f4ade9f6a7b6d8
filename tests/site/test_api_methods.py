"""A method that an address of the API does not have: answered as a problem, like every other error."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("DELETE", "/api/v1/plans", "GET"),
        ("PUT", "/api/v1/units/1", "GET"),
        ("GET", "/api/v1/drafts/1/publish", "POST"),
    ],
)
def test_a_wrong_method_is_a_problem(client: Client, method: str, address: str, allowed: str) -> None:
    answer = client.generic(method, address)
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["title"], told["instance"]) == (405, "方法不适用", address)
    assert told["detail"] == f"这个地址不支持 {method}，只支持 {allowed}。"


def test_a_page_keeps_its_plain_answer(client: Client) -> None:
    answer = client.delete("/plans")
    assert answer.status_code == 405
    assert "problem" not in answer["Content-Type"]
