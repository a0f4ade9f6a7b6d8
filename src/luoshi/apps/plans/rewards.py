"""Rules of reward in a plan: read as drafts, corrected, confirmed or set aside by a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.documents import document_of
from luoshi.apps.plans.errors import RewardChanged
from luoshi.apps.plans.models import Origin, Plan, PlanVersion, Recurrence, RewardRule, RewardState
from luoshi.apps.plans.policies import may_manage, visible_plans
from luoshi.apps.plans.words import scaled
from luoshi.extraction import extract
from luoshi.extraction.model import RewardDraft

NOT_ALLOWED = "只有发文单位的统筹办和系统管理员可以办理奖补规则。"
#: What a person may correct.
VALUES = ("condition", "word", "amount", "amount_max", "unit_of_measure", "basis", "cap", "recurrence")
_WORDS = {"once": "一次性", "yearly": "每年"}


def visible_rewards(user: Any, plan: Plan) -> QuerySet[RewardRule]:
    """The rules in force: who may manage the plan sees drafts too, all others what was confirmed."""
    rows = RewardRule.objects.filter(plan=plan, retired_in=None, plan__in=visible_plans(user).order_by().values("pk"))
    if user is None or may_manage(user, plan):
        return rows
    return rows.filter(state=RewardState.CONFIRMED)


def words_of(rule: RewardRule) -> str:
    """``一次性奖励15万元``, ``按设备投资额的10%补助，最高500万元``."""
    once = _WORDS.get(rule.recurrence, "")
    parts = []
    if rule.amount is not None:
        unit = rule.unit_of_measure
        low = scaled(rule.amount, unit, rule.text)
        figure = f"{low}至{scaled(rule.amount_max, unit, rule.text)}" if rule.amount_max is not None else low
        parts.append(f"{once}按{rule.basis}的{figure}{rule.word}" if rule.basis else f"{once}{rule.word}{figure}")
    else:
        parts.append(f"{once}{rule.word}")
    if rule.cap is not None:
        parts.append(f"最高{scaled(rule.cap, '元', rule.text)}")
    return "，".join(parts)


@transaction.atomic
def read_rewards(*, acting_user: Any, plan: Plan) -> tuple[int, int]:
    """Read the rules of the plan's latest version: how many are new, how many stand no more.

    What was read before and still stands in the same words keeps what a person said of it; its place follows the text.
    """
    plan = _locked(plan)
    require(acting_user is None or may_manage(acting_user, plan), NOT_ALLOWED)
    version = plan.versions.select_related("document").order_by("-ordinal").first()
    if version is None:
        raise ValidationError("方案还没有发布的版本。")
    found = _found(version)
    known: dict[str, list[RewardRule]] = {}
    for row in RewardRule.objects.filter(plan=plan, retired_in=None).order_by("line", "pk"):
        known.setdefault(row.text, []).append(row)
    fresh = []
    for draft in found:
        same = known.get(draft.text)
        if same:
            row = same.pop(0)
            row.version, row.line, row.spans = version, draft.spans[0].line, _spans(draft)
            row.save(update_fields=("version", "line", "spans"))
        else:
            fresh.append(_row(plan, version, draft))
    gone = [row for rows in known.values() for row in rows if row.origin != Origin.MANUAL]
    RewardRule.objects.bulk_create(fresh)
    RewardRule.objects.filter(pk__in=[row.pk for row in gone]).update(retired_in=version)
    if fresh or gone:
        after = {"新读出": len(fresh), "不再列入": len(gone), "版次": version.ordinal}
        record(acting_user=acting_user, acts=[Act(action="读取奖补规则", target=plan, after=after)])
    return len(fresh), len(gone)


def _found(version: PlanVersion) -> list[RewardDraft]:
    plans = extract(document_of(version.document), date=version.plan.issued_on).plans
    inside = range(version.first_line, version.last_line + 1)
    return [draft for one in plans for draft in one.rewards if draft.spans[0].line in inside]


def _spans(draft: RewardDraft) -> list[list[int]]:
    return [[span.line, span.start, span.end] for span in draft.spans]


def _row(plan: Plan, version: PlanVersion, draft: RewardDraft) -> RewardRule:
    return RewardRule(
        plan=plan,
        version=version,
        text=draft.text,
        line=draft.spans[0].line,
        spans=_spans(draft),
        rule=draft.rule,
        certainty=draft.certainty,
        reason=draft.reason[:300],
        condition=draft.condition[:300],
        word=draft.word[:10],
        amount=draft.amount,
        amount_max=draft.amount_max,
        unit_of_measure=draft.unit[:20],
        basis=draft.basis[:60],
        cap=draft.cap,
        recurrence=draft.recurrence,
    )


@transaction.atomic
def decide_rewards(*, acting_user: Any, plan: Plan, rules: Mapping[int, int], state: str) -> int:
    """Confirm several at once, set them aside, or put them back; ``rules``: number → the revision that was seen."""
    if state not in RewardState.values:
        raise ValidationError("请选择确认或不是奖补。")
    plan = _locked(plan)
    require(may_manage(acting_user, plan), NOT_ALLOWED)
    rows = _rows(plan, rules)
    acts = []
    for row in rows:
        if row.revision != rules[row.pk]:
            raise RewardChanged(row.text)
        if row.state == state:
            continue
        before = RewardState(row.state).label
        _decide(row, acting_user, state)
        row.save()
        after = {"状态": RewardState(state).label}
        acts.append(Act(action="办理奖补规则", target=row, label=row.text[:200], before={"状态": before}, after=after))
    if acts:
        record(acting_user=acting_user, acts=acts)
    return len(acts)


@transaction.atomic
def edit_reward(
    *, acting_user: Any, plan: Plan, rule_id: int, values: Mapping[str, Any], revision: int | None = None
) -> RewardRule:
    """Correct what was read; what a person has corrected is confirmed by it."""
    plan = _locked(plan)
    require(may_manage(acting_user, plan), NOT_ALLOWED)
    (row,) = _rows(plan, [rule_id])
    if revision is not None and revision != row.revision:
        raise RewardChanged(row.text)
    before = {name: getattr(row, name) for name in VALUES}
    for name in VALUES:
        if name in values:
            setattr(row, name, values[name])
    _check(row)
    row.origin = Origin.CORRECTED if row.origin == Origin.EXTRACTED else row.origin
    _decide(row, acting_user, RewardState.CONFIRMED)
    row.save()
    changed = [name for name in VALUES if getattr(row, name) != before[name]]
    record(
        acting_user=acting_user,
        acts=[
            Act(
                action="更正奖补规则",
                target=row,
                label=row.text[:200],
                before={name: before[name] for name in changed},
                after={name: getattr(row, name) for name in changed},
            )
        ],
    )
    return row


def _check(row: RewardRule) -> None:
    row.clean_fields(exclude={field.name for field in row._meta.fields} - set(VALUES))
    for name, what in (("amount", "标准"), ("amount_max", "标准上限"), ("cap", "最高")):
        value = getattr(row, name)
        if value is not None and value < 0:
            raise ValidationError(f"{what}不能为负数。")
    if row.amount is None and row.cap is None:
        raise ValidationError("标准和最高至少填一项；不是奖补的，请点“不是奖补”。")
    if row.amount_max is not None and (row.amount is None or row.amount_max < row.amount):
        raise ValidationError("标准上限不能小于标准。")
    if row.unit_of_measure in ("%", "‰") and row.amount is not None and row.amount > Decimal(1000):
        raise ValidationError("比例过大，请核对。")
    if row.recurrence not in Recurrence.values:
        raise ValidationError("请选择频次。")


def _decide(row: RewardRule, user: Any, state: str) -> None:
    row.state, row.revision = state, row.revision + 1
    undone = state == RewardState.DRAFT
    row.decided_by, row.decided_at = (None, None) if undone else (user, timezone.now())


def _rows(plan: Plan, numbers: Collection[int]) -> list[RewardRule]:
    rows = RewardRule.objects.select_for_update(of=("self",)).filter(plan=plan, retired_in=None, pk__in=numbers)
    found = list(rows.order_by("pk"))
    if len(found) != len(set(numbers)):
        raise Http404
    return found


def _locked(plan: Plan) -> Plan:
    return Plan.objects.select_for_update(of=("self",)).select_related("owner").get(pk=plan.pk)
