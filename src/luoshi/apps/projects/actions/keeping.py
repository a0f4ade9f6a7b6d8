"""Entering a project, changing what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

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
from luoshi.apps.projects.models import (
    Chain,
    Funding,
    FundSource,
    Industry,
    LadderStage,
    Move,
    Nature,
    Project,
    ProjectName,
    Sort,
    State,
    YearPlan,
)
from luoshi.apps.projects.policies import may_enter, may_keep
from luoshi.apps.projects.twinning import note_twins
from luoshi.pipeline import CodeProblem, possible_slips, read_code

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
    return list(
        Project.objects.filter(merged_into=None, code__in=possible_slips(code)).exclude(pk=exclude).order_by("pk")
    )


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


def industry_named(name: str) -> Industry | None:
    """The industry of a name, made where it is new; ``None`` for an empty name."""
    name = " ".join(name.split())[:40]
    return Industry.objects.get_or_create(name=name)[0] if name else None


def chain_named(name: str, industry: Industry | None) -> Chain | None:
    """The chain of a name, made where it is new; ``None`` for an empty name."""
    name = " ".join(name.split())[:40]
    return Chain.objects.get_or_create(name=name, defaults={"industry": industry})[0] if name else None
