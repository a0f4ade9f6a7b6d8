"""What people see when something is not there, not allowed, or broken: Chinese, with a way back."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from tests.site import world as worlds


@pytest.fixture
def prefecture(db) -> worlds.World:
    """The small prefecture."""
    return worlds.build()


def signed_in(world: worlds.World, person: str) -> Client:
    client = Client()
    client.force_login(world.users[person], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("path", "status", "words"), [("/plans/999999", 404, "没有找到"), ("/people", 403, "没有权限")]
)
def test_missing_and_forbidden(prefecture: worlds.World, path: str, status: int, words: str) -> None:
    answer = signed_in(prefecture, "reporter").get(path)
    assert answer.status_code == status
    text = answer.content.decode()
    assert words in text
    assert "回到工作台" in text
    assert "Forbidden" not in text
    assert "Not Found" not in text


@pytest.mark.django_db
def test_a_visitor_is_led_to_sign_in() -> None:
    answer = Client().get("/public/plans/999999")
    assert answer.status_code == 404
    assert "去登录" in answer.content.decode()


def test_a_form_without_its_token_is_told_what_to_do(prefecture: worlds.World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(prefecture.users["leader"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/plans/{prefecture.ids['plan']}/instructions", {"text": "抓紧办理"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_what_breaks_says_so_without_needing_anything() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "系统出错了" in answer.content.decode()
