"""The demo's supervision: a dozen orders in every state, proposals, an interview, duties with their logs.

Everything happened in the weeks before the demo was set up, through the same actions that the pages use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from luoshi.cli.demo_history import READ_AFTER

if TYPE_CHECKING:
    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.plans.models import Plan
    from luoshi.apps.supervision.models import Order

PLAN = "四大攻坚行动"
OWNER = "yunling-zhou"
LADDER = "general"
#: A township of the county whose office hands a part on.
BELOW = "tw-mali"
TRIGGERS = ("not-reported", "late-again", "order-overdue", "rectification-failed", "warning-unanswered")
#: Who holds the two duties of the demo: (unit, name, post).
LEADERS = (
    ("yunjiang-shi", "何敏", "市长"),
    ("qingling-shi", "苏岚", "市长"),
    ("baixi-xian", "魏国栋", "县长"),
    ("hongyan-xian", "段云飞", "县长"),
    ("songping-xian", "罗素芬", "县长"),
)
VISITS = (
    "到重点项目工地协调用地",
    "到规上企业了解订单和用工",
    "到乡镇调度秋粮收购",
    "与在谈企业洽谈",
    "现场办理群众诉求",
)


def is_filled() -> bool:
    """Whether the demo has supervision already."""
    from luoshi.apps.supervision.models import Order

    return Order.objects.exists()


def fill_supervision(people: Mapping[str, Any], clerks: Mapping[str, Any], now: dt.datetime) -> None:
    """Orders, proposals, an interview and duties; ``clerks`` report for units, by the unit's key."""
    from luoshi.apps.notices.models import Notice
    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.plans.models import Plan
    from luoshi.apps.supervision.shipping import install_shipped

    plan = Plan.objects.filter(title__contains=PLAN).order_by("pk").first()
    if plan is None:
        return
    install_shipped()
    units = {unit.key: unit for unit in Unit.objects.filter(key__in=[*clerks, OWNER, BELOW])}
    _Orders(people, clerks, units, plan, now).fill()
    _escalate(people["tongchou"], plan, units, now)
    _duties(people["tongchou"], units, now)
    # Messages of the weeks before have been read.
    Notice.objects.filter(read_at=None, created_at__lt=now - READ_AFTER).update(read_at=now - READ_AFTER)


