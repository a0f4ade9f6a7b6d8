"""What the API of proposals takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from luoshi.apps.supervision.api.order_schemas import RevisionIn
from luoshi.apps.supervision.models import Proposal, ProposalState, Rung, Trigger
from luoshi.site.api.paging import PageQuery
from luoshi.site.api.values import Key, Text, UnitRef, unit_ref


class ProposalQuery(PageQuery):
    """Which proposals are asked for."""

    state: Literal[tuple(ProposalState.values)] | None = Field(None, description="状态")  # type: ignore[valid-type]
    plan: Key | None = Field(None, description="方案编号")


class ProposalOut(Schema):
    """A proposal."""

    id: int
    plan_id: int | None = Field(description="方案；不属方案的为空")
    office: UnitRef | None = Field(description="不属方案的，由哪个单位决定")
    unit: UnitRef
    trigger: str = Field(description=f"情形：{'、'.join(Trigger.labels)}")
    count: int = Field(description="今年第几次")
    rung: str = Field(description="建议或采取的措施")
    sentence: str = Field(description="理由")
    state: str = Field(description="状态")
    reason: str = Field(description="决定的理由")
    proposed_at: dt.datetime
    decided_at: dt.datetime | None
    revision: int


class TakeIn(RevisionIn):
    """Taking a proposal."""

    rung: Literal[tuple(Rung.values)] | None = Field(None, description="采取的措施；不给则如建议")  # type: ignore[valid-type]
    reason: Text = Field("", description="改变建议的理由", max_length=300)


class DismissIn(RevisionIn):
    """Dismissing a proposal."""

    reason: Text = Field(description="理由", max_length=300)


def proposal_values(row: Proposal) -> dict[str, Any]:
    """The values of a ``ProposalOut``."""
    names = ("trigger", "count", "rung", "sentence", "state", "reason", "proposed_at", "decided_at", "revision")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "plan_id": row.plan_id,
        "office": unit_ref(row.office) if row.office is not None else None,
        "unit": unit_ref(row.unit),
    }
