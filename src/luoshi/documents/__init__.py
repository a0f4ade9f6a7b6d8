"""Reading files: text, Word, PDF, OFD, HTML and Excel into numbered lines and tables."""

from luoshi.documents.errors import DocumentError
from luoshi.documents.limits import Limits
from luoshi.documents.model import Cell, Document, Format, Line, LineKind, Table
from luoshi.documents.reader import read

__all__ = ["Cell", "Document", "DocumentError", "Format", "Limits", "Line", "LineKind", "Table", "read"]
