"""Bulletins over HTTP; thin over ``actions`` and ``queries``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import NinjaAPI, Query, Router, Schema, Status
from pydantic import Field

from luoshi.apps.bulletins import actions, policies, queries
from luoshi.apps.bulletins.errors import BulletinError, NotNow, Stale
from luoshi.apps.bulletins.models import Bulletin
from luoshi.apps.bulletins.queries import BulletinFilter
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.policies import visible_plans
from luoshi.periods import Period, PeriodError
from luoshi.site.api.paging import Page, PageQuery, page, page_of
from luoshi.site.api.problems import problem
from luoshi.site.api.values import Key, Moment, Text, UnitRef, unit_ref

bulletins = Router(tags=["通报"])

KindName = Literal["progress", "commentary", "lateness", "supervision", "ranking"]
StateName = Literal["draft", "checked", "signed", "issued", "withdrawn"]


class BulletinOut(Schema):
    """一份通报。"""

    id: int
    kind: KindName
    title: str
    number: str = Field(description="文号，签发前为空")
    owner: UnitRef
    period: str = Field(description="期别，如 2026-09")
    as_of: dt.datetime = Field(description="数据时点")
    state: StateName
    dated: dt.date | None = Field(description="成文日期")
    signatory: str
    issued_at: dt.datetime | None
    public: bool
    digest: str = Field(description="数据摘要（SHA-256）")
    file_sha256: str = Field(description="文件摘要（SHA-256）")
    revision: int


class FigureOut(Schema):
    """正文里的一个数字和它的出处。"""

    number: int = Field(description="在文件中的序号")
    text: str
    indicator: str
    unit: str
    period: str
    source: str
    observation: str = Field(description="数据号")
    rule: str = Field(description="算法")
    place: str = Field(description="图中的数字：图、系列、类别；正文为空")


class BulletinDetail(BulletinOut):
    """通报连同正文和数字出处。"""

    paragraphs: list[str]
    figures: list[FigureOut]


class BulletinQuery(PageQuery):
    """Which bulletins."""

    kind: KindName | None = None
    state: StateName | None = Field(None, description="不填则不含已撤回的")
    received: bool = Field(False, description="只取发给本人所在单位的")


class DrawIn(Schema):
    """拟一份通报。"""

    kind: KindName
    owner: Text = Field(description="印发单位代码")
    period: Text = Field(description="期别，如 2026-09、2026Q3")
    plans: list[Key] = Field(default_factory=list, max_length=100)
    as_of: Moment | None = Field(None, description="数据时点，不填为现在")
    title: Text = ""


class ActIn(Schema):
    """办理一步；`revision` 是看到的版本，别人办理过就答 409。"""

    revision: int | None = None
    text: Text = Field("", max_length=500)


class BulletinReasonIn(Schema):
    """退回或撤回。"""

    revision: int | None = None
    reason: Text = Field(max_length=500)


class SignIn(Schema):
    """登记签发。"""

    revision: int | None = None
    signatory: Text = Field(max_length=60)
    number: Text = Field(max_length=60)
    dated: dt.date


class BulletinPublishIn(Schema):
    """公开或取消公开。"""

    revision: int | None = None
    public: bool


def install_problems(api: NinjaAPI) -> None:
    """What can stop an act here, as problem documents."""

    @api.exception_handler(BulletinError)
    def _refused(request: HttpRequest, error: BulletinError) -> HttpResponse:
        return problem(request, 409 if isinstance(error, Stale | NotNow) else 422, str(error))


def _out(row: Bulletin) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "title": row.title,
        "number": row.number,
        "owner": unit_ref(row.owner),
        "period": row.period,
        "as_of": row.as_of,
        "state": row.state,
        "dated": row.dated,
        "signatory": row.signatory,
        "issued_at": row.issued_at,
        "public": row.is_public,
        "digest": row.digest,
        "file_sha256": row.file_sha256,
        "revision": row.revision,
    }


def _seen(request: HttpRequest, bulletin_id: int) -> Bulletin:
    return get_object_or_404(policies.visible_bulletins(request.user).select_related("owner"), pk=bulletin_id)


@bulletins.get("", response=Page[BulletinOut], summary="通报列表")
def list_bulletins(request: HttpRequest, query: Query[BulletinQuery]) -> Any:
    """看得到的通报，新的在前。"""
    asked = BulletinFilter(query.kind or "", query.state or "", "", "received" if query.received else "")
    total, items = page_of(queries.bulletin_list(request.user, asked), query)
    return page(query, total, [_out(item) for item in items])


@bulletins.get("/{int:bulletin_id}", response=BulletinDetail, summary="一份通报")
def one_bulletin(request: HttpRequest, bulletin_id: int) -> Any:
    """正文和每个数字的出处。读取不算阅读回执。"""
    found = _seen(request, bulletin_id)
    sheet = queries.sheet_of(found)
    lines = [block.value.text for block in sheet.blocks if block.kind == "line"]
    figures = [
        {name: getattr(one, name) for name in FigureOut.model_fields}
        for one in queries.sources_of(found, sheet.contents)
    ]
    return _out(found) | {"paragraphs": lines, "figures": figures}


@bulletins.post("", response={201: BulletinOut}, summary="拟通报")
def draw_one(request: HttpRequest, body: DrawIn) -> Any:
    """按数据时点取数，生成草稿。"""
    owner = Unit.objects.filter(key=body.owner).first()
    plans = list(visible_plans(request.user).filter(pk__in=body.plans).select_related("owner"))
    if owner is None or len(plans) != len(set(body.plans)):
        raise Http404
    try:
        period = Period.parse(body.period)
    except PeriodError as error:
        return problem(request, 422, str(error))
    made = actions.draw_bulletin(
        acting_user=request.user,
        kind=body.kind,
        owner=owner,
        plans=plans,
        period=period,
        as_of=body.as_of,
        title=body.title,
    )
    return Status(201, _out(made))


def _done(request: HttpRequest, bulletin_id: int, act: Callable[..., Bulletin], **more: Any) -> Any:
    _seen(request, bulletin_id)
    act(acting_user=request.user, bulletin_id=bulletin_id, **more)
    # Whoever withdrew it still works on it; the row is read again as it stands.
    return _out(_seen(request, bulletin_id))


@bulletins.post("/{int:bulletin_id}/redraw", response=BulletinOut, summary="重新取数")
def redraw(request: HttpRequest, bulletin_id: int, body: ActIn) -> Any:
    """草稿按现在的数据重新生成。"""
    return _done(request, bulletin_id, actions.redraw_bulletin, revision=body.revision)


@bulletins.post("/{int:bulletin_id}/check", response=BulletinOut, summary="核稿")
def check(request: HttpRequest, bulletin_id: int, body: ActIn) -> Any:
    """拟稿人不能核自己的稿。"""
    return _done(request, bulletin_id, actions.check_bulletin, revision=body.revision, text=body.text)


@bulletins.post("/{int:bulletin_id}/send-back", response=BulletinOut, summary="退回")
def send_back(request: HttpRequest, bulletin_id: int, body: BulletinReasonIn) -> Any:
    """退回拟稿人修改。"""
    return _done(request, bulletin_id, actions.send_bulletin_back, revision=body.revision, reason=body.reason)


@bulletins.post("/{int:bulletin_id}/sign", response=BulletinOut, summary="登记签发")
def sign(request: HttpRequest, bulletin_id: int, body: SignIn) -> Any:
    """文号、成文日期印在文件上。"""
    return _done(
        request,
        bulletin_id,
        actions.sign_bulletin,
        revision=body.revision,
        signatory=body.signatory,
        number=body.number,
        dated=body.dated,
    )


@bulletins.post("/{int:bulletin_id}/issue", response=BulletinOut, summary="印发")
def issue(request: HttpRequest, bulletin_id: int, body: ActIn) -> Any:
    """发到发送单位的工作台。"""
    return _done(request, bulletin_id, actions.issue_bulletin, revision=body.revision)


@bulletins.post("/{int:bulletin_id}/publish", response=BulletinOut, summary="公开或取消公开")
def publish(request: HttpRequest, bulletin_id: int, body: BulletinPublishIn) -> Any:
    """只有已印发的可以公开。"""
    act = actions.publish_bulletin if body.public else actions.unpublish_bulletin
    return _done(request, bulletin_id, act, revision=body.revision)


@bulletins.post("/{int:bulletin_id}/withdraw", response=BulletinOut, summary="撤回")
def withdraw(request: HttpRequest, bulletin_id: int, body: BulletinReasonIn) -> Any:
    """撤回后不再有效，收到的单位会得到通知。"""
    return _done(request, bulletin_id, actions.withdraw_bulletin, revision=body.revision, reason=body.reason)
