"""A year of dispatching in the fictional prefecture: warnings raised, answered and closed; two meetings, one planned.

Everything goes through the actions that the pages use, at the moments at which it would have happened, so that each
warning rests on what was known then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luoshi.apps.accounts.models import User
    from luoshi.apps.dispatch.models import EarlyWarning, Meeting
    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.plans.models import Plan

OWNER, PLAN = "yunling-zhou", "四大攻坚行动"
SERIES, PLACE, CHAIR = "四大攻坚行动月度调度会", "州政府二号会议室", "常务副州长"
#: The day of a month on which the last month's returns are accepted, and warnings follow.
TICK_DAY, MEETING_DAY, HELD = 12, 25, 2
#: Messages older than this have been read.
READ_AFTER = dt.timedelta(days=7)
ANSWERS = (
    "上半年集中清理长期停业户，净增放缓。已逐乡镇摸排意向开办户，分管副县长每周调度。",
    "登记窗口人手不足、审批偏慢。已从相邻窗口调剂两人，推行一日办结。",
    "建材、餐饮两个行业歇业较多。已会同商务、住建部门逐户走访，落实减免政策。",
)
PUSHED = ("约县分管领导到州里汇报，要求倒排到周。", "派工作组到现场核实，措施基本到位，继续跟踪。")
#: (raising unit, unit asked, problem, days until it should be settled).
PROBLEMS = (
    ("baixi-xian", "zhou-ziran", "产业园二期缺新增建设用地指标35亩，三户企业无法开工，请支持调剂。", 30),
    ("hongyan-xian", "zhou-jiaotong", "园区连接线未打通，物流成本高，两户意向企业观望，请帮助列入年度计划。", 45),
    ("shigu-xian", "zhou-renshe", "县内熟练缝纫工缺口约120人，请协调组织专场招聘和定向培训。", 20),
)
#: What the meetings decided: (words, days to do it in, which unit: the n-th of those behind, or a unit's key).
DECIDED = (
    ("逐户摸排歇业和意向开办情况，建立“一户一策”清单，每周报统筹办。", 20, 0),
    ("从登记、税务两线抽调人员驻点帮办，月底前把办件压缩到一个工作日。", 25, 1),
    ("会同有关县市研究用地指标调剂办法，提出州级统筹方案。", 30, "zhou-ziran"),
)


def fill_dispatch(people: Mapping[str, Any], today: dt.date) -> None:
    """Rules, warnings, problems and meetings from February up to ``today``."""
    from django.db import transaction

    from luoshi.apps.dispatch import actions
    from luoshi.apps.notices.models import Notice
    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.plans.models import Plan

    plan = Plan.objects.filter(title__contains=PLAN).order_by("pk").first()
    owner = Unit.objects.filter(key=OWNER).first()
    if plan is None or plan.year is None or owner is None:
        return
    office, now = people["tongchou"], _at(today, 8)
    with transaction.atomic():
        _rules(office, owner, plan)
        counties = Unit.objects.filter(path__startswith=owner.path, kind__in=("county", "county-city", "zone"))
        called = list(counties.order_by("path"))
        departments = Unit.objects.filter(key__in=[asked for _, asked, _, _ in PROBLEMS])
        fields = actions.SeriesFields(
            name=SERIES,
            day=MEETING_DAY,
            time=dt.time(15),
            ahead_days=30,
            place=PLACE,
            chair=CHAIR,
            plans=(plan,),
            units=(*called, *departments),
        )
        series = actions.create_series(acting_user=office, owner=owner, fields=fields)
        meetings = _past_meetings(series, plan.year, today)
        for moment, kind, number in _moments(plan.year, today, meetings):
            if kind == "tick":
                _tick(office, moment, now)
            elif kind == "problem":
                _problem(plan, number, moment)
            else:
                _meet(office, owner, plan, moment, number, now)
        actions.convene_meetings(now=now)
        old = now - READ_AFTER
        Notice.objects.filter(kind__startswith="dispatch-", read_at=None, created_at__lt=old).update(read_at=old)


def _at(day: dt.date, hour: int) -> dt.datetime:
    from django.utils import timezone

    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def _rules(office: Any, owner: Unit, plan: Plan) -> None:
    from luoshi.apps.dispatch import actions

    actions.create_rule(acting_user=office, owner=owner, plan=plan, kind="red-again", parameters={"periods": 2})
    actions.create_rule(acting_user=office, owner=owner, kind="missing-again", parameters={"periods": 2})
    actions.create_rule(
        acting_user=office, owner=owner, plan=plan, kind="forecast", parameters={"below": "0.6"}, answer_days=10
    )


def _past_meetings(series: Any, year: int, today: dt.date) -> list[dt.date]:
    """The days of the last meetings of the plan's year that are over."""
    from luoshi.apps.dispatch.schedule import coming

    found = []
    for _, day in coming(series, dt.date(year, 3, 1)):
        if day >= today or day.year > year:
            return found[-HELD:]
        found.append(day)
    return found


