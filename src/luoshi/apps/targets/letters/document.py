"""The Word file of a commitment letter, in the manner of official documents (GB/T 9704: margins, 仿宋 of size 3).

The same content gives the same bytes: the package holds no time of its making.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.document import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TITLE, BODY, HEAD = "方正小标宋简体", "仿宋_GB2312", "黑体"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can name


def write_letter(content: dict[str, Any]) -> bytes:
    """The .docx of a letter's content (``content.contents``)."""
    word = Document()
    _page(word)
    core = word.core_properties
    core.title, core.author, core.comments = f"{content['year']}年目标责任书", content["giver"], ""
    core.created = core.modified = dt.datetime(int(content["year"]), 1, 1, tzinfo=dt.UTC)
    core.last_modified_by, core.revision = content["giver"], 1
    _line(word, f"{content['year']}年目标责任书", TITLE, 22, WD_ALIGN_PARAGRAPH.CENTER, after=6)
    number = f"（{content['number']}）" if content["number"] else ""
    _line(word, f"——《{content['plan']}》{number}", BODY, 14, WD_ALIGN_PARAGRAPH.CENTER, after=14)
    _line(word, f"下达单位：{content['giver']}", BODY, 16)
    _line(word, f"责任单位：{content['taker']}", BODY, 16, after=8)
    text = (
        f"为确保《{content['plan']}》各项目标任务落到实处，下达单位与责任单位签订本责任书，"
        f"责任单位对所列目标任务负总责，按期保质完成。"
    )
    _line(word, text, BODY, 16, indent=True)
    part = 0
    if content["targets"]:
        part += 1
        _line(word, f"{'一二三四'[part - 1]}、目标任务", HEAD, 16, indent=True)
        _targets(word, content["targets"])
    if content["duties"]:
        part += 1
        _line(word, f"{'一二三四'[part - 1]}、承担的措施", HEAD, 16, indent=True)
        _duties(word, content["duties"])
    part += 1
    _line(word, f"{'一二三四'[part - 1]}、工作要求", HEAD, 16, indent=True)
    for place, sentence in enumerate(
        (
            "责任单位应把目标任务分解到岗、到人，按时序进度推进。",
            "责任单位应按规定时限如实报送进展，数据以统计、认定结果为准。",
            "目标任务调整的，以下达单位最新下达的为准，并重新签订责任书。",
        ),
        1,
    ):
        _line(word, f"（{'一二三'[place - 1]}）{sentence}", BODY, 16, indent=True)
    _line(word, "本责任书一式两份，双方各执一份，自签订之日起生效。", BODY, 16, indent=True, after=18)
    _signatures(word, content)
    return _same_bytes(word)


def _page(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    style = word.styles["Normal"]
    style.font.name, style.font.size = BODY, Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = footer.add_run()
        _font(run, BODY, 14)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _font(run: Run, name: str, size: float) -> None:
    run.font.name, run.font.size = name, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(
    word: Word,
    text: str,
    font: str,
    size: float,
    align: WD_ALIGN_PARAGRAPH | None = None,
    *,
    indent: bool = False,
    after: float = 0,
) -> Paragraph:
    paragraph = word.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before, form.space_after = Pt(0), Pt(after)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(28.0, size * 1.5))
    if indent:
        form.first_line_indent = Pt(2 * size)
    if align is not None:
        paragraph.alignment = align
    _font(paragraph.add_run(text), font, size)
    return paragraph


def _table(word: Word, names: Sequence[str], widths: Sequence[float]) -> Table:
    table = word.add_table(rows=1, cols=len(names))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    _fill(table.rows[0].cells, names, widths, HEAD, centred=True)
    # The heading is printed again on every page.
    again = OxmlElement("w:tblHeader")
    again.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(again)
    return table


def _fill(
    cells: Sequence[_Cell], texts: Sequence[str], widths: Sequence[float], font: str = BODY, *, centred: bool = False
) -> None:
    for cell, text, width in zip(cells, texts, widths, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        if centred or len(text) <= 4:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _font(paragraph.add_run(text), font, 12)


def _targets(word: Word, rows: Sequence[dict[str, Any]]) -> None:
    widths = (12, 46, 20, 30, 30, 18)
    table = _table(word, ("序号", "目标", "档次", "全年", "时序", "时限"), widths)
    for place, row in enumerate(rows, 1):
        value = row["value"] + _together(row) + ("（牵头）" if row["led"] else "")
        periods = "\n".join(f"{name} {figure}" for name, figure in row["periods"]) or "—"
        texts = (str(place), row["indicator"], row["tier"] or "—", value, periods, row["deadline"])
        _fill(table.add_row().cells, texts, widths)
    _line(word, "", BODY, 8)


def _together(row: dict[str, Any]) -> str:
    """With whom a number is carried; letters drawn up earlier do not name them."""
    if not row["joint"]:
        return ""
    return f"（与{row['partners']}合并承担）" if row.get("partners") else "（与其他单位共同完成）"


def _duties(word: Word, rows: Sequence[dict[str, str]]) -> None:
    widths = (12, 88, 20, 36)
    table = _table(word, ("序号", "措施", "责任", "时限"), widths)
    for place, row in enumerate(rows, 1):
        texts = (str(place), f"{row['label']}{row['title']}", row["role"], row["deadline"] or "按方案规定")
        _fill(table.add_row().cells, texts, widths)
    _line(word, "", BODY, 8)


def _signatures(word: Word, content: dict[str, Any]) -> None:
    table = word.add_table(rows=1, cols=2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    # The block must not be torn apart by the end of a page.
    whole = OxmlElement("w:cantSplit")
    table.rows[0]._tr.get_or_add_trPr().append(whole)
    for cell, name, unit in zip(
        table.rows[0].cells, ("下达单位", "责任单位"), (content["giver"], content["taker"]), strict=True
    ):
        cell.width = Mm(78)
        for place, text in enumerate((f"{name}（盖章）", unit, "", "负责人（签字）：", "", "    年    月    日")):
            paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(4)
            _font(paragraph.add_run(text), BODY, 14)


def _same_bytes(word: Word) -> bytes:
    """The package with its parts in a fixed order and no time of its making."""
    raw, out = io.BytesIO(), io.BytesIO()
    word.save(raw)
    with zipfile.ZipFile(raw) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        # Word wants the list of content types first.
        for name in sorted(before.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, before.read(name))
    return out.getvalue()