class _Orders:
    """Makes orders and takes them as far as each is to stand."""

    def __init__(
        self,
        people: Mapping[str, Any],
        clerks: Mapping[str, Any],
        units: Mapping[str, Unit],
        plan: Plan,
        now: dt.datetime,
    ) -> None:
        self.office, self.people, self.clerks = people["tongchou"], people, clerks
        self.units, self.plan, self.now = units, plan, now

    def ago(self, days: int, hour: int = 10) -> dt.datetime:
        """A moment in office hours some days ago."""
        day = self.now - dt.timedelta(days=days)
        return min(day.replace(hour=hour, minute=20, second=0, microsecond=0), self.now)

    def order(self, unit: str, title: str, text: str, days: int, clock: str = "ordinary", **more: Any) -> Order:
        """An order given out some days ago."""
        from luoshi.apps.supervision.actions import Wanted, issue_orders
        from luoshi.apps.supervision.models import Clock

        wanted = Wanted(title=title, text=text, clock=Clock.objects.get(key=clock), **({"plan": self.plan} | more))
        (made,) = issue_orders(
            acting_user=self.office,
            owner=self.units[OWNER],
            units=[self.units[unit]],
            wanted=wanted,
            now=self.ago(days),
        )
        return made

    def accepted(self, unit: str, title: str, text: str, days: int, clock: str = "ordinary", **more: Any) -> Order:
        """The same, accepted on the day."""
        from luoshi.apps.supervision.actions import accept_order

        order = self.order(unit, title, text, days, clock, **more)
        return accept_order(acting_user=self.clerks[unit], order_id=order.pk, now=self.ago(days, 15))

    def answer(self, order: Order, text: str, days: int) -> None:
        """The unit answers."""
        from luoshi.apps.supervision.actions import answer_order

        clerk = self.clerks[order.unit.key]
        answer_order(acting_user=clerk, order_id=order.pk, text=text, now=self.ago(days, 16))

    def fill(self) -> None:
        """One order for every state that there is, and those between."""
        from luoshi.apps.plans.models import Instruction
        from luoshi.apps.supervision import actions

        office, plan = self.office, self.plan
        target = plan.targets.filter(retired_in=None, indicator__contains="规模以上工业企业").first()
        instruction = Instruction.objects.select_related("plan").order_by("pk").first()

        first = self.accepted(
            "qingling-shi",
            "补齐一季度新增规上企业缺口",
            "请逐户排出培育名单，限期补齐缺口。",
            40,
            target=target,
            origin="plan",
        )
        self.answer(first, "已申报入统6户，缺口补齐，名单附后。", 32)
        actions.close_order(acting_user=office, order_id=first.pk, text="数据与统计部门一致。", now=self.ago(30))

        second = self.accepted("hongyan-xian", "清理久拖未开工项目", "逐个说明原因、明确开工时间。", 36, origin="plan")
        self.answer(second, "7个项目已开工4个。", 29)
        actions.send_order_back(
            acting_user=office, order_id=second.pk, reason="其余3个没有说明原因和时间。", now=self.ago(28)
        )
        self.answer(second, "其余3个已明确开工时间，责任到人。", 24)
        actions.close_order(acting_user=office, order_id=second.pk, now=self.ago(23))

        congress = self.accepted(
            "yunjiang-shi",
            "办理“加强农村公路养护”代表建议",
            "请认真研究，先报处理方案，再报办理结果，并与代表见面沟通。",
            25,
            "congress",
            origin="congress",
            origin_text="州人民代表大会第12号建议",
        )
        self.answer(congress, "方案：列入今年养护计划18公里，9月开工。", 14)
        actions.pass_stage(acting_user=office, order_id=congress.pk, now=self.ago(12))

        waits = self.accepted(
            "songping-xian", "解决园区企业用电问题", "请会同供电部门拿出方案并组织实施。", 9, origin="instruction",
            instruction=instruction, plan=instruction.plan if instruction else plan,
        )  # fmt: skip
        actions.report_on_order(
            acting_user=self.clerks["songping-xian"], order_id=waits.pk, text="已与供电部门现场会商。", now=self.ago(5)
        )
        self.answer(waits, "新增变压器已投用，3户企业恢复满负荷生产。", 1)

        longer = self.accepted("shigu-xian", "完成固定资产投资补报", "请核实在库项目，据实补报。", 11, origin="plan")
        actions.ask_extension(
            acting_user=self.clerks["shigu-xian"],
            order_id=longer.pk,
            until=(self.now + dt.timedelta(days=12)).date(),
            reason="两个项目的票据正在审计，需待审定后入库。",
            now=self.ago(1),
        )
        granted = self.accepted(
            "jintang-xian", "整改审计查出的专项资金沉淀", "逐笔收回或拨付。", 50, "audit", origin="audit"
        )
        asked = actions.ask_extension(
            acting_user=self.clerks["jintang-xian"],
            order_id=granted.pk,
            until=(self.now + dt.timedelta(days=25)).date(),
            reason="一笔资金涉及诉讼，需等判决。",
            now=self.ago(6),
        )
        actions.extend(acting_user=office, extension_id=asked.pk, remark="其余各笔按原期限办结", now=self.ago(5))

        back = self.accepted("longqiu-xian", "规范涉企收费公示", "全面自查，公示到位。", 12, origin="hand")
        self.answer(back, "已全部公示。", 4)
        actions.send_order_back(
            acting_user=office, order_id=back.pk, reason="抽查两个窗口仍未公示，请复核后重报。", now=self.ago(2)
        )

        self.accepted("yuechi-xian", "加快招商签约项目开工", "请倒排工期，逐个落实开工条件。", 30, origin="plan")
        self.order("zhuwu-xian", "答复群众反映的供水问题", "请核实处理并答复群众。", 3, "petition", origin="petition")
        self.order(
            "yunling-gxq", "报送园区亩均效益评价", "请按通知要求报送。", 0, "urgent", is_urgent=True, origin="hand"
        )
        dropped = self.order("zhuwu-xian", "报送会议材料", "请报送汇报材料。", 20, origin="hand")
        actions.withdraw_order(acting_user=office, order_id=dropped.pk, reason="会议改期，合并办理。", now=self.ago(19))
        self._below()
        later = (self.now + dt.timedelta(days=20)).date()
        wanted = actions.Wanted(title="开展年底欠薪隐患排查", text="请提前排查，建立清单。", due_on=later)
        actions.draft_order(
            acting_user=office,
            owner=self.units[OWNER],
            unit=self.units["yunjiang-shi"],
            wanted=wanted,
            now=self.now,
        )

    def _below(self) -> None:
        """The county's office accepts and hands a part on to a township."""
        from luoshi.apps.supervision import actions

        order = self.order("baixi-xian", "落实企业包联“一企一策”", "请逐户建账，限期化解。", 6, origin="plan")
        chief = self.people["baixi"]
        actions.accept_order(acting_user=chief, order_id=order.pk, handler="赵强", now=self.ago(6, 15))
        due = min(order.due_at or self.now, self.now + dt.timedelta(days=4)).date()
        actions.assign_below(
            acting_user=chief,
            order_id=order.pk,
            units=[self.units[BELOW]],
            wanted=actions.Wanted(title="核实包联企业名单", text="请逐户核对并反馈。", due_on=due),
            now=self.ago(5),
        )


