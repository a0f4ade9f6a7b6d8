"""A .docx as PDF, through LibreOffice without a window."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from luoshi.documents.errors import DocumentError
from luoshi.documents.markup import to_int
from luoshi.publishing.fonts import FACES, ON_SERVERS
from luoshi.publishing.manifest import LIMITS
from luoshi.publishing.ooxml import qn, serialised, w
from luoshi.publishing.package import MAIN, Parts

NAMES = ("soffice", "libreoffice")
SECONDS = 120
#: What is set for the filter: content stays text; no form fields.
_FILTER = 'pdf:writer_pdf_Export:{"ExportFormFields":{"type":"boolean","value":"false"}}'


class PdfError(RuntimeError):
    """No PDF could be made; the message is Chinese and says what to do."""


def find_office() -> str | None:
    """LibreOffice on this machine."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def to_pdf(document: bytes, soffice: str | None = None, *, seconds: int = SECONDS) -> bytes:
    """The document as PDF; raises ``PdfError`` where LibreOffice is missing, fails or takes too long.

    Each call has a profile of its own, so that calls side by side do not wait for one another, and settings of a user
    do not change the result.
    """
    program = soffice or find_office()
    if program is None:
        raise PdfError("服务器没有安装 LibreOffice，无法生成 PDF。请下载 Word 文件后自行转换，或请管理员安装。")
    with tempfile.TemporaryDirectory(prefix="luoshi-pdf-") as name:
        folder = Path(name)
        (folder / "in.docx").write_bytes(_for_libreoffice(document))
        command = [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--convert-to",
            _FILTER,
            "--outdir",
            name,
            str(folder / "in.docx"),
        ]
        # Nothing of the caller's surroundings but where programs are: HOME too is the throw-away folder.
        surroundings = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "TZ") if key in os.environ}
        (folder / "fonts.conf").write_text(_font_names(), encoding="utf-8")
        surroundings |= {"HOME": name, "SAL_USE_VCLPLUGIN": "svp", "FONTCONFIG_FILE": str(folder / "fonts.conf")}
        try:
            process = subprocess.Popen(
                command,
                env=surroundings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise PdfError("LibreOffice 无法启动，请管理员检查安装。") from error
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            # soffice starts a child of its own: the whole group ends.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise PdfError(f"生成 PDF 超过{seconds}秒，已停止。请稍后再试。") from error
        made = folder / "in.pdf"
        if not made.exists():
            raise PdfError("LibreOffice 没能生成 PDF，请下载 Word 文件后自行转换。")
        return made.read_bytes()


def _for_libreoffice(document: bytes) -> bytes:
    """The same document without its grid of characters, which LibreOffice misreads: it puts digits into whole cells,
    and with a negative ``w:charSpace`` sets 14 characters a line. The space goes into the letters' own spacing."""
    try:
        parts = Parts.read(document, LIMITS)
        root = parts.xml(MAIN)
    except (DocumentError, KeyError):
        return document
    narrower = 0
    for grid in root.iter(qn("w:docGrid")):
        if grid.get(qn("w:type")) in ("linesAndChars", "snapToChars"):
            grid.set(qn("w:type"), "lines")
            # In 1/4096 point; rounded so that no line gets shorter by a character.
            narrower = min(narrower, to_int(str(grid.attrib.pop(qn("w:charSpace"), "0"))) * 20 // 4096)
    parts.members[MAIN] = serialised(root)
    styles = "word/styles.xml"
    if narrower and styles in parts.members:
        tree = parts.xml(styles)
        for run in tree.iterfind(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}"):
            if run.find(qn("w:spacing")) is None:
                before = [run.find(qn(f"w:{name}")) for name in ("sz", "szCs", "lang")]
                place = next((run.index(node) for node in before if node is not None), len(run))
                run.insert(place, w("spacing", val=narrower))
        parts.members[styles] = serialised(tree)
    return parts.to_bytes()


def _font_names() -> str:
    """A setting for fontconfig: the system's fonts, and for the names of official typefaces what may stand in."""
    aliases = []
    for use, (name, stand_in, *_) in FACES.items():
        accepted = "".join(f"<family>{other}</family>" for other in (stand_in, *ON_SERVERS[use]))
        for asked in dict.fromkeys((name, stand_in)):
            aliases.append(f'<alias binding="same"><family>{asked}</family><accept>{accepted}</accept></alias>')
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>{"".join(aliases)}</fontconfig>'
    )
