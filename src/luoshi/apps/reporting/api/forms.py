"""The forms over HTTP: what they ask and when, their drafts and versions, who reported; thin over ``actions``."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.errors import HttpError

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import units_of
from luoshi.apps.plans.models import PlanTable
from luoshi.apps.plans.policies import visible_tables
from luoshi.apps.reporting import schedule
from luoshi.apps.reporting.actions import forms as actions
from luoshi.apps.reporting.api.form_schemas import (
    DraftIn,
    DuplicateOut,
    FiguresOut,
    FormDetailOut,
    FormDraftOut,
    FormFileOut,
    FormIn,
    FormOut,
    FormPublishIn,
    FormsQuery,
    FormVersionOut,
    PunctualityQuery,
    StatusOut,
    StatusQuery,
)
from luoshi.apps.reporting.design import problems_of, units_named
from luoshi.apps.reporting.errors import ReportingError
from luoshi.apps.reporting.form_errors import FormFaults, FormFileError
from luoshi.apps.reporting.form_export import file_of
from luoshi.apps.reporting.form_file import read_form_file
from luoshi.apps.reporting.models import Form, FormVersion
from luoshi.apps.reporting.policies import COLLECTORS, may_collect, visible_forms
from luoshi.apps.reporting.queries import forms as queries
from luoshi.apps.reporting.queries import punctuality as metrics
from luoshi.apps.reporting.queries import status as statuses
from luoshi.apps.reporting.queries.burden import duplicates
from luoshi.apps.reporting.ready_made import KEYS, ready_made
from luoshi.forms import schema
from luoshi.site.api.paging import Page, page
from luoshi.site.api.values import unit_ref

forms = Router(tags=["报表"])


@forms.get("", response=Page[FormOut], summary="报表")
def form_list(request: HttpRequest, query: Query[FormsQuery]) -> Any:
    """看得到的报表，按名称排列。"""
    found = queries.narrowed(request.user, state=query.state, text=query.text or "").order_by("title", "pk")
    total = found.count()
    rows = list(found.select_related("owner")[query.offset : query.offset + query.limit])
    return page(query, total, _rows(request.user, rows))


@forms.post("", response={201: FormDetailOut}, summary="新建报表")
def create(request: HttpRequest, body: FormIn) -> Any:
    """新建后是草稿；四种来历（空白、现成报表、报表文件、附表）取其一。"""
    owner = units_of(request.user, *COLLECTORS).filter(key=body.owner).first()
    if owner is None:
        raise HttpError(403, "收表单位不存在，或您不能为它设计报表。")
    if body.ready_made and body.ready_made not in KEYS:
        raise HttpError(422, "没有这张现成报表。")
    if body.ready_made:
        reporters, _ = units_named(ready_made(body.ready_made).reporters, owner)
        form = actions.install_ready_made(
            acting_user=request.user, key=body.ready_made, owner=owner, reporters=reporters
        )
    elif body.file is not None:
        try:
            file = read_form_file(body.file)
        except FormFileError as error:
            raise HttpError(422, str(error)) from error
        reporters, _ = units_named(file.reporters, owner)
        form = actions.load_form(acting_user=request.user, file=file, owner=owner, reporters=reporters)
    elif body.table is not None:
        seen = visible_tables(request.user).filter(pk=body.table).values("pk")
        table = get_object_or_404(PlanTable.objects.select_related("plan__owner"), pk__in=seen)
        form = actions.draft_from_table(acting_user=request.user, table=table, owner=owner)
    else:
        form = actions.create_form(acting_user=request.user, title=body.title, owner=owner, purpose=body.purpose)
    return Status(201, _detail(request.user, form))


@forms.get("/schema", response=dict[str, Any], summary="表式的 JSON Schema")
def definition_schema(request: HttpRequest) -> Any:
    """报表文件里 definition 的写法。"""
    return schema()


@forms.get("/punctuality", response=list[FiguresOut], summary="报送评价")
def punctuality(request: HttpRequest, query: Query[PunctualityQuery]) -> Any:
    """各单位在一段时间里应报、已报、按时、迟报、未报的份数；未报多的在前，每页 100 个单位。"""
    form = get_object_or_404(visible_forms(request.user), key=query.form) if query.form else None
    asked = metrics.PunctualityFilter(query.first, query.last, form=form, as_of=query.as_of)
    found = metrics.by_unit(request.user, asked, number=query.page, now=timezone.now())
    names = ("expected", "received", "on_time", "late", "missing", "exempt", "on_time_rate", "completeness")
    return [{"unit": unit_ref(row.unit), **{name: getattr(row.figures, name) for name in names}} for row in found.rows]


@forms.get("/duplicates", response=list[DuplicateOut], summary="重复填报")
def duplicate_list(request: HttpRequest) -> Any:
    """两张在用的报表向同一单位、同一期要同一指标的，逐项列出。"""
    return [
        {
            "indicator": one.indicator.key,
            "indicator_name": one.indicator.name,
            "cadence": one.cadence,
            "forms": [one.first.title, one.second.title],
            "units": [unit_ref(unit) for unit in one.units],
        }
        for one in duplicates(request.user, timezone.localdate())
    ]


@forms.get("/{key}", response=FormDetailOut, summary="一张报表")
def detail(request: HttpRequest, key: str) -> Any:
    """何时报、由谁报、以后的截止日。"""
    return _detail(request.user, _form(request.user, key))


@forms.get("/{key}/file", response=FormFileOut, summary="报表文件")
def form_file(request: HttpRequest, key: str) -> Any:
    """最新一版（能设计的人得到草稿），可以再装入。"""
    form = _form(request.user, key)
    versions = queries.form_versions(form, with_draft=may_collect(request.user, form))
    if not versions:
        raise HttpError(404, "报表还没有发布。")
    return file_of(form, versions[0]).to_json()


@forms.patch("/{key}/draft", response=FormDraftOut, summary="保存草稿")
def save_draft(request: HttpRequest, key: str, body: DraftIn) -> Any:
    """只改送来的项；definition 有问题也保存，问题列在 problems 里，改正后才能发布。"""
    changes = dict(body.changes)
    if not is_storable(changes):
        raise ValidationError("含有不能保存的字符。")
    if "reporters" in changes:
        changes["reporters"] = _numbers(changes["reporters"])
    try:
        draft = actions.save_form_version(
            acting_user=request.user, form=_form(request.user, key), revision=body.revision, changes=changes
        )
    except ReportingError as error:
        raise HttpError(409, str(error)) from error
    return _draft(draft)


@forms.post("/{key}/draft", response=FormDraftOut, summary="修订")
def revise(request: HttpRequest, key: str) -> Any:
    """已有草稿的，给出草稿；没有的，照最新一版新开一份。"""
    try:
        return _draft(actions.revise_form(acting_user=request.user, form=_form(request.user, key)))
    except ReportingError as error:
        raise HttpError(409, str(error)) from error


@forms.post("/{key}/publish", response=FormVersionOut, summary="发布")
def publish(request: HttpRequest, key: str, body: FormPublishIn) -> Any:
    """从某一期起启用；已开放的报期仍按原版。"""
    try:
        return actions.publish_form_version(
            acting_user=request.user,
            form=_form(request.user, key),
            first_period=body.first_period,
            reason=body.reason,
            revision=body.revision,
        )
    except FormFaults as error:
        raise HttpError(422, "；".join(error.problems)) from error
    except ReportingError as error:
        raise HttpError(409, str(error)) from error


@forms.get("/{key}/status", response=StatusOut, summary="报送情况")
def status(request: HttpRequest, key: str, query: Query[StatusQuery]) -> Any:
    """单位 × 最近各期；每页 100 个单位。"""
    grid = statuses.status_grid(
        request.user,
        _form(request.user, key),
        periods=query.periods,
        number=query.page,
        as_of=query.as_of,
        now=timezone.now(),
    )
    periods = [column.round.period for column in grid.columns]
    return {
        "periods": periods,
        "total": grid.total,
        "pages": grid.pages,
        "rows": [
            {
                "unit": unit_ref(row.unit),
                "cells": [
                    {"period": period, "mark": cell.mark, "state": cell.state, "submitted_at": cell.submitted_at}
                    for period, cell in zip(periods, row.cells, strict=True)
                    if cell is not None
                ],
            }
            for row in grid.rows
        ],
    }


def _form(user: Any, key: str) -> Form:
    return get_object_or_404(visible_forms(user).select_related("owner", "plan"), key=key)


def _numbers(keys: Any) -> list[int]:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ValidationError({"reporters": "填报单位应为一列单位代码。"})
    known = dict(Unit.objects.filter(key__in=set(keys)).values_list("key", "pk"))
    if missing := [key for key in keys if key not in known]:
        raise ValidationError({"reporters": f"没有单位“{'”“'.join(missing[:5])}”。"})
    return list(known.values())


def _draft(draft: FormVersion) -> dict[str, Any]:
    return {
        "revision": draft.revision,
        "due": schedule.due_words(draft),
        "problems": [one.message for one in problems_of(draft)],
    }


def _rows(user: Any, found: list[Form]) -> list[dict[str, Any]]:
    today = timezone.localdate()
    current: dict[int, FormVersion] = {}
    drafts: dict[int, FormVersion] = {}
    versions = (
        FormVersion.objects.filter(form__in=found).defer("definition").order_by("form_id", "first_day", "ordinal")
    )
    for version in versions:
        if version.published_at is None:
            drafts[version.form_id] = version
        elif version.form_id not in current or (version.first_day and version.first_day <= today):
            current[version.form_id] = version
    rows = []
    for form in found:
        version, draft = current.get(form.pk), drafts.get(form.pk)
        shown = version or draft
        rows.append(
            {
                "key": form.key,
                "title": form.title,
                "purpose": form.purpose,
                "owner": unit_ref(form.owner),
                "plan": form.plan_id,
                "table": form.table_id,
                "is_active": form.is_active,
                "cadence": shown.cadence if shown else "",
                "due": schedule.due_words(shown) if shown else "",
                "version": version.ordinal if version else None,
                "first_period": version.first_period if version else "",
                "draft_revision": draft.revision if draft and may_collect(user, form) else None,
            }
        )
    return rows


def _detail(user: Any, form: Form) -> dict[str, Any]:
    row = _rows(user, [form])[0]
    versions = form.versions.order_by("-ordinal")
    draft = next((one for one in versions if one.published_at is None), None)
    shown = next((one for one in versions if one.published_at and one.ordinal == row["version"]), draft)
    return row | {
        "coming": [
            {
                "period": str(one.period),
                "label": one.period.label,
                "opens_on": one.opens_on,
                "due_on": one.due.date,
                "assumption": one.due.assumption,
            }
            for one in (schedule.coming(shown, timezone.localdate()) if shown else ())
        ],
        "problems": [one.message for one in problems_of(draft)] if draft and may_collect(user, form) else [],
    }
