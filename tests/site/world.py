"""A small prefecture with one of everything, for the tests that go over the whole site."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.utils import timezone

from luoshi.apps.accounts.models import ApiToken, User
from luoshi.apps.checkup.models import CheckUp, Finding, FindingSeverity
from luoshi.apps.intake.models import Draft, DraftItem, DraftState, ItemKind, ItemState, Upload, UploadState
from luoshi.apps.organisations.models import Membership, NameKind, Role, Unit, UnitKind, UnitName
from luoshi.apps.plans.models import (
    Deadline,
    Instruction,
    Measure,
    Plan,
    PlanTable,
    PlanVersion,
    Responsibility,
    RewardRule,
    SourceDocument,
    Target,
)
from tests.site.world_boards import build_boards
from tests.site.world_bulletins import build_bulletins
from tests.site.world_dispatch import build_dispatch
from tests.site.world_investment import build_investment
from tests.site.world_loop import build_loop
from tests.site.world_projects import build_projects
from tests.site.world_runs import build_runs
from tests.site.world_schemes import build_schemes
from tests.site.world_supervision import build_supervision

TEXT = """云岭州2026年示范行动方案
一、总体要求
（一）做好示范。全年净增示范户1500户，6月底前完成。（牵头单位：州示范局；责任单位：青石县人民政府）
附件：示范表
县市\t户数
青石县\t1500"""

PASSWORD = "correct-horse-2026"

#: Who goes over the site. ``visitor`` has not signed in, ``stranger`` holds no role.
PEOPLE = {
    "stranger": None,
    "administrator": ("root", Role.ADMINISTRATOR),
    "coordinator": ("root", Role.COORDINATOR),
    "leader": ("root", Role.LEADER),
    "lead": ("department", Role.LEAD),
    "reporter": ("county", Role.REPORTER),
    "reviewer": ("county", Role.REVIEWER),
    "outsider": ("other", Role.REPORTER),
    "county_coordinator": ("county", Role.COORDINATOR),
}


@dataclass
class World:
    """What stands in the small prefecture, by name."""

    users: dict[str, User] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    ids: dict[str, object] = field(default_factory=dict)


def build() -> World:
    """Store everything."""
    world = World()
    prefecture = {"key": "zhou", "name": "云岭州人民政府", "short_name": "云岭州", "kind": UnitKind.PREFECTURE}
    root = Unit.objects.add_root(prefecture)
    world.units["root"] = root
    for name, key, full, kind in (
        ("department", "shifan", "州示范局", UnitKind.DEPARTMENT),
        ("other", "qita", "州其他局", UnitKind.DEPARTMENT),
        ("county", "qingshi", "青石县", UnitKind.COUNTY),
    ):
        values = {"key": key, "name": full, "short_name": full, "kind": kind}
        world.units[name] = Unit.objects.add_child(Unit.objects.get(pk=root.pk), values)
    for unit in world.units.values():
        UnitName.objects.create(name=unit.short_name, kind=NameKind.SHORT).units.add(unit)
    for name, role in PEOPLE.items():
        user = User.objects.create_user(username=name, password=PASSWORD, display_name=f"测试{name}")
        if role:
            Membership.objects.create(user=user, unit=world.units[role[0]], role=role[1])
        world.users[name] = user
    coordinator = world.users["coordinator"]

    document = SourceDocument.objects.create(
        name="示范.txt",
        format="txt",
        sha256="0" * 64,
        size=len(TEXT.encode()),
        file=ContentFile(TEXT.encode(), name="示范.txt"),
        text=TEXT,
        line_count=TEXT.count("\n") + 1,
        uploaded_by=coordinator,
    )
    for which, public in (("plan", False), ("public_plan", True)):
        plan = Plan.objects.create(
            title="云岭州2026年示范行动方案", number="云政发〔2026〕1号", year=2026, owner=root, is_public=public
        )
        version = PlanVersion.objects.create(
            plan=plan,
            ordinal=1,
            document=document,
            first_line=1,
            last_line=6,
            published_by=coordinator,
            published_at=timezone.now(),
        )
        common = {"plan": plan, "version": version, "text": "示范", "line": 3, "spans": [[3, 0, 8]]}
        heading = Measure.objects.create(
            **common, position="0001", depth=1, label="一、", title="总体要求", is_task=False
        )
        measure = Measure.objects.create(
            **common, parent=heading, position="0001.0001", depth=2, label="一、（一）", title="做好示范"
        )
        target = Target.objects.create(
            **common,
            measure=measure,
            indicator="净增示范户",
            comparator="=",
            value=1500,
            unit_of_measure="户",
            change=True,
            year=2026,
        )
        deadline = Deadline.objects.create(**common, measure=measure, rule_kind="date", date=dt.date(2026, 6, 30))
        lead = Responsibility.objects.create(**common, measure=measure, role="lead", name="州示范局")
        lead.units.add(world.units["department"])
        responsible = Responsibility.objects.create(
            **common, measure=measure, role="responsible", name="青石县人民政府"
        )
        responsible.units.add(world.units["county"])
        reward = RewardRule.objects.create(**common, word="奖励", amount=150000, unit_of_measure="元")
        table = PlanTable.objects.create(
            **common, title="示范表", header=["县市", "户数"], rows=[["青石县", "1500"]], line_end=6
        )
        Instruction.objects.create(plan=plan, measure=measure, author=world.users["leader"], text="抓紧办理。")
        world.ids |= {
            which: plan.pk,
            f"{which}_measure": measure.pk,
            f"{which}_target": target.pk,
            f"{which}_deadline": deadline.pk,
            f"{which}_responsibility": lead.pk,
            f"{which}_table": table.pk,
            f"{which}_reward": reward.pk,
        }

    upload = Upload.objects.create(
        name="示范.txt",
        file=ContentFile(TEXT.encode(), name="示范.txt"),
        size=10,
        owner=root,
        state=UploadState.DONE,
        progress=100,
        document=document,
        created_by=coordinator,
    )
    draft = Draft.objects.create(
        upload=upload,
        document=document,
        ordinal=1,
        title="云岭州2026年示范行动方案（修订）",
        year=2026,
        first_line=1,
        last_line=6,
        owner=root,
    )
    measure_item = DraftItem.objects.create(
        draft=draft,
        kind=ItemKind.MEASURE,
        position=1,
        line=3,
        text="（一）做好示范。",
        spans=[[3, 0, 8]],
        data={"key": "0001", "labels": ["（一）"], "title": "做好示范", "is_task": True, "last_line": 3},
        certainty=0.95,
        state=ItemState.ACCEPTED,  # without anything confirmed the draft could not be published
    )
    target_item = DraftItem.objects.create(
        draft=draft,
        kind=ItemKind.TARGET,
        position=2,
        measure_key="0001",
        line=3,
        text="净增示范户1500户",
        spans=[[3, 10, 19]],
        data={
            "indicator": "净增示范户",
            "comparator": "=",
            "value": "1500",
            "value_max": None,
            "unit": "户",
            "change": True,
            "direction": "up",
            "year": 2026,
            "tier": "",
        },
        certainty=0.8,
    )
    CheckUp.objects.create(draft=draft, checked_at=timezone.now())
    finding = Finding.objects.create(
        draft=draft,
        position=1,
        kind="total-row",
        severity=FindingSeverity.ERROR,
        message="合计与各行之和不符。",
        places=[{"line": 3, "text": "1500户", "spans": [[3, 15, 20]]}],
        fingerprint="x",
    )
    # The published plan was read from a draft too: its finding is seen on the plan's page.
    published = Draft.objects.create(
        upload=upload,
        document=document,
        ordinal=2,
        title="云岭州2026年示范行动方案",
        first_line=1,
        last_line=6,
        owner=root,
        state=DraftState.PUBLISHED,
        version=PlanVersion.objects.get(plan_id=world.ids["plan"]),
    )
    CheckUp.objects.create(draft=published, checked_at=timezone.now())
    plan_finding = Finding.objects.create(
        draft=published,
        position=1,
        kind="total-row",
        severity=FindingSeverity.ERROR,
        message="合计与各行之和不符。",
        places=[{"line": 3, "text": "1500户", "spans": [[3, 15, 20]]}],
        fingerprint="y",
    )
    token = ApiToken.objects.create(user=coordinator, name="测试", digest=ApiToken.digest_of("ls_test"))
    world.ids |= {
        "document": document.pk,
        "upload": upload.pk,
        "draft": draft.pk,
        "item": target_item.pk,
        "measure_item": measure_item.pk,
        "token": token.pk,
        "finding": finding.pk,
        "plan_finding": plan_finding.pk,
        "unit": world.units["department"].pk,
        "person": world.users["reporter"].pk,
        "membership": Membership.objects.get(user=world.users["reporter"]).pk,
        "unit_name": UnitName.objects.get(name="州示范局").pk,
    }
    build_loop(world)
    build_boards(world)
    build_dispatch(world)
    build_supervision(world)
    build_bulletins(world)
    build_investment(world)
    build_projects(world)
    build_runs(world)
    build_schemes(world)
    return world
