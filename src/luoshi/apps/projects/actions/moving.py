"""Moving a project between libraries, passing milestones, climbing the ladder of linkage-fund projects."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.dispatch.texts import needed, optional
from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.policies import require
from luoshi.apps.projects.actions.common import (
    NOT_YOURS,
    act_of,
    day,
    locked_project,
    moment,
    today_of,
    touch,
)
from luoshi.apps.projects.errors import NotNow
from luoshi.apps.projects.models import (
    LadderStage,
    LadderStep,
    Milestone,
    MilestoneKind,
    Move,
    Project,
    State,
)
from luoshi.apps.projects.policies import may_approve_ladder, may_decide, may_keep, may_review_ladder
from luoshi.machines import Machine
from luoshi.pipeline import Condition, Facts, Mark, needs_reason, unmet
from luoshi.pipeline import State as Library

REASON = 300


def facts_of(project: Project, milestones: list[Milestone] | None = None) -> Facts:
    """What the conditions ask of a project: one query unless its milestones are given."""
    rows = list(project.milestones.all()) if milestones is None else milestones
    return Facts(
        passed={Mark(row.kind) for row in rows if row.actual_on or row.waived_for},
        listed={Mark(row.kind) for row in rows},
        code=project.code,
        total=project.total,
        ladder=None if not project.ladder else project.ladder == LadderStage.APPROVED,
    )


def lacking(project: Project, to: str, milestones: list[Milestone] | None = None) -> tuple[Condition, ...]:
    """What a project lacks for a library."""
    return unmet(facts_of(project, milestones), Library(to))


def why_reason(project: Project, to: str, lacks: tuple[Condition, ...]) -> str:
    """Why a move needs a reason, in words; empty where it needs none."""
    return needs_reason(Library(project.state), Library(to), lacks)


def move_project(
    *,
    acting_user: Any,
    project_id: int,
    to: str,
    on: dt.date | None = None,
    reason: str = "",
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Project:
    """Move a project into another library from a day on, which lies neither before its last move nor ahead.

    Where conditions are not met, libraries are passed over, or it goes back or out, a reason is needed
    (``ValidationError`` says which conditions); unmet conditions are overridden by leads and coordinators only.
    """
    if to not in State.values:
        raise ValidationError("没有这个库，请重新选择。")
    reason = optional(reason, "理由", REASON)
    at, today = moment(now), today_of(now)
    since = day(on, "生效日期") or today
    with transaction.atomic():
        project = locked_project(acting_user, project_id, revision)
        require(may_keep(acting_user, project), NOT_YOURS)
        if project.state == to:
            raise NotNow(f"此项目已在{State(to).label}，不用再移。")
        if since > today:
            raise ValidationError("生效日期不能晚于今天。")
        if since < project.state_since:
            raise ValidationError(f"生效日期不能早于上次入库的日期（{project.state_since:%Y-%m-%d}）。")
        lacks = lacking(project, to)
        why = why_reason(project, to, lacks)
        if why and not reason:
            raise ValidationError(f"{why}。")
        if lacks:
            require(
                may_decide(acting_user, project),
                f"还有条件没有满足：{'；'.join(row.text for row in lacks)}。确需入库的，请牵头或统筹人员办理。",
            )
        before = project.get_state_display()
        Move.objects.create(
            project=project,
            from_state=project.state,
            to_state=to,
            on=since,
            reason=reason,
            skipped=[{"key": row.key, "text": row.text} for row in lacks],
            by=acting_user,
            recorded_at=at,
        )
        project.state, project.state_since = State(to), since
        touch(project, ("state", "state_since"))
        after = {"所在库": project.get_state_display(), "生效": since.isoformat()}
        if reason:
            after["理由"] = reason
        if lacks:
            after["未满足的条件"] = "；".join(row.text for row in lacks)
        record(acting_user=acting_user, acts=[act_of(project, "项目移库", {"所在库": before}, **after)])
    return project


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What is said of one milestone."""

    kind: str
    planned_on: dt.date | None = None
    actual_on: dt.date | None = None
    evidence: str = ""
    waived_for: str = ""


def set_milestones(
    *, acting_user: Any, project_id: int, rows: tuple[Passed, ...], now: dt.datetime | None = None
) -> list[Milestone]:
    """Write down milestones; others stay as they are, one with nothing in it is taken away.

    ``ValidationError`` lists all that is wrong: days ahead, done and waived at once, an actual day without evidence for
    the approvals.
    """
    today = today_of(now)
    wrong: list[str] = []
    for row in rows:
        if row.kind not in MilestoneKind.values:
            raise ValidationError("没有这个节点，请重新选择。")
        label = MilestoneKind(row.kind).label
        try:
            day(row.planned_on, f"“{label}”的计划日期")
            day(row.actual_on, f"“{label}”的实际日期")
            optional(row.evidence, f"“{label}”的依据", 200)
            optional(row.waived_for, f"“{label}”不需办理的理由", 200)
        except ValidationError as error:
            wrong.extend(error.messages)
            continue
        if row.actual_on and row.actual_on > today:
            wrong.append(f"“{label}”的实际日期晚于今天；还没有办的请填计划日期。")
        if row.actual_on and row.waived_for.strip():
            wrong.append(f"“{label}”既填了实际日期，又写了不需办理，请只留一样。")
        if row.actual_on and row.kind in _APPROVALS and not row.evidence.strip():
            wrong.append(f"“{label}”请写明批复文号或证照编号。")
    if wrong:
        raise ValidationError(wrong)
    with transaction.atomic():
        project = locked_project(acting_user, project_id)
        require(may_keep(acting_user, project), NOT_YOURS)
        known = {row.kind: row for row in project.milestones.all()}
        acts = []
        for row in rows:
            if (act := _pass(project, known.get(row.kind), row)) is not None:
                acts.append(act)
        touch(project, ())
        record(acting_user=acting_user, acts=acts)
    return list(project.milestones.all())


