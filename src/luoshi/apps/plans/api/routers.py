"""The operations on plans and what stands in them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from luoshi.apps.plans import policies
from luoshi.apps.plans.api import rows
from luoshi.apps.plans.api.filters import (
    MeasureQuery,
    ObjectQuery,
    PlanQuery,
    TargetQuery,
    narrowed,
    narrowed_plans,
)
from luoshi.apps.plans.api.schemas import (
    ChangeOut,
    DeadlineOut,
    DocumentOut,
    LineOut,
    MeasureDetail,
    MeasureOut,
    PlanDetail,
    PlanOut,
    ResponsibilityOut,
    TableOut,
    TargetOut,
    VersionOut,
)
from luoshi.apps.plans.models import Plan, PlanVersion, SourceDocument
from luoshi.apps.plans.queries.difference import differing, stored_changes, visible_changes
from luoshi.apps.plans.queries.documents import document_with_file, lines_seen
from luoshi.site.api.paging import Page, PageQuery, page, page_of

plans = Router(tags=["方案"])
measures = Router(tags=["措施"])
targets = Router(tags=["目标"])
responsibilities = Router(tags=["责任"])
deadlines = Router(tags=["时限"])
documents = Router(tags=["原文"])


def _plan(user: Any, plan_id: int) -> Plan:
    return get_object_or_404(policies.visible_plans(user).select_related("owner"), pk=plan_id)


def _listed(found: Any, query: ObjectQuery) -> dict[str, Any]:
    total, items = page_of(rows.with_versions(narrowed(found, query)), query)
    return page(query, total, [rows.ROWS[found.model](item) for item in items])


def _one(found: Any, key: int) -> dict[str, Any]:
    row = get_object_or_404(rows.with_versions(found), pk=key)
    result: dict[str, Any] = rows.ROWS[found.model](row)
    return result


@plans.get("", response=Page[PlanOut], summary="方案列表")
def list_plans(request: HttpRequest, query: Query[PlanQuery]) -> Any:
    """调用人看得到的方案，新的在前。"""
    found = narrowed_plans(policies.visible_plans(request.user), query)
    total, items = page_of(rows.with_latest(found), query)
    return page(query, total, rows.plan_rows(items))


@plans.get("/{int:plan_id}", response=PlanDetail, summary="方案")
def get_plan(request: HttpRequest, plan_id: int) -> Any:
    """方案、各版次，以及调用人看得到的措施、目标等的个数。"""
    plan = _plan(request.user, plan_id)
    versions = list(PlanVersion.objects.filter(plan=plan).select_related("published_by").order_by("-ordinal"))
    if not versions:
        raise Http404
    found = policies.visible_measures(request.user).filter(plan=plan).order_by()
    counts = found.aggregate(measures=Count("pk"), tasks=Count("pk", filter=Q(is_task=True)))
    for name, visible in (
        ("targets", policies.visible_targets),
        ("responsibilities", policies.visible_responsibilities),
        ("deadlines", policies.visible_deadlines),
        ("tables", policies.visible_tables),
    ):
        counts[name] = visible(request.user).filter(plan=plan).order_by().count()
    whole = policies.sees_whole(request.user, plan)
    return rows.plan_row(plan, versions[0]) | {
        "versions": [rows.version_row(version, whole=whole) for version in versions],
        "counts": counts,
    }


@plans.get("/{int:plan_id}/tables", response=Page[TableOut], summary="方案的附表")
def list_tables(request: HttpRequest, plan_id: int, query: Query[PageQuery]) -> Any:
    """照原文的附表：表头和各行。"""
    plan = _plan(request.user, plan_id)
    found = policies.visible_tables(request.user).filter(plan=plan).order_by("line", "pk")
    total, items = page_of(rows.with_versions(found), query)
    return page(query, total, [rows.table_row(item) for item in items])


@plans.get("/{int:plan_id}/versions", response=list[VersionOut], summary="方案的版次")
def list_versions(request: HttpRequest, plan_id: int) -> Any:
    """各版次，新的在前。"""
    plan = _plan(request.user, plan_id)
    versions = PlanVersion.objects.filter(plan=plan).select_related("published_by").order_by("-ordinal")
    whole = policies.sees_whole(request.user, plan)
    return [rows.version_row(version, whole=whole) for version in versions]


@plans.get("/{int:plan_id}/versions/{int:ordinal}/difference", response=Page[ChangeOut], summary="一版与前一版的不同")
def get_difference(request: HttpRequest, plan_id: int, ordinal: int, query: Query[PageQuery]) -> Any:
    """新增、更改、取消的各项，以及人工核对过而保留的各项；第一版没有。"""
    plan = _plan(request.user, plan_id)
    version = get_object_or_404(PlanVersion, plan=plan, ordinal=ordinal)
    found = differing(visible_changes(request.user, plan, stored_changes(version)))
    shown = found[query.offset : query.offset + query.limit]
    return page(
        query,
        len(found),
        [
            {
                "what": change.what,
                "kind": change.kind,
                "id": change.existing_id,
                "line": change.line,
                "text": change.text,
                "by_hand": change.by_hand,
                "fields": {name: list(pair) for name, pair in change.fields.items()} if change.fields else None,
            }
            for change in shown
        ],
    )


@measures.get("", response=Page[MeasureOut], summary="措施列表")
def list_measures(request: HttpRequest, query: Query[MeasureQuery]) -> Any:
    """按方案和原文次序。"""
    found = policies.visible_measures(request.user, retired=query.retired)
    if query.is_task is not None:
        found = found.filter(is_task=query.is_task)
    return _listed(found, query)


@measures.get("/{int:measure_id}", response=MeasureDetail, summary="措施")
def get_measure(request: HttpRequest, measure_id: int) -> Any:
    """措施及其目标、责任、时限；已取消的也可取得。"""
    found = _one(policies.visible_measures(request.user, retired=True), measure_id)
    whole = found["provenance"]["retired_in"] is not None
    parts = (
        ("targets", policies.visible_targets),
        ("responsibilities", policies.visible_responsibilities),
        ("deadlines", policies.visible_deadlines),
    )
    for name, visible in parts:
        below = visible(request.user, retired=whole).filter(measure_id=measure_id).order_by("line", "pk")
        found[name] = [rows.ROWS[below.model](row) for row in rows.with_versions(below)]
    return found


@targets.get("", response=Page[TargetOut], summary="目标列表")
def list_targets(request: HttpRequest, query: Query[TargetQuery]) -> Any:
    """按方案和原文次序；数值已化为基本单位（1.5万户 即 15000 户）。"""
    found = policies.visible_targets(request.user, retired=query.retired)
    if query.target_year is not None:
        found = found.filter(year=query.target_year)
    return _listed(found, query)


@targets.get("/{int:target_id}", response=TargetOut, summary="目标")
def get_target(request: HttpRequest, target_id: int) -> Any:
    """一个目标；已取消的也可取得。"""
    return _one(policies.visible_targets(request.user, retired=True), target_id)


@responsibilities.get("", response=Page[ResponsibilityOut], summary="责任列表")
def list_responsibilities(request: HttpRequest, query: Query[ObjectQuery]) -> Any:
    """按方案和原文次序；按 unit 筛选时只列该单位的责任。"""
    return _listed(policies.visible_responsibilities(request.user, retired=query.retired), query)


@responsibilities.get("/{int:responsibility_id}", response=ResponsibilityOut, summary="责任")
def get_responsibility(request: HttpRequest, responsibility_id: int) -> Any:
    """一条责任；已取消的也可取得。"""
    return _one(policies.visible_responsibilities(request.user, retired=True), responsibility_id)


@deadlines.get("", response=Page[DeadlineOut], summary="时限列表")
def list_deadlines(request: HttpRequest, query: Query[ObjectQuery]) -> Any:
    """按方案和原文次序。"""
    return _listed(policies.visible_deadlines(request.user, retired=query.retired), query)


@deadlines.get("/{int:deadline_id}", response=DeadlineOut, summary="时限")
def get_deadline(request: HttpRequest, deadline_id: int) -> Any:
    """一个时限；已取消的也可取得。"""
    return _one(policies.visible_deadlines(request.user, retired=True), deadline_id)


def _document(user: Any, document_id: int, *deferred: str) -> SourceDocument:
    return get_object_or_404(policies.visible_documents(user).defer("tables", *deferred), pk=document_id)


@documents.get("", response=Page[DocumentOut], summary="原文列表")
def list_documents(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """调用人看得到的方案所据的文件。"""
    found = policies.visible_documents(request.user).defer("text", "tables").order_by("pk")
    total, items = page_of(found, query)
    return page(query, total, [rows.document_row(item) for item in items])


@documents.get("/{int:document_id}", response=DocumentOut, summary="原文")
def get_document(request: HttpRequest, document_id: int) -> Any:
    """文件名、格式、大小、行数等。"""
    return rows.document_row(_document(request.user, document_id, "text"))


@documents.get("/{int:document_id}/lines", response=Page[LineOut], summary="原文的各行")
def list_lines(request: HttpRequest, document_id: int, query: Query[PageQuery]) -> Any:
    """各对象的 spans 即指这些行里的字符；文件中调用人看不到的方案的行不列。"""
    document = _document(request.user, document_id)
    parts = lines_seen(request.user, (document_id,)).get(document_id, [])
    numbers = [number for part in parts for number in part if number <= document.line_count]
    texts = document.lines()
    shown = numbers[query.offset : query.offset + query.limit]
    return page(query, len(numbers), [{"number": number, "text": texts[number - 1]} for number in shown])


@documents.get(
    "/{int:document_id}/file",
    summary="原文件",
    openapi_extra={
        "responses": {
            200: {
                "description": "上传时的文件",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def get_file(request: HttpRequest, document_id: int) -> Any:
    """上传时的文件，一字不改；文件另有调用人看不到的内容的，只给能看其中方案全部内容的人。"""
    document = document_with_file(request.user, document_id)
    if document is None or not document.file:
        raise Http404
    try:
        handle = document.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(handle, as_attachment=True, filename=document.name, content_type="application/octet-stream")