def _moments(year: int, today: dt.date, meetings: Sequence[dt.date]) -> list[tuple[dt.datetime, str, int]]:
    """What happens when, in order."""
    ticks = [dt.date(year, month, TICK_DAY) for month in range(2, 13)]
    found = [(_at(day, 6), "tick", 0) for day in ticks if day < today]
    found += [(_at(day, 15), "meeting", number) for number, day in enumerate(meetings)]
    begin = (meetings[0] if meetings else today) - dt.timedelta(days=12)
    found += [(_at(begin + dt.timedelta(days=3 * number), 10), "problem", number) for number in range(len(PROBLEMS))]
    return sorted(one for one in found if one[0] < _at(today, 8))


def _tick(office: Any, moment: dt.datetime, now: dt.datetime) -> None:
    """What the site does by itself, then what the units and the office say to it in the days after."""
    from luoshi.apps.dispatch import actions

    actions.follow_warnings(now=moment)
    for number, warning in enumerate(actions.raise_warnings(now=moment)):
        answered = moment + dt.timedelta(days=2 + number % 3, hours=4)
        if number % 6 == 5 or answered >= now:
            continue  # not answered, or not yet
        _answer(warning, number, answered)
        later = answered + dt.timedelta(days=2)
        if later >= now:
            continue
        if number % 4 == 3:
            actions.send_warning_back(
                acting_user=office, warning_id=warning.pk, reason="措施没有落到乡镇和时间，请细化。", now=later
            )
            again = later + dt.timedelta(days=1)
            if again < now:
                _answer(warning, number + 1, again)
        elif number % 2 == 0:
            text = PUSHED[number // 2 % len(PUSHED)]
            actions.push_warning(acting_user=office, warning_id=warning.pk, text=text, now=later)


def _clerk(unit: Unit) -> User | None:
    """Who reports for a unit in the demo."""
    from luoshi.apps.accounts.models import User
    from luoshi.cli.demo_history import clerk_name

    return User.objects.filter(username=clerk_name(unit.key)).first()


def _answer(warning: EarlyWarning, number: int, moment: dt.datetime) -> None:
    from luoshi.apps.dispatch import actions

    clerk = _clerk(warning.unit)
    if clerk is not None:
        actions.answer_warning(
            acting_user=clerk,
            warning_id=warning.pk,
            text=ANSWERS[number % len(ANSWERS)],
            until=(moment + dt.timedelta(days=40)).date(),
            now=moment,
        )


def _problem(plan: Plan, number: int, moment: dt.datetime) -> None:
    from luoshi.apps.dispatch import actions
    from luoshi.apps.organisations.models import Unit

    raising, asked, text, days = PROBLEMS[number]
    units = {unit.key: unit for unit in Unit.objects.filter(key__in=(raising, asked))}
    if len(units) == 2:
        actions.raise_problem(
            acting_user=_clerk(units[raising]),
            unit=units[raising],
            text=text,
            plan=plan,
            asked=units[asked],
            due_on=(moment + dt.timedelta(days=days)).date(),
            now=moment,
        )


def _meet(office: Any, owner: Unit, plan: Plan, moment: dt.datetime, number: int, now: dt.datetime) -> None:
    """A meeting from its planning to its minutes, and what became of its decisions."""
    from luoshi.apps.dispatch import actions
    from luoshi.apps.dispatch.models import Meeting

    day = dt.timedelta(days=1)
    actions.convene_meetings(now=moment - 9 * day)
    meeting = Meeting.objects.filter(owner=owner, series__isnull=False, state="planned").order_by("held_at").first()
    if meeting is None:
        return
    given = {"acting_user": office, "meeting_id": meeting.pk}
    first = meeting.items.order_by("ordinal").first()
    if first is not None:
        actions.edit_item(**given, item_id=first.pk, text="请牵头单位先作说明，再由滞后的县市依次汇报。")
    actions.add_item(**given, title="年末冲刺安排", text="逐县市对账，明确每周目标。")
    actions.fix_agenda(**given, now=moment - day)
    actions.hold_meeting(**given, now=moment)
    actions.record_attendance(**given, rows=_came(meeting))
    _decide(given, meeting, moment)
    actions.close_meeting(**given, minutes=_minutes(meeting, moment), now=moment + dt.timedelta(hours=5))
    _carry_out(office, meeting, moment, now, number)


def _came(meeting: Meeting) -> dict[int, Any]:
    from luoshi.apps.dispatch.actions import Came

    rows = list(meeting.attendance.select_related("unit"))
    found = {row.unit_id: Came(True, "分管负责人") for row in rows}
    if rows:
        found[rows[-1].unit_id] = Came(False, "", "到省里开会，已请假")
    return found


def _decide(given: Mapping[str, Any], meeting: Meeting, moment: dt.datetime) -> None:
    from luoshi.apps.dispatch import actions
    from luoshi.apps.dispatch.models import AgendaKind
    from luoshi.apps.organisations.models import Unit

    behind = meeting.items.filter(kind=AgendaKind.BEHIND, removed_for="").first()
    keys = [row["unit_key"] for row in behind.snapshot["rows"]] if behind else []
    units = {unit.key: unit for unit in Unit.objects.filter(key__in=(*keys, "zhou-ziran", "zhou-shichang"))}
    for words, days, which in DECIDED:
        key = which if isinstance(which, str) else keys[which] if which < len(keys) else "zhou-shichang"
        helped = [units["zhou-shichang"]] if "zhou-shichang" in units and key != "zhou-shichang" else []
        if key in units:
            actions.record_decision(
                **given,
                text=words,
                unit=units[key],
                supporting=helped,
                due_on=(moment + dt.timedelta(days=days)).date(),
                item_id=behind.pk if behind and not isinstance(which, str) else None,
            )


def _minutes(meeting: Meeting, moment: dt.datetime) -> str:
    lines = [
        f"{moment.year}年{moment.month}月{moment.day}日，{CHAIR}在{PLACE}主持召开{meeting.title}，听取进度滞后情况和"
        "需协同事项汇报，研究下步措施。",
        "会议指出，年度目标任务重、时间紧，各县市要对照时序进度倒排工期，牵头单位要加强分析研判，把预警、应策、"
        "推动、问效落到每一项指标。",
        "会议议定：",
    ]
    for one in meeting.decisions.select_related("unit").order_by("ordinal"):
        due = f"{one.due_on.month}月{one.due_on.day}日前办结" if one.due_on else ""
        lines.append(f"{one.ordinal}. {one.text}（{one.unit}承办，{due}）")
    return "\n".join(lines)


def _carry_out(office: Any, meeting: Meeting, moment: dt.datetime, now: dt.datetime, number: int) -> None:
    """The first decision is done and closed, the second reported on; the rest waits, and may be overdue by now."""
    from luoshi.apps.dispatch import actions

    steps = list(meeting.decisions.select_related("unit").order_by("ordinal"))
    for place, decision in enumerate(steps[:2]):
        clerk = _clerk(decision.unit) if decision.unit else None
        done = moment + dt.timedelta(days=10 + 3 * place)
        if clerk is None or done >= now:
            continue
        given = {"acting_user": clerk, "decision_id": decision.pk, "now": done}
        if place == 0:
            actions.finish_decision(**given, text="清单已建立，首批走访完成，台账随附。")
            closed = done + dt.timedelta(days=2)
            if closed < now and number == 0:
                actions.close_decision(acting_user=office, decision_id=decision.pk, text="属实。", now=closed)
        else:
            actions.report_on_decision(**given, text="驻点人员已到位，办件时间压缩到两天，继续推进。")
