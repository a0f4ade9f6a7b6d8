"""Accounts and tokens: made, changed, stopped; who may; what stands in the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import RequestFactory, override_settings
from django.utils import timezone

from luoshi.apps.accounts import actions
from luoshi.apps.accounts.models import ApiToken, User
from luoshi.apps.journal.models import Entry
from tests.apps.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def _last() -> Entry:
    entry = Entry.objects.order_by("-sequence").first()
    assert entry is not None
    return entry


def test_an_account_is_made_and_written_down(person: Callable[..., Any]) -> None:
    clerk = person("zhao", qsx="administrator")
    user = actions.create_user(
        acting_user=clerk, username=" lisi ", display_name="李四", password=PASSWORD, phone="0870-123"
    )
    assert user.username == "lisi"
    assert user.check_password(PASSWORD)
    assert (_last().actor, _last().action) == (clerk, "新增人员")
    assert _last().after == {"username": "lisi", "display_name": "李四", "phone": "0870-123", "email": ""}
    assert PASSWORD not in str(Entry.objects.values_list("before", "after"))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"username": "有 空格"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "ZHAO"}, "username"),
        ({"display_name": " "}, "display_name"),
        ({"phone": "1" * 31}, "phone"),
        ({"password": "12345678"}, "password"),
        ({"password": "kurz"}, "password"),
    ],
)
def test_wrong_fields_are_named(person: Callable[..., Any], fields: dict[str, str], wrong: str) -> None:
    person("zhao")
    values = {"username": "lisi", "display_name": "李四", "password": PASSWORD} | fields
    with pytest.raises(ValidationError) as caught:
        actions.create_user(acting_user=None, **values)
    assert set(caught.value.message_dict) == {wrong}
    assert not User.objects.filter(display_name="李四").exists()


def test_who_may_make_accounts(person: Callable[..., Any]) -> None:
    for user in (person("zhao", ylz="coordinator"), person("qian")):
        with pytest.raises(PermissionDenied):
            actions.create_user(acting_user=user, username="x", display_name="x", password=PASSWORD)


def test_many_accounts_with_random_passwords(person: Callable[..., Any]) -> None:
    people = [actions.NewPerson(f"u{number}", f"甲{number}") for number in range(30)]
    made = actions.create_users(acting_user=None, people=people)
    assert [user.username for user, _ in made] == [p.username for p in people]
    assert len({password for _, password in made}) == 30
    assert Entry.objects.filter(action="新增人员").count() == 30
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
        user, password = made[0]
        assert authenticate(RequestFactory().post("/"), username=user.username, password=password) == user
        user.refresh_from_db()
        # Signing in replaced the quick hash by one of the usual strength.
        assert PBKDF2PasswordHasher().decode(user.password)["iterations"] == PBKDF2PasswordHasher.iterations


def test_one_wrong_of_many_makes_none(person: Callable[..., Any]) -> None:
    person("zhao")
    with pytest.raises(ValidationError):
        actions.create_users(acting_user=None, people=[actions.NewPerson("new", "新"), actions.NewPerson("ZHAO", "赵")])
    assert not User.objects.filter(username="new").exists()


def test_changes_are_told_field_by_field(person: Callable[..., Any]) -> None:
    clerk, user = person("zhao", qsx="administrator"), person("qian", qsx_czj="reporter")
    actions.change_person(acting_user=clerk, user=user, fields={"phone": "1380", "username": "qian"})
    assert (_last().before, _last().after) == ({"phone": ""}, {"phone": "1380"})
    with pytest.raises(PermissionDenied):
        actions.change_person(acting_user=user, user=clerk, fields={"phone": "1"})


def test_passwords(person: Callable[..., Any]) -> None:
    clerk, user = person("zhao", qsx="administrator"), person("qian", qsx_czj="reporter")
    actions.set_password(acting_user=user, user=user, password="yunling-2026-x")
    assert _last().action == "修改密码"
    actions.set_password(acting_user=clerk, user=user, password=actions.new_password())
    assert _last().action == "重置密码"
    with pytest.raises(PermissionDenied):
        actions.set_password(acting_user=user, user=clerk, password="yunling-2026-x")
    with pytest.raises(ValidationError):
        actions.set_password(acting_user=user, user=user, password="qian")


def test_tokens_end_when_another_resets_the_password(person: Callable[..., Any]) -> None:
    clerk, user = person("zhao", qsx="administrator"), person("qian", qsx_czj="reporter")
    own = actions.issue_token(acting_user=clerk, user=clerk, name="取数")
    secrets = [actions.issue_token(acting_user=user, user=user, name=name) for name in ("取数", "备份", "旧")]
    actions.revoke_token(acting_user=user, token=ApiToken.objects.get(user=user, name="旧"))
    actions.set_password(acting_user=user, user=user, password="yunling-2026-x")
    assert actions.authenticate_token(secrets[0]) == user
    actions.set_password(acting_user=clerk, user=user, password=actions.new_password())
    assert [actions.authenticate_token(secret) for secret in secrets] == [None] * 3
    assert actions.authenticate_token(own) == clerk
    written = Entry.objects.filter(actor=clerk).order_by("sequence").values_list("action", "object_label")
    assert list(written)[-3:] == [("重置密码", "qian同志"), ("停用接口令牌", "取数"), ("停用接口令牌", "备份")]


def test_a_stopped_account_and_its_tokens_work_no_more(person: Callable[..., Any]) -> None:
    clerk, user = person("zhao", qsx="administrator"), person("qian", qsx_czj="reporter")
    secret = actions.issue_token(acting_user=user, user=user, name="取数")
    actions.deactivate(acting_user=clerk, user=user)
    assert actions.authenticate_token(secret) is None
    assert authenticate(RequestFactory().post("/"), username="qian", password=PASSWORD) is None
    entries = Entry.objects.count()
    actions.deactivate(acting_user=clerk, user=user)
    assert Entry.objects.count() == entries
    actions.activate(acting_user=clerk, user=user)
    assert actions.authenticate_token(secret) == user
    with pytest.raises(ValidationError):
        actions.deactivate(acting_user=clerk, user=clerk)
    with pytest.raises(PermissionDenied):
        actions.deactivate(acting_user=user, user=clerk)


def test_a_token_works_until_it_is_revoked(person: Callable[..., Any]) -> None:
    user = person("qian")
    secret = actions.issue_token(acting_user=user, user=user, name=" 取数 ")
    token = ApiToken.objects.get()
    assert (token.name, token.user) == ("取数", user)
    assert secret not in str(list(ApiToken.objects.values()))
    assert secret not in str(list(Entry.objects.values()))
    assert actions.authenticate_token(secret) == user
    assert actions.authenticate_token(secret + "x") is None
    assert actions.authenticate_token("") is None
    actions.revoke_token(acting_user=user, token=token)
    assert actions.authenticate_token(secret) is None
    entries = Entry.objects.count()
    actions.revoke_token(acting_user=user, token=token)
    assert Entry.objects.count() == entries


def test_a_token_expires(person: Callable[..., Any]) -> None:
    user = person("qian")
    until = timezone.now() + dt.timedelta(minutes=5)
    secret = actions.issue_token(acting_user=user, user=user, name="取数", expires_at=until)
    assert actions.authenticate_token(secret) == user
    ApiToken.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert actions.authenticate_token(secret) is None
    with pytest.raises(ValidationError):
        actions.issue_token(acting_user=user, user=user, name="旧", expires_at=timezone.now())
    with pytest.raises(ValidationError):
        actions.issue_token(acting_user=user, user=user, name=" ")


def test_nobody_makes_tokens_for_others(person: Callable[..., Any]) -> None:
    clerk, user = person("zhao", ylz="administrator"), person("qian", qsx="reporter")
    with pytest.raises(PermissionDenied):
        actions.issue_token(acting_user=clerk, user=user, name="冒名")
    actions.issue_token(acting_user=user, user=user, name="取数")
    with pytest.raises(PermissionDenied):
        actions.revoke_token(acting_user=person("sun", qsx="reporter"), token=ApiToken.objects.get())
    actions.revoke_token(acting_user=clerk, token=ApiToken.objects.get())


def test_the_last_use_is_noted_but_not_every_second(person: Callable[..., Any], django_assert_num_queries: Any) -> None:
    user = person("qian")
    secret = actions.issue_token(acting_user=user, user=user, name="取数")
    actions.authenticate_token(secret)
    assert ApiToken.objects.get().last_used_at is not None
    with django_assert_num_queries(1):
        actions.authenticate_token(secret)
