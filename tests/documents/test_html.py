"""Web pages."""

from __future__ import annotations

import pytest

from luoshi.documents import LineKind, read
from luoshi.documents.errors import DamagedDocument, EmptyDocument, FormatMismatch
from tests.documents.checks import check

PAGE = """<!DOCTYPE html><html><head><title>不是正文</title><style>p{}</style></head><body>
<h1>云岭州工作方案</h1><p>一、<b>投资</b>增长
15%以上。<br>二、消费</p>散字<div>块<script>alert(1)</script><span style="display: none">隐</span></div>
<ul><li>甲</li><li>乙</li></ul>
<table><caption>表1</caption><tr><th rowspan="2">指标</th><th colspan="2">目标</th></tr>
<tr><td>12亿元</td><td>州发展改革委<br>州财政局</td></tr></table></body></html>"""


def test_blocks_headings_and_tables() -> None:
    document = read(PAGE.encode(), name="方案.html")
    check(document)
    assert [line.text for line in document.lines] == [
        "云岭州工作方案", "一、投资增长 15%以上。", "二、消费", "散字", "块", "甲", "乙", "表1", "指标\t目标\t",
        "\t12亿元\t州发展改革委 州财政局",
    ]  # fmt: skip
    assert (document.lines[0].kind, document.lines[0].level) == (LineKind.HEADING, 1)
    spans = {cell.text: (cell.row_span, cell.column_span) for cell in document.tables[0].cells}
    assert spans["指标"] == (2, 1)
    assert spans["目标"] == (1, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    page = '<html><head><meta charset="gb2312"></head><body><p>云岭州人民政府</p></body></html>'
    assert read(page.encode(encoding), name="a.htm").text == "云岭州人民政府"


def test_traditional_pages_say_so_themselves() -> None:
    page = '<html><head><meta charset="big5"></head><body><p>雲嶺州政府 一個</p></body></html>'
    document = read(page.encode("big5") + b"\xff\xff", name="a.html")
    assert document.lines[0].text == "雲嶺州政府 一個"


def test_layout_and_nested_tables() -> None:
    page = (
        "<table><tr><td><p>甲段</p><p>乙段</p></td></tr></table>"
        "<table><tr><td>外<table><tr><td>内1<td>内2</table><td>右</table>"
    )
    document = read(page.encode(), name="a.html")
    check(document)
    assert [line.text for line in document.lines] == ["甲段", "乙段", "外\t右", "内1\t内2"]


def test_absurd_spans_are_cut() -> None:
    page = "<table><tr><td rowspan=99999>甲</td><td colspan=0>乙</td></tr><tr><td rowspan=0>丙</td></tr></table>"
    document = read(page.encode(), name="a.html")
    check(document)
    assert document.tables[0].height == 2


def test_refused_pages() -> None:
    with pytest.raises(FormatMismatch, match="文本文件"):
        read("没有任何标签的文字".encode(), name="a.html")
    with pytest.raises(EmptyDocument):
        read(b"<html><body><script>1</script></body></html>", name="a.html")


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td"])
def test_what_is_nested_too_deeply_is_refused_not_lost(tag: str) -> None:
    with pytest.raises(DamagedDocument, match="嵌套过深"):
        read(f"<p>首</p>{f'<{tag}>' * 5000}底".encode(), name="a.html")
    document = read(f"<p>首</p>{f'<{tag}>' * 40}底".encode(), name="a.html")
    assert document.lines[-1].text == "底"
