"""What a unit disputes of a run that was shown, and what is answered."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.http import Http404

from luoshi.apps.assessment.actions.common import TEXT_LENGTH, act_of, label_of, locked_run, moment, plain
from luoshi.apps.assessment.actions.evidence import prepare
from luoshi.apps.assessment.errors import NotNow, Stale
from luoshi.apps.assessment.gathering import members_of, scheme_for, sources_of
from luoshi.apps.assessment.models import Objection, Run, RunState
from luoshi.apps.assessment.policies import may_check, may_object, visible_runs
from luoshi.apps.assessment.states import OBJECTIONS, ObjectionAct
from luoshi.apps.assessment.telling import tell_answered, tell_objected
from luoshi.apps.journal.actions import record
from luoshi.apps.notices.actions import settle
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require

#: A unit that has more than so many open ones should put them into one.
MOST_OPEN = 50


@transaction.atomic
def file_objection(
    *,
    acting_user: Any,
    run_id: int,
    unit_id: int,
    text: str,
    item: str = "",
    about_id: int | None = None,
    wanted: Decimal | None = None,
    file: File[bytes] | None = None,
    now: dt.datetime | None = None,
) -> Objection:
    """Object for a unit, until the deadline: to a figure of its own or of another (``about``), or to the whole.

    ``wanted`` is the value that would be right. Raises ``NotNow`` once the deadline has passed.
    """
    at = moment(now)
    text = plain(text, "异议的内容和依据", most=TEXT_LENGTH)
    prepared = prepare(file) if file else None
    run = locked_run(acting_user, run_id)
    members = {one.unit.pk: one for one in members_of(run)}
    if unit_id not in members or (about_id is not None and about_id not in members):
        raise Http404
    unit = members[unit_id].unit
    require(may_object(acting_user, unit, run.adoption.owner), "请由被考核单位的人员提出异议。")
    _require_open(run, at)
    if item and item not in {one.key for one in scheme_for(run).items}:
        raise ValidationError("没有这一项，请重新选择。")
    if wanted is not None and not item:
        raise ValidationError("写明应为多少的，请选择是哪一项。")
    if Objection.objects.filter(run=run, unit=unit, state="open").count() >= MOST_OPEN:
        raise NotNow(f"还有{MOST_OPEN}条异议没有答复，请合并提出。")
    objection = Objection(
        run=run,
        unit=unit,
        about_id=about_id or unit_id,
        item=item,
        text=text,
        wanted=wanted,
        filed_by=acting_user,
        filed_at=at,
    )
    if prepared is not None:
        objection.file, objection.name = File(prepared.file, name=prepared.name), prepared.name
    objection.save()
    run.revision += 1
    run.save(update_fields=("revision",))
    checkers = [one.checked_by for one in sources_of(run) if item and one.item == item and one.checked_by is not None]
    tell_objected(objection, label_of(run), checkers, now=at)
    acts = [act_of(run, "提出考核异议", 单位=str(unit), 项=item, 内容=text[:300], 认为应为=_plain(wanted))]
    record(acting_user=acting_user, acts=acts)
    return objection


def _require_open(run: Run, at: dt.datetime) -> None:
    """Stop where objections are not taken (any more)."""
    if run.state != RunState.PREVIEW or run.objections_until is None:
        raise NotNow(f"本期考核{run.get_state_display()}，现在不能提出异议。")
    if at > run.objections_until:
        raise NotNow("异议期已满，不能再提出异议。")


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _locked(user: Any, objection_id: int, revision: int | None) -> tuple[Objection, Run]:
    """An objection and its run, both locked, the run first: finalising looks at the objections under the run's lock."""
    known = Objection.objects.filter(pk=objection_id, run__in=visible_runs(user).order_by().values("pk")).first()
    if known is None:
        raise Http404
    run = locked_run(user, known.run_id)
    objection = Objection.objects.select_for_update().filter(pk=objection_id).order_by("pk").get()
    objection.run = run
    units = Unit.objects.in_bulk({objection.unit_id, objection.about_id})
    objection.unit, objection.about = units[objection.unit_id], units[objection.about_id]
    if revision is not None and revision != objection.revision:
        raise Stale("此异议")
    return objection, run


@transaction.atomic
def answer_objection(
    *,
    acting_user: Any,
    objection_id: int,
    uphold: bool,
    answer: str,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Objection:
    """Uphold an objection or not, with reasons; the unit is told. What is upheld is put right by a correction."""
    at = moment(now)
    answer = plain(answer, "答复", most=TEXT_LENGTH)
    objection, run = _locked(acting_user, objection_id, revision)
    source = next((one for one in sources_of(run) if objection.item and one.item == objection.item), None)
    require(may_check(acting_user, source, run.adoption.owner), "只有考核单位和这一项的审核单位可以答复。")
    require(acting_user is None or objection.filed_by_id != acting_user.pk, "不能答复自己提出的异议。")
    objection.state = OBJECTIONS.next(objection.state, ObjectionAct.UPHOLD if uphold else ObjectionAct.REJECT)
    objection.answer, objection.answered_by, objection.answered_at = answer, acting_user, at
    objection.revision += 1
    objection.save()
    run.revision += 1
    run.save(update_fields=("revision",))
    tell_answered(objection, label_of(run), now=at)
    outcome = objection.get_state_display()
    acts = [act_of(run, "答复考核异议", 单位=str(objection.unit), 项=objection.item, 结果=outcome, 答复=answer[:300])]
    record(acting_user=acting_user, acts=acts)
    return objection


@transaction.atomic
def withdraw_objection(
    *, acting_user: Any, objection_id: int, revision: int | None = None, now: dt.datetime | None = None
) -> Objection:
    """Take an objection back that was not answered yet."""
    at = moment(now)
    objection, run = _locked(acting_user, objection_id, revision)
    require(may_object(acting_user, objection.unit, run.adoption.owner), "请由提出异议的单位撤回。")
    objection.state = OBJECTIONS.next(objection.state, ObjectionAct.WITHDRAW)
    objection.revision += 1
    objection.save(update_fields=("state", "revision"))
    run.revision += 1
    run.save(update_fields=("revision",))
    settle(prefix=f"objection:{objection.pk}:open", now=at)
    acts = [act_of(run, "撤回考核异议", 单位=str(objection.unit), 项=objection.item)]
    record(acting_user=acting_user, acts=acts)
    return objection
