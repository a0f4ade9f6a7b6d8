"""Overlapping marks become a whole tree of elements, and no character loses a mark."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from luoshi.apps.plans.marking import Mark, marked

TEXT = "年底前<新建>标准厂房12万平方米&以上（州工信局牵头）"


class Reader(HTMLParser):
    """Which keys stand over each character; fails on an element that is closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.characters: list[tuple[str, frozenset[str]]] = []
        self.buttons: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert tag == "mark"
        self.open.append(str(values["data-object"]))
        if "tabindex" in values:
            self.buttons.append(str(values["data-object"]))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.characters += [(character, frozenset(self.open)) for character in data]


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


spans = st.tuples(st.integers(-3, len(TEXT) + 3), st.integers(-3, len(TEXT) + 3)).map(sorted)


@given(st.lists(spans, max_size=8))
def test_every_character_keeps_its_marks(found: list[list[int]]) -> None:
    marks = [Mark(start, end, "target", f"target-{number}") for number, (start, end) in enumerate(found)]
    reader = read(marked(TEXT, marks))
    assert "".join(character for character, _ in reader.characters) == TEXT
    for place, (_, keys) in enumerate(reader.characters):
        assert keys == {mark.key for mark in marks if mark.start <= place < mark.end}


@given(st.lists(spans, max_size=6))
def test_an_object_is_reached_by_the_keyboard_at_most_once(found: list[list[int]]) -> None:
    marks = [Mark(start, end, "target", f"target-{number % 2}") for number, (start, end) in enumerate(found)]
    reader = read(marked(TEXT, marks, first=frozenset({"target-0"})))
    assert reader.buttons in ([], ["target-0"])


def test_the_longer_mark_stands_outside() -> None:
    html = marked("新增5户", [Mark(2, 4, "target", "target-1"), Mark(0, 4, "measure", "measure-1")])
    assert html == (
        '<mark class="measure" data-object="measure-1">新增'
        '<mark class="target" data-object="target-1">5户</mark></mark>'
    )


def test_the_object_asked_for_stands_out() -> None:
    assert 'class="target is-current"' in marked("5户", [Mark(0, 2, "target", "target-1")], current="target-1")
