"""Counted duties: made, given to holders, entered, withdrawn."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.http import Http404

from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Plan
from luoshi.apps.supervision.actions.common import moment, plain
from luoshi.apps.supervision.actions.evidence import prepare
from luoshi.apps.supervision.errors import NotNow, Stale
from luoshi.apps.supervision.models import Duty, DutyEntry, DutyHolder
from luoshi.apps.supervision.policies import (
    may_assign,
    may_enter,
    may_keep,
    may_withdraw_entry,
    visible_duties,
    visible_holders,
)
from luoshi.periods import local_date

NOT_KEEPER = "只有本单位的统筹办和牵头人员可以办理履职事项。"
MOST, MOST_HOLDERS, BACK = 366, 500, dt.timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who owes a duty: ``count`` overrides that of the duty."""

    unit: Unit
    name: str
    post: str = ""
    count: int | None = None


def create_duty(
    *,
    acting_user: Any,
    owner: Unit,
    name: str,
    cadence: str,
    count: int,
    measure_word: str = "次",
    rule: str = "",
    plan: Plan | None = None,
) -> Duty:
    """A new duty of an office, from scratch or with the words of one that ships."""
    require(may_assign(acting_user, owner), NOT_KEEPER)
    values = _checked(name, cadence, count, measure_word, rule)
    with transaction.atomic():
        duty = Duty.objects.create(
            key=f"duty-{uuid.uuid4().hex[:12]}", owner=owner, plan=plan, created_by=acting_user, **values
        )
        record(acting_user=acting_user, acts=[Act(action="新建履职事项", target=duty, after=values)])
    return duty


def edit_duty(
    *,
    acting_user: Any,
    duty_id: int,
    name: str,
    cadence: str,
    count: int,
    measure_word: str = "次",
    rule: str = "",
    revision: int | None = None,
) -> Duty:
    """Change a duty; its cadence stays once anything has been entered, since the counts would mean something else."""
    values = _checked(name, cadence, count, measure_word, rule)
    with transaction.atomic():
        duty = _kept(acting_user, duty_id, revision)
        if cadence != duty.cadence and DutyEntry.objects.filter(holder__duty=duty).exists():
            raise NotNow("已有履职记录，周期不能再改；请停用后另建一项。")
        before = {key: getattr(duty, key) for key in values}
        for key, value in values.items():
            setattr(duty, key, value)
        duty.revision += 1
        duty.save()
        record(acting_user=acting_user, acts=[Act(action="修改履职事项", target=duty, before=before, after=values)])
    return duty


def stop_duty(*, acting_user: Any, duty_id: int, active: bool = False) -> Duty:
    """Stop a duty, or take it up again; its log stays."""
    with transaction.atomic():
        duty = _kept(acting_user, duty_id)
        duty.is_active = active
        duty.revision += 1
        duty.save(update_fields=("is_active", "revision"))
        record(acting_user=acting_user, acts=[Act(action="启用履职事项" if active else "停用履职事项", target=duty)])
    return duty


def add_holders(*, acting_user: Any, duty_id: int, people: Iterable[Person], first_day: dt.date) -> list[DutyHolder]:
    """Give a duty to people, from a day on."""
    people = list(people)
    if not people:
        raise ValidationError("请填写履职人。")
    if len(people) > MOST_HOLDERS:
        raise ValidationError(f"一次最多{MOST_HOLDERS}人。")
    with transaction.atomic():
        duty = _kept(acting_user, duty_id)
        made = []
        for person in people:
            if person.count is not None and not 0 < person.count <= MOST:
                raise ValidationError(f"{person.name}的次数须为1至{MOST}。")
            name = plain(person.name, "姓名", most=40)
            post = plain(person.post, "职务", most=60, required=False)
            held = DutyHolder.objects.filter(duty=duty, unit=person.unit, name=name, last_day=None)
            if held.exists():
                raise ValidationError(f"{person.unit}{name}已在名单里。")
            try:
                with transaction.atomic():
                    made.append(
                        DutyHolder.objects.create(
                            duty=duty, unit=person.unit, name=name, post=post, count=person.count, first_day=first_day
                        )
                    )
            except IntegrityError as error:
                raise ValidationError(f"{person.unit}{name}已在名单里。") from error
        names = [f"{one.unit}{one.name}" for one in made]
        record(acting_user=acting_user, acts=[Act(action="增加履职人", target=duty, after={"名单": names})])
    return made


