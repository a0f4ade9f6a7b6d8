"""Schemes and adoptions over HTTP; thin over ``actions`` and ``queries``."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import NinjaAPI, Query, Router, Status

from luoshi.apps.assessment import actions, policies, queries
from luoshi.apps.assessment.api.scheme_schemas import (
    AdoptionDetail,
    AdoptionEndIn,
    AdoptionIn,
    AdoptionOut,
    ItemSourceIn,
    SchemeDetail,
    SchemeIn,
    SchemeIssueIn,
    SchemeOut,
    SchemeQuery,
    SchemeTextIn,
    SchemeVersionOut,
    SchemeVersionQuery,
)
from luoshi.apps.assessment.errors import AssessmentError, Invalid
from luoshi.apps.assessment.models import Adoption, Scheme, SchemeVersion, VersionState
from luoshi.apps.assessment.queries import SchemeFilter
from luoshi.apps.assessment.texts import read
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.policies import visible_tables
from luoshi.scoring import describe
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.problems import problem
from luoshi.site.api.values import unit_ref

schemes = Router(tags=["评分办法"])
adoptions = Router(tags=["考核安排"])


def install_problems(api: NinjaAPI) -> None:
    """What can stop an act here, as problem documents."""

    @api.exception_handler(AssessmentError)
    def _refused(request: HttpRequest, error: AssessmentError) -> HttpResponse:
        return problem(request, 422 if isinstance(error, Invalid) else 409, str(error))


def _scheme_out(row: Scheme) -> dict[str, Any]:
    return {
        "id": row.pk,
        "key": row.key,
        "title": row.title,
        "owner": unit_ref(row.owner),
        "origin": row.origin,
        "plan": row.plan_id,
        "stopped_at": row.stopped_at,
        "issued": row.issued,  # type: ignore[attr-defined]
        "drafting": row.drafting,  # type: ignore[attr-defined]
        "adoptions": row.used,  # type: ignore[attr-defined]
    }


def _version_out(row: SchemeVersion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SchemeVersionOut.model_fields}


def _scheme(request: HttpRequest, scheme_id: int) -> Scheme:
    found = queries.scheme_list(request.user, SchemeFilter(), stopped_too=True).filter(pk=scheme_id).first()
    if found is None:
        raise Http404
    return found


def _version(request: HttpRequest, scheme: Scheme, ordinal: int | None = None) -> SchemeVersion:
    rows = policies.visible_versions(request.user).filter(scheme=scheme).order_by("-ordinal")
    if ordinal is not None:
        return get_object_or_404(rows, ordinal=ordinal)
    found = rows.filter(state=VersionState.ISSUED).first() or rows.first()
    if found is None:
        raise Http404
    return found


def _draft(request: HttpRequest, scheme_id: int) -> SchemeVersion:
    scheme = _scheme(request, scheme_id)
    return get_object_or_404(policies.visible_versions(request.user), scheme=scheme, state=VersionState.DRAFT)


def _unit(key: str) -> Unit:
    return get_object_or_404(Unit, key=key)


def _detail(request: HttpRequest, scheme: Scheme, version: SchemeVersion) -> dict[str, Any]:
    loaded, problems = read(version.text)
    return _scheme_out(scheme) | {
        "version": _version_out(version),
        "versions": [_version_out(one) for one in queries.versions_of(request.user, scheme)],
        "items": []
        if loaded is None
        else [
            {
                "key": row.item.key,
                "title": row.item.title,
                "group": group.title,
                "points": row.points or "0",
                "unit": row.item.unit,
                "method": row.item.method.TYPE,
                "words": row.words,
                "line": row.line,
                "doubts": list(row.doubts),
            }
            for group in queries.groups_of(loaded, version.provenance)
            for row in group.rows
        ],
        "readings": []
        if loaded is None
        else [
            {
                "key": one.key,
                "text": one.text,
                "items": list(one.items),
                "choices": {key: title for key, title, _ in one.choices},
                "chosen": one.chosen,
            }
            for one in queries.readings_of(loaded)
        ],
        "words": [] if loaded is None else list(describe(loaded)),
        "text": version.text,
        "problems": [{"line": one.line, "message": one.message} for one in problems],
    }


@schemes.get("", response=Page[SchemeOut], summary="评分办法列表")
def list_schemes(request: HttpRequest, query: Query[SchemeQuery]) -> Any:
    """看得到的评分办法：本单位管的，和对本单位计分的。"""
    asked = SchemeFilter(state=query.state or "", text=query.text)
    total, items = page_of(queries.scheme_list(request.user, asked), query)
    return page(query, total, [_scheme_out(item) for item in items])


@schemes.get("/{int:scheme_id}", response=SchemeDetail, summary="一份评分办法")
def one_scheme(request: HttpRequest, scheme_id: int, query: Query[SchemeVersionQuery]) -> Any:
    """一个版次的项目、约定、全文说明和内容。"""
    scheme = _scheme(request, scheme_id)
    return _detail(request, scheme, _version(request, scheme, query.version))


@schemes.post("", response={201: SchemeDetail}, summary="新建评分办法")
def create_one(request: HttpRequest, body: SchemeIn) -> Any:
    """建一份草稿；内容不对也会留下，`problems` 逐行说明。"""
    copied = table = None
    if body.copy_of is not None:
        copied = get_object_or_404(policies.visible_versions(request.user).select_related("scheme"), pk=body.copy_of)
    if body.table is not None:
        rows = visible_tables(request.user).select_related("plan", "version__document")
        table = get_object_or_404(rows, pk=body.table)
    made = actions.create_scheme(
        acting_user=request.user,
        owner=_unit(body.owner),
        origin=body.origin,
        title=body.title,
        shipped_key=body.shipped,
        text=body.text,
        copied=copied,
        table=table,
        part=body.part,
    )
    return Status(201, _detail(request, _scheme(request, made.scheme_id), made))


@schemes.post("/{int:scheme_id}/draft", response={201: SchemeDetail}, summary="起草新版")
def begin_draft(request: HttpRequest, scheme_id: int) -> Any:
    """从现行版次开始；已有草稿的答 409。"""
    scheme = _scheme(request, scheme_id)
    made = actions.start_draft(acting_user=request.user, scheme_id=scheme.pk)
    return Status(201, _detail(request, _scheme(request, scheme_id), made))


@schemes.put("/{int:scheme_id}/draft", response=SchemeDetail, summary="改草稿")
def change_draft(request: HttpRequest, scheme_id: int, body: SchemeTextIn) -> Any:
    """存下草稿的内容，对不对都留下；`revision` 是看到的版本，别人改过就答 409。"""
    draft = _draft(request, scheme_id)
    kept = actions.edit_draft(acting_user=request.user, version_id=draft.pk, text=body.text, revision=body.revision)
    return _detail(request, _scheme(request, scheme_id), kept)


@schemes.post("/{int:scheme_id}/issue", response=SchemeDetail, summary="发布草稿")
def issue_draft(request: HttpRequest, scheme_id: int, body: SchemeIssueIn) -> Any:
    """内容没有问题才能发布；发布后这一版不能再改。"""
    draft = _draft(request, scheme_id)
    done = actions.issue_version(
        acting_user=request.user, version_id=draft.pk, reason=body.reason, revision=body.revision
    )
    return _detail(request, _scheme(request, scheme_id), done)


@schemes.post("/{int:scheme_id}/adopt", response={201: AdoptionDetail}, summary="启用评分办法")
def adopt(request: HttpRequest, scheme_id: int, body: AdoptionIn) -> Any:
    """把现行版次用于一些单位，自某期起。"""
    scheme = _scheme(request, scheme_id)
    version = _version(request, scheme)
    version.scheme = scheme
    known = {unit.key: unit for unit in Unit.objects.filter(key__in={one.unit for one in body.units})}
    if any(one.unit not in known for one in body.units):
        raise Http404
    made = actions.adopt_scheme(
        acting_user=request.user,
        version=version,
        owner=_unit(body.owner),
        cadence=body.cadence,
        first_period=body.first_period,
        terms=actions.Terms(
            name=body.name,
            units=[(known[one.unit], one.group) for one in body.units],
            last_period=body.last_period,
            choices=dict(body.choices),
            objection_days=body.objection_days,
            reason=body.reason,
        ),
        usual_sources=body.usual_sources,
    )
    return Status(201, _adoption_detail(request, made.pk))


def _adoption_out(row: Adoption) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "owner": unit_ref(row.owner),
        "scheme": row.version.scheme_id,
        "version": row.version.ordinal,
        "cadence": row.cadence,
        "first_period": row.first_period,
        "last_period": row.last_period,
        "active": row.is_active,
        "units": row.unit_count,  # type: ignore[attr-defined]
        "runs": row.run_count,  # type: ignore[attr-defined]
        "revision": row.revision,
    }


def _adoption_detail(request: HttpRequest, adoption_id: int) -> dict[str, Any]:
    found = queries.adoption_list(request.user).filter(pk=adoption_id).first()
    if found is None:
        raise Http404
    members = found.units.select_related("unit").order_by("unit__path")
    return _adoption_out(found) | {
        "members": [{"unit": unit_ref(row.unit), "group": row.group} for row in members],
        "sources": [
            {
                "item": row.item,
                "kind": row.kind,
                "indicator": row.indicator.key if row.indicator else None,
                "adoption": row.takes_id,
                "parameters": row.parameters,
                "checked_by": unit_ref(row.checked_by) if row.checked_by else None,
            }
            for row in queries.sources_by_item(found).values()
        ],
        "choices": found.choices,
        "objection_days": found.objection_days,
        "reason": found.reason,
    }


@adoptions.get("", response=Page[AdoptionOut], summary="考核安排列表")
def list_adoptions(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """看得到的考核安排，在用的在前。"""
    total, items = page_of(queries.adoption_list(request.user), query)
    return page(query, total, [_adoption_out(item) for item in items])


@adoptions.get("/{int:adoption_id}", response=AdoptionDetail, summary="一项考核安排")
def one_adoption(request: HttpRequest, adoption_id: int) -> Any:
    """单位、采用的理解和各项的数据来源。"""
    return _adoption_detail(request, adoption_id)


@adoptions.put("/{int:adoption_id}/sources/{item}", response=AdoptionDetail, summary="设定一项的数据来源")
def put_source(request: HttpRequest, adoption_id: int, item: str, body: ItemSourceIn) -> Any:
    """说明一项的数据从哪里来、由谁审核。"""
    _adoption_detail(request, adoption_id)
    takes = None
    if body.adoption is not None:
        takes = get_object_or_404(policies.visible_adoptions(request.user), pk=body.adoption)
    actions.set_item_source(
        acting_user=request.user,
        adoption_id=adoption_id,
        item=item,
        kind=body.kind,
        indicator=get_object_or_404(Indicator, key=body.indicator) if body.indicator else None,
        takes=takes,
        parameters={
            "tier": body.tier,
            "target_share": body.target_share,
            "span": body.span,
            "figure": body.figure,
        },
        checked_by=_unit(body.checked_by) if body.checked_by else None,
        revision=body.revision,
    )
    return _adoption_detail(request, adoption_id)


@adoptions.post("/{int:adoption_id}/end", response=AdoptionDetail, summary="结束考核安排")
def end_one(request: HttpRequest, adoption_id: int, body: AdoptionEndIn) -> Any:
    """不再开展新的考核，已有结果不变。"""
    _adoption_detail(request, adoption_id)
    actions.end_adoption(acting_user=request.user, adoption_id=adoption_id, reason=body.reason, revision=body.revision)
    return _adoption_detail(request, adoption_id)
