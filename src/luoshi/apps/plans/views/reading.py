"""What the reading pages share: numbers in addresses, files that are handed out."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import IO

from django.http import FileResponse

from luoshi.apps.plans.addresses import number_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A workbook below this size stays in memory until it is sent.
SPOOL_SIZE = 4 * 2**20


def number_in(query: Mapping[str, str], name: str, default: int = 1) -> int:
    """A positive number of the address; ``default`` where there is none."""
    return number_of(query.get(name, "")) or default


def choice_in(query: Mapping[str, str], name: str, choices: Mapping[str, str]) -> str:
    """A value of the address if it is one of the choices, else nothing."""
    value = query.get(name, "")
    return value if value in choices else ""


def spool() -> IO[bytes]:
    """A file that moves to the disk when it grows."""
    return tempfile.SpooledTemporaryFile(max_size=SPOOL_SIZE)  # type: ignore[return-value]


def workbook(file: IO[bytes], name: str) -> FileResponse:
    """The workbook as a download; the file is closed when it has been sent."""
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
