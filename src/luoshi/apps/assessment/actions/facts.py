"""Figures typed into a draft run: one by one, or many from a file. A typed figure beats a drawn one and says why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from luoshi.apps.assessment.actions.common import act_of, locked_run, moment, plain, write_step
from luoshi.apps.assessment.computing import text_of
from luoshi.apps.assessment.errors import Invalid
from luoshi.apps.assessment.facts_file import Given, given_in
from luoshi.apps.assessment.gathering import members_of, scheme_for, sources_of
from luoshi.apps.assessment.models import Run, RunAction, RunFact
from luoshi.apps.assessment.policies import may_check
from luoshi.apps.assessment.states import RUNS
from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.policies import require
from luoshi.apps.organisations.queries import directory
from luoshi.periods import Period

_PLACES = Decimal("0.000001")
NOT_YOURS = "只有考核单位和这一项的审核单位可以录入。"
NO_REASON = "与台账数据不同，请写明理由。"


@transaction.atomic
def enter_fact(
    *,
    acting_user: Any,
    run_id: int,
    unit_id: int,
    item: str,
    value: Decimal | None,
    target: Decimal | None = None,
    previous: Decimal | None = None,
    judge: str = "",
    reason: str = "",
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> RunFact:
    """Type one unit's figure of an item (a judge's mark where judges mark it): what was typed before is replaced.

    ``value`` None: not reported. Where the ledger says otherwise a reason is needed.
    """
    given = Given(
        unit_id,
        item,
        value,
        target,
        previous,
        plain(judge, "评委", most=60, required=False),
        plain(reason, "理由", required=False),
        frozenset({"value", "target", "previous"}),
        0,
    )
    return _enter(acting_user, run_id, [given], revision, moment(now), "录入")[0]


@transaction.atomic
def enter_rows(
    *,
    acting_user: Any,
    run_id: int,
    rows: Sequence[tuple[int, Sequence[str]]],
    reason: str,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> int:
    """Take many figures at once, from ``facts_file.read_file`` or ``read_paste``: all or none. How many there were.

    ``reason`` stands for rows without one of their own.
    """
    reason = plain(reason, "数据来源或理由")
    if not is_storable([list(row) for _, row in rows]):
        raise Invalid("内容含有不能保存的字符，请改正。")
    run = locked_run(acting_user, run_id, revision)
    names = directory()
    day = Period.parse(run.period).last_day
    members = members_of(run)
    by_key = {one.unit.key: one.unit.pk for one in members}

    def also(name: str) -> int | None:
        keys = names.resolve(name, day).keys
        return by_key.get(keys[0]) if len(keys) == 1 else None

    given = given_in(rows, scheme_for(run), members, also)
    known = [one if one.reason else _with_reason(one, reason) for one in given]
    return len(_enter(acting_user, run_id, known, None, moment(now), "批量录入"))


def _with_reason(one: Given, reason: str) -> Given:
    values = (one.unit_id, one.item, one.value, one.target, one.previous, one.judge, reason, one.names, one.line)
    return Given(*values)


def _enter(
    user: Any, run_id: int, given: Iterable[Given], revision: int | None, at: dt.datetime, verb: str
) -> list[RunFact]:
    given = list(given)
    run = locked_run(user, run_id, revision)
    RUNS.next(run.state, RunAction.ENTER)
    _require(user, run, {one.item for one in given})
    items = {item.key: item for item in scheme_for(run).items}
    members = {one.unit.pk: one for one in members_of(run)}
    rows = {(row.unit_id, row.item, row.judge, row.is_typed): row for row in RunFact.objects.filter(run=run)}
    changed, told = [], []
    for one in given:
        if one.item not in items:
            raise Invalid(f"评分办法里没有“{one.item[:30]}”这一项。")
        if one.unit_id not in members:
            raise Http404
        if items[one.item].method.JUDGED is not bool(one.judge):
            raise Invalid("请写明评委。" if not one.judge else "这一项不由评委打分，不写评委。")
        drawn, typed = (rows.get((one.unit_id, one.item, one.judge, flag)) for flag in (False, True))
        fact = _fact(run, one, drawn, typed)
        if drawn is not None and not fact.reason and (fact.value, fact.target) != (drawn.value, drawn.target):
            raise ValidationError(f"{members[one.unit_id].name}第{one.item}项{NO_REASON}")
        before = None if typed is None else text_of(typed.value)
        fact.entered_by, fact.entered_at = user, at
        fact.save()
        changed.append(fact)
        change = f"{before or '无'}→{text_of(fact.value) or '未报'}"
        told.append(f"{members[one.unit_id].name}第{one.item}项{one.judge}：{change}")
    run.revision += 1
    run.save(update_fields=("revision",))
    many = f"{verb}{len(changed)}个：" if len(changed) > 1 else f"{verb}："
    write_step(run, RunAction.ENTER, by=user, at=at, text=many + "；".join(told))
    record(acting_user=user, acts=[act_of(run, "录入考核数据", 内容=(many + "；".join(told))[:2000])])
    return changed


def _fact(run: Run, one: Given, drawn: RunFact | None, typed: RunFact | None) -> RunFact:
    """The typed row, with what was not given taken from the row that counted so far."""
    known = typed or drawn
    fact = typed or RunFact(run=run, unit_id=one.unit_id, item=one.item, judge=one.judge, is_typed=True)
    for name in ("value", "target", "previous"):
        given = getattr(one, name)
        if name in one.names and not (name == "previous" and given is None):
            setattr(fact, name, given if given is None else given.quantize(_PLACES))
        elif known is not None:
            setattr(fact, name, getattr(known, name))
    fact.reason = one.reason or fact.reason
    fact.source, fact.reference = "手工录入", {}
    fact.date = None
    return fact


def _require(user: Any, run: Run, items: set[str]) -> None:
    sources = {source.item: source for source in sources_of(run)}
    for item in items:
        require(may_check(user, sources.get(item), run.adoption.owner), NOT_YOURS)


@transaction.atomic
def drop_typed(
    *,
    acting_user: Any,
    run_id: int,
    unit_id: int,
    item: str,
    judge: str = "",
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Take a typed figure out again: the drawn one, if there is one, counts."""
    at = moment(now)
    run = locked_run(acting_user, run_id, revision)
    RUNS.next(run.state, RunAction.ENTER)
    _require(acting_user, run, {item})
    row = RunFact.objects.filter(run=run, unit=unit_id, item=item, judge=judge, is_typed=True).first()
    if row is None:
        raise Http404
    row.delete()
    run.revision += 1
    run.save(update_fields=("revision",))
    text = f"{row.unit}第{item}项{judge}改用台账数据"
    write_step(run, RunAction.ENTER, by=acting_user, at=at, text=text)
    record(acting_user=acting_user, acts=[act_of(run, "改用台账数据", 内容=text)])
