"""The page as the file says it, and as LibreOffice prints it: GB/T 9704-2012 measured."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pytest

from luoshi.publishing import Paper, find_office, to_pdf
from luoshi.publishing.measuring import departures, measures
from luoshi.publishing.ooxml import qn
from luoshi.publishing.package import MAIN, Parts
from luoshi.publishing.paper import copies_lines, title_lines
from luoshi.publishing.tables import text_width
from tests.publishing.samples import ORIGIN, document

MM = 25.4 / 72
needs_office = pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")


def test_the_file_states_the_measures_of_the_standard() -> None:
    found = measures(Parts.read(document().to_bytes(ORIGIN)))
    assert found is not None
    assert (round(found.width), round(found.height)) == (210, 297)
    assert abs(found.top - 37) <= 1 and abs(found.left - 28) <= 1
    assert found.text_width == pytest.approx(156, abs=0.2)
    assert found.text_height == pytest.approx(225, abs=0.2)
    assert (found.size, found.lines, found.characters, found.odd_even) == (16, 22, 28, True)


def test_departures_are_told_in_words() -> None:
    parts = Parts.read(document().to_bytes())
    assert departures(parts) == []
    text = (
        parts.members[MAIN].decode().replace('w:top="2098"', 'w:top="1440"').replace('w:left="1587"', 'w:left="1800"')
    )
    parts.members[MAIN] = text.encode()
    told = "".join(departures(parts))
    assert "天头为 25.4 毫米，国标要求 37±1 毫米" in told and "订口为 31.7 毫米" in told and "版心为" in told


def test_fonts_have_stand_ins_and_chinese_quotes() -> None:
    parts = Parts.read(document().to_bytes())
    table = parts.xml("word/fontTable.xml")
    pairs = {font.get(qn("w:name")): font.find(qn("w:altName")).get(qn("w:val")) for font in table}  # type: ignore[union-attr]
    assert pairs["仿宋_GB2312"] == "仿宋" and pairs["方正小标宋简体"] == "华文中宋"
    # Word reads one name of at most 31 characters.
    assert all(name and "," not in name and len(name) <= 31 for name in pairs.values())
    styles = parts.xml("word/styles.xml")
    assert {fonts.get(qn("w:hint")) for fonts in styles.iter(qn("w:rFonts"))} == {"eastAsia"}


def test_every_part_is_named_and_sound() -> None:
    data = document().to_bytes(ORIGIN)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml").decode()
        for name in archive.namelist():
            assert f'PartName="/{name}"' in types or name.endswith((".rels", "[Content_Types].xml")), name
    parts = Parts.read(data)
    for name in parts.members:
        parts.xml(name)


@pytest.mark.parametrize(
    "title",
    [
        "关于2026年9月重点目标任务完成情况的通报",
        "云岭州人民政府办公室关于2026年第三季度重点产业招商引资工作推进情况和存在问题的督查通报",
        "云岭州人民政府关于《云岭州市场主体培育三年行动方案（2026—2028年）》实施情况的通报",
    ],
)
def test_titles_break_evenly_and_lose_nothing(title: str) -> None:
    lines = title_lines(title).split("\n")
    assert "".join(lines) == title
    assert all(text_width(line) <= 20 for line in lines)
    assert all(line[0] not in "，、。）》的年月" for line in lines)


def test_long_lists_of_copies_go_on_below_the_first_name() -> None:
    text = copies_lines(
        "，".join(f"州{name}局" for name in ("发展和改革", "工业和信息化", "财政", "统计", "商务", "水务"))
    )
    first, second = text.split("\n")[:2]
    assert first.startswith("抄送：州发展") and second.startswith("　　　　州") and text.endswith("。")
    assert all(text_width(line) <= 30 for line in text.split("\n"))


@dataclass(frozen=True)
class Printed:
    """A line on a page; millimetres from the page's left and upper edge."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


