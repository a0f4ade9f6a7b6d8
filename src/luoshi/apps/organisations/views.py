"""What is offered while somebody types the name of a unit."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from luoshi.apps.organisations import choosing


@require_safe
@login_required
def options(request: HttpRequest) -> JsonResponse:
    """``?q=`` among the units of ``?scope=`` (``?of=`` as the scope reads it); ``?ended=1``, ``?many=1``.

    ``{"units": [{"key", "id", "label", "note", "ended", "members"}]}``, the nearest first; a group has ``members``.
    """
    query = request.GET
    try:
        units = choosing.scope(query.get("scope", choosing.ALL), request.user, query.get("of", "")[:120])
    except KeyError as error:
        raise Http404 from error
    found = choosing.options(query.get("q", ""), units, ended=query.get("ended") == "1", many=query.get("many") == "1")
    return JsonResponse({"units": [asdict(one) for one in found]})
