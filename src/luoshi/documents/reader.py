"""The one door: from a file to a ``Document``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from luoshi.documents import detection
from luoshi.documents.errors import DamagedDocument, DocumentError, DocumentTooLarge, EmptyDocument
from luoshi.documents.limits import MIB, Limits
from luoshi.documents.model import Document, Format

_DEFAULT = Limits()
Reader = Callable[[bytes, str, Limits], Document]


def read(source: Path | bytes, *, name: str | None = None, limits: Limits = _DEFAULT) -> Document:
    """Read a file into numbered lines and tables.

    ``name`` is the file's name where it is not that of ``source`` (an upload stored under another name); its ending
    says the format, and the content must agree. Bytes without a name are read by their content.

    Raises only ``DocumentError`` and its kinds, each with a message for the user.
    """
    kind: Format | None = None
    if isinstance(source, Path):
        name = name or source.name
        kind = detection.format_of(name)
        data = _load(source, limits)
    else:
        if name:
            kind = detection.format_of(name)
        data = source
    if len(data) > limits.file_bytes:
        raise DocumentTooLarge(f"文件超过 {limits.file_bytes // MIB} MB，请拆分后再上传。")
    if not data:
        raise EmptyDocument("文件是空的（0 字节），请检查是否选错了文件。")
    if kind is None:
        kind = detection.guess(data)
    else:
        detection.check(data, kind)
    stem = PurePosixPath((name or "未命名").replace("\\", "/")).stem or "未命名"
    try:
        return reader_of(kind)(data, stem, limits)
    except DocumentError:
        raise
    except MemoryError as error:
        raise DocumentTooLarge("文件内容过大，内存不足，请拆分后再上传。") from error
    except Exception as error:
        # The last net: whatever a broken file sets off in a library, the caller meets one kind of error.
        raise DamagedDocument("文件已损坏，无法读取。请用原软件打开后重新保存，再上传。") from error


def reader_of(kind: Format) -> Reader:
    """The reader of a format; its libraries are loaded on first use, which keeps the start of a program quick."""
    if kind is Format.DOCX:
        from luoshi.documents.word import read_word

        return read_word
    if kind is Format.PDF:
        from luoshi.documents.pdf import read_pdf

        return read_pdf
    if kind is Format.OFD:
        from luoshi.documents.ofd import read_ofd

        return read_ofd
    if kind is Format.HTML:
        from luoshi.documents.html import read_html

        return read_html
    if kind is Format.XLSX:
        from luoshi.documents.excel import read_excel

        return read_excel
    from luoshi.documents.text import read_text

    return read_text


def _load(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limits.file_bytes + 1)
    except (OSError, ValueError) as error:
        raise DocumentError(f"文件打不开：{path.name}。请检查文件是否存在、是否有权限读取。") from error
