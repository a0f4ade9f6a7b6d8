"""Pages of long lists: ``limit`` and ``offset``, always with the total."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

DEFAULT = 100
MOST = 500
FARTHEST = 10**9

T = TypeVar("T")


class PageQuery(Schema):
    """Which part of a list is asked for."""

    limit: int = Field(DEFAULT, ge=1, le=MOST, description="一次取多少项")
    offset: int = Field(0, ge=0, le=FARTHEST, description="跳过多少项")


class Page(Schema, Generic[T]):
    """A part of a list."""

    total: int = Field(description="共有多少项")
    limit: int = Field(description="这次最多取多少项")
    offset: int = Field(description="跳过了多少项")
    items: list[T]


def page_of(rows: QuerySet[Any], query: PageQuery) -> tuple[int, list[Any]]:
    """The number of all rows and those asked for: two queries. The rows must be in an order without ties."""
    return rows.order_by().count(), list(rows[query.offset : query.offset + query.limit])


def page(query: PageQuery, total: int, items: list[Any]) -> dict[str, Any]:
    """The answer."""
    return {"total": total, "limit": query.limit, "offset": query.offset, "items": items}
