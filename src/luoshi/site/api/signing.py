"""Who calls: a program by a token (``Authorization: Bearer ls_…``), or a signed-in person's browser by its session."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from luoshi.apps.accounts.actions import authenticate_token

#: Bytes that a form may hold beside the file.
_FRAME = 2**20


def _refuse_too_large(request: HttpRequest) -> None:
    """Say so before a byte of the body is read."""
    limit = settings.LUOSHI_UPLOAD_LIMIT
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > limit + _FRAME:
        raise HttpError(413, f"内容超过 {limit // 2**20} MB，没有接收。")


class TokenAuth(HttpBearer):
    """A token of 个人设置 → 接口令牌; the program may do what its owner may."""

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        """The token's owner, who also becomes the request's person."""
        _refuse_too_large(request)
        user = authenticate_token(token)
        if user is not None:
            request.user = user
        return user


class BrowserAuth(APIKeyCookie):
    """The session of the pages; what changes something needs the page's CSRF token in ``X-CSRFToken``."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Any | None:
        """The signed-in person; a wrong token in the header is not made good by a session."""
        if "Authorization" in request.headers or not request.user.is_authenticated:
            return None
        _refuse_too_large(request)
        if check_csrf(request):
            raise HttpError(403, "缺少防伪标记：请在 X-CSRFToken 头中给出，或改用接口令牌。")
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> Any | None:
        """Not used: the session has been read by Django's own middleware."""
        return request.user if request.user.is_authenticated else None
