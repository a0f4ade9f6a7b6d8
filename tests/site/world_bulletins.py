"""Bulletins of the small prefecture: one in each state, a template, all drawn by the coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from luoshi.apps.bulletins import actions
from luoshi.apps.bulletins.defaults import default_template
from luoshi.apps.bulletins.models import Bulletin, BulletinKind
from luoshi.apps.plans.models import Plan
from luoshi.periods import Period

if TYPE_CHECKING:
    from tests.site.world import World


def build_bulletins(world: World) -> None:
    """Store them; the county gets what is issued."""
    coordinator, leader = world.users["coordinator"], world.users["leader"]
    plan = Plan.objects.select_related("owner").get(pk=world.ids["plan"])

    def draft(name: str) -> Bulletin:
        made = actions.draw_bulletin(
            acting_user=coordinator,
            kind="progress",
            owner=plan.owner,
            plans=[plan],
            period=Period.parse("2026-01"),
            title=f"示范行动通报（{name}）",
        )
        world.ids[name] = made.pk
        return made

    step = draft("bulletin").steps.get()
    for name in ("bulletin_checked", "bulletin_signed", "bulletin_issued", "bulletin_public"):
        made = draft(name)
        actions.check_bulletin(acting_user=leader, bulletin_id=made.pk)
        if name == "bulletin_checked":
            continue
        actions.sign_bulletin(
            acting_user=leader, bulletin_id=made.pk, signatory="高远", number=f"{made.pk}号", dated=timezone.localdate()
        )
        if name == "bulletin_signed":
            continue
        actions.issue_bulletin(acting_user=coordinator, bulletin_id=made.pk)
        if name == "bulletin_public":
            actions.publish_bulletin(acting_user=leader, bulletin_id=made.pk)
    template, _ = actions.upload_template(
        acting_user=coordinator,
        owner=plan.owner,
        kind="ranking",
        name="排名.docx",
        data=default_template(BulletinKind.RANKING),
    )
    world.ids |= {"bulletin_step": step.pk, "bulletin_template": template.pk}
