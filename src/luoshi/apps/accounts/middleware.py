"""What happens when a session ended while a page stood open."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect


class SignInAgain:
    """Send the whole page to the sign-in, and back afterwards, when a part of it asked for by htmx needs one.

    htmx would follow the redirect itself and put the sign-in form into the middle of a table.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        if request.htmx and response.status_code == 302 and urlsplit(response["Location"]).path == sign_in:
            page = urlsplit(request.htmx.current_url or "/")
            here = page.path + (f"?{page.query}" if page.query else "")
            return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': here})}")
        return response
