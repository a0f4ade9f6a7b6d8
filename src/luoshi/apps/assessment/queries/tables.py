"""What can be made of a plan's scoring tables: a draft scheme, or the scheme that was drafted from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from luoshi.apps.assessment.models import SchemeVersion
from luoshi.apps.assessment.policies import KEEPERS, visible_schemes
from luoshi.apps.assessment.tables import is_scoring
from luoshi.apps.organisations.policies import authority
from luoshi.apps.plans.models import PlanTable


def table_links(user: Any, tables: Sequence[PlanTable]) -> Mapping[int, Sequence[tuple[str, str]]]:
    """For scoring tables: the schemes drafted from it that the person sees, and 起草评分办法 for who may."""
    scoring = [table for table in tables if is_scoring(table)]
    if not scoring:
        return {}
    found: dict[int, list[tuple[str, str]]] = {table.pk: [] for table in scoring}
    seen = visible_schemes(user).order_by().values("pk")
    rows = SchemeVersion.objects.filter(table__in=list(found), scheme__in=seen).order_by("scheme_id", "ordinal")
    for table, scheme, title in rows.values_list("table_id", "scheme_id", "scheme__title").distinct():
        entry = (f"评分办法：{title}", reverse("assessment:scheme", args=(scheme,)))
        if entry not in found[table]:
            found[table].append(entry)
    if authority(user).holds(*KEEPERS):
        for table in scoring:
            found[table.pk].append(("起草评分办法", f"{reverse('assessment:scheme-new')}?table={table.pk}"))
    return found
