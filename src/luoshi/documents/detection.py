"""What kind of file it really is, by its first bytes and, for zip packages, its members."""

from __future__ import annotations

import io
import re
import zipfile

from luoshi.documents.errors import DamagedDocument, EncryptedDocument, FormatMismatch, UnknownFormat
from luoshi.documents.model import Format

ENDINGS = {
    ".txt": Format.TXT,
    ".docx": Format.DOCX,
    ".pdf": Format.PDF,
    ".ofd": Format.OFD,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xlsx": Format.XLSX,
}
NAMES = {
    Format.TXT: "文本文件",
    Format.DOCX: "Word 文档（.docx）",
    Format.PDF: "PDF 文件",
    Format.OFD: "OFD 文件",
    Format.HTML: "网页文件（.html）",
    Format.XLSX: "Excel 工作簿（.xlsx）",
}
READABLE = ".txt、.docx、.pdf、.ofd、.html、.xlsx"

_AS_DOCX = "请用 Word 或 WPS 打开，另存为 .docx 后再上传。"
_AS_XLSX = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
_ADVICE_BY_ENDING = {
    ".doc": f"不能直接读取旧版 Word 文档（.doc）。{_AS_DOCX}",
    ".wps": f"不能直接读取 WPS 文字旧格式（.wps）。{_AS_DOCX}",
    ".dot": f"不能直接读取 Word 模板（.dot）。{_AS_DOCX}",
    ".dotx": f"不能直接读取 Word 模板（.dotx）。{_AS_DOCX}",
    ".docm": f"不能直接读取带宏的 Word 文档（.docm）。{_AS_DOCX}",
    ".rtf": f"不能直接读取 RTF 文档（.rtf）。{_AS_DOCX}",
    ".xls": f"不能直接读取旧版 Excel 工作簿（.xls）。{_AS_XLSX}",
    ".et": f"不能直接读取 WPS 表格旧格式（.et）。{_AS_XLSX}",
    ".xlsm": f"不能直接读取带宏的 Excel 工作簿（.xlsm）。{_AS_XLSX}",
    ".csv": f"不能直接读取 .csv 文件。{_AS_XLSX}",
}

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF87a", "GIF 图片"),
    (b"GIF89a", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
    (b"Rar!\x1a\x07", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b\x08", "gzip 压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"MZ", "可执行程序"),
    (b"\x7fELF", "可执行程序"),
    (b"MIME-Version:", "单个文件网页（.mht）"),
)
_TEXT_LIKE_MAGIC = {b"BM", b"MZ"}  # two letters that may well begin a text
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>/]", re.I | re.S
)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")


def format_of(name: str) -> Format:
    """The format by the file name's ending; ``UnknownFormat`` says what to save the file as instead."""
    base = name.replace("\\", "/").rpartition("/")[2]
    _, dot, ending = base.rpartition(".")
    ending = (dot + ending).strip().lower() if dot else ""
    if ending in ENDINGS:
        return ENDINGS[ending]
    if ending in _ADVICE_BY_ENDING:
        raise UnknownFormat(_ADVICE_BY_ENDING[ending])
    if not ending:
        raise UnknownFormat(f"文件名没有扩展名，无法判断格式。可以读取的格式：{READABLE}。")
    raise UnknownFormat(f"不能读取 {ending[:20]} 文件。可以读取的格式：{READABLE}。")


def content_kind(data: bytes) -> Format | str | None:
    """The format the content shows; a Chinese name for kinds that are not read; ``None`` for text or unknown bytes.

    Raises ``EncryptedDocument`` for an Office file behind a password.
    """
    if data.startswith(OLE2):
        return _ole2_kind(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(data)
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    for magic, kind in _MAGIC:
        if data.startswith(magic) and not (magic in _TEXT_LIKE_MAGIC and b"\x00" not in data[:64]):
            return kind
    return None


def check(data: bytes, expected: Format) -> None:
    """Raise ``FormatMismatch`` naming both kinds where the content is not what the ending says."""
    found = content_kind(data)
    if found == expected:
        return
    if found is not None:
        if isinstance(found, Format):
            advice = f"请把扩展名改为 .{found.value} 后再上传。"
        elif "Word" in found or "RTF" in found or "WPS" in found:
            advice = _AS_DOCX
        elif "Excel" in found:
            advice = _AS_XLSX
        else:
            advice = f"请换成可以读取的格式（{READABLE}）。"
        kind = NAMES[found] if isinstance(found, Format) else found
        raise FormatMismatch(f"文件扩展名表示{NAMES[expected]}，但内容是{kind}。{advice}")
    if expected in (Format.TXT, Format.HTML):
        return  # settled once the text is decoded, see ``check_text``
    kind = "文本" if b"\x00" not in data[:4096] and _is_text(data[:4096]) else "无法识别的数据"
    raise FormatMismatch(f"文件扩展名表示{NAMES[expected]}，但内容是{kind}。请检查文件是否完整、是否选错了文件。")


def check_text(text: str, expected: Format) -> None:
    """The same for the two formats that are both text: HTML under .txt, plain text under .html."""
    if expected is Format.TXT and _HTML_START.match(text, 0, 4096):
        raise FormatMismatch("文件扩展名表示文本文件，但内容是网页文件（.html）。请把扩展名改为 .html 后再上传。")
    if expected is Format.HTML and not _TAG.search(text):
        raise FormatMismatch("文件扩展名表示网页文件（.html），但内容是文本文件。请把扩展名改为 .txt 后再上传。")


def guess(data: bytes) -> Format:
    """The format by content alone, for bytes that come without a name."""
    found = content_kind(data)
    if isinstance(found, Format):
        return found
    if found is not None:
        raise UnknownFormat(f"不能读取{found}。可以读取的格式：{READABLE}。")
    start = data[:4096].decode("utf-8", "replace")
    return Format.HTML if _HTML_START.match(start.lstrip("\ufeff")) else Format.TXT


def _is_text(sample: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the sample may end inside a character
            try:
                sample[: len(sample) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def _ole2_kind(data: bytes) -> str:
    def has(stream: str) -> bool:  # names of streams stand as UTF-16 in the container's directory
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise EncryptedDocument("文件设有打开密码。请用 Word、Excel 或 WPS 取消密码后重新保存，再上传。")
    if has("WordDocument"):
        return "旧版 Word 或 WPS 文档（.doc/.wps）"
    if has("Workbook") or has("Book"):
        return "旧版 Excel 工作簿（.xls/.et）"
    if has("PowerPoint Document"):
        return "旧版 PowerPoint 演示文稿（.ppt）"
    return "旧版 Word/WPS 等 OLE2 格式"


def _zip_kind(data: bytes) -> Format | str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            names = {name.replace("\\", "/").lstrip("/").lower() for name in file.namelist()}
    except Exception as error:  # zipfile raises a dozen kinds of errors on broken directories
        raise DamagedDocument("文件不完整或已损坏（压缩包目录读不出来）。请重新下载或重新保存后再上传。") from error
    if "ofd.xml" in names:
        return Format.OFD
    if "[content_types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return Format.DOCX
        if any(name.startswith("xl/") and not name.endswith(".bin") for name in names):
            return Format.XLSX
        if any(name.startswith("ppt/") for name in names):
            return "PowerPoint 演示文稿（.pptx）"
    if "mimetype" in names and "content.xml" in names:
        return "ODF 文档（.odt/.ods）"
    return "ZIP 压缩包"
