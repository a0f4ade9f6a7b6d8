"""Every write of the boards: boundaries, and what a meeting room's screen shows."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db import transaction
from django.db.models import Model
from django.urls import Resolver404, resolve

from luoshi.apps.boards import policies
from luoshi.apps.boards.errors import Invalid, Stale
from luoshi.apps.boards.geojson import read_boundaries
from luoshi.apps.boards.models import Boundaries, Display
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit, UnitName
from luoshi.apps.organisations.policies import require

NOT_ALLOWED = "只有本单位的统筹办和系统管理员可以办理。"
#: Boards that a screen may show.
SHOWN = ("boards:home", "boards:grid", "boards:indicator", "boards:unit", "boards:worse")
MOST_PAGES = 30


def keys_below(unit: Unit) -> dict[str, str]:
    """What may stand for a unit below one in a file: its key and its names of today; two queries."""
    below = Unit.objects.filter(path__startswith=unit.path)
    names = UnitName.objects.filter(units__in=below).values_list("name", "units__key")
    found = {key: key for key in below.values_list("key", flat=True)}
    for name, short, key in below.values_list("name", "short_name", "key"):
        found.setdefault(name, key)
        found.setdefault(short, key)
    for name, key in names:
        if key is not None:
            found.setdefault(name, key)
    return found


def set_boundaries(*, acting_user: Any, unit: Unit, data: bytes, name: str) -> Boundaries:
    """Boundaries of the units below one, from a GeoJSON file; raises ``BadBoundaries``."""
    require(policies.keeps(acting_user, unit), NOT_ALLOWED)
    found = read_boundaries(data, keys_below(unit))
    with transaction.atomic():
        row = Boundaries.objects.create(unit=unit, name=name[:120], geojson=found, uploaded_by=acting_user)
        _record(acting_user, "上传边界", unit, after={"name": row.name, "count": len(found["features"])})
    return row


def use_tiles(*, acting_user: Any, unit: Unit) -> Boundaries:
    """Tiles instead of boundaries: an empty collection, which the next file replaces."""
    require(policies.keeps(acting_user, unit), NOT_ALLOWED)
    with transaction.atomic():
        empty = {"type": "FeatureCollection", "features": []}
        row = Boundaries.objects.create(unit=unit, name="方格图", geojson=empty, uploaded_by=acting_user)
        _record(acting_user, "改用方格图", unit)
    return row


def remove_boundaries(*, acting_user: Any, unit: Unit) -> int:
    """Back to what stood before any file was given: shipped boundaries, or tiles."""
    require(policies.keeps(acting_user, unit), NOT_ALLOWED)
    with transaction.atomic():
        rows = Boundaries.objects.filter(unit=unit)
        names = list(rows.values_list("name", flat=True))
        rows.delete()
        if names:
            _record(acting_user, "删除边界", unit, before={"files": names})
    return len(names)


def page_of(text: str) -> str:
    """The site address of a board in what a person typed or copied; raises ``Invalid``."""
    try:
        parts = urlsplit(text.strip())
        shown = resolve(parts.path).view_name in SHOWN
    except (Resolver404, ValueError):  # ValueError: brackets that are no address
        shown = False
    if not shown:
        raise Invalid({"pages": f"“{text.strip()[:60]}”不是作战图的页面，请从浏览器地址栏复制作战图各页的地址。"})
    # A file would be downloaded into the meeting room; ``room`` is added by the screen.
    asked = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("format", "room")]
    return f"{parts.path}?{urlencode(asked)}" if asked else parts.path


def _checked(name: str, pages: str, seconds: str) -> tuple[str, list[str], int]:
    errors: dict[str, str] = {}
    name = " ".join(name.split())
    if not name or len(name) > 80:
        errors["name"] = "请填写名称（80字以内）。"
    found: list[str] = []
    lines = [line for line in pages.splitlines() if line.strip()]
    if not lines or len(lines) > MOST_PAGES:
        errors["pages"] = f"请填写要轮播的页面，每行一个，最多 {MOST_PAGES} 个。"
    else:
        try:
            found = [page_of(line) for line in lines]
        except Invalid as error:
            errors |= error.errors
    number = int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 5 else 0
    if not 5 <= number <= 600:
        errors["seconds"] = "每页秒数应在 5 到 600 之间。"
    if errors:
        raise Invalid(errors)
    return name, found, number


def create_display(*, acting_user: Any, owner: Unit, name: str, pages: str, seconds: str) -> Display:
    """A new cycle of boards; raises ``Invalid``."""
    require(policies.keeps(acting_user, owner), NOT_ALLOWED)
    name, found, number = _checked(name, pages, seconds)
    with transaction.atomic():
        row = Display.objects.create(owner=owner, name=name, pages=found, seconds=number, created_by=acting_user)
        _record(acting_user, "新建轮播", row, after=_state(row))
    return row


def edit_display(*, acting_user: Any, display: Display, name: str, pages: str, seconds: str, revision: int) -> Display:
    """Change a cycle; raises ``Invalid`` and ``Stale``."""
    require(policies.keeps(acting_user, display.owner), NOT_ALLOWED)
    name, found, number = _checked(name, pages, seconds)
    with transaction.atomic():
        row = Display.objects.select_for_update().get(pk=display.pk)
        if row.revision != revision:
            raise Stale
        before = _state(row)
        row.name, row.pages, row.seconds, row.revision = name, found, number, row.revision + 1
        row.save()
        _record(acting_user, "修改轮播", row, before=before, after=_state(row))
    return row


def remove_display(*, acting_user: Any, display: Display) -> None:
    """Remove a cycle."""
    require(policies.keeps(acting_user, display.owner), NOT_ALLOWED)
    with transaction.atomic():
        row = Display.objects.select_for_update().get(pk=display.pk)
        _record(acting_user, "删除轮播", row, before=_state(row))
        row.delete()


def _state(row: Display) -> dict[str, Any]:
    return {"name": row.name, "pages": row.pages, "seconds": row.seconds}


def _record(user: Any, action: str, target: Model, **states: dict[str, Any]) -> None:
    record(acting_user=user, acts=[Act(action=action, target=target, label=str(target), **states)])
