"""Bounds what an upload may put on the disk while it arrives, before any view sees it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class BoundedUpload(FileUploadHandler):
    """Drops a file as soon as it passes the limit; ``too_large`` keeps (name, bytes seen) of those dropped."""

    def __init__(self, limit: int, request: Any = None) -> None:
        super().__init__(request)
        self.limit = limit
        self.too_large: list[tuple[str, int]] = []
        self._seen = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Another file begins."""
        super().new_file(*args, **kwargs)
        self._seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the chunk on to the handlers behind, unless the file has grown too large."""
        self._seen += len(raw_data)
        if self._seen > self.limit:
            self.too_large.append((self.file_name or "", self._seen))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Nothing to give: the handlers behind keep the file."""
        return
