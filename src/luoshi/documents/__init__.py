"""Reading files: text, Word, PDF, OFD, HTML and Excel into numbered lines and tables."""

from luoshi.documents.errors import DocumentError
from luoshi.documents.model import Cell, Document, Format, Line, LineKind, Table

__all__ = ["Cell", "Document", "DocumentError", "Format", "Line", "LineKind", "Table"]
