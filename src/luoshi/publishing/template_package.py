"""What a template's file may hold: text, styles, pictures; nothing that runs, and nothing from elsewhere."""

from __future__ import annotations

import re

from luoshi.documents.errors import DocumentError
from luoshi.documents.limits import MIB, Limits
from luoshi.publishing.fields import Problem
from luoshi.publishing.ooxml import RELATIONS, local, qn
from luoshi.publishing.package import MAIN, Parts

LIMITS = Limits(
    file_bytes=8 * MIB, unpacked_bytes=32 * MIB, xml_bytes=2 * MIB, members=300, ratio=100, ratio_from=2 * MIB
)
_MACROS = re.compile(r"vbaproject|vbadata|macroenabled|/activex/|oleobject", re.IGNORECASE)
_EMBEDDED = re.compile(r"word/embeddings/(?!.*\.xlsx$)", re.IGNORECASE)
#: Fields that fetch something or start something when the file is opened.
_FETCHING = re.compile(
    r"^\s*(?:INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|DDE|DDEAUTO|LINK|RD|DATABASE|MACROBUTTON|HYPERLINK|AUTOTEXT)\b",
    re.IGNORECASE,
)
_CHUNKS = ("aFChunk", "subDocument", "attachedTemplate", "oleObject", "control", "vbaProject", "frame")
#: Parts in which tags are filled in.
FILLED = re.compile(r"word/(?:document|header\d*|footer\d*)\.xml")
_UNFILLED = re.compile(r"word/(?:footnotes|endnotes|comments\w*)\.xml|word/charts/|word/diagrams/|docProps/")


def opened(data: bytes) -> tuple[Parts | None, list[Problem]]:
    """The package, and why it must not be used; no package where it cannot even be opened."""
    if len(data) > LIMITS.file_bytes:
        return None, [Problem(f"文件超过 {LIMITS.file_bytes // MIB} MB，不能作为模板。")]
    try:
        parts = Parts.read(data, LIMITS)
        if MAIN not in parts.members:
            return None, [Problem("不是 Word 文档（.docx）。请用 Word 或 WPS 另存为 .docx 后再上传。")]
        problems = _dangers(parts)
        for name in parts.members:
            if FILLED.fullmatch(name):
                parts.xml(name)
    except DocumentError as error:
        return None, [Problem(str(error))]
    return parts, problems


def _dangers(parts: Parts) -> list[Problem]:
    problems = []
    types = parts.members["[Content_Types].xml"].decode("utf-8", "replace")
    if _MACROS.search(types) or any(_MACROS.search(f"/{name}") for name in parts.members):
        problems.append(Problem("模板带有宏或控件，不予使用。请另存为不带宏的 .docx。"))
    if any(_EMBEDDED.match(name) for name in parts.members):
        problems.append(Problem("模板嵌入了其他文件（对象），请删除后再上传。"))
    outside = chunk = False
    for name in sorted(parts.members):
        if not name.endswith(".rels"):
            continue
        for entry in parts.xml(name).iter(f"{{{RELATIONS}}}Relationship"):
            outside |= (entry.get("TargetMode") or "").lower() == "external"
            chunk |= (entry.get("Type") or "").rpartition("/")[2] in _CHUNKS
    if outside:
        problems.append(Problem("模板引用了外部文件或网址（超链接、链接的图片或附加模板），请取消链接后再上传。"))
    if chunk:
        problems.append(Problem("模板含有子文档、控件或附加模板，请删除后再上传。"))
    problems += _fields(parts)
    for name, content in sorted(parts.members.items()):
        if _UNFILLED.match(name) and (b"{{" in content or b"{%" in content):
            problems.append(Problem("脚注、批注、图和文件属性里不能写字段，请移到正文、页眉或页脚。"))
            break
    return problems


def _fields(parts: Parts) -> list[Problem]:
    problems = []
    fetching = revised = False
    for name in sorted(parts.members):
        if not FILLED.fullmatch(name):
            continue
        for paragraph in parts.xml(name).iter(qn("w:p")):
            code = "".join(node.text or "" for node in paragraph.iter(qn("w:instrText")))
            codes = [code, *(node.get(qn("w:instr")) or "" for node in paragraph.iter(qn("w:fldSimple")))]
            fetching |= any(_FETCHING.match(text) for text in codes)
            revised |= any(local(node) in ("ins", "del", "moveFrom", "moveTo") for node in paragraph.iter())
    if fetching:
        problems.append(Problem("模板含有会读取外部内容的域（如 INCLUDETEXT、LINK、DDE），请删除后再上传。"))
    if revised:
        problems.append(Problem("模板里有未接受的修订，请全部接受或拒绝后再上传。"))
    return problems
