"""What the tests of all apps share: a small prefecture, and people with roles in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from luoshi.apps.accounts.actions import create_user
from luoshi.apps.organisations.actions import grant_membership, load_units
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.queries import forget_directory
from luoshi.units import NameKind, UnitDirectory, UnitName
from luoshi.units import Unit as LibraryUnit

PASSWORD = "qingshan-lvshui-7"

#: (key, name, short name, kind, parent)
UNITS = (
    ("nanfang-sheng", "南方省", "南方省", "other", None),
    ("sheng-sjt", "南方省数据厅", "省数据厅", "other", "nanfang-sheng"),
    ("ylz", "云岭州", "云岭州", "prefecture", "nanfang-sheng"),
    ("ylz-czj", "云岭州财政局", "州财政局", "prefecture-department", "ylz"),
    ("ylz-nyncj", "云岭州农业农村局", "州农业农村局", "prefecture-department", "ylz"),
    ("qsx", "青石县", "青石县", "county", "ylz"),
    ("qsx-czj", "青石县财政局", "青石县财政局", "county-department", "qsx"),
    ("bsx", "白水县", "白水县", "county", "ylz"),
)


def prefecture_directory() -> UnitDirectory:
    """Eight units: a province, a prefecture, two departments, two counties, a county's department."""
    units = [
        LibraryUnit(key=key, name=name, short_name=short, kind=kind, parent=parent)
        for key, name, short, kind, parent in UNITS
    ]
    names = [
        UnitName("州农业局", ("ylz-nyncj",), NameKind.OLD_NAME, valid_to=dt.date(2019, 2, 28)),
        UnitName("州农业农村局", ("ylz-nyncj",), NameKind.SHORT, valid_from=dt.date(2019, 3, 1)),
        UnitName("各县人民政府", ("qsx", "bsx"), NameKind.GROUP),
    ]
    return UnitDirectory(units, names)


@pytest.fixture(autouse=True)
def _fresh_directory() -> None:
    """The register kept in the process outlives a test's rolled-back rows: begin without it."""
    forget_directory()


@pytest.fixture
def prefecture(db: None) -> dict[str, Unit]:
    """The small prefecture in the database, its units by key."""
    load_units(acting_user=None, directory=prefecture_directory())
    return {unit.key: unit for unit in Unit.objects.all()}


@pytest.fixture
def person(prefecture: dict[str, Unit]) -> Callable[..., Any]:
    """``person("zhao", ylz="administrator", qsx="reporter")`` makes someone with roles in units (``-`` as ``_``)."""

    def make(username: str, **roles: str) -> Any:
        user = create_user(acting_user=None, username=username, display_name=f"{username}同志", password=PASSWORD)
        for key, role in roles.items():
            grant_membership(acting_user=None, user=user, unit=prefecture[key.replace("_", "-")], role=role)
        return user

    return make


@pytest.fixture
def coordinator(person: Callable[..., Any]) -> Any:
    """Someone of the prefecture's coordinating office."""
    return person("tongchou", ylz="coordinator")
