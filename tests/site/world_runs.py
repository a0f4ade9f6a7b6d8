"""Assessment in the small prefecture: a quarter that is final, one that is shown and disputed, one in work."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.utils import timezone

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.models import (
    Adoption,
    AdoptionUnit,
    Evidence,
    ItemSource,
    Objection,
    Run,
    Scheme,
    SchemeVersion,
)
from luoshi.apps.organisations.models import Unit
from luoshi.periods import Cadence, Period

if TYPE_CHECKING:
    from tests.site.world import World

TEXT = """
key: small-race
title: 示范竞赛
groups:
  - key: all
    title: 各项
    items:
      - {key: "1", title: 示范户数, points: 50, unit: 户, method: {type: ranking}}
      - {key: "2", title: 活动次数, points: 50, unit: 次, method: {type: target}}
assumptions:
  - key: ranking
    text: 没有写明怎样计分
    items: ["1"]
    default: step
    choices: {step: {title: 等差}, linear: {title: 末名得0分, set: {method: {variant: linear}}}}
"""


def build_runs(world: World) -> None:
    """Store them: the county is scored with a neighbour, the lead's department checks the first item."""
    root, county = world.units["root"], world.units["county"]
    values = {"key": "hongshi", "name": "红石县", "short_name": "红石县", "kind": "county"}
    neighbour = Unit.objects.add_child(Unit.objects.get(pk=root.pk), values)
    scheme = Scheme.objects.create(key="small-race", title="示范竞赛", owner=root, origin="hand")
    version = SchemeVersion.objects.create(
        scheme=scheme,
        ordinal=1,
        state="issued",
        text=TEXT,
        sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
        issued_at=timezone.now(),
    )
    adoption = Adoption.objects.create(
        version=version, name="示范竞赛", owner=root, cadence="quarterly", first_period="2020Q1"
    )
    AdoptionUnit.objects.bulk_create(AdoptionUnit(adoption=adoption, unit=unit) for unit in (county, neighbour))
    ItemSource.objects.create(adoption=adoption, item="1", kind="hand", checked_by=world.units["department"])
    office = world.users["coordinator"]
    now = timezone.now()
    period = Period.containing(timezone.localtime(now).date(), Cadence.QUARTERLY).previous().previous()
    runs: dict[str, Run] = {}
    for name in ("run_final", "run_shown", "run_draft"):
        run = actions.create_run(acting_user=office, adoption_id=adoption.pk, period=str(period))
        for place, unit in enumerate((county, neighbour), 1):
            for item in ("1", "2"):
                actions.enter_fact(
                    acting_user=office,
                    run_id=run.pk,
                    unit_id=unit.pk,
                    item=item,
                    value=Decimal(place),
                    target=Decimal(4),
                )
        if name != "run_draft":
            actions.preview_run(acting_user=office, run_id=run.pk)
        if name == "run_final":
            actions.finalise_run(acting_user=office, run_id=run.pk, reason="无异议")
        runs[name] = run
        period = period.next()
    reporter = world.users["reporter"]
    about = {"unit": county, "item": "1", "about": county, "filed_by": reporter, "filed_at": now}
    file = ContentFile(b"%PDF-1.4", name="x.pdf")
    objection = Objection.objects.create(run=runs["run_shown"], text="少计了。", file=file, name="x.pdf", **about)
    evidence = Evidence.objects.create(
        run=runs["run_shown"],
        unit=county,
        item="1",
        file=ContentFile(b"%PDF-1.4", name="y.pdf"),
        name="y.pdf",
        sha256="0" * 64,
        uploaded_by=reporter,
        uploaded_at=now + dt.timedelta(0),
    )
    world.ids |= {name: run.pk for name, run in runs.items()}
    world.ids |= {
        "run_adoption": adoption.pk,
        "run_objection": objection.pk,
        "run_evidence": evidence.pk,
        "scored_unit": county.key,
    }
