"""约谈 and 问责: planned, recorded, followed until it is put right. Nothing of it is public."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.http import Http404

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Plan
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.apps.supervision import telling
from luoshi.apps.supervision.actions.common import moment, plain
from luoshi.apps.supervision.actions.escalating import locked_proposal, settle_proposal
from luoshi.apps.supervision.errors import Stale
from luoshi.apps.supervision.models import Accountability, Interview, Rung
from luoshi.apps.supervision.policies import may_assign, visible_interviews
from luoshi.apps.supervision.states import INTERVIEWS, InterviewAct

NOT_ALLOWED = "只有约谈单位的统筹办和牵头人员可以办理。"


def plan_interview(
    *,
    acting_user: Any,
    owner: Unit,
    unit: Unit,
    subject: str,
    persons: str,
    interviewers: str,
    held_at: dt.datetime,
    place: str = "",
    plan: Plan | None = None,
    proposal_id: int | None = None,
    reason: str = "",
    now: dt.datetime | None = None,
) -> Interview:
    """Call a unit in; with ``proposal_id`` this takes the proposal. Its own people are told."""
    at = moment(now)
    require(may_assign(acting_user, owner), NOT_ALLOWED)
    with transaction.atomic():
        acts = []
        proposal = locked_proposal(acting_user, proposal_id) if proposal_id else None
        interview = Interview.objects.create(
            owner=owner,
            unit=unit,
            proposal=proposal,
            plan=proposal.plan if proposal else plan,
            subject=plain(subject, "事由", most=300),
            persons=plain(persons, "被约谈人", most=200),
            interviewers=plain(interviewers, "约谈人", most=200),
            held_at=held_at,
            place=plain(place, "地点", most=120, required=False),
            created_by=acting_user,
        )
        if proposal is not None:
            acts.append(settle_proposal(acting_user, proposal, Rung.INTERVIEW, reason.strip()[:300], at))
        text = f"时间：{moment_in_words(held_at)}；地点：{place or '另行通知'}；约谈人：{interview.interviewers}。"
        telling.tell_interview(interview, "约谈通知", key="planned", text=text, now=at)
        acts.append(_act(interview, "安排约谈", 被约谈人=interview.persons, 时间=held_at.isoformat()))
        record(acting_user=acting_user, acts=acts)
    return interview


def record_interview(
    *,
    acting_user: Any,
    interview_id: int,
    text: str,
    demands: str,
    rectify_by: dt.date | None,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Interview:
    """Write down what was said, what shall be put right and by when; may be written again until it is closed."""
    at = moment(now)
    text, demands = plain(text, "约谈记录"), plain(demands, "整改要求", required=False)
    with transaction.atomic():
        interview = _locked(acting_user, interview_id, revision)
        interview.state = INTERVIEWS.next(interview.state, InterviewAct.RECORD)
        interview.record, interview.demands, interview.rectify_by = text, demands, rectify_by
        _save(interview)
        until = f"请于{rectify_by:%Y-%m-%d}前整改到位。" if rectify_by else ""
        key = f"held:{interview.revision}"
        telling.tell_interview(interview, "约谈记录", key=key, text=f"{until}{demands[:200]}", now=at)
        after = {"整改要求": demands, "期限": rectify_by.isoformat() if rectify_by else ""}
        record(acting_user=acting_user, acts=[_act(interview, "登记约谈记录", **after)])
    return interview


def close_interview(
    *,
    acting_user: Any,
    interview_id: int,
    result: str,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Interview:
    """What was asked for has been put right."""
    at, result = moment(now), plain(result, "整改结果")
    with transaction.atomic():
        interview = _locked(acting_user, interview_id, revision)
        interview.state = INTERVIEWS.next(interview.state, InterviewAct.CLOSE)
        interview.result = result
        _save(interview)
        telling.tell_interview(interview, "约谈整改到位", key="closed", text=result[:200], now=at)
        record(acting_user=acting_user, acts=[_act(interview, "约谈整改到位", 结果=result)])
    return interview


def cancel_interview(
    *,
    acting_user: Any,
    interview_id: int,
    reason: str,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Interview:
    """The interview does not take place; the reason stays."""
    at, reason = moment(now), plain(reason, "取消的理由", most=500)
    with transaction.atomic():
        interview = _locked(acting_user, interview_id, revision)
        interview.state = INTERVIEWS.next(interview.state, InterviewAct.CANCEL)
        interview.result = reason
        _save(interview)
        telling.tell_interview(interview, "约谈取消", key="cancelled", text=reason[:200], now=at)
        record(acting_user=acting_user, acts=[_act(interview, "取消约谈", 理由=reason)])
    return interview


def record_accountability(
    *,
    acting_user: Any,
    owner: Unit,
    unit: Unit,
    form: str,
    basis: str,
    decided_by: str,
    decided_on: dt.date,
    persons: str = "",
    text: str = "",
    interview: Interview | None = None,
    proposal_id: int | None = None,
    reason: str = "",
    now: dt.datetime | None = None,
) -> Accountability:
    """Write down what the competent body decided; Luoshi records it and decides nothing."""
    at = moment(now)
    require(may_assign(acting_user, owner), "只有本单位的统筹办和牵头人员可以登记问责。")
    with transaction.atomic():
        acts = []
        proposal = locked_proposal(acting_user, proposal_id) if proposal_id else None
        found = Accountability.objects.create(
            owner=owner,
            unit=unit,
            proposal=proposal,
            interview=interview,
            persons=plain(persons, "问责对象", most=200, required=False),
            form=plain(form, "方式", most=80),
            basis=plain(basis, "依据", most=300),
            decided_by=plain(decided_by, "决定机关", most=120),
            decided_on=decided_on,
            text=plain(text, "内容", required=False),
            created_by=acting_user,
        )
        if proposal is not None:
            acts.append(settle_proposal(acting_user, proposal, Rung.ACCOUNTABILITY, reason.strip()[:300], at))
        after = {"单位": str(unit), "方式": found.form, "决定机关": found.decided_by}
        acts.append(Act(action="登记问责", target=found, after=after))
        record(acting_user=acting_user, acts=acts)
    return found


def _locked(acting_user: Any, interview_id: int, revision: int | None) -> Interview:
    if acting_user is not None and not visible_interviews(acting_user).filter(pk=interview_id).exists():
        raise Http404
    interview = Interview.objects.select_for_update().filter(pk=interview_id).order_by("pk").first()
    if interview is None:
        raise Http404
    require(may_assign(acting_user, interview.owner), NOT_ALLOWED)
    if revision is not None and revision != interview.revision:
        raise Stale("这次约谈")
    return interview


def _save(interview: Interview) -> None:
    interview.revision += 1
    interview.save(update_fields=("state", "record", "demands", "rectify_by", "result", "revision"))


def _act(interview: Interview, action: str, **after: Any) -> Act:
    return Act(action=action, target=interview, after={"单位": str(interview.unit)} | after)
