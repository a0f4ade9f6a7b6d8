"""Activities: entering, changing, papers, taking back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction

from luoshi.apps.investment.actions.claims import scope_of
from luoshi.apps.investment.actions.common import happened, locked, moment, plain
from luoshi.apps.investment.errors import NotNow
from luoshi.apps.investment.models import (
    Activity,
    ActivityEvidence,
    ActivityEvidenceKind,
    ActivityHost,
    ActivityLeader,
    LeaderRank,
)
from luoshi.apps.investment.policies import claimants, may_enter, may_work, visible_activities
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.supervision.actions.evidence import prepare
from luoshi.promotion import Where

MOST_PLACES, MOST_LEADERS, MOST_HOSTS, LONGEST_LIST = 12, 12, 12, 8000
_NOT_YOURS = "只有填报这次活动的单位可以修改。"


@dataclass(frozen=True, slots=True)
class LeaderFacts:
    """A leader as entered."""

    name: str
    post: str
    rank: str
    unit: Unit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFacts:
    """What an activity says. ``places``: (name, how far), ``hosts``: the first one leads."""

    title: str
    begin: dt.date | None
    end: dt.date | None
    places: Sequence[tuple[str, str]]
    hosts: Sequence[Unit]
    leaders: Sequence[LeaderFacts] = ()
    outside_firms: int | None = None
    firms: str = ""
    units_text: str = ""
    talks: str = ""
    signed_text: str = ""
    is_own: bool = True


def _checked(facts: ActivityFacts, at: dt.datetime) -> dict[str, Any]:
    begin, end = happened(facts.begin, "开始日期", at), happened(facts.end, "结束日期", at)
    if end < begin:
        raise ValidationError("结束日期早于开始日期。")
    places = [(plain(name, "活动地点", 40, required=True), where) for name, where in facts.places]
    if not places:
        raise ValidationError("请填写活动地点，涉及的城市都要写上。")
    if len(places) > MOST_PLACES or any(where not in list(Where) for _, where in places):
        raise ValidationError("活动地点不对，请逐个填写城市并选择远近。")
    if not facts.hosts or len(facts.hosts) > MOST_HOSTS:
        raise ValidationError(f"请选择主办单位（至多{MOST_HOSTS}个，牵头的放在第一个）。")
    if len(facts.leaders) > MOST_LEADERS:
        raise ValidationError(f"参加领导至多填{MOST_LEADERS}人。")
    for leader in facts.leaders:
        plain(leader.name, "领导姓名", 40, required=True)
        plain(leader.post, "领导职务", 80)
        if leader.rank not in LeaderRank.values:
            raise ValidationError("请选择领导的级别。")
        if leader.rank == LeaderRank.HEAD and leader.unit is None:
            raise ValidationError(f"{leader.name}是哪个县市（园区）的党政“一把手”，请选择单位。")
    if facts.outside_firms is not None and not 0 <= facts.outside_firms <= 100_000:
        raise ValidationError("州外企业户数不对。")
    return {
        "title": plain(facts.title, "活动名称", 200, required=True),
        "begin": begin,
        "end": end,
        "places": [{"name": name, "where": str(where)} for name, where in dict(places).items()],
        "outside_firms": facts.outside_firms,
        "firms": plain(facts.firms, "企业名单", LONGEST_LIST),
        "units_text": plain(facts.units_text, "参加单位", 500),
        "talks": plain(facts.talks, "洽谈情况", 2000),
        "signed_text": plain(facts.signed_text, "签约项目", 1000),
        "is_own": facts.is_own,
    }


def create_activity(*, acting_user: Any, unit: Unit, facts: ActivityFacts, now: dt.datetime | None = None) -> Activity:
    """Enter an activity for a unit that held it (alone or with others)."""
    at = moment(now)
    require(may_work(acting_user, unit), "您不是这个单位的人员，不能替它登记活动。")
    values = _checked(facts, at)
    if unit.pk not in {host.pk for host in facts.hosts}:
        raise ValidationError(f"填报单位“{unit}”应是主办单位之一。")
    with transaction.atomic():
        activity = Activity.objects.create(unit=unit, created_by=acting_user, created_at=at, **values)
        _set_parts(activity, facts)
        record(acting_user=acting_user, acts=[_act(activity, "登记招商活动", facts)])
    return activity


def edit_activity(
    *,
    acting_user: Any,
    activity_id: int,
    facts: ActivityFacts,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Activity:
    """Change what an activity says."""
    values = _checked(facts, moment(now))
    with transaction.atomic():
        activity = _locked(acting_user, activity_id, revision)
        if activity.unit_id not in {host.pk for host in facts.hosts}:
            raise ValidationError("填报单位应是主办单位之一。")
        for name, value in values.items():
            setattr(activity, name, value)
        activity.revision += 1
        activity.save()
        _set_parts(activity, facts)
        record(acting_user=acting_user, acts=[_act(activity, "修改招商活动", facts)])
    return activity


def _locked(user: Any, activity_id: int, revision: int | None) -> Activity:
    activity = locked(visible_activities(user), activity_id, revision)
    require(may_enter(user, activity), _NOT_YOURS)
    if activity.withdrawn_for:
        raise NotNow("这次活动已经撤销。")
    return activity


def _set_parts(activity: Activity, facts: ActivityFacts) -> None:
    activity.host_rows.all().delete()
    comparable = set(claimants().filter(pk__in=[host.pk for host in facts.hosts]).values_list("pk", flat=True))
    ActivityHost.objects.bulk_create(
        ActivityHost(
            activity=activity,
            unit=host,
            scope=scope_of(host).value if host.pk in comparable else "",
            ordinal=number,
        )
        for number, host in enumerate(dict.fromkeys(facts.hosts), 1)
    )
    activity.leaders.all().delete()
    ActivityLeader.objects.bulk_create(
        ActivityLeader(activity=activity, name=one.name.strip(), post=one.post.strip(), rank=one.rank, unit=one.unit)
        for one in facts.leaders
    )


def attach_activity_evidence(
    *, acting_user: Any, activity_id: int, kind: str, files: Iterable[File[bytes]], now: dt.datetime | None = None
) -> list[ActivityEvidence]:
    """Add papers of a kind."""
    at, prepared = moment(now), prepare(files)
    with transaction.atomic():
        activity = _locked(acting_user, activity_id, None)
        if kind not in ActivityEvidenceKind.values:
            raise ValidationError("请选择是什么材料。")
        if not prepared:
            raise ValidationError("请选择文件。")
        rows = [
            ActivityEvidence.objects.create(
                activity=activity,
                kind=kind,
                file=File(one.file, name=one.name),
                name=one.name,
                size=one.size,
                sha256=one.sha256,
                uploaded_by=acting_user,
                uploaded_at=at,
            )
            for one in prepared
        ]
        after = {"材料": ActivityEvidenceKind(kind).label, "文件": [f"{one.name}（{one.sha256}）" for one in prepared]}
        record(acting_user=acting_user, acts=[Act(action="上传活动佐证", target=activity, after=after)])
    return rows


def withdraw_activity(*, acting_user: Any, activity_id: int, reason: str, revision: int | None = None) -> Activity:
    """Take an activity back that was entered wrongly: it stays to be read and counts nowhere."""
    reason = plain(reason, "撤销的理由", 300, required=True)
    with transaction.atomic():
        activity = _locked(acting_user, activity_id, revision)
        activity.withdrawn_for = reason
        activity.revision += 1
        activity.save(update_fields=("withdrawn_for", "revision"))
        record(acting_user=acting_user, acts=[Act(action="撤销招商活动", target=activity, after={"理由": reason})])
    return activity


def _act(activity: Activity, action: str, facts: ActivityFacts) -> Act:
    after = {
        "日期": f"{activity.begin}至{activity.end}",
        "地点": [place["name"] for place in activity.places],
        "主办单位": [str(host) for host in facts.hosts],
        "参加领导": [f"{one.name}（{LeaderRank(one.rank).label}）" for one in facts.leaders],
        "州外企业": activity.outside_firms,
    }
    return Act(action=action, target=activity, after=after)
