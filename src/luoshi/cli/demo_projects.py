"""A year of projects in the fictional prefecture: three hundred of them with moves, milestones, months and problems.

Rows are written in bulk, as an import from another system would bring them; the journal tells of the import as one act.
The numbers come from a generator with a fixed seed: each demo is the same but for its dates.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

OWNER, COUNT, SEED = "yunling-zhou", 300, 20260
INDUSTRIES = {
    "绿色能源和新材料": ("光伏组件", "新能源电池", "铜精深加工", "钛材"),
    "高原特色农业": ("花卉", "蓝莓", "肉牛", "食用菌"),
    "文化旅游": ("康养旅游", "乡村旅游"),
    "生物医药": ("中药材加工", "化学制剂"),
    "现代物流": ("冷链物流",),
    "数字经济": ("数据标注",),
    "城乡基础设施": ("供水", "园区配套"),
}
MADE = {
    "光伏组件": ("高效光伏组件制造", "光伏支架生产线"),
    "新能源电池": ("磷酸铁锂电池", "电池结构件", "废旧电池回收利用"),
    "铜精深加工": ("高纯铜箔", "电线电缆"),
    "钛材": ("海绵钛技改", "钛合金型材"),
    "花卉": ("鲜切花智能温室", "花卉冷链交易中心"),
    "蓝莓": ("数字蓝莓产业园", "蓝莓精深加工"),
    "肉牛": ("肉牛标准化养殖园", "牛肉精深加工"),
    "食用菌": ("野生菌加工园", "食用菌工厂化栽培"),
    "康养旅游": ("温泉康养度假区", "森林康养基地"),
    "乡村旅游": ("古镇保护利用", "半山民宿群"),
    "中药材加工": ("中药饮片加工", "天然提取物"),
    "化学制剂": ("高端制剂产业基地",),
    "冷链物流": ("冷链物流园", "城乡配送中心"),
    "数据标注": ("数据标注基地", "智慧园区平台"),
    "供水": ("城乡供水一体化", "中型水库"),
    "园区配套": ("标准厂房", "园区污水处理厂"),
}
PLACES = ("东山", "青龙", "金沙", "白塔", "凤鸣", "石桥", "龙川", "云台", "西河", "玉泉", "红石", "南屏")
PROBLEMS = (
    ("land", "缺新增建设用地指标，二期厂房不能开工。", "zhou-ziran"),
    ("forest", "使用林地手续没有办完，道路施工受阻。", "zhou-ziran"),
    ("energy", "节能审查材料反复补正，审查意见没有出来。", "zhou-fgw"),
    ("power", "外部供电线路没有接通，设备不能调试。", "zhou-fgw"),
    ("finance", "银行贷款额度没有批下来，第二笔工程款付不出。", "zhou-caizheng"),
    ("other", "进场道路限重，大件设备运不进来。", "zhou-jiaotong"),
)
#: How far projects have come: (library, share of all).
SHARES = (("reserve", 52), ("preparation", 12), ("started", 16), ("construction", 10), ("completed", 8), ("left", 2))
APPROVALS = ("feasibility", "environment", "land", "permit")


def is_filled() -> bool:
    """Whether the projects are there."""
    from luoshi.apps.projects.models import Project

    return Project.objects.exists()


def fill_projects(people: Mapping[str, Any], today: dt.date) -> None:
    """Three hundred projects of the counties and zones, as they stand today."""
    from django.db import transaction
    from django.utils import timezone

    from luoshi.apps.journal.actions import Act, record
    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.projects.models import Project, ProjectImport

    owner = Unit.objects.filter(key=OWNER).first()
    if owner is None:
        return
    counties = list(
        Unit.objects.filter(path__startswith=owner.path, kind__in=("county", "county-city", "zone")).order_by("path")
    )
    if not counties:
        return
    chance, office = random.Random(SEED), people.get("tongchou")
    with transaction.atomic():
        projects = _projects(chance, counties, _leads(owner), today)
        Project.objects.bulk_create(projects, batch_size=200)
        _courses(chance, projects, today, office)
        _problems(chance, projects, today, office)
        _twins(projects)
        done = ProjectImport.objects.create(
            owner=owner, name="演示项目", state="taken", taken_at=timezone.now(), created_by=office
        )
        act = Act(action="项目名单入库", target=done, after={"项目数": len(projects)})
        record(acting_user=office, acts=[act])


def _leads(owner: Any) -> list[Any]:
    from luoshi.apps.organisations.models import Unit

    keys = ("zhou-gongxin", "zhou-nongye", "zhou-fgw", "zhou-shangwu", "zhou-wenlv", "zhou-zhujian")
    return list(Unit.objects.filter(key__in=keys, path__startswith=owner.path).order_by("path")) or [owner]


def _projects(chance: random.Random, counties: list[Any], leads: list[Any], today: dt.date) -> list[Any]:
    from luoshi.apps.projects.models import Chain, Industry, Project

    chains = []
    for ordinal, (name, parts) in enumerate(INDUSTRIES.items()):
        industry = Industry.objects.get_or_create(name=name, defaults={"ordinal": ordinal})[0]
        for part in parts:
            defaults = {
                "industry": industry,
                "ordinal": len(chains),
                "leader": f"副州长{'甲乙丙丁戊'[len(chains) % 5]}",
            }
            chains.append(Chain.objects.get_or_create(name=part, defaults=defaults)[0])
    middles = _middles(counties)
    found, names = [], set()
    for number in range(COUNT):
        county, chain = chance.choice(counties), chance.choice(chains)
        name = f"{county.short_name}{chance.choice(PLACES)}{chance.choice(MADE[chain.name])}项目"
        phase = 1
        while name in names:
            phase += 1
            name = f"{name.split('（')[0]}（{'一二三四五六七八九十'[phase - 1]}期）"
        names.add(name)
        at = counties.index(county)
        infrastructure = chain.industry.name == "城乡基础设施"
        found.append(
            Project(
                name=name,
                code="" if chance.random() < 0.2 else f"{today.year - 1}-5399{at:02d}-04-01-{100_000 + number * 37}",
                unit=county,
                place=f"{county.short_name}{chance.choice(PLACES)}",
                lead=chance.choice(leads),
                owner=f"{chance.choice(PLACES)}{chain.name}有限公司" if not infrastructure else "",
                leader=f"副县长{'赵钱孙李周吴郑王'[number % 8]}",
                industry=chain.industry,
                chain=chain,
                nature="government" if infrastructure else chance.choice(("private", "private", "private", "foreign")),
                sort="infrastructure" if infrastructure else "industry",
                major=number < 100,
                total=Decimal(round(10 ** chance.uniform(3.6, 5.6))) * 10_000,
                longitude=_near(chance, middles.get(county.key, (101.5 + at % 4 * 0.3, 0))[0]),
                latitude=_near(chance, middles.get(county.key, (0, 24.9 + at // 4 * 0.3))[1]),
                content="新建厂房、购置设备及配套设施" if not infrastructure else "新建主体工程及附属设施",
                state=chance.choices([state for state, _ in SHARES], [share for _, share in SHARES])[0],
                state_since=today,
            )
        )
    return found


def _middles(counties: list[Any]) -> dict[str, tuple[float, float]]:
    """Where the counties' names stand on the map, where there is one: (longitude, latitude) by key."""
    from luoshi.apps.projects.places import boundaries

    drawn = boundaries(counties) or {"features": []}
    rows = [feature["properties"] for feature in drawn["features"]]
    return {row["unit"]: (row["cp"][0], row["cp"][1]) for row in rows if row.get("cp")}


