"""Who gets at the administration's pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from luoshi.apps.organisations.policies import administered, require

View = Callable[..., HttpResponse]


def administrators_only(view: View) -> View:
    """A visitor is sent to the sign-in; whoever administers no unit is refused."""

    @login_required
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(bool(administered(request.user)), "只有系统管理员可以使用此页。")
        return view(request, *args, **kwargs)

    return checked
