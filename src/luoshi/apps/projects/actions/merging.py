"""Two that are one: merging them, or saying that they are two."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404

from luoshi.apps.dispatch.texts import needed, optional
from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.policies import require
from luoshi.apps.projects.actions.common import (
    CACHED,
    act_of,
    locked_project,
    moment,
    refresh_progress,
    today_of,
    touch,
)
from luoshi.apps.projects.actions.keeping import told
from luoshi.apps.projects.errors import NotNow
from luoshi.apps.projects.models import (
    Funding,
    Milestone,
    Move,
    Progress,
    Project,
    ProjectFile,
    ProjectName,
    ProjectOrigin,
    ProjectProblem,
    State,
    Twin,
    TwinState,
    YearPlan,
)
from luoshi.apps.projects.policies import may_decide
from luoshi.apps.projects.twinning import note_twins


def merge_projects(
    *, acting_user: Any, keep_id: int, merge_id: int, reason: str, now: dt.datetime | None = None
) -> Project:
    """Make one of two: what ``merge`` has and ``keep`` lacks goes over; its names, moves and origins stay to be seen.

    The merged project leaves its library on this day; on earlier days both stood where they stood.
    """
    reason = needed(reason, "合并的理由", 200)
    at, since = moment(now), today_of(now)
    if keep_id == merge_id:
        raise ValidationError("请选两个不同的项目。")
    with transaction.atomic():
        # Always in the order of their numbers: two who merge the same pair take turns.
        found = {number: locked_project(acting_user, number) for number in sorted((keep_id, merge_id))}
        keep, merge = found[keep_id], found[merge_id]
        require(
            may_decide(acting_user, keep) and may_decide(acting_user, merge),
            "合并要由两个项目共同的牵头、统筹人员办理。",
        )
        if keep.code and merge.code and keep.code != merge.code:
            raise NotNow("两个项目的代码不同，请先核对代码，再合并。")
        gone = told(merge)
        _hand_over(keep, merge, since, reason)
        if merge.state != State.LEFT:
            Move.objects.create(
                project=merge,
                from_state=merge.state,
                to_state=State.LEFT,
                on=max(since, merge.state_since),
                reason=f"并入“{keep.name}”：{reason}"[:300],
                by=acting_user,
                recorded_at=at,
            )
        merge.merged_into, merge.state, merge.state_since = keep, State.LEFT, max(since, merge.state_since)
        touch(merge, ("merged_into", "state", "state_since"))
        touch(keep, ("code", "lead", "industry", "chain", "leader", "owner", "longitude", "latitude", "major", *CACHED))
        _settle_twins(keep, merge, acting_user, at, reason)
        acts = [
            act_of(keep, "合并项目", 并入=merge.name, 理由=reason),
            act_of(merge, "并入别的项目", gone, 并入=keep.name),
        ]
        record(acting_user=acting_user, acts=acts)
    return keep


def _hand_over(keep: Project, merge: Project, since: dt.date, reason: str) -> None:
    for name in ("code", "lead", "industry", "chain", "leader", "owner"):
        if not getattr(keep, name):
            setattr(keep, name, getattr(merge, name))
    if keep.longitude is None:
        keep.longitude, keep.latitude = merge.longitude, merge.latitude
    keep.major = keep.major or merge.major
    keep.serving.add(*merge.serving.all())
    if merge.lead is not None and merge.lead_id != keep.lead_id:
        keep.serving.add(merge.lead)
    if merge.name != keep.name:
        ProjectName.objects.create(
            project=keep, name=merge.name, since=since, until=since, reason=f"合并：{reason}"[:200]
        )
    ProjectOrigin.objects.filter(project=merge).update(project=keep)
    ProjectProblem.objects.filter(project=merge).update(project=keep)
    for model, key in ((Milestone, "kind"), (YearPlan, "year"), (Funding, "source")):
        known = set(model._default_manager.filter(project=keep).values_list(key, flat=True))
        model._default_manager.filter(project=merge).exclude(**{f"{key}__in": known}).update(project=keep)
    ProjectFile.objects.filter(project=merge, milestone__project=merge).update(milestone=None)
    ProjectFile.objects.filter(project=merge).update(project=keep)
    known = set(Progress.objects.filter(project=keep, is_current=True).values_list("period", flat=True))
    Progress.objects.filter(project=merge).exclude(period__in=known).update(project=keep)
    refresh_progress(keep)


def _settle_twins(keep: Project, merge: Project, user: Any, at: dt.datetime, reason: str) -> None:
    first, second = sorted((keep.pk, merge.pk))
    Twin.objects.update_or_create(
        first_id=first,
        second_id=second,
        defaults={"state": TwinState.SAME, "decided_by": user, "decided_at": at, "note": reason},
        create_defaults={
            "score": 100,
            "reason": "人工认定",
            "state": TwinState.SAME,
            "decided_by": user,
            "decided_at": at,
            "note": reason,
        },
    )
    # What may still be a twin of the merged one is found anew for the kept one.
    Twin.objects.filter(Q(first=merge) | Q(second=merge), state=TwinState.OPEN).delete()
    note_twins([keep])


def keep_apart(*, acting_user: Any, twin_id: int, note: str = "", now: dt.datetime | None = None) -> Twin:
    """Say that two projects that look alike are two."""
    note = optional(note, "说明", 200)
    with transaction.atomic():
        twin = Twin.objects.select_for_update().filter(pk=twin_id).order_by("pk").first()
        if twin is None:
            raise Http404
        first, second = (locked_project(acting_user, number) for number in (twin.first_id, twin.second_id))
        require(may_decide(acting_user, first) or may_decide(acting_user, second), "只有牵头、统筹人员可以认定。")
        if twin.state != TwinState.OPEN:
            raise NotNow("这一对已经核对过了。")
        twin.state, twin.note, twin.decided_by, twin.decided_at = TwinState.DIFFERENT, note, acting_user, moment(now)
        twin.save(update_fields=("state", "note", "decided_by", "decided_at"))
        record(acting_user=acting_user, acts=[act_of(first, "认定为不同项目", 另一项目=second.name, 说明=note)])
    return twin
