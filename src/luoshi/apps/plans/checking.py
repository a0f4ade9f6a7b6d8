"""Whether a publication can be stored: what the database would refuse is said first, in words."""

from __future__ import annotations

from decimal import Decimal

from luoshi.apps.plans.errors import InvalidPublication
from luoshi.apps.plans.kinds import MOST_LEVELS
from luoshi.apps.plans.models import (
    ComparatorChoice,
    DeadlineRuleChoice,
    Measure,
    Origin,
    ResponsibilityRole,
    SourceDocument,
    Tier,
)
from luoshi.apps.plans.publication import Publication

#: Fewer than 10^18: eighteen digits before the point, six behind it.
LARGEST = Decimal(10) ** 18
_LONGEST_KEY = Measure._meta.get_field("position").max_length or 0


def check(publication: Publication) -> None:
    """Raise ``InvalidPublication`` on the first thing that is wrong."""
    _check_frame(publication)
    for target in publication.targets:
        where = f"第{target.line}行目标“{target.indicator or target.text}”"
        if target.comparator not in ComparatorChoice.values:
            raise InvalidPublication(f"{where}的比较方式无效。")
        if target.tier and target.tier not in Tier.values:
            raise InvalidPublication(f"{where}的档次无效。")
        for value in (target.value, target.value_max):
            if value is not None and not (value.is_finite() and abs(value) < LARGEST):
                raise InvalidPublication(f"{where}的数值过大或无效。")
        if target.value_max is not None and target.value_max < target.value:
            raise InvalidPublication(f"{where}的上限小于下限。")
    for deadline in publication.deadlines:
        where = f"第{deadline.line}行时限“{deadline.text}”"
        if deadline.rule_kind not in DeadlineRuleChoice.values:
            raise InvalidPublication(f"{where}的规则无效。")
        if deadline.rule_kind == DeadlineRuleChoice.DATE and deadline.date is None:
            raise InvalidPublication(f"{where}缺少日期。")
        if deadline.rule_kind == DeadlineRuleChoice.DAYS_AFTER and deadline.days is None:
            raise InvalidPublication(f"{where}缺少天数。")
    for responsibility in publication.responsibilities:
        if responsibility.role not in ResponsibilityRole.values:
            raise InvalidPublication(f"第{responsibility.line}行“{responsibility.name}”的角色无效。")


def _check_frame(publication: Publication) -> None:
    if not publication.title.strip():
        raise InvalidPublication("方案缺少标题。")
    if len(publication.title) > 300 or len(publication.number) > 60:
        raise InvalidPublication("方案的标题或文号过长。")
    lines = SourceDocument.objects.filter(pk=publication.document_id).values_list("line_count", flat=True).first()
    if lines is None:
        raise InvalidPublication("原文不存在。")
    if not 1 <= publication.first_line <= publication.last_line <= lines:
        raise InvalidPublication("方案的起止行不在原文之内。")
    keys = [measure.key for measure in publication.measures]
    if len(set(keys)) != len(keys):
        raise InvalidPublication("两项措施的次序相同。")
    if any(not key or len(key) > _LONGEST_KEY or key.count(".") >= MOST_LEVELS for key in keys):
        raise InvalidPublication("措施的层级过深或次序为空。")
    objects = (
        *publication.measures,
        *publication.targets,
        *publication.responsibilities,
        *publication.deadlines,
        *publication.tables,
    )
    for item in objects:
        if item.origin not in Origin.values:
            raise InvalidPublication(f"第{item.line}行“{item.text[:20]}”的来源无效。")
        if item.line < 1:
            raise InvalidPublication(f"“{item.text[:20]}”没有行号。")
