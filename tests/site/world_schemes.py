"""Schemes of the small prefecture: one in force, its next version drafted; a spare one and a stopped one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.models import SchemeVersion

if TYPE_CHECKING:
    from tests.site.world import World


def build_schemes(world: World) -> None:
    """Store them; the department checks an item."""
    coordinator = world.users["coordinator"]
    root, county = world.units["root"], world.units["county"]

    def issued(title: str) -> SchemeVersion:
        made = actions.create_scheme(acting_user=coordinator, owner=root, origin="hand", title=title)
        return actions.issue_version(acting_user=coordinator, version_id=made.pk)

    version = issued("示范竞赛评分")
    adoption = actions.adopt_scheme(
        acting_user=coordinator,
        version=version,
        owner=root,
        cadence="quarterly",
        first_period="2026Q1",
        terms=actions.Terms(name="示范竞赛", units=[(county, "")]),
    )
    actions.set_item_source(
        acting_user=coordinator,
        adoption_id=adoption.pk,
        item="1",
        kind="hand",
        checked_by=world.units["department"],
    )
    actions.start_draft(acting_user=coordinator, scheme_id=version.scheme_id)
    spare, stopped = issued("备用评分"), issued("停用评分")
    actions.stop_scheme(acting_user=coordinator, scheme_id=stopped.scheme_id, reason="不用了")
    world.ids |= {
        "scheme": version.scheme_id,
        "scheme_spare": spare.scheme_id,
        "scheme_stopped": stopped.scheme_id,
        "adoption": adoption.pk,
    }
