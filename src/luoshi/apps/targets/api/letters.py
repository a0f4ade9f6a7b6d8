"""Commitment letters over HTTP; thin over ``queries``."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from luoshi.apps.targets import queries
from luoshi.apps.targets.models import CommitmentLetter
from luoshi.apps.targets.queries.letters import LetterFilter
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.values import Key, UnitRef, Year, unit_ref

letters = Router(tags=["责任书"])


class LetterOut(Schema):
    """目标责任书."""

    id: int
    plan: int
    unit: UnitRef
    year: int
    version: int = Field(description="版次")
    state: Literal["drawn-up", "issued", "signed", "withdrawn"]
    issued_at: dt.datetime | None
    signed_on: dt.date | None
    signatory: str
    has_scan: bool = Field(description="是否有签字页")


class LetterQuery(PageQuery):
    """Which letters."""

    plan: Key | None = None
    year: Year | None = None
    state: Literal["drawn-up", "issued", "signed", "withdrawn"] | None = Field(None, description="不填则不含已作废的")


def _letter(letter: CommitmentLetter) -> dict[str, Any]:
    return {
        "id": letter.pk,
        "plan": letter.plan_id,
        "unit": unit_ref(letter.unit),
        "year": letter.year,
        "version": letter.ordinal,
        "state": letter.state,
        "issued_at": letter.issued_at,
        "signed_on": letter.signed_on,
        "signatory": letter.signatory,
        "has_scan": bool(letter.scan),
    }


@letters.get("", response=Page[LetterOut], summary="目标责任书列表")
def list_letters(request: HttpRequest, query: Query[LetterQuery]) -> Any:
    """调用人看得到的责任书；责任单位看得到已发出的。"""
    asked = LetterFilter(plan=query.plan or 0, year=query.year or 0, state=query.state or "")
    total, items = page_of(queries.letter_list(request.user, asked), query)
    return page(query, total, [_letter(item) for item in items])
