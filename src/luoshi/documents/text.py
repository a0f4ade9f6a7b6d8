"""Plain text: which encoding, and the physical lines."""

from __future__ import annotations

import codecs
import re

from luoshi.documents.builder import DocumentBuilder
from luoshi.documents.detection import check_text
from luoshi.documents.errors import DamagedDocument, DocumentTooLarge, UnknownEncoding
from luoshi.documents.limits import Limits
from luoshi.documents.model import Document, Format

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# C0 control characters that no text editor writes; form feed, vertical tab, escape and Ctrl-Z do occur in old files.
_BINARY = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f]")
_WIDE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ADVICE = "请用记事本打开，另存为“UTF-8”编码后再上传。"


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: by byte order mark, else UTF-8, else GB18030.

    Raises ``UnknownEncoding`` where none fits, and where a text is plainly UTF-8 but for a few broken bytes: read as
    GB18030 it would turn into nonsense that no one asked for.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise UnknownEncoding(f"文件标明为 {encoding.upper()} 编码，但有损坏的字节。{_ADVICE}") from error
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _is_broken_utf8(data):
            line = data.count(b"\n", 0, error.start) + 1
            raise UnknownEncoding(f"文件是 UTF-8 编码，但第{line}行有损坏的字节。请改正该行，另存后再上传。") from error
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        raise UnknownEncoding(f"认不出文字编码（既不是 UTF-8，也不是 GB18030）。{_ADVICE}") from error


def _is_broken_utf8(data: bytes) -> bool:
    """Whether at least 99 of 100 bytes above ASCII belong to well-formed UTF-8; looks at the first MiB."""
    sample = data[: 1 << 20]
    wide = len(sample) - len(sample.translate(None, bytes(range(0x80, 0x100))))
    formed = sum(len(match) for match in _WIDE.findall(sample))
    return wide > 100 and formed >= 0.99 * wide


def read_text(data: bytes, name: str, limits: Limits) -> Document:
    """Read a text file: lines end at line feeds only, exactly as ``sed -n 'Np'`` counts them; a carriage return
    before the line feed is dropped, any other separator stays inside its line."""
    text, encoding = decode(data)
    del data
    check_text(text, Format.TXT)
    found = _BINARY.search(text)
    if found:
        if found.group() == "\x00" and text.count("\x00") > len(text) // 8:
            raise UnknownEncoding(f"认不出文字编码（像是没有标记的 UTF-16）。{_ADVICE}")
        raise DamagedDocument("文件里有文本文件不该有的控制字符，不是正常的文本文件。请检查是否选错了文件。")
    builder = DocumentBuilder(limits)
    if text.count("\n") > limits.lines:
        raise DocumentTooLarge(f"文件超过{limits.lines}行，请拆分后再上传。")
    start, length = 0, len(text)
    while start < length:
        end = text.find("\n", start)
        if end < 0:
            end = length
        stop = end - 1 if end > start and text[end - 1] == "\r" else end
        builder.add(text[start:stop])
        start = end + 1
    return builder.document(name, Format.TXT, encoding=encoding)
