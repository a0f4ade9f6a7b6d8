"""A stored form as a form file."""

from __future__ import annotations

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.reporting.form_file import FormFile, IndicatorSpec, content_of
from luoshi.apps.reporting.models import Form, FormVersion


def file_of(form: Form, version: FormVersion) -> FormFile:
    """The file of one version, with the indicators that it names; units by key, in the register's order."""
    parts = [
        part
        for section in version.definition.get("sections", [])
        for part in (*section.get("fields", []), *section.get("rows", []))
    ]
    keys = {str(part["indicator"]) for part in parts if part.get("indicator")}
    names = IndicatorSpec.__slots__
    rows = Indicator.objects.filter(key__in=keys).order_by("key").values(*names)
    return FormFile(
        title=form.title,
        content=content_of(version),
        key=form.key,
        purpose=form.purpose,
        source=str(form.plan) if form.plan_id else "",
        reporters=tuple(version.reporters.order_by("path").values_list("key", flat=True)),
        indicators=tuple(IndicatorSpec(**row) for row in rows),
    )
