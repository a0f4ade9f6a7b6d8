"""Entering a project, changing what it says, merging two that are one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404

from luoshi.apps.dispatch.texts import needed, optional
from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.projects.actions.common import (
    NOT_YOURS,
    act_of,
    changes,
    day,
    locked_project,
    moment,
    money,
    today_of,
    touch,
)
from luoshi.apps.projects.errors import NotNow
from luoshi.apps.projects.models import (
    Chain,
    Funding,
    FundSource,
    Industry,
    LadderStage,
    Milestone,
    Move,
    Nature,
    Progress,
    Project,
    ProjectFile,
    ProjectName,
    ProjectOrigin,
    ProjectProblem,
    Sort,
    State,
    Twin,
    TwinState,
    YearPlan,
)
from luoshi.apps.projects.policies import may_decide, may_enter, may_keep
from luoshi.apps.projects.twinning import note_twins
from luoshi.pipeline import CodeProblem, halves, is_slip, read_code

NAME, SHORT, CONTENT = 200, 120, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFields:
    """What a project says of itself; amounts in yuan. ``linkage``: it is paid from linkage funds (衔接资金)."""

    name: str
    unit: Unit
    code: str = ""
    place: str = ""
    lead: Unit | None = None
    serving: tuple[Unit, ...] = ()
    owner: str = ""
    leader: str = ""
    industry: Industry | None = None
    chain: Chain | None = None
    nature: str = ""
    sort: str = Sort.INDUSTRY
    major: bool = False
    total: Decimal = Decimal(0)
    content: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    linkage: bool = False


_PLAIN = tuple(one.name for one in fields(ProjectFields) if one.name not in ("serving", "linkage"))


def create_project(
    *,
    acting_user: Any,
    fields: ProjectFields,
    state: str = State.RESERVE,
    on: dt.date | None = None,
    reason: str = "",
    now: dt.datetime | None = None,
) -> Project:
    """Enter a project into a library; entering another one than 谋划储备 or 前期 needs a reason.

    Those who may not see it afterwards cannot enter it. Projects like it are noted as possible twins.
    """
    at = moment(now)
    since = day(on, "入库日期") or today_of(now)
    if since > today_of(now):
        raise ValidationError("入库日期不能晚于今天。")
    checked = _checked(fields, None)
    reason = optional(reason, "理由", 300)
    if state not in (State.RESERVE, State.PREPARATION) and not reason:
        raise ValidationError("直接进入开工以后的库，要写明理由（如：原有在建项目补登）。")
    if state == State.LEFT:
        raise ValidationError("新登记的项目不能是已退出。")
    require(may_enter(acting_user, fields.unit, fields.lead), NOT_YOURS)
    with transaction.atomic():
        project = Project(**checked, state=State(state), state_since=since, created_by=acting_user)
        project.ladder = LadderStage.VILLAGE if fields.linkage else LadderStage.NONE
        project.save()
        project.serving.set(fields.serving)
        ProjectName.objects.create(project=project, name=project.name, since=since)
        Move.objects.create(
            project=project, from_state="", to_state=state, on=since, reason=reason, by=acting_user, recorded_at=at
        )
        note_twins([project])
        record(acting_user=acting_user, acts=[act_of(project, "登记项目", **told(project))])
    return project


def edit_project(
    *,
    acting_user: Any,
    project_id: int,
    fields: ProjectFields,
    reason: str = "",
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Project:
    """Change what a project says; another name keeps the old one with its time."""
    with transaction.atomic():
        project = locked_project(acting_user, project_id, revision)
        require(may_keep(acting_user, project), NOT_YOURS)
        require(may_enter(acting_user, fields.unit, fields.lead), NOT_YOURS)
        checked = _checked(fields, project)
        before, renamed = told(project), checked["name"] != project.name
        for name, value in checked.items():
            setattr(project, name, value)
        if fields.linkage != bool(project.ladder):
            project.ladder = LadderStage.VILLAGE if fields.linkage else LadderStage.NONE
        touch(project, [*checked, "ladder"])
        project.serving.set(fields.serving)
        if renamed:
            _rename(project, optional(reason, "更名原因", 200), today_of(now))
        note_twins([project])
        was, is_now = changes(before, told(project))
        if was or is_now:
            record(acting_user=acting_user, acts=[act_of(project, "修改项目", was, **is_now)])
    return project


def _rename(project: Project, reason: str, since: dt.date) -> None:
    for row in project.names.filter(until=None):
        row.until = max(row.since, since - dt.timedelta(days=1))
        row.save(update_fields=("until",))
    ProjectName.objects.create(project=project, name=project.name, since=since, reason=reason)


def _checked(given: ProjectFields, project: Project | None) -> dict[str, Any]:
    """The plain fields, checked; raises ``ValidationError`` with all that is wrong."""
    wrong: list[str] = []

    def attempt(call: Any, *args: Any) -> Any:
        try:
            return call(*args)
        except ValidationError as error:
            wrong.extend(error.messages)
            return None

    found = {name: getattr(given, name) for name in _PLAIN}
    found["name"] = attempt(needed, given.name, "项目名称", NAME)
    for name, what, most in (
        ("place", "地点", SHORT),
        ("owner", "项目业主", SHORT),
        ("leader", "包保领导", 60),
        ("content", "建设内容", CONTENT),
    ):
        found[name] = attempt(optional, getattr(given, name), what, most)
    found["total"] = attempt(money, given.total, "总投资") or Decimal(0)
    found["code"] = attempt(_code, given.code, project)
    if given.nature and given.nature not in Nature.values:
        wrong.append("投资性质不对，请重新选择。")
    if given.sort not in Sort.values:
        wrong.append("项目类别不对，请重新选择。")
    if (given.longitude is None) != (given.latitude is None):
        wrong.append("经度和纬度要一起填。")
    elif abs(given.longitude or 0) > 180 or abs(given.latitude or 0) > 90:
        wrong.append("经度应在±180之间，纬度应在±90之间。")
    if (
        given.chain is not None
        and given.industry is not None
        and given.chain.industry_id
        not in (
            None,
            given.industry.pk,
        )
    ):
        wrong.append(f"“{given.chain}”不属于“{given.industry}”。")
    if given.chain is not None and given.industry is None:
        found["industry"] = given.chain.industry
    if wrong:
        raise ValidationError(wrong)
    return found


def _code(text: str, project: Project | None) -> str:
    """The code in its usual form; refused where another project has it."""
    text = optional(text, "项目代码", 60)
    if not text:
        return ""
    try:
        code = read_code(text)
    except CodeProblem as problem:
        raise ValidationError(f"{problem}。") from problem
    same = Project.objects.filter(code=code, merged_into=None)
    if project is not None:
        same = same.exclude(pk=project.pk)
    if other := same.first():
        raise ValidationError(f"项目代码与“{other.name}”相同；如是同一项目，请合并。")
    return code


def code_slips(code: str, exclude: int | None = None) -> list[Project]:
    """Projects whose code differs from this one in a digit: probably one of the two was mistyped. One query."""
    if not code:
        return []
    first, second = halves(code)
    rows = Project.objects.filter(merged_into=None).filter(Q(code__startswith=first) | Q(code__endswith=second))
    return [row for row in rows.exclude(pk=exclude).order_by("pk")[:200] if is_slip(code, row.code)]


def told(project: Project) -> dict[str, Any]:
    """A project as the journal tells it."""
    return {
        "名称": project.name,
        "代码": project.code,
        "建设地点": str(project.unit),
        "牵头单位": str(project.lead or ""),
        "产业": str(project.industry or ""),
        "产业链": str(project.chain or ""),
        "总投资（元）": str(project.total),
        "包保领导": project.leader,
        "所在库": project.get_state_display(),
    }


def set_year_plan(
    *,
    acting_user: Any,
    project_id: int,
    year: int,
    investment: Decimal | None,
    start_on: dt.date | None = None,
    finish_on: dt.date | None = None,
    listed: bool = True,
) -> YearPlan:
    """What a year asks of a project."""
    if not 1990 <= year <= 2100:
        raise ValidationError("年度不对。")
    investment = money(investment, "年度计划投资")
    start_on, finish_on = day(start_on, "计划开工日期"), day(finish_on, "计划竣工日期")
    if start_on and finish_on and finish_on < start_on:
        raise ValidationError("计划竣工早于计划开工，请核对。")
    with transaction.atomic():
        project = locked_project(acting_user, project_id)
        require(may_keep(acting_user, project), NOT_YOURS)
        row, _ = YearPlan.objects.update_or_create(
            project=project,
            year=year,
            defaults={"investment": investment, "start_on": start_on, "finish_on": finish_on, "listed": listed},
        )
        after = {
            "年度": year,
            "计划投资（元）": None if investment is None else str(investment),
            "计划开工": start_on and start_on.isoformat(),
            "计划竣工": finish_on and finish_on.isoformat(),
            "列入年度计划": listed,
        }
        record(acting_user=acting_user, acts=[act_of(project, "填写年度计划", **after)])
    return row


def set_funding(*, acting_user: Any, project_id: int, rows: Mapping[str, tuple[Decimal, Decimal]]) -> list[Funding]:
    """The whole of a project's money by source: planned and received, in yuan; sources left out are taken away."""
    wrong = [source for source in rows if source not in FundSource.values]
    if wrong:
        raise ValidationError("资金来源不对，请重新选择。")
    checked = {
        source: (money(amount, "计划资金"), money(received, "到位资金")) for source, (amount, received) in rows.items()
    }
    with transaction.atomic():
        project = locked_project(acting_user, project_id)
        require(may_keep(acting_user, project), NOT_YOURS)
        before = {row.get_source_display(): f"{row.received}/{row.amount}" for row in project.funds.all()}
        project.funds.exclude(source__in=checked).delete()
        for source, (amount, received) in checked.items():
            Funding.objects.update_or_create(
                project=project, source=source, defaults={"amount": amount, "received": received}
            )
        found = list(project.funds.all())
        after = {row.get_source_display(): f"{row.received}/{row.amount}" for row in found}
        record(acting_user=acting_user, acts=[act_of(project, "填写资金来源", before, **after)])
    return found


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
        touch(
            keep, ("code", "lead", "industry", "chain", "leader", "owner", "longitude", "latitude", "major", *_CACHED)
        )
        _settle_twins(keep, merge, acting_user, at, reason)
        acts = [
            act_of(keep, "合并项目", 并入=merge.name, 理由=reason),
            act_of(merge, "并入别的项目", gone, 并入=keep.name),
        ]
        record(acting_user=acting_user, acts=acts)
    return keep


_CACHED = ("done", "image", "funds_received", "progress_period")


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


def refresh_progress(project: Project) -> None:
    """Set what the project keeps of its last month; the caller stores it."""
    last = Progress.objects.filter(project=project, is_current=True).order_by("-last_day").first()
    known = Progress.objects.filter(project=project, is_current=True).order_by("-last_day")
    project.progress_period = last.period if last else ""
    project.done = known.exclude(so_far=None).values_list("so_far", flat=True).first()
    project.image = known.exclude(image=None).values_list("image", flat=True).first()
    project.funds_received = known.exclude(funds=None).values_list("funds", flat=True).first()


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


def industry_named(name: str) -> Industry | None:
    """The industry of a name, made where it is new; ``None`` for an empty name."""
    name = " ".join(name.split())[:40]
    return Industry.objects.get_or_create(name=name)[0] if name else None


def chain_named(name: str, industry: Industry | None) -> Chain | None:
    """The chain of a name, made where it is new; ``None`` for an empty name."""
    name = " ".join(name.split())[:40]
    return Chain.objects.get_or_create(name=name, defaults={"industry": industry})[0] if name else None
