"""The named styles of an official document, so that an office finds them in its word processor."""

from __future__ import annotations

import copy

from luoshi.publishing.fonts import fonts
from luoshi.publishing.layout import CHARACTER_SPACING, LINE_PITCH, SIZE_2, SIZE_3, SIZE_4, SMALL_4, characters
from luoshi.publishing.ooxml import Element, qn, w

RED = "FF0000"  # the red of the masthead and the separator, 5.2.4 of GB/T 9704-2012


def _style(
    identity: str,
    name: str,
    *,
    based: str = "Normal",
    use: str = "",
    size: float = 0,
    align: str = "",
    first_line: int = 0,
    level: int | None = None,
    keep: bool = False,
    colour: str = "",
    line: int = 0,
) -> Element:
    """A paragraph style; ``first_line`` counts characters, ``level`` is the outline's from 0."""
    made = w("style", w("name", val=name), type="paragraph", customStyle=1, styleId=identity)
    made.extend((w("basedOn", val=based), w("qFormat")))
    paragraph, run = w("pPr"), w("rPr")
    if keep:
        paragraph.append(w("keepNext"))
    if size > SIZE_3:
        # Letters higher than the grid's would else take two of its lines.
        paragraph.append(w("snapToGrid", val=0))
    if line:
        paragraph.append(w("spacing", line=line, lineRule="exact"))
    if first_line:
        paragraph.append(w("ind", firstLineChars=first_line * 100, firstLine=characters(first_line)))
    if align:
        paragraph.append(w("jc", val=align))
    if level is not None:
        paragraph.append(w("outlineLvl", val=level))
    if use:
        run.append(fonts(use))
    if colour:
        run.append(w("color", val=colour))
    if size:
        run.append(w("spacing", val=0))
        run.extend((w("sz", val=round(size * 2)), w("szCs", val=round(size * 2))))
    made.extend(part for part in (paragraph, run) if len(part))
    return made


def styles() -> Element:
    """The part with all styles."""
    size = round(SIZE_3 * 2)
    run = w("rPr", fonts("body"), w("spacing", val=CHARACTER_SPACING), w("sz", val=size), w("szCs", val=size))
    run.append(w("lang", val="en-US", eastAsia="zh-CN"))
    # No widow control and no blank between letters and characters: 22 lines of 28 characters on every page.
    paragraph = w("pPr", w("widowControl", val=0), w("overflowPunct", val=0), w("autoSpaceDE", val=0))
    paragraph.extend((w("autoSpaceDN", val=0), w("spacing", before=0, after=0, line=LINE_PITCH, lineRule="exact")))
    paragraph.append(w("jc", val="both"))
    made = w("styles", w("docDefaults", w("rPrDefault", run), w("pPrDefault", paragraph)))
    normal = w("style", w("name", val="Normal"), w("qFormat"), type="paragraph", default=1, styleId="Normal")
    # The grid's characters are counted from the size in the style Normal.
    # LibreOffice takes some of the defaults only from a style.
    normal.append(copy.deepcopy(paragraph))
    normal.append(w("rPr", fonts("body"), w("sz", val=size), w("szCs", val=size)))
    table = w("style", w("name", val="Normal Table"), type="table", default=1, styleId="TableNormal")
    margins = w("tblCellMar", w("top", w=0, type="dxa"), w("left", w=57, type="dxa"))
    margins.extend((w("bottom", w=0, type="dxa"), w("right", w=57, type="dxa")))
    table.append(w("tblPr", w("tblInd", w=0, type="dxa"), margins))
    made.extend((normal, table))
    made.extend(
        (
            _style("Masthead", "发文机关标志", use="title", size=SIZE_2, align="center", colour=RED),
            _style("DocumentNumber", "发文字号", align="center"),
            _style("DocumentTitle", "公文标题", use="title", size=SIZE_2, align="center", keep=True),
            _style("Addressee", "主送机关", align="left"),
            _style("BodyText1", "公文正文", first_line=2),
            _style("Level1", "一级标题", based="BodyText1", use="heading", level=0, keep=True),
            _style("Level2", "二级标题", based="BodyText1", use="subheading", level=1, keep=True),
            _style("Level3", "三级标题", based="BodyText1", level=2, keep=True),
            _style("Level4", "四级标题", based="BodyText1", level=3, keep=True),
            _style("TableTitle", "表题", use="heading", size=SIZE_4, align="center", keep=True),
            _style("TableText", "表格文字", size=SMALL_4, line=360),
            _style("Attachments", "附件说明", align="left"),
            _style("AttachmentMark", "附件标识", use="heading", align="left", keep=True),
            _style("Signature1", "署名", align="right"),
            _style("DocumentDate", "成文日期", align="right"),
            _style("Remark", "附注", first_line=2),
            _imprint(),
            _style("PageNumber", "页码", use="number", size=SIZE_4, line=360),
        )
    )
    return made


def _imprint() -> Element:
    """版记 between thick lines of 0.35 mm, with one of 0.25 mm between two entries (7.4.1). The lines belong to the
    style: set on the paragraphs themselves they keep LibreOffice from making the frame."""
    made = _style("Imprint", "版记", size=SIZE_4, align="left", line=440)
    lines = w("pBdr", w("top", val="single", sz=8, space=1, color="000000"))
    lines.append(w("bottom", val="single", sz=8, space=1, color="000000"))
    lines.append(w("between", val="single", sz=6, space=1, color="000000"))
    paragraph = made.find(qn("w:pPr"))
    assert paragraph is not None
    paragraph.insert(0, lines)
    return made
