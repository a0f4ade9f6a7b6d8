"""What every write of a form's design asks first: who may, and whether a text or a list of units can be taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, require
from luoshi.apps.reporting.design import askable_units
from luoshi.apps.reporting.models import Form, FormVersion
from luoshi.apps.reporting.policies import COLLECTORS, may_collect


def require_collector(user: Any, owner: Unit) -> None:
    """Stop who may not collect forms for the unit."""
    allowed = user is None or authority(user).covers(owner, *COLLECTORS)
    require(allowed, "只有收表单位的牵头人员、统筹办和系统管理员可以设计报表。")


def require_design(user: Any, form: Form) -> None:
    """Stop who may not design the form."""
    require(may_collect(user, form), "只有收表单位的牵头人员、统筹办和系统管理员可以设计报表。")


def set_reporters(draft: FormVersion, form: Form, units: Iterable[Unit]) -> tuple[list[str], list[str]]:
    """Who reports, before and after (keys)."""
    wanted = {unit.pk for unit in units}
    known = dict(askable_units(form.owner).filter(pk__in=wanted).values_list("pk", "key"))
    if len(known) < len(wanted):
        raise ValidationError({"reporters": "有的单位不在可以布置的范围内，或已经撤销。"})
    before = sorted(draft.reporters.values_list("key", flat=True))
    draft.reporters.set(known)
    return before, sorted(known.values())


def title_from(value: Any) -> str:
    """A title that can be stored; ``ValidationError``."""
    title = text_from("title", value, 200)
    if not title:
        raise ValidationError({"title": "请填写报表名称。"})
    return title


def text_from(name: str, value: Any, most: int) -> str:
    """A line of text that can be stored; ``ValidationError`` by field."""
    if not isinstance(value, str) or not is_storable(value):
        raise ValidationError({name: "含有不能保存的字符。"})
    text = " ".join(value.split())
    if len(text) > most:
        raise ValidationError({name: f"至多{most}字。"})
    return text
