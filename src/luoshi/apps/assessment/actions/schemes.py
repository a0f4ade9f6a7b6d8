"""Schemes: made, drafted, issued, stopped. An issued version never changes; a change is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import Http404
from django.utils import timezone

from luoshi.apps.assessment.actions.common import plain
from luoshi.apps.assessment.errors import BadScheme, Invalid, NotNow, Stale
from luoshi.apps.assessment.models import Adoption, Scheme, SchemeOrigin, SchemeVersion, VersionState
from luoshi.apps.assessment.policies import may_keep, may_oversee, visible_schemes, visible_versions
from luoshi.apps.assessment.states import VERSIONS, VersionAct
from luoshi.apps.assessment.tables import drafts_of
from luoshi.apps.assessment.texts import (
    MOST_LETTERS,
    TEMPLATE,
    digest,
    free_key,
    key_in,
    read,
    title_in,
    with_key,
)
from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import PlanTable
from luoshi.apps.plans.policies import visible_tables
from luoshi.scoring import SHIPPED, Problem, shipped_text

NOT_KEEPER = "只有考核单位的统筹办、牵头处室可以编写和发布评分办法。"
TITLE_LENGTH, REASON_LENGTH = 200, 300


def create_scheme(
    *,
    acting_user: Any,
    owner: Unit,
    origin: str,
    title: str = "",
    shipped_key: str = "",
    text: str = "",
    copied: SchemeVersion | None = None,
    table: PlanTable | None = None,
    part: str = "",
) -> SchemeVersion:
    """A new scheme with its first draft, from what ``origin`` names. Raises ``Invalid``; 404 for what is not seen.

    ``part``: which of the schemes that a scoring table makes up (``SchemeDraft.scheme.period``); empty for the first.
    """
    require(may_keep(acting_user, owner), NOT_KEEPER)
    title = plain(title, "名称", most=TITLE_LENGTH, required=False)
    plan, provenance, wanted = None, {}, ""
    match SchemeOrigin(origin):
        case SchemeOrigin.SHIPPED:
            if shipped_key not in SHIPPED:
                raise Invalid("请选择随软件提供的评分办法。")
            text, wanted = shipped_text(shipped_key), shipped_key
        case SchemeOrigin.FILE:
            wanted = key_in(text)
        case SchemeOrigin.COPY:
            if copied is None or not visible_versions(acting_user).filter(pk=copied.pk).exists():
                raise Http404
            text, wanted = copied.text, copied.scheme.key
        case SchemeOrigin.TABLE:
            if table is None or not visible_tables(acting_user).filter(pk=table.pk).exists():
                raise Http404
            drafts = drafts_of(table)
            chosen = next((one for one in drafts if not part or one.part == part), None)
            if chosen is None:
                raise Invalid("这张表里没有读出评分项目，请新建后手工编写。")
            text, wanted, provenance, plan = chosen.text, chosen.key, chosen.provenance, table.plan
        case SchemeOrigin.HAND:
            title = title or "新的评分办法"
            text = TEMPLATE
    _check_text(text)
    with transaction.atomic():
        key = free_key(wanted)
        if origin == SchemeOrigin.HAND:
            text = text.format(key=key, title=_quoted(title))
        text = with_key(text, key)
        name = title or title_in(text) or "评分办法"
        try:
            with transaction.atomic():
                scheme = Scheme.objects.create(
                    key=key, title=name, owner=owner, plan=plan, origin=origin, created_by=acting_user
                )
        except IntegrityError as error:  # two that were made at once took the same key
            raise NotNow("同一代码的评分办法刚刚建好，请再试一次。") from error
        version = SchemeVersion.objects.create(
            scheme=scheme,
            ordinal=1,
            text=text,
            sha256=digest(text),
            table=table if origin == SchemeOrigin.TABLE else None,
            provenance=provenance,
            created_by=acting_user,
        )
        record(acting_user=acting_user, acts=[_act(version, "新建评分办法", 来源=SchemeOrigin(origin).label)])
    return version


def _quoted(title: str) -> str:
    return '"' + title.replace("\\", "").replace('"', "”") + '"'


def _check_text(text: str) -> None:
    if not text.strip():
        raise Invalid("内容是空的。")
    if len(text) > MOST_LETTERS:
        raise Invalid(f"内容不能超过{MOST_LETTERS}字，现有{len(text)}字。")
    if not is_storable(text):
        raise Invalid("内容含有不能保存的字符，请改正。")


def _act(version: SchemeVersion, action: str, **after: Any) -> Act:
    values = {"版次": version.ordinal, "状态": VersionState(version.state).label, "摘要": version.sha256} | after
    return Act(
        action=action,
        target=version.scheme,
        label=version.scheme.title,
        after={key: value for key, value in values.items() if value not in ("", None)},
    )


def locked_scheme(user: Any, scheme_id: int) -> Scheme:
    """The scheme's row, locked, for who keeps it; 404 for what the person does not see. Inside a transaction only."""
    if user is not None and not visible_schemes(user).filter(pk=scheme_id).exists():
        raise Http404
    scheme = Scheme.objects.select_for_update().filter(pk=scheme_id).order_by("pk").first()
    if scheme is None:
        raise Http404
    scheme.owner = Unit.objects.get(pk=scheme.owner_id)
    require(may_keep(user, scheme.owner), NOT_KEEPER)
    return scheme


