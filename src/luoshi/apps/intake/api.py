"""The part of the HTTP API that brings files in and confirms what was read; thin over ``actions``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Form, NinjaAPI, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import AfterValidator, Field

from luoshi.apps.intake import actions, policies, queries
from luoshi.apps.intake.errors import IntakeError, Invalid
from luoshi.apps.intake.models import Draft, DraftItem, Upload
from luoshi.apps.intake.storable import is_storable
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.actions import InvalidPublication
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.problems import problem
from luoshi.site.api.values import Key, Text, UnitRef, unit_ref

uploads = Router(tags=["导入与确认"])
drafts = Router(tags=["导入与确认"])

Kind = Literal["measure", "target", "responsibility", "deadline", "table"]
ItemStateName = Literal["pending", "accepted", "corrected", "rejected", "added"]
DraftStateName = Literal["open", "published", "discarded"]
UploadStateName = Literal["queued", "reading", "extracting", "storing", "done", "failed"]


class DraftOut(Schema):
    """草稿: one titled document of a file, as read."""

    id: int
    upload: int
    document: int = Field(description="原文编号")
    ordinal: int
    title: str
    number: str
    issued_on: dt.date | None
    year: int | None
    last_year: int | None
    first_line: int
    last_line: int
    owner: UnitRef
    supersedes: int | None = Field(description="是此方案的新版")
    state: DraftStateName
    total: int = Field(description="共有多少项")
    pending: int = Field(description="待确认的项")
    unknown: int = Field(description="未认定的单位名称")
    plan: int | None = Field(description="发布成的方案")
    version: int | None = Field(description="发布成的版次")


class UploadOut(Schema):
    """上传."""

    id: int
    name: str
    size: int
    owner: UnitRef
    state: UploadStateName
    progress: int = Field(description="百分之几")
    error_code: str
    message: str = Field(description="未能读取的原因")
    document: int | None
    created_at: dt.datetime
    finished_at: dt.datetime | None
    drafts: list[DraftOut]


class ItemOut(Schema):
    """待确认项; the fields of ``data`` depend on ``kind`` (docs/api.md)."""

    id: int
    kind: Kind
    position: int
    measure_key: str = Field(description="所属措施的 key")
    line: int
    text: str
    spans: list[tuple[int, int, int]]
    data: dict[str, Any]
    original: dict[str, Any] | None = Field(description="识别结果；人工添加的没有")
    rule: str
    certainty: float | None
    reason: str
    state: ItemStateName
    decided_by: str | None
    decided_at: dt.datetime | None
    revision: int = Field(description="办理时须原样送回")


class DraftDetail(DraftOut):
    """草稿 with a part of its items."""

    items: Page[ItemOut]


class DraftQuery(PageQuery):
    """Which drafts."""

    state: DraftStateName | None = Field(None, description="状态")


def _storable(data: dict[str, Any]) -> dict[str, Any]:
    if not is_storable(data):
        raise ValueError("含有不能保存的字符")
    return data


class DecisionIn(Schema):
    """A decision on one item."""

    decision: Literal["accept", "correct", "reject", "restore"] = Field(
        description="accept 确认、correct 更正、reject 剔除、restore 撤销"
    )
    revision: int = Field(ge=0, le=2**31 - 1, description="所见的 revision；他人已办理的，答 409")
    data: Annotated[dict[str, Any], AfterValidator(_storable)] | None = Field(
        None, description="更正后的内容，仅 correct 用"
    )
    measure_key: Text | None = Field(None, max_length=80, description="改属的措施")


class SureIn(Schema):
    """How sure is sure."""

    threshold: float = Field(0.9, ge=0.5, le=1, description="把握的下限")


class SureOut(Schema):
    """What was accepted."""

    accepted: list[int] = Field(description="所确认各项的编号")


class PublishIn(Schema):
    """What to publish besides what was confirmed."""

    include_from: float | None = Field(None, ge=0.5, le=1, description="待确认而把握不低于此、单位都已认定的，一并发布")


class PublishedOut(Schema):
    """What came of a draft."""

    plan: int
    version: int
    summary: dict[str, int]


def install_problems(api: NinjaAPI) -> None:
    """What can stop an act here, as problem documents."""

    @api.exception_handler(Invalid)
    def _invalid(request: HttpRequest, error: Invalid) -> HttpResponse:
        errors = [{"field": str(name), "detail": str(text)} for name, text in error.errors.items()]
        return problem(request, 422, str(error), errors)

    @api.exception_handler(IntakeError)
    def _conflict(request: HttpRequest, error: IntakeError) -> HttpResponse:
        return problem(request, 409, str(error))

    @api.exception_handler(InvalidPublication)
    def _unpublishable(request: HttpRequest, error: InvalidPublication) -> HttpResponse:
        return problem(request, 422, str(error))


def _draft_row(draft: Draft) -> dict[str, Any]:
    names = ("ordinal", "title", "number", "issued_on", "year", "last_year", "first_line", "last_line", "state")
    counts = ("total", "pending", "unknown")
    return {name: getattr(draft, name) for name in (*names, *counts)} | {
        "id": draft.pk,
        "upload": draft.upload_id,
        "document": draft.document_id,
        "owner": unit_ref(draft.owner),
        "supersedes": draft.supersedes_id,
        "plan": draft.version.plan_id if draft.version else None,
        "version": draft.version.ordinal if draft.version else None,
    }


def _upload_row(upload: Upload) -> dict[str, Any]:
    names = ("name", "size", "state", "progress", "error_code", "message", "created_at", "finished_at")
    return {name: getattr(upload, name) for name in names} | {
        "id": upload.pk,
        "owner": unit_ref(upload.owner),
        "document": upload.document_id,
        "drafts": [_draft_row(draft) for draft in upload.counted],  # type: ignore[attr-defined]
    }


def _item_row(item: DraftItem) -> dict[str, Any]:
    names = ("kind", "position", "measure_key", "line", "text", "spans", "data", "original", "rule", "certainty")
    values = {name: getattr(item, name) for name in (*names, "reason", "state", "decided_at", "revision")}
    return values | {"id": item.pk, "decided_by": str(item.decided_by) if item.decided_by else None}


def _counted(found: Any) -> Any:
    return queries.with_counts(found).select_related("owner", "version")


def _uploads(user: Any) -> Any:
    inner = Prefetch("drafts", queryset=_counted(policies.visible_drafts(user)).order_by("ordinal"), to_attr="counted")
    return policies.visible_uploads(user).select_related("owner").prefetch_related(inner)


def _draft(user: Any, draft_id: int) -> Draft:
    return get_object_or_404(policies.visible_drafts(user).select_related("owner"), pk=draft_id)


def add_receiving(documents: Router) -> None:
    """Give the documents' router its one writing operation: it belongs here, above the app that reads documents."""

    @documents.post("", response={202: UploadOut}, summary="上传文件", tags=["导入与确认"])
    def receive(request: HttpRequest, file: File[UploadedFile], owner: Form[Key | None] = None) -> Any:
        """收下文件，排队读取；用回应中的编号查 `/uploads/{id}`，读完后其 `drafts` 即为草稿。

        `owner` 是发文单位编号；只能以一个单位名义上传的，可以不填。
        """
        require(policies.may_enter(request.user), "只有统筹办或系统管理员可以导入文件。")
        if owner is None:
            choices = list(policies.owners(request.user)[:2])
            if len(choices) != 1:
                raise ValidationError({"owner": "请填写发文单位编号。"})
            unit = choices[0]
        else:
            unit = policies.owners(request.user).filter(pk=owner).first()
            require(unit is not None, "您不能以这个单位的名义导入文件。")
        upload = actions.receive_upload(acting_user=request.user, file=file, owner=unit)
        return Status(202, _upload_row(_uploads(request.user).get(pk=upload.pk)))


