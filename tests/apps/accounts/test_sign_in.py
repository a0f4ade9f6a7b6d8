"""The door: signing in, being locked out, the second factor, what is not there."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from luoshi.apps.accounts import actions
from luoshi.apps.accounts.models import ApiToken
from luoshi.apps.journal.models import Entry
from tests.apps.conftest import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """What earlier tests tried counts against nobody."""
    cache.clear()


def _sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": username, "password": password} | more)


def _confirm(client: Client) -> None:
    """Say once more who it is, as the pages about second factors ask."""
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302


def _visible_text(page: str) -> str:
    page = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.S)
    return html.unescape(re.sub(r"<[^>]*>", " ", page))


def test_the_page_asked_for_opens_after_signing_in(client: Client, person: Callable[..., Any]) -> None:
    person("zhao")
    response = client.get("/profile")
    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert 'name="next" value="/profile"' in page
    assert _sign_in(client, "zhao", next="/profile")["Location"] == "/profile"


def test_a_part_of_a_page_sends_the_whole_page_to_the_door(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people?q=x&page=2"}
    response = client.get("/people?page=2", headers=headers)
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/account/login/?next=%2Fpeople%3Fq%3Dx%26page%3D2"


def test_a_wrong_password_keeps_the_user_name(client: Client, person: Callable[..., Any]) -> None:
    person("zhao")
    page = _sign_in(client, "zhao", "falsch").content.decode()
    assert 'value="zhao"' in page
    assert "falsch" not in page
    assert "alert-danger" in page


def test_eight_wrong_passwords_lock_out_and_a_reset_opens(client: Client, person: Callable[..., Any]) -> None:
    clerk, user = person("zhao", ylz="administrator"), person("qian", qsx="reporter")
    for _ in range(7):
        assert _sign_in(client, "qian", "falsch").status_code == 200
    locked = _sign_in(client, "qian", "falsch")
    assert locked.status_code == 429
    page = locked.content.decode()
    assert re.search(r"请于 <strong>\d{1,2}:\d{2}</strong>（15 分钟后）再试", page)
    assert "qian" in page
    assert _sign_in(client, "qian").status_code == 429
    # Others at the same computer are not locked out.
    assert _sign_in(Client(), "zhao").status_code == 302
    password = actions.new_password()
    actions.set_password(acting_user=clerk, user=user, password=password)
    assert _sign_in(client, "qian", password).status_code == 302


def test_letter_case_and_blanks_give_no_further_tries(client: Client, person: Callable[..., Any]) -> None:
    user = person("qian")
    for name in ("qian", "QIAN", "Qian", " qian", "qIAN", "qiAN", "QIan"):
        assert _sign_in(client, name, "falsch").status_code == 200
    locked = _sign_in(client, "qiaN", "falsch")
    assert locked.status_code == 429
    assert "（15 分钟后）" in locked.content.decode()
    assert [_sign_in(client, name).status_code for name in ("qian", "QIAN", "QiaN")] == [429] * 3
    actions.set_password(acting_user=None, user=user, password="yunling-2026-x")
    assert _sign_in(client, "QIAN", "yunling-2026-x").status_code == 302


def test_a_reset_opens_for_a_name_with_capitals(client: Client, person: Callable[..., Any]) -> None:
    user = person("Qian")
    for _ in range(8):
        locked = _sign_in(client, "Qian", "falsch")
    assert locked.status_code == 429
    actions.set_password(acting_user=None, user=user, password="yunling-2026-x")
    assert _sign_in(client, "Qian", "yunling-2026-x").status_code == 302


def test_a_stopped_account_does_not_get_in(client: Client, person: Callable[..., Any]) -> None:
    user = person("zhao")
    actions.deactivate(acting_user=None, user=user)
    response = _sign_in(client, "zhao")
    assert "_auth_user_id" not in client.session
    assert response.status_code in (200, 302)


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "confirm-email/abc/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-abc/",
        "password/reset/key/done/",
        "password/set/",
        "login/code/confirm/",
    ],
)
def test_no_sign_up_and_no_mail(client: Client, person: Callable[..., Any], path: str) -> None:
    assert client.get(f"/account/{path}").status_code == 404
    assert client.post(f"/account/{path}").status_code == 404
    client.force_login(person("zhao"))
    assert client.get(f"/account/{path}").status_code == 404


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_second_factor_from_set_up_to_removal(
    client: Client, person: Callable[..., Any], django_capture_on_commit_callbacks: Any
) -> None:
    user = person("zhao")
    _sign_in(client, "zhao")
    asked = client.get("/account/2fa/totp/activate/")
    assert asked["Location"].startswith("/account/reauthenticate/")
    _confirm(client)
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret" value="([A-Z2-7]+)"', page)[1]
    wrong = client.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert "is-invalid" in wrong.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/account/2fa/totp/activate/", {"code": _code(secret)}).status_code == 302
    assert Entry.objects.filter(action="增加两步验证", actor=user).count() == 2  # with recovery codes

    other = Client()
    assert _sign_in(other, "zhao", next="/profile")["Location"] == "/account/2fa/authenticate/"
    assert other.get("/profile").status_code == 302
    assert "验证码" in other.get("/account/2fa/authenticate/").content.decode()
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    assert other.post("/account/2fa/authenticate/", {"code": codes[0]})["Location"] == "/profile"
    assert other.get("/profile").status_code == 200

    assert client.post("/account/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=user, type="totp").exists()
    assert Entry.objects.filter(action="停用两步验证", actor=user).exists()


def test_codes_of_the_second_factor_cannot_be_tried_out(client: Client, person: Callable[..., Any]) -> None:
    user = person("zhao")
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    url = "/account/2fa/authenticate/"
    # A new session, even from elsewhere, gives no further tries.
    for browser in (client, Client(REMOTE_ADDR="10.0.0.7")):
        assert _sign_in(browser, "zhao")["Location"] == url
    wrong = next(code for code in ("000000", "111111") if code != _code(secret))
    for _ in range(5):
        page = _visible_text(client.post(url, {"code": wrong}).content.decode())
        assert "过多" not in page
    for browser in (client, Client(REMOTE_ADDR="10.0.0.8")):
        _sign_in(browser, "zhao")
        refused = browser.post(url, {"code": _code(secret)})
        assert refused.status_code == 200
        assert "过多" in _visible_text(refused.content.decode())
        assert "_auth_user_id" not in browser.session
    cache.clear()  # as time does
    _sign_in(client, "zhao")
    assert client.post(url, {"code": _code(secret)})["Location"] == "/"


def test_a_lost_second_factor_is_taken_off(client: Client, person: Callable[..., Any]) -> None:
    clerk, user = person("qian", ylz="administrator"), person("zhao")
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    assert actions.reset_second_factor(acting_user=clerk, user=user) == 1
    assert not Authenticator.objects.filter(user=user).exists()
    assert Entry.objects.order_by("-sequence").first().before == {"second_factors": ["recovery_codes"]}


@pytest.mark.parametrize(
    "name",
    [
        "accounts:profile",
        "account_logout",
        "account_change_password",
        "account_reauthenticate",
        "account_inactive",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
    ],
)
def test_the_pages_speak_chinese(client: Client, person: Callable[..., Any], name: str) -> None:
    person("zhao")
    _sign_in(client, "zhao")
    _confirm(client)
    response = client.get(reverse(name))
    assert response.status_code == 200, response
    words = re.findall(r"[A-Za-z]{4,}", _visible_text(response.content.decode()).replace("zhao", ""))
    assert words == []
    assert "落实" in response.content.decode()


def test_own_password(client: Client, person: Callable[..., Any]) -> None:
    user = person("zhao")
    _sign_in(client, "zhao")
    url = reverse("accounts:change-password")
    wrong = client.post(url, {"old": "falsch", "new": "yunling-2026-x", "again": "yunling-2026-x"})
    assert (wrong.status_code, "现在的密码不对" in wrong.content.decode()) == (422, True)
    unequal = client.post(url, {"old": PASSWORD, "new": "yunling-2026-x", "again": "yunling-2026-y"})
    assert "不一致" in unequal.content.decode()
    assert client.post(url, {"old": PASSWORD, "new": "12345678", "again": "12345678"}).status_code == 422
    other = Client()
    other.force_login(user)
    assert client.post(url, {"old": PASSWORD, "new": "yunling-2026-x", "again": "yunling-2026-x"}).status_code == 302
    assert client.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 302
    user.refresh_from_db()
    assert user.check_password("yunling-2026-x")


def test_the_own_password_cannot_be_guessed(client: Client, person: Callable[..., Any]) -> None:
    user = person("zhao")
    client.force_login(user)
    url = reverse("accounts:change-password")
    new = {"new": "yunling-2026-x", "again": "yunling-2026-x"}
    assert [client.post(url, {"old": f"falsch{n}"} | new).status_code for n in range(6)] == [422] * 5 + [429]
    refused = client.post(url, {"old": PASSWORD} | new)
    assert (refused.status_code, "过一会儿再试" in refused.content.decode()) == (429, True)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    other = person("qian")
    client.force_login(other)
    assert client.post(url, {"old": PASSWORD} | new).status_code == 302


def test_own_password_through_the_frameworks_page(client: Client, person: Callable[..., Any]) -> None:
    user = person("zhao")
    _sign_in(client, "zhao")
    new = {"oldpassword": PASSWORD, "password1": "yunling-2026-x", "password2": "yunling-2026-x"}
    assert client.post("/account/password/change/", new)["Location"] == "/profile"
    assert Entry.objects.filter(action="修改密码", actor=user).count() == 1


def test_own_tokens(client: Client, person: Callable[..., Any]) -> None:
    user = person("zhao")
    client.force_login(user)
    assert client.post(reverse("accounts:issue-token"), {"name": "", "days": "90"}).status_code == 422
    response = client.post(reverse("accounts:issue-token"), {"name": "取数程序", "days": "30"})
    secret = re.search(r'value="(ls_[^"]+)"', response.content.decode())[1]
    assert actions.authenticate_token(secret) == user
    assert "no-store" in response["Cache-Control"]
    page = client.get("/profile").content.decode()
    assert "取数程序" in page
    assert secret not in page
    token = ApiToken.objects.get()
    strange = Client()
    strange.force_login(person("qian"))
    assert strange.post(reverse("accounts:revoke-token", args=[token.pk])).status_code == 404
    assert client.post(reverse("accounts:revoke-token", args=[token.pk])).status_code == 302
    assert actions.authenticate_token(secret) is None