def _locked_draft(user: Any, version_id: int, revision: int | None, act: VersionAct) -> SchemeVersion:
    """A version whose scheme is locked, in a state that allows the act; drafts are seen by overseers only."""
    scheme_id = SchemeVersion.objects.filter(pk=version_id).values_list("scheme_id", flat=True).first()
    if scheme_id is None:
        raise Http404
    scheme = locked_scheme(user, scheme_id)
    version = SchemeVersion.objects.get(pk=version_id)
    version.scheme = scheme
    if not may_oversee(user, scheme.owner):
        raise Http404
    VERSIONS.next(version.state, act)
    if revision is not None and revision != version.revision:
        raise Stale("这份草稿")
    return version


@transaction.atomic
def edit_draft(
    *,
    acting_user: Any,
    version_id: int,
    text: str,
    revision: int | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> SchemeVersion:
    """Keep another text of a draft, right or wrong: ``texts.read`` tells what is wrong with it."""
    version = _locked_draft(acting_user, version_id, revision, VersionAct.EDIT)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    _check_text(text)
    if text == version.text:
        return version
    before = version.sha256
    version.text, version.sha256, version.revision = text, digest(text), version.revision + 1
    if provenance is not None:
        version.provenance = dict(provenance)
    version.save(update_fields=("text", "sha256", "revision", "provenance"))
    if version.ordinal == 1 and (title := title_in(text)):
        version.scheme.title = title
        version.scheme.save(update_fields=("title",))
    record(acting_user=acting_user, acts=[_act(version, "修改评分办法草稿", 原摘要=before)])
    return version


@transaction.atomic
def issue_version(*, acting_user: Any, version_id: int, reason: str = "", revision: int | None = None) -> SchemeVersion:
    """Issue a draft: it must load without a problem, and from the second version on say why. Raises ``BadScheme``."""
    version = _locked_draft(acting_user, version_id, revision, VersionAct.ISSUE)
    if version.scheme.stopped_at is not None:
        raise NotNow("此评分办法已停用，请先恢复使用。")
    loaded, problems = read(version.text)
    if loaded is None:
        raise BadScheme(problems)
    if loaded.key != version.scheme.key:
        raise BadScheme([Problem(1, f"代码（key）应为 {version.scheme.key}，不能改")])
    if not loaded.items and not loaded.parts:
        raise BadScheme([Problem(1, "没有评分项目")])
    version.reason = plain(reason, "修改原因", most=REASON_LENGTH, required=version.ordinal > 1)
    version.state = VersionState.ISSUED
    version.issued_by, version.issued_at = acting_user, timezone.now()
    version.revision += 1
    version.save()
    version.scheme.title = loaded.title[:TITLE_LENGTH]
    version.scheme.revision += 1
    version.scheme.save(update_fields=("title", "revision"))
    record(acting_user=acting_user, acts=[_act(version, "发布评分办法", 原因=version.reason)])
    return version


@transaction.atomic
def start_draft(*, acting_user: Any, scheme_id: int, text: str = "") -> SchemeVersion:
    """Begin the next version from the last issued one, or from a text. Raises ``NotNow`` where a draft is open."""
    scheme = locked_scheme(acting_user, scheme_id)
    if scheme.stopped_at is not None:
        raise NotNow("此评分办法已停用，请先恢复使用。")
    if scheme.versions.filter(state=VersionState.DRAFT).exists():
        raise NotNow("已有一份草稿，请在草稿上修改。")
    last = scheme.versions.filter(state=VersionState.ISSUED).order_by("-ordinal").first()
    last = last or scheme.versions.order_by("-ordinal").first()
    if last is None:
        raise Http404
    text = with_key(text, scheme.key) if text else last.text
    _check_text(text)
    version = SchemeVersion.objects.create(
        scheme=scheme,
        ordinal=(scheme.versions.aggregate(most=Max("ordinal"))["most"] or 0) + 1,
        text=text,
        sha256=digest(text),
        table=last.table,
        provenance=last.provenance,
        created_by=acting_user,
    )
    record(acting_user=acting_user, acts=[_act(version, "起草评分办法新版")])
    return version


@transaction.atomic
def drop_draft(*, acting_user: Any, version_id: int, revision: int | None = None) -> SchemeVersion:
    """Give a draft up; it stays to be read."""
    version = _locked_draft(acting_user, version_id, revision, VersionAct.DROP)
    version.state = VersionState.DROPPED
    version.revision += 1
    version.save(update_fields=("state", "revision"))
    record(acting_user=acting_user, acts=[_act(version, "放弃评分办法草稿")])
    return version


@transaction.atomic
def stop_scheme(*, acting_user: Any, scheme_id: int, reason: str) -> Scheme:
    """Nobody may adopt it any more. Raises ``NotNow`` while adoptions are in force."""
    scheme = locked_scheme(acting_user, scheme_id)
    why = plain(reason, "停用的原因", most=REASON_LENGTH)
    if scheme.stopped_at is not None:
        raise NotNow("此评分办法已经停用。")
    if count := Adoption.objects.filter(version__scheme=scheme, is_active=True).count():
        raise NotNow(f"还有{count}项考核安排在用此办法，请先结束它们。")
    scheme.stopped_at = timezone.now()
    scheme.revision += 1
    scheme.save(update_fields=("stopped_at", "revision"))
    record(acting_user=acting_user, acts=[Act(action="停用评分办法", target=scheme, after={"原因": why})])
    return scheme


@transaction.atomic
def restore_scheme(*, acting_user: Any, scheme_id: int) -> Scheme:
    """In use again."""
    scheme = locked_scheme(acting_user, scheme_id)
    if scheme.stopped_at is None:
        raise NotNow("此评分办法没有停用。")
    scheme.stopped_at = None
    scheme.revision += 1
    scheme.save(update_fields=("stopped_at", "revision"))
    record(acting_user=acting_user, acts=[Act(action="恢复评分办法", target=scheme)])
    return scheme
