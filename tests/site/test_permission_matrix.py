"""Who may ask what of every address: a flat table of (method, address) × person, with the status that must come back.

``permissions.txt`` holds one row for each method of each address, the API's operations included; an address that is
missing from it fails the test, and so does a row whose address is gone. Statuses are written as letters (``CODES``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from luoshi.apps.organisations.queries import forget_directory
from luoshi.site.api_urls import api
from tests.site import world as worlds

#: One letter a status, so that a row of ten people fits on a line.
CODES = {
    200: "O",  # shown, or done
    201: "O",
    202: "O",
    204: "O",
    301: "R",
    302: "R",  # done, and sent on to the next page
    303: "R",
    400: "B",  # may, but the (empty) input is refused
    409: "B",
    415: "B",
    422: "B",
    401: "A",  # must sign in (API)
    403: "F",  # may not
    404: "N",  # must not even know that it exists, or there is no such thing
    405: "M",  # no such method
}
SIGN_IN = "L"  # sent to the sign-in page

PEOPLE = ("visitor", *worlds.PEOPLE)
TABLE = Path(__file__).with_name("permissions.txt")

#: What stands for each variable part of an address.
VALUES = {
    "plan_id": "plan",
    "measure_id": "plan_measure",
    "target_id": "plan_target",
    "deadline_id": "plan_deadline",
    "responsibility_id": "plan_responsibility",
    "table_id": "plan_table",
    "unit_id": "unit",
    "document_id": "document",
    "upload_id": "upload",
    "draft_id": "draft",
    "item_id": "item",
    "membership": "membership",
    "token": "token",
    "ordinal": 1,
    "number": 1,
    "name": "unit_name",
    "key": "x",
    "uidb36": "x",
}
#: ``pk`` means another thing in each part of the site.
PK = {"people/": "person", "units/register/": "unit", "profile/tokens/": "token", "account/": 1}


def addresses() -> Iterator[tuple[str, str]]:
    """(route, path template) of every address of the site; the API's own come from its OpenAPI document."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route
            else:
                yield from walk(pattern, route)

    for route in walk(get_resolver(), ""):
        # allauth's addresses with regular expressions are pages that this site closes; their plain form is asked for.
        plain = route.replace("^", "").replace("$", "")
        if "(?" not in plain:
            yield route, plain


def filled(template: str, ids: dict[str, object]) -> str:
    """A path with the parts filled in from the small prefecture."""
    path = ""
    for part in template.replace("<", "\0<").replace(">", ">\0").split("\0"):
        if part.startswith("<"):
            name = part.strip("<>").rpartition(":")[2]
            if name == "pk":
                value = next(v for prefix, v in PK.items() if template.startswith(prefix))
            elif name in VALUES:
                value = VALUES[name]
            else:
                raise KeyError(f"what stands for <{name}> in {template}?")
            path += str(ids.get(value, value)) if isinstance(value, str) else str(value)
        else:
            path += part
    return "/" + path


def rows() -> dict[tuple[str, str], str]:
    """(method, route) → letters."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            letters, method, route = (*line.split(maxsplit=2), "")[:3]
            assert (method, route) not in found, f"twice in the table: {line}"
            found[method, route] = letters
    return found


#: What an act needs in order to come as far as the question of permission.
BODIES = {
    "api/v1/drafts/<int:draft_id>/accept-sure": {"threshold": 0.9},
    "api/v1/drafts/<int:draft_id>/items/<int:item_id>/decision": {"decision": "accept", "revision": 0},
    "api/v1/drafts/<int:draft_id>/publish": {},
}


def wanted() -> set[tuple[str, str]]:
    """Every (method, route) that must stand in the table: GET and POST of all, and what else the API offers."""
    offered: dict[str, set[str]] = {}
    for path, operations in api.get_openapi_schema()["paths"].items():
        route = path.removeprefix("/")
        offered[re.sub(r"{(\w+)}", r"\1", route)] = {method.upper() for method in operations}
    return {
        (method, route)
        for route, _ in addresses()
        for method in {"GET", "POST"} | offered.get(re.sub(r"<(?:\w+:)?(\w+)>", r"\1", route), set())
    }


@pytest.fixture
def prefecture(db) -> Iterator[worlds.World]:
    """The small prefecture."""
    forget_directory()
    yield worlds.build()
    forget_directory()


def letter(response) -> str:  # type: ignore[no-untyped-def]
    """The code letter of an answer."""
    if response.status_code in (301, 302, 303) and response.headers["Location"].startswith("/account/login/"):
        return SIGN_IN
    return CODES.get(response.status_code, str(response.status_code))


def ask(world: worlds.World, person: str, method: str, path: str, body: dict[str, object] | None = None) -> str:
    """The letter that the person gets; whatever the request does is undone."""
    content = ("application/x-www-form-urlencoded", "") if body is None else ("application/json", json.dumps(body))
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        if person != "visitor":
            client.force_login(world.users[person], backend="django.contrib.auth.backends.ModelBackend")
        answer = client.generic(method, path, data=content[1], content_type=content[0])
        result = letter(answer)
        transaction.set_rollback(True)
    return result


def test_every_address_stands_in_the_table() -> None:
    assert sorted(wanted() - set(rows())) == [], "not in permissions.txt"
    assert sorted(set(rows()) - wanted()) == [], "in permissions.txt, but gone"


@pytest.mark.parametrize(("method", "route"), sorted(rows()) if TABLE.exists() else [])
def test_answers(prefecture: worlds.World, method: str, route: str) -> None:
    template = dict(addresses()).get(route)
    assert template is not None, f"{route} is gone"
    path = filled(template, prefecture.ids)
    expected = rows()[method, route]
    assert len(expected) == len(PEOPLE)
    actual = "".join(ask(prefecture, person, method, path, BODIES.get(route)) for person in PEOPLE)
    wrong = {
        person: f"{got} instead of {must}"
        for person, got, must in zip(PEOPLE, actual, expected, strict=True)
        if got != must
    }
    assert not wrong, f"{method} {path}: {wrong}"
