"""The last steps of every file: blocks put in, numbers fenced, the manifest and the dates written."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from luoshi.publishing.charts import Chart, chart_paragraph, points
from luoshi.publishing.fitting import fit
from luoshi.publishing.manifest import Origin, add_manifest, stamp
from luoshi.publishing.marks import Numbered, Register, number_figures, runs
from luoshi.publishing.ooxml import Element, qn, serialised
from luoshi.publishing.package import MAIN, Parts
from luoshi.publishing.tables import Table, table_elements
from luoshi.publishing.words import Words, cleaned

CORE = "docProps/core.xml"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC, _TERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
#: Parts beside the document whose text may hold figures.
_AROUND = re.compile(r"word/(?:header|footer)\d*\.xml")


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Running text of any number of paragraphs (none: nothing is printed)."""

    texts: tuple[Words, ...]


Block = Table | Chart | Paragraphs


class Finisher:
    """Puts blocks into one package and closes it; charts are numbered as they come."""

    def __init__(self, parts: Parts, register: Register) -> None:
        self.parts, self.register = parts, register
        self.charts: list[Chart] = []

    def elements(self, block: Block, like: Element | None = None) -> list[Element]:
        """A block as elements of a body; paragraphs look ``like`` the one that they replace."""
        if isinstance(block, Table):
            return table_elements(block, self.register)
        if isinstance(block, Chart):
            self.charts.append(block)
            return [chart_paragraph(block, self.parts, len(self.charts))]
        made = []
        for text in block.texts:
            paragraph = etree.Element(qn("w:p"))
            properties = None
            if like is not None:
                if (own := like.find(qn("w:pPr"))) is not None:
                    paragraph.append(copy.deepcopy(own))
                properties = like.find(f"{qn('w:r')}/{qn('w:rPr')}")
            paragraph.extend(runs(self.register.marked(text), properties))
            made.append(paragraph)
        return made

    def place_blocks(self, root: Element) -> None:
        """Every paragraph that only names a block gives way to it."""
        for paragraph in list(root.iter(qn("w:p"))):
            block = self.register.block_of("".join(node.text or "" for node in paragraph.iter(qn("w:t"))))
            parent = paragraph.getparent()
            if block is None or parent is None:
                continue
            assert isinstance(block, Table | Chart | Paragraphs)
            place = parent.index(paragraph)
            fresh = self.elements(block, paragraph)
            parent[place : place + 1] = fresh
            # A cell must end with a paragraph.
            if parent.tag == qn("w:tc") and (len(parent) == 0 or parent[-1].tag != qn("w:p")):
                etree.SubElement(parent, qn("w:p"))

    def finish(self, root: Element, origin: Origin | None, *, title: str = "", author: str = "") -> bytes:
        """The whole file of a ``w:document``; without an origin it has neither manifest nor moment."""
        fit(root)
        around = {name: self.parts.xml(name) for name in sorted(self.parts.members) if _AROUND.fullmatch(name)}
        figures: list[Numbered] = number_figures([root, *around.values()], self.register)
        for name, tree in around.items():
            self.parts.members[name] = serialised(tree)
        for number, chart in enumerate(self.charts, 1):
            figures += points(chart, number, len(figures) + 1)
        self.parts.members[MAIN] = serialised(root)
        if origin is not None:
            add_manifest(self.parts, origin, figures)
            title, author = origin.title or title, origin.issuer or author
        _core(self.parts, cleaned(title), cleaned(author), stamp(origin.moment) if origin else "")
        return self.parts.to_bytes()


def _core(parts: Parts, title: str, author: str, moment: str) -> None:
    names = {"cp": _CORE, "dc": _DC, "dcterms": _TERMS, "xsi": _XSI}
    root = etree.Element(f"{{{_CORE}}}coreProperties", nsmap=names)
    entries: Sequence[tuple[str, str]] = (
        (f"{{{_DC}}}title", title),
        (f"{{{_DC}}}creator", author),
        (f"{{{_CORE}}}lastModifiedBy", author),
        (f"{{{_CORE}}}revision", "1"),
    )
    for tag, text in entries:
        if text:
            etree.SubElement(root, tag).text = text.replace("\n", "")
    for tag in ("created", "modified"):
        if moment:
            node = etree.SubElement(root, f"{{{_TERMS}}}{tag}")
            node.set(f"{{{_XSI}}}type", "dcterms:W3CDTF")
            node.text = moment
    new = CORE not in parts.members
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if new:
        parts.add(CORE, data, "application/vnd.openxmlformats-package.core-properties+xml")
        kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
        parts.relate("", kind, CORE)
    else:
        parts.members[CORE] = data