def _escalate(office: Any, plan: Plan, units: Mapping[str, Unit], now: dt.datetime) -> None:
    """The plan goes by the general ladder; one interview has been held and waits for what was asked."""
    from luoshi.apps.supervision import actions
    from luoshi.apps.supervision.models import Ladder

    ladder = Ladder.objects.get(key=LADDER)
    since = now.date().replace(month=1, day=1)
    actions.set_plan_ladder(acting_user=office, plan=plan, ladder=ladder, triggers=TRIGGERS, since=since)
    list(actions.propose_escalations(now=now, lights=False))
    held = now - dt.timedelta(days=8)
    interview = actions.plan_interview(
        acting_user=office,
        owner=units[OWNER],
        unit=units["yuechi-xian"],
        subject="招商签约项目开工滞后",
        persons="月池县人民政府主要负责人",
        interviewers="州政府分管领导",
        held_at=held,
        place="州政府三楼会议室",
        plan=plan,
        now=held - dt.timedelta(days=2),
    )
    actions.record_interview(
        acting_user=office,
        interview_id=interview.pk,
        text="通报了开工进度，听取了原因说明。",
        demands="一个月内开工率达到全州平均水平，每周报告一次。",
        rectify_by=(now + dt.timedelta(days=15)).date(),
        now=held,
    )


def _duties(office: Any, units: Mapping[str, Unit], now: dt.datetime) -> None:
    """Two duties of county leaders with a year's log: most are kept, some are behind."""
    from luoshi.apps.supervision import actions
    from luoshi.apps.supervision.models import DutyEntry
    from luoshi.apps.supervision.shipping import shipped_duty

    random = Random(20)
    today = now.date()
    for key in ("front-line-3", "research-90"):
        ready = shipped_duty(key)
        assert ready is not None
        values = {name: ready[name] for name in ("cadence", "count", "measure_word", "rule")}
        duty = actions.create_duty(acting_user=office, owner=units[OWNER], name=ready["name"], **values)
        people = [actions.Person(unit=units[unit], name=name, post=post) for unit, name, post in LEADERS]
        first = today.replace(month=1, day=1)
        holders = actions.add_holders(acting_user=office, duty_id=duty.pk, people=people, first_day=first)
        monthly = key == "front-line-3"
        entries = [
            DutyEntry(
                holder=holder,
                day=day,
                amount=1 if monthly else random.choice((1, 2, 3)),
                text=random.choice(VISITS),
                place=str(holder.unit),
                entered_by=office,
            )
            for holder in holders
            for day in _days(random, first, today, often=3 if monthly else 4)
        ]
        # The log of a year comes in at once, as an import would: one by one it would take a minute.
        DutyEntry.objects.bulk_create(entries)
        last = holders[-1]
        actions.enter_duty(acting_user=office, holder_id=last.pk, day=today, text=VISITS[0], now=now)


def _days(random: Random, first: dt.date, today: dt.date, *, often: int) -> Sequence[dt.date]:
    """About so many days a month, up to today; now and then one is missing."""
    found = []
    for month in range(first.month, today.month + 1):
        for _ in range(often - (random.random() < 0.2)):
            day = dt.date(first.year, month, random.randint(1, 28))
            if day <= today:
                found.append(day)
    return found
