"""Make the sample documents from ``sources/``: ``python samples/build.py [folder]``.

The same sources give the same files byte for byte (with the same versions of python-docx and reportlab).
"""

from __future__ import annotations

import datetime as dt
import io
import sys
import zipfile
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table
from samples.markup import Grid, Text, parse, source

HERE = Path(__file__).resolve().parent
STAMP = dt.datetime(2026, 1, 28, 9, 0)  # noqa: DTZ001 (zip files know no time zones)

SAMPLES = {
    "云岭州2026年“四大攻坚行动”实施方案.docx": ("action-plan-2026", None),
    "云岭州2026年“四大攻坚行动”实施方案（修订版）.docx": ("action-plan-2026", "action-plan-2026-revision"),
    "云岭州2026年招商引资推进方案.pdf": ("investment-plan-2026", None),
    "云岭州“十五五”质量强州建设规划.txt": ("quality-plan-2026-2030", None),
}


def build(folder: Path = HERE) -> list[Path]:
    """Write all samples into a folder and give their paths."""
    writers = {".docx": docx_bytes, ".pdf": pdf_bytes, ".txt": txt_bytes}
    paths = []
    for file_name, (name, revision) in SAMPLES.items():
        path = folder / file_name
        path.write_bytes(writers[path.suffix](parse(source(name, revision)), path.stem))
        paths.append(path)
    return paths


# --- Word -----------------------------------------------------------------------------------------------------------

_FONTS = {"title": ("宋体", 22), "heading1": ("黑体", 16), "heading2": ("楷体", 16), "cell": ("仿宋", 9)}
_ALIGN = {"title": WD_ALIGN_PARAGRAPH.CENTER, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}


def _style_font(style, name: str, size: float) -> None:
    style.font.name = name
    style.font.size = Pt(size)
    style.font.bold = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia"):
        fonts.set(qn(f"w:{script}"), name)


def docx_bytes(blocks: list[Text | Grid], title: str) -> bytes:
    """A Word file: Word headings for 一、 and （一）, plain paragraphs for the rest, tables with merged cells."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    _style_font(document.styles["Normal"], "仿宋", 16)
    _style_font(document.styles["Heading 1"], *_FONTS["heading1"])
    _style_font(document.styles["Heading 2"], *_FONTS["heading2"])
    for block in blocks:
        if isinstance(block, Grid):
            _docx_table(document, block)
        elif block.role == "page":
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        elif block.role.startswith("heading"):
            document.add_paragraph(block.text, style=f"Heading {block.role[-1]}")
        else:
            paragraph = document.add_paragraph()
            run = paragraph.add_run(block.text)
            paragraph.alignment = _ALIGN.get(block.role)
            if block.role == "title":
                run.font.size = Pt(_FONTS["title"][1])
                run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONTS["title"][0])
            elif block.role == "paragraph":
                paragraph.paragraph_format.first_line_indent = Pt(32)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "云岭州（虚构）", ""
    properties.created = properties.modified = STAMP
    written = io.BytesIO()
    document.save(written)
    return _stamped(written.getvalue())


def _docx_table(document, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.rows), cols=grid.width)
    table.style = "Table Grid"
    cells = [list(row.cells) for row in table.rows]
    for span in grid.spans():
        cell = cells[span.row][span.column]
        if span.rows > 1 or span.columns > 1:
            cell = cell.merge(cells[span.row + span.rows - 1][span.column + span.columns - 1])
        paragraph = cell.paragraphs[0]
        run = paragraph.add_run(span.text)
        run.font.size = Pt(_FONTS["cell"][1])
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for row in table.rows[: grid.header]:
        repeated = OxmlElement("w:tblHeader")
        row._tr.get_or_add_trPr().append(repeated)
    document.add_paragraph()


def _stamped(package: bytes) -> bytes:
    """The same zip with one fixed time in every entry."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            stamped = zipfile.ZipInfo(entry.filename, STAMP.timetuple()[:6])
            stamped.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(stamped, old.read(entry))
    return written.getvalue()


# --- PDF ------------------------------------------------------------------------------------------------------------

_FONT = "STSong-Light"
_WIDTH = A4[0] - 2 * 60


def pdf_bytes(blocks: list[Text | Grid], title: str) -> bytes:
    """A PDF with a text layer, ruled tables whose header is repeated on each page, and page numbers."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    body = ParagraphStyle("body", fontName=_FONT, fontSize=14, leading=25, firstLineIndent=28, wordWrap="CJK")
    styles = {
        "paragraph": body,
        "left": ParagraphStyle("left", body, firstLineIndent=0, keepWithNext=1),
        "right": ParagraphStyle("right", body, firstLineIndent=0, alignment=2),
        "center": ParagraphStyle("center", body, firstLineIndent=0, alignment=1, spaceAfter=8, keepWithNext=1),
        "title": ParagraphStyle("title", body, fontSize=20, leading=32, firstLineIndent=0, alignment=1, spaceAfter=16),
        "heading1": ParagraphStyle("heading1", body, fontSize=15),
        "heading2": ParagraphStyle("heading2", body),
    }
    flow: list[Flowable] = []
    for block in blocks:
        if isinstance(block, Grid):
            flow += [_pdf_table(block), Spacer(1, 12)]
        elif block.role == "page":
            flow.append(PageBreak())
        else:
            flow.append(Paragraph(block.text, styles[block.role]))
    written = io.BytesIO()
    template = SimpleDocTemplate(
        written, pagesize=A4, leftMargin=60, rightMargin=60, topMargin=72, bottomMargin=72,
        title=title, author="云岭州（虚构）", invariant=1,
    )  # fmt: skip
    template.build(flow, onFirstPage=_page_number, onLaterPages=_page_number)
    return written.getvalue()


def _page_number(canvas, template) -> None:
    canvas.setFont(_FONT, 12)
    canvas.drawCentredString(A4[0] / 2, 40, f"— {template.page} —")


def _pdf_table(grid: Grid) -> Table:
    cell = ParagraphStyle("cell", fontName=_FONT, fontSize=9.5, leading=13, wordWrap="CJK", alignment=1)
    rows: list[list[object]] = [[""] * grid.width for _ in grid.rows]
    commands: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.6, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    for span in grid.spans():
        rows[span.row][span.column] = Paragraph(span.text, cell)
        if span.rows > 1 or span.columns > 1:
            last = (span.column + span.columns - 1, span.row + span.rows - 1)
            commands.append(("SPAN", (span.column, span.row), last))
    # A column's share follows its longest cell, within bounds that keep every column readable.
    shares = [
        min(max(max(len(s.text) / s.columns for s in grid.spans() if s.column == c), 4), 16) for c in range(grid.width)
    ]
    widths = [_WIDTH * share / sum(shares) for share in shares]
    return Table(rows, colWidths=widths, repeatRows=grid.header, style=commands)


# --- Text -----------------------------------------------------------------------------------------------------------


def txt_bytes(blocks: list[Text | Grid], title: str) -> bytes:
    """A UTF-8 text as a web page's text is saved: a paragraph a line, an empty line between, table cells by tabs."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Grid):
            lines += ["\t".join("" if cell in ("<", "^") else cell for cell in row) for row in block.rows] + [""]
        elif block.role == "page":
            lines.append("")
        else:
            indent = "" if block.role in ("title", "center", "left", "right") else "　　"
            lines += [indent + block.text, ""]
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


if __name__ == "__main__":
    for built in build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE):
        print(f"{built.name}: {built.stat().st_size} 字节")
