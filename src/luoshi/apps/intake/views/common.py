"""What all views of intake share: who may enter, which draft is meant, how errors are answered."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from luoshi.apps.intake import queries
from luoshi.apps.intake.errors import Closed, IntakeError, Invalid, Stale
from luoshi.apps.intake.models import Draft, DraftItem, Upload
from luoshi.apps.intake.policies import may_enter, visible_drafts, visible_uploads
from luoshi.apps.intake.storable import is_storable
from luoshi.apps.organisations.policies import require

View = Callable[..., HttpResponse]


def keeper_page(view: View) -> View:
    """Sign-in first; then only those who keep some owner."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(may_enter(request.user), "只有统筹办和系统管理员可以导入和确认方案。")
        return view(request, *args, **kwargs)

    return login_required(guarded)


def json_view(view: View) -> View:
    """A view for the page's own scripts: what goes wrong is answered as JSON with a message."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse(
                {"message": "登录已过期，请重新登录。已做的确认保存在本机，登录后自动补发。"}, status=401
            )
        require(may_enter(request.user))
        try:
            return view(request, *args, **kwargs)
        except Stale as error:
            known = queries.item_rows([error.item])
            return JsonResponse({"message": str(error), "item": known["items"][0], "units": known["units"]}, status=409)
        except Closed as error:
            return JsonResponse({"message": str(error), "closed": True}, status=409)
        except Invalid as error:
            return JsonResponse({"message": str(error), "errors": error.errors}, status=422)
        except IntakeError as error:
            return JsonResponse({"message": str(error)}, status=409)

    return guarded


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent, with nothing in it that cannot be stored; raises ``Invalid``."""
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Invalid({"": "发送的内容有误。"}) from error
    if not isinstance(found, dict):
        raise Invalid({"": "发送的内容有误。"})
    if not is_storable(found):
        raise Invalid({"": "发送的内容里有不能保存的字符，请删去后再试。"})
    return found


def draft_or_404(request: HttpRequest, draft_id: int, drafts: QuerySet[Draft] | None = None) -> Draft:
    """A draft that the person may see."""
    rows = visible_drafts(request.user) if drafts is None else drafts
    return get_object_or_404(rows.select_related("owner", "document", "supersedes", "version"), pk=draft_id)


def upload_or_404(request: HttpRequest, upload_id: int) -> Upload:
    """An upload that the person may see, with its drafts and their counts."""
    found = queries.upload_list(visible_uploads(request.user), visible_drafts(request.user))
    return get_object_or_404(found, pk=upload_id)


def item_or_404(draft: Draft, item_id: int) -> DraftItem:
    """An item of the draft."""
    return get_object_or_404(draft.items.select_related("decided_by"), pk=item_id)


def item_answer(item: DraftItem, **more: Any) -> JsonResponse:
    """One item as it stands now."""
    known = queries.item_rows([item])
    return JsonResponse({"item": known["items"][0], "units": known["units"], **more})
