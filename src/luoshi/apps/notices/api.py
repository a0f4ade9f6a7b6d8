"""Messages over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from luoshi.apps.notices import actions, kinds
from luoshi.apps.notices.models import Notice
from luoshi.apps.notices.policies import own_notices
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.values import Key

notices = Router(tags=["消息"])


class NoticeOut(Schema):
    """一条消息."""

    id: int
    kind: str
    kind_name: str
    title: str
    text: str
    url: str
    created_at: dt.datetime
    read_at: dt.datetime | None

    @staticmethod
    def resolve_kind_name(notice: Notice) -> str:
        """The kind in words."""
        return kinds.label_of(notice.kind)


class ReadIn(Schema):
    """标为已读."""

    ids: list[Key] | None = Field(None, max_length=1000)


@notices.get("", response=Page[NoticeOut], summary="我的消息")
def list_notices(request: HttpRequest, query: Query[PageQuery], unread: bool = False) -> dict[str, Any]:
    """发给令牌所有人的消息，新的在前；`unread=true` 只取未读。"""
    rows = own_notices(request.user)
    if unread:
        rows = rows.filter(read_at=None)
    return page(query, *page_of(rows, query))


@notices.post("/read", response=dict[str, int], summary="标为已读")
def mark_read(request: HttpRequest, body: ReadIn) -> dict[str, int]:
    """把几条（不给 `ids` 就是全部）消息标为已读，答出新标的条数。"""
    return {"read": actions.mark_read(acting_user=request.user, ids=body.ids)}
