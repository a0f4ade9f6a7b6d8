"""Office packages written so that the same parts give the same bytes.

Members are stored, not deflated: what deflate gives differs between versions of zlib, and a bulletin must be produced
again byte for byte years later on another machine. A bulletin of ten pages takes some hundred kilobytes.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import Self

from lxml import etree

from luoshi.documents.archive import Package
from luoshi.documents.limits import Limits
from luoshi.documents.markup import parse_xml
from luoshi.publishing.ooxml import CONTENT_TYPES, KINDS, RELATIONS, Element, plain_root, serialised

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can name
MAIN = "word/document.xml"
_TYPES = "[Content_Types].xml"


class Parts:
    """The members of a package by name, with its content types and relationships."""

    def __init__(self, members: dict[str, bytes] | None = None) -> None:
        self.members = dict(members or {})
        if _TYPES not in self.members:
            types = plain_root(CONTENT_TYPES, "Types")
            for ending, kind in (
                ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
                ("xml", "application/xml"),
            ):
                etree.SubElement(types, f"{{{CONTENT_TYPES}}}Default", Extension=ending, ContentType=kind)
            self.members[_TYPES] = serialised(types)

    @classmethod
    def read(cls, data: bytes, limits: Limits | None = None) -> Self:
        """The members of a file that nobody vouches for; raises ``DocumentError`` as ``luoshi.documents`` does."""
        bounds = limits or Limits()
        with Package(data, bounds) as package, zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            return cls({name.replace("\\", "/").lstrip("/"): package.read(name) for name in names})

    def xml(self, name: str) -> Element:
        """A member parsed as XML; ``DamagedDocument`` if it is no sound XML."""
        return parse_xml(self.members[name])

    def add(self, name: str, data: bytes | Element, kind: str) -> None:
        """A new part of a content type."""
        self.members[name] = data if isinstance(data, bytes) else serialised(data)
        types = self.xml(_TYPES)
        path = "/" + name
        for entry in types.findall(f"{{{CONTENT_TYPES}}}Override"):
            if entry.get("PartName") == path:
                types.remove(entry)
        etree.SubElement(types, f"{{{CONTENT_TYPES}}}Override", PartName=path, ContentType=kind)
        self.members[_TYPES] = serialised(types)

    def relate(self, source: str, kind: str, target: str) -> str:
        """A relationship from a part (empty: from the package) to another one; gives its id.

        ``kind`` is the last word of the type, or a whole type; ``target`` the name of the other member.
        """
        folder, file = posixpath.split(source)
        name = posixpath.join(folder, "_rels", f"{file}.rels")
        if name in self.members:
            root = self.xml(name)
        else:
            root = plain_root(RELATIONS, "Relationships")
        taken = {entry.get("Id") for entry in root}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        etree.SubElement(
            root,
            f"{{{RELATIONS}}}Relationship",
            Id=f"rId{number}",
            Type=kind if ":" in kind else f"{KINDS}/{kind}",
            Target=posixpath.relpath(target, folder) if folder else target,
        )
        self.members[name] = serialised(root)
        return f"rId{number}"

    def to_bytes(self) -> bytes:
        """The package, its members in a fixed order and without a time of their making."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            # Word wants the list of content types first.
            for name in sorted(self.members, key=lambda name: (name != _TYPES, name)):
                entry = zipfile.ZipInfo(name, EARLIEST)
                entry.create_system, entry.external_attr = 0, 0  # the same on every operating system
                archive.writestr(entry, self.members[name])
        return out.getvalue()
