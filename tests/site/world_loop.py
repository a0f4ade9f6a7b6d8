"""The monthly loop in the small prefecture: an indicator and its value, an allocation, a form and its return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.utils import timezone

from luoshi.apps.indicators.models import (
    ColumnMapping,
    Indicator,
    Observation,
    ObservationSource,
    StatisticsImport,
    TargetIndicator,
)
from luoshi.apps.notices.models import Notice, Webhook
from luoshi.apps.plans.models import Plan, Target
from luoshi.apps.reporting.models import (
    Evidence,
    Exemption,
    Form,
    FormVersion,
    Return,
    ReturnState,
    ReturnStep,
    ReviewStage,
    Round,
    StepAction,
    Submission,
)
from luoshi.apps.targets.models import Allocation, AllocationVersion, CommitmentLetter, LetterJob, Share, Trajectory

if TYPE_CHECKING:
    from tests.site.world import World

DEFINITION = {
    "sections": [
        {
            "key": "s",
            "title": "进度",
            "kind": "fixed",
            "fields": [
                {"key": "n", "label": "累计", "type": "integer", "unit_of_measure": "户", "observed": True},
                {"key": "proof", "label": "佐证", "type": "file"},
            ],
            "rows": [{"key": "r", "label": "净增示范户", "indicator": "shifan-hu"}],
        }
    ]
}


def build_loop(world: World) -> None:
    """Store it; the department collects the form, the county reports."""
    now = timezone.now()
    coordinator, reporter = world.users["coordinator"], world.users["reporter"]
    root, department, county = world.units["root"], world.units["department"], world.units["county"]
    plan = Plan.objects.get(pk=world.ids["plan"])
    target = Target.objects.get(pk=world.ids["plan_target"])

    indicator = Indicator.objects.create(
        key="shifan-hu",
        name="净增示范户",
        unit_of_measure="户",
        kind="cumulative",
        unit_aggregation="sum",
        time_aggregation="last",
        owner=department,
    )
    TargetIndicator.objects.create(target=target, indicator=indicator, set_by=coordinator)
    observation = Observation.objects.create(
        indicator=indicator,
        unit=county,
        period="2026-01",
        first_day=dt.date(2026, 1, 1),
        last_day=dt.date(2026, 1, 31),
        value=90,
        source=ObservationSource.SELF_REPORTED,
        recorded_at=now,
        recorded_by=reporter,
        origin="return",
    )
    mapping = ColumnMapping.objects.create(
        name="统计月报", owner=department, mapping={"header_row": 1, "unit": "县市"}, created_by=coordinator
    )
    statistics = StatisticsImport.objects.create(
        name="统计.csv",
        file=ContentFile(b"x", name="x.csv"),
        sha256="1" * 64,
        mapping={},
        owner=department,
        imported_by=coordinator,
    )

    allocation = Allocation.objects.create(target=target, unit=root)
    version = AllocationVersion.objects.create(
        allocation=allocation, ordinal=1, method="typed", total=1500, adopted_at=now, adopted_by=coordinator
    )
    Share.objects.create(version=version, unit=county, period="2026", value=1500)
    Trajectory.objects.create(
        target=target, ordinal=1, kind="linear", cadence="quarterly", points=[["2026Q2", "0.5"], ["2026Q4", "1"]]
    )
    letter = CommitmentLetter.objects.create(
        plan=plan,
        unit=county,
        year=2026,
        ordinal=1,
        content={},
        file=ContentFile(b"x", name="letter.docx"),
        drawn_up_by=coordinator,
    )

    form = Form.objects.create(key="shifan-yuebao", title="示范户月报", owner=department, plan=plan)
    form_version = FormVersion.objects.create(
        form=form,
        ordinal=1,
        definition=DEFINITION,
        cadence="monthly",
        due_kind="day-after",
        due_day=3,
        first_period="2026-01",
        first_day=dt.date(2026, 1, 1),
        published_at=now,
    )
    form_version.reporters.add(county)
    draft = FormVersion.objects.create(
        form=form, ordinal=2, definition=DEFINITION, cadence="monthly", due_kind="day-after", due_day=5
    )
    draft.reporters.add(county)
    # Open whenever the tests run: the due moment is given, not computed.
    round_ = Round.objects.create(
        form=form,
        version=form_version,
        period="2026-02",
        first_day=dt.date(2026, 2, 1),
        last_day=dt.date(2026, 2, 28),
        opened_at=now,
        due_at=now + dt.timedelta(days=3),
        late_until=now + dt.timedelta(days=13),
    )
    answer = Return.objects.create(round=round_, unit=county, cells={"s.r.n": "120"})
    waiting_round = Round.objects.create(
        form=form,
        version=form_version,
        period="2026-01",
        first_day=dt.date(2026, 1, 1),
        last_day=dt.date(2026, 1, 31),
        opened_at=now,
        due_at=now + dt.timedelta(days=2),
        late_until=now + dt.timedelta(days=12),
    )
    waiting = Return.objects.create(
        round=waiting_round,
        unit=county,
        cells={"s.r.n": "90"},
        state=ReturnState.IN_REVIEW,
        stage=ReviewStage.LEAD,
        submitted_at=now,
    )
    submission = Submission.objects.create(
        answer=waiting,
        ordinal=1,
        cells=waiting.cells,
        channel="web",
        submitted_by=reporter,
        submitted_at=now,
    )
    ReturnStep.objects.create(
        answer=waiting,
        submission=submission,
        action=StepAction.SUBMIT,
        from_state=ReturnState.OPEN,
        to_state=ReturnState.IN_REVIEW,
        by=reporter,
        at=now,
    )
    evidence = Evidence.objects.create(
        answer=answer,
        address="s.r.proof",
        file=ContentFile("佐证".encode(), name="proof.txt"),
        name="佐证.txt",
        size=6,
        sha256="2" * 64,
        uploaded_by=reporter,
    )
    exemption = Exemption.objects.create(
        form=form,
        unit=county,
        first_period="2025-12",
        last_period="2025-12",
        first_day=dt.date(2025, 12, 1),
        last_day=dt.date(2025, 12, 31),
        reason="新设单位",
        granted_by=coordinator,
    )
    webhook = Webhook.objects.create(
        unit=county, name="工作群", url="http://127.0.0.1:9/", secret="x", created_by=coordinator
    )
    for user in world.users.values():
        Notice.objects.create(recipient=user, key="welcome", kind="x", title="欢迎使用", created_at=now)
    notice = Notice.objects.get(recipient=reporter)
    world.ids |= {
        "indicator": indicator.pk,
        "indicator_key": indicator.key,
        "observation": observation.pk,
        "mapping": mapping.pk,
        "import": statistics.pk,
        "allocation": allocation.pk,
        "allocation_version": version.pk,
        "letter": letter.pk,
        "letter_job": LetterJob.objects.create(
            plan=letter.plan, year=2026, unit_ids=[letter.unit_id], created_by=coordinator
        ).pk,
        "form": form.pk,
        "form_key": form.key,
        "form_version": form_version.pk,
        "round": round_.pk,
        "period": round_.period,
        "answer": answer.pk,
        "waiting": waiting.pk,
        "submission": submission.pk,
        "evidence": evidence.pk,
        "exemption": exemption.pk,
        "webhook": webhook.pk,
        "notice": notice.pk,
    }
