"""Figures as they stood, kept as plain JSON: what a warning, a follow-up or an agenda item shows later on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from luoshi.apps.targets.queries.standing import Standing
from luoshi.apps.targets.values import kept_to, shown


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def figures_of(standing: Standing) -> dict[str, Any]:
    """A standing as JSON: raw decimals as text, what is needed to print them, and where they come from."""
    return {
        "unit": str(standing.unit),
        "unit_key": standing.unit.key,
        "target": standing.target_id,
        "name": standing.target.indicator,
        "measure": standing.target.unit_of_measure,
        "decimals": standing.measured.decimals,
        "tier": standing.tier,
        "comparator": standing.target.comparator,
        "period": str(standing.period) if standing.period else "",
        "period_label": standing.period.label if standing.period else "",
        "goal": _text(standing.goal),
        "expected": _text(standing.expected),
        "actual": _text(standing.actual),
        "completion": _text(standing.completion),
        "ratio": _text(standing.ratio),
        "gap": _text(standing.gap),
        "gap_to_schedule": _text(standing.gap_to_schedule),
        "light": str(standing.light) if standing.light else "",
        "light_words": standing.light_words,
        "reason": standing.reason,
        "source": standing.source,
        "observations": list(standing.observation_ids),
        "indicator": standing.indicator.key if standing.indicator else "",
    }


def amount(value: str | None, figures: dict[str, Any]) -> str:
    """A kept figure as it is printed, without its unit: ``1,050``; a dash where there is none."""
    if value is None:
        return "—"
    return shown(kept_to(Decimal(value), int(figures.get("decimals", 2)))) or "0"


def percent(value: str | None) -> str:
    """A kept part as it is printed: ``89.9%``; a dash where there is none."""
    if value is None:
        return "—"
    part = (Decimal(value) * 100).quantize(Decimal("0.1"), rounding="ROUND_DOWN")
    return f"{part.normalize():f}%"