def _near(chance: random.Random, middle: float) -> Decimal:
    """A place within some ten kilometres."""
    return Decimal(str(round(middle + chance.uniform(-0.12, 0.12), 6)))


def _courses(chance: random.Random, projects: list[Any], today: dt.date, office: Any) -> None:
    """Moves, milestones, year plans, funds and months that fit where each project stands."""
    from django.utils import timezone

    from luoshi.apps.projects.models import Funding, Milestone, Move, Progress, Project, ProjectName, YearPlan

    order = ["reserve", "preparation", "started", "construction", "completed"]
    rows: dict[type, list[Any]] = {model: [] for model in (Move, Milestone, YearPlan, Funding, Progress, ProjectName)}
    now, year = timezone.now(), today.year
    begin_of_year = dt.date(year, 1, 1)
    for project in projects:
        reached = order.index(project.state) if project.state in order else chance.randint(0, 1)
        steps = order[: reached + 1]
        # The start of those that build lies this year or, for those in construction, mostly before.
        span = max((today - begin_of_year).days, 30)
        start = begin_of_year + dt.timedelta(days=chance.randint(10, span)) if reached >= 2 else None
        if start is not None and project.state in ("construction", "completed"):
            start -= dt.timedelta(days=chance.randint(150, 420))
        if start is not None and start > today:
            start = today
        days = _days(chance, steps, start, today)
        source = ""
        for state in steps:
            rows[Move].append(_move(Move, project, source, state, days[state], office, now))
            source = state
        if project.state == "left":
            gone = min(today, days[steps[-1]] + dt.timedelta(days=chance.randint(5, 60)))
            rows[Move].append(_move(Move, project, source, "left", gone, office, now, "业主放弃投资"))
            project.state_since = gone
        else:
            project.state_since = days[project.state]
        rows[ProjectName].append(ProjectName(project=project, name=project.name, since=days[steps[0]]))
        planned = start + dt.timedelta(days=chance.randint(-40, 25)) if start else None
        if planned is None and project.state in ("reserve", "preparation"):
            ahead = dt.date(year, chance.randint(3, 12), chance.randint(1, 28))
            planned = ahead if chance.random() < (0.5 if project.state == "preparation" else 0.02) else None
        finish = (planned or today) + dt.timedelta(days=chance.randint(300, 800))
        listed = project.state in ("started", "construction") or planned is not None
        rows[YearPlan].append(
            YearPlan(
                project=project,
                year=year,
                investment=round(project.total * Decimal(chance.randint(15, 45)) / 100, -4),
                start_on=planned,
                finish_on=finish,
                listed=listed,
            )
        )
        rows[Milestone] += _milestones(chance, Milestone, project, reached, days, start, planned, finish, today)
        rows[Funding] += _funds(chance, Funding, project, reached)
        if start is not None:
            rows[Progress] += _months(chance, Progress, project, start, today, office, now)
    for model, found in rows.items():
        model._default_manager.bulk_create(found, batch_size=300)
    names = ("state_since", "done", "image", "funds_received", "progress_period")
    Project.objects.bulk_update(projects, names, batch_size=100)


