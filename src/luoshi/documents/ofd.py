"""OFD files (GB/T 33190, the Chinese fixed-layout format): text objects put together to printed lines by page."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from luoshi.documents.archive import Package, resolve
from luoshi.documents.builder import DocumentBuilder
from luoshi.documents.errors import (
    DamagedDocument,
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    ScannedDocument,
)
from luoshi.documents.limits import Limits
from luoshi.documents.model import Document, Format
from luoshi.documents.ofd_page import PageContent, collect, layout

_DAMAGED = "OFD 文件已损坏（{}），无法读取。请重新导出或重新下载后再上传。"


def read_ofd(data: bytes, name: str, limits: Limits) -> Document:
    """Read an OFD file: page templates and page contents, without annotations, attachments and signatures."""
    builder = DocumentBuilder(limits)
    pages, pictures, written = 0, 0, 0
    with Package(data, limits) as package:
        root = package.xml("OFD.xml")
        if root.find(".//{*}Encryptions") is not None or "Encryptions.xml" in package:
            raise EncryptedDocument("OFD 文件已加密。请取消加密后重新保存，再上传。")
        for content in _pages(package, root, limits):
            pages += 1
            pictures += content.pictures > 0
            for item in layout(content):
                written += 1
                if isinstance(item, str):
                    builder.add(item, page=pages)
                else:
                    builder.add_table(item, page=pages, wrapped=True)
    if not pages:
        raise EmptyDocument("OFD 文件里没有页面，请检查文件是否完整。")
    if not written and pictures:
        raise ScannedDocument(
            "OFD 是扫描件（图片），没有可以读取的文字。请上传原始的 Word 文件，或先做文字识别（OCR）后再上传。"
        )
    return builder.document(name, Format.OFD, page_count=pages)


def _pages(package: Package, root: etree._Element, limits: Limits) -> Iterator[PageContent]:
    """The content of each page of each document body, in order; pages are parsed one at a time."""
    count = 0
    for body in root.iterfind("{*}DocBody"):
        entry = body.find("{*}DocRoot")
        if entry is None or not (entry.text or "").strip():
            continue
        part = resolve("OFD.xml", (entry.text or "").strip())
        document = package.xml(part)
        templates = {
            template.get("ID"): resolve(part, template.get("BaseLoc") or "")
            for template in document.iterfind("{*}CommonData/{*}TemplatePage")
        }
        drawn: dict[str, etree._Element | None] = {}
        for page in document.iterfind("{*}Pages/{*}Page"):
            count += 1
            if count > limits.pages:
                raise DocumentTooLarge(f"OFD 超过{limits.pages}页，请拆分后再上传。")
            content = PageContent()
            try:
                element = package.xml(resolve(part, page.get("BaseLoc") or ""))
            except DocumentTooLarge:
                raise
            except DocumentError as error:
                raise DamagedDocument(_DAMAGED.format(f"第{count}页")) from error
            for use in element.iterfind("{*}Template"):
                template_part = templates.get(use.get("TemplateID"))
                if template_part is None:
                    continue
                if template_part not in drawn:
                    drawn[template_part] = package.optional_xml(template_part)
                template = drawn[template_part]
                if template is not None:
                    collect(template, content)
            collect(element, content)
            yield content
