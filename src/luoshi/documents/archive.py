"""Zip packages (.docx, .xlsx, .ofd), opened with care: sizes are judged by the directory before anything unpacks."""

from __future__ import annotations

import io
import posixpath
import zipfile
from types import TracebackType
from typing import IO, Self
from urllib.parse import unquote

from lxml import etree

from luoshi.documents.errors import DamagedDocument, DocumentError, DocumentTooLarge, EncryptedDocument
from luoshi.documents.limits import MIB, Limits
from luoshi.documents.markup import parse_xml

_DAMAGED = "文件已损坏，无法打开。请用 Word 或 WPS 打开后重新保存，再上传。"


class Package:
    """A zip package whose members are read by name; names compare without regard to case, as Office does."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except Exception as error:  # zipfile raises a dozen kinds of errors on broken directories
            raise DamagedDocument(_DAMAGED) from error
        if len(infos) > limits.members:
            raise DocumentTooLarge(f"压缩包内的部件超过{limits.members}个，疑似恶意文件，不予打开。")
        total = sum(info.file_size for info in infos)
        if total > limits.unpacked_bytes:
            raise DocumentTooLarge(f"文件解压后超过 {limits.unpacked_bytes // MIB} MB，疑似压缩炸弹，不予打开。")
        if total > limits.ratio_from and total > limits.ratio * len(data):
            raise DocumentTooLarge(f"文件压缩比超过 {limits.ratio} 倍，疑似压缩炸弹，不予打开。")
        if any(info.flag_bits & 1 for info in infos):
            raise EncryptedDocument("文件设有密码。请取消密码后重新保存，再上传。")
        self._infos = {_normal(info.filename): info for info in infos}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return _normal(name) in self._infos

    def size(self, name: str) -> int:
        """The unpacked size in bytes as the directory declares it."""
        return self._infos[_normal(name)].file_size

    def read(self, name: str) -> bytes:
        """A whole member; ``DamagedDocument`` if it is absent or broken, ``DocumentTooLarge`` above ``xml_bytes``."""
        info = self._infos.get(_normal(name))
        if info is None:
            raise DamagedDocument(f"文件缺少必要的部件（{name}）。请用 Word 或 WPS 打开后重新保存，再上传。")
        if info.file_size > self._limits.xml_bytes:
            raise DocumentTooLarge(f"文件正文超过 {self._limits.xml_bytes // MIB} MB，请拆分后再上传。")
        try:
            # Reads no more than the declared size, so a lying directory cannot make it grow.
            return self._zip.read(info)
        except Exception as error:
            raise DamagedDocument(_DAMAGED) from error

    def open(self, name: str) -> IO[bytes]:
        """A member as a stream, for parts that are too large to hold."""
        info = self._infos.get(_normal(name))
        if info is None:
            raise DamagedDocument(f"文件缺少必要的部件（{name}）。请用 Word 或 WPS 打开后重新保存，再上传。")
        try:
            return self._zip.open(info)
        except Exception as error:
            raise DamagedDocument(_DAMAGED) from error

    def xml(self, name: str) -> etree._Element:
        """A member parsed as XML."""
        return parse_xml(self.read(name))

    def optional_xml(self, name: str) -> etree._Element | None:
        """A member parsed as XML; ``None`` if it is absent or broken (the text can be read without it)."""
        if name not in self:
            return None
        try:
            return self.xml(name)
        except DocumentTooLarge:
            raise
        except DocumentError:
            return None


def _normal(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/").lstrip("/")).lower()


def resolve(base: str, target: str) -> str:
    """The member that ``target``, as written in the member ``base``, points at; a leading slash means the root."""
    target = unquote(target.replace("\\", "/"))
    if target.startswith("/"):
        return posixpath.normpath(target.lstrip("/"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))


def relationships(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Id → (last word of the type, member name) of an Office part's internal relationships."""
    folder, file = posixpath.split(part)
    root = package.optional_xml(posixpath.join(folder, "_rels", file + ".rels"))
    found: dict[str, tuple[str, str]] = {}
    if root is None:
        return found
    for entry in root.iter("{*}Relationship"):
        if entry.get("TargetMode") == "External":
            continue
        kind = (entry.get("Type") or "").rpartition("/")[2]
        found[entry.get("Id") or ""] = (kind, resolve(part, entry.get("Target") or ""))
    return found


def main_part(package: Package, usual: str) -> str:
    """The member that the package names as its main part, else the usual one."""
    for kind, name in relationships(package, "").values():
        if kind == "officeDocument" and name in package:
            return name
    return usual
