"""OFD files written by the tests' own writer."""

from __future__ import annotations

import pytest

from luoshi.documents import Format, Limits, LineKind, read
from luoshi.documents.errors import DamagedDocument, DocumentTooLarge, EmptyDocument, EncryptedDocument, ScannedDocument
from tests.documents.checks import check
from tests.documents.ofd_writer import OfdPage, package


def texts(*pages: OfdPage) -> list[str]:
    document = read(package(pages), name="a.ofd")
    check(document)
    return [line.text for line in document.lines]


def test_lines_go_by_place_not_by_order_in_the_file() -> None:
    page = OfdPage().text(30, 60, "第二行").text(70, 40, "后半").text(30, 40, "第一行的前半")
    assert texts(page) == ["第一行的前半 后半", "第二行"]
    joined = OfdPage().text(30, 40, "固定资产").text(46, 40.2, "投资")
    assert texts(joined) == ["固定资产投资"]


def test_pages_and_templates() -> None:
    document = read(
        package([OfdPage(template=True).text(30, 60, "正文"), OfdPage().text(30, 60, "次页")],
                template=OfdPage().text(30, 20, "云岭州文件")),
        name="方案.ofd",
    )  # fmt: skip
    assert [(line.text, line.page) for line in document.lines] == [("云岭州文件", 1), ("正文", 1), ("次页", 2)]
    assert (document.format, document.page_count) == (Format.OFD, 2)


def test_scaled_objects_and_steps_to_a_new_line() -> None:
    scaled = OfdPage().text(30, 40, "大字", ctm="2 0 0 2 0 0").text(30, 80, "小字")
    assert texts(scaled) == ["大字", "小字"]
    folded = OfdPage().raw(
        '<ofd:TextObject ID="1" Boundary="20 20 100 50" Font="1" Size="4"><ofd:TextCode X="0" Y="4" '
        'DeltaX="4 -4 4" DeltaY="0 8 0">上行下行</ofd:TextCode></ofd:TextObject>'
    )
    assert texts(folded) == ["上行", "下行"]


def test_latin_words_and_following_codes() -> None:
    page = OfdPage().raw(
        '<ofd:TextObject ID="1" Boundary="20 20 100 10" Font="1" Size="4"><ofd:TextCode X="0" Y="4" DeltaX="g 3 2">2018'
        '</ofd:TextCode><ofd:TextCode X="8" Y="4">年</ofd:TextCode></ofd:TextObject>'
    )
    assert texts(page) == ["2018年"]


def test_ruled_table() -> None:
    rows = [["指标", "目标", "责任单位"], ["投资", "", "州水务局"]]
    page = OfdPage().text(20, 120, "表后").table(20, 50, rows).text(20, 40, "表前")
    document = read(package([page]), name="a.ofd")
    check(document)
    assert [line.text for line in document.lines if line.kind is LineKind.TEXT] == ["表前", "表后"]
    assert document.tables[0].grid() == rows


def test_refused_files() -> None:
    with pytest.raises(ScannedDocument, match="扫描件"):
        read(package([OfdPage().picture()]), name="a.ofd")
    with pytest.raises(EncryptedDocument):
        read(package([OfdPage().text(1, 9, "密")], encrypted=True), name="a.ofd")
    with pytest.raises(EmptyDocument):
        read(package([]), name="a.ofd")
    with pytest.raises(DocumentTooLarge):
        read(package([OfdPage().text(1, 9, "甲")] * 3), name="a.ofd", limits=Limits(pages=2))
    with pytest.raises(DamagedDocument):
        read(package([OfdPage().raw("<broken>")]), name="a.ofd")


@pytest.mark.parametrize("value", ["nan nan nan nan", "1e999 0 1 1", "a b c d", "", "1 2"])
def test_nonsense_numbers_do_no_harm(value: str) -> None:
    page = OfdPage().raw(
        f'<ofd:TextObject ID="1" Boundary="{value}" CTM="{value}" Size="{value[:3]}"><ofd:TextCode X="nan" Y="inf" '
        f'DeltaX="g 99999999999 1 g x" DeltaY="{value}">仍可读</ofd:TextCode></ofd:TextObject>'
    )
    assert "".join(texts(page)) == "仍可读"
