"""Which files are taken as evidence: what offices send, by name and by how the file begins."""

from __future__ import annotations

from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File

_ZIP, _OLE = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
#: Suffix → how such a file begins. WPS writes its own suffixes in either of Office's two containers.
BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".ofd": _ZIP,
    ".doc": _OLE + _ZIP,
    ".docx": _ZIP,
    ".wps": _OLE + _ZIP,
    ".xls": _OLE + _ZIP,
    ".xlsx": _ZIP,
    ".et": _OLE + _ZIP,
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".zip": _ZIP,
    ".rar": (b"Rar!\x1a\x07",),
}
KINDS = "PDF、OFD、Word、Excel、WPS、图片和压缩包"


def require_kind(file: File[bytes]) -> None:
    """Stop a file of another kind, or one whose content is not what its name says: ``ValidationError``."""
    suffix = PurePath((file.name or "").replace("\\", "/")).suffix.lower()
    if suffix not in BEGINNINGS:
        raise ValidationError(f"“{suffix or '没有后缀'}”的文件不收，请传{KINDS}。")
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if not head.startswith(BEGINNINGS[suffix]):
        raise ValidationError(f"文件的内容与后缀“{suffix}”不符，请用原来的软件另存后再传。")
