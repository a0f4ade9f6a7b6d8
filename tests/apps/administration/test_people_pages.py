"""Pages about people: who is seen, who may be changed, and many at once from a file."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from luoshi.apps.accounts.actions import issue_token
from luoshi.apps.accounts.models import ApiToken, User
from luoshi.apps.administration.people_file import read
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Membership, Unit
from tests.apps.conftest import PASSWORD

pytestmark = pytest.mark.django_db
Person = Callable[..., Any]


@pytest.fixture
def clerk(client: Client, person: Person) -> Any:
    """The administrator of one county, signed in."""
    user = person("xianguan", qsx="administrator")
    client.force_login(user)
    return user


@pytest.fixture
def chief(client: Client, person: Person) -> Any:
    """The administrator of the prefecture, signed in."""
    user = person("zhouguan", ylz="administrator")
    client.force_login(user)
    return user


def _names(client: Client, **parameters: str) -> list[str]:
    response = client.get(reverse("administration:people"), parameters)
    assert response.status_code == 200
    return re.findall(r'<a href="/people/\d+">([^<]+)同志</a>', response.content.decode())


def test_the_county_sees_its_people_and_the_unassigned(client: Client, clerk: Any, person: Person) -> None:
    person("zhao", qsx_czj="reporter")
    person("qian", bsx="reporter")
    person("sun", ylz="leader")
    person("li")
    assert sorted(_names(client)) == ["li", "xianguan", "zhao"]
    hidden = User.objects.get(username="qian")
    assert client.get(reverse("administration:person", args=[hidden.pk])).status_code == 404


def test_the_prefecture_sees_all(client: Client, chief: Any, person: Person) -> None:
    person("zhao", sheng_sjt="reporter")
    person("li")
    assert sorted(_names(client)) == ["li", "zhao", "zhouguan"]


def test_filters(client: Client, chief: Any, person: Person) -> None:
    person("zhao", qsx_czj="reporter")
    person("qian", bsx="reviewer", qsx="leader")
    stopped = person("sun")
    User.objects.filter(pk=stopped.pk).update(is_active=False, phone="13900001111")
    assert _names(client, q="zha") == ["zhao"]
    assert _names(client, q="13900") == ["sun"]
    assert sorted(_names(client, unit="qsx")) == ["qian", "zhao"]
    assert _names(client, unit="青石县财政局") == ["zhao"]
    assert _names(client, unit="qsx", role="reviewer") == []
    assert _names(client, role="reviewer") == ["qian"]
    assert _names(client, role="none") == ["sun"]
    assert _names(client, active="no") == ["sun"]
    response = client.get(reverse("administration:people"), {"unit": "不存在县"})
    assert "没有找到单位“不存在县”" in response.content.decode()
    assert 'value="不存在县"' in response.content.decode()


def test_others_are_refused(client: Client, person: Person) -> None:
    assert client.get("/people")["Location"] == "/account/login/?next=/people"
    for user in (person("zhao", ylz="coordinator"), person("qian")):
        client.force_login(user)
        for name in ("people", "new-person", "import-people", "people-template", "register", "units-csv"):
            assert client.get(reverse(f"administration:{name}")).status_code == 403


def test_a_new_person_and_the_password_shown_once(client: Client, clerk: Any) -> None:
    fields = {"display_name": "李四", "username": "lisi", "phone": "", "unit": "青石县财政局", "role": "reporter"}
    response = client.post(reverse("administration:new-person"), fields)
    page = response.content.decode()
    password = re.search(r'id="new-password" value="([^"]+)"', page)[1]
    assert response["Cache-Control"] == "no-store"
    user = User.objects.get(username="lisi")
    assert user.check_password(password)
    assert user.memberships.get().unit.key == "qsx-czj"
    assert password not in client.get(reverse("administration:person", args=[user.pk])).content.decode()


def test_a_new_person_elsewhere_is_refused_and_not_half_made(client: Client, clerk: Any) -> None:
    fields = {"display_name": "李四", "username": "lisi", "unit": "白水县", "role": "reporter"}
    response = client.post(reverse("administration:new-person"), fields)
    assert (response.status_code, "不在可选的范围内" in response.content.decode()) == (422, True)
    assert not User.objects.filter(username="lisi").exists()


def test_what_was_typed_is_kept(client: Client, clerk: Any) -> None:
    response = client.post(reverse("administration:new-person"), {"display_name": "李四", "username": "xianguan"})
    assert response.status_code == 422
    assert 'value="李四"' in response.content.decode()
    assert "已被使用" in response.content.decode()


def test_roles_are_given_and_taken(client: Client, clerk: Any, person: Person) -> None:
    user = person("zhao")
    address = reverse("administration:grant", args=[user.pk])
    assert client.post(address, {"unit": "青石县财政局（qsx-czj）", "role": "reporter"}).status_code == 302
    assert client.post(address, {"unit": "白水县", "role": "reporter"}).status_code == 422
    assert client.post(address, {"unit": "无此县", "role": "reporter"}).status_code == 422
    row = user.memberships.get()
    assert client.post(reverse("administration:revoke", args=[user.pk, row.pk])).status_code == 302
    assert not user.memberships.exists()


def test_the_fields_of_a_person(client: Client, clerk: Any, person: Person) -> None:
    user = person("zhao", qsx="reporter")
    address = reverse("administration:person", args=[user.pk])
    new = {"display_name": "赵大", "username": "zhaoda", "phone": "0870-1"}
    assert client.post(address, new).status_code == 302
    user.refresh_from_db()
    assert (user.display_name, user.username, user.phone) == ("赵大", "zhaoda", "0870-1")
    wrong = client.post(address, new | {"username": "xianguan"})
    assert (wrong.status_code, 'value="xianguan"' in wrong.content.decode()) == (422, True)


def test_someone_with_a_role_above_cannot_be_taken_over(client: Client, clerk: Any, person: Person) -> None:
    user = person("zhao", qsx="reporter", ylz="administrator")
    token = issue_token(acting_user=user, user=user, name="取数")
    page = client.get(reverse("administration:person", args=[user.pk])).content.decode()
    assert "重置密码" not in page
    for name in ("reset-password", "reset-second-factor", "set-active"):
        assert client.post(reverse(f"administration:{name}", args=[user.pk])).status_code == 403
    stop = reverse("administration:revoke-token", args=[user.pk, ApiToken.objects.get().pk])
    assert client.post(stop).status_code == 403
    above = user.memberships.get(role="administrator")
    assert client.post(reverse("administration:revoke", args=[user.pk, above.pk])).status_code == 403
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert user.is_active
    assert token


def test_password_state_and_tokens(client: Client, clerk: Any, person: Person) -> None:
    user = person("zhao", qsx="reporter")
    issue_token(acting_user=user, user=user, name="取数")
    page = client.post(reverse("administration:reset-password", args=[user.pk])).content.decode()
    user.refresh_from_db()
    assert user.check_password(re.search(r'id="new-password" value="([^"]+)"', page)[1])
    client.post(reverse("administration:set-active", args=[user.pk]), {"active": "no"})
    assert not User.objects.get(pk=user.pk).is_active
    client.post(reverse("administration:set-active", args=[user.pk]), {"active": "yes"})
    assert User.objects.get(pk=user.pk).is_active
    client.post(reverse("administration:revoke-token", args=[user.pk, ApiToken.objects.get().pk]))
    assert ApiToken.objects.get().revoked_at is not None
    own = client.post(reverse("administration:set-active", args=[clerk.pk]), {"active": "no"}, follow=True)
    assert "不能停用自己" in own.content.decode()


def _upload(client: Client, text: str) -> Any:
    file = SimpleUploadedFile("人员.csv", text.encode("utf-8"))
    return client.post(reverse("administration:import-people"), {"file": file})


def test_many_people_from_a_file(client: Client, chief: Any, prefecture: dict[str, Unit]) -> None:
    response = _upload(
        client,
        "姓名,用户名,单位,角色,电话\n"
        "李四,lisi,青石县财政局,填报员,138\n"
        "李四,lisi,白水县,审核员,138\n"
        "王五,wangwu,州农业农村局,牵头单位,\n"
        "赵六,zhaoliu,,,\n",
    )
    assert response.status_code == 200
    assert set(Membership.objects.filter(user__username="lisi").values_list("unit__key", "role")) == {
        ("qsx-czj", "reporter"),
        ("bsx", "reviewer"),
    }
    assert not User.objects.get(username="zhaoliu").memberships.exists()
    page = response.content.decode()
    sheet = base64.b64decode(re.search(r"base64,([A-Za-z0-9+/=]+)", page)[1])
    assert [row.cells["用户名"] for row in read(sheet)] == ["lisi", "wangwu", "zhaoliu"]
    assert Entry.objects.filter(action="新增人员", actor=chief).count() == 3
    password = re.findall(r'font-monospace">([^<]+)<', page)[0]
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
        assert Client().post("/account/login/", {"login": "lisi", "password": password})["Location"] == "/"


def test_one_wrong_row_takes_nothing(client: Client, clerk: Any, person: Person) -> None:
    person("zhao")
    people, entries = User.objects.count(), Entry.objects.count()
    response = _upload(
        client,
        "姓名,用户名,单位,角色,电话\n"
        "李四,lisi,青石县财政局,填报员,138\n"
        "王五,wangwu,青石县财局,填报员,\n"
        "赵六,zhao,青石县,局长,\n"
        ",leer,青石县,,\n"
        "孙七,sunqi,白水县,填报员,\n"
        "李五,LISI,青石县,填报员,\n",
    )
    assert response.status_code == 422
    page = response.content.decode()
    found = re.findall(r'<td class="number">(\d+)</td><td>([^<]+)</td>', page)
    assert [int(row) for row, _ in found] == sorted(int(row) for row, _ in found)
    told = {int(row): " ".join(text for number, text in found if number == row) for row, _ in found}
    assert set(told) == {3, 4, 5, 6, 7}
    assert "不存在" in told[3]
    assert "青石县财政局" in told[3]
    assert "局长" in told[4]
    assert "已被使用" in told[4]
    assert "姓名" in told[5]
    assert "同时填写" in told[5]
    assert "管理范围" in told[6]
    assert "第 2 行" in told[7]
    assert (User.objects.count(), Entry.objects.count()) == (people, entries)


def test_an_unreadable_file(client: Client, clerk: Any) -> None:
    response = _upload(client, "\0\0")
    assert (response.status_code, "无法识别文件" in response.content.decode()) == (422, True)
    assert client.post(reverse("administration:import-people")).status_code == 422


def test_the_template(client: Client, clerk: Any) -> None:
    response = client.get(reverse("administration:people-template"))
    assert "attachment" in response["Content-Disposition"]
    assert read(response.content)
