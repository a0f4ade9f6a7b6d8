"""Prepared queries give what the same query gives each time, for any arguments."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from luoshi.apps.accounts.models import ApiToken, User
from luoshi.apps.journal.models import ChainHead
from luoshi.apps.organisations.models import Membership, Role, Unit
from luoshi.apps.organisations.policies import within
from luoshi.site.prepared import Prepared

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 9, 1, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def units() -> list[Unit]:
    root = Unit.objects.add_root({"key": "ylz", "name": "云岭州", "short_name": "云岭州"})
    return [root, *(root.add_child(key=f"x{n}", name=f"第{n}_县", short_name=f"{n}县") for n in range(3))]


def test_models_with_their_relations(units: list[Unit], django_user_model: Any) -> None:
    user = django_user_model.objects.create(username="zhao", display_name="赵")
    other = django_user_model.objects.create(username="qian", display_name="钱")
    for person, unit in ((user, units[0]), (user, units[2]), (other, units[1])):
        Membership.objects.create(user=person, unit=unit, role=Role.LEAD)
    query = Prepared(lambda pk: Membership.objects.filter(user=pk).select_related("unit").order_by("unit__path"))
    for person in (user, other, user):
        wanted = list(Membership.objects.filter(user=person).order_by("unit__path"))
        with CaptureQueriesContext(connection) as asked:
            found = query.rows(person.pk)
            names = [row.unit.name for row in found]
        assert found == wanted
        assert names == [row.unit.name for row in wanted]
        assert len(asked) == 1
    assert query.rows(0) == []
    assert query.rows(2**63) == query.rows(10**40) == query.rows(-(10**40)) == []


def test_lists_and_beginnings_of_texts(units: list[Unit]) -> None:
    query = Prepared(lambda pks, paths: Unit.objects.filter(Q(pk__in=pks) | within("", paths)).order_by("path"))
    root, one, two, three = units
    assert query.rows((one.pk,), (three.path,)) == [one, three]
    assert query.rows((two.pk, one.pk), ()) == [one, two]
    assert query.rows((), (root.path,)) == units
    assert query.rows((), ()) == []


def test_what_stands_for_any_text_is_taken_literally(units: list[Unit]) -> None:
    query = Prepared(lambda text: Unit.objects.filter(name__startswith=text).order_by("path"))
    assert query.rows("第1_") == [units[2]]
    assert query.rows("第_") == query.rows("%") == query.rows("第1\\") == []


def test_moments_days_and_single_values(units: list[Unit]) -> None:
    user = User.objects.create(username="zhao")
    for n in range(3):
        ApiToken.objects.create(user=user, name=f"{n}", digest=f"{n}" * 64, expires_at=NOON + dt.timedelta(days=n))
    query = Prepared(
        lambda at, name: ApiToken.objects.filter(expires_at__gt=at).exclude(name=name).values_list("name", flat=True)
    )
    assert sorted(query.rows(NOON, "1")) == ["2"]
    assert sorted(query.rows(NOON - dt.timedelta(seconds=1), "7")) == ["0", "1", "2"]
    Unit.objects.filter(pk=units[1].pk).update(valid_from=dt.date(2026, 3, 1))
    since = Prepared(lambda day: Unit.objects.filter(valid_from__gte=day).values_list("pk", "valid_from"))
    assert since.rows(dt.date(2026, 3, 1)) == [(units[1].pk, dt.date(2026, 3, 1))]
    assert since.first(dt.date(2026, 3, 2)) is None


def test_an_argument_that_is_not_mentioned_is_a_mistake(units: list[Unit]) -> None:
    with pytest.raises(ValueError, match="does not mention"):
        Prepared(lambda pk, other: Unit.objects.filter(pk=pk)).rows(1, 2)
    with pytest.raises(TypeError):
        Prepared(lambda pk: Unit.objects.filter(pk=pk)).rows(None)


def test_nothing_is_locked() -> None:
    with pytest.raises(ValueError, match="locks nothing"):
        Prepared(lambda: ChainHead.objects.select_for_update().filter(pk=1)).rows()


def test_a_column_too_narrow_for_the_stand_ins_is_a_mistake() -> None:
    query = Prepared(lambda number: ChainHead.objects.filter(pk=number))
    if connection.vendor == "postgresql":
        with pytest.raises(ValueError, match="too narrow"):
            query.rows(1)
    else:
        assert len(query.rows(1)) == 1