def _days(chance: random.Random, steps: list[str], start: dt.date | None, today: dt.date) -> dict[str, dt.date]:
    """The day on which each library was entered, in order."""
    found: dict[str, dt.date] = {}
    if start is None:
        first = today - dt.timedelta(days=chance.randint(40, 420))
        for state in steps:
            found[state] = first
            first = min(today, first + dt.timedelta(days=chance.randint(20, 120)))
        return found
    found["started"] = start
    found["preparation"] = start - dt.timedelta(days=chance.randint(60, 200))
    found["reserve"] = found["preparation"] - dt.timedelta(days=chance.randint(30, 200))
    later = start
    for state in steps[3:]:
        later = min(today, later + dt.timedelta(days=chance.randint(60, 160)))
        found[state] = later
    return found


def _move(
    model: Any, project: Any, source: str, to: str, on: dt.date, office: Any, now: dt.datetime, reason: str = ""
) -> Any:
    return model(project=project, from_state=source, to_state=to, on=on, reason=reason, by=office, recorded_at=now)


def _milestones(
    chance: random.Random,
    model: Any,
    project: Any,
    reached: int,
    days: Mapping[str, dt.date],
    start: dt.date | None,
    planned: dt.date | None,
    finish: dt.date,
    today: dt.date,
) -> list[Any]:
    found = [model(project=project, kind="idea", actual_on=days["reserve"])]
    if project.nature != "government":
        signed = days["reserve"] + dt.timedelta(days=15)
        if signed <= today and (reached or chance.random() < 0.5):
            found.append(model(project=project, kind="signed", actual_on=signed, evidence="投资协议"))
            if reached and (performed := signed + dt.timedelta(days=20)) <= today:
                found.append(model(project=project, kind="performed", actual_on=performed))
    base = days.get("preparation")
    for number, kind in enumerate(APPROVALS):
        day = base + dt.timedelta(days=15 * (number + 1)) if base else None
        passed = day is not None and day <= (start or today) and (reached >= 2 or chance.random() < 0.55)
        if day is None:
            continue
        evidence = f"云审〔{day.year}〕{chance.randint(10, 400)}号" if passed else ""
        found.append(
            model(project=project, kind=kind, planned_on=day, actual_on=day if passed else None, evidence=evidence)
        )
    if planned or start:
        found.append(model(project=project, kind="start", planned_on=planned, actual_on=start))
        done = days.get("completed")
        found.append(model(project=project, kind="finish", planned_on=finish, actual_on=done))
        if done and chance.random() < 0.7:
            found.append(model(project=project, kind="production", actual_on=done))
    return found


