"""The life of a run: opened, drawn, shown to the units, corrected, made final."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.utils import timezone

from luoshi.apps.assessment.actions.common import (
    NOT_KEEPER,
    act_of,
    kept_run,
    label_of,
    moment,
    plain,
    write_step,
)
from luoshi.apps.assessment.computing import digest_of, frozen
from luoshi.apps.assessment.drawing import draw
from luoshi.apps.assessment.errors import Invalid, NotNow
from luoshi.apps.assessment.gathering import core_of, head_of, members_of, scheme_for, sources_of
from luoshi.apps.assessment.models import (
    Adoption,
    Objection,
    ObjectionState,
    Run,
    RunAction,
    RunFact,
    RunState,
)
from luoshi.apps.assessment.policies import may_keep, visible_adoptions
from luoshi.apps.assessment.states import RUNS
from luoshi.apps.assessment.telling import FINAL, WITHDRAWN, settle_previewed, tell_previewed, tell_units
from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.policies import require
from luoshi.periods import Cadence, Period, PeriodError, end_of_day
from luoshi.periods.due import days_after
from luoshi.scoring import ScoringError

_MOST_DAYS = 90
_STANDING = (RunState.DRAFT, RunState.PREVIEW, RunState.FINAL)


def _period_of(adoption: Adoption, text: str) -> Period:
    try:
        period = Period.parse(text)
    except PeriodError as error:
        raise Invalid(f"{error}。") from error
    if period.cadence is not Cadence(adoption.cadence):
        raise Invalid(f"“{adoption.name}”{adoption.get_cadence_display()}考核，没有{period.label}这一期。")
    if period < Period.parse(adoption.first_period):
        raise Invalid(f"“{adoption.name}”自{Period.parse(adoption.first_period).label}起施行。")
    if adoption.last_period and period > Period.parse(adoption.last_period):
        raise Invalid(f"“{adoption.name}”到{Period.parse(adoption.last_period).label}为止。")
    return period


@transaction.atomic
def create_run(
    *, acting_user: Any, adoption_id: int, period: str, as_of: dt.datetime | None = None, now: dt.datetime | None = None
) -> Run:
    """Open the scoring of a period and draw what the ledgers know. Raises ``Invalid``, ``NotNow``."""
    at = moment(now)
    if not visible_adoptions(acting_user).filter(pk=adoption_id).exists():
        raise Http404
    # Two who open the same period take turns here.
    Adoption.objects.select_for_update().filter(pk=adoption_id).order_by("pk").first()
    adoption = Adoption.objects.select_related("owner", "version__scheme").get(pk=adoption_id)
    require(may_keep(acting_user, adoption.owner), NOT_KEEPER)
    if not adoption.is_active:
        raise NotNow(f"“{adoption.name}”已停用，不能再开展考核。")
    known = _period_of(adoption, period)
    if known.first_day > timezone.localtime(at).date():
        raise Invalid(f"{known.label}还没有开始。")
    if as_of is not None and as_of > at:
        raise Invalid("数据时点不能晚于现在。")
    others = Run.objects.filter(adoption=adoption, period=str(known))
    standing = others.filter(state__in=_STANDING).first()
    if standing is not None:
        raise NotNow(f"{known.label}已有考核（{standing.get_state_display()}），要改请在那里办理。")
    run = Run.objects.create(
        adoption=adoption,
        version=adoption.version,
        period=str(known),
        ordinal=(others.aggregate(last=Max("ordinal"))["last"] or 0) + 1,
        as_of=as_of or at,
        choices=dict(adoption.choices),
        created_by=acting_user,
    )
    count = _store_drawn(run, run.as_of)
    write_step(run, RunAction.DRAW, by=acting_user, at=at, text=f"从台账取数{count}个")
    record(acting_user=acting_user, acts=[act_of(run, "开展考核", 取数=count)])
    return run


def _store_drawn(run: Run, as_of: dt.datetime) -> int:
    """Replace the drawn figures of a run; typed ones stay."""
    members = members_of(run)
    drawn = draw(run.adoption, Period.parse(run.period), [one.unit for one in members], sources_of(run), as_of)
    RunFact.objects.filter(run=run, is_typed=False).delete()
    RunFact.objects.bulk_create(
        [
            RunFact(
                run=run,
                unit_id=one.unit_id,
                item=one.item,
                value=one.value,
                target=one.target,
                previous=one.previous,
                source=one.source,
                date=one.date,
                reference=dict(one.reference),
                entered_at=as_of,
            )
            for one in drawn
        ],
        batch_size=500,
    )
    return len(drawn)


@transaction.atomic
def draw_facts(
    *,
    acting_user: Any,
    run_id: int,
    revision: int | None = None,
    as_of: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> Run:
    """Read the ledgers again, as known now or at a moment. Typed figures stay and go on counting."""
    at = moment(now)
    run = kept_run(acting_user, run_id, revision)
    RUNS.next(run.state, RunAction.DRAW)
    if as_of is not None and as_of > at:
        raise Invalid("数据时点不能晚于现在。")
    run.as_of = as_of or at
    run.revision += 1
    run.save(update_fields=("as_of", "revision"))
    count = _store_drawn(run, run.as_of)
    write_step(run, RunAction.DRAW, by=acting_user, at=at, text=f"从台账取数{count}个")
    record(acting_user=acting_user, acts=[act_of(run, "考核取数", 取数=count)])
    return run


@transaction.atomic
def preview_run(
    *,
    acting_user: Any,
    run_id: int,
    revision: int | None = None,
    days: int | None = None,
    now: dt.datetime | None = None,
) -> Run:
    """Freeze what was scored and show it to the units (公示); they may object until the end of so many working days.

    Of a correction the run that it corrects is replaced. Raises ``Invalid``, ``NotNow``.
    """
    at = moment(now)
    run = kept_run(acting_user, run_id, revision)
    before = run.state
    run.state = RUNS.next(before, RunAction.PREVIEW)
    days = run.adoption.objection_days if days is None else days
    if not 0 < days <= _MOST_DAYS:
        raise Invalid(f"公示期应在1至{_MOST_DAYS}个工作日之间。")
    members = members_of(run)
    if not members:
        raise NotNow("考核安排里还没有被考核单位。")
    core = core_of(run, members)
    if not core["facts"] and not core.get("parts"):
        raise NotNow("还没有任何数据，请先取数或录入。")
    try:
        run.snapshot = frozen(head_of(run, members), core)
    except ScoringError as error:
        raise Invalid(f"按现有数据还不能计分：{error}。") from error
    run.digest = digest_of(run.snapshot)
    run.previewed_at = at
    run.objections_until = days_after(timezone.localtime(at).date(), days, working=True).moment
    run.revision += 1
    acts = []
    if run.corrects_id is not None:
        acts.append(_replace(run, acting_user, at))
    run.save()
    label = label_of(run)
    write_step(run, RunAction.PREVIEW, by=acting_user, at=at, text=f"公示{days}个工作日")
    tell_previewed(run, label, [one.unit for one in members], now=at)
    until = timezone.localtime(run.objections_until).date().isoformat()
    acts.append(act_of(run, "考核公示", before, 异议截止=until, 数据=run.digest))
    record(acting_user=acting_user, acts=acts)
    return run


def _replace(run: Run, by: Any, at: dt.datetime) -> Any:
    """The run that is corrected steps back; nobody may wait for an answer there."""
    old = Run.objects.select_for_update().filter(pk=run.corrects_id).order_by("pk").get()
    old.adoption = run.adoption
    if old.state not in (RunState.PREVIEW, RunState.FINAL):
        raise NotNow("被更正的考核已不在公示或定稿状态，不能再以此更正。")
    waiting = Objection.objects.filter(run=old, state=ObjectionState.OPEN).count()
    if waiting:
        raise NotNow(f"被更正的考核还有{waiting}条异议没有答复，请先答复。")
    before = old.state
    old.state = RunState.REPLACED
    old.revision += 1
    old.save(update_fields=("state", "revision"))
    settle_previewed(old, now=at)
    write_step(old, RunAction.CORRECT, by=by, at=at, text=f"由第{run.ordinal}次更正：{run.reason}")
    return act_of(old, "考核被更正", before, 原因=run.reason)


@transaction.atomic
def extend_objections(
    *,
    acting_user: Any,
    run_id: int,
    until: dt.date,
    reason: str,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Run:
    """Let the units object until the end of a later day."""
    at = moment(now)
    reason = plain(reason, "延长的原因")
    run = kept_run(acting_user, run_id, revision)
    RUNS.next(run.state, RunAction.EXTEND)
    assert run.objections_until is not None
    if until > timezone.localtime(at).date() + dt.timedelta(days=2 * _MOST_DAYS):
        raise ValidationError("异议期不能超过半年。")
    last = end_of_day(until)
    if last <= run.objections_until or last <= at:
        raise ValidationError("新的截止日期应晚于现在的截止日期和今天。")
    before = timezone.localtime(run.objections_until).date().isoformat()
    run.objections_until = last
    run.revision += 1
    run.save(update_fields=("objections_until", "revision"))
    write_step(run, RunAction.EXTEND, by=acting_user, at=at, text=f"延长到{until:%Y-%m-%d}：{reason}")
    tell_previewed(run, label_of(run), [one.unit for one in members_of(run)], now=at)
    acts = [act_of(run, "延长异议期", 原截止=before, 新截止=until.isoformat(), 原因=reason)]
    record(acting_user=acting_user, acts=acts)
    return run


@transaction.atomic
def correct_run(
    *, acting_user: Any, run_id: int, reason: str, revision: int | None = None, now: dt.datetime | None = None
) -> Run:
    """Begin a correction: a new draft with the same figures, those put right that upheld objections name. The old run
    stands until the new one is shown."""
    at = moment(now)
    reason = plain(reason, "更正的原因")
    old = kept_run(acting_user, run_id, revision)
    RUNS.next(old.state, RunAction.CORRECT)
    others = Run.objects.filter(adoption=old.adoption_id, period=old.period)
    if others.filter(state=RunState.DRAFT).exists():
        raise NotNow("这一期已经有正在计算的更正，请在那里继续。")
    run = Run.objects.create(
        adoption=old.adoption,
        version=old.version,
        period=old.period,
        ordinal=(others.aggregate(last=Max("ordinal"))["last"] or 0) + 1,
        as_of=old.as_of,
        choices=dict(old.choices),
        corrects=old,
        reason=reason,
        created_by=acting_user,
    )
    rows = list(RunFact.objects.filter(run=old))
    for row in rows:
        row.pk, row.run = None, run
    rows = _put_right(run, old, rows, acting_user, at)
    RunFact.objects.bulk_create(rows, batch_size=500)
    write_step(run, RunAction.CORRECT, by=acting_user, at=at, text=f"更正第{old.ordinal}次：{reason}")
    record(acting_user=acting_user, acts=[act_of(run, "更正考核", 更正=f"第{old.ordinal}次", 原因=reason)])
    return run


def _put_right(run: Run, old: Run, rows: list[RunFact], by: Any, at: dt.datetime) -> list[RunFact]:
    """The figures with those in that upheld objections name; of an item that judges mark none is put in."""
    judged = {item.key for item in scheme_for(run).items if item.method.JUDGED}
    found = {(row.unit_id, row.item, row.judge, row.is_typed): row for row in rows}
    upheld = Objection.objects.filter(run=old, state=ObjectionState.UPHELD, wanted__isnull=False).exclude(item="")
    for one in upheld.order_by("pk"):
        if one.item in judged or one.wanted is None:
            continue
        drawn = found.get((one.about_id, one.item, "", False))
        typed = found.get((one.about_id, one.item, "", True))
        known = typed or drawn
        found[one.about_id, one.item, "", True] = RunFact(
            run=run,
            unit_id=one.about_id,
            item=one.item,
            value=one.wanted,
            target=known.target if known else None,
            previous=known.previous if known else None,
            source=known.source if known else "异议",
            date=known.date if known else None,
            reference={"objection": one.pk},
            is_typed=True,
            reason=f"采纳异议：{one.answer}"[:300],
            entered_by=by,
            entered_at=at,
        )
    return list(found.values())


@transaction.atomic
def finalise_run(
    *, acting_user: Any, run_id: int, revision: int | None = None, reason: str = "", now: dt.datetime | None = None
) -> Run:
    """Make a shown run final. Before the objections' deadline, or with objections that are open or upheld without a
    correction, a reason must be given; open ones hold it up until the deadline."""
    at = moment(now)
    reason = plain(reason, "定稿的理由", required=False)
    run = kept_run(acting_user, run_id, revision)
    before = run.state
    run.state = RUNS.next(before, RunAction.FINALISE)
    _require_settled(run, reason, at)
    run.final_at = at
    run.revision += 1
    run.save(update_fields=("state", "final_at", "revision"))
    settle_previewed(run, now=at)
    write_step(run, RunAction.FINALISE, by=acting_user, at=at, text=reason)
    label = label_of(run)
    tell_units(run, [one.unit for one in members_of(run)], FINAL, f"{label}已定稿", "得分和名次以定稿为准。", now=at)
    record(acting_user=acting_user, acts=[act_of(run, "考核定稿", before, 理由=reason, 数据=run.digest)])
    return run


def _require_settled(run: Run, reason: str, at: dt.datetime) -> None:
    """Stop with what is left to do, or a reason to be given."""
    if Run.objects.filter(corrects=run, state=RunState.DRAFT).exists():
        raise NotNow("正在更正这一期，请先公示或撤回更正。")
    assert run.objections_until is not None
    states = list(Objection.objects.filter(run=run).values_list("state", flat=True))
    waiting, upheld = states.count(ObjectionState.OPEN), states.count(ObjectionState.UPHELD)
    early = at < run.objections_until
    if waiting and early:
        raise NotNow(f"还有{waiting}条异议没有答复，答复以后或异议期满才能定稿。")
    if not reason:
        if waiting:
            raise NotNow(f"还有{waiting}条异议没有答复，确要定稿的，请写明理由。")
        if upheld:
            raise NotNow(f"有{upheld}条异议已采纳，请先更正；不影响得分、无需更正的，请写明理由。")
        if early:
            raise NotNow("异议期还没有满，确要提前定稿的，请写明理由。")


@transaction.atomic
def withdraw_run(
    *, acting_user: Any, run_id: int, reason: str, revision: int | None = None, now: dt.datetime | None = None
) -> Run:
    """Take a draft or a shown run back; it stays on record. The units that saw it are told."""
    at = moment(now)
    reason = plain(reason, "撤回的原因")
    run = kept_run(acting_user, run_id, revision)
    before = run.state
    run.state = RUNS.next(before, RunAction.WITHDRAW)
    if Run.objects.filter(corrects=run, state=RunState.DRAFT).exists():
        raise NotNow("正在更正这一期，请先公示或撤回更正。")
    run.reason = run.reason or reason
    run.revision += 1
    run.save(update_fields=("state", "reason", "revision"))
    settle_previewed(run, now=at)
    if before == RunState.PREVIEW:
        units = [one.unit for one in members_of(run)]
        tell_units(run, units, WITHDRAWN, f"{label_of(run)}公示已撤回", reason, now=at)
    write_step(run, RunAction.WITHDRAW, by=acting_user, at=at, text=reason)
    record(acting_user=acting_user, acts=[act_of(run, "撤回考核", before, 原因=reason)])
    return run
