"""A year of investment promotion in the fictional prefecture: nine groups, 120 leads, 60 activities, funds, two chains.

Rows are written in bulk, as an import would bring them; the journal tells of it as one act. The numbers come from a
generator with a fixed seed: each demo is the same but for its dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from luoshi.cli.demo_investment_work import CITIES, OWNER, TRIPS, Work

LEADS = 120
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


def is_filled() -> bool:
    """Whether the leads are there."""
    from luoshi.apps.investment.models import Lead

    return Lead.objects.exists()


def fill_investment(people: Mapping[str, Any], today: dt.date) -> None:
    """Everything, in one transaction."""
    from django.db import transaction

    with transaction.atomic():
        _Demo(people["tongchou"], today).fill()


class _Demo(Work):
    """Makes it: groups, chains and leads here, what is counted beside them in ``Work``."""

    def fill(self) -> None:
        from luoshi.apps.investment.models import Lead
        from luoshi.apps.investment.queries.standing import scoped_units
        from luoshi.apps.journal.actions import Act, record

        self._groups()
        units = scoped_units()
        self.territories, self.groups = units["territory"], units["group"]
        self._chains()
        self._leads()
        self.fill_activities()
        self.fill_funds()
        self.fill_targets()
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
        file = self.paper("xieyi.pdf")
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
