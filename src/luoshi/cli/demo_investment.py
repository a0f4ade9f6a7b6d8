"""A year of investment promotion in the fictional prefecture: nine groups, 120 leads, 60 activities, funds, two chains.

Rows are written in bulk, as an import would bring them; the journal tells of it as one act. The numbers come from a
generator with a fixed seed: each demo is the same but for its dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

OWNER, LEADS, TRIPS, SEED = "yunling-zhou", 120, 60, 20261
#: Groups that the register has, and those that the demo adds: (key, name, lead unit, rule for funds).
GROUPS = (
    ("zs-gui", "", "zhou-gongxin", "statistics"),
    ("zs-yiyao", "", "zhou-gongxin", "statistics"),
    ("zs-shipin", "", "zhou-nongye", "statistics"),
    ("zs-wenlv", "", "", "statistics"),
    ("zs-shuzi", "", "zhou-gongxin", "statistics"),
    ("zs-nongye", "高原特色农业招商组", "zhou-nongye", "statistics"),
    ("zs-wuliu", "现代物流产业招商组", "zhou-jiaotong", "statistics"),
    ("zs-feidi", "飞地经济招商组", "zhou-fgw", "enclave"),
    ("zs-pingtai", "云岭州国有资本投资公司（市场化招商平台）", "zhou-caizheng", "platform"),
)
CITIES = ("上海", "苏州", "深圳", "佛山", "杭州", "宁波", "成都", "重庆", "武汉", "长沙", "合肥", "西安")
NAMES = (
    "东海",
    "华瑞",
    "远景",
    "金麦",
    "天成",
    "海川",
    "绿野",
    "恒信",
    "中睿",
    "星河",
    "博远",
    "润泽",
    "嘉禾",
    "立新",
    "安达",
)
TRADES = {
    "新能源": ("高效组件制造", "储能电池组装", "光伏支架生产", "逆变器制造"),
    "食品": ("蓝莓精深加工", "野生菌加工", "核桃饮品", "预制菜中央厨房"),
    "药业": ("中药饮片加工", "天然提取物", "医美原料"),
    "文旅": ("温泉康养度假区", "半山酒店集群", "低空观光"),
    "数字科技": ("数据标注基地", "算力中心", "智能终端组装"),
    "物流": ("冷链物流园", "多式联运中心"),
    "新材料": ("钛合金型材", "高纯铜箔", "石英制品"),
}
CHAINS = {
    "光伏制造链": (
        ("upstream", "工业硅", "strong"),
        ("upstream", "多晶硅", "weak"),
        ("midstream", "拉棒切片", "weak"),
        ("midstream", "电池片", "missing"),
        ("midstream", "组件", "weak"),
        ("downstream", "支架和逆变器", "missing"),
        ("downstream", "电站运维", "strong"),
    ),
    "高原食品链": (
        ("upstream", "种苗繁育", "weak"),
        ("upstream", "标准化基地", "strong"),
        ("midstream", "初加工", "strong"),
        ("midstream", "精深加工", "missing"),
        ("downstream", "冷链配送", "weak"),
        ("downstream", "品牌营销", "weak"),
    ),
}
STATES = (("lead", 26), ("negotiating", 32), ("signed", 24), ("started", 20), ("producing", 8), ("lost", 10))
PROGRESS = (
    "已到企业总部拜访",
    "企业来州考察选址",
    "正在商谈用地和电价",
    "协议文本已交换",
    "项目公司正在注册",
    "设备开始进场",
)
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


def is_filled() -> bool:
    """Whether the leads are there."""
    from luoshi.apps.investment.models import Lead

    return Lead.objects.exists()


def fill_investment(people: Mapping[str, Any], today: dt.date) -> None:
    """Everything, in one transaction."""
    from django.db import transaction

    with transaction.atomic():
        _Demo(people["tongchou"], today).fill()


class _Demo:
    """Makes it."""

    def __init__(self, office: Any, today: dt.date) -> None:
        from django.utils import timezone

        self.office, self.today, self.now, self.draw = office, today, timezone.now(), Random(SEED)
        self.year = today.year

    def fill(self) -> None:
        from luoshi.apps.investment.models import Lead
        from luoshi.apps.investment.queries.standing import scoped_units
        from luoshi.apps.journal.actions import Act, record

        self._groups()
        units = scoped_units()
        self.territories, self.groups = units["territory"], units["group"]
        self._chains()
        self._leads()
        self._activities()
        self._funds()
        self._targets()
        newest = Lead.objects.order_by("-pk").first()
        assert newest is not None
        after = {"线索": LEADS, "活动": TRIPS}
        record(acting_user=self.office, acts=[Act(action="导入招商台账", target=newest, label="招商台账", after=after)])

    def _groups(self) -> None:
        from luoshi.apps.investment.models import Group
        from luoshi.apps.organisations.actions import add_unit
        from luoshi.apps.organisations.models import Unit, UnitKind

        known = {unit.key: unit for unit in Unit.objects.all()}
        for key, name, lead, rule in GROUPS:
            if key not in known and name:
                kind = UnitKind.ENTERPRISE if rule == "platform" else UnitKind.INVESTMENT_GROUP
                short = name.partition("（")[0]
                add_unit(acting_user=None, key=key, name=name, short_name=short, kind=kind, parent=known[OWNER])
            unit = Unit.objects.filter(key=key).first()
            if unit is not None:
                Group.objects.get_or_create(unit=unit, defaults={"lead_unit": known.get(lead), "funds_rule": rule})

    def _chains(self) -> None:
        from luoshi.apps.investment.models import ChainLink, ChainPlace, Enterprise
        from luoshi.apps.projects.models import Chain

        firms = [
            Enterprise(
                name=f"{head}{trade}股份有限公司",
                where="country",
                seat=self.draw.choice(CITIES),
                size=self.draw.choice(("leader", "listed", "large", "private-500")),
            )
            for trade in TRADES
            for head in self.draw.sample(NAMES, 9)
        ]
        local = [
            Enterprise(name=f"云岭{word}有限公司", where="prefecture", size="medium")
            for word in ("硅业", "晶源材料", "绿能运维", "山珍食品", "高原果业", "冷链")
        ]
        self.firms = Enterprise.objects.bulk_create(firms)
        local = Enterprise.objects.bulk_create(local)
        self.links: list[Any] = []
        for name, rows in CHAINS.items():
            chain, _ = Chain.objects.get_or_create(name=name)
            for ordinal, (tier, link, gap) in enumerate(rows, 1):
                made = ChainLink.objects.create(chain=chain, ordinal=ordinal, tier=tier, name=link, gap=gap)
                self.links.append(made)
                wanted = self.draw.sample(self.firms, 1 if gap == "strong" else 3)
                present = [] if gap == "missing" else self.draw.sample(local, 2 if gap == "strong" else 1)
                ChainPlace.objects.bulk_create(
                    [ChainPlace(link=made, enterprise=firm, standing="wanted") for firm in wanted]
                    + [ChainPlace(link=made, enterprise=firm, standing="present") for firm in present]
                )

    def _leads(self) -> None:
        from luoshi.apps.investment.models import Lead, LeadClaim, LeadEvidence, LeadMove, LeadVisit
        from luoshi.promotion import LADDER

        draw, leads, plans = self.draw, [], []
        states = [state for state, count in STATES for _ in range(count)]
        draw.shuffle(states)
        rungs = [str(stage) for stage in LADDER]
        for number, state in enumerate(states):
            trade = draw.choice(list(TRADES))
            place = draw.choice(self.territories)
            by_group = number % 3 == 0
            unit = draw.choice(self.groups) if by_group else place
            mode = {"zs-feidi": "enclave", "zs-pingtai": "platform"}.get(unit.key, "ordinary")
            age = draw.randint(12, 330)
            height = rungs.index(state) if state in rungs else draw.randint(1, 2)
            days = sorted(draw.sample(range(2, max(age, height + 3)), height), reverse=True)
            on = [self.today - dt.timedelta(days=day) for day in days]
            found = self.today - dt.timedelta(days=age)
            money = Decimal(draw.choice((6, 8, 12, 20, 35, 52, 65, 80, 105, 130, 220))) * 10_000_000
            lead = Lead(
                title=f"{place.short_name}{draw.choice(TRADES[trade])}项目",
                enterprise=draw.choice([firm for firm in self.firms if trade in firm.name]),
                unit=unit,
                place=place,
                source=draw.choice(("own", "stationed", "by-investors", "agent", "visit")),
                mode=mode,
                amount=money,
                content=f"建设{draw.choice(TRADES[trade])}生产线及配套设施。",
                progress=draw.choice(PROGRESS),
                state=state,
                state_on=on[-1] if on else found,
                found_on=found,
                lost_reason="企业改投外地" if state == "lost" else "",
                link=draw.choice(self.links) if number % 2 else None,
                problem="新增用地指标不足，需协调。" if number % 9 == 0 and state in ("negotiating", "signed") else "",
                next_step="送达要素保障方案" if state == "negotiating" else "",
                next_on=self.today + dt.timedelta(days=draw.randint(-3, 20)) if state == "negotiating" else None,
                created_by=self.office,
            )
            leads.append(lead)
            plans.append((on, state, height, by_group))
        self.leads = Lead.objects.bulk_create(leads)
        moves, papers, claims, visits = [], [], [], []
        file = self._paper("xieyi.pdf")
        self.projects = self._projects(
            [lead for lead in self.leads if lead.state in ("signed", "started", "producing")]
        )
        for lead, (on, state, height, by_group) in zip(self.leads, plans, strict=True):
            steps = rungs[1 : height + 1]
            if state == "lost":
                steps = [*rungs[1:height], "lost"]
            before = "lead"
            for step, day in zip(steps, on, strict=True):
                reason = lead.lost_reason if step == "lost" else ""
                moves.append(
                    LeadMove(
                        lead=lead,
                        from_state=before,
                        to_state=step,
                        on=day,
                        reason=reason,
                        by=self.office,
                        recorded_at=self.now,
                    )
                )
                before = step
                kind = {"negotiating": "intent", "signed": "agreement"}.get(step)
                if kind and draw.random() < 0.93:
                    papers.append(
                        LeadEvidence(
                            lead=lead,
                            kind=kind,
                            name="协议.pdf" if kind == "agreement" else "意向书.pdf",
                            uploaded_by=self.office,
                            uploaded_at=self.now,
                            **file,
                        )
                    )
            visits.append(
                LeadVisit(
                    lead=lead,
                    on=lead.found_on,
                    where=draw.choice(CITIES),
                    people="分管领导、招商部门",
                    text="首次见面，介绍州情和要素条件。",
                    by=self.office,
                    recorded_at=self.now,
                )
            )
            owners = [(lead.unit, "group"), (lead.place, "territory")] if by_group else [(lead.unit, "territory")]
            if lead.pk % 23 == 0:
                owners.append((draw.choice([one for one in self.territories if one != lead.place]), "territory"))
            for unit, scope in owners:
                claims.append(
                    LeadClaim(lead=lead, unit=unit, scope=scope, on=lead.found_on, by=self.office, claimed_at=self.now)
                )
        LeadMove.objects.bulk_create(moves)
        LeadEvidence.objects.bulk_create(papers)
        LeadClaim.objects.bulk_create(claims)
        LeadVisit.objects.bulk_create(visits)

    def _projects(self, signed: list[Any]) -> None:
        """Every signed lead is a project, of the library in which its state says that it is."""
        from luoshi.apps.investment.models import Lead
        from luoshi.apps.projects.models import Move, Project, ProjectName

        library = {"signed": "preparation", "started": "construction", "producing": "completed"}
        projects = Project.objects.bulk_create(
            Project(
                name=lead.title,
                unit=lead.place,
                lead=lead.unit if lead.unit_id != lead.place_id else None,
                owner=lead.enterprise.name,
                nature="private",
                total=lead.amount,
                content=lead.content,
                state=library[lead.state],
                state_since=lead.state_on,
                created_by=self.office,
            )
            for lead in signed
        )
        for lead, project in zip(signed, projects, strict=True):
            lead.project = project
        Lead.objects.bulk_update(signed, ("project",))
        ProjectName.objects.bulk_create(
            ProjectName(project=project, name=project.name, since=project.state_since) for project in projects
        )
        Move.objects.bulk_create(
            Move(
                project=project,
                from_state="",
                to_state=project.state,
                on=project.state_since,
                reason="招商台账导入",
                by=self.office,
                recorded_at=self.now,
            )
            for project in projects
        )

    def _paper(self, name: str) -> dict[str, Any]:
        """One stored file that all papers of the demo share."""
        import hashlib

        from django.core.files.base import ContentFile
        from django.core.files.storage import default_storage

        stored = default_storage.save(f"investment/{self.year}/{name}", ContentFile(PDF))
        return {"file": stored, "size": len(PDF), "sha256": hashlib.sha256(PDF).hexdigest()}

    def _activities(self) -> None:
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
        hosts, leaders, papers, file = [], [], [], self._paper("fangan.pdf")
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

    def _funds(self) -> None:
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

    def _targets(self) -> None:
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
