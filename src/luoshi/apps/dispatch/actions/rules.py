"""Early warning rules: made, changed, stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.dispatch import rules
from luoshi.apps.dispatch.actions.locking import locked, require_seen
from luoshi.apps.dispatch.models import WarningKind, WarningRule
from luoshi.apps.dispatch.policies import choosable_plans, may_keep_rules, visible_rules
from luoshi.apps.dispatch.texts import needed
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Plan

NAME, MOST_DAYS = 80, 60
_NOT_YOURS = "只有统筹办、牵头单位和系统管理员可以设置预警规则。"


def _checked(kind: str, parameters: Mapping[str, Any], answer_days: int) -> dict[str, Any]:
    found = rules.read_parameters(kind, parameters)
    if kind == WarningKind.BELOW_MARK and not Indicator.objects.filter(key=found.indicator).exists():
        raise ValidationError("没有这个指标，请重新选择。")
    if not 1 <= answer_days <= MOST_DAYS:
        raise ValidationError(f"应策天数应在1至{MOST_DAYS}之间。")
    return rules.stored(kind, found)


def create_rule(
    *,
    acting_user: Any,
    owner: Unit,
    kind: str,
    name: str = "",
    plan: Plan | None = None,
    parameters: Mapping[str, Any] | None = None,
    answer_days: int = 5,
    working: bool = True,
) -> WarningRule:
    """Set a rule for the targets of one plan, or of all plans that ``owner`` issued; named by its condition if not."""
    require(may_keep_rules(acting_user, owner), _NOT_YOURS)
    if plan is not None and acting_user is not None:
        require(choosable_plans(acting_user).filter(pk=plan.pk).exists(), "您看不到这份方案。")
    kept = _checked(kind, parameters or {}, answer_days)
    rule = WarningRule(owner=owner, plan=plan, kind=kind, parameters=kept, answer_days=answer_days, working=working)
    rule.name = needed(name or rules.in_words(rule)[:NAME], "规则名称", NAME)
    rule.created_by = acting_user
    with transaction.atomic():
        rule.save()
        record(acting_user=acting_user, acts=[Act(action="设置预警规则", target=rule, after=_told(rule))])
    return rule


def edit_rule(
    *,
    acting_user: Any,
    rule_id: int,
    name: str,
    parameters: Mapping[str, Any],
    answer_days: int,
    working: bool,
    is_active: bool = True,
    revision: int | None = None,
) -> WarningRule:
    """Change what a rule asks; its kind, owner and plan stay. Warnings raised already stand."""
    with transaction.atomic():
        rule = locked(visible_rules(acting_user), rule_id)
        require(may_keep_rules(acting_user, rule.owner), _NOT_YOURS)
        require_seen(rule, revision)
        before = _told(rule)
        rule.parameters = _checked(rule.kind, parameters, answer_days)
        rule.answer_days, rule.working, rule.is_active = answer_days, working, is_active
        rule.name = needed(name or rules.in_words(rule)[:NAME], "规则名称", NAME)
        rule.revision += 1
        rule.save()
        record(
            acting_user=acting_user, acts=[Act(action="修改预警规则", target=rule, before=before, after=_told(rule))]
        )
    return rule


def stop_rule(*, acting_user: Any, rule_id: int) -> WarningRule:
    """Stop a rule: nothing new is raised by it; what was raised is followed to its end. A stopped one stays so."""
    with transaction.atomic():
        rule = locked(visible_rules(acting_user), rule_id)
        require(may_keep_rules(acting_user, rule.owner), _NOT_YOURS)
        if not rule.is_active:
            return rule
        rule.is_active = False
        rule.revision += 1
        rule.save(update_fields=("is_active", "revision"))
        record(acting_user=acting_user, acts=[Act(action="停用预警规则", target=rule, after={"启用": False})])
    return rule


def _told(rule: WarningRule) -> dict[str, Any]:
    return {
        "名称": rule.name,
        "条件": rules.in_words(rule),
        "应策": rules.due_words(rule),
        "方案": str(rule.plan or "全部方案"),
        "启用": rule.is_active,
    }
