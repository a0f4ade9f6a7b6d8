"""The demo's meeting room: one screen that shows the boards in turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAME, OWNER, INDICATOR, SECONDS = "月度调度会大屏", "yunling-zhou", "净增市场主体", 20


def is_filled() -> bool:
    """Whether there is a screen already."""
    from luoshi.apps.boards.models import Display

    return Display.objects.exists()


def fill_boards(people: Mapping[str, Any]) -> None:
    """Map, heat table, what changed, and the indicator that most is asked about, in turn."""
    from django.urls import reverse

    from luoshi.apps.boards.actions import create_display
    from luoshi.apps.indicators.models import Indicator
    from luoshi.apps.organisations.models import Unit

    owner = Unit.objects.filter(key=OWNER).first()
    if owner is None:
        return
    pages = [reverse("boards:home"), reverse("boards:grid"), reverse("boards:worse")]
    measured = Indicator.objects.filter(merged_into=None, measures_targets__isnull=False, is_active=True).distinct()
    if row := measured.filter(name__contains=INDICATOR).first() or measured.order_by("pk").first():
        pages.append(reverse("boards:indicator", args=[row.key]))
    create_display(acting_user=people["tongchou"], owner=owner, name=NAME, pages="\n".join(pages), seconds=str(SECONDS))
