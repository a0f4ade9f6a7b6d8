"""A small writer of real OFD packages (GB/T 33190-2016) for tests: text, ruled tables, pictures, templates."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass
class OfdPage:
    """One page; all measures in millimetres from the upper left corner."""

    template: bool = False
    objects: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, *, size: float = 4.0, ctm: str | None = None) -> OfdPage:
        """One run of characters whose base line is at ``y``, with a step for each character."""
        steps = f' DeltaX="g {len(text) - 1} {size}"' if len(text) > 1 else ""
        turned = f' CTM="{ctm}"' if ctm else ""
        return self.raw(
            f'<ofd:TextObject ID="{self._next()}" Boundary="{x} {y - size} {size * len(text)} {size * 1.2}" Font="1" '
            f'Size="{size}"{turned}><ofd:TextCode X="0" Y="{size}"{steps}>{escape(text)}</ofd:TextCode>'
            "</ofd:TextObject>"
        )

    def line(self, x0: float, y0: float, x1: float, y1: float) -> OfdPage:
        """A stroke."""
        return self.raw(
            f'<ofd:PathObject ID="{self._next()}" Boundary="0 0 210 297" LineWidth="0.2"><ofd:AbbreviatedData>'
            f"M {x0} {y0} L {x1} {y1}</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def table(
        self, x: float, y: float, rows: Sequence[Sequence[str]], width: float = 40, height: float = 10
    ) -> OfdPage:
        """A table with all its lines drawn."""
        columns = len(rows[0])
        for number in range(len(rows) + 1):
            self.line(x, y + number * height, x + columns * width, y + number * height)
        for number in range(columns + 1):
            self.line(x + number * width, y, x + number * width, y + len(rows) * height)
        for i, row in enumerate(rows):
            for j, text in enumerate(row):
                if text:
                    self.text(x + j * width + 2, y + i * height + 7, text)
        return self

    def picture(self) -> OfdPage:
        """A picture over the whole page."""
        return self.raw(
            f'<ofd:ImageObject ID="{self._next()}" Boundary="0 0 210 297" CTM="210 0 0 297 0 0" ResourceID="9"/>'
        )

    def raw(self, xml: str) -> OfdPage:
        """Any object."""
        self.objects.append(xml)
        return self

    def _next(self) -> int:
        return 100 + len(self.objects)

    def xml(self) -> str:
        """The page's part."""
        use = '<ofd:Template TemplateID="2" ZOrder="Background"/>' if self.template else ""
        return (
            f'{_HEAD}<ofd:Page {_NS}>{use}<ofd:Content><ofd:Layer ID="10">{"".join(self.objects)}</ofd:Layer>'
            "</ofd:Content></ofd:Page>"
        )


def package(pages: Sequence[OfdPage], *, template: OfdPage | None = None, encrypted: bool = False) -> bytes:
    """The whole .ofd file; ``template`` lies under the pages that ask for one."""
    layers = '<ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/>' if template else ""
    entries = "".join(
        f'<ofd:Page ID="{50 + number}" BaseLoc="Pages/Page_{number}/Content.xml"/>' for number in range(len(pages))
    )
    locked = "<ofd:Encryptions>/Encryptions.xml</ofd:Encryptions>" if encrypted else ""
    parts = {
        "OFD.xml": f'{_HEAD}<ofd:OFD {_NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/>'
        f"<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{locked}</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"{_HEAD}<ofd:Document {_NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        f"</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>{layers}</ofd:CommonData>"
        f"<ofd:Pages>{entries}</ofd:Pages></ofd:Document>",
        "Doc_0/PublicRes.xml": f'{_HEAD}<ofd:Res {_NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="1" FontName="宋体"/>'
        "</ofd:Fonts></ofd:Res>",
    }
    if template:
        parts["Doc_0/Tpls/Tpl_0/Content.xml"] = template.xml()
    for number, page in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = page.xml()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
