"""Pages of allauth that have no use here: nobody signs up, and no mail is sent. Their names stay, they answer 404.

Stands before ``allauth.urls`` under the same prefix.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import re_path


def closed(request: HttpRequest, **_: Any) -> None:
    """Not here."""
    raise Http404("本系统不提供此页面。")


urlpatterns = [
    re_path(r"^(?:signup|email|confirm-email|password/(?:set|reset)|login/code|3rdparty|social)(?:/|$)", closed),
]