@uploads.get("", response=Page[UploadOut], summary="上传列表")
def list_uploads(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """新的在前，各附其草稿。"""
    total, items = page_of(_uploads(request.user).order_by("-created_at", "-pk"), query)
    return page(query, total, [_upload_row(item) for item in items])


@uploads.get("/{int:upload_id}", response=UploadOut, summary="上传")
def get_upload(request: HttpRequest, upload_id: int) -> Any:
    """读到哪一步，出了什么错，成了哪些草稿。"""
    return _upload_row(get_object_or_404(_uploads(request.user), pk=upload_id))


@drafts.get("", response=Page[DraftOut], summary="草稿列表")
def list_drafts(request: HttpRequest, query: Query[DraftQuery]) -> Any:
    """新的在前。"""
    found = policies.visible_drafts(request.user)
    if query.state is not None:
        found = found.filter(state=query.state)
    total, items = page_of(_counted(found).order_by("-pk"), query)
    return page(query, total, [_draft_row(item) for item in items])


@drafts.get("/{int:draft_id}", response=DraftDetail, summary="草稿")
def get_draft(request: HttpRequest, draft_id: int, query: Query[PageQuery]) -> Any:
    """草稿及其各项；各项按次序，用 `limit` 和 `offset` 分段取。"""
    draft = get_object_or_404(_counted(policies.visible_drafts(request.user)), pk=draft_id)
    found = DraftItem.objects.filter(draft=draft).select_related("decided_by").order_by("position", "pk")
    total, items = page_of(found, query)
    return _draft_row(draft) | {"items": page(query, total, [_item_row(item) for item in items])}


@drafts.post("/{int:draft_id}/items/{int:item_id}/decision", response=ItemOut, summary="办理一项")
def decide(request: HttpRequest, draft_id: int, item_id: int, body: DecisionIn) -> Any:
    """确认、更正、剔除或撤销；答办理后的该项。"""
    draft = _draft(request.user, draft_id)
    item = get_object_or_404(DraftItem.objects.filter(draft=draft), pk=item_id)
    decided = actions.decide(
        acting_user=request.user,
        item=item,
        decision=body.decision,
        revision=body.revision,
        data=body.data,
        measure_key=body.measure_key,
    )
    return _item_row(decided)


@drafts.post("/{int:draft_id}/accept-sure", response=SureOut, summary="全部确认")
def accept_sure(request: HttpRequest, draft_id: int, body: SureIn) -> Any:
    """确认把握足够、单位都已认定的各项。"""
    draft = _draft(request.user, draft_id)
    return {"accepted": actions.accept_sure(acting_user=request.user, draft=draft, threshold=body.threshold)}


@drafts.post("/{int:draft_id}/publish", response=PublishedOut, summary="发布台账")
def publish(request: HttpRequest, draft_id: int, body: PublishIn) -> Any:
    """发布已确认的各项，成为方案或其新版；已发布的，答当时的结果。有措施而一项也没有确认的，答 422。"""
    draft = _draft(request.user, draft_id)
    version = actions.publish(acting_user=request.user, draft=draft, include_from=body.include_from)
    return {"plan": version.plan_id, "version": version.ordinal, "summary": version.summary}
