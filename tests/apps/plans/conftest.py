"""What the tests of plans share."""

from __future__ import annotations

import pytest

from luoshi.apps.accounts.models import User
from luoshi.apps.organisations.models import Role
from luoshi.apps.plans.models import SourceDocument
from tests.apps.plans.making import Prefecture, make_document, make_prefecture, make_user


@pytest.fixture
def units(db: None) -> Prefecture:
    """The units of the prefecture."""
    return make_prefecture()


@pytest.fixture
def office(units: Prefecture) -> User:
    """The coordinating office of the prefecture."""
    return make_user("office", (Role.COORDINATOR, units.state))


@pytest.fixture
def document(db: None) -> SourceDocument:
    """A stored text."""
    return make_document()
