"""Elements of Office Open XML (ECMA-376), written with the usual prefixes."""

from __future__ import annotations

from lxml import etree

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
}
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = NAMESPACES["r"]  # the types of relationships begin with it
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"

Element = etree._Element


def qn(tag: str) -> str:
    """``w:p`` → ``{…/main}p``."""
    prefix, _, local = tag.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if local else tag


def element(tag: str, attributes: dict[str, str] | None = None, *children: Element) -> Element:
    """An element with attributes named like ``w:val`` (or plainly) and its children."""
    made = etree.Element(qn(tag), nsmap=NAMESPACES)
    for name, value in (attributes or {}).items():
        made.set(qn(name), value)
    made.extend(children)
    return made


def w(tag: str, *children: Element, **attributes: str | int) -> Element:
    """An element of WordprocessingML whose attributes are of the same namespace: ``w("sz", val=32)``."""
    return element(f"w:{tag}", {f"w:{name}": str(value) for name, value in attributes.items()}, *children)


def text_element(tag: str, text: str) -> Element:
    """An element with text whose blanks count."""
    made = element(tag)
    made.text = text
    made.set(XML_SPACE, "preserve")
    return made


def serialised(root: Element) -> bytes:
    """A part as bytes, the same for the same tree. Namespaces stay, used or not: ``mc:Ignorable`` names some."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def local(node: Element) -> str:
    """The name of an element without its namespace; empty for comments and the like."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def plain_root(namespace: str, name: str, **attributes: str) -> Element:
    """The root of a part whose only namespace has no prefix."""
    made = etree.fromstring(f'<{name} xmlns="{namespace}"/>'.encode())
    for key, value in attributes.items():
        made.set(key, value)
    return made
