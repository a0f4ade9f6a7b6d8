"""Plain text: encodings, and lines as ``sed`` counts them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.documents import Limits, read
from luoshi.documents.errors import DamagedDocument, DocumentTooLarge, EmptyDocument, FormatMismatch, UnknownEncoding

TEXT = "云岭州2018年工作方案\n一、固定资产投资增长15%以上。\n\n（责任单位：州发展改革委）"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (TEXT.encode("gb18030"), "gb18030"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_encodings_give_the_same_lines(data: bytes, encoding: str) -> None:
    document = read(data, name="方案.txt")
    assert document.text == TEXT
    assert document.encoding == encoding
    assert document.name == "方案"


def test_only_line_feeds_end_a_line() -> None:
    document = read("甲\v乙\f丙\u2028丁\u0085戊\r己\r\n庚\n".encode(), name="a.txt")
    assert [line.text for line in document.lines] == ["甲\v乙\f丙\u2028丁\u0085戊\r己", "庚"]


def test_last_line_feed_makes_no_line_but_an_empty_line_does() -> None:
    assert [line.text for line in read("甲\n\n".encode(), name="a.txt").lines] == ["甲", ""]


def test_replacement_characters_stay() -> None:
    assert read("甲\ufffd乙".encode(), name="a.txt").text == "甲\ufffd乙"


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\n", exclude_categories=("Cs", "Cc"))), min_size=1
    )
)
def test_lines_come_back_as_they_were(lines: list[str]) -> None:
    text = "题\n" + "\n".join(lines)
    if lines[-1] == "":
        lines = lines[:-1]
    assert [line.text for line in read(text.encode(), name="a.txt").lines] == ["题", *lines]


def test_one_broken_byte_is_named_by_its_line_and_not_read_as_nonsense() -> None:
    data = ("云岭州人民政府\n" * 50).encode() + b"\xe4\xba\n" + "云岭州\n".encode() * 50
    with pytest.raises(UnknownEncoding, match="第51行"):
        read(data, name="a.txt")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyDocument),
        (b" \n\t\n", EmptyDocument),
        (b"\xff\xff\x00\x81" * 9, UnknownEncoding),
        ("甲乙丙丁".encode("utf-16-le") + b"a\x00b\x00c\x00\n\x00", (UnknownEncoding, DamagedDocument)),
        (b"abc\x01\x02\x03def", DamagedDocument),
        (b"<!DOCTYPE html><html><body>x</body></html>", FormatMismatch),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(data, name="a.txt")


def test_limits_on_bytes_and_lines() -> None:
    with pytest.raises(DocumentTooLarge):
        read(b"a\n" * 100, name="a.txt", limits=Limits(file_bytes=100))
    with pytest.raises(DocumentTooLarge):
        read(b"a\n" * 100, name="a.txt", limits=Limits(lines=99))
    assert len(read(b"a\n" * 100, name="a.txt", limits=Limits(lines=100)).lines) == 100


@pytest.mark.shared
def test_sources_have_as_many_lines_as_sed_counts(shared: Path) -> None:
    files = sorted((shared / "seeds").glob("*.txt"))
    assert len(files) == 5
    for file in files:
        document = read(file)
        counted = subprocess.run(["sed", "-n", "$=", str(file)], capture_output=True, text=True, check=True)
        assert len(document.lines) == int(counted.stdout)
        middle = len(document.lines) // 2
        printed = subprocess.run(
            ["sed", "-n", f"{middle}p", str(file)], capture_output=True, check=True
        ).stdout.decode()
        assert document.line(middle).text == printed.removesuffix("\n").removesuffix("\r")
