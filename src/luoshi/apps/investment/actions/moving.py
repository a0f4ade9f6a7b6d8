"""A lead moves: evidence is asked for, the project is linked on signing, for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction

from luoshi.apps.investment.actions.common import act_of, happened, locked_lead, moment, plain
from luoshi.apps.investment.actions.leads import NOT_YOURS, store_evidence
from luoshi.apps.investment.errors import NotNow
from luoshi.apps.investment.models import EvidenceKind, Lead, LeadMove, LeadState
from luoshi.apps.investment.policies import may_follow
from luoshi.apps.investment.projecting import linkable_projects, new_project, start_day
from luoshi.apps.investment.telling import tell_moved
from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.policies import require
from luoshi.apps.projects.models import Project
from luoshi.apps.supervision.actions.evidence import prepare
from luoshi.promotion import EVIDENCE_FOR, LADDER, MoveError, Stage, checked_move

#: From here on a lead has a project.
_WITH_PROJECT = LADDER[LADDER.index(Stage.SIGNED) :]


def move_lead(
    *,
    acting_user: Any,
    lead_id: int,
    to: str,
    on: dt.date | None,
    reason: str = "",
    files: Iterable[File[bytes]] = (),
    kind: str = "",
    override: str = "",
    project: Project | None = None,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> LeadMove:
    """Move a lead to another state on a day.

    在谈 needs 意向书 or 建议书 on file (or among ``files``, of ``kind``), 已签约 the agreement; ``override`` is the
    reason to let it pass without: the move then counts nowhere until the paper comes. On signing the lead is linked to
    ``project``, or to a new one; from then on the link stays, whatever comes.
    """
    at, prepared = moment(now), prepare(files)
    if to not in LeadState.values:
        raise ValidationError("请选择要转入的状态。")
    day = happened(on, "日期", at)
    reason, override = plain(reason, "说明", 500), plain(override, "缺少佐证的理由", 300)
    with transaction.atomic():
        lead = locked_lead(acting_user, lead_id, revision)
        require(may_follow(acting_user, lead), NOT_YOURS)
        if lead.same_as_id:
            raise NotNow("这条线索已并入另一条，不能再变动。")
        before, after = Stage(lead.state), Stage(to)
        last = lead.moves.order_by("-pk").values_list("on", flat=True).first() or lead.found_on
        try:
            checked_move(before, after, on=day, reason=reason, last_on=last)
        except MoveError as error:
            raise NotNow(str(error)) from error
        if prepared:
            store_evidence(lead, kind, prepared, acting_user, at)
        missing = missing_evidence(lead, after)
        if missing and not override:
            raise NotNow(f"转为“{after.label}”须有{missing}；暂时没有的，请写明理由（补上材料前不计数）。")
        acts = []
        if after in _WITH_PROJECT and lead.project_id is None:
            lead.project, made = _linked(acting_user, lead, project, day, at)
            acts.append(act_of(lead, "生成项目" if made else "关联项目", 项目=str(lead.project)))
        elif project is not None and project.pk != lead.project_id:
            raise NotNow(f"这条线索已关联项目“{lead.project}”，不能改。" if lead.project_id else "签约后才关联项目。")
        lead.state, lead.state_on = after.value, day
        lead.lost_reason = reason if after is Stage.LOST else ""
        lead.revision += 1
        lead.save(update_fields=("state", "state_on", "lost_reason", "project", "revision"))
        move = LeadMove.objects.create(
            lead=lead,
            from_state=before.value,
            to_state=after.value,
            on=day,
            reason=reason,
            override=override if missing else "",
            by=acting_user,
            recorded_at=at,
        )
        if after is Stage.STARTED:
            start_day(acting_user, lead, day, at)
        tell_moved(lead, move, now=at)
        said = {"原状态": before.label, "日期": day, "说明": reason, "缺少佐证的理由": move.override}
        record(acting_user=acting_user, acts=[*acts, act_of(lead, f"线索转为{after.label}", **said)])
    return move


def missing_evidence(lead: Lead, stage: Stage) -> str:
    """What papers are missing for a stage, in words; empty where all are there."""
    wanted = EVIDENCE_FOR.get(stage)
    if wanted is None or lead.evidence.filter(kind__in=wanted).exists():
        return ""
    return "或".join(EvidenceKind(kind).label for kind in sorted(wanted))


def _linked(user: Any, lead: Lead, project: Project | None, day: dt.date, at: dt.datetime) -> tuple[Project, bool]:
    """The project that a lead becomes: the one named, else a new one."""
    if project is None:
        if lead.place_id is None:
            raise ValidationError("请先填写意向建设地点，再签约。")
        return new_project(user, lead, day, at), True
    # Two leads that sign at the same moment take turns at the project.
    Project.objects.select_for_update().filter(pk=project.pk).order_by("pk").first()
    other = Lead.objects.filter(project=project).exclude(pk=lead.pk).first()
    if other is not None:
        raise NotNow(f"项目“{project}”已由线索“{other}”（{other.unit}）关联；是同一个项目的，请到那条线索上认领。")
    if user is not None and not linkable_projects(user).filter(pk=project.pk).exists():
        raise NotNow("没有这个项目，或您看不到。")
    return project, False
