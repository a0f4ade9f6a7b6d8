"""The Word file of a commitment letter, laid out as an official document (``luoshi.publishing``).

The same content gives the same bytes: the package holds no time of its making.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from luoshi.publishing import Align, Column, Paper, Table, words
from luoshi.publishing.fonts import fonts
from luoshi.publishing.layout import SIZE_4, TEXT_WIDTH, twips
from luoshi.publishing.ooxml import Element, text_element, w

_DEMANDS = (
    "责任单位应把目标任务分解到岗、到人，按时序进度推进。",
    "责任单位应按规定时限如实报送进展，数据以统计、认定结果为准。",
    "目标任务调整的，以下达单位最新下达的为准，并重新签订责任书。",
)


def write_letter(content: dict[str, Any]) -> bytes:
    """The .docx of a letter's content (``content.contents``)."""
    paper = Paper()
    title = f"{content['year']}年目标责任书"
    number = f"（{content['number']}）" if content["number"] else ""
    paper.line(title, "DocumentTitle")
    paper.line(f"——《{content['plan']}》{number}", "DocumentNumber")
    paper.blank()
    paper.line(f"下达单位：{content['giver']}", "Addressee")
    paper.line(f"责任单位：{content['taker']}", "Addressee")
    paper.paragraph(
        f"为确保《{content['plan']}》各项目标任务落到实处，下达单位与责任单位签订本责任书，"
        f"责任单位对所列目标任务负总责，按期保质完成。"
    )
    parts = 0
    for name, rows, table in (
        ("目标任务", content["targets"], _targets),
        ("承担的措施", content["duties"], _duties),
    ):
        if rows:
            paper.heading(1, f"{'一二三四'[parts]}、{name}")
            paper.table(table(rows))
            parts += 1
    paper.heading(1, f"{'一二三四'[parts]}、工作要求")
    for place, sentence in enumerate(_DEMANDS):
        paper.paragraph(f"（{'一二三'[place]}）{sentence}")
    paper.paragraph("本责任书一式两份，双方各执一份，自签订之日起生效。")
    paper.blank()
    paper.block(_signatures(content))
    paper.blank()
    return paper.to_bytes(title=title, author=content["giver"])


def _targets(rows: Sequence[dict[str, Any]]) -> Table:
    columns = tuple(
        Column(name, align)
        for name, align in (
            ("序号", Align.CENTRE),
            ("目标", Align.LEFT),
            ("档次", Align.CENTRE),
            ("全年", Align.RIGHT),
            ("时序", Align.LEFT),
            ("时限", Align.CENTRE),
        )
    )
    lines = []
    for place, row in enumerate(rows, 1):
        value = row["value"] + _together(row) + ("（牵头）" if row["led"] else "")
        periods = "\n".join(f"{name} {figure}" for name, figure in row["periods"]) or "—"
        texts = (str(place), row["indicator"], row["tier"] or "—", value, periods, row["deadline"])
        lines.append(tuple(words(text) for text in texts))
    return Table(columns, tuple(lines))


def _together(row: dict[str, Any]) -> str:
    """With whom a number is carried; letters drawn up earlier do not name them."""
    if not row["joint"]:
        return ""
    return f"（与{row['partners']}合并承担）" if row.get("partners") else "（与其他单位共同完成）"


def _duties(rows: Sequence[dict[str, str]]) -> Table:
    columns = tuple(
        Column(name, align)
        for name, align in (
            ("序号", Align.CENTRE),
            ("措施", Align.LEFT),
            ("责任", Align.CENTRE),
            ("时限", Align.CENTRE),
        )
    )
    lines = []
    for place, row in enumerate(rows, 1):
        texts = (str(place), f"{row['label']}{row['title']}", row["role"], row["deadline"] or "按方案规定")
        lines.append(tuple(words(text) for text in texts))
    return Table(columns, tuple(lines))


def _signatures(content: dict[str, Any]) -> Element:
    """Both parties side by side; the block must not be torn apart by the end of a page."""
    width = twips(TEXT_WIDTH) // 2
    row = w("tr", w("trPr", w("cantSplit")))
    for name, unit in (("下达单位", content["giver"]), ("责任单位", content["taker"])):
        cell = w("tc", w("tcPr", w("tcW", w=width, type="dxa")))
        for text in (f"{name}（盖章）", unit, "", "负责人（签字）：", "", "    年    月    日"):
            run = w("r", w("rPr", fonts("body"), w("sz", val=round(SIZE_4 * 2)), w("szCs", val=round(SIZE_4 * 2))))
            run.append(text_element("w:t", text))
            cell.append(w("p", w("pPr", w("spacing", line=480, lineRule="exact")), run))
        row.append(cell)
    grid = w("tblGrid", w("gridCol", w=width), w("gridCol", w=width))
    return w("tbl", w("tblPr", w("tblW", w=2 * width, type="dxa"), w("tblLayout", type="fixed")), grid, row)
