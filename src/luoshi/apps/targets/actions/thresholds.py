"""From which schedule ratio on the lights of a plan are green and yellow."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from luoshi import progress
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Plan
from luoshi.apps.targets import policies
from luoshi.apps.targets.actions.adopting import cleaned_reason
from luoshi.apps.targets.errors import Invalid, Stale
from luoshi.apps.targets.models import ProgressRule
from luoshi.apps.targets.values import plain

NOT_ALLOWED = "只有发文单位的统筹办、系统管理员和牵头单位可以设定亮灯标准。"
#: What a limit may be: nobody is asked for twice what is due.
MOST = Decimal(2)
PLACES = Decimal("0.0001")


@transaction.atomic
def set_thresholds(
    *,
    acting_user: Any,
    plan: Plan,
    green: Decimal,
    yellow: Decimal,
    reason: str,
    revision: int,
    now: dt.datetime | None = None,
) -> ProgressRule:
    """Choose from which part of what is due (1 is all of it) the plan's lights are green and yellow.

    ``revision`` is the one that the person saw, 0 where nothing was set yet. Raises ``Invalid``, ``Stale``.
    """
    require(policies.may_set_lights(acting_user, plan), NOT_ALLOWED)
    errors = {}
    for name, label, value in (("green", "绿灯下限", green), ("yellow", "黄灯下限", yellow)):
        if not value.is_finite() or not 0 < value <= MOST:
            errors[name] = f"{label}应大于0%、不超过200%。"
        elif value != value.quantize(PLACES):
            errors[name] = f"{label}最多保留百分数的两位小数。"
    if not errors:
        try:
            progress.Thresholds(green, yellow)
        except ValueError as error:
            errors["yellow"] = str(error)
    reason = cleaned_reason(reason)
    if not reason:
        errors["reason"] = "请写明依据或原因。"
    if errors:
        raise Invalid(errors)
    # The plan's row serialises: two that set the first rule at once must not both make one.
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    rule = ProgressRule.objects.filter(plan=plan).select_related("set_by").first()
    if (rule.revision if rule else 0) != revision:
        raise Stale(rule.revision if rule else 0, str(rule.set_by or "") if rule else "")
    before = None
    if rule is None:
        rule = ProgressRule(plan=plan)
    else:
        before = {"green": plain(rule.green), "yellow": plain(rule.yellow), "reason": rule.reason}
        if (rule.green, rule.yellow) == (green, yellow):
            raise Invalid({"green": "与现行标准相同，没有改动。"})
        rule.earlier = [*rule.earlier, [rule.set_at.isoformat(), plain(rule.green), plain(rule.yellow)]]
    rule.green, rule.yellow, rule.reason = green, yellow, reason
    rule.set_by, rule.set_at = acting_user, now or timezone.now()
    rule.revision += 1
    rule.save()
    after = {"green": plain(green), "yellow": plain(yellow), "reason": reason}
    record(
        acting_user=acting_user,
        acts=[Act(action="设定亮灯标准", target=rule, before=before, after=after, label=plan.title)],
    )
    return rule
