"""Answers that are not sent twice: an ETag, and 304 to who has the same already."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers


def etag_of(content: bytes) -> str:
    """The ETag of a body."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def conditional(request: HttpRequest, response: HttpResponse, etag: str = "") -> HttpResponseBase:
    """The response with its ETag (where the caller knows it already, that one), or 304 where the caller has it."""
    etag = etag or etag_of(response.content)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Authorization", "Cookie"))
    return get_conditional_response(request, etag=etag, response=response)
