"""The demo's activities, funds and targets of investment promotion: what is counted beside the leads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

OWNER, TRIPS, SEED = "yunling-zhou", 60, 20261
CITIES = ("上海", "苏州", "深圳", "佛山", "杭州", "宁波", "成都", "重庆", "武汉", "长沙", "合肥", "西安")
#: (figure's scope, key, indicator, unit of measure, values by territory or group); ``None`` in joint cells.
TARGETS = (
    ("territory", "major-5", "引进5亿元以上项目", "个", 3),
    ("territory", "major-10", "引进10亿元以上项目", "个", 1),
    ("territory", "head-trips", "“一把手”州外招商", "次", 4),
    ("territory", "state-leader-trips", "促成州级领导省外招商", "次", 2),
    ("territory", "foreign", "实际利用外资", "美元", 3_000_000),
    ("group", "funds", "招商组州外到位资金", "元", 3_000_000_000),
    ("group", "activities", "招商组自行组织招商活动", "次", 6),
    ("group", "major-5", "招商组引进5亿元以上项目", "个", 4),
)
PDF = b"%PDF-1.4\n% demo\n"


class Work:
    """Who makes it, when, for which units; ``_Demo`` fills in units and leads first."""

    def __init__(self, office: Any, today: dt.date) -> None:
        from django.utils import timezone

        self.office, self.today, self.now, self.draw = office, today, timezone.now(), Random(SEED)
        self.year = today.year
        self.territories: list[Any] = []
        self.groups: list[Any] = []
        self.leads: list[Any] = []

    def paper(self, name: str) -> dict[str, Any]:
        """One stored file that all papers of the demo share."""
        import hashlib

        from django.core.files.base import ContentFile
        from django.core.files.storage import default_storage

        stored = default_storage.save(f"investment/{self.year}/{name}", ContentFile(PDF))
        return {"file": stored, "size": len(PDF), "sha256": hashlib.sha256(PDF).hexdigest()}

    def fill_activities(self) -> None:
        from luoshi.apps.investment.models import Activity, ActivityEvidence, ActivityHost, ActivityLeader

        draw, rows, extra = self.draw, [], []
        for number in range(TRIPS):
            group = number % 2 == 0
            host = draw.choice(self.groups if group else self.territories)
            end = self.today - dt.timedelta(days=draw.randint(1, 320))
            inbound = number % 5 == 0
            cities = ["云江市"] if inbound else draw.sample(CITIES, draw.randint(1, 2))
            where = "prefecture" if inbound else "country"
            rows.append(
                Activity(
                    title=f"{host.short_name}{'产业推介会' if inbound else '赴' + cities[0] + '招商'}",
                    unit=host,
                    begin=end - dt.timedelta(days=draw.randint(0, 4)),
                    end=end,
                    places=[{"name": city, "where": where} for city in cities],
                    outside_firms=draw.randint(6, 24) if inbound else draw.randint(2, 8),
                    talks="与企业洽谈投资意向，约定回访。",
                    created_by=self.office,
                    created_at=self.now,
                )
            )
            extra.append((host, group, number))
        made = Activity.objects.bulk_create(rows)
        hosts, leaders, papers, file = [], [], [], self.paper("fangan.pdf")
        for activity, (host, group, number) in zip(made, extra, strict=True):
            scope = "group" if group else "territory"
            hosts.append(ActivityHost(activity=activity, unit=host, scope=scope, ordinal=1))
            if number % 8 == 0:
                other = draw.choice([one for one in self.groups if one != host])
                hosts.append(ActivityHost(activity=activity, unit=other, scope="group", ordinal=2))
            if number % 7 == 0:
                leaders.append(ActivityLeader(activity=activity, name="高远", post="州长", rank="top"))
            elif number % 3 == 0:
                leaders.append(ActivityLeader(activity=activity, name="叶清", post="副州长", rank="state"))
            if not group:
                leaders.append(ActivityLeader(activity=activity, name="县市主要领导", post="", rank="head", unit=host))
            if number % 11:
                papers.append(
                    ActivityEvidence(
                        activity=activity,
                        kind="plan",
                        name="活动方案.pdf",
                        uploaded_by=self.office,
                        uploaded_at=self.now,
                        **file,
                    )
                )
        ActivityHost.objects.bulk_create(hosts)
        ActivityLeader.objects.bulk_create(leaders)
        ActivityEvidence.objects.bulk_create(papers)

    def fill_funds(self) -> None:
        from luoshi.apps.investment.models import Funds

        draw, rows = self.draw, []
        common = {"recorded_by": self.office, "recorded_at": self.now}
        whole = {"source": "statistics", "checked": "verified", "checked_at": self.now}
        months = [(self.year - 1, month) for month in range(1, 13)]
        months += [(self.year, month) for month in range(1, self.today.month)]
        for scope, units in (("territory", self.territories), ("group", self.groups)):
            for unit in units:
                if scope == "group" and unit.investment_group.funds_rule != "statistics":
                    continue
                size, growth = draw.randint(40, 260), draw.uniform(0.93, 1.35)
                for year, month in months:
                    base = (
                        Decimal(round(size * (growth if year == self.year else 1) * draw.uniform(0.8, 1.2))) * 1_000_000
                    )
                    kinds = [("prefecture", base), ("province", base * 7 / 10)]
                    if scope == "territory" and month % 3 == 0:
                        kinds.append(("foreign", Decimal(draw.randint(0, 90)) * 10_000))
                    rows += [
                        Funds(
                            unit=unit,
                            scope=scope,
                            kind=kind,
                            period=f"{year}-{month:02}",
                            first_day=dt.date(year, month, 1),
                            amount=amount,
                            recognised=amount,
                            **whole,
                            **common,
                        )
                        for kind, amount in kinds
                    ]
        for lead in self.leads:
            group = getattr(lead.unit, "investment_group", None)
            if lead.state in ("started", "producing") and group is not None and group.funds_rule != "statistics":
                amount = Decimal(draw.randint(20, 90)) * 1_000_000
                waits = lead.pk % 2 == 0
                day = lead.state_on.replace(day=1)
                rows.append(
                    Funds(
                        unit=lead.unit,
                        scope="group",
                        lead=lead,
                        kind="prefecture",
                        source="self-reported",
                        period=f"{day:%Y-%m}",
                        first_day=day,
                        amount=amount,
                        checked="waiting" if waits else "verified",
                        recognised=None if waits else amount,
                        checked_at=None if waits else self.now,
                        **common,
                    )
                )
        Funds.objects.bulk_create(rows, batch_size=300)

    def fill_targets(self) -> None:
        """A plan with its two annexes, shared out; the zone's trips share one cell with the city in which it lies."""
        from django.core.files.base import ContentFile

        from luoshi.apps.investment.models import FigureTarget
        from luoshi.apps.organisations.models import Unit
        from luoshi.apps.plans.models import Plan, PlanVersion, SourceDocument, Target
        from luoshi.apps.targets.models import Allocation, AllocationVersion, Share

        owner = Unit.objects.get(key=OWNER)
        title = f"云岭州{self.year}年招商攻坚方案"
        lines = [title, "附件1　县市、高新区招商目标；附件2　招商组目标"]
        lines += [
            f"{indicator}：各{'县市、高新区' if scope == 'territory' else '招商组'}按附件完成。"
            for scope, _, indicator, _, _ in TARGETS
        ]
        text = "\n".join(lines)
        document = SourceDocument(
            name=f"{title}.txt",
            format="txt",
            sha256="d" * 64,
            size=len(text.encode()),
            text=text,
            line_count=len(lines),
            uploaded_by=self.office,
        )
        document.file.save(document.name, ContentFile(text.encode()))
        plan = Plan.objects.create(title=title, number=f"云政发〔{self.year}〕9号", year=self.year, owner=owner)
        version = PlanVersion.objects.create(
            plan=plan,
            ordinal=1,
            document=document,
            first_line=1,
            last_line=len(lines),
            published_by=self.office,
            published_at=self.now,
        )
        for line, (scope, key, indicator, unit, value) in enumerate(TARGETS, 3):
            units = self.territories if scope == "territory" else self.groups
            target = Target.objects.create(
                plan=plan,
                version=version,
                text=lines[line - 1],
                line=line,
                spans=[[line, 0, len(indicator)]],
                indicator=indicator,
                comparator=">=",
                value=Decimal(value) * len(units),
                unit_of_measure=unit,
                year=self.year,
            )
            allocation = Allocation.objects.create(target=target, unit=owner)
            shared = AllocationVersion.objects.create(
                allocation=allocation,
                ordinal=1,
                method="annex",
                created_by=self.office,
                adopted_by=self.office,
                adopted_at=self.now,
            )
            joint = {"yunjiang-shi", "yunling-gxq"} if key == "head-trips" else set()
            Share.objects.bulk_create(
                Share(
                    version=shared,
                    unit=one,
                    period=str(self.year),
                    joint="a" if one.key in joint else "",
                    value=None if one.key == "yunling-gxq" and joint else Decimal(value),
                )
                for one in units
            )
            FigureTarget.objects.create(scope=scope, figure=key, target=target, year=self.year)
