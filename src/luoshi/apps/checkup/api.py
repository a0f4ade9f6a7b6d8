"""The part of the HTTP API that tells what a check-up found, and takes decisions; thin over ``actions``."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from luoshi.apps.checkup import actions, policies, queries
from luoshi.apps.checkup.checking import ensure_checked
from luoshi.apps.checkup.models import Finding
from luoshi.apps.intake.models import Draft
from luoshi.apps.intake.policies import visible_drafts
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.values import Text

TAG = "方案体检"
SeverityName = Literal["error", "warning", "note"]
DecisionName = Literal["open", "keep_first", "keep_second", "verified", "dismissed"]


class PlaceOut(Schema):
    """Where a finding stands."""

    line: int
    text: str
    spans: list[tuple[int, int, int]]


class FindingOut(Schema):
    """体检所见."""

    id: int
    draft: int
    kind: str
    kind_name: str = Field(description="类别名称")
    severity: SeverityName = Field(description="error 矛盾、warning 存疑、note 提示")
    message: str
    detail: str = Field(description="算式或依据")
    advice: str = Field(description="可以怎样办")
    places: list[PlaceOut]
    readings: list[str] = Field(description="相互矛盾的各个读数：甲、乙……")
    decision: DecisionName = Field(
        description="open 待处理、keep_first 保留甲、keep_second 保留乙、verified 已向发文单位核实、dismissed 不是问题"
    )
    note: str
    decided_by: str | None
    decided_at: dt.datetime | None
    revision: int = Field(description="处理时须原样送回")


class FindingQuery(PageQuery):
    """Which findings."""

    severity: SeverityName | None = Field(None, description="程度")
    kind: Text | None = Field(None, max_length=30, description="类别")
    state: Literal["open", "decided"] | None = Field(None, description="待处理、已处理")


class FindingDecisionIn(Schema):
    """A decision on one finding."""

    decision: DecisionName = Field(description="open 撤销处理")
    revision: int = Field(ge=0, le=2**31 - 1, description="所见的 revision；他人已处理的，答 409")
    note: Text = Field("", max_length=300, description="说明；dismissed 必填")
    other: Literal["", "reject", "correct"] = Field(
        "", description="保留一处时，另一处的目标：不动、剔除、改成保留的数；草稿未发布时才可以"
    )


def _row(finding: Finding) -> dict[str, Any]:
    names = ("kind", "kind_name", "severity", "message", "detail", "advice", "places", "readings", "decision", "note")
    return {name: getattr(finding, name) for name in (*names, "decided_at", "revision")} | {
        "id": finding.pk,
        "draft": finding.draft_id,
        "decided_by": str(finding.decided_by) if finding.decided_by else None,
    }


def _listed(found: QuerySet[Finding], query: FindingQuery) -> dict[str, Any]:
    asked = {"severity": query.severity or "", "state": query.state or ""}
    found = queries.FindingFilter(**asked).narrow(found)
    if query.kind:
        found = found.filter(kind=query.kind)
    total, items = page_of(found, query)
    return page(query, total, [_row(item) for item in items])


def _draft(user: Any, draft_id: int) -> Draft:
    return get_object_or_404(visible_drafts(user).select_related("owner", "document", "version__plan"), pk=draft_id)


def add_findings(drafts: Router, plans: Router) -> None:
    """Give the routers of drafts and of plans what belongs here, above both."""

    @drafts.get("/{int:draft_id}/findings", response=Page[FindingOut], summary="草稿的体检所见", tags=[TAG])
    def draft_findings(request: HttpRequest, draft_id: int, query: Query[FindingQuery]) -> Any:
        """矛盾在前，其次存疑、提示；各按原文次序。"""
        draft = _draft(request.user, draft_id)
        ensure_checked(draft)
        return _listed(queries.findings_of(draft), query)

    @drafts.post(
        "/{int:draft_id}/findings/{int:finding_id}/decision",
        response=FindingOut,
        summary="处理一处体检所见",
        tags=[TAG],
    )
    def decide_finding(request: HttpRequest, draft_id: int, finding_id: int, body: FindingDecisionIn) -> Any:
        """保留甲、保留乙、已核实、不是问题，或撤销处理；草稿发布以后也可以，只作记录。"""
        draft = _draft(request.user, draft_id)
        finding = get_object_or_404(Finding.objects.filter(draft=draft), pk=finding_id)
        decided = actions.decide(
            acting_user=request.user,
            finding=finding,
            decision=body.decision,
            revision=body.revision,
            note=body.note,
            other=body.other,
        )
        return _row(decided)

    @plans.get("/{int:plan_id}/findings", response=Page[FindingOut], summary="方案的体检所见", tags=[TAG])
    def plan_findings(request: HttpRequest, plan_id: int, query: Query[FindingQuery]) -> Any:
        """现行版的体检所见及其处理；只有看得到整份方案的人可以取得。"""
        plan = get_object_or_404(policies.checked_plans(request.user), pk=plan_id)
        draft = queries.draft_of(plan)
        if draft is None:
            return page(query, 0, [])
        ensure_checked(draft)
        return _listed(queries.findings_of(draft), query)
