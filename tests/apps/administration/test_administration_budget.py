"""No page of the administration asks the database more than fifteen times, at 2,000 units and 16,000 people,
nor takes long over it when the database has no figures of so many rows yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luoshi.apps.accounts.models import ApiToken, User
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.actions import load_units
from luoshi.apps.organisations.models import Membership, Role, Unit
from luoshi.units import NameKind, UnitDirectory, UnitName
from luoshi.units import Unit as LibraryUnit
from tests.apps.conftest import prefecture_directory
from tests.counting import count_rows

pytestmark = pytest.mark.django_db
BUDGET = 15


#: PostgreSQL gives up a query after so long: with figures of the tables each takes milliseconds.
PATIENCE = "3s"


@pytest.fixture
def believed_empty(prefecture: dict[str, Unit]) -> None:
    """The database's figures say that the tables of people are empty, as they do right after an import: PostgreSQL
    saw them filled and emptied, and looks again only some time after the rows are there."""
    people = User.objects.bulk_create((User(username=f"z{n}", password="!") for n in range(16_000)), batch_size=1000)
    unit = prefecture["ylz"]
    Membership.objects.bulk_create(
        (Membership(user=user, unit=unit, role=Role.REPORTER) for user in people), batch_size=1000
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM organisations_membership")
        cursor.execute("DELETE FROM accounts_user")
    count_rows()


@pytest.fixture
def crowded(believed_empty: None, prefecture: dict[str, Unit]) -> dict[str, Unit]:
    """2,000 units, 16,000 people with a role or two, 3,000 journal entries, of which the planner knows nothing."""
    small = prefecture_directory()
    more = [
        LibraryUnit(f"x{n}", f"第{n}单位", f"第{n}单位", "township", ("qsx", "bsx", "ylz")[n % 3]) for n in range(1992)
    ]
    names = [UnitName(f"{n}号单位", (f"x{n}",), NameKind.ALIAS) for n in range(1992)]
    load_units(acting_user=None, directory=UnitDirectory([*small.units, *more], [*small.names, *names]))
    users = User.objects.bulk_create(
        (User(username=f"u{n}", display_name=f"甲{n}", password="!") for n in range(16_000)), batch_size=1000
    )
    units = list(Unit.objects.order_by("pk"))
    Membership.objects.bulk_create(
        (
            Membership(user=user, unit=units[(n * 7 + extra) % len(units)], role=role)
            for n, user in enumerate(users)
            for extra, role in enumerate((Role.REPORTER, Role.REVIEWER)[: 1 + n % 2])
        ),
        batch_size=1000,
    )
    with transaction.atomic():
        record(
            acting_user=None,
            acts=(Act(action="试写", target=users[n % 500], before={"n": n}, after={"n": n + 1}) for n in range(3000)),
        )
    return {unit.key: unit for unit in units}


def test_budget(client: Client, crowded: dict[str, Unit], person: Callable[..., Any]) -> None:
    chief, county = person("chief", ylz="administrator"), person("county", qsx="administrator", bsx="coordinator")
    someone = User.objects.get(username="u15999")
    ApiToken.objects.bulk_create(
        ApiToken(user=user, name=f"令牌{n}", digest=f"{user.pk}-{n}") for user in (someone, chief) for n in range(20)
    )
    Membership.objects.bulk_create(
        Membership(user=someone, unit=unit, role=Role.LEAD) for unit in list(crowded.values())[:40]
    )
    qsx, ylz = crowded["qsx"].pk, crowded["ylz"].pk
    pages = [
        "/profile",
        "/people",
        "/people?page=100",
        "/people?q=甲15&role=reviewer&active=yes",
        "/people?unit=qsx",
        "/people?role=none",
        "/people/new",
        "/people/import",
        f"/people/{someone.pk}",
        "/units/register",
        "/units/register?q=单位",
        "/units/register?kind=township&page=12",
        f"/units/register/{qsx}",
        f"/units/register/{qsx}/below",
        f"/units/register/new?parent={qsx}",
        "/units/options?scope=administration.units&q=单位",
        "/units/register/units.csv",
        "/units/register/unit-names.csv",
        "/journal",
        "/journal?before=2000",
        "/journal?person=甲&action=试&object=甲4",
        "/journal/verify",
        f"/units/register/{ylz}",
        "/units/register/replace",
    ]
    over: dict[str, str] = {}
    _give_up_after(PATIENCE)
    for user in (chief, county):
        client.force_login(user)
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                response = client.get(page)
            refused = user is county and page in (pages[-1], pages[-2], f"/people/{someone.pk}")
            assert response.status_code == 200 or (refused and response.status_code in (403, 404)), page
            if len(queries) > BUDGET:
                over[f"{user} {page}"] = "\n".join(query["sql"][:300] for query in queries)
    _give_up_after("0")  # the end of the test checks the references of all those rows
    assert not over, over


def _give_up_after(time: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{time}'")
