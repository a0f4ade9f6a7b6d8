"""Small seed files for fuzzing, made when they are needed: no binaries are kept with the sources."""

from __future__ import annotations

from pathlib import Path

from luoshi.documents import Format
from tests.documents import ofd_writer, packages, pdf_writer

_LEVELS = packages.level(0, "chineseCounting", "%1、") + packages.level(1, "decimal", "%2.")
_NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{_LEVELS}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
_BODY = (
    packages.p("云岭州工作方案")
    + packages.numbered("增长15%以上", 1)
    + packages.numbered("州水务局", 1, 1)
    + packages.table(
        packages.cell("指标", merge="restart") + packages.cell("目标", 2),
        packages.cell("", merge="continue") + packages.cell("甲") + packages.cell("乙"),
    )
)
_SHEET = (
    '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>指标</t></is></c><c r="B1" s="1"><v>0.085</v></c></row>'
    '<row r="2"><c r="A2"><v>43465</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells>'
)
_ROWS = [["指标", "目标"], ["投资", "增长5%"]]


def seeds(kind: Format) -> list[bytes]:
    """Sound files of a format."""
    if kind is Format.TXT:
        text = "云岭州方案\r\n一、增长15%以上。\n"
        return [text.encode(), text.encode("gb18030"), text.encode("utf-16"), text.encode("utf-8-sig")]
    if kind is Format.DOCX:
        note = f'<w:footnote w:id="1">{packages.p("说明")}</w:footnote>'
        return [packages.word(_BODY), packages.word(_BODY, numbering=_NUMBERING, footnotes=note)]
    if kind is Format.PDF:
        return [pdf_writer.pages([["云岭州", "15%"]]), pdf_writer.flow(["前", (_ROWS, []), "后"]), pdf_writer.scan()]
    if kind is Format.OFD:
        page = ofd_writer.OfdPage().text(20, 20, "云岭州").table(20, 40, _ROWS)
        return [ofd_writer.package([page]), ofd_writer.package([ofd_writer.OfdPage().picture()])]
    if kind is Format.HTML:
        page_text = '<html><meta charset="gbk"><h1>云岭州</h1><p>甲<br>乙</p><table><tr><td rowspan=2>丙<td>丁</table>'
        return [page_text.encode(), page_text.encode("gb18030")]
    return [packages.workbook({"表": _SHEET}, styles='<cellXfs><xf/><xf numFmtId="10"/></cellXfs>')]


def parts(kind: Format) -> list[bytes]:
    """Main parts of a packaged format, for the targets that put them into a package themselves."""
    if kind is Format.DOCX:
        return [f'<w:document xmlns:w="{packages.W_NS}"><w:body>{_BODY}</w:body></w:document>'.encode()]
    if kind is Format.OFD:
        return [ofd_writer.OfdPage().text(20, 20, "云岭州").table(20, 40, _ROWS).xml().encode()]
    return [_SHEET.encode()]


def package_around(kind: Format, part: bytes) -> bytes:
    """A package whose main part is ``part``."""
    if kind is Format.DOCX:
        return packages.zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": part})
    if kind is Format.OFD:
        namespace = 'xmlns:o="http://www.ofdspec.org/2016"'
        body = "<o:DocBody><o:DocRoot>D.xml</o:DocRoot></o:DocBody>"
        pages = '<o:Pages><o:Page ID="1" BaseLoc="P.xml"/></o:Pages>'
        return packages.zipped(
            {
                "OFD.xml": f"<o:OFD {namespace}>{body}</o:OFD>",
                "D.xml": f"<o:Document {namespace}>{pages}</o:Document>",
                "P.xml": part,
            }
        )
    return packages.workbook({"表": part.decode("utf-8", "replace")})


def write_corpus(target: str, folder: Path) -> Path:
    """Write the seeds of a target into a folder and return it; what earlier runs found there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    kind = Format(target.partition("-")[0])
    for number, data in enumerate(parts(kind) if target.endswith("-part") else seeds(kind)):
        (folder / f"seed-{number}").write_bytes(data)
    return folder
