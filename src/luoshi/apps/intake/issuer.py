"""Whose plan a document is, by its own words: a file of another prefecture or county uploaded in the wrong name would
put duties into the wrong ledger, and show them to the wrong people."""

from __future__ import annotations

import re

from luoshi.apps.intake.models import Draft
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.organisations.queries import directory

_TERRITORIES = (UnitKind.PREFECTURE, UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE)
#: A territory at the head of a title or a line: only before what issues plans or before a plan's year or name, so that
#: “农贸市场建设方案” or “全县工作要点” name none.
_NAMED = re.compile(
    r"(?:中共|中国共产党)?([\u4e00-\u9fff]{1,12}?(?:自治州|自治县|[州县市区盟旗]))"
    r"(?=人民政府|委员会|委办|委关于|政府|党委|办公室|[“\"「《]|\d{4}|[一二三四五六七八九十]{2}五|国民经济|关于)"
)
_NOBODY = re.compile(r"[全各本我该]|开发区|示范区|地区|社区|市场")
_LINES = 3


def named_issuer(draft: Draft) -> str:
    """The territory that the head of the document names as its own; empty where it names none."""
    lines = draft.document.lines(draft.first_line, min(draft.first_line + _LINES - 1, draft.last_line))
    for text in (draft.title, *lines):
        found = _NAMED.match("".join(text.split()))
        if found and not _NOBODY.search(found[1]):
            return found[1]
    return ""


def other_issuer(draft: Draft) -> str:
    """The territory that the document names, where it is not the one of the draft's owner; else empty."""
    name = named_issuer(draft)
    if not name:
        return ""
    own = _territory(draft.owner)
    if own is None:
        return ""
    # 云岭州 and 云岭彝族自治州 are one.
    if name in own.name or own.short_name in name:
        return ""
    known = directory()
    date = draft.issued_on
    keys = {*known.resolve(name, date).keys, *known.resolve(f"{name}人民政府", date).keys}
    return "" if own.key in keys else name


def _territory(owner: Unit) -> Unit | None:
    """The prefecture, county or zone to which the owner belongs."""
    step = Unit.steplen
    paths = [owner.path[: step * depth] for depth in range(1, owner.depth + 1)]
    return Unit.objects.filter(path__in=paths, kind__in=_TERRITORIES).order_by("-depth").first()
