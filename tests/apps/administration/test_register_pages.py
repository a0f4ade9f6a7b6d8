"""Pages about the unit register."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from luoshi.apps.organisations.actions import add_unit_name
from luoshi.apps.organisations.models import Unit, UnitName
from luoshi.apps.organisations.queries import directory

pytestmark = pytest.mark.django_db
Person = Callable[..., Any]


@pytest.fixture
def chief(client: Client, person: Person) -> Any:
    """The administrator of the prefecture, signed in."""
    user = person("zhouguan", ylz="administrator")
    client.force_login(user)
    return user


@pytest.fixture
def clerk(client: Client, person: Person) -> Any:
    """The administrator of one county, signed in."""
    user = person("xianguan", qsx="administrator")
    client.force_login(user)
    return user


def _page(client: Client, name: str, *args: Any, **parameters: str) -> str:
    response = client.get(reverse(f"administration:{name}", args=args), parameters)
    assert response.status_code == 200
    return response.content.decode()


def test_the_tree(client: Client, chief: Any, prefecture: dict[str, Unit]) -> None:
    page = _page(client, "register")
    for unit in prefecture.values():
        assert f'href="/units/register/{unit.pk}"' in page


def test_the_county_sees_its_own_part(client: Client, clerk: Any, prefecture: dict[str, Unit]) -> None:
    page = _page(client, "register")
    assert "青石县财政局" in page
    assert "白水县" not in page
    for name in ("register-unit", "units-below"):
        assert client.get(reverse(f"administration:{name}", args=[prefecture["bsx"].pk])).status_code == 404
    assert client.get(reverse("administration:replace-register")).status_code == 403
    offered = client.get(reverse("organisations:options"), {"scope": "administration.units", "q": "县"}).json()["units"]
    assert [unit["label"] for unit in offered] == ["青石县", "青石县财政局"]


def test_branches_open_on_demand(client: Client, chief: Any, prefecture: dict[str, Unit]) -> None:
    part = _page(client, "units-below", prefecture["ylz"].pk)
    assert re.findall(r'href="/units/register/(\d+)"', part) == [
        str(prefecture[key].pk) for key in ("ylz-czj", "ylz-nyncj", "qsx", "bsx")
    ]


def test_search_finds_former_names(client: Client, chief: Any, prefecture: dict[str, Unit]) -> None:
    assert "云岭州农业农村局" in _page(client, "register", q="州农业局")
    assert "白水县" not in _page(client, "register", q="州农业局")
    assert "没有找到单位" in _page(client, "register", q="无此单位")
    assert "白水县" in _page(client, "register", kind="county")
    Unit.objects.filter(key="bsx").update(valid_to="2020-01-01")
    assert "白水县" in _page(client, "register", state="ended")
    assert "白水县" not in _page(client, "register", kind="county", state="current")


@pytest.mark.parametrize("text", ["局 " * 1200, "局" * 60_000])
def test_searches_of_any_length(client: Client, chief: Any, text: str) -> None:
    for name in ("register", "people"):
        _page(client, name, q=text)


@pytest.mark.parametrize("parent", ["9" * 5000, "9" * 19, "²", "x", "-1"])
def test_a_parent_that_is_no_unit(client: Client, chief: Any, parent: str) -> None:
    assert client.get(reverse("administration:new-unit"), {"parent": parent}).status_code == 404


def test_the_county_exports_its_own_part(client: Client, clerk: Any, prefecture: dict[str, Unit]) -> None:
    add_unit_name(acting_user=None, name="青石财政", units=[prefecture["qsx-czj"]])
    add_unit_name(acting_user=None, name="有关部门", units=[])
    units, names = (
        client.get(reverse(f"administration:{name}")).content.decode() for name in ("units-csv", "names-csv")
    )
    assert [line.split(",")[0] for line in units.splitlines()[1:]] == ["qsx", "qsx-czj"]
    assert {line.split(",")[0] for line in names.splitlines()[1:]} == {"各县人民政府", "青石财政"}


def test_one_unit_is_changed(client: Client, chief: Any, prefecture: dict[str, Unit]) -> None:
    address = reverse("administration:register-unit", args=[prefecture["bsx"].pk])
    fields = {
        "name": "白水市",
        "short_name": "",
        "kind": "county-city",
        "valid_from": "2020-01-01",
        "valid_to": "2022-12-31",
        "successors": "青石县（qsx）；州财政局",
        "note": "",
    }
    assert client.post(address, fields).status_code == 302
    unit = directory().unit("bsx")
    assert (unit.name, unit.short_name, unit.kind) == ("白水市", "白水市", "county-city")
    assert set(unit.succeeded_by) == {"qsx", "ylz-czj"}
    wrong = client.post(address, fields | {"valid_to": "2019-12-31", "name": "又改"})
    assert (wrong.status_code, "早于" in wrong.content.decode()) == (422, True)
    unknown = client.post(address, fields | {"successors": "无此局"})
    assert (unknown.status_code, "无此局" in unknown.content.decode()) == (422, True)
    assert directory().unit("bsx").name == "白水市"


def test_names_of_a_unit(client: Client, chief: Any, prefecture: dict[str, Unit]) -> None:
    unit = prefecture["ylz-czj"]
    add = reverse("administration:add-name", args=[unit.pk])
    assert client.post(add, {"name": "州财政", "kind": "alias", "valid_from": "2010-01-01"}).status_code == 302
    assert directory().resolve("州财政").keys == ("ylz-czj",)
    row = UnitName.objects.get(name="州财政")
    end = reverse("administration:end-name", args=[unit.pk, row.pk])
    assert client.post(end, {"valid_to": "2015-12-31"}).status_code == 302
    row.refresh_from_db()
    assert str(row.valid_to) == "2015-12-31"
    assert "早于" in client.post(end, {"valid_to": "2009-12-31"}, follow=True).content.decode()
    assert "有误" in client.post(end, {"valid_to": "某日"}, follow=True).content.decode()
    elsewhere = reverse("administration:remove-name", args=[prefecture["bsx"].pk, row.pk])
    assert client.post(elsewhere).status_code == 404
    assert client.post(reverse("administration:remove-name", args=[unit.pk, row.pk])).status_code == 302
    assert not UnitName.objects.filter(name="州财政").exists()
    assert client.post(add, {"name": "", "kind": "alias"}).status_code == 422


def test_a_group_name_is_not_the_countys_to_change(client: Client, clerk: Any, prefecture: dict[str, Unit]) -> None:
    group = UnitName.objects.get(name="各县人民政府")
    page = _page(client, "register-unit", prefecture["qsx"].pk)
    assert "同时指 白水县" in page
    for name in ("end-name", "remove-name"):
        assert client.post(reverse(f"administration:{name}", args=[prefecture["qsx"].pk, group.pk])).status_code == 403


def test_a_new_unit(client: Client, clerk: Any, prefecture: dict[str, Unit]) -> None:
    fields = {"name": "青石县振兴局", "key": "qsx-zx", "kind": "county-department"}
    below = reverse("administration:new-unit") + f"?parent={prefecture['qsx'].pk}"
    assert client.post(below, fields).status_code == 302
    assert Unit.objects.get(key="qsx-zx").path.startswith(prefecture["qsx"].path)
    assert client.post(below, fields).status_code == 422
    assert client.get(reverse("administration:new-unit")).status_code == 403
    assert client.get(reverse("administration:new-unit") + f"?parent={prefecture['bsx'].pk}").status_code == 404


def _exported(client: Client) -> tuple[bytes, bytes]:
    return (
        client.get(reverse("administration:units-csv")).content,
        client.get(reverse("administration:names-csv")).content,
    )


def _upload(client: Client, units: bytes, names: bytes) -> Any:
    files = {"units": SimpleUploadedFile("units.csv", units), "names": SimpleUploadedFile("unit-names.csv", names)}
    return client.post(reverse("administration:replace-register"), files)


def _confirm(client: Client, preview: Any, **changed: str) -> Any:
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', preview.content.decode()))
    fields.pop("csrfmiddlewaretoken", None)
    return client.post(reverse("administration:replace-register"), fields | changed, follow=True)


def test_export_and_import_make_no_difference(client: Client, chief: Any) -> None:
    exported = _exported(client)
    assert "没有差别" in _upload(client, *exported).content.decode()
    assert _exported(client) == exported


def test_replacing_after_a_preview(client: Client, chief: Any) -> None:
    units, names = (data.decode("utf-8-sig") for data in _exported(client))
    units = units.replace("白水县,白水县,county", "白水市,白水市,county-city") + "bsx-x,白水新局,,other,bsx,,,,\r\n"
    names = names.replace("州农业局,", "州老农业局,")
    preview = _upload(client, units.encode(), names.encode("gb18030"))
    page = preview.content.decode()
    for words in ("新增单位 1", "修改单位 1", "白水县 → 白水市", "新增名称 1", "删除名称 1", "州老农业局"):
        assert words in page
    assert directory().unit("bsx").name == "白水县"
    assert "单位库已替换" in _confirm(client, preview).content.decode()
    assert directory().unit("bsx").name == "白水市"
    assert "bsx-x" in directory()
    units_again, _ = _exported(client)
    assert units_again.decode("utf-8-sig").count("\r\n") == units.count("\r\n")


def test_a_change_since_the_preview_is_not_overwritten(client: Client, chief: Any, prefecture: dict[str, Unit]) -> None:
    units, names = _exported(client)
    preview = _upload(client, units.replace("白水县".encode(), "白水市".encode()), names)
    add_unit_name(acting_user=None, name="州财政", units=[prefecture["ylz-czj"]])
    assert "又有改动" in _confirm(client, preview).content.decode()
    assert directory().unit("bsx").name == "白水县"
    assert UnitName.objects.filter(name="州财政").exists()
    preview = _upload(client, units.replace("白水县".encode(), "白水市".encode()), names)
    assert "已损坏" in _confirm(client, preview, units_file="%%").content.decode()


def test_faults_are_told_by_row(client: Client, chief: Any) -> None:
    units = b"key,name,short_name,kind,parent,valid_from,valid_to,succeeded_by\na,,,county,,,,\nb,B,,village,x,,,\n"
    names = b"name_as_printed,key,kind,valid_from,valid_to\nB,c,alias,,\n"
    response = _upload(client, units, names)
    assert response.status_code == 422
    rows = re.findall(r'nowrap">([^<]+)</td><td class="number">(\d*)</td><td>([^<]+)<', response.content.decode())
    assert {(source, line) for source, line, _ in rows} >= {
        ("units.csv", "2"),
        ("units.csv", "3"),
        ("unit-names.csv", "2"),
    }
    assert "bsx" in directory()
    assert _upload(client, b"\xff\xfe\x00", names).status_code == 422
