"""Rows as the API gives them; the querysets here load all that is needed, so that no row asks again."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery

from luoshi.apps.plans.models import (
    Deadline,
    Measure,
    Plan,
    PlanTable,
    PlanVersion,
    Provenance,
    Responsibility,
    SourceDocument,
    Target,
)
from luoshi.site.api.values import figure, unit_ref

_HEAVY = ("document__text", "document__tables")


def with_versions(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Objects of plans with the versions to which their provenance refers."""
    rows = rows.select_related("version", "retired_in")
    return rows.prefetch_related("units") if rows.model is Responsibility else rows


def with_latest(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Plans with their owner and ``latest_version``, its number."""
    latest = PlanVersion.objects.filter(plan=OuterRef("pk")).order_by("-ordinal").values("pk")[:1]
    return plans.select_related("owner").annotate(latest_version=Subquery(latest))


def plan_rows(plans: list[Plan]) -> list[dict[str, Any]]:
    """The values of ``PlanOut``: one query for the versions in force."""
    versions = PlanVersion.objects.in_bulk([plan.latest_version for plan in plans if plan.latest_version])  # type: ignore[attr-defined]
    return [plan_row(plan, versions[plan.latest_version]) for plan in plans if plan.latest_version in versions]  # type: ignore[attr-defined]


def plan_row(plan: Plan, version: PlanVersion) -> dict[str, Any]:
    """The values of a ``PlanOut``."""
    return {
        "id": plan.pk,
        "title": plan.title,
        "number": plan.number,
        "issued_on": plan.issued_on,
        "year": plan.year,
        "last_year": plan.last_year,
        "owner": unit_ref(plan.owner),
        "is_public": plan.is_public,
        "version": version.ordinal,
        "document": version.document_id,
        "first_line": version.first_line,
        "last_line": version.last_line,
    }


def version_row(version: PlanVersion, *, whole: bool) -> dict[str, Any]:
    """The values of a ``VersionOut``; ``whole`` tells whether the caller sees the plan as a whole."""
    return {
        "ordinal": version.ordinal,
        "document": version.document_id,
        "first_line": version.first_line,
        "last_line": version.last_line,
        "published_at": version.published_at,
        "published_by": str(version.published_by) if version.published_by else None,
        "summary": version.summary if whole else None,
    }


def _provenance(row: Provenance) -> dict[str, Any]:
    return {
        "document": row.version.document_id,
        "version": row.version.ordinal,
        "line": row.line,
        "spans": row.spans,
        "text": row.text,
        "origin": row.origin,
        "rule": row.rule,
        "certainty": row.certainty,
        "reason": row.reason,
        "retired_in": row.retired_in.ordinal if row.retired_in else None,
    }


def _part(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "plan": row.plan_id, "measure": row.measure_id, "provenance": _provenance(row)}


def measure_row(row: Measure) -> dict[str, Any]:
    """The values of a ``MeasureOut``."""
    return {
        "id": row.pk,
        "plan": row.plan_id,
        "parent": row.parent_id,
        "position": row.position,
        "depth": row.depth,
        "label": row.label,
        "title": row.title,
        "is_task": row.is_task,
        "provenance": _provenance(row),
    }


def target_row(row: Target) -> dict[str, Any]:
    """The values of a ``TargetOut``."""
    names = ("indicator", "comparator", "unit_of_measure", "change", "falling", "year", "tier")
    values = {name: getattr(row, name) for name in names}
    return _part(row) | values | {"value": figure(row.value), "value_max": figure(row.value_max)}


def responsibility_row(row: Responsibility) -> dict[str, Any]:
    """The values of a ``ResponsibilityOut``."""
    units = sorted(row.units.all(), key=lambda unit: unit.path)
    return _part(row) | {"role": row.role, "name": row.name, "units": [unit_ref(unit) for unit in units]}


def deadline_row(row: Deadline) -> dict[str, Any]:
    """The values of a ``DeadlineOut``."""
    values = {name: getattr(row, name) for name in ("date", "day", "days", "working")}
    return _part(row) | values | {"rule": row.rule_kind}


def table_row(row: PlanTable) -> dict[str, Any]:
    """The values of a ``TableOut``."""
    values = {name: getattr(row, name) for name in ("title", "header", "rows", "line_end")}
    return {"id": row.pk, "plan": row.plan_id, "provenance": _provenance(row)} | values


def document_row(row: SourceDocument) -> dict[str, Any]:
    """The values of a ``DocumentOut``."""
    names = ("name", "format", "sha256", "size", "line_count", "page_count", "uploaded_at")
    return {"id": row.pk} | {name: getattr(row, name) for name in names}


ROWS: dict[type[Model], Any] = {
    Measure: measure_row,
    Target: target_row,
    Responsibility: responsibility_row,
    Deadline: deadline_row,
    PlanTable: table_row,
}