#: Approvals are believed with a number only.
_APPROVALS = frozenset(
    (
        MilestoneKind.FEASIBILITY,
        MilestoneKind.ENVIRONMENT,
        MilestoneKind.LAND,
        MilestoneKind.FOREST,
        MilestoneKind.ENERGY,
        MilestoneKind.PERMIT,
    )
)


def _pass(project: Project, milestone: Milestone | None, row: Passed) -> Any:
    label = MilestoneKind(row.kind).label
    wanted = (row.planned_on, row.actual_on, row.evidence.strip(), row.waived_for.strip())
    if not any(wanted):
        if milestone is None:
            return None
        before = _told(milestone)
        milestone.delete()
        return act_of(project, f"删去节点“{label}”", before)
    if milestone is None:
        milestone, before = Milestone(project=project, kind=row.kind), None
    else:
        before = _told(milestone)
        if wanted == (milestone.planned_on, milestone.actual_on, milestone.evidence, milestone.waived_for):
            return None
    milestone.planned_on, milestone.actual_on, milestone.evidence, milestone.waived_for = wanted
    milestone.revision += 1
    milestone.save()
    return act_of(project, f"填写节点“{label}”", before, **_told(milestone))


def _told(row: Milestone) -> dict[str, Any]:
    return {
        "计划": row.planned_on and row.planned_on.isoformat(),
        "实际": row.actual_on and row.actual_on.isoformat(),
        "依据": row.evidence,
        "不需办理": row.waived_for,
    }


_L = LadderStage
#: (stage, act) → stage: 村申报 → 乡审核 → 县审定 (003a L620).
LADDER: Machine[str, str] = Machine(
    "此项目",
    NotNow,
    {
        (_L.VILLAGE, "apply"): _L.TOWNSHIP,
        (_L.TOWNSHIP, "pass"): _L.COUNTY,
        (_L.TOWNSHIP, "return"): _L.VILLAGE,
        (_L.COUNTY, "pass"): _L.APPROVED,
        (_L.COUNTY, "return"): _L.VILLAGE,
        (_L.COUNTY, "refuse"): _L.REFUSED,
        (_L.REFUSED, "apply"): _L.TOWNSHIP,
    },
    {
        _L.NONE: "不是衔接资金项目",
        _L.VILLAGE: "还没有申报",
        _L.TOWNSHIP: "正待乡镇审核",
        _L.COUNTY: "正待县级审定",
        _L.APPROVED: "已经审定",
        _L.REFUSED: "没有通过审定",
    },
    {"apply": "申报", "pass": "审核通过", "return": "退回", "refuse": "不予通过"},
)


def climb_ladder(
    *, acting_user: Any, project_id: int, act: str, text: str = "", now: dt.datetime | None = None
) -> Project:
    """One step of a linkage-fund project: ``apply``, ``pass``, ``return``, ``refuse``; the last two need a reason."""
    if act not in LADDER.wanted:
        raise ValidationError("没有这个步骤。")
    text = needed(text, "退回或不通过的理由", REASON) if act in ("return", "refuse") else optional(text, "意见", REASON)
    with transaction.atomic():
        project = locked_project(acting_user, project_id)
        stage = project.ladder
        match stage, act:
            case (_, "apply"):
                require(may_keep(acting_user, project), NOT_YOURS)
            case (LadderStage.TOWNSHIP, _):
                require(may_review_ladder(acting_user, project), "乡镇审核由项目所在地的审核、牵头、统筹人员办理。")
            case _:
                require(may_approve_ladder(acting_user, project), "县级审定由县级牵头、统筹人员办理。")
        project.ladder = LADDER.next(stage, act)
        LadderStep.objects.create(
            project=project, from_stage=stage, to_stage=project.ladder, text=text, by=acting_user, at=moment(now)
        )
        touch(project, ("ladder",))
        before = {"衔接资金项目": LadderStage(stage).label}
        after = {"衔接资金项目": LadderStage(project.ladder).label, "意见": text}
        record(acting_user=acting_user, acts=[act_of(project, f"衔接资金项目{LADDER.wanted[act]}", before, **after)])
    return project
