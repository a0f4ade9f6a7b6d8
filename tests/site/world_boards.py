"""A screen of the meeting room in the small prefecture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luoshi.apps.boards.models import Display

if TYPE_CHECKING:
    from tests.site.world import World


def build_boards(world: World) -> None:
    """Store it: the prefecture's coordinator keeps it."""
    display = Display.objects.create(owner=world.units["root"], name="会议室", pages=["/board"], seconds=20)
    world.ids["display"] = display.pk
    world.ids["unit_key"] = world.units["county"].key
