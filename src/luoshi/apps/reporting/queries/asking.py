"""Which forms ask for an indicator."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.models import Form, FormVersion
from luoshi.apps.reporting.policies import visible_forms
from luoshi.apps.reporting.schedule import due_words


@dataclass(frozen=True, slots=True)
class Asking:
    """A form, and by when it asks: ``每月3日前报上月；遇休息日不顺延``."""

    form: Form
    due: str


def forms_asking(user: Any, indicator: Indicator, today: dt.date) -> list[Asking]:
    """The forms in use that the person sees whose version in force (or next to be) asks for the indicator, or for one
    that was merged into it, by title: two queries."""
    keys = {indicator.key, *Indicator.objects.filter(merged_into=indicator).values_list("key", flat=True)}
    versions = FormVersion.objects.filter(
        published_at__isnull=False, form__in=visible_forms(user).filter(is_active=True).order_by()
    )
    current: dict[int, FormVersion] = {}
    for version in versions.select_related("form__owner").order_by("form_id", "first_day", "ordinal"):
        if version.form_id not in current or (version.first_day and version.first_day <= today):
            current[version.form_id] = version
    found = [version for version in current.values() if not keys.isdisjoint(asked_by(version).indicators)]
    return [Asking(one.form, due_words(one)) for one in sorted(found, key=lambda one: (one.form.title, one.form_id))]
