"""The same user name asked for by two at once: one gets it, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from luoshi.apps.accounts import actions
from luoshi.apps.accounts.models import User
from luoshi.apps.journal.actions import verify
from tests.apps.conftest import PASSWORD


def _make(username: str) -> Any:
    return actions.create_user(acting_user=None, username=username, display_name="甲", password=PASSWORD)


def _make_many(username: str) -> Any:
    people = [actions.NewPerson("vorher", "乙"), actions.NewPerson(username, "甲")]
    return actions.create_users(acting_user=None, people=people)


def _rename(username: str) -> Any:
    user = User.objects.get(username="alt")
    return actions.change_person(acting_user=None, user=user, fields={"username": username})


@pytest.mark.django_db
def test_the_database_itself_knows_no_letter_case() -> None:
    User.objects.create(username="zwei")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="Zwei")


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("name", ["zwei", "Zwei"])
@pytest.mark.parametrize("write", [_make, _make_many, _rename])
def test_one_of_two_gets_the_name(write: Callable[[str], Any], name: str) -> None:
    _make("alt")
    outcome: list[BaseException | None] = []

    def second() -> None:
        try:
            write(name)
            outcome.append(None)
        except Exception as error:  # whatever it is, the test says what it must be
            outcome.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=second)
    with transaction.atomic():
        _make("zwei")
        # The other does not see the name yet, and waits where the database makes it wait.
        other.start()
        other.join(0.7)
        assert outcome == []
    other.join(30)
    assert [type(error) for error in outcome] == [ValidationError]
    assert set(outcome[0].message_dict) == {"username"}
    assert set(User.objects.values_list("username", flat=True)) == {"alt", "zwei"}
    assert verify().ok