def printed(page: pypdfium2.PdfPage) -> list[Printed]:
    text, height = page.get_textpage(), page.get_height()
    lines: list[list[tuple[str, float, float, float, float]]] = []
    for place in range(text.count_chars()):
        char = text.get_text_range(place, 1)
        if not char.strip():
            continue
        left, bottom, right, top = text.get_charbox(place)
        middle = (height - (top + bottom) / 2) * MM
        box = (char, left * MM, right * MM, (height - top) * MM, (height - bottom) * MM)
        line = next((line for line in lines if abs((line[0][3] + line[0][4]) / 2 - middle) < 4), None)
        if line is None:
            lines.append([box])
        else:
            line.append(box)
    rows = [
        Printed(
            "".join(box[0] for box in line),
            *(f(box[n] for box in line) for n, f in ((1, min), (2, max), (3, min), (4, max))),
        )
        for line in lines
    ]
    return sorted(rows, key=lambda row: row.top)


@pytest.fixture(scope="module")
def pages() -> Iterator[list[list[Printed]]]:
    pdf = pypdfium2.PdfDocument(to_pdf(document().to_bytes(ORIGIN)))
    yield [printed(page) for page in pdf]
    pdf.close()


@needs_office
def test_printed_pages_have_22_lines_of_28_characters(pages: list[list[Printed]]) -> None:
    full = [row for row in pages[1] if not row.text.startswith("—")]
    assert len(full) == 22
    assert {len(row.text) for row in full} == {28}
    assert all(row.left >= 28 - 1 and row.right <= 184 + 1 for row in full)
    assert full[0].top >= 36 and full[-1].bottom <= 263
    pitch = (full[-1].top - full[0].top) / 21
    assert pitch == pytest.approx(225 / 22, abs=0.1)


@needs_office
def test_page_numbers_stand_outside_seven_millimetres_below(pages: list[list[Printed]]) -> None:
    for number, page in enumerate(pages, 1):
        mark = next(row for row in page if row.text.startswith("—"))
        assert mark.text == f"—{number}—"
        # The dashes' own height is in the middle of the digits'.
        assert (mark.top + mark.bottom) / 2 == pytest.approx(262 + 7, abs=1)
        if number % 2:
            assert mark.right == pytest.approx(184 - 5.6, abs=1)
        else:
            assert mark.left == pytest.approx(28 + 5.6, abs=1)


@needs_office
def test_masthead_title_signature_and_imprint_stand_where_the_standard_wants(pages: list[list[Printed]]) -> None:
    first, last = pages[0], pages[-1]
    masthead = next(row for row in first if row.text == "云岭州人民政府办公室文件")
    assert masthead.top == pytest.approx(37 + 35, abs=2)
    number = next(row for row in first if row.text == "云政办通〔2026〕12号")
    assert (number.left + number.right) / 2 == pytest.approx(28 + 78, abs=1)
    titles = [row for row in first if "关于2026年" in row.text or row.text.endswith("的通报")]
    assert all((row.left + row.right) / 2 == pytest.approx(28 + 78, abs=1.5) for row in titles)
    opening = next(row for row in first if row.text.startswith("截至9月底"))
    assert opening.left == pytest.approx(28 + 2 * 156 / 28, abs=1)
    everywhere = [row for page in pages for row in page]
    date = next(row for row in everywhere if row.text == "2026年10月9日")
    assert date.right == pytest.approx(184 - 4 * 156 / 28, abs=1.5)
    issuer = [row for row in everywhere if row.text == "云岭州人民政府办公室"][-1]
    assert (issuer.left + issuer.right) / 2 == pytest.approx((date.left + date.right) / 2, abs=5)
    imprint = next(row for row in last if row.text.endswith("印发"))
    assert 255 <= imprint.bottom <= 263


@needs_office
def test_a_grid_of_characters_prints_in_libreoffice_too() -> None:
    # As Word itself says 28 characters a line; read as it stands LibreOffice would set 14.
    paper = Paper()
    paper.paragraph("落" * 200)
    parts = Parts.read(paper.to_bytes())
    parts.members[MAIN] = parts.members[MAIN].replace(b'w:charSpace="0"', b'w:charSpace="-849"')
    styles = parts.members["word/styles.xml"].replace(b'<w:spacing w:val="-5"/>', b"")
    parts.members["word/styles.xml"] = styles
    page = printed(pypdfium2.PdfDocument(to_pdf(parts.to_bytes()))[0])
    assert [len(row.text) for row in page[1:4]] == [28, 28, 28]
