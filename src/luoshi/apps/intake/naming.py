"""Units that a person gives to a printed name: chosen ones, or one that is added on the spot."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from luoshi.apps.intake import values
from luoshi.apps.intake.errors import Invalid
from luoshi.apps.intake.models import Draft
from luoshi.apps.organisations.actions import add_unit
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.organisations.queries import directory


def unit_names(data: Mapping[str, Any]) -> dict[str, str]:
    """The short names of the units in an item's ``data``."""
    known = directory()
    keys = {
        key
        for role in values.ROLES
        for entry in data.get(role) or ()
        if isinstance(entry, dict)
        for key in entry["units"]
    }
    return {key: known.unit(key).short_name or known.unit(key).name for key in keys if key in known}


def chosen_units(user: Any, draft: Draft, sent: Mapping[str, Any]) -> list[Unit]:
    """The units of a request: ``{"units": [keys]}``, or ``{"new": {"name", "kind", "parent"}}``, which is added.

    Raises ``Invalid``, or the register's ``ValidationError``.
    """
    new = sent.get("new")
    if isinstance(new, Mapping):
        parent = Unit.objects.filter(key=str(new.get("parent") or draft.owner.key)).first()
        kind = str(new.get("kind") or UnitKind.OTHER)
        if parent is None or kind not in UnitKind.values:
            raise Invalid({"parent": "请选择上级单位和类别。"})
        name = str(new.get("name") or "").strip()
        if not name:
            raise Invalid({"name": "请填写单位名称。"})
        unit = add_unit(
            acting_user=user, key=f"u-{secrets.token_hex(5)}", name=name, short_name=name[:60], kind=kind, parent=parent
        )
        return [unit]
    keys = sent.get("units")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or len(keys) > 500:
        raise Invalid({"units": "请选择单位。"})
    units = list(Unit.objects.filter(key__in=keys).order_by("path"))
    if len(units) != len(set(keys)):
        raise Invalid({"units": "选择的单位已不存在，请重新选择。"})
    return units


def messages_of(error: ValidationError) -> dict[str, str]:
    """A ``ValidationError`` as one message a field."""
    if hasattr(error, "error_dict"):
        return {field: "".join(texts) for field, texts in error.message_dict.items()}
    return {"": "".join(error.messages)}
