"""The door: endings, contents, hostile files, and what holds of every reading."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.documents import DocumentError, Limits, read
from luoshi.documents.detection import OLE2
from luoshi.documents.errors import (
    DamagedDocument,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    FormatMismatch,
    UnknownFormat,
)
from tests.documents import ofd_writer, pdf_writer
from tests.documents.checks import check
from tests.documents.packages import cell, numbered, p, table, word, workbook, zipped

ENDINGS = [".txt", ".docx", ".pdf", ".ofd", ".html", ".htm", ".xlsx"]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
FILES: dict[str, bytes] = {
    ".txt": "云岭州方案\n一、目标".encode(),
    ".docx": word(p("云岭州") + numbered("目标", 1) + table(cell("甲") + cell("乙"), cell("丙", 2))),
    ".pdf": pdf_writer.flow(["云岭州", ([["甲", "乙"], ["丙", "丁"]], [])]),
    ".ofd": ofd_writer.package(
        [ofd_writer.OfdPage().text(20, 20, "云岭州").table(20, 40, [["甲", "乙"], ["丙", "丁"]])]
    ),
    ".html": "<html><body><p>云岭州</p><table><tr><td>甲<td>乙</table></body></html>".encode(),
    ".xlsx": workbook({"表": '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'}),
}


def ole2(*streams: str) -> bytes:
    return OLE2 + b"\x00" * 504 + b"".join(stream.encode("utf-16-le") + b"\x00" * 64 for stream in streams)


@pytest.mark.parametrize("ending", list(FILES))
def test_bytes_path_and_given_name_agree(ending: str, tmp_path: Path) -> None:
    by_bytes = read(FILES[ending], name=f"云岭州方案{ending}")
    check(by_bytes)
    stored = tmp_path / "0001"
    stored.write_bytes(FILES[ending])
    assert read(stored, name=f"C:\\fakepath\\云岭州方案{ending.upper()}") == by_bytes
    assert by_bytes.name == "云岭州方案"
    assert read(FILES[ending]).lines == by_bytes.lines


@pytest.mark.parametrize("content", list(FILES))
@pytest.mark.parametrize("ending", list(FILES))
def test_every_false_ending_is_told(content: str, ending: str) -> None:
    if content == ending:
        return
    with pytest.raises(FormatMismatch) as caught:
        read(FILES[content], name=f"a{ending}")
    message = str(caught.value)
    kinds = {".txt": "文本", ".docx": "Word", ".pdf": "PDF", ".ofd": "OFD", ".html": "网页", ".xlsx": "Excel"}
    assert kinds[ending] in message
    if content != ".html":  # under another than a text's ending a page is as good as any text
        assert kinds[content] in message


@pytest.mark.parametrize("ending", ENDINGS)
def test_pictures_and_archives_under_false_endings(ending: str) -> None:
    with pytest.raises(FormatMismatch, match="PNG 图片"):
        read(PNG, name=f"a{ending}")
    with pytest.raises(FormatMismatch, match="ZIP 压缩包"):
        read(zipped({"a.txt": "甲"}), name=f"a{ending}")
    with pytest.raises(FormatMismatch, match="RTF"):
        read(b"{\\rtf1 x}", name=f"a{ending}")


@pytest.mark.parametrize("name", ["a.doc", "a.WPS", "a.xls", "a.md", "a", "a.", ".", "a.png", "方案", "a.docx/"])
def test_unknown_endings(name: str) -> None:
    with pytest.raises(UnknownFormat) as caught:
        read(b"x", name=name)
    if name.lower() in ("a.doc", "a.wps"):
        assert "另存为 .docx" in str(caught.value)


def test_old_and_encrypted_office_files() -> None:
    with pytest.raises(FormatMismatch, match=r"另存为 \.docx"):
        read(ole2("Root Entry", "WordDocument"), name="a.docx")
    with pytest.raises(FormatMismatch, match=r"另存为 \.xlsx"):
        read(ole2("Root Entry", "Workbook"), name="a.xlsx")
    with pytest.raises(EncryptedDocument, match="密码"):
        read(ole2("Root Entry", "EncryptionInfo", "EncryptedPackage"), name="a.docx")


def test_zip_members_behind_a_password() -> None:
    data = bytearray(FILES[".docx"])
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    with pytest.raises(EncryptedDocument):
        read(bytes(data), name="a.docx")


def test_zip_bomb_is_refused_without_unpacking(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": b" " * (40 << 20)})
    assert len(bomb) < 100_000

    def refuse(*args: object) -> bytes:
        raise AssertionError("unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "read", refuse)
    monkeypatch.setattr(zipfile.ZipFile, "open", refuse)
    for limits in (Limits(), Limits(ratio=10**6, unpacked_bytes=1 << 20), Limits(members=1)):
        with pytest.raises(DocumentTooLarge):
            read(bomb, name="a.docx", limits=limits)
    with pytest.raises(DocumentTooLarge):
        read(bomb, name="a.docx", limits=Limits(ratio=10**6, xml_bytes=1 << 20))


def test_a_directory_that_lies_about_sizes() -> None:
    inner = b"<w:document/>" + b" " * (8 << 20)
    data = bytearray(zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": inner}))
    size = len(inner).to_bytes(4, "little")
    data = data.replace(size, (20).to_bytes(4, "little"))
    with pytest.raises(DamagedDocument):
        read(bytes(data), name="a.docx")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY c "x">]>',
    ],
)
def test_entities_are_refused(doctype: str) -> None:
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document = f"{doctype}<w:document {namespace}><w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>"
    with pytest.raises(DamagedDocument):
        read(zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document}), name="a.docx")


def test_absurd_spans_are_too_large() -> None:
    with pytest.raises(DocumentTooLarge):
        read(word(table(cell("甲", 999_999_999) + cell("乙"))), name="a.docx")
    many = table(cell("甲", 1_000_000) + cell("乙"))
    with pytest.raises(DocumentTooLarge):
        read(word(many * 10), name="a.docx")


def test_deep_nesting_is_damage() -> None:
    deep = "<w:sdt><w:sdtContent>" * 5000 + p("底") + "</w:sdtContent></w:sdt>" * 5000
    with pytest.raises(DamagedDocument):
        read(word(deep), name="a.docx")


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.txt", tmp_path):
        with pytest.raises(DocumentError):
            read(path, name="a.txt")


@pytest.mark.parametrize("ending", ENDINGS)
def test_empty_files(ending: str) -> None:
    with pytest.raises(EmptyDocument):
        read(b"", name=f"a{ending}")


def test_messages_are_chinese_and_say_what_to_do() -> None:
    seen = []
    for data, name in [
        (b"", "a.txt"),
        (PNG, "a.pdf"),
        (b"x", "a.doc"),
        (b"PK\x03\x04", "a.docx"),
        (b"\xff\xff", "a.txt"),
    ]:
        with pytest.raises(DocumentError) as caught:
            read(data, name=name)
        seen.append(str(caught.value))
    assert all("请" in message and message.endswith("。") for message in seen)


def _read_or_refuse(data: bytes, ending: str) -> None:
    try:
        document = read(data, name=f"a{ending}")
    except DocumentError:
        return
    check(document)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(ENDINGS),
    st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<p>", OLE2]),
)
def test_any_bytes_give_a_document_or_an_error(data: bytes, ending: str, start: bytes) -> None:
    _read_or_refuse(start + data, ending)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(FILES)), st.data())
def test_damaged_files_give_a_document_or_an_error(ending: str, draw: st.DataObject) -> None:
    data = bytearray(FILES[ending])
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(data) - 1))
        data[at : at + draw.draw(st.integers(0, 3))] = draw.draw(st.binary(max_size=4))
        if not data:
            break
    _read_or_refuse(bytes(data), ending)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([".docx", ".xlsx", ".ofd"]), st.data())
def test_damage_inside_a_package_gives_a_document_or_an_error(ending: str, draw: st.DataObject) -> None:
    """The zip is sound and its XML is not: this reaches what the checksum of a damaged zip keeps away."""
    with zipfile.ZipFile(io.BytesIO(FILES[ending])) as file:
        members = {name: bytearray(file.read(name)) for name in file.namelist()}
    part = draw.draw(st.sampled_from([name for name, content in members.items() if len(content) > 90]))
    content = members[part]
    words = st.sampled_from(
        [b'"-1"', b'"99999999999"', b'""', b"<", b"/>", b"&x;", b"0", b"9", b" ", b"w:", "甲".encode()]
    )
    for _ in range(draw.draw(st.integers(1, 3))):
        at = draw.draw(st.integers(0, len(content) - 1))
        content[at : at + draw.draw(st.integers(0, 3))] = draw.draw(words)
    _read_or_refuse(zipped({name: bytes(content) for name, content in members.items()}), ending)


def test_deflate_streams_that_end_early() -> None:
    packed = zlib.compress(b"x" * 1000)[:-6]
    _read_or_refuse(FILES[".docx"].replace(FILES[".docx"][60:80], packed[:20]), ".docx")
