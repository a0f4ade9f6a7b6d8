"""考核 over HTTP: runs with their records, figures, steps, objections; thin over ``actions`` and ``queries``."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.computing import verify
from luoshi.apps.assessment.errors import Invalid
from luoshi.apps.assessment.gathering import members_of
from luoshi.apps.assessment.models import Objection, Run
from luoshi.apps.assessment.policies import visible_runs
from luoshi.apps.assessment.queries.runs import read_run, seen_objections, unit_sheet, visible_run
from luoshi.apps.organisations.models import Unit
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.values import Key, Moment, Text, UnitRef, figure, unit_ref

assessments = Router(tags=["考核"])

RunStateName = Literal["draft", "preview", "final", "replaced", "withdrawn"]
Number = Decimal | None


class AssessmentOut(Schema):
    """一期考核。"""

    id: int
    adoption_id: int = Field(description="考核安排")
    name: str
    owner: UnitRef = Field(description="考核单位")
    period: str = Field(description="期别，如 2026Q1")
    ordinal: int = Field(description="第几次；更正为新的一次")
    state: RunStateName
    as_of: dt.datetime = Field(description="数据截至")
    corrects_id: int | None = Field(description="更正的是哪一次")
    reason: str = Field(description="更正或撤回的原因")
    previewed_at: dt.datetime | None
    objections_until: dt.datetime | None = Field(description="异议截止")
    final_at: dt.datetime | None
    digest: str = Field(description="冻结数据的摘要（SHA-256）；公示以前为空")
    revision: int


class AssessmentItemOut(Schema):
    """一个单位一项的得分。"""

    item: str
    points: str
    value: str | None = Field(description="没有为未报")
    target: str | None
    reason: str = Field(description="怎样得来，一句话")
    title: str = ""
    full: str = Field("", description="满分")
    status: str = ""
    rank: int | None = None
    units: int | None = Field(None, description="参加本项排名的单位数")
    formula: str = ""
    next_rank: str = Field("", description="升一名需要什么")
    assumptions: list[str] = Field([], description="所依据的约定")
    source: str = ""
    date: str | None = None


class AssessmentUnitOut(Schema):
    """一个单位的总分、名次和逐项得分。"""

    unit: str
    key: str = Field(description="单位代码")
    total: str
    rank: int | None
    group: str = ""
    reason: str = ""
    items: list[AssessmentItemOut]


class AssessmentDetail(AssessmentOut):
    """一期考核和它的得分；最好的在前。"""

    problem: str = Field(description="草稿还不能计分的原因；能计分的为空")
    units: list[AssessmentUnitOut]


class AssessmentQuery(PageQuery):
    """筛选。"""

    adoption: Key | None = Field(None, description="考核安排")
    period: Text = Field("", description="期别")
    state: RunStateName | None = None


class AssessmentIn(Schema):
    """开展一期考核。"""

    adoption_id: Key
    period: Text = Field(max_length=10)
    as_of: Moment | None = None


class AssessmentActIn(Schema):
    """办理。"""

    revision: int | None = Field(None, ge=0, le=2**31 - 1, description="看到的版次；他人办理过的会拒绝")


class AssessmentDrawIn(AssessmentActIn):
    """取数。"""

    as_of: Moment | None = None


class AssessmentPreviewIn(AssessmentActIn):
    """公示。"""

    days: int | None = Field(None, ge=1, le=90, description="公示工作日；不给按考核安排")


class AssessmentReasonIn(AssessmentActIn):
    """带理由的办理。"""

    reason: Text = Field("", max_length=300)


class AssessmentExtendIn(AssessmentActIn):
    """延长异议期。"""

    until: dt.date
    reason: Text = Field(max_length=300)


class AssessmentFactIn(Schema):
    """一个数。"""

    unit: Text = Field(max_length=120, description="单位代码或名称")
    item: Text = Field(max_length=60)
    value: Number = Field(None, description="没有为未报", max_digits=24, decimal_places=6)
    target: Number = Field(None, max_digits=24, decimal_places=6)
    previous: Number = Field(None, max_digits=24, decimal_places=6)
    judge: Text = Field("", max_length=60)
    reason: Text = Field("", max_length=300)


class AssessmentFactsIn(AssessmentActIn):
    """录入的数；有一个不对就都不录入。"""

    facts: list[AssessmentFactIn] = Field(max_length=20_000)
    reason: Text = Field(max_length=300, description="没有单独写明理由的数用它")


class AssessmentCountOut(Schema):
    """办了几个。"""

    count: int


class AssessmentVerifyOut(Schema):
    """核对的结果。"""

    ok: bool
    sentence: str
    problems: list[str]


class AssessmentObjectionIn(Schema):
    """提出异议。"""

    unit: Text = Field(max_length=64, description="提出单位的代码")
    text: Text = Field(max_length=2000)
    item: Text = Field("", max_length=60)
    about: Text = Field("", max_length=64, description="涉及单位的代码；不给为本单位")
    wanted: Number = Field(None, max_digits=24, decimal_places=6, description="认为应为")


class AssessmentAnswerIn(AssessmentActIn):
    """答复异议。"""

    uphold: bool = Field(description="是否采纳")
    answer: Text = Field(max_length=2000)


class AssessmentObjectionOut(Schema):
    """一条异议。"""

    id: int
    unit: UnitRef
    about: UnitRef
    item: str
    text: str
    wanted: str | None
    state: Literal["open", "upheld", "rejected", "withdrawn"]
    answer: str
    filed_at: dt.datetime
    answered_at: dt.datetime | None
    revision: int


_NAMES = ("adoption_id", "period", "ordinal", "state", "as_of", "corrects_id", "reason", "previewed_at")
_MORE = ("objections_until", "final_at", "digest", "revision")


def _row(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in (*_NAMES, *_MORE)} | {
        "id": run.pk,
        "name": run.adoption.name,
        "owner": unit_ref(run.adoption.owner),
    }


def _detail(user: Any, run_id: int) -> dict[str, Any]:
    run = visible_run(user, run_id)
    read = read_run(run)
    units = [{**row, "key": read.keys.get(row["unit"], "")} for row in read.rows]
    return _row(run) | {"problem": read.problem, "units": units}


@assessments.get("", response=Page[AssessmentOut], summary="考核列表")
def list_assessments(request: HttpRequest, query: Query[AssessmentQuery]) -> dict[str, Any]:
    """看得到的各期考核，新的在前。"""
    rows = visible_runs(request.user).select_related("adoption__owner").defer("snapshot")
    if query.adoption:
        rows = rows.filter(adoption=query.adoption)
    if query.period:
        rows = rows.filter(period=query.period)
    if query.state:
        rows = rows.filter(state=query.state)
    total, found = page_of(rows.order_by("-pk"), query)
    return page(query, total, [_row(run) for run in found])


@assessments.post("", response={201: AssessmentDetail}, summary="开展一期考核")
def create_assessment(request: HttpRequest, body: AssessmentIn) -> Any:
    """建立草稿并从台账取数；公示以前被考核单位看不到。"""
    run = actions.create_run(
        acting_user=request.user, adoption_id=body.adoption_id, period=body.period, as_of=body.as_of
    )
    return Status(201, _detail(request.user, run.pk))


@assessments.get("/{int:run_id}", response=AssessmentDetail, summary="一期考核")
def get_assessment(request: HttpRequest, run_id: int) -> dict[str, Any]:
    """总分、名次、逐项得分和理由。"""
    return _detail(request.user, run_id)


@assessments.get("/{int:run_id}/records", response=list[AssessmentUnitOut], summary="得分记录")
def get_assessment_records(request: HttpRequest, run_id: int) -> list[dict[str, Any]]:
    """与 `luoshi score --format json --details` 相同的记录。"""
    units: list[dict[str, Any]] = _detail(request.user, run_id)["units"]
    return units


@assessments.get("/{int:run_id}/units/{unit_key}", response=AssessmentUnitOut, summary="一个单位的得分")
def get_assessment_unit(request: HttpRequest, run_id: int, unit_key: Text) -> dict[str, Any]:
    """逐项说明怎样得来。"""
    read = read_run(visible_run(request.user, run_id))
    sheet = unit_sheet(request.user, read, unit_key)
    if sheet.row is None:
        raise Http404
    return {**sheet.row, "key": unit_key}


@assessments.put("/{int:run_id}/facts", response=AssessmentCountOut, summary="录入数据")
def put_assessment_facts(request: HttpRequest, run_id: int, body: AssessmentFactsIn) -> dict[str, Any]:
    """草稿中的数；手工数优先于台账，须写明理由。"""
    rows: list[tuple[int, list[str]]] = [(1, ["单位", "项目", "实际", "目标", "上期", "评委", "说明"])]
    for place, one in enumerate(body.facts, 2):
        numbers = [figure(number) or "" for number in (one.value, one.target, one.previous)]
        rows.append((place, [one.unit, one.item, *numbers, one.judge, one.reason]))
    count = actions.enter_rows(
        acting_user=request.user, run_id=run_id, rows=rows, reason=body.reason, revision=body.revision
    )
    return {"count": count}


@assessments.post("/{int:run_id}/draw", response=AssessmentDetail, summary="重新取数")
def draw_assessment(request: HttpRequest, run_id: int, body: AssessmentDrawIn) -> dict[str, Any]:
    """按现在或某一时点的台账取数；手工数保留。"""
    actions.draw_facts(acting_user=request.user, run_id=run_id, revision=body.revision, as_of=body.as_of)
    return _detail(request.user, run_id)


@assessments.post("/{int:run_id}/preview", response=AssessmentDetail, summary="公示")
def preview_assessment(request: HttpRequest, run_id: int, body: AssessmentPreviewIn) -> dict[str, Any]:
    """冻结数据和得分，通知被考核单位。"""
    actions.preview_run(acting_user=request.user, run_id=run_id, revision=body.revision, days=body.days)
    return _detail(request.user, run_id)


@assessments.post("/{int:run_id}/extend", response=AssessmentDetail, summary="延长异议期")
def extend_assessment(request: HttpRequest, run_id: int, body: AssessmentExtendIn) -> dict[str, Any]:
    """延长到某日终了。"""
    actions.extend_objections(
        acting_user=request.user, run_id=run_id, until=body.until, reason=body.reason, revision=body.revision
    )
    return _detail(request.user, run_id)


@assessments.post("/{int:run_id}/correct", response={201: AssessmentDetail}, summary="更正")
def correct_assessment(request: HttpRequest, run_id: int, body: AssessmentReasonIn) -> Any:
    """新建一次，采纳的异议已改入；新的公示以后，原来的即被替代。"""
    run = actions.correct_run(acting_user=request.user, run_id=run_id, reason=body.reason, revision=body.revision)
    return Status(201, _detail(request.user, run.pk))


@assessments.post("/{int:run_id}/finalise", response=AssessmentDetail, summary="定稿")
def finalise_assessment(request: HttpRequest, run_id: int, body: AssessmentReasonIn) -> dict[str, Any]:
    """异议答复完毕、异议期满定稿；提前的须写明理由。"""
    actions.finalise_run(acting_user=request.user, run_id=run_id, revision=body.revision, reason=body.reason)
    return _detail(request.user, run_id)


@assessments.post("/{int:run_id}/withdraw", response=AssessmentDetail, summary="撤回")
def withdraw_assessment(request: HttpRequest, run_id: int, body: AssessmentReasonIn) -> dict[str, Any]:
    """作废这一次，记录保留。"""
    actions.withdraw_run(acting_user=request.user, run_id=run_id, reason=body.reason, revision=body.revision)
    return _detail(request.user, run_id)


@assessments.get("/{int:run_id}/verify", response=AssessmentVerifyOut, summary="核对存档")
def verify_assessment(request: HttpRequest, run_id: int) -> dict[str, Any]:
    """按存档重新计算，与存档的得分和名次比对。"""
    run = visible_run(request.user, run_id)
    if run.snapshot is None:
        raise Invalid("还没有公示，没有存档可以核对。")
    found = verify(run.snapshot, run.digest)
    return {"ok": found.ok, "sentence": found.sentence, "problems": list(found.problems)}


def _said(one: Objection) -> dict[str, Any]:
    names = ("item", "text", "state", "answer", "filed_at", "answered_at", "revision")
    return {name: getattr(one, name) for name in names} | {
        "id": one.pk,
        "unit": unit_ref(one.unit),
        "about": unit_ref(one.about),
        "wanted": figure(one.wanted),
    }


@assessments.get("/{int:run_id}/objections", response=Page[AssessmentObjectionOut], summary="异议")
def list_assessment_objections(request: HttpRequest, run_id: int, query: Query[PageQuery]) -> dict[str, Any]:
    """考核单位看到全部，被考核单位看到与本单位有关的。"""
    run = visible_run(request.user, run_id)
    total, rows = page_of(seen_objections(request.user, run, members_of(run)), query)
    return page(query, total, [_said(one) for one in rows])


@assessments.post("/{int:run_id}/objections", response={201: AssessmentObjectionOut}, summary="提出异议")
def file_assessment_objection(request: HttpRequest, run_id: int, body: AssessmentObjectionIn) -> Any:
    """由被考核单位的人员在异议期内提出。"""
    run = visible_run(request.user, run_id)
    units = Unit.objects.filter(assessed_in__adoption=run.adoption_id)
    about = get_object_or_404(units, key=body.about) if body.about else None
    made = actions.file_objection(
        acting_user=request.user,
        run_id=run_id,
        unit_id=get_object_or_404(units, key=body.unit).pk,
        text=body.text,
        item=body.item,
        about_id=about.pk if about else None,
        wanted=body.wanted,
    )
    return Status(201, _said(Objection.objects.select_related("unit", "about").get(pk=made.pk)))


@assessments.post("/objections/{int:objection_id}/answer", response=AssessmentObjectionOut, summary="答复异议")
def answer_assessment_objection(request: HttpRequest, objection_id: int, body: AssessmentAnswerIn) -> dict[str, Any]:
    """采纳或不采纳，并说明理由。"""
    actions.answer_objection(
        acting_user=request.user,
        objection_id=objection_id,
        uphold=body.uphold,
        answer=body.answer,
        revision=body.revision,
    )
    return _said(Objection.objects.select_related("unit", "about").get(pk=objection_id))
