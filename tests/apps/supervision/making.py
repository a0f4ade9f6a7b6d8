"""A small prefecture that supervises: who gives out, does and reviews orders, and a plan to supervise."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.apps.accounts.actions import create_user
from luoshi.apps.indicators.models import Indicator, Observation, TargetIndicator
from luoshi.apps.organisations.models import Membership, Role, Unit, UnitKind
from luoshi.apps.plans.models import Measure, Plan, PlanVersion, SourceDocument, Target
from luoshi.apps.supervision import actions
from luoshi.apps.supervision.actions import Wanted
from luoshi.apps.supervision.models import Clock, Ladder, Order
from luoshi.apps.supervision.shipping import install_shipped
from luoshi.apps.targets.models import Allocation, AllocationVersion, Share, Trajectory
from luoshi.periods import SHANGHAI

PASSWORD = "qingshan-lvshui-7"
#: The plan that the tests supervise; invented.
TEXT = "云岭州2026年项目攻坚方案\n一、抓好开工\n（一）加快项目开工。全年开工项目40个。（牵头单位：州发展局）"


def at(day: int, hour: int = 9, *, month: int = 9, year: int = 2026) -> dt.datetime:
    """A moment of the autumn in which the tests play (1 September 2026 is a Tuesday)."""
    return dt.datetime(year, month, day, hour, tzinfo=SHANGHAI)


def day(number: int, month: int = 9, year: int = 2026) -> dt.date:
    """A day of that autumn."""
    return dt.date(year, month, number)


def pdf(name: str = "进展.pdf") -> SimpleUploadedFile:
    """A file that is taken as evidence."""
    return SimpleUploadedFile(name, b"%PDF-1.4 evidence", content_type="application/pdf")


class World:
    """The prefecture with its office, a department that leads, two counties, a township and a county's department."""

    def __init__(self) -> None:
        install_shipped()
        self.root = Unit.objects.add_root(
            {"key": "ylz", "name": "云岭州人民政府", "short_name": "云岭州", "kind": UnitKind.PREFECTURE}
        )
        self.department = self.unit(self.root, "ylz-fzj", "州发展局", UnitKind.DEPARTMENT)
        self.county = self.unit(self.root, "qsx", "青石县", UnitKind.COUNTY)
        self.other = self.unit(self.root, "bsx", "白水县", UnitKind.COUNTY)
        self.township = self.unit(self.county, "qsx-hcz", "河川镇", UnitKind.TOWNSHIP)
        self.bureau = self.unit(self.county, "qsx-fgj", "青石县发改局", UnitKind.COUNTY_DEPARTMENT)
        self.office = self.person("office", self.root, Role.COORDINATOR)
        self.second_office = self.person("office2", self.root, Role.COORDINATOR)
        self.leader = self.person("leader", self.root, Role.LEADER)
        self.lead = self.person("lead", self.department, Role.LEAD)
        self.worker = self.person("worker", self.county, Role.REPORTER)
        self.chief = self.person("chief", self.county, Role.COORDINATOR)
        self.bureau_worker = self.person("bureau", self.bureau, Role.REPORTER)
        self.town_worker = self.person("town", self.township, Role.REPORTER)
        self.other_worker = self.person("other", self.other, Role.REPORTER)
        self.stranger = self.person("stranger")

    @staticmethod
    def unit(parent: Unit, key: str, name: str, kind: str) -> Unit:
        """A unit below another."""
        values = {"key": key, "name": name, "short_name": name, "kind": kind}
        return Unit.objects.add_child(Unit.objects.get(pk=parent.pk), values)

    @staticmethod
    def person(username: str, unit: Unit | None = None, role: str = "") -> Any:
        """Someone, with a role."""
        user = create_user(acting_user=None, username=username, display_name=f"{username}同志", password=PASSWORD)
        if unit is not None:
            Membership.objects.create(user=user, unit=unit, role=role)
        return user

    def plan(self) -> Plan:
        """The prefecture's plan, with one measure and one target."""
        if found := Plan.objects.first():
            return found
        document = SourceDocument.objects.create(
            name="方案.txt", format="txt", sha256="0" * 64, size=1, file="x.txt", text=TEXT, line_count=3
        )
        plan = Plan.objects.create(title="云岭州2026年项目攻坚方案", year=2026, owner=self.root)
        version = PlanVersion.objects.create(
            plan=plan, ordinal=1, document=document, first_line=1, last_line=3, published_at=at(1, month=1)
        )
        common: dict[str, Any] = {"plan": plan, "version": version, "text": "示范", "line": 3, "spans": [[3, 0, 8]]}
        measure = Measure.objects.create(**common, position="0001", depth=1, label="（一）", title="加快项目开工")
        Target.objects.create(
            **common,
            measure=measure,
            indicator="开工项目",
            comparator=">=",
            value=40,
            unit_of_measure="个",
            year=2026,
        )
        return plan

    def measured(self, figures: dict[Unit, dict[int, int]], goal: int = 20) -> Target:
        """The plan's target with ``goal`` for each unit, linear by month, and what was observed: month → value."""
        target = self.plan().targets.get()
        indicator = Indicator.objects.create(
            key="kaigong", name="开工项目", unit_of_measure="个", kind="cumulative", cadence="monthly", owner=self.root
        )
        TargetIndicator.objects.create(target=target, indicator=indicator)
        version = AllocationVersion.objects.create(
            allocation=Allocation.objects.create(target=target, unit=self.root),
            ordinal=1,
            method="typed",
            total=goal * len(figures),
            adopted_at=at(1, month=2),
            adopted_by=self.office,
        )
        points = [[f"2026-{month:02}", str(month / 12)] for month in range(1, 13)]
        Trajectory.objects.create(target=target, ordinal=1, kind="linear", cadence="monthly", points=points)
        for unit, months in figures.items():
            Share.objects.create(version=version, unit=unit, period="2026", value=goal)
            for month, value in months.items():
                Observation.objects.create(
                    indicator=indicator,
                    unit=unit,
                    period=f"2026-{month:02}",
                    first_day=dt.date(2026, month, 1),
                    last_day=dt.date(2026, month + 1, 1) - dt.timedelta(days=1),
                    value=value,
                    source="statistics",
                    recorded_at=at(5, month=month + 1),
                )
        return target

    def wanted(self, **more: Any) -> Wanted:
        """What an order says: ten working days, unless told otherwise."""
        values: dict[str, Any] = {"title": "加快项目开工", "text": "请于期限内全部开工，并报结果。"}
        if "clock" not in more and "due_on" not in more:
            values["clock"] = Clock.objects.get(key="ordinary")
        return Wanted(**(values | more))

    def assigned(self, now: dt.datetime | None = None, unit: Unit | None = None, **more: Any) -> Order:
        """An order that was given out on 1 September 2026."""
        (order,) = actions.issue_orders(
            acting_user=self.office,
            owner=self.root,
            units=[unit or self.county],
            wanted=self.wanted(**more),
            now=now or at(1),
        )
        return order

    def in_work(self, **more: Any) -> Order:
        """The same, accepted."""
        order = self.assigned(**more)
        return actions.accept_order(acting_user=self.worker, order_id=order.pk, handler="李平", now=at(1, 10))

    def answered(self, **more: Any) -> Order:
        """The same, answered: it waits for the office."""
        order = self.in_work(**more)
        actions.answer_order(acting_user=self.worker, order_id=order.pk, text="已全部开工。", now=at(7))
        order.refresh_from_db()
        return order

    @staticmethod
    def ladder(key: str = "general") -> Ladder:
        """A ladder that ships."""
        return Ladder.objects.get(key=key)
