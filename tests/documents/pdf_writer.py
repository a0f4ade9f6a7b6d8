"""Real PDF files for tests, made with reportlab and Adobe's Song as a font that every viewer knows by name."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from reportlab.lib import colors, pdfencrypt
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FONT = "STSong-Light"
BODY = ParagraphStyle("body", fontName=FONT, fontSize=12, leading=20, wordWrap="CJK")


def _register() -> None:
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def pages(texts: Sequence[Sequence[str]], *, password: str | None = None) -> bytes:
    """A page for each list of lines."""
    _register()
    buffer = io.BytesIO()
    encrypt = pdfencrypt.StandardEncryption(password) if password else None
    canvas = Canvas(buffer, pagesize=A4, encrypt=encrypt, invariant=1)
    for lines in texts:
        canvas.setFont(FONT, 12)
        for number, line in enumerate(lines):
            canvas.drawString(60, 780 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def flow(parts: Sequence[str | tuple[list[list[str]], list[tuple[object, ...]]] | None]) -> bytes:
    """Paragraphs, ruled tables given as (rows, style commands), and ``None`` for a new page."""
    _register()
    buffer = io.BytesIO()
    story: list[object] = []
    for part in parts:
        if part is None:
            story.append(PageBreak())
        elif isinstance(part, str):
            story.append(Paragraph(part, BODY))
        else:
            rows, commands = part
            cells = [[Paragraph(text, BODY) for text in row] for row in rows]
            table = Table(cells, colWidths=[90] * len(rows[0]))
            table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), *commands]))
            story += [Spacer(1, 8), table, Spacer(1, 8)]
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1).build(story)
    return buffer.getvalue()


def scan(pages: int = 1, note: str = "", draw: Callable[[Canvas], None] | None = None) -> bytes:
    """Pages filled by a picture."""
    from PIL import Image

    _register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for _ in range(pages):
        canvas.drawImage(ImageReader(Image.new("L", (60, 84), 200)), 0, 0, *A4)
        if note:
            canvas.setFont(FONT, 8)
            canvas.drawString(20, 20, note)
        if draw:
            draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
