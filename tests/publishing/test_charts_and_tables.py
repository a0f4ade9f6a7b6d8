"""Tables and charts, as another reader of the format finds them."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from luoshi.publishing import Align, Chart, Column, Kind, Paper, Rules, Series, Table, contents, words
from luoshi.publishing.layout import TEXT_WIDTH, twips
from luoshi.publishing.ooxml import qn
from luoshi.publishing.package import MAIN, Parts
from luoshi.publishing.reading import Drawing
from tests.publishing.samples import UNITS, figure


def made(*blocks: Table | Chart) -> bytes:
    paper = Paper()
    for block in blocks:
        paper.blocks(block)
    return paper.to_bytes()


def table(rows: int = 3, rules: Rules = Rules.GRID) -> Table:
    return Table(
        (Column("序号", Align.CENTRE), Column("单位"), Column("完成"), Column("情况说明")),
        tuple(
            (words(str(n)), words(UNITS[n % 4]), words(figure(f"{n}.5")), words("进度正常，按期推进" * 3))
            for n in range(rows)
        ),
        title="完成情况",
        measure="单位：亿元",
        note="注：统计数。",
        rules=rules,
    )


def test_widths_fill_the_text_and_the_head_is_repeated() -> None:
    document = Document(io.BytesIO(made(table())))
    (grid,) = document.tables
    widths = [int(column.get(qn("w:w"))) for column in grid._tbl.tblGrid]
    assert sum(widths) == twips(TEXT_WIDTH) and widths[3] > widths[1] > widths[0]
    assert grid.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    aligned = [cell.paragraphs[0].alignment for cell in grid.rows[1].cells]
    assert [str(align).split(".")[-1].split(" ")[0] for align in aligned] == ["CENTER", "CENTER", "RIGHT", "LEFT"]
    assert [paragraph.text for paragraph in document.paragraphs if paragraph.text] == [
        "完成情况",
        "单位：亿元",
        "注：统计数。",
    ]


def test_three_lines() -> None:
    root = Parts.read(made(table(rules=Rules.THREE_LINES))).xml(MAIN)
    borders = next(root.iter(qn("w:tblBorders")))
    drawn = {border.tag.rpartition("}")[2] for border in borders if border.get(qn("w:val")) == "single"}
    assert drawn == {"top", "bottom"}
    assert len(list(root.iter(qn("w:tcBorders")))) == 4


def test_tables_must_be_whole() -> None:
    with pytest.raises(ValueError, match="格数"):
        Table((Column("单位"), Column("数")), ((words("永安县"),),))
    with pytest.raises(ValueError, match="列"):
        Table((), ())


@pytest.mark.parametrize("kind", list(Kind))
def test_charts_keep_their_values_in_the_file(kind: Kind) -> None:
    now = Series("本期", tuple(figure(value) for value in ("40.5", "-7", "0", "61.3")))
    before = Series("上期", (figure("38"), None, figure("1.25"), figure("60")))
    chart = Chart("完成率", UNITS, (now, before), kind, "%", 1, ("C00000", "", "00B050", "7F7F7F")[:0])
    data = made(chart)
    (drawing,) = [block for block in contents(data).blocks if isinstance(block, Drawing)]
    assert drawing.title == "完成率" and drawing.kind == kind.value and drawing.categories == UNITS
    assert drawing.series[0].points == tuple(zip(UNITS, ("40.5", "-7", "0", "61.3"), strict=True))
    # A unit that did not report leaves a gap, not a zero; a value is rounded as it is printed.
    assert dict(drawing.series[1].points) == {"永安县": "38", "大理市": "1.3", "云岭高新区": "60"}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = CalamineWorkbook.from_filelike(io.BytesIO(archive.read("word/embeddings/luoshi1.xlsx")))
    rows = book.get_sheet_by_name("Sheet1").to_python()
    assert rows[0][1:] == ["本期", "上期"] and rows[2] == ["石屏县", -7.0, ""]


def test_charts_must_be_whole() -> None:
    with pytest.raises(ValueError, match="个数"):
        Chart("图", UNITS, (Series("完成率", (figure("1"),)),))
    with pytest.raises(ValueError, match="没有数据"):
        Chart("图", (), ())
