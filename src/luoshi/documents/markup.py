"""Parsing XML that nobody vouches for: no entities, no network, no huge trees."""

from __future__ import annotations

from lxml import etree

from luoshi.documents.errors import DamagedDocument

_DAMAGED = "文件内部的 XML 已损坏，无法读取。请用原软件打开后重新保存，再上传。"


def parse_xml(data: bytes) -> etree._Element:
    """The root element; ``DamagedDocument`` if the XML is broken or brings a document type of its own.

    None of the formats read here allows a DTD, and a DTD is what entity attacks need.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise DamagedDocument(_DAMAGED) from error
    if root is None:
        raise DamagedDocument(_DAMAGED)
    if root.getroottree().docinfo.internalDTD is not None:
        raise DamagedDocument("文件内部的 XML 带有外部定义（DTD），疑似恶意文件，不予打开。")
    return root


def is_on(element: etree._Element | None, attribute: str) -> bool:
    """Whether an Office on/off property is set: present, and not said to be off."""
    return element is not None and element.get(attribute, "1").lower() not in {"0", "false", "off", "none"}


def to_int(text: str | None, default: int = 0) -> int:
    """A whole number from an attribute, ``default`` where it is none (or absurdly long)."""
    if text is None or len(text) > 18:
        return default
    try:
        return int(text)
    except ValueError:
        return default
