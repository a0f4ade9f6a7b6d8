"""The indicators that a form file names: found in the catalogue, or made there."""

from __future__ import annotations

import copy
from typing import Any

from django.core.exceptions import ValidationError

from luoshi.apps.indicators.actions.catalogue import create_indicator
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.form_file import FormFile, IndicatorSpec


def link_indicators(*, acting_user: Any, file: FormFile, owner: Unit) -> dict[str, Any]:
    """The file's definition with the keys that the catalogue uses.

    The same name, unit of measure and kind is the same indicator, whatever its key; what the catalogue lacks is made
    for ``owner``. Call inside the transaction of the act.
    """
    keys = {spec.key: _key_of(acting_user, spec, owner, file.title) for spec in file.indicators}
    definition = copy.deepcopy(file.content.definition)
    for section in definition["sections"]:
        for part in (*section.get("fields", ()), *section.get("rows", ())):
            if part.get("indicator") in keys:
                part["indicator"] = keys[part["indicator"]]
    return definition


def _key_of(user: Any, spec: IndicatorSpec, owner: Unit, title: str) -> str:
    known = Indicator.objects.filter(merged_into=None)
    same = known.filter(name=spec.name, unit_of_measure=spec.unit_of_measure, kind=spec.kind).first()
    if same is not None:
        return str(same.key)
    key, number = spec.key, 1
    while Indicator.objects.filter(key=key).exists():
        number += 1
        key = f"{spec.key[:60]}-{number}"
    try:
        made = create_indicator(
            acting_user=user,
            reason=f"报表“{title}”所用",
            fields={
                "key": key,
                "name": spec.name,
                "unit_of_measure": spec.unit_of_measure,
                "kind": spec.kind,
                "direction": spec.direction,
                "unit_aggregation": spec.unit_aggregation,
                "time_aggregation": spec.time_aggregation,
                "decimals": spec.decimals,
                "owner": owner,
                "data_source": spec.data_source,
                "definition": spec.definition,
            },
        )
    except ValueError as error:
        raise ValidationError(f"指标“{spec.name}”没有建成：{error}") from error
    return str(made.key)