def _funds(chance: random.Random, model: Any, project: Any, reached: int) -> list[Any]:
    share = Decimal(chance.randint(40, 80)) / 100
    received = Decimal(min(reached, 4)) / 4
    sources = ("central", "local") if project.nature == "government" else ("enterprise", "bank")
    parts = (share, 1 - share)
    return [
        model(
            project=project,
            source=source,
            amount=round(project.total * part, -4),
            received=round(project.total * part * received, -4),
        )
        for source, part in zip(sources, parts, strict=True)
    ]


def _months(
    chance: random.Random, model: Any, project: Any, start: dt.date, today: dt.date, office: Any, now: dt.datetime
) -> list[Any]:
    """Whole months from the start, at most a year of them; some projects did not report the last."""
    month = start.replace(day=1)
    last = today.replace(day=1)
    count = (last.year - month.year) * 12 + last.month - month.month
    if count <= 0:
        return []
    goal = Decimal(100 if project.state == "completed" else chance.randint(15, 90))
    so_far, found, silent = Decimal(0), [], chance.random() < 0.1
    for number in range(count):
        following = (month + dt.timedelta(days=32)).replace(day=1)
        share = goal / count * Decimal(str(round(chance.uniform(0.6, 1.3), 2)))
        amount = min(round(project.total * share / 100, -4), project.total - so_far)
        so_far += amount
        image = min(Decimal(100), goal * (number + 1) / count * Decimal(str(round(chance.uniform(0.75, 1.05), 2))))
        if number >= count - 12 and not (silent and following == last):
            found.append(
                model(
                    project=project,
                    period=f"{month:%Y-%m}",
                    last_day=following - dt.timedelta(days=1),
                    month=amount,
                    so_far=so_far,
                    image=image.quantize(Decimal("0.01")),
                    funds=min(project.total, round(so_far * Decimal("1.1"), -4)),
                    by=office,
                    recorded_at=now,
                )
            )
        month = following
    if found:
        project.done, project.image = found[-1].so_far, found[-1].image
        project.funds_received, project.progress_period = found[-1].funds, found[-1].period
    return found


def _problems(chance: random.Random, projects: list[Any], today: dt.date, office: Any) -> None:
    """What holds some of those up that prepare or build; a few are settled, some are past their day."""
    from django.utils import timezone

    from luoshi.apps.dispatch.models import Problem
    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.projects.models import ProjectProblem

    asked = {unit.key: unit for unit in Unit.objects.filter(key__in={key for _, _, key in PROBLEMS})}
    now = timezone.now()
    going = [project for project in projects if project.state in ("preparation", "started", "construction")]
    found = []
    for project in chance.sample(going, min(40, len(going))):
        kind, text, key = chance.choice(PROBLEMS)
        due = today + dt.timedelta(days=chance.randint(-30, 60))
        settled = chance.random() < 0.2
        problem = Problem(
            unit=project.unit,
            text=f"【{project.name}】{text}",
            asked=asked.get(key),
            due_on=due,
            state="settled" if settled else "open",
            outcome="已协调解决" if settled else "",
            raised_by=office,
            raised_at=now - dt.timedelta(days=chance.randint(31, 90)),
            settled_at=now if settled else None,
        )
        held = round(project.total * Decimal(chance.randint(10, 60)) / 100, -4)
        found.append((problem, project, kind, held))
    Problem.objects.bulk_create([problem for problem, *_ in found])
    ProjectProblem.objects.bulk_create(
        [
            ProjectProblem(problem=problem, project=project, kind=kind, held=held)
            for problem, project, kind, held in found
        ]
    )


def _twins(projects: list[Any]) -> None:
    """Two that may be one: the second says the same in other words."""
    from luoshi.apps.projects.models import Project
    from luoshi.apps.projects.twinning import note_twins

    first, second = projects[1], projects[2]
    second.name, second.unit, second.total = f"{first.owner or first.place}{first.name}", first.unit, first.total
    Project.objects.filter(pk=second.pk).update(name=second.name, unit=second.unit, total=second.total)
    second.names.update(name=second.name)
    note_twins([second])
