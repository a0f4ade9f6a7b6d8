"""The list of a document's numbers, carried inside it (``customXml``): number → where it comes from."""

from __future__ import annotations

import datetime as dt
import hashlib
import posixpath
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree

from luoshi.documents.errors import DocumentError
from luoshi.documents.limits import MIB, Limits
from luoshi.documents.markup import parse_xml, to_int
from luoshi.publishing.marks import Numbered
from luoshi.publishing.ooxml import Element, plain_root
from luoshi.publishing.package import MAIN, Parts
from luoshi.publishing.words import REFERENCE_FIELDS, Figure, Reference

NAMESPACE = "urn:luoshi:manifest:1"
#: What made the file; raised whenever the same input would give other bytes.
GENERATOR = "luoshi.publishing 1"
LIMITS = Limits(
    file_bytes=32 * MIB, unpacked_bytes=64 * MIB, xml_bytes=16 * MIB, members=500, ratio=200, ratio_from=4 * MIB
)
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
_PROPERTIES_KIND = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document was made of: the bulletin's key, digests of the snapshot and of the template, the snapshot's
    moment (aware)."""

    key: str
    snapshot: str
    template: str
    moment: dt.datetime
    issuer: str = ""
    title: str = ""

    def __post_init__(self) -> None:
        if self.moment.tzinfo is None:
            raise ValueError("时点应带时区")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``read_manifest`` gives; ``moment`` is ISO 8601 in UTC."""

    key: str
    snapshot: str
    template: str
    moment: str
    generator: str
    figures: tuple[Numbered, ...]


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def stamp(moment: dt.datetime) -> str:
    """A moment as it stands in the file: UTC, whole seconds."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def add_manifest(parts: Parts, origin: Origin, figures: Sequence[Numbered]) -> None:
    """Puts the list into a package."""
    root = plain_root(NAMESPACE, "manifest")
    root.set("key", origin.key)
    root.set("snapshot", origin.snapshot)
    root.set("template", origin.template)
    root.set("moment", stamp(origin.moment))
    root.set("generator", GENERATOR)
    for numbered in figures:
        node = etree.SubElement(root, f"{{{NAMESPACE}}}figure", n=str(numbered.number), text=numbered.figure.text)
        if numbered.figure.value is not None:
            node.set("value", f"{numbered.figure.value:f}")
        if numbered.place:
            node.set("place", numbered.place)
        for name in REFERENCE_FIELDS:
            if value := getattr(numbered.figure.reference, name):
                node.set(name, value)
    number = 1
    while f"customXml/item{number}.xml" in parts.members:
        number += 1
    name, properties = f"customXml/item{number}.xml", f"customXml/itemProps{number}.xml"
    parts.add(name, root, "application/xml")
    schema = etree.Element(f"{{{_PROPERTIES}}}datastoreItem", nsmap={"ds": _PROPERTIES})
    identity = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
    schema.set(f"{{{_PROPERTIES}}}itemID", f"{{{str(identity).upper()}}}")
    references = etree.SubElement(schema, f"{{{_PROPERTIES}}}schemaRefs")
    etree.SubElement(references, f"{{{_PROPERTIES}}}schemaRef").set(f"{{{_PROPERTIES}}}uri", NAMESPACE)
    parts.add(properties, schema, _PROPERTIES_KIND)
    parts.relate(MAIN, "customXml", name)
    parts.relate(name, "customXmlProps", properties)


def read_manifest(data: bytes) -> Manifest | None:
    """The list in a file; ``None`` where there is none (made elsewhere, or saved by a program that drops it).

    Raises ``DocumentError`` for what is no sound .docx.
    """
    return manifest_of(Parts.read(data, LIMITS))


def manifest_of(parts: Parts) -> Manifest | None:
    """The list in a package."""
    for name in sorted(parts.members):
        if posixpath.dirname(name) != "customXml" or NAMESPACE.encode() not in parts.members[name]:
            continue
        try:
            root = parse_xml(parts.members[name])
        except DocumentError:
            continue
        if root.tag == f"{{{NAMESPACE}}}manifest":
            return _parsed(root)
    return None


def _parsed(root: Element) -> Manifest:
    figures = []
    for node in root.iterchildren(f"{{{NAMESPACE}}}figure"):
        reference = Reference(**{name: node.get(name) or "" for name in REFERENCE_FIELDS})
        value: Decimal | None
        try:
            value = Decimal(node.get("value") or "")
        except InvalidOperation:
            value = None
        figure = Figure(node.get("text") or "", reference, value)
        figures.append(Numbered(to_int(node.get("n")), figure, node.get("place") or ""))
    head = {name: root.get(name) or "" for name in ("key", "snapshot", "template", "moment", "generator")}
    return Manifest(figures=tuple(figures), **head)
