"""Why a file could not be read; each message is Chinese, names the cause, and says what to do."""

from __future__ import annotations


class DocumentError(ValueError):
    """A file cannot be read. ``code`` is stable for programs; ``str(error)`` is for people."""

    code = "unreadable"


class UnknownFormat(DocumentError):
    """The ending is none of those that are read."""

    code = "unknown_format"


class FormatMismatch(DocumentError):
    """The content is of another kind than the ending says."""

    code = "format_mismatch"


class EncryptedDocument(DocumentError):
    """The file needs a password."""

    code = "encrypted"


class ScannedDocument(DocumentError):
    """A PDF (or OFD) of pictures without a text layer."""

    code = "scanned"


class DocumentTooLarge(DocumentError):
    """Larger than the limit, packed or unpacked (a zip bomb)."""

    code = "too_large"


class DamagedDocument(DocumentError):
    """Of the right kind, but broken."""

    code = "damaged"


class EmptyDocument(DocumentError):
    """No text at all."""

    code = "empty"


class UnknownEncoding(DocumentError):
    """A text that is neither UTF-8 nor GB18030."""

    code = "unknown_encoding"
