"""The one door: from a file to a ``Document``."""

from __future__ import annotations

from pathlib import Path

from luoshi.documents.errors import DocumentError, DocumentTooLarge, EmptyDocument
from luoshi.documents.limits import MIB, Limits
from luoshi.documents.model import Document
from luoshi.documents.text import read_text


def read(source: Path | bytes, *, name: str | None = None, limits: Limits = Limits()) -> Document:  # noqa: B008
    """Read a file into numbered lines and tables."""
    data = source if isinstance(source, bytes) else _load(source, limits)
    if name is None and isinstance(source, Path):
        name = source.name
    if len(data) > limits.file_bytes:
        raise DocumentTooLarge(f"文件超过 {limits.file_bytes // MIB} MB，请拆分后再上传。")
    if not data:
        raise EmptyDocument("文件是空的（0 字节），请检查是否选错了文件。")
    return read_text(data, Path(name or "未命名").stem, limits)


def _load(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limits.file_bytes + 1)
    except OSError as error:
        raise DocumentError(f"文件打不开：{path.name}。请检查文件是否存在、是否有权限读取。") from error