def end_holder(*, acting_user: Any, holder_id: int, last_day: dt.date) -> DutyHolder:
    """Somebody owes a duty no longer after a day; what they did stays."""
    with transaction.atomic():
        holder = _holder(acting_user, holder_id)
        require(may_keep(acting_user, holder.duty), NOT_KEEPER)
        if last_day < holder.first_day:
            raise ValidationError(f"截止日不能早于起始日{holder.first_day:%Y-%m-%d}。")
        holder.last_day = last_day
        holder.save(update_fields=("last_day",))
        after = {"姓名": holder.name, "至": last_day.isoformat()}
        record(acting_user=acting_user, acts=[Act(action="结束履职人", target=holder, after=after)])
    return holder


def enter_duty(
    *,
    acting_user: Any,
    holder_id: int,
    day: dt.date,
    text: str,
    amount: int = 1,
    place: str = "",
    file: File[bytes] | None = None,
    now: dt.datetime | None = None,
) -> DutyEntry:
    """Enter what a holder did on a day (or days: ``amount``), with evidence if there is any."""
    at = moment(now)
    text, place = plain(text, "内容", most=500), plain(place, "地点", most=120, required=False)
    prepared = prepare([file])[0] if file is not None else None
    if not 0 < amount <= MOST:
        raise ValidationError(f"数量须为1至{MOST}。")
    with transaction.atomic():
        holder = _holder(acting_user, holder_id)
        require(may_enter(acting_user, holder), "只有履职人所在单位的人员和主管单位可以登记。")
        today = local_date(at)
        if day > today:
            raise ValidationError("还没有到这一天，不能登记。")
        if day < today - BACK:
            raise ValidationError("一年以前的不再补登。")
        if day < holder.first_day or (holder.last_day is not None and day > holder.last_day):
            raise ValidationError(f"{holder.name}在这一天不承担此项。")
        if not holder.duty.is_active:
            raise NotNow("此项已停用，不再登记。")
        entry = DutyEntry(holder=holder, day=day, amount=amount, place=place, text=text, entered_by=acting_user)
        if prepared is not None:
            entry.file, entry.file_name = File(prepared.file, name=prepared.name), prepared.name
        entry.save()
        after = {"姓名": holder.name, "日期": day.isoformat(), "数量": amount, "内容": text}
        record(acting_user=acting_user, acts=[Act(action="登记履职", target=entry, after=after)])
    return entry


def withdraw_entry(*, acting_user: Any, entry_id: int, reason: str, now: dt.datetime | None = None) -> DutyEntry:
    """Take an entry back: it stays, with the reason, and counts no more."""
    at, reason = moment(now), plain(reason, "撤销的理由", most=200)
    with transaction.atomic():
        entry = DutyEntry.objects.select_for_update(of=("self",)).filter(pk=entry_id).order_by("pk").first()
        if entry is None or not visible_holders(acting_user).filter(pk=entry.holder_id).exists():
            raise Http404
        require(may_withdraw_entry(acting_user, entry), "只有登记的人和主管单位可以撤销。")
        if entry.withdrawn_at is not None:
            raise NotNow("这条记录已经撤销。")
        entry.withdrawn_at, entry.withdrawn_for = at, reason
        entry.save(update_fields=("withdrawn_at", "withdrawn_for"))
        record(acting_user=acting_user, acts=[Act(action="撤销履职记录", target=entry, after={"理由": reason})])
    return entry


def _checked(name: str, cadence: str, count: int, measure_word: str, rule: str) -> dict[str, Any]:
    if cadence not in CadenceChoice.values:
        raise ValidationError("请选择周期。")
    if not 0 < count <= MOST:
        raise ValidationError(f"次数须为1至{MOST}。")
    return {
        "name": plain(name, "名称", most=120),
        "cadence": cadence,
        "count": count,
        "measure_word": plain(measure_word, "量词", most=4),
        "rule": plain(rule, "说明", most=300, required=False),
    }


def _kept(acting_user: Any, duty_id: int, revision: int | None = None) -> Duty:
    if acting_user is not None and not visible_duties(acting_user).filter(pk=duty_id).exists():
        raise Http404
    duty = Duty.objects.select_for_update().filter(pk=duty_id).order_by("pk").first()
    if duty is None:
        raise Http404
    require(may_keep(acting_user, duty), NOT_KEEPER)
    if revision is not None and revision != duty.revision:
        raise Stale("此项")
    return duty


def _holder(acting_user: Any, holder_id: int) -> DutyHolder:
    if acting_user is not None and not visible_holders(acting_user).filter(pk=holder_id).exists():
        raise Http404
    holder = DutyHolder.objects.select_for_update().filter(pk=holder_id).order_by("pk").first()
    if holder is None:
        raise Http404
    return holder
