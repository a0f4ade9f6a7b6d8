"""Every page with a form, as the people who fill in most of them see it: choices say in words what they are."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.site import world as worlds
from tests.site.test_permission_matrix import addresses, filled, prefecture, rows, signed_in, world

__all__ = ["prefecture", "world"]  # fixtures

PEOPLE = ("administrator", "coordinator", "lead", "reporter")
#: What says nothing: dashes of every length, and nothing at all.
SILENT = re.compile(r"[-—–－\s]*")


class Choices(HTMLParser):
    """The options of the selects of a page, and the fields that choose units."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.options: list[tuple[str, str]] = []
        self.pickers: list[dict[str, str | None]] = []
        self._select: str | None = None
        self._text: list[str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "select":
            self._select = given.get("name") or "?"
        if tag in ("option", "select", "optgroup"):
            self._end()
        if tag == "option":
            self._text = []
        if "data-unit-picker" in given:
            self.pickers.append(given)

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("option", "select"):
            self._end()

    def _end(self) -> None:
        if self._text is not None:
            self.options.append((self._select or "?", "".join(self._text)))
        self._text = None


def pages(client: Client, world: worlds.World) -> list[tuple[str, str]]:
    """(address, page) of every address that answers a GET with HTML."""
    found = []
    templates = dict(addresses())
    for method, route in rows():
        if method != "GET" or route.startswith("api/"):
            continue
        path = filled(templates[route], world.ids)
        answer = client.get(path)
        if answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html"):
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            found.append((path, content.decode()))
    return found


@pytest.mark.parametrize("person", PEOPLE)
def test_choices_say_what_they_are(prefecture: worlds.World, person: str) -> None:
    client = signed_in(prefecture, person)
    silent, seen, pickers = [], 0, 0
    asked: set[tuple[str, str, str]] = set()
    for path, page in pages(client, prefecture):
        found = Choices(page)
        seen += len(found.options)
        pickers += len(found.pickers)
        silent += [f"{path} {select}: {text!r}" for select, text in found.options if SILENT.fullmatch(text)]
        silent += [f"{path}: {dashes}" for dashes in re.findall(r">\s*-{3,}\s*<", page)]
        for picker in found.pickers:
            scope, address = picker.get("data-scope"), picker.get("data-options")
            question = (address or "", scope or "", picker.get("data-of") or "")
            if scope and address and question not in asked:
                asked.add(question)
                answer = client.get(address, {"scope": scope, "of": question[2]})
                if answer.status_code != 200:
                    silent.append(f"{path}: nobody knows the scope {scope}")
    assert not silent, "\n".join(silent)
    assert seen > 20, "the pages were walked"
    if person in ("administrator", "coordinator"):
        assert pickers > 3
